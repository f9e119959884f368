// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Action, Role} from "../types/Types.sol";

/// @title The audit chain: every act leaves one entry, and one word proves that none was withheld or altered
/// @dev Time and count follow from replay and are not stored.
library AuditChain {
    /// @param head keccak256 over the previous head and the last entry.
    struct Log {
        bytes32 head;
    }

    /// @param actor The person, or the committee's timelock as a left-padded address.
    /// @param authority The role in which the actor acted.
    /// @param subject The model, version, person, environment or policy that the act is about.
    /// @param document SHA-256 of the document C that gives evidence, reason or plan; zero where there is none.
    /// @param systems The schemas, as a bitmap, whose consumers the act touches.
    /// @param data What else the action needs for its replay, see docs/formats.md.
    struct Entry {
        Action action;
        bytes32 actor;
        Role authority;
        bytes32 subject;
        bytes32 document;
        uint256 systems;
        bytes data;
    }

    event Logged(
        Action indexed action,
        bytes32 indexed actor,
        bytes32 indexed subject,
        Role authority,
        bytes32 document,
        uint256 systems,
        bytes data
    );

    /// @notice Lets a replay start from here. It comes when the head's lowest 16 bits are zero, that is once in 65,536
    /// entries on average; a counter would cost each act another storage write.
    event Checkpoint(bytes32 indexed head);

    function append(Log storage log, Entry memory entry) internal {
        bytes32 head = keccak256(
            abi.encode(
                log.head,
                entry.action,
                entry.actor,
                entry.authority,
                entry.subject,
                entry.document,
                entry.systems,
                keccak256(entry.data)
            )
        );
        log.head = head;
        emit Logged(
            entry.action,
            entry.actor,
            entry.subject,
            entry.authority,
            entry.document,
            entry.systems,
            entry.data
        );
        if (uint16(uint256(head)) == 0) emit Checkpoint(head);
    }
}
