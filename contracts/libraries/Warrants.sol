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
///   …      signature: empty if the consent was given by a transaction
///
/// Several follow one another without anything between them.
library Warrants {
    /// @notice The warrant that starts at `offset`, and where the next one would.
    function read(
        bytes calldata packed,
        uint256 offset
    ) internal pure returns (Role role, uint40 deadline, bytes calldata signer, bytes calldata signature, uint256 end) {
        uint256 signerAt = offset + 8;
        if (signerAt > packed.length) revert IRules.RulesWarrantMalformed(offset);
        uint256 head = uint64(bytes8(packed[offset:signerAt]));
        if (head >> 56 > uint8(type(Role).max)) revert IRules.RulesWarrantMalformed(offset);
        (role, deadline) = (Role(uint8(head >> 56)), uint40(head >> 16));
        uint256 signatureAt = signerAt + uint16(head) + 2;
        if (signatureAt > packed.length) revert IRules.RulesWarrantMalformed(offset);
        end = signatureAt + uint16(bytes2(packed[signatureAt - 2:signatureAt]));
        if (end > packed.length) revert IRules.RulesWarrantMalformed(offset);
        (signer, signature) = (packed[signerAt:signatureAt - 2], packed[signatureAt:end]);
    }
}
