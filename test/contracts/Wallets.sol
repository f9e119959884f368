// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC7913SignatureVerifier} from "@openzeppelin/contracts/interfaces/IERC7913.sol";

function signerOf(bytes32 hash, bytes calldata signature) pure returns (address) {
    return ecrecover(hash, uint8(signature[64]), bytes32(signature[0:32]), bytes32(signature[32:64]));
}

/// @notice A contract account (ERC-1271) that one key controls.
contract Wallet is IERC1271 {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        return signerOf(hash, signature) == _owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }
}

/// @notice Verifies for keys that have no account (ERC-7913); here a key is the hash of a serial number and an address.
contract Verifier is IERC7913SignatureVerifier {
    bytes32 private constant SERIAL = keccak256("serial number");

    function keyOf(address signer) external pure returns (bytes memory) {
        return abi.encode(_hash(signer));
    }

    function verify(bytes calldata key, bytes32 hash, bytes calldata signature) external pure returns (bytes4) {
        bool valid = bytes32(key) == _hash(signerOf(hash, signature));
        return valid ? IERC7913SignatureVerifier.verify.selector : bytes4(0xffffffff);
    }

    function _hash(address signer) private pure returns (bytes32) {
        return keccak256(abi.encode(SERIAL, signer));
    }
}

/// @notice Code to which an account delegates itself (EIP-7702), and which knows nothing of ERC-1271.
contract Delegate {
    function answer() external pure returns (uint256) {
        return 42;
    }
}

/// @notice An account that refuses to answer.
contract RevertingWallet {
    error Refused();

    fallback() external {
        revert Refused();
    }
}

/// @notice An account that burns all the gas it is given.
contract BurningWallet {
    fallback() external {
        assembly ("memory-safe") {
            invalid()
        }
    }
}

/// @notice An account that answers with nothing.
contract MuteWallet {
    fallback() external {}
}

/// @notice An account that answers more than anyone asked for, and nothing to the point.
contract TalkativeWallet {
    fallback() external {
        assembly ("memory-safe") {
            return(0x80, 100000)
        }
    }
}

/// @notice An account that answers with the right four bytes, but no 32.
contract PaddingWallet {
    fallback() external {
        assembly ("memory-safe") {
            mstore(0, shl(224, 0x1626ba7e))
            return(0, 4)
        }
    }
}
