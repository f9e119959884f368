// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditChain} from "../../contracts/libraries/AuditChain.sol";
import {Action, Role} from "../../contracts/types/Types.sol";
import {RecordedLog, vm} from "./Vm.sol";

contract AuditChainTest {
    using AuditChain for AuditChain.Log;

    AuditChain.Log private _log;

    /// @dev An entry whose enumerations are any numbers.
    struct Fact {
        uint8 action;
        bytes32 actor;
        uint8 authority;
        bytes32 subject;
        bytes32 document;
        uint256 systems;
        bytes data;
    }

    function testFuzzTheHeadFollowsFromEveryEntry(Fact[] calldata facts) public {
        bytes32 head;
        for (uint256 i; i < facts.length && i < 8; ++i) {
            AuditChain.Entry memory entry = AuditChain.Entry(
                Action(facts[i].action % (uint8(type(Action).max) + 1)),
                facts[i].actor,
                Role(facts[i].authority % (uint8(type(Role).max) + 1)),
                facts[i].subject,
                facts[i].document,
                facts[i].systems,
                facts[i].data
            );
            _log.append(entry);
            head = _after(head, entry);
            vm.assertEq(_log.head, head);
        }
    }

    function testNoFieldIsLeftOutOfTheHead() public {
        AuditChain.Entry memory entry = _entry(1);
        bytes32 head = _headOf(entry);
        entry.action = Action.Lapsed;
        _differs(entry, head, "action");
        entry = _entry(2);
        _differs(entry, head, "actor");
        entry = _entry(1);
        entry.authority = Role.Monitor;
        _differs(entry, head, "authority");
        entry = _entry(1);
        entry.subject = keccak256("subject");
        _differs(entry, head, "subject");
        entry = _entry(1);
        entry.document = keccak256("document");
        _differs(entry, head, "document");
        entry = _entry(1);
        entry.systems = 1;
        _differs(entry, head, "systems");
        entry = _entry(1);
        entry.data = "data";
        _differs(entry, head, "data");
    }

    function testACheckpointComesWhenTheHeadsLowestBitsAreZero() public {
        vm.recordLogs();
        _log.append(_entry(1));
        vm.assertEq(vm.getRecordedLogs().length, 1);
        // The first actor with whom the head of a new log ends in 16 zero bits; found by trying.
        _log.head = 0;
        vm.recordLogs();
        _log.append(_entry(69_303));
        RecordedLog[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2);
        vm.assertEq(logs[1].topics[0], AuditChain.Checkpoint.selector);
        vm.assertEq(logs[1].topics[1], _log.head);
        vm.assertEq(_log.head, 0xbc6a141b9b7a1342579a6fde7cf6512ecc4b1c7be95766125d9e02f9577b0000);
    }

    function _entry(uint256 actor) private pure returns (AuditChain.Entry memory) {
        return AuditChain.Entry(Action.Genesis, bytes32(actor), Role.None, 0, 0, 0, "");
    }

    function _headOf(AuditChain.Entry memory entry) private returns (bytes32) {
        _log.head = 0;
        _log.append(entry);
        return _log.head;
    }

    function _differs(AuditChain.Entry memory entry, bytes32 head, string memory field) private {
        vm.assertFalse(_headOf(entry) == head, field);
    }

    function _after(bytes32 before, AuditChain.Entry memory entry) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    before,
                    entry.action,
                    entry.actor,
                    entry.authority,
                    entry.subject,
                    entry.document,
                    entry.systems,
                    keccak256(entry.data)
                )
            );
    }
}
