// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditChain} from "../../contracts/libraries/AuditChain.sol";
import {Action, Role} from "../../contracts/types/Types.sol";
import {RecordedLog, vm} from "./Vm.sol";

/// @notice A log of its own: what an entry holds as data is the call that appends it.
contract Book {
    using AuditChain for AuditChain.Log;

    AuditChain.Log private _log;

    function begin(bytes32 actor, Role authority, bytes32 document, bytes calldata data) external {
        _log.begin(actor, authority, document, data);
    }

    /// @param extra Belongs to the call only.
    function append(
        Action action,
        bytes32 actor,
        Role authority,
        bytes32 subject,
        bytes32 document,
        uint256 systems,
        bytes calldata extra
    ) external returns (uint256) {
        _log.append(action, actor, authority, subject, document, systems);
        return extra.length;
    }

    function setHead(bytes32 head_) external {
        _log.head = head_;
    }

    function head() external view returns (bytes32) {
        return _log.head;
    }
}

contract AuditChainTest {
    Book private _book;

    /// @dev An entry whose enumerations are any numbers.
    struct Fact {
        uint8 action;
        bytes32 actor;
        uint8 authority;
        bytes32 subject;
        bytes32 document;
        uint256 systems;
        bytes extra;
    }

    function setUp() public {
        _book = new Book();
    }

    function testFuzzTheHeadFollowsFromEveryEntry(Fact[] calldata facts) public {
        bytes32 head;
        for (uint256 i; i < facts.length && i < 8; ++i) {
            Fact memory fact = facts[i];
            fact.action = fact.action % (uint8(type(Action).max) + 1);
            fact.authority = fact.authority % (uint8(type(Role).max) + 1);
            head = _after(head, fact, _call(fact));
            vm.recordLogs();
            _append(fact);
            vm.assertEq(_book.head(), head);
            vm.assertEq(
                vm.getRecordedLogs()[0].data,
                abi.encode(uint256(fact.authority), fact.document, fact.systems, _call(fact))
            );
        }
    }

    function testFuzzTheGenesisHoldsTheDataItIsGiven(
        bytes32 actor,
        uint8 authority,
        bytes32 document,
        bytes calldata data
    ) public {
        Role role = Role(authority % (uint8(type(Role).max) + 1));
        vm.recordLogs();
        _book.begin(actor, role, document, data);
        RecordedLog[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs[0].topics[0], AuditChain.Logged.selector);
        vm.assertEq(logs[0].topics[1], bytes32(uint256(Action.Genesis)));
        vm.assertEq(logs[0].topics[2], actor);
        vm.assertEq(logs[0].topics[3], bytes32(0));
        vm.assertEq(logs[0].data, abi.encode(role, document, uint256(0), data));
        Fact memory fact = Fact(uint8(Action.Genesis), actor, uint8(role), 0, document, 0, "");
        vm.assertEq(_book.head(), _after(0, fact, data));
    }

    function testAnEntryIsLoggedAsItEntersTheHead() public {
        Fact memory fact = Fact(
            uint8(Action.Promoted),
            keccak256("actor"),
            uint8(Role.Monitor),
            keccak256("subject"),
            keccak256("document"),
            5,
            "extra"
        );
        vm.recordLogs();
        _append(fact);
        RecordedLog[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].topics[0], AuditChain.Logged.selector);
        vm.assertEq(logs[0].topics[1], bytes32(uint256(Action.Promoted)));
        vm.assertEq(logs[0].topics[2], fact.actor);
        vm.assertEq(logs[0].topics[3], fact.subject);
        vm.assertEq(logs[0].data, abi.encode(Role.Monitor, fact.document, fact.systems, _call(fact)));
        vm.assertEq(_book.head(), _after(0, fact, _call(fact)));
    }

    function testNoFieldIsLeftOutOfTheHead() public {
        Fact memory fact = _fact(1);
        bytes32 head = _headOf(fact);
        fact.action = uint8(Action.Lapsed);
        _differs(fact, head, "action");
        fact = _fact(2);
        _differs(fact, head, "actor");
        fact = _fact(1);
        fact.authority = uint8(Role.Monitor);
        _differs(fact, head, "authority");
        fact = _fact(1);
        fact.subject = keccak256("subject");
        _differs(fact, head, "subject");
        fact = _fact(1);
        fact.document = keccak256("document");
        _differs(fact, head, "document");
        fact = _fact(1);
        fact.systems = 1;
        _differs(fact, head, "systems");
        fact = _fact(1);
        fact.extra = "extra";
        _differs(fact, head, "data");
    }

    function testACheckpointComesWhenTheHeadsLowestBitsAreZero() public {
        vm.recordLogs();
        _book.begin(bytes32(uint256(1)), Role.None, 0, "");
        vm.assertEq(vm.getRecordedLogs().length, 1);
        // The first actor with whom the head of a new log ends in 16 zero bits; found by trying.
        _book.setHead(0);
        vm.recordLogs();
        _book.begin(bytes32(uint256(69_303)), Role.None, 0, "");
        RecordedLog[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2);
        vm.assertEq(logs[1].topics[0], AuditChain.Checkpoint.selector);
        vm.assertEq(logs[1].topics[1], _book.head());
        vm.assertEq(_book.head(), 0xbc6a141b9b7a1342579a6fde7cf6512ecc4b1c7be95766125d9e02f9577b0000);
    }

    function _fact(uint256 actor) private pure returns (Fact memory) {
        return Fact(uint8(Action.Genesis), bytes32(actor), uint8(Role.None), 0, 0, 0, "");
    }

    function _headOf(Fact memory fact) private returns (bytes32) {
        _book.setHead(0);
        _append(fact);
        return _book.head();
    }

    function _differs(Fact memory fact, bytes32 head, string memory field) private {
        vm.assertFalse(_headOf(fact) == head, field);
    }

    function _append(Fact memory fact) private {
        (bool accepted, ) = address(_book).call(_call(fact));
        vm.assertTrue(accepted, "appended");
    }

    function _call(Fact memory fact) private pure returns (bytes memory) {
        return
            abi.encodeCall(
                Book.append,
                (
                    Action(fact.action),
                    fact.actor,
                    Role(fact.authority),
                    fact.subject,
                    fact.document,
                    fact.systems,
                    fact.extra
                )
            );
    }

    function _after(bytes32 before, Fact memory fact, bytes memory data) private pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    before,
                    fact.action,
                    fact.actor,
                    fact.authority,
                    fact.subject,
                    fact.document,
                    fact.systems,
                    keccak256(data)
                )
            );
    }
}
