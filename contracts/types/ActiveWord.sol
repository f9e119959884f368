// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Risk, Role} from "./Types.sol";

/// @dev What is active in an environment, in one word. Times are seconds since 1970-01-01 UTC. From the lowest bit:
///
///   bits      field     meaning
///     0..31   number    the active version's number, zero if there is none
///    32..71   sequence  the model's sequence at the last change here
///    72..111  since     when it became active here, or when the last one was withdrawn
///   112..151  timer     since when it runs without interruption; while it is halted, when it was halted
///   152..159  risk      its effective risk when it became active: the rollback authority goes by it, so that raising
///                       the risk later never takes the brake away. After a withdrawal that of the version withdrawn
///   160..167  haltedBy  None, or the authority that has it halted; where there is none, the RAIO or the committee that
///                       withdrew the last one, if it was they
///   168..168  soaked    1 if it served its soak time before a halt interrupted it
///   169..169  incident  1 while an incident is open here
///   170..175  zero
///   176..191  place     the environment's index
///   192..223  newest    the highest number that was ever active here; zero if none ever was
///   224..255  previous  the number of the version that it replaced
type ActiveWord is uint256;

using {
    number,
    sequence,
    since,
    timer,
    risk,
    haltedBy,
    soaked,
    incident,
    place,
    newest,
    previous,
    next,
    withHalt,
    withIncident
} for ActiveWord global;

function number(ActiveWord word) pure returns (uint32) {
    return uint32(ActiveWord.unwrap(word));
}

function sequence(ActiveWord word) pure returns (uint40) {
    return uint40(ActiveWord.unwrap(word) >> 32);
}

function since(ActiveWord word) pure returns (uint40) {
    return uint40(ActiveWord.unwrap(word) >> 72);
}

function timer(ActiveWord word) pure returns (uint40) {
    return uint40(ActiveWord.unwrap(word) >> 112);
}

function risk(ActiveWord word) pure returns (Risk) {
    return Risk(uint8(ActiveWord.unwrap(word) >> 152));
}

function haltedBy(ActiveWord word) pure returns (Role) {
    return Role(uint8(ActiveWord.unwrap(word) >> 160));
}

function soaked(ActiveWord word) pure returns (bool) {
    return (ActiveWord.unwrap(word) >> 168) & 1 != 0;
}

function incident(ActiveWord word) pure returns (bool) {
    return (ActiveWord.unwrap(word) >> 169) & 1 != 0;
}

function place(ActiveWord word) pure returns (uint16) {
    return uint16(ActiveWord.unwrap(word) >> 176);
}

function newest(ActiveWord word) pure returns (uint32) {
    return uint32(ActiveWord.unwrap(word) >> 192);
}

function previous(ActiveWord word) pure returns (uint32) {
    return uint32(ActiveWord.unwrap(word) >> 224);
}

/// @dev The word after a version, or none (number zero), takes the place of the active one, now.
/// @param riskAndHold The fields `risk` and `haltedBy`, side by side as in the word: one argument less for the stack.
function next(
    ActiveWord word,
    uint32 number_,
    uint40 sequence_,
    uint16 riskAndHold,
    uint16 place_
) view returns (ActiveWord) {
    uint32 newest_ = word.newest();
    return
        ActiveWord.wrap(
            uint256(number_) |
                (uint256(sequence_) << 32) |
                (uint256(uint40(block.timestamp)) << 72) |
                (uint256(uint40(block.timestamp)) << 112) |
                (uint256(riskAndHold) << 152) |
                (uint256(place_) << 176) |
                (uint256(number_ > newest_ ? number_ : newest_) << 192) |
                (uint256(word.number()) << 224)
        );
}

/// @dev Halted by this authority, or by None any longer, from now on.
function withHalt(ActiveWord word, Role authority, uint40 sequence_, bool soaked_) view returns (ActiveWord) {
    uint256 kept =
        ActiveWord.unwrap(word) &
            ~((uint256(type(uint40).max) << 32) | (uint256(type(uint40).max) << 112) | (uint256(0x1ff) << 160));
    return
        ActiveWord.wrap(
            kept |
                (uint256(sequence_) << 32) |
                (uint256(uint40(block.timestamp)) << 112) |
                (uint256(authority) << 160) |
                (uint256(soaked_ ? 1 : 0) << 168)
        );
}

function withIncident(ActiveWord word, bool open) pure returns (ActiveWord) {
    uint256 kept = ActiveWord.unwrap(word) & ~(uint256(1) << 169);
    return ActiveWord.wrap(open ? kept | (1 << 169) : kept);
}
