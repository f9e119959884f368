// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @title What these tests fetch by name is what is deployed
/// @notice snapshots/code.json has the hash of each contract's code. test/snapshots holds it against what a deployment
/// sends to the chain.
contract BuildTest {
    string private _snapshot;

    function setUp() public {
        _snapshot = vm.readFile("snapshots/code.json");
    }

    function testTheTimelocks() public view {
        _same("TimelockController", ".TimelockController.creationHash");
    }

    function testRules() public view {
        _same("contracts/Rules.sol:Rules", ".Rules.creationHash");
    }

    function testTheRegistry() public view {
        _same("contracts/Registry.sol:Registry", ".Registry.creationHash");
    }

    function testTheSeats() public view {
        _same("contracts/governance/Seats.sol:Seats", ".Seats.creationHash");
    }

    function testTheCommittees() public view {
        _same("contracts/governance/Committee.sol:Committee", ".Committee.creationHash");
    }

    function testTheLens() public view {
        _same("contracts/Lens.sol:Lens", ".Lens.creationHash");
    }

    function _same(string memory artifact, string memory key) private view {
        vm.assertEq(
            keccak256(vm.getCode(artifact)),
            vm.parseJsonBytes32(_snapshot, key),
            string.concat(artifact, " is other code than snapshots/code.json says: npm run snapshots renews it")
        );
    }
}
