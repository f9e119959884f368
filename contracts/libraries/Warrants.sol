// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules} from "../interfaces/IRules.sol";
import {Role} from "../types/Types.sol";

/// @title Warrants: someone's consent to an act, carried by someone else
/// @dev Packed, because calldata and log are paid by the byte and the ABI pads a signature to four times its facts:
///
///   bytes  field
///   1      role
///   5      deadline, seconds since 1970-01-01 UTC, big-endian
///   2      length of the signer, big-endian
///   …      signer: empty for a committee; otherwise 20 bytes of an account's address, or an ERC-7913 signer
///   2      length of the signature, big-endian
///   …      signature: empty if the consent was given by a transaction (sign-offs only)
///
/// Several follow one another without anything between them.
library Warrants {
    /// @notice The warrant that starts at `offset`, and where the next one would.
    /// @param offset At most the length of `packed`.
    function read(
        bytes calldata packed,
        uint256 offset
    ) internal pure returns (Role role, uint40 deadline, bytes calldata signer, bytes calldata signature, uint256 end) {
        // No sum overflows: both lengths are below 2^16, and calldata ends far below 2^256.
        unchecked {
            uint256 head = _word(packed, offset) >> 192;
            if (head >> 56 > uint8(type(Role).max)) revert IRules.RulesWarrantMalformed(offset);
            (role, deadline) = (Role(uint8(head >> 56)), uint40(head >> 16));
            signer = _part(packed, offset + 8, uint16(head));
            uint256 signatureAt = offset + 10 + uint16(head);
            uint256 length = _word(packed, signatureAt - 2) >> 240;
            signature = _part(packed, signatureAt, length);
            end = signatureAt + length;
            if (end > packed.length) revert IRules.RulesWarrantMalformed(offset);
        }
    }

    /// @notice The hash of the typed data that a warrant consents to: its type and first members, encoded, and the three
    /// with which every such type ends.
    function hash(
        bytes memory terms,
        uint256 role,
        uint256 signingEpoch,
        uint256 deadline
    ) internal pure returns (bytes32 hashed) {
        // keccak256(abi.encodePacked(terms, role, signingEpoch, deadline)), which would allocate a copy for each of several
        // warrants.
        assembly ("memory-safe") {
            let free := mload(0x40)
            let length := mload(terms)
            let end := add(free, length)
            mcopy(free, add(terms, 32), length)
            mstore(end, role)
            mstore(add(end, 32), signingEpoch)
            mstore(add(end, 64), deadline)
            hashed := keccak256(free, add(length, 96))
        }
    }

    /// @dev The 32 bytes from `start` on. Whether they lie within `packed` is the caller's to check, once for all: a slice
    /// checks its bounds each time, which would cost more than the reading.
    function _word(bytes calldata packed, uint256 start) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(packed.offset, start))
        }
    }

    /// @dev `packed[start:start + length]`, unchecked as in {_word}.
    function _part(bytes calldata packed, uint256 start, uint256 length) private pure returns (bytes calldata part) {
        assembly ("memory-safe") {
            part.offset := add(packed.offset, start)
            part.length := length
        }
    }
}
