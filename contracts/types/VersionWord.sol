// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Risk, Stage} from "./Types.sol";

/// @dev How a version stands, in one word. Times are seconds since 1970-01-01 UTC. From the lowest bit:
///
///   bits      field          meaning
///     0..31   number         1, 2, 3 … in the order of the model's registrations; zero if never registered
///    32..39   stage          the stage it has reached
///    40..47   declared       the risk that its author declared
///    48..55   raised         the risk it was raised to; the declared one if it never was
///    56..63   schema         the number of the model's schema that it speaks
///    64..79   activeIn       in how many environments it is active
///    80..119  registeredAt   when it was registered
///   120..159  stageSince     when it reached its stage
///   160..199  condemnedFrom  zero, or the time from which it may never be active again
///   200..215  operatorRollbacks  how many rollbacks of it by operators were not overruled
///   216..255  zero
type VersionWord is uint256;

using {
    number,
    stage,
    declared,
    raised,
    schema,
    activeIn,
    registeredAt,
    stageSince,
    condemnedFrom,
    operatorRollbacks,
    withStage,
    withRaised,
    withActiveIn,
    withCondemnedFrom,
    withOperatorRollbacks
} for VersionWord global;

/// @dev The word of a version that enters Development now.
function newVersionWord(uint32 number_, Risk risk, uint8 schema_) view returns (VersionWord) {
    return
        VersionWord.wrap(
            uint256(number_) |
                (uint256(Stage.Development) << 32) |
                (uint256(risk) << 40) |
                (uint256(risk) << 48) |
                (uint256(schema_) << 56) |
                (uint256(uint40(block.timestamp)) << 80) |
                (uint256(uint40(block.timestamp)) << 120)
        );
}

function number(VersionWord word) pure returns (uint32) {
    return uint32(VersionWord.unwrap(word));
}

function stage(VersionWord word) pure returns (Stage) {
    return Stage(uint8(VersionWord.unwrap(word) >> 32));
}

function declared(VersionWord word) pure returns (Risk) {
    return Risk(uint8(VersionWord.unwrap(word) >> 40));
}

function raised(VersionWord word) pure returns (Risk) {
    return Risk(uint8(VersionWord.unwrap(word) >> 48));
}

function schema(VersionWord word) pure returns (uint8) {
    return uint8(VersionWord.unwrap(word) >> 56);
}

function activeIn(VersionWord word) pure returns (uint16) {
    return uint16(VersionWord.unwrap(word) >> 64);
}

function registeredAt(VersionWord word) pure returns (uint40) {
    return uint40(VersionWord.unwrap(word) >> 80);
}

function stageSince(VersionWord word) pure returns (uint40) {
    return uint40(VersionWord.unwrap(word) >> 120);
}

function condemnedFrom(VersionWord word) pure returns (uint40) {
    return uint40(VersionWord.unwrap(word) >> 160);
}

function operatorRollbacks(VersionWord word) pure returns (uint16) {
    return uint16(VersionWord.unwrap(word) >> 200);
}

/// @dev Enters a stage, now.
function withStage(VersionWord word, Stage stage_) view returns (VersionWord) {
    uint256 cleared = VersionWord.unwrap(word) & ~((uint256(0xff) << 32) | (uint256(type(uint40).max) << 120));
    return VersionWord.wrap(cleared | (uint256(stage_) << 32) | (uint256(uint40(block.timestamp)) << 120));
}

function withRaised(VersionWord word, Risk risk) pure returns (VersionWord) {
    return VersionWord.wrap((VersionWord.unwrap(word) & ~(uint256(0xff) << 48)) | (uint256(risk) << 48));
}

function withActiveIn(VersionWord word, uint16 count) pure returns (VersionWord) {
    return VersionWord.wrap((VersionWord.unwrap(word) & ~(uint256(0xffff) << 64)) | (uint256(count) << 64));
}

function withCondemnedFrom(VersionWord word, uint40 time) pure returns (VersionWord) {
    uint256 cleared = VersionWord.unwrap(word) & ~(uint256(type(uint40).max) << 160);
    return VersionWord.wrap(cleared | (uint256(time) << 160));
}

function withOperatorRollbacks(VersionWord word, uint16 count) pure returns (VersionWord) {
    return VersionWord.wrap((VersionWord.unwrap(word) & ~(uint256(0xffff) << 200)) | (uint256(count) << 200));
}
