// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules} from "../interfaces/IRules.sol";
import {Role} from "../types/Types.sol";

/// @notice Someone's consent to an act, carried by someone else.
/// @param signer Empty for a committee; otherwise 20 bytes of an account's address, or an ERC-7913 signer.
/// @param signature Empty if the consent was given by a transaction.
struct Warrant {
    Role role;
    uint40 deadline;
    bytes signer;
    bytes signature;
}

/// @title Packed warrants
/// @dev Packed, because calldata and log are paid by the byte and the ABI pads a signature to four times its facts:
///
///   bytes  field
///   1      role
///   5      deadline, seconds since 1970-01-01 UTC, big-endian
///   2      length of the signer, big-endian
///   …      signer
///   2      length of the signature, big-endian
///   …      signature
///
/// Several follow one another without anything between them.
library Warrants {
    /// @notice The warrant that starts at `offset`, and where the next one would.
    function read(bytes calldata packed, uint256 offset) internal pure returns (Warrant memory warrant, uint256 end) {
        uint256 signerAt = offset + 8;
        if (signerAt > packed.length) revert IRules.RulesWarrantMalformed(offset);
        uint8 role = uint8(packed[offset]);
        if (role > uint8(type(Role).max)) revert IRules.RulesWarrantMalformed(offset);
        uint256 signatureAt = signerAt + uint16(bytes2(packed[offset + 6:signerAt])) + 2;
        if (signatureAt > packed.length) revert IRules.RulesWarrantMalformed(offset);
        end = signatureAt + uint16(bytes2(packed[signatureAt - 2:signatureAt]));
        if (end > packed.length) revert IRules.RulesWarrantMalformed(offset);
        warrant = Warrant({
            role: Role(role),
            deadline: uint40(bytes5(packed[offset + 1:offset + 6])),
            signer: packed[signerAt:signatureAt - 2],
            signature: packed[signatureAt:end]
        });
    }
}
