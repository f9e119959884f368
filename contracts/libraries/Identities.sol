// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Identity, VersionId} from "../types/Types.sol";

/// @title What a version is
library Identities {
    /// @dev keccak256(abi.encode(chainid, registry, model, label, manifestDigest, artifactDigest, parent, schema, risk,
    /// author)): the same bytes on another chain, or in another registry, are another version.
    function id(Identity calldata identity) internal view returns (VersionId version) {
        // The two members that do not fill their word are checked by being read; the rest is one copy.
        (uint256 schema, uint256 risk) = (identity.schema, uint256(identity.risk));
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, chainid())
            mstore(add(free, 32), address())
            calldatacopy(add(free, 64), identity, 256)
            mstore(add(free, 224), schema)
            mstore(add(free, 256), risk)
            version := keccak256(free, 320)
        }
    }
}
