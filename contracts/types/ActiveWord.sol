// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Risk, Role} from "./Types.sol";

/// @dev What is active in an environment, in one word. Times are seconds since 1970-01-01 UTC. From the lowest bit:
///
///   bits      field       meaning
///     0..31   number      the active version's number, zero if there is none
///    32..95   sequence    the model's sequence at the last change here
///    96..159  activation  the model's sequence when the version became active here
///   160..199  since       when it became active here
///   200..207  risk        its effective risk then; the rollback authority goes by it, so that raising the risk later
///                         never takes the brake away
///   208..215  haltedBy    None, or the authority that has it halted
///   216..255  haltedAt    when it was halted
type ActiveWord is uint256;

using {number, sequence, activation, since, risk, haltedBy, haltedAt, withHalt} for ActiveWord global;

/// @dev The word of a version that becomes active now.
function newActiveWord(uint32 number_, uint64 sequence_, Risk risk_) view returns (ActiveWord) {
    return
        ActiveWord.wrap(
            uint256(number_) |
                (uint256(sequence_) << 32) |
                (uint256(sequence_) << 96) |
                (uint256(uint40(block.timestamp)) << 160) |
                (uint256(risk_) << 200)
        );
}

function number(ActiveWord word) pure returns (uint32) {
    return uint32(ActiveWord.unwrap(word));
}

function sequence(ActiveWord word) pure returns (uint64) {
    return uint64(ActiveWord.unwrap(word) >> 32);
}

function activation(ActiveWord word) pure returns (uint64) {
    return uint64(ActiveWord.unwrap(word) >> 96);
}

function since(ActiveWord word) pure returns (uint40) {
    return uint40(ActiveWord.unwrap(word) >> 160);
}

function risk(ActiveWord word) pure returns (Risk) {
    return Risk(uint8(ActiveWord.unwrap(word) >> 200));
}

function haltedBy(ActiveWord word) pure returns (Role) {
    return Role(uint8(ActiveWord.unwrap(word) >> 208));
}

function haltedAt(ActiveWord word) pure returns (uint40) {
    return uint40(ActiveWord.unwrap(word) >> 216);
}

/// @dev Halted by this authority at this time, or neither; `sequence_` is the change's.
function withHalt(ActiveWord word, Role authority, uint40 time, uint64 sequence_) pure returns (ActiveWord) {
    uint256 kept = ActiveWord.unwrap(word) & ~((uint256(type(uint64).max) << 32) | (uint256(type(uint48).max) << 208));
    return ActiveWord.wrap(kept | (uint256(sequence_) << 32) | (uint256(authority) << 208) | (uint256(time) << 216));
}
