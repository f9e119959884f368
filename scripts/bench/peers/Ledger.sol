// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

struct Certificate {
    uint40 versioning;
    uint40 rollback;
    uint40 incident;
}

/// @title What the peers' acts act on: one word, written in a call of the very bytes of `Rules.certify`
abstract contract Words {
    mapping(bytes32 person => bytes32) private _words;

    function _write(bytes32 person, Certificate calldata certificate, uint8 authority, bytes32 document) internal {
        _words[person] = keccak256(abi.encode(certificate, authority, document));
    }
}

/// @title Words that one account may write: a Safe, or a Governor's timelock
contract OwnedLedger is Words {
    error NotTheOwner(address caller);

    address public immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function certify(bytes32 person, Certificate calldata certificate, uint8 authority, bytes32 document) external {
        if (msg.sender != OWNER) revert NotTheOwner(msg.sender);
        _write(person, certificate, authority, document);
    }
}

/// @title Words that an AccessManager guards
contract ManagedLedger is Words, AccessManaged {
    constructor(address manager) AccessManaged(manager) {}

    function certify(
        bytes32 person,
        Certificate calldata certificate,
        uint8 authority,
        bytes32 document
    ) external restricted {
        _write(person, certificate, authority, document);
    }
}
