// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {Matrix, policyFloor} from "../../contracts/types/Matrix.sol";
import {ModelWord, newModelWord} from "../../contracts/types/ModelWord.sol";
import {StandingWord} from "../../contracts/types/StandingWord.sol";
import {ModelState, Risk, Role, Stage, Standing} from "../../contracts/types/Types.sol";
import {newVersionWord, PLACES_IN_WORD, VersionWord} from "../../contracts/types/VersionWord.sol";
import {vm} from "./Vm.sol";

/// @notice The packed words, each field against the layout that stands in contracts/types, and the matrix against a
/// model that takes it apart bit by bit.
contract WordsTest {
    uint40 private constant NOW = 1_767_225_600;

    function setUp() public {
        vm.warp(NOW);
    }

    // The version's word

    function testFuzzANewVersionsWord(uint32 number, uint32 model, uint8 risk, uint8 schema) public pure {
        Risk declared = Risk(risk % 4);
        VersionWord word = newVersionWord(number, model, declared, schema);
        vm.assertEq(
            VersionWord.unwrap(word),
            uint256(number) |
                (uint256(model) << 32) |
                (1 << 64) |
                (uint256(declared) << 72) |
                (uint256(declared) << 80) |
                (uint256(schema) << 88)
        );
    }

    function testFuzzEachFieldOfAVersionsWordIsReadFromItsBits(uint256 bits) public pure {
        VersionWord word = _versionWord(bits);
        uint256 raw = VersionWord.unwrap(word);
        vm.assertEq(word.number(), raw % 2 ** 32);
        vm.assertEq(word.model(), (raw / 2 ** 32) % 2 ** 32);
        vm.assertEq(uint256(word.stage()), (raw / 2 ** 64) % 2 ** 8);
        vm.assertEq(uint256(word.declared()), (raw / 2 ** 72) % 2 ** 8);
        vm.assertEq(uint256(word.raised()), (raw / 2 ** 80) % 2 ** 8);
        vm.assertEq(word.schema(), (raw / 2 ** 88) % 2 ** 8);
        vm.assertEq(word.released(), (raw / 2 ** 96) % 2 == 1);
        vm.assertEq(uint256(word.approved()), (raw / 2 ** 97) % 2 ** 7);
        vm.assertEq(word.operatorRollbacks(), (raw / 2 ** 104) % 2 ** 16);
        vm.assertEq(word.condemnedFrom(), (raw / 2 ** 120) % 2 ** 40);
        vm.assertEq(PLACES_IN_WORD, 96);
        for (uint256 i; i < 96; ++i) vm.assertEq(word.provenIn(i), (raw / 2 ** (160 + i)) % 2 == 1);
    }

    function testFuzzAChangedFieldLeavesTheOthers(uint256 bits, uint40 value) public pure {
        VersionWord word = _versionWord(bits);
        uint256 raw = VersionWord.unwrap(word);
        Stage stage = Stage(value % 6);
        vm.assertEq(VersionWord.unwrap(word.withStage(stage)), _with(raw, 64, 8, uint256(stage)));
        Risk risk = Risk(value % 4);
        vm.assertEq(VersionWord.unwrap(word.withRaised(risk)), _with(raw, 80, 8, uint256(risk)));
        vm.assertEq(VersionWord.unwrap(word.withReleased()), _with(raw, 96, 1, 1));
        vm.assertEq(VersionWord.unwrap(word.withApproved(risk)), _with(raw, 97, 7, uint256(risk)));
        vm.assertEq(VersionWord.unwrap(word.withOperatorRollbacks(uint16(value))), _with(raw, 104, 16, uint16(value)));
        vm.assertEq(VersionWord.unwrap(word.withCondemnedFrom(value)), _with(raw, 120, 40, value));
    }

    function testFuzzAProvenPlaceHasItsBit(uint256 bits, uint8 place) public pure {
        VersionWord word = _versionWord(bits);
        uint256 index = place % PLACES_IN_WORD;
        uint256 raw = VersionWord.unwrap(word);
        vm.assertEq(VersionWord.unwrap(word.withProven(index, true)), _with(raw, 160 + index, 1, 1));
        vm.assertEq(VersionWord.unwrap(word.withProven(index, false)), _with(raw, 160 + index, 1, 0));
    }

    function testFuzzTheEffectiveRiskIsTheHighest(uint256 bits, uint8 floor) public pure {
        VersionWord word = _versionWord(bits);
        uint256 expected = floor % 4;
        if (uint256(word.declared()) > expected) expected = uint256(word.declared());
        if (uint256(word.raised()) > expected) expected = uint256(word.raised());
        vm.assertEq(uint256(word.effective(Risk(floor % 4))), expected);
    }

    function testFuzzAVersionRunsWhereItsStageIsReachedAndNothingIsAgainstIt(uint256 bits, uint8 stage) public pure {
        VersionWord word = _versionWord(bits);
        Stage required = Stage(stage % 6);
        bool may =
            required != Stage.None &&
                uint256(word.stage()) >= uint256(required) &&
                word.stage() != Stage.Retired &&
                word.condemnedFrom() == 0 &&
                !word.released();
        vm.assertEq(word.mayRun(required), may);
        // Most random words are condemned and released: clear each in turn.
        word = VersionWord.wrap(_with(_with(VersionWord.unwrap(word), 96, 8, 0), 120, 40, 0));
        may = required != Stage.None && uint256(word.stage()) >= uint256(required) && word.stage() != Stage.Retired;
        vm.assertEq(word.mayRun(required), may);
        vm.assertEq(word.withReleased().mayRun(required), false);
        vm.assertEq(word.withCondemnedFrom(1).mayRun(required), false);
    }

    // The active word

    function testFuzzTheNextActiveWord(
        uint256 bits,
        uint32 number,
        uint40 sequence,
        uint8 risk,
        uint16 place
    ) public view {
        ActiveWord word = _activeWord(bits);
        uint256 newest = number > word.newest() ? number : word.newest();
        uint256 expected = uint256(number) | (uint256(sequence) << 32) | (uint256(NOW) << 72) | (uint256(NOW) << 112);
        expected |= (uint256(risk % 4) << 152) | (uint256(place) << 176) | (newest << 192);
        expected |= (uint256(sequence % 12) << 160) | (uint256(word.number()) << 224);
        vm.assertEq(
            ActiveWord.unwrap(word.next(number, sequence, (uint16(sequence % 12) << 8) | (risk % 4), place)),
            expected
        );
    }

    function testFuzzEachFieldOfAnActiveWordIsReadFromItsBits(uint256 bits) public pure {
        ActiveWord word = _activeWord(bits);
        uint256 raw = ActiveWord.unwrap(word);
        vm.assertEq(word.number(), raw % 2 ** 32);
        vm.assertEq(word.sequence(), (raw / 2 ** 32) % 2 ** 40);
        vm.assertEq(word.since(), (raw / 2 ** 72) % 2 ** 40);
        vm.assertEq(word.timer(), (raw / 2 ** 112) % 2 ** 40);
        vm.assertEq(uint256(word.risk()), (raw / 2 ** 152) % 2 ** 8);
        vm.assertEq(uint256(word.haltedBy()), (raw / 2 ** 160) % 2 ** 8);
        vm.assertEq(word.soaked(), (raw / 2 ** 168) % 2 == 1);
        vm.assertEq(word.incident(), (raw / 2 ** 169) % 2 == 1);
        vm.assertEq(word.place(), (raw / 2 ** 176) % 2 ** 16);
        vm.assertEq(word.newest(), (raw / 2 ** 192) % 2 ** 32);
        vm.assertEq(word.previous(), raw / 2 ** 224);
    }

    function testFuzzAHaltLeavesTheOtherFields(
        uint256 bits,
        uint8 authority,
        uint40 sequence,
        bool soaked
    ) public view {
        ActiveWord word = _activeWord(bits);
        Role role = Role(authority % 12);
        uint256 expected = _with(ActiveWord.unwrap(word), 32, 40, sequence);
        expected = _with(_with(expected, 112, 40, NOW), 160, 8, uint256(role));
        expected = _with(expected, 168, 1, soaked ? 1 : 0);
        vm.assertEq(ActiveWord.unwrap(word.withHalt(role, sequence, soaked)), expected);
    }

    function testFuzzAnIncidentIsOneBit(uint256 bits, bool open) public pure {
        ActiveWord word = _activeWord(bits);
        vm.assertEq(ActiveWord.unwrap(word.withIncident(open)), _with(ActiveWord.unwrap(word), 169, 1, open ? 1 : 0));
    }

    // The model's word

    function testFuzzANewModelsWord(uint32 tag, uint8 floor) public pure {
        vm.assertEq(
            ModelWord.unwrap(newModelWord(tag, Risk(floor % 4))),
            uint256(tag) | (uint256(floor % 4) << 120) | (uint256(ModelState.Open) << 128)
        );
    }

    function testAFlagOfAModelIsReadFromItsOwnByteAlone() public pure {
        ModelWord state = ModelWord.wrap(uint256(0xff) << 128);
        ModelWord monitored = ModelWord.wrap(uint256(0xff) << 136);
        ModelWord introduced = ModelWord.wrap(uint256(0xff) << 144);
        vm.assertFalse(state.monitored() || state.introduced(), "state");
        vm.assertTrue(monitored.monitored() && !monitored.introduced(), "monitored");
        vm.assertTrue(introduced.introduced() && !introduced.monitored(), "introduced");
    }

    function testFuzzEachFieldOfAModelsWordIsReadFromItsBits(uint256 bits) public pure {
        ModelWord word = _modelWord(bits);
        uint256 raw = ModelWord.unwrap(word);
        vm.assertEq(word.tag(), raw % 2 ** 32);
        vm.assertEq(word.versions(), (raw / 2 ** 32) % 2 ** 32);
        vm.assertEq(word.sequence(), (raw / 2 ** 64) % 2 ** 40);
        vm.assertEq(word.schemas(), (raw / 2 ** 104) % 2 ** 16);
        vm.assertEq(uint256(word.floor()), (raw / 2 ** 120) % 2 ** 8);
        vm.assertEq(uint256(word.state()), (raw / 2 ** 128) % 2 ** 8);
        vm.assertEq(word.monitored(), (raw / 2 ** 136) % 2 ** 8 != 0);
        vm.assertEq(word.introduced(), (raw / 2 ** 144) % 2 ** 8 != 0);
        vm.assertEq(
            abi.encode(word.unpacked()),
            abi.encode(
                word.tag(),
                word.versions(),
                word.sequence(),
                word.schemas(),
                word.floor(),
                word.state(),
                word.monitored(),
                word.introduced()
            )
        );
    }

    function testFuzzAChangedFieldOfAModelsWordLeavesTheOthers(uint256 bits, uint8 value) public pure {
        ModelWord word = _modelWord(bits);
        uint256 raw = ModelWord.unwrap(word);
        vm.assertEq(ModelWord.unwrap(word.withFloor(Risk(value % 4))), _with(raw, 120, 8, value % 4));
        vm.assertEq(ModelWord.unwrap(word.withState(ModelState(value % 4))), _with(raw, 128, 8, value % 4));
        vm.assertEq(ModelWord.unwrap(word.withMonitored(value % 2 == 1)), _with(raw, 136, 8, value % 2));
        vm.assertEq(ModelWord.unwrap(word.withIntroduction()), _with(raw, 144, 8, 1));
        // The counts end where another field begins: there they revert, which is tested below.
        raw = _with(_with(_with(raw, 32, 32, value), 64, 40, value), 104, 16, value);
        word = ModelWord.wrap(raw);
        uint256 next = uint256(value) + 1;
        vm.assertEq(ModelWord.unwrap(word.withVersion()), _with(raw, 32, 32, next));
        vm.assertEq(ModelWord.unwrap(word.withChange()), _with(raw, 64, 40, next));
        vm.assertEq(ModelWord.unwrap(word.withSchema()), _with(raw, 104, 16, next));
    }

    function testNoCountOfAModelOverflowsIntoTheNextField() public view {
        _overflows(this.countVersion);
        _overflows(this.countChange);
        _overflows(this.countSchema);
    }

    function countVersion(ModelWord word) external pure returns (ModelWord) {
        return word.withVersion();
    }

    function countChange(ModelWord word) external pure returns (ModelWord) {
        return word.withChange();
    }

    function countSchema(ModelWord word) external pure returns (ModelWord) {
        return word.withSchema();
    }

    function _overflows(function(ModelWord) external pure returns (ModelWord) count) private view {
        uint256 full =
            (uint256(type(uint32).max) << 32) | (uint256(type(uint40).max) << 64) | (uint256(type(uint16).max) << 104);
        (bool accepted, bytes memory answer) = count.address.staticcall(abi.encodeWithSelector(count.selector, full));
        vm.assertEq(accepted, false);
        // Panic(0x11), an overflow.
        vm.assertEq(answer, abi.encodeWithSignature("Panic(uint256)", 0x11));
    }

    // The word of a person's standing

    function testFuzzEachFieldOfAStandingIsReadFromItsBits(uint256 raw) public pure {
        StandingWord word = StandingWord.wrap(raw);
        vm.assertEq(word.roles(), raw % 2 ** 16);
        vm.assertEq(word.signingEpoch(), (raw / 2 ** 16) % 2 ** 32);
        vm.assertEq(word.suspendedUntil(), (raw / 2 ** 48) % 2 ** 40);
        vm.assertEq(word.suspendableFrom(), (raw / 2 ** 88) % 2 ** 40);
        vm.assertEq(word.auditRequired(), raw / 2 ** 248 != 0);
        for (uint8 role; role <= uint8(type(Role).max); ++role) {
            vm.assertEq(word.holds(Role(role)), (raw / 2 ** role) % 2 == 1);
        }
        Standing memory standing = word.unpacked();
        vm.assertEq(standing.versioning, (raw / 2 ** 128) % 2 ** 40);
        vm.assertEq(standing.rollback, (raw / 2 ** 168) % 2 ** 40);
        vm.assertEq(standing.incident, (raw / 2 ** 208) % 2 ** 40);
        vm.assertEq(word.certifiedUntil(), _least(standing.versioning, standing.rollback, standing.incident));
        vm.assertEq(standing.roles, word.roles());
        vm.assertEq(standing.signingEpoch, word.signingEpoch());
        vm.assertEq(standing.suspendedUntil, word.suspendedUntil());
        vm.assertEq(standing.suspendableFrom, word.suspendableFrom());
        vm.assertEq(standing.auditRequired, word.auditRequired());
    }

    function testFuzzAChangedFieldOfAStandingLeavesTheOthers(
        uint256 raw,
        uint16 roles,
        uint40 first,
        uint40 second,
        uint40 third
    ) public pure {
        StandingWord word = StandingWord.wrap(raw);
        vm.assertEq(StandingWord.unwrap(word.withRoles(roles)), _with(raw, 0, 16, roles));
        vm.assertEq(StandingWord.unwrap(word.withSuspendedUntil(first)), _with(raw, 48, 40, first));
        vm.assertEq(StandingWord.unwrap(word.withSuspendableFrom(first)), _with(raw, 88, 40, first));
        vm.assertEq(StandingWord.unwrap(word.withAuditRequired(roles % 2 == 1)), _with(raw, 248, 8, roles % 2));
        uint256 expected = _with(_with(_with(raw, 128, 40, first), 168, 40, second), 208, 40, third);
        vm.assertEq(StandingWord.unwrap(word.withCertificate(first, second, third)), expected);
        uint256 epoch = word.signingEpoch();
        if (epoch != type(uint32).max) ++epoch;
        vm.assertEq(StandingWord.unwrap(word.withNextEpoch()), _with(raw, 16, 32, epoch));
    }

    function testTheLastSigningEpochIsTheLast() public pure {
        uint256 raw = _with(type(uint256).max, 0, 16, 0);
        vm.assertEq(StandingWord.unwrap(StandingWord.wrap(raw).withNextEpoch()), raw);
        raw = _with(raw, 16, 32, type(uint32).max - 1);
        vm.assertEq(StandingWord.unwrap(StandingWord.wrap(raw).withNextEpoch()), _with(raw, 16, 32, type(uint32).max));
    }

    function _least(uint256 first, uint256 second, uint256 third) private pure returns (uint256 least) {
        least = first < second ? first : second;
        if (third < least) least = third;
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
        bits = _with(bits, 64, 8, ((bits >> 64) % 2 ** 8) % 6);
        bits = _with(bits, 72, 8, ((bits >> 72) % 2 ** 8) % 4);
        bits = _with(bits, 97, 7, ((bits >> 97) % 2 ** 7) % 4);
        return VersionWord.wrap(_with(bits, 80, 8, ((bits >> 80) % 2 ** 8) % 4));
    }

    function _modelWord(uint256 bits) private pure returns (ModelWord) {
        bits = _with(bits, 120, 8, ((bits >> 120) % 2 ** 8) % 4);
        return ModelWord.wrap(_with(bits, 128, 8, ((bits >> 128) % 2 ** 8) % 4));
    }

    function _activeWord(uint256 bits) private pure returns (ActiveWord) {
        bits = _with(bits, 152, 8, ((bits >> 152) % 2 ** 8) % 4);
        return ActiveWord.wrap(_with(bits, 160, 8, ((bits >> 160) % 2 ** 8) % 12));
    }
}
