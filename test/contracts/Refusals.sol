// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules} from "../../contracts/interfaces/IRules.sol";
import {Role} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Person} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @title Who lacks a right is refused for that alone, and changes nothing
/// @notice Each act is prepared until nothing but the right is missing: whoever lacks it is refused with exactly that
/// error, then whoever has it sends the very same call and is heard. What anyone may do is refused for what else it
/// needs, until that is there. RefusalsOf….t.sol has such a test for each function that can change something;
/// test/refusals/functions.test.ts sees that none is forgotten.
abstract contract Refusals is Life {
    bytes4 private constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @dev Whose functions are called.
    address internal target;

    // Refusals

    /// @dev An act of one role.
    function onlyFor(Role role, address chance, bytes memory call) internal {
        address caller = anyoneWithout(role, chance);
        refused(caller, call, unauthorized(caller, role));
        accepted(holderOf(role), call);
    }

    /// @dev An act of this caller, of whom the contract knows the address. The error names who else tries.
    function onlyFor(address rightful, address chance, bytes memory call, bytes4 problem) internal {
        address caller = anyone(chance);
        if (caller == rightful) caller = stranger.account;
        refused(caller, call, abi.encodeWithSelector(problem, caller));
        accepted(rightful, call);
    }

    /// @dev An act that names the role it is done in, of the roles `able` only: who has another is refused too.
    function onlyForEach(
        uint16 able,
        Role role,
        address chance,
        bytes memory call,
        bytes memory problemOfOthers
    ) internal {
        if (able & bits(role) != 0) return onlyFor(role, chance, call);
        address caller = anyoneWithout(role, chance);
        refused(caller, call, unauthorized(caller, role));
        if (role != Role.None) refused(holderOf(role), call, problemOfOthers);
    }

    function refused(address caller, bytes memory call, bytes memory problem) internal {
        (bytes32 registryHead, bytes32 rulesHead) = (registry.head(), rules.head());
        refuses(caller, target, call, problem);
        _headsAre(registryHead, rulesHead);
    }

    function accepted(address caller, bytes memory call) internal {
        does(caller, target, call);
    }

    /// @dev Any arguments at all: it is done, or refused with an error of its own.
    function answered(address caller, bytes memory call) internal returns (bool done) {
        (bytes32 registryHead, bytes32 rulesHead) = (registry.head(), rules.head());
        bytes memory problem;
        vm.prank(caller);
        (done, problem) = target.call(call);
        if (done) return true;
        vm.assertTrue(problem.length >= 4, "refused without an error of its own");
        vm.assertTrue(bytes4(problem) != PANIC, "refused by a panic");
        _headsAre(registryHead, rulesHead);
    }

    function unborn(bytes memory code) internal {
        address born;
        assembly ("memory-safe") {
            born := create(0, add(code, 32), mload(code))
        }
        vm.assertEq(born, address(0));
    }

    function _headsAre(bytes32 registryHead, bytes32 rulesHead) private view {
        vm.assertEq(registry.head(), registryHead, "the head of Registry moved");
        vm.assertEq(rules.head(), rulesHead, "the head of Rules moved");
    }

    function unauthorized(address caller, Role role) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesUnauthorized.selector, caller, role);
    }

    // Callers

    /// @dev Whoever chance names, half of the time one of us: who has other rights tries most. Nobody calls from the zero
    /// address.
    function anyone(address chance) internal view returns (address) {
        uint256 choice = uint160(chance);
        if (choice % 2 == 1) return chance;
        choice = (choice / 2) % 25;
        if (choice < 16) return cast()[choice].account;
        address[9] memory others = [
            stranger.account,
            assemblyTimelock,
            oversightTimelock,
            emergencyTimelock,
            address(assemblyCommittee),
            address(oversightCommittee),
            address(emergencyCommittee),
            address(registry),
            address(rules)
        ];
        return others[choice - 16];
    }

    function anyoneWithout(Role role, address chance) internal view returns (address caller) {
        caller = anyone(chance);
        if (holds(caller, role)) return stranger.account;
    }

    /// @dev Anyone but this one.
    function anyoneElse(address than, address chance) internal view returns (address caller) {
        caller = anyone(chance);
        if (caller == than) return stranger.account;
    }

    function holds(address caller, Role role) internal view returns (bool) {
        address committee = rules.committee(role);
        if (committee != address(0)) return caller == committee;
        return rules.standing(whoseKey(abi.encodePacked(caller))).roles & bits(role) != 0;
    }

    /// @dev Who may act in a role: a committee, or the first of the cast who has it.
    function holderOf(Role role) internal view returns (address) {
        address committee = rules.committee(role);
        if (committee != address(0)) return committee;
        Person[16] memory people = cast();
        for (uint256 i; i < 16; ++i) if (holds(people[i].account, role)) return people[i].account;
        return stranger.account;
    }

    function cast() internal view returns (Person[16] memory) {
        return [ada, ben, chloe, dana, emil, faisal, grace, hiro, ines, jonas, kira, liam, maya, noor, pia, watchPost];
    }

    function member(uint8 choice) internal view returns (Person memory) {
        return cast()[choice % 16];
    }

    /// @dev Someone with a key that nobody of the cast has.
    function newcomer(uint256 choice) internal pure returns (Person memory person) {
        person.key = uint256(keccak256(abi.encode("a newcomer's key", choice)));
        person.account = vm.addr(person.key);
    }

    // Arguments that are good whatever chance says

    function anyRole(uint8 choice) internal pure returns (Role) {
        return Role(choice % 12);
    }

    function some(bytes32 digest) internal pure returns (bytes32) {
        return digest == 0 ? DOCUMENT : digest;
    }

    function between(uint256 choice, uint256 least, uint256 most) internal pure returns (uint256) {
        return least + (choice % (most - least + 1));
    }
}
