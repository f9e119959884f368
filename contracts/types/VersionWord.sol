// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Risk, Stage} from "./Types.sol";

/// @dev How a version stands, in one word. Times are seconds since 1970-01-01 UTC. From the lowest bit:
///
///   bits      field              meaning
///     0..31   number             1, 2, 3 … in the order of the model's registrations; zero if never registered
///    32..63   model              the tag of the model that it is a version of
///    64..71   stage              the stage it has reached
///    72..79   declared           the risk that its author declared
///    80..87   raised             the risk it was raised to; the declared one if it never was
///    88..95   schema             the number of the model's schema that it speaks
///    96..96   released           1 once the Assembly has released its bytes from retention
///    97..103  approved           the effective risk for which it was signed off into its stage
///   104..119  operatorRollbacks  how many rollbacks of it by operators or Monitors were not overruled
///   120..159  condemnedFrom      zero, or from when it is condemned for good; until then it may not become active either,
///                                but an overruling, or a senior's rollback to it, lifts it
///   160..255  provenIn           bit n: proven in the environment of index n, see {IRegistry-isProven}; further ones have
///                                a mapping of their own
type VersionWord is uint256;

using {
    number,
    model,
    stage,
    declared,
    raised,
    schema,
    released,
    approved,
    operatorRollbacks,
    condemnedFrom,
    provenIn,
    effective,
    mayRun,
    withStage,
    withRaised,
    withReleased,
    withApproved,
    withOperatorRollbacks,
    withCondemnedFrom,
    withProven
} for VersionWord global;

/// @dev How many environments the word itself has a bit for.
uint256 constant PLACES_IN_WORD = 96;

/// @dev The word of a version that enters Development.
function newVersionWord(uint32 number_, uint32 model_, Risk risk, uint8 schema_) pure returns (VersionWord) {
    return
        VersionWord.wrap(
            uint256(number_) |
                (uint256(model_) << 32) |
                (uint256(Stage.Development) << 64) |
                (uint256(risk) << 72) |
                (uint256(risk) << 80) |
                (uint256(schema_) << 88)
        );
}

function number(VersionWord word) pure returns (uint32) {
    return uint32(VersionWord.unwrap(word));
}

function model(VersionWord word) pure returns (uint32) {
    return uint32(VersionWord.unwrap(word) >> 32);
}

function stage(VersionWord word) pure returns (Stage) {
    return Stage(uint8(VersionWord.unwrap(word) >> 64));
}

function declared(VersionWord word) pure returns (Risk) {
    return Risk(uint8(VersionWord.unwrap(word) >> 72));
}

function raised(VersionWord word) pure returns (Risk) {
    return Risk(uint8(VersionWord.unwrap(word) >> 80));
}

function schema(VersionWord word) pure returns (uint8) {
    return uint8(VersionWord.unwrap(word) >> 88);
}

function released(VersionWord word) pure returns (bool) {
    return (VersionWord.unwrap(word) >> 96) & 1 != 0;
}

function approved(VersionWord word) pure returns (Risk) {
    return Risk((VersionWord.unwrap(word) >> 97) & 0x7f);
}

function operatorRollbacks(VersionWord word) pure returns (uint16) {
    return uint16(VersionWord.unwrap(word) >> 104);
}

function condemnedFrom(VersionWord word) pure returns (uint40) {
    return uint40(VersionWord.unwrap(word) >> 120);
}

/// @dev Only for an index below {PLACES_IN_WORD}.
function provenIn(VersionWord word, uint256 index) pure returns (bool) {
    return (VersionWord.unwrap(word) >> (160 + index)) & 1 != 0;
}

/// @dev The highest of the model's floor, the declared and the raised risk.
function effective(VersionWord word, Risk floor) pure returns (Risk) {
    // As numbers, because each use of an enum checks its range again.
    uint256 declared_ = uint8(VersionWord.unwrap(word) >> 72);
    uint256 raised_ = uint8(VersionWord.unwrap(word) >> 80);
    return Risk(Math.max(uint256(floor), Math.max(declared_, raised_)));
}

/// @dev Whether it may be made active where this stage is required.
function mayRun(VersionWord word, Stage required) pure returns (bool) {
    Stage reached = word.stage();
    return
        required != Stage.None &&
        reached >= required &&
        reached != Stage.Retired &&
        word.condemnedFrom() == 0 &&
        !word.released();
}

function withStage(VersionWord word, Stage stage_) pure returns (VersionWord) {
    return _with(word, 64, 0xff, uint256(stage_));
}

function withRaised(VersionWord word, Risk risk) pure returns (VersionWord) {
    return _with(word, 80, 0xff, uint256(risk));
}

function withReleased(VersionWord word) pure returns (VersionWord) {
    return _with(word, 96, 1, 1);
}

function withApproved(VersionWord word, Risk risk) pure returns (VersionWord) {
    return _with(word, 97, 0x7f, uint256(risk));
}

function withOperatorRollbacks(VersionWord word, uint16 count) pure returns (VersionWord) {
    return _with(word, 104, type(uint16).max, count);
}

function withCondemnedFrom(VersionWord word, uint40 time) pure returns (VersionWord) {
    return _with(word, 120, type(uint40).max, time);
}

/// @dev Only for an index below {PLACES_IN_WORD}.
function withProven(VersionWord word, uint256 index, bool proven) pure returns (VersionWord) {
    return _with(word, 160 + index, 1, proven ? 1 : 0);
}

function _with(VersionWord word, uint256 shift, uint256 mask, uint256 value) pure returns (VersionWord) {
    return VersionWord.wrap((VersionWord.unwrap(word) & ~(mask << shift)) | (value << shift));
}
