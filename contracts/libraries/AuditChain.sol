// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Action, Role} from "../types/Types.sol";
import {Keccak} from "./Keccak.sol";

/// @title The audit chain: every act leaves one entry, and one word proves that none was withheld or altered
/// @dev Time and count follow from replay and are not stored. An entry is
///
///   action     what was done
///   actor      the person, or the committee's timelock as a left-padded address; where anyone may act, and where a review is
///              pulled, the caller's address; at the genesis Rules in Registry's chain, the Assembly's timelock in Rules'
///   authority  the role in which the actor acted; None where no role is needed
///   subject    the model, version, person, environment, committee or epoch that the act is about; zero for the policy as a
///              whole
///   document   SHA-256 of the document C that gives evidence, reason or plan; of the manifest where a version is registered;
///              of the policy at the genesis and for a new epoch; zero where there is none
///   systems    the schemas, as a bitmap, whose consumers the act touches
///   data       the call itself, selector first, so that a replay needs no traces; at the genesis what docs/formats.md says
library AuditChain {
    /// @param head keccak256 over the previous head and the last entry.
    struct Log {
        bytes32 head;
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

    /// @dev Appends the entry of the call that is under way.
    function append(
        Log storage log,
        Action action,
        bytes32 actor,
        Role authority,
        bytes32 subject,
        bytes32 document,
        uint256 systems
    ) internal {
        emit Logged(action, actor, subject, authority, document, systems, msg.data);
        _move(
            log,
            keccak256(abi.encode(log.head, action, actor, authority, subject, document, systems, Keccak.hash(msg.data)))
        );
    }

    /// @dev Begins the chain.
    function begin(Log storage log, bytes32 actor, Role authority, bytes32 document, bytes memory data) internal {
        emit Logged(Action.Genesis, actor, 0, authority, document, 0, data);
        _move(
            log,
            keccak256(
                abi.encode(
                    log.head,
                    Action.Genesis,
                    actor,
                    authority,
                    bytes32(0),
                    document,
                    uint256(0),
                    keccak256(data)
                )
            )
        );
    }

    function _move(Log storage log, bytes32 head) private {
        log.head = head;
        if (uint16(uint256(head)) == 0) emit Checkpoint(head);
    }
}
