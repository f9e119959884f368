// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActiveWord, newActiveWord} from "../../contracts/types/ActiveWord.sol";
import {Matrix, policyFloor} from "../../contracts/types/Matrix.sol";
import {Risk, Role, Stage} from "../../contracts/types/Types.sol";
import {newVersionWord, VersionWord} from "../../contracts/types/VersionWord.sol";
import {vm} from "./Vm.sol";

/// @notice The packed words, each field against the layout that stands in contracts/types, and the matrix against a
/// model that takes it apart bit by bit.
contract WordsTest {
    uint40 private constant NOW = 1_767_225_600;

    function setUp() public {
        vm.warp(NOW);
    }

    // The version's word

    function testFuzzANewVersionsWord(uint32 number, uint8 risk, uint8 schema) public view {
        Risk declared = Risk(risk % 4);
        VersionWord word = newVersionWord(number, declared, schema);
        vm.assertEq(
            VersionWord.unwrap(word),
            uint256(number) |
                (1 << 32) |
                (uint256(declared) << 40) |
                (uint256(declared) << 48) |
                (uint256(schema) << 56) |
                (uint256(NOW) << 80) |
                (uint256(NOW) << 120)
        );
    }

    function testFuzzEachFieldOfAVersionsWordIsReadFromItsBits(uint256 bits) public pure {
        VersionWord word = _versionWord(bits);
        uint256 raw = VersionWord.unwrap(word);
        vm.assertEq(word.number(), raw % 2 ** 32);
        vm.assertEq(uint256(word.stage()), (raw / 2 ** 32) % 2 ** 8);
        vm.assertEq(uint256(word.declared()), (raw / 2 ** 40) % 2 ** 8);
        vm.assertEq(uint256(word.raised()), (raw / 2 ** 48) % 2 ** 8);
        vm.assertEq(word.schema(), (raw / 2 ** 56) % 2 ** 8);
        vm.assertEq(word.activeIn(), (raw / 2 ** 64) % 2 ** 16);
        vm.assertEq(word.registeredAt(), (raw / 2 ** 80) % 2 ** 40);
        vm.assertEq(word.stageSince(), (raw / 2 ** 120) % 2 ** 40);
        vm.assertEq(word.condemnedFrom(), (raw / 2 ** 160) % 2 ** 40);
        vm.assertEq(word.operatorRollbacks(), (raw / 2 ** 200) % 2 ** 16);
    }

    function testFuzzAChangedFieldLeavesTheOthers(uint256 bits, uint40 value) public view {
        VersionWord word = _versionWord(bits);
        uint256 raw = VersionWord.unwrap(word);
        Stage stage = Stage(value % 6);
        vm.assertEq(VersionWord.unwrap(word.withStage(stage)), _with(_with(raw, 32, 8, uint256(stage)), 120, 40, NOW));
        Risk risk = Risk(value % 4);
        vm.assertEq(VersionWord.unwrap(word.withRaised(risk)), _with(raw, 48, 8, uint256(risk)));
        vm.assertEq(VersionWord.unwrap(word.withActiveIn(uint16(value))), _with(raw, 64, 16, uint16(value)));
        vm.assertEq(VersionWord.unwrap(word.withCondemnedFrom(value)), _with(raw, 160, 40, value));
        vm.assertEq(VersionWord.unwrap(word.withOperatorRollbacks(uint16(value))), _with(raw, 200, 16, uint16(value)));
    }

    // The active word

    function testFuzzANewActiveWord(uint32 number, uint64 sequence, uint8 risk) public view {
        ActiveWord word = newActiveWord(number, sequence, Risk(risk % 4));
        vm.assertEq(
            ActiveWord.unwrap(word),
            uint256(number) |
                (uint256(sequence) << 32) |
                (uint256(sequence) << 96) |
                (uint256(NOW) << 160) |
                (uint256(risk % 4) << 200)
        );
    }

    function testFuzzEachFieldOfAnActiveWordIsReadFromItsBits(uint256 bits) public pure {
        ActiveWord word = _activeWord(bits);
        uint256 raw = ActiveWord.unwrap(word);
        vm.assertEq(word.number(), raw % 2 ** 32);
        vm.assertEq(word.sequence(), (raw / 2 ** 32) % 2 ** 64);
        vm.assertEq(word.activation(), (raw / 2 ** 96) % 2 ** 64);
        vm.assertEq(word.since(), (raw / 2 ** 160) % 2 ** 40);
        vm.assertEq(uint256(word.risk()), (raw / 2 ** 200) % 2 ** 8);
        vm.assertEq(uint256(word.haltedBy()), (raw / 2 ** 208) % 2 ** 8);
        vm.assertEq(word.haltedAt(), raw / 2 ** 216);
    }

    function testFuzzAHaltLeavesTheOtherFields(
        uint256 bits,
        uint8 authority,
        uint40 time,
        uint64 sequence
    ) public pure {
        ActiveWord word = _activeWord(bits);
        Role role = Role(authority % 12);
        uint256 expected = _with(ActiveWord.unwrap(word), 32, 64, sequence);
        expected = _with(_with(expected, 208, 8, uint256(role)), 216, 40, time);
        vm.assertEq(ActiveWord.unwrap(word.withHalt(role, time, sequence)), expected);
    }

    // The matrix

    function testTheFloorIsThePolicysTable() public pure {
        uint16 lead = 1 << 1;
        uint16 officer = 1 << 2;
        uint16 domain = 1 << 3;
        uint16 oversight = 1 << 4;
        _row(Risk.Low, lead, lead, lead);
        _row(Risk.Medium, officer, officer, officer);
        _row(Risk.High, officer, officer, officer | domain);
        _row(Risk.Critical, officer, officer, officer | domain | oversight);
    }

    function testFuzzEachBitmapOfTheMatrixIsReadFromItsBits(uint192 bits) public pure {
        Matrix matrix = Matrix.wrap(bits);
        for (uint256 risk; risk < 4; ++risk) {
            for (uint256 stage; stage < 3; ++stage) {
                vm.assertEq(
                    matrix.required(Risk(risk), Stage(stage + 2)),
                    (uint256(bits) / 2 ** (48 * risk + 16 * stage)) % 2 ** 16
                );
            }
        }
    }

    function testFuzzAMatrixCoversWhatItContains(uint192 matrix, uint192 floor) public pure {
        vm.assertEq(Matrix.wrap(matrix).covers(Matrix.wrap(floor)), _contains(matrix, floor));
        vm.assertEq(Matrix.wrap(matrix | floor).covers(Matrix.wrap(floor)), true);
        vm.assertEq(Matrix.wrap(matrix).covers(Matrix.wrap(matrix & floor)), true);
    }

    function testFuzzAMatrixThatLacksOneBitDoesNotCover(uint192 matrix, uint8 lacking) public pure {
        uint192 bit = uint192(1) << (lacking % 192);
        vm.assertEq(Matrix.wrap(matrix & ~bit).covers(Matrix.wrap(bit)), false);
        vm.assertEq(Matrix.wrap(matrix | bit).covers(Matrix.wrap(bit)), true);
    }

    function _row(Risk risk, uint16 validation, uint16 staging, uint16 production) private pure {
        vm.assertEq(policyFloor().required(risk, Stage.Validation), validation);
        vm.assertEq(policyFloor().required(risk, Stage.Staging), staging);
        vm.assertEq(policyFloor().required(risk, Stage.Production), production);
    }

    function _contains(uint192 matrix, uint192 floor) private pure returns (bool) {
        for (uint256 i; i < 192; ++i) {
            if ((floor / 2 ** i) % 2 == 1 && (matrix / 2 ** i) % 2 == 0) return false;
        }
        return true;
    }

    /// @dev `raw` with `size` bits from `start` replaced.
    function _with(uint256 raw, uint256 start, uint256 size, uint256 value) private pure returns (uint256) {
        uint256 old = (raw >> start) % 2 ** size;
        return raw - (old << start) + (value << start);
    }

    /// @dev Any bits, with enumerations that exist.
    function _versionWord(uint256 bits) private pure returns (VersionWord) {
        bits = _with(bits, 32, 8, (bits >> 32) % 6);
        bits = _with(bits, 40, 8, (bits >> 40) % 4);
        return VersionWord.wrap(_with(bits, 48, 8, (bits >> 48) % 4));
    }

    function _activeWord(uint256 bits) private pure returns (ActiveWord) {
        bits = _with(bits, 200, 8, (bits >> 200) % 4);
        return ActiveWord.wrap(_with(bits, 208, 8, ((bits >> 208) % 2 ** 8) % 12));
    }
}
