// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Keccak} from "./Keccak.sol";

/// @title Who signed
/// @dev A signer is the 20 bytes of an account's address, or an ERC-7913 verifier's address followed by its key.
library Signers {
    /// @dev The key by which Rules knows a signer.
    function key(bytes calldata signer) internal pure returns (bytes32) {
        return Keccak.hash(signer);
    }

    /// @dev keccak256(abi.encodePacked(account)), in the scratch space.
    function key(address account) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, shl(96, account))
            hash := keccak256(0, 20)
        }
    }

    /// @dev ECDSA comes first: an account that delegates its code (EIP-7702) still signs with its own key, and its
    /// delegate need not know ERC-1271.
    function isValid(bytes calldata signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signer.length == 20) {
            (address recovered, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, signature);
            if (problem == ECDSA.RecoverError.NoError && recovered == address(bytes20(signer))) return true;
        }
        return SignatureChecker.isValidSignatureNow(signer, digest, signature);
    }

    /// @dev The same for a signature in memory, by an account.
    function isValid(address account, bytes32 digest, bytes memory signature) internal view returns (bool) {
        (address recovered, ECDSA.RecoverError problem, ) = ECDSA.tryRecover(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && recovered == account) return true;
        return SignatureChecker.isValidSignatureNow(account, digest, signature);
    }
}
