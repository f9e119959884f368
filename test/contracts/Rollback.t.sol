// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {
    Action,
    Identity,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    Tenure,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice Rollbacks, withdrawals, and what undoes them.
contract RollbackTest is Life {
    function testAnOperatorRollsALowVersionBack() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        pass(20 minutes);
        bytes memory call = rollbackCall(order(latest, proven), Role.SystemOperator);
        refusesAllBut(emil, Role.SystemOperator, 30 days, call);
        leaves(emil.account, address(registry), call, _trace(Action.RolledBack, emil, Role.SystemOperator, latest));
        same(active(PRODUCTION), proven);
        ActiveWord state = activeWord(PRODUCTION);
        vm.assertEq(state.number(), 1);
        vm.assertEq(state.sequence(), 7);
        vm.assertEq(state.activation(), 7);
        vm.assertEq(state.since(), time());
        vm.assertEq(sequence(), 7);
        vm.assertEq(word(latest).activeIn(), 2);
        vm.assertEq(word(proven).activeIn(), 1);
        vm.assertEq(
            abi.encode(registry.tenure(model, PRODUCTION, latest)),
            abi.encode(Tenure(20 minutes, 7, Risk.Low))
        );
    }

    function testWhatAnOperatorRolledBackIsCondemnedAfterADay() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        vm.assertEq(word(latest).condemnedFrom(), time() + 24 hours);
        vm.assertEq(word(proven).condemnedFrom(), 0);
    }

    function testWhatAHigherAuthorityRolledBackIsCondemnedAtOnce() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        vm.assertEq(word(latest).condemnedFrom(), time());
    }

    function testEveryAuthorityGoesAsFarAsThePolicySays() public {
        _reaches(Role.SystemOperator, emil.account, Risk.Medium);
        _reaches(Role.ResponsibleAIOfficer, ada.account, Risk.High);
        _reaches(Role.EmergencyCommittee, emergencyTimelock, Risk.Critical);
        _reaches(Role.Assembly, assemblyTimelock, Risk.Critical);
    }

    function testNoOtherRoleRollsBack() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        _refusesAuthority(ben.account, Role.TechnicalLead, back, Risk.Low);
        _refusesAuthority(chloe.account, Role.DomainLead, back, Risk.Low);
        _refusesAuthority(dana.account, Role.ModelDeveloper, back, Risk.Low);
        _refusesAuthority(watchPost.account, Role.Monitor, back, Risk.Low);
        _refusesAuthority(faisal.account, Role.TrainingOfficer, back, Risk.Low);
        _refusesAuthority(maya.account, Role.Auditor, back, Risk.Low);
        _refusesAuthority(oversightTimelock, Role.OversightCommittee, back, Risk.Low);
    }

    function testARaisedRiskDoesNotTakeTheBrakeAway() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        raiseRisk(identity("2.0.0", Risk.Low), Risk.Critical);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        same(active(PRODUCTION), proven);
    }

    function testALapsedCertificateLeavesTheBrakeForThirtyDays() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        certify(emil.id, time());
        pass(30 days);
        refuses(
            emil.account,
            address(registry),
            rollbackCall(order(latest, proven), Role.SystemOperator),
            abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, emil.id, time() - 30 days)
        );
        vm.warp(time() - 1);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        same(active(PRODUCTION), proven);
    }

    function testNothingElseBlocksTheBrake() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Critical);
        suspendModel();
        certify(ada.id, FOR_GOOD);
        vm.warp(rules.reviewDueAt());
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
    }

    function testTheEmergencyCommitteeRollsBackByItsVote() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Critical);
        passByEmergency(address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
        vm.assertEq(isCondemned(latest), true);
    }

    function testACriticalRollbackPullsTheReview() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Critical);
        // Its release pulled the review too.
        pass(40 days);
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        vm.assertEq(rules.reviewDueAt(), time() + 30 days);
    }

    function testAHighRollbackLeavesTheReviewAlone() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
        uint40 due = rules.reviewDueAt();
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        vm.assertEq(rules.reviewDueAt(), due);
    }

    // What an order must hold

    function testRefusesAnOrderWithoutTriggerOrReason() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        back.trigger = Trigger.None;
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryNoTrigger.selector));
        back = order(latest, proven);
        back.reason = 0;
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector));
        back = order(latest, NO_VERSION);
        back.reason = 0;
        refuses(
            emil.account,
            address(registry),
            withdrawCall(back, Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
    }

    function testARollbackNamesATargetAndAWithdrawalNone() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        _refused(order(latest, NO_VERSION), _ineligible(NO_VERSION));
        refuses(
            emil.account,
            address(registry),
            withdrawCall(order(latest, proven), Role.SystemOperator),
            _ineligible(proven)
        );
    }

    function testRefusesAnOrderAgainstWhatIsNotActive() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        _refused(order(proven, latest), abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, proven, latest));
        Rollback memory back = order(latest, proven);
        back.environment = WARD_3;
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, latest, NO_VERSION));
        back.from = NO_VERSION;
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, NO_VERSION, NO_VERSION));
        refuses(
            emergencyTimelock,
            address(registry),
            rollbackCall(back, Role.EmergencyCommittee),
            abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, NO_VERSION, NO_VERSION)
        );
    }

    // Targets

    function testRefusesATargetThatDidNotServeItsSoakTime() public {
        VersionId proven = release("1.0.0", Risk.Medium);
        pass(6 hours - 1);
        VersionId latest = release("2.0.0", Risk.Low);
        _refused(
            order(latest, proven),
            abi.encodeWithSelector(IRegistry.RegistryTargetNotSoaked.selector, proven, 6 hours - 1, 6 hours)
        );
    }

    function testTheSoakTimeIsThatOfTheTargetsRisk() public {
        VersionId proven = release("1.0.0", Risk.Low);
        pass(1 hours);
        VersionId latest = release("2.0.0", Risk.Critical);
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
    }

    function testOnlyTheLongestUninterruptedTimeCounts() public {
        VersionId proven = release("1.0.0", Risk.Low);
        pass(1 hours);
        VersionId second = release("2.0.0", Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(second, proven));
        pass(10 minutes);
        VersionId third = release("3.0.0", Risk.Low);
        vm.assertEq(registry.tenure(model, PRODUCTION, proven).longest, 1 hours);
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, proven));
        same(active(PRODUCTION), proven);
    }

    function testTheHighestRiskOfAllItsTimesCounts() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId proven = register(named);
        promoteTo(named, Stage.Production);
        pass(1 hours);
        VersionId second = release("2.0.0", Risk.Low);
        raiseRisk(named, Risk.High);
        rollBack(ada, Role.ResponsibleAIOfficer, order(second, proven));
        same(activeWord(PRODUCTION).risk(), Risk.High);
        VersionId third = release("3.0.0", Risk.Low);
        same(registry.tenure(model, PRODUCTION, proven).risk, Risk.High);
        refuses(
            ada.account,
            address(registry),
            rollbackCall(order(third, proven), Role.ResponsibleAIOfficer),
            abi.encodeWithSelector(IRegistry.RegistryTargetNotSoaked.selector, proven, 1 hours, 1 days)
        );
    }

    function testRefusesATargetThatNeverServedThere() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Identity memory named = identity("2.0.0", Risk.Low);
        vm.prank(emil.account);
        registry.activate(named, WARD_3, 0);
        Rollback memory back = order(latest, proven);
        back.environment = WARD_3;
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, proven, WARD_3));
    }

    function testRefusesATargetThatIsTheVersionItself() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        // It served here before, so it has a tenure; it must not be condemned and active at once.
        refuses(
            ada.account,
            address(registry),
            rollbackCall(order(proven, proven), Role.ResponsibleAIOfficer),
            _ineligible(proven)
        );
        vm.assertEq(word(proven).condemnedFrom(), 0);
    }

    function testRefusesATargetThatWasCondemnedOrRetired() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        rollBack(ada, Role.ResponsibleAIOfficer, order(second, proven));
        VersionId third = release("3.0.0", Risk.Low);
        _refused(order(third, second), _ineligible(second));
        retire(identity("1.0.0", Risk.Low));
        _refused(order(third, proven), _ineligible(proven));
    }

    // Withdrawals

    function testAWithdrawalLeavesNothingActive() public {
        VersionId id = release("1.0.0", Risk.Low);
        bytes memory call = withdrawCall(order(id, NO_VERSION), Role.SystemOperator);
        refusesAllBut(emil, Role.SystemOperator, 30 days, call);
        leaves(emil.account, address(registry), call, _trace(Action.Withdrawn, emil, Role.SystemOperator, id));
        same(active(PRODUCTION), NO_VERSION);
        ActiveWord state = activeWord(PRODUCTION);
        vm.assertEq(state.number(), 0);
        vm.assertEq(state.sequence(), 4);
        same(state.risk(), Risk.Low);
        vm.assertEq(word(id).activeIn(), 2);
        vm.assertEq(word(id).condemnedFrom(), time() + 24 hours);
    }

    // An operator's limit

    function testAnOperatorRollsBackOnceADay() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(second, proven));
        uint40 next = time() + 24 hours;
        VersionId third = release("3.0.0", Risk.Low);
        pass(24 hours - 1);
        bytes memory limited = abi.encodeWithSelector(IRegistry.RegistryOperatorLimit.selector, next);
        _refused(order(third, proven), limited);
        refuses(emil.account, address(registry), withdrawCall(order(third, NO_VERSION), Role.SystemOperator), limited);
        pass(1);
        rollBack(emil, Role.SystemOperator, order(third, proven));
        same(active(PRODUCTION), proven);
    }

    function testTheLimitIsOfOneEnvironmentAndOfOperatorsOnly() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(second, proven));
        Rollback memory elsewhere = order(second, NO_VERSION);
        elsewhere.environment = STAGING;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        same(active(STAGING), NO_VERSION);
        VersionId third = release("3.0.0", Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, proven));
        same(active(PRODUCTION), proven);
    }

    // Overruling

    function testTheOfficerOverrulesAnOperatorWithinADay() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        pass(24 hours - 1);
        bytes memory call = _overruleCall(order(proven, latest));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 30 days, call);
        leaves(ada.account, address(registry), call, _trace(Action.Overruled, ada, Role.ResponsibleAIOfficer, proven));
        same(active(PRODUCTION), latest);
        vm.assertEq(word(latest).condemnedFrom(), 0);
        vm.assertEq(word(proven).condemnedFrom(), 0);
        pass(1 days);
        vm.assertEq(isCondemned(latest), false);
    }

    function testTheOfficerOverrulesAWithdrawal() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(emil.account, address(registry), withdrawCall(order(id, NO_VERSION), Role.SystemOperator));
        does(ada.account, address(registry), _overruleCall(order(NO_VERSION, id)));
        same(active(PRODUCTION), id);
        vm.assertEq(word(id).condemnedFrom(), 0);
    }

    function testRefusesToOverruleAfterADay() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        pass(24 hours);
        _refusesOverruling(proven, latest);
    }

    function testRefusesToOverruleWithoutAReason() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        Rollback memory undo = order(proven, latest);
        undo.reason = 0;
        refuses(
            ada.account,
            address(registry),
            _overruleCall(undo),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
    }

    function testRefusesToOverruleWhatNoOperatorDid() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        _refusesOverruling(latest, proven);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        _refusesOverruling(proven, latest);
    }

    function testRefusesToOverruleByAnotherThanWhatWasTakenOut() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        rollBack(emil, Role.SystemOperator, order(third, second));
        _refusesOverruling(second, proven);
        _refusesOverruling(proven, third);
        does(ada.account, address(registry), _overruleCall(order(second, third)));
    }

    function testRefusesToOverruleByWhatWasTakenOutElsewhere() public {
        Identity memory first = identity("1.0.0", Risk.Low);
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        vm.prank(emil.account);
        registry.activate(first, WARD_3, 0);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        Rollback memory elsewhere = order(proven, NO_VERSION);
        elsewhere.environment = WARD_3;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        rollBack(emil, Role.SystemOperator, order(third, second));
        _refusesOverruling(second, proven);
    }

    function testRefusesToOverruleWhenSomethingHappenedSince() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        VersionId third = release("3.0.0", Risk.Low);
        _refusesOverruling(proven, latest);
        _refusesOverruling(third, latest);
        // Even where the version that the operator chose is active again.
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, proven));
        _refusesOverruling(proven, latest);
    }

    function testAHaltDoesNotKeepTheOfficerFromOverruling() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        halt(watchPost, Role.Monitor, proven);
        does(ada.account, address(registry), _overruleCall(order(proven, latest)));
        same(active(PRODUCTION), latest);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testRefusesToOverruleWhatAHigherAuthorityCondemned() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        _refusesOverruling(proven, latest);
    }

    function testRefusesToOverruleByWhatWasRetiredSince() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        // A successor in validation and staging; then it is active nowhere, and can be retired.
        version("3.0.0", Risk.Low, Stage.Staging);
        retire(identity("2.0.0", Risk.Low));
        _refusesOverruling(proven, latest);
    }

    function testAnOverrulingLeavesWhatOtherOperatorsCondemned() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Identity memory named = identity("2.0.0", Risk.Low);
        vm.prank(emil.account);
        registry.activate(named, WARD_3, 0);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        uint40 condemned = time() + 24 hours;
        pass(23 hours);
        Rollback memory elsewhere = order(latest, NO_VERSION);
        elsewhere.environment = WARD_3;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        // The earlier of the two takes effect, unless it is overruled.
        vm.assertEq(word(latest).condemnedFrom(), condemned);
        vm.assertEq(word(latest).operatorRollbacks(), 2);
        does(ada.account, address(registry), _overruleCall(order(proven, latest)));
        same(active(PRODUCTION), latest);
        vm.assertEq(word(latest).condemnedFrom(), time() + 24 hours);
        vm.assertEq(word(latest).operatorRollbacks(), 1);
        pass(23 hours);
        elsewhere.from = NO_VERSION;
        elsewhere.to = latest;
        does(ada.account, address(registry), _overruleCall(elsewhere));
        same(active(WARD_3), latest);
        vm.assertEq(word(latest).condemnedFrom(), 0);
        vm.assertEq(word(latest).operatorRollbacks(), 0);
    }

    function testEachRollbackHasItsOwnDayToBeOverruled() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Identity memory named = identity("2.0.0", Risk.Low);
        vm.prank(emil.account);
        registry.activate(named, WARD_3, 0);
        Rollback memory elsewhere = order(latest, NO_VERSION);
        elsewhere.environment = WARD_3;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        pass(12 hours);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        does(ada.account, address(registry), _overruleCall(order(proven, latest)));
        // The ward's has twelve hours left, whatever became of the other.
        elsewhere.from = NO_VERSION;
        elsewhere.to = latest;
        pass(12 hours);
        refuses(
            ada.account,
            address(registry),
            _overruleCall(elsewhere),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, latest, WARD_3)
        );
        pass(12 hours);
        vm.assertEq(isCondemned(latest), true);
    }

    function testAnOverrulingNeedsAPlanWhereSystemsNeedASchema() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        addSchema(0);
        requireSchemas(PRODUCTION, 2);
        Rollback memory undo = order(proven, latest);
        refuses(
            ada.account,
            address(registry),
            _overruleCall(undo),
            abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, latest, 2)
        );
        undo.plan = PLAN;
        Trace memory trace = _trace(Action.Overruled, ada, Role.ResponsibleAIOfficer, proven);
        trace.systems = 2;
        leaves(ada.account, address(registry), _overruleCall(undo), trace);
    }

    // Condemnation

    function testTheEmergencyCommitteeCondemnsWhatIsNoLongerActive() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Critical);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Critical);
        uint64 before = sequence();
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
        uint40 due = rules.reviewDueAt();
        // While it voted, another version went into production: the order still condemns, and moves nothing.
        leaves(
            emergencyTimelock,
            address(registry),
            rollbackCall(order(second, proven), Role.EmergencyCommittee),
            Trace(
                Action.RolledBack,
                voice(emergencyTimelock),
                Role.EmergencyCommittee,
                VersionId.unwrap(second),
                REASON,
                0
            )
        );
        vm.assertEq(isCondemned(second), true);
        same(active(PRODUCTION), third);
        vm.assertEq(sequence(), before);
        vm.assertEq(rules.reviewDueAt(), due);
    }

    function testOnlyTheEmergencyCommitteeCondemnsWhatIsNoLongerActive() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        bytes memory problem = abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, proven, latest);
        _refusesFrom(assemblyTimelock, Role.Assembly, proven, problem);
        _refusesFrom(ada.account, Role.ResponsibleAIOfficer, proven, problem);
        _refusesFrom(emil.account, Role.SystemOperator, proven, problem);
        VersionId unknown = registry.versionId(identity("9.9.9", Risk.Low));
        _refusesFrom(
            emergencyTimelock,
            Role.EmergencyCommittee,
            unknown,
            abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, unknown, latest)
        );
    }

    function testACondemnationIsNeverPutOff() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        uint40 condemned = time();
        Rollback memory elsewhere = order(latest, NO_VERSION);
        elsewhere.environment = STAGING;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        vm.assertEq(word(latest).condemnedFrom(), condemned);
    }

    function testAHigherAuthorityCondemnsAtOnceWhatAnOperatorRolledBack() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        pass(1 hours);
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        vm.assertEq(word(latest).condemnedFrom(), time());
    }

    function testARollbackClosesTheIncident() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(latest), Role.Monitor));
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        vm.assertEq(registry.incident(model, PRODUCTION).reportedAt, 0);
    }

    function testARollbackEndsTheHalt() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        halt(ada, Role.ResponsibleAIOfficer, latest);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    /// @dev Low to Critical, each in a model of its own: allowed up to `limit`, refused above it.
    function _reaches(Role authority, address caller, Risk limit) private {
        for (uint8 risk; risk <= uint8(Risk.Critical); ++risk) {
            model = createModel(string(abi.encode(authority, risk)), Risk.Low);
            addSchema(0);
            (VersionId proven, VersionId latest) = releaseTwo(Risk(risk));
            Rollback memory back = order(latest, proven);
            if (risk > uint8(limit)) {
                _refusesAuthority(caller, authority, back, Risk(risk));
                continue;
            }
            does(caller, address(registry), rollbackCall(back, authority));
            same(active(PRODUCTION), proven);
        }
    }

    function _refused(Rollback memory back, bytes memory problem) private {
        refuses(emil.account, address(registry), rollbackCall(back, Role.SystemOperator), problem);
    }

    function _refusesFrom(address caller, Role authority, VersionId from, bytes memory problem) private {
        refuses(caller, address(registry), withdrawCall(order(from, NO_VERSION), authority), problem);
    }

    function _refusesAuthority(address caller, Role authority, Rollback memory back, Risk risk) private {
        refuses(
            caller,
            address(registry),
            rollbackCall(back, authority),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk)
        );
    }

    function _refusesOverruling(VersionId from, VersionId to) private {
        refuses(ada.account, address(registry), _overruleCall(order(from, to)), _ineligible(to));
    }

    function _overruleCall(Rollback memory undo) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.overrule, (undo));
    }

    function _ineligible(VersionId target) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, target, PRODUCTION);
    }

    function _trace(
        Action action,
        Person memory actor,
        Role authority,
        VersionId subject
    ) private pure returns (Trace memory) {
        return Trace(action, PersonId.unwrap(actor.id), authority, VersionId.unwrap(subject), REASON, 0);
    }
}
