// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Identities} from "../../contracts/libraries/Identities.sol";
import {Keccak} from "../../contracts/libraries/Keccak.sol";
import {Signers} from "../../contracts/libraries/Signers.sol";
import {Warrants} from "../../contracts/libraries/Warrants.sol";
import {Identity, ModelId, PersonId, Risk, VersionId} from "../../contracts/types/Types.sol";
import {vm} from "./Vm.sol";

/// @notice Makes the libraries' internal functions callable.
contract Hasher {
    using Identities for Identity;

    function ofCalldata(bytes calldata data) external pure returns (bytes32) {
        return Keccak.hash(data);
    }

    function ofTheCall(bytes calldata) external pure returns (bytes32) {
        return Keccak.hash(msg.data);
    }

    function keyOf(bytes calldata signer) external pure returns (bytes32) {
        return Signers.key(signer);
    }

    function keyOf(address account) external pure returns (bytes32) {
        return Signers.key(account);
    }

    function ofWarrant(
        bytes calldata terms,
        uint256 role,
        uint256 signingEpoch,
        uint256 deadline
    ) external pure returns (bytes32 hash, bytes memory sameTerms) {
        sameTerms = terms;
        hash = Warrants.hash(sameTerms, role, signingEpoch, deadline);
    }

    function ofIdentity(Identity calldata identity) external view returns (VersionId) {
        return identity.id();
    }
}

/// @notice Hashes that the contracts make without allocating memory are those that Solidity would make.
contract HashesTest {
    Hasher private _hasher;

    function setUp() public {
        _hasher = new Hasher();
    }

    function testFuzzCalldata(bytes calldata data) public view {
        vm.assertEq(_hasher.ofCalldata(data), keccak256(data));
        vm.assertEq(_hasher.keyOf(data), keccak256(data));
        vm.assertEq(_hasher.ofTheCall(data), keccak256(abi.encodeCall(Hasher.ofTheCall, (data))));
    }

    function testFuzzAnAccountsKeyIsThatOfItsBytes(address account) public view {
        vm.assertEq(_hasher.keyOf(account), keccak256(abi.encodePacked(account)));
    }

    function testFuzzWhatAWarrantConsentsTo(
        bytes calldata terms,
        uint256 role,
        uint256 signingEpoch,
        uint256 deadline
    ) public view {
        (bytes32 hash, bytes memory sameTerms) = _hasher.ofWarrant(terms, role, signingEpoch, deadline);
        vm.assertEq(hash, keccak256(abi.encodePacked(terms, role, signingEpoch, deadline)));
        vm.assertEq(sameTerms, terms);
    }

    function testFuzzAVersionIsTheHashOfItsIdentity(bytes32[6] calldata digests, uint8 schema, uint8 risk) public view {
        Identity memory identity = _identity(digests, schema, Risk(risk % (uint8(type(Risk).max) + 1)));
        vm.assertEq(
            VersionId.unwrap(_hasher.ofIdentity(identity)),
            keccak256(abi.encode(block.chainid, address(_hasher), identity))
        );
    }

    function testFuzzAnIdentityOutOfRangeHasNoHash(bytes32[6] calldata digests, uint256 excess) public view {
        bytes memory call = abi.encodeCall(Hasher.ofIdentity, (_identity(digests, 0, Risk.Low)));
        // The schema is the sixth member, the risk the seventh.
        _refused(call, 5, uint256(type(uint8).max) + 1 + (excess >> 1));
        _refused(call, 6, uint256(type(Risk).max) + 1 + (excess >> 1));
    }

    function _refused(bytes memory call, uint256 member, uint256 value) private view {
        bytes memory changed = bytes.concat(call);
        uint256 place = 36 + 32 * member;
        assembly ("memory-safe") {
            mstore(add(changed, place), value)
        }
        (bool accepted, ) = address(_hasher).staticcall(changed);
        vm.assertFalse(accepted, "out of range");
    }

    function _identity(bytes32[6] calldata digests, uint8 schema, Risk risk) private pure returns (Identity memory) {
        return
            Identity({
                model: ModelId.wrap(digests[0]),
                label: digests[1],
                manifestDigest: digests[2],
                artifactDigest: digests[3],
                parent: digests[4],
                schema: schema,
                risk: risk,
                author: PersonId.wrap(digests[5])
            });
    }
}
