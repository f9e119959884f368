// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Role, Standing} from "./Types.sol";

/// @dev How a person stands, in one word; the fields are those of {Standing}. From the lowest bit:
///
///   bits      field
///     0..15   roles
///    16..47   signingEpoch
///    48..87   suspendedUntil
///    88..127  suspendableFrom
///   128..167  versioning
///   168..207  rollback
///   208..247  incident
///   248..255  auditRequired
type StandingWord is uint256;

using {
    roles,
    holds,
    signingEpoch,
    suspendedUntil,
    suspendableFrom,
    certifiedUntil,
    auditRequired,
    unpacked,
    withRoles,
    withNextEpoch,
    withSuspendedUntil,
    withSuspendableFrom,
    withCertificate,
    withAuditRequired
} for StandingWord global;

function roles(StandingWord word) pure returns (uint16) {
    return uint16(StandingWord.unwrap(word));
}

function holds(StandingWord word, Role role) pure returns (bool) {
    return (uint16(StandingWord.unwrap(word)) >> uint8(role)) & 1 != 0;
}

function signingEpoch(StandingWord word) pure returns (uint32) {
    return uint32(StandingWord.unwrap(word) >> 16);
}

function suspendedUntil(StandingWord word) pure returns (uint40) {
    return uint40(StandingWord.unwrap(word) >> 48);
}

function suspendableFrom(StandingWord word) pure returns (uint40) {
    return uint40(StandingWord.unwrap(word) >> 88);
}

/// @dev The earliest expiry of the three curricula: each is mandatory (policy 10).
function certifiedUntil(StandingWord word) pure returns (uint40 until) {
    until = uint40(StandingWord.unwrap(word) >> 128);
    uint40 rollback = uint40(StandingWord.unwrap(word) >> 168);
    uint40 incident = uint40(StandingWord.unwrap(word) >> 208);
    if (rollback < until) until = rollback;
    if (incident < until) until = incident;
}

function auditRequired(StandingWord word) pure returns (bool) {
    return StandingWord.unwrap(word) >> 248 != 0;
}

function unpacked(StandingWord word) pure returns (Standing memory) {
    return
        Standing({
            roles: word.roles(),
            signingEpoch: word.signingEpoch(),
            suspendedUntil: word.suspendedUntil(),
            suspendableFrom: word.suspendableFrom(),
            versioning: uint40(StandingWord.unwrap(word) >> 128),
            rollback: uint40(StandingWord.unwrap(word) >> 168),
            incident: uint40(StandingWord.unwrap(word) >> 208),
            auditRequired: word.auditRequired()
        });
}

function withRoles(StandingWord word, uint16 roles_) pure returns (StandingWord) {
    return _with(word, 0, type(uint16).max, roles_);
}

/// @dev What was signed before is void. At the last epoch it stays there: nobody becomes unsuspendable by rotating.
function withNextEpoch(StandingWord word) pure returns (StandingWord) {
    uint256 epoch = word.signingEpoch();
    return epoch == type(uint32).max ? word : _with(word, 16, type(uint32).max, epoch + 1);
}

function withSuspendedUntil(StandingWord word, uint40 until) pure returns (StandingWord) {
    return _with(word, 48, type(uint40).max, until);
}

function withSuspendableFrom(StandingWord word, uint40 from) pure returns (StandingWord) {
    return _with(word, 88, type(uint40).max, from);
}

function withCertificate(
    StandingWord word,
    uint40 versioning,
    uint40 rollback,
    uint40 incident
) pure returns (StandingWord) {
    uint256 certificate = uint256(versioning) | (uint256(rollback) << 40) | (uint256(incident) << 80);
    return _with(word, 128, type(uint120).max, certificate);
}

function withAuditRequired(StandingWord word, bool required) pure returns (StandingWord) {
    return _with(word, 248, 0xff, required ? 1 : 0);
}

function _with(StandingWord word, uint256 shift, uint256 mask, uint256 value) pure returns (StandingWord) {
    return StandingWord.wrap((StandingWord.unwrap(word) & ~(mask << shift)) | (value << shift));
}
