// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Identity, VersionId} from "../types/Types.sol";

/// @title What a version is
library Identities {
    /// @dev keccak256(abi.encode(chainid, registry, model, label, manifestDigest, artifactDigest, parent, schema, risk,
    /// author)): the same bytes on another chain, or in another registry, are another version.
    function id(Identity calldata identity) internal view returns (VersionId) {
        return VersionId.wrap(keccak256(abi.encode(block.chainid, address(this), identity)));
    }
}
