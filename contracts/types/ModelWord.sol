// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Model, ModelState, Risk} from "./Types.sol";

/// @dev How a model stands, in one word; the fields are those of {Model}. From the lowest bit:
///
///   bits      field
///     0..31   tag
///    32..63   versions
///    64..103  sequence
///   104..119  schemas
///   120..127  floor
///   128..135  state
///   136..143  monitored
///   144..151  introduced
///   152..255  zero
type ModelWord is uint256;

using {
    tag,
    versions,
    sequence,
    schemas,
    floor,
    state,
    monitored,
    introduced,
    unpacked,
    withVersion,
    withChange,
    withSchema,
    withFloor,
    withState,
    withMonitored,
    withIntroduction
} for ModelWord global;

/// @dev The word of a model that is created.
function newModelWord(uint32 tag_, Risk floor_) pure returns (ModelWord) {
    return ModelWord.wrap(uint256(tag_) | (uint256(floor_) << 120) | (uint256(ModelState.Open) << 128));
}

function tag(ModelWord word) pure returns (uint32) {
    return uint32(ModelWord.unwrap(word));
}

function versions(ModelWord word) pure returns (uint32) {
    return uint32(ModelWord.unwrap(word) >> 32);
}

function sequence(ModelWord word) pure returns (uint40) {
    return uint40(ModelWord.unwrap(word) >> 64);
}

function schemas(ModelWord word) pure returns (uint16) {
    return uint16(ModelWord.unwrap(word) >> 104);
}

function floor(ModelWord word) pure returns (Risk) {
    return Risk(uint8(ModelWord.unwrap(word) >> 120));
}

function state(ModelWord word) pure returns (ModelState) {
    return ModelState(uint8(ModelWord.unwrap(word) >> 128));
}

function monitored(ModelWord word) pure returns (bool) {
    return uint8(ModelWord.unwrap(word) >> 136) != 0;
}

function introduced(ModelWord word) pure returns (bool) {
    return uint8(ModelWord.unwrap(word) >> 144) != 0;
}

function unpacked(ModelWord word) pure returns (Model memory) {
    return
        Model({
            tag: word.tag(),
            versions: word.versions(),
            sequence: word.sequence(),
            schemas: word.schemas(),
            floor: word.floor(),
            state: word.state(),
            monitored: word.monitored(),
            introduced: word.introduced()
        });
}

/// @dev With one more version. The 2^32nd reverts: it would count into the sequence.
function withVersion(ModelWord word) pure returns (ModelWord) {
    return _with(word, 32, type(uint32).max, word.versions() + 1);
}

/// @dev After one more change of what is active or halted.
function withChange(ModelWord word) pure returns (ModelWord) {
    return _with(word, 64, type(uint40).max, word.sequence() + 1);
}

function withSchema(ModelWord word) pure returns (ModelWord) {
    return _with(word, 104, type(uint16).max, word.schemas() + 1);
}

function withFloor(ModelWord word, Risk floor_) pure returns (ModelWord) {
    return _with(word, 120, 0xff, uint256(floor_));
}

function withState(ModelWord word, ModelState state_) pure returns (ModelWord) {
    return _with(word, 128, 0xff, uint256(state_));
}

function withMonitored(ModelWord word, bool monitored_) pure returns (ModelWord) {
    return _with(word, 136, 0xff, monitored_ ? 1 : 0);
}

function withIntroduction(ModelWord word) pure returns (ModelWord) {
    return _with(word, 144, 0xff, 1);
}

function _with(ModelWord word, uint256 shift, uint256 mask, uint256 value) pure returns (ModelWord) {
    return ModelWord.wrap((ModelWord.unwrap(word) & ~(mask << shift)) | (value << shift));
}
