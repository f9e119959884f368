// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules, SignOff, Step, Thresholds} from "../../contracts/interfaces/IRules.sol";
import {Matrix, policyFloor} from "../../contracts/types/Matrix.sol";
import {
    Action,
    EnvironmentId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {Society, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice Epochs, reviews and environments.
contract PolicyTest is Society {
    bytes32 private constant NEXT_POLICY = keccak256("the policy, version 1.1");

    Matrix private _stricter;
    Thresholds private _longer;

    function setUp() public override {
        super.setUp();
        _stricter = Matrix.wrap(Matrix.unwrap(policyFloor()) | bits(Role.Auditor));
        _longer = Thresholds(
            [uint32(2 hours), 3 hours, 4 hours, 5 hours],
            [uint32(6 hours), 7 hours, 8 hours, 9 hours]
        );
    }

    // Epochs

    function testTheGenesisStartsTheFirstEpoch() public view {
        (uint32 epoch, Matrix matrix, ) = rules.policy();
        vm.assertEq(epoch, 1);
        vm.assertEq(Matrix.unwrap(matrix), Matrix.unwrap(policyFloor()));
        vm.assertEq(reviewDueAt(), FOUNDED_AT + 365 days);
        _thresholdsAre(thresholds());
    }

    function testTheAssemblyStartsAnEpochWithTheCommitteesConsent() public {
        bytes32 terms = rules.epochTerms(2, NEXT_POLICY, _stricter, _longer);
        bytes memory consent = abi.encodeCall(IRules.consentToEpoch, (terms));
        _refusesAllBut(oversightTimelock, Role.OversightCommittee, consent);
        leaves(
            oversightTimelock,
            address(rules),
            consent,
            Trace(Action.EpochConsented, voice(oversightTimelock), Role.OversightCommittee, terms, 0, 0)
        );
        pass(10 days);
        bytes memory call = _startCall(NEXT_POLICY, _stricter, _longer);
        _refusesAllBut(assemblyTimelock, Role.Assembly, call);
        leaves(
            assemblyTimelock,
            address(rules),
            call,
            Trace(Action.EpochStarted, voice(assemblyTimelock), Role.Assembly, bytes32(uint256(2)), NEXT_POLICY, 0)
        );
        (uint32 epoch, Matrix matrix, ) = rules.policy();
        vm.assertEq(epoch, 2);
        vm.assertEq(Matrix.unwrap(matrix), Matrix.unwrap(_stricter));
        _thresholdsAre(_longer);
        // A new policy counts as reviewed.
        vm.assertEq(reviewDueAt(), time() + 365 days);
    }

    function testBothCommitteesVoteForAnEpoch() public {
        pass(1 hours);
        bytes32 terms = rules.epochTerms(2, NEXT_POLICY, _stricter, _longer);
        passByOversight(address(rules), abi.encodeCall(IRules.consentToEpoch, (terms)));
        passByAssembly(address(rules), _startCall(NEXT_POLICY, _stricter, _longer));
        (uint32 epoch, , ) = rules.policy();
        vm.assertEq(epoch, 2);
    }

    function testRefusesAnEpochWithoutConsentToExactlyIt() public {
        bytes32 terms = rules.epochTerms(2, NEXT_POLICY, _stricter, _longer);
        _refusesWithoutConsent(NEXT_POLICY, _stricter, _longer);
        vm.prank(oversightTimelock);
        rules.consentToEpoch(terms);
        _refusesWithoutConsent(keccak256("another policy"), _stricter, _longer);
        _refusesWithoutConsent(NEXT_POLICY, policyFloor(), _longer);
        _refusesWithoutConsent(NEXT_POLICY, _stricter, thresholds());
        does(assemblyTimelock, address(rules), _startCall(NEXT_POLICY, _stricter, _longer));
    }

    function testAConsentIsForOneEpochOnly() public {
        startEpoch(NEXT_POLICY, _stricter, _longer);
        bytes memory call = _startCall(NEXT_POLICY, _stricter, _longer);
        bytes memory problem = abi.encodeWithSelector(
            IRules.RulesNoConsent.selector,
            rules.epochTerms(3, NEXT_POLICY, _stricter, _longer)
        );
        _refusesAssembly(call, problem);
        // Nor does a consent to the epoch after the next count for the next.
        bytes32 fourth = rules.epochTerms(4, NEXT_POLICY, _stricter, _longer);
        vm.prank(oversightTimelock);
        rules.consentToEpoch(fourth);
        _refusesAssembly(call, problem);
    }

    function testAConsentToAnEpochIsNoSignOff() public {
        // A sign-off of the committee for an epoch to come, in the dress of a consent to one.
        SignOff memory terms = SignOff({
            version: VersionId.wrap(keccak256("a version")),
            stage: Stage.Validation,
            risk: Risk.Low,
            evidence: DOCUMENT,
            plan: 0,
            policyEpoch: 1,
            role: Role.OversightCommittee,
            signingEpoch: 0,
            deadline: time() + 30 days
        });
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "SignOff(bytes32 version,uint8 stage,uint8 risk,bytes32 evidence,bytes32 plan,uint32 policyEpoch,uint8 role,uint32 signingEpoch,uint40 deadline)"
                ),
                terms
            )
        );
        vm.prank(oversightTimelock);
        rules.consentToEpoch(hash);
        bytes memory warrant = abi.encodePacked(uint8(Role.OversightCommittee), terms.deadline, uint16(0), uint16(0));
        Step memory step = Step(terms.version, terms.stage, terms.risk, DOCUMENT, 0, dana.id, SPEECH);
        refuses(
            address(registry),
            address(rules),
            abi.encodeCall(IRules.requireSignOffs, (step, warrant)),
            abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.OversightCommittee, bytes(""))
        );
        vm.prank(oversightTimelock);
        rules.signOff(terms);
        refuses(
            address(registry),
            address(rules),
            abi.encodeCall(IRules.requireSignOffs, (step, warrant)),
            abi.encodeWithSelector(
                IRules.RulesSignOffMissing.selector,
                terms.version,
                Stage.Validation,
                bits(Role.TechnicalLead)
            )
        );
    }

    function testAConsentToAnEpochLastsThirtyDays() public {
        bytes32 terms = rules.epochTerms(2, NEXT_POLICY, _stricter, _longer);
        vm.prank(oversightTimelock);
        rules.consentToEpoch(terms);
        bytes memory call = _startCall(NEXT_POLICY, _stricter, _longer);
        pass(30 days + 1);
        _refusesAssembly(call, abi.encodeWithSelector(IRules.RulesNoConsent.selector, terms));
        vm.prank(oversightTimelock);
        rules.consentToEpoch(terms);
        pass(30 days);
        does(assemblyTimelock, address(rules), call);
    }

    function testTheTermsCommitToChainRulesAndEveryTerm() public view {
        vm.assertEq(
            rules.epochTerms(2, NEXT_POLICY, _stricter, _longer),
            keccak256(
                abi.encode(block.chainid, address(rules), uint32(2), NEXT_POLICY, Matrix.unwrap(_stricter), _longer)
            )
        );
    }

    function testRefusesAnEpochWithoutADocument() public {
        bytes32 terms = rules.epochTerms(2, 0, _stricter, _longer);
        vm.prank(oversightTimelock);
        rules.consentToEpoch(terms);
        _refusesAssembly(_startCall(0, _stricter, _longer), abi.encodeWithSelector(IRules.RulesEmptyDocument.selector));
    }

    function testNoVoteGoesBelowThePolicysFloor() public {
        uint192 floor = Matrix.unwrap(policyFloor());
        for (uint256 i; i < 192; ++i) {
            if ((floor >> i) & 1 == 0) continue;
            Matrix below = Matrix.wrap(floor & ~(uint192(1) << uint192(i)));
            _refusesEvenWithConsent(below, abi.encodeWithSelector(IRules.RulesMatrixBelowFloor.selector, below));
        }
    }

    function testNoVoteAsksForARoleThatIsNone() public {
        for (uint256 field; field < 12; ++field) {
            for (uint256 role; role < 16; ++role) {
                Matrix matrix = Matrix.wrap(Matrix.unwrap(policyFloor()) | (uint192(1) << uint192(16 * field + role)));
                bool signs = role != 0 && role <= uint256(Role.Assembly) && role != uint256(Role.EmergencyCommittee);
                if (signs) continue;
                _refusesEvenWithConsent(
                    matrix,
                    abi.encodeWithSelector(IRules.RulesMatrixUnknownRoles.selector, matrix)
                );
            }
        }
    }

    function testEveryThresholdHasBounds() public {
        uint256 longest = 365 days;
        for (uint256 i; i < 8; ++i) {
            for (uint256 j; j < 2; ++j) {
                Thresholds memory given = thresholds();
                uint32 bad = j == 0 ? 0 : uint32(longest + 1);
                if (i < 4) given.soak[i] = bad;
                else given.response[i - 4] = bad;
                bytes32 terms = rules.epochTerms(2, NEXT_POLICY, policyFloor(), given);
                vm.prank(oversightTimelock);
                rules.consentToEpoch(terms);
                _refusesAssembly(
                    abi.encodeCall(IRules.startEpoch, (NEXT_POLICY, policyFloor(), given)),
                    abi.encodeWithSelector(IRules.RulesThresholdOutOfBounds.selector, bad, longest)
                );
            }
        }
        Thresholds memory most = thresholds();
        (most.soak[3], most.response[3]) = (uint32(longest), uint32(longest));
        startEpoch(NEXT_POLICY, policyFloor(), most);
        vm.assertEq(rules.soakTime(Risk.Critical), longest);
    }

    function testEveryRoleButTheEmergencyCommitteesMayBeAskedForEverywhere() public {
        uint192 all;
        for (uint256 field; field < 12; ++field) all |= uint192(0x0fbe) << uint192(16 * field);
        startEpoch(NEXT_POLICY, Matrix.wrap(all), _longer);
        (, Matrix matrix, ) = rules.policy();
        vm.assertEq(Matrix.unwrap(matrix), all);
    }

    // Reviews

    function testTheOversightCommitteeRecordsAReview() public {
        pass(100 days);
        bytes memory call = abi.encodeCall(IRules.recordReview, (DOCUMENT));
        _refusesAllBut(oversightTimelock, Role.OversightCommittee, call);
        leaves(
            oversightTimelock,
            address(rules),
            call,
            Trace(Action.ReviewRecorded, voice(oversightTimelock), Role.OversightCommittee, 0, DOCUMENT, 0)
        );
        vm.assertEq(reviewDueAt(), time() + 365 days);
        refuses(
            oversightTimelock,
            address(rules),
            abi.encodeCall(IRules.recordReview, (0)),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
    }

    function testTheRegistryPullsTheReview() public {
        bytes memory call = abi.encodeCall(IRules.pullReview, (keccak256("a version")));
        _refusesAllBut(address(registry), Role.None, call);
        leaves(
            address(registry),
            address(rules),
            call,
            Trace(Action.ReviewPulled, voice(address(registry)), Role.None, keccak256("a version"), 0, 0)
        );
        vm.assertEq(reviewDueAt(), time() + 30 days);
    }

    function testACommitteeWhoseSettingsChangePullsTheReview() public {
        address[3] memory governors = [
            address(assemblyCommittee),
            address(oversightCommittee),
            address(emergencyCommittee)
        ];
        for (uint256 i; i < 3; ++i) {
            vm.prank(oversightTimelock);
            rules.recordReview(DOCUMENT);
            leaves(
                governors[i],
                address(rules),
                abi.encodeCall(IRules.pullReview, (keccak256("a committee"))),
                Trace(Action.ReviewPulled, voice(governors[i]), Role.None, keccak256("a committee"), 0, 0)
            );
            vm.assertEq(reviewDueAt(), time() + 30 days);
        }
        address[5] memory seatsAndLens = [
            address(assemblySeats),
            address(oversightSeats),
            address(emergencySeats),
            lens,
            address(rules)
        ];
        for (uint256 i; i < 5; ++i) {
            refuses(
                seatsAndLens[i],
                address(rules),
                abi.encodeCall(IRules.pullReview, (keccak256("a committee"))),
                abi.encodeWithSelector(IRules.RulesUnauthorized.selector, seatsAndLens[i], Role.None)
            );
        }
    }

    function testTheOversightCommitteeOrTheAssemblyOrdersAReview() public {
        bytes memory call = abi.encodeCall(IRules.orderReview, (Role.OversightCommittee, DOCUMENT));
        _refusesAllBut(oversightTimelock, Role.OversightCommittee, call);
        leaves(
            oversightTimelock,
            address(rules),
            call,
            Trace(Action.ReviewPulled, voice(oversightTimelock), Role.OversightCommittee, 0, DOCUMENT, 0)
        );
        vm.assertEq(reviewDueAt(), time() + 30 days);
        // It is on record even where it moves nothing, and puts nothing off.
        pass(1 days);
        call = abi.encodeCall(IRules.orderReview, (Role.Assembly, DOCUMENT));
        _refusesAllBut(assemblyTimelock, Role.Assembly, call);
        leaves(
            assemblyTimelock,
            address(rules),
            call,
            Trace(Action.ReviewPulled, voice(assemblyTimelock), Role.Assembly, 0, DOCUMENT, 0)
        );
        vm.assertEq(reviewDueAt(), time() + 29 days);
    }

    function testNobodyElseOrdersAReview() public {
        for (uint8 role; role <= uint8(type(Role).max); ++role) {
            if (Role(role) == Role.Assembly || Role(role) == Role.OversightCommittee) continue;
            address[2] memory callers = [emergencyTimelock, ada.account];
            for (uint256 i; i < 2; ++i) {
                refuses(
                    callers[i],
                    address(rules),
                    abi.encodeCall(IRules.orderReview, (Role(role), DOCUMENT)),
                    abi.encodeWithSelector(IRules.RulesUnauthorized.selector, callers[i], Role.OversightCommittee)
                );
            }
        }
        refuses(
            oversightTimelock,
            address(rules),
            abi.encodeCall(IRules.orderReview, (Role.OversightCommittee, 0)),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
    }

    function testBothCommitteesVoteToOrderAReview() public {
        pass(1 hours);
        passByOversight(address(rules), abi.encodeCall(IRules.orderReview, (Role.OversightCommittee, DOCUMENT)));
        vm.assertEq(reviewDueAt(), time() + 30 days);
        passByOversight(address(rules), abi.encodeCall(IRules.recordReview, (DOCUMENT)));
        passByAssembly(address(rules), abi.encodeCall(IRules.orderReview, (Role.Assembly, DOCUMENT)));
        vm.assertEq(reviewDueAt(), time() + 30 days);
    }

    function testAReviewIsNeverPutOffByAPull() public {
        uint40 due = reviewDueAt();
        vm.warp(due - 30 days);
        bytes32 head = rules.head();
        vm.prank(address(registry));
        rules.pullReview(keccak256("a version"));
        vm.assertEq(reviewDueAt(), due);
        // Nothing changed, so nothing is logged.
        vm.assertEq(rules.head(), head);
        vm.warp(due - 30 days - 1);
        vm.prank(address(registry));
        rules.pullReview(keccak256("a version"));
        vm.assertEq(reviewDueAt(), due - 1);
    }

    // Environments

    function testTheBuiltInEnvironmentsAreThere() public view {
        same(stageOf(VALIDATION), Stage.Validation);
        same(stageOf(STAGING), Stage.Staging);
        same(stageOf(PRODUCTION), Stage.Production);
        same(stageOf(WARD_3), Stage.Production);
        same(stageOf(EnvironmentId.wrap(keccak256("nowhere"))), Stage.None);
        _indexIs(VALIDATION, 0);
        _indexIs(STAGING, 1);
        _indexIs(PRODUCTION, 2);
        _indexIs(WARD_3, 3);
    }

    function _indexIs(EnvironmentId environment, uint256 expected) private view {
        (, uint16 index) = rules.place(environment);
        vm.assertEq(index, expected);
    }

    function testTheAssemblyAddsAnEnvironment() public {
        EnvironmentId bench = EnvironmentId.wrap(keccak256("bench"));
        bytes memory call = _addCall(bench, Stage.Validation, DOCUMENT);
        _refusesAllBut(assemblyTimelock, Role.Assembly, call);
        leaves(
            assemblyTimelock,
            address(rules),
            call,
            Trace(
                Action.EnvironmentAdded,
                voice(assemblyTimelock),
                Role.Assembly,
                EnvironmentId.unwrap(bench),
                DOCUMENT,
                0
            )
        );
        same(stageOf(bench), Stage.Validation);
        _indexIs(bench, 4);
        EnvironmentId[] memory all = new EnvironmentId[](5);
        (all[0], all[1], all[2], all[3], all[4]) = (VALIDATION, STAGING, PRODUCTION, WARD_3, bench);
        vm.assertEq(abi.encode(rules.environments()), abi.encode(all));
        _refusesAssembly(call, abi.encodeWithSelector(IRules.RulesEnvironmentExists.selector, bench));
    }

    function testRefusesAnEnvironmentWithoutAStageOfItsOwnOrADocument() public {
        EnvironmentId bench = EnvironmentId.wrap(keccak256("bench"));
        Stage[3] memory none = [Stage.None, Stage.Development, Stage.Retired];
        for (uint256 i; i < 3; ++i) {
            _refusesAssembly(
                _addCall(bench, none[i], DOCUMENT),
                abi.encodeWithSelector(IRules.RulesStageWithoutEnvironment.selector, none[i])
            );
        }
        _refusesAssembly(
            _addCall(EnvironmentId.wrap(0), Stage.Staging, DOCUMENT),
            abi.encodeWithSelector(IRules.RulesEmptyId.selector)
        );
        refuses(
            oversightTimelock,
            address(rules),
            abi.encodeCall(IRules.consentToEpoch, (bytes32(0))),
            abi.encodeWithSelector(IRules.RulesEmptyId.selector)
        );
        _refusesAssembly(_addCall(bench, Stage.Staging, 0), abi.encodeWithSelector(IRules.RulesEmptyDocument.selector));
    }

    function _startCall(bytes32 document, Matrix matrix, Thresholds memory limits) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.startEpoch, (document, matrix, limits));
    }

    function _addCall(EnvironmentId environment, Stage stage, bytes32 document) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.addEnvironment, (environment, stage, document));
    }

    function _refusesWithoutConsent(bytes32 document, Matrix matrix, Thresholds memory limits) private {
        _refusesAssembly(
            _startCall(document, matrix, limits),
            abi.encodeWithSelector(IRules.RulesNoConsent.selector, rules.epochTerms(2, document, matrix, limits))
        );
    }

    function _refusesEvenWithConsent(Matrix matrix, bytes memory problem) private {
        bytes32 terms = rules.epochTerms(2, NEXT_POLICY, matrix, _longer);
        vm.prank(oversightTimelock);
        rules.consentToEpoch(terms);
        _refusesAssembly(_startCall(NEXT_POLICY, matrix, _longer), problem);
    }

    function _refusesAssembly(bytes memory call, bytes memory problem) private {
        refuses(assemblyTimelock, address(rules), call, problem);
    }

    function _refusesAllBut(address permitted, Role role, bytes memory call) private {
        address[5] memory callers = [
            assemblyTimelock,
            oversightTimelock,
            emergencyTimelock,
            address(registry),
            ada.account
        ];
        for (uint256 i; i < callers.length; ++i) {
            if (callers[i] == permitted) continue;
            refuses(
                callers[i],
                address(rules),
                call,
                abi.encodeWithSelector(IRules.RulesUnauthorized.selector, callers[i], role)
            );
        }
    }

    function _thresholdsAre(Thresholds memory expected) private view {
        for (uint8 risk; risk <= uint8(Risk.Critical); ++risk) {
            vm.assertEq(rules.soakTime(Risk(risk)), expected.soak[risk]);
            vm.assertEq(rules.responseTime(Risk(risk)), expected.response[risk]);
        }
    }
}
