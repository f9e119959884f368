// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {
    Action,
    EnvironmentId,
    Identity,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    Trigger,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {PLACES_IN_WORD} from "../../contracts/types/VersionWord.sol";
import {Life} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice Rollbacks and withdrawals, to what, by whom, and what they condemn.
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
        vm.assertEq(state.since(), time());
        vm.assertEq(state.timer(), time());
        vm.assertEq(state.previous(), 2);
        vm.assertEq(state.newest(), 2);
        vm.assertEq(state.place(), placeOf(PRODUCTION));
        vm.assertEq(sequence(), 7);
        vm.assertEq(activeIn(latest), 2);
        vm.assertEq(activeIn(proven), 1);
        vm.assertEq(registry.isProven(proven, placeOf(PRODUCTION)), true);
        vm.assertEq(registry.isProven(latest, placeOf(PRODUCTION)), false);
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
        ModelId[2] memory models = [model, createModel("whisper", Risk.Low)];
        VersionId[4][2] memory versions;
        for (uint256 i; i < models.length; ++i) {
            model = models[i];
            if (i != 0) addSchema(0);
            for (uint256 n; n < 4; ++n) {
                versions[i][n] = release(string(abi.encode(n)), Risk.Medium);
                pass(rules.soakTime(Risk.Medium));
            }
        }
        // One model is suspended, one has moved, the review is overdue, and who brakes has lapsed and awaits an audit.
        moveModel();
        model = models[0];
        suspendModel();
        vm.warp(reviewDueAt());
        _disqualify(emil);
        _disqualify(ada);
        pass(30 days - 1);
        for (uint256 i; i < models.length; ++i) {
            model = models[i];
            rollBack(emil, Role.SystemOperator, order(versions[i][3], versions[i][2]));
            rollBack(ada, Role.ResponsibleAIOfficer, order(versions[i][2], versions[i][1]));
            does(
                emergencyTimelock,
                address(registry),
                rollbackCall(order(versions[i][1], versions[i][0]), Role.EmergencyCommittee)
            );
            same(active(PRODUCTION), versions[i][0]);
            withdraw(ada, Role.ResponsibleAIOfficer, order(versions[i][0], NO_VERSION));
            same(active(PRODUCTION), NO_VERSION);
        }
    }

    function testNothingElseBlocksTheBrakeOnACriticalVersion() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Critical);
        suspendModel();
        vm.warp(reviewDueAt());
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
        recordReview();
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        vm.assertEq(reviewDueAt(), time() + 30 days);
    }

    function testAHighRollbackLeavesTheReviewAlone() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        recordReview();
        uint40 due = reviewDueAt();
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        vm.assertEq(reviewDueAt(), due);
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
        vm.assertEq(registry.isProven(proven, placeOf(PRODUCTION)), false);
        _refused(order(latest, proven), _ineligible(proven));
    }

    function testTheSoakTimeIsThatOfTheTargetsRisk() public {
        VersionId proven = release("1.0.0", Risk.Low);
        pass(1 hours);
        VersionId latest = release("2.0.0", Risk.Critical);
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
    }

    function testTheSoakTimeIsOfTheRiskAtActivation() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId proven = register(named);
        promoteTo(named, Stage.Production);
        raiseRisk(named, Risk.High);
        pass(1 hours);
        VersionId latest = release("2.0.0", Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        // Back at its higher risk it would have to serve longer, but it is proven already.
        same(activeWord(PRODUCTION).risk(), Risk.High);
        vm.assertEq(registry.isProven(proven, placeOf(PRODUCTION)), true);
    }

    function testWhatIsProvenOnceStaysProven() public {
        VersionId proven = release("1.0.0", Risk.Low);
        pass(1 hours);
        VersionId second = release("2.0.0", Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(second, proven));
        pass(10 minutes);
        VersionId third = release("3.0.0", Risk.Low);
        vm.assertEq(provenCount(proven), 3);
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, proven));
        same(active(PRODUCTION), proven);
    }

    function testTwoShortTimesAreNotOneLongOne() public {
        VersionId first = release("1.0.0", Risk.Low);
        pass(1 hours);
        VersionId second = release("2.0.0", Risk.Low);
        pass(40 minutes);
        rollBack(emil, Role.SystemOperator, order(second, first));
        does(ada.account, address(registry), overruleCall(order(first, second)));
        pass(40 minutes);
        VersionId third = release("3.0.0", Risk.Low);
        vm.assertEq(registry.isProven(second, placeOf(PRODUCTION)), false);
        refuses(
            ada.account,
            address(registry),
            rollbackCall(order(third, second), Role.ResponsibleAIOfficer),
            _ineligible(second)
        );
    }

    function testAVersionIsProvenWhereItServedOnly() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promote(named, Stage.Validation);
        pass(1 hours);
        // It is active in validation still: it is proven when that ends.
        vm.assertEq(registry.isProven(id, placeOf(VALIDATION)), false);
        promoteTo(named, Stage.Production);
        release("2.0.0", Risk.Low);
        vm.assertEq(registry.isProven(id, placeOf(VALIDATION)), true);
        vm.assertEq(registry.isProven(id, placeOf(STAGING)), false);
        vm.assertEq(registry.isProven(id, placeOf(PRODUCTION)), false);
        vm.assertEq(registry.isProven(id, placeOf(WARD_3)), false);
        vm.assertEq(provenCount(id), 1);
        vm.assertEq(activeIn(id), 0);
    }

    // Halted time is no service

    function testHaltedTimeDoesNotCount() public {
        VersionId first = release("1.0.0", Risk.Low);
        pass(30 minutes);
        halt(emil, Role.SystemOperator, first);
        pass(10 hours);
        VersionId second = release("2.0.0", Risk.Low);
        vm.assertEq(registry.isProven(first, placeOf(PRODUCTION)), false);
        _refused(order(second, first), _ineligible(first));
    }

    function testAHaltStartsTheSoakTimeAnew() public {
        VersionId first = release("1.0.0", Risk.Low);
        pass(1 hours - 1);
        halt(emil, Role.SystemOperator, first);
        resume(emil, Role.SystemOperator, first);
        pass(1 hours - 1);
        VersionId second = release("2.0.0", Risk.Low);
        _refused(order(second, first), _ineligible(first));
        vm.assertEq(provenCount(first), 2);
    }

    function testAfterAHaltAFullSoakTimeProves() public {
        VersionId first = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, first);
        pass(1 days);
        resume(emil, Role.SystemOperator, first);
        pass(1 hours);
        VersionId second = release("2.0.0", Risk.Low);
        rollBack(emil, Role.SystemOperator, order(second, first));
        same(active(PRODUCTION), first);
    }

    function testAHaltAfterTheSoakTimeTakesNothingAway() public {
        VersionId first = release("1.0.0", Risk.Low);
        pass(1 hours);
        halt(emil, Role.SystemOperator, first);
        vm.assertEq(activeWord(PRODUCTION).soaked(), true);
        // A second halt upon it, by a higher authority, does not either.
        halt(ada, Role.ResponsibleAIOfficer, first);
        resume(ada, Role.ResponsibleAIOfficer, first);
        vm.assertEq(activeWord(PRODUCTION).soaked(), true);
        VersionId second = release("2.0.0", Risk.Low);
        vm.assertEq(activeWord(PRODUCTION).soaked(), false);
        rollBack(emil, Role.SystemOperator, order(second, first));
        same(active(PRODUCTION), first);
    }

    function testAHaltThatLapsedLeavesWhatWasServed() public {
        VersionId first = release("1.0.0", Risk.Low);
        pass(1 hours);
        halt(emil, Role.SystemOperator, first);
        pass(72 hours);
        registry.lapse(model, PRODUCTION);
        vm.assertEq(activeWord(PRODUCTION).soaked(), true);
        vm.assertEq(activeWord(PRODUCTION).timer(), time());
    }

    // Many environments

    function testAVersionIsProvenBeyondThePlacesOfItsWord() public {
        EnvironmentId last = addSites(PLACES_IN_WORD);
        vm.assertEq(placeOf(last), PLACES_IN_WORD);
        Identity memory first = identity("1.0.0", Risk.Low);
        Identity memory second = identity("2.0.0", Risk.Low);
        VersionId firstId = register(first);
        VersionId secondId = register(second);
        promoteTo(first, Stage.Production);
        promoteTo(second, Stage.Production);
        activateIn(first, last);
        pass(1 hours);
        activateIn(second, last);
        vm.assertEq(activeWord(last).place(), PLACES_IN_WORD);
        vm.assertEq(registry.isProven(firstId, uint16(PLACES_IN_WORD)), true);
        vm.assertEq(registry.isProven(firstId, uint16(PLACES_IN_WORD + 1)), false);
        vm.assertEq(registry.isProven(firstId, 0), false);
        vm.assertEq(provenCount(firstId), 1);
        Rollback memory back = order(secondId, firstId);
        back.environment = last;
        rollBack(emil, Role.SystemOperator, back);
        same(active(last), firstId);
        // A second time it is not counted twice.
        pass(1 hours);
        Identity memory third = identity("3.0.0", Risk.Low);
        register(third);
        promoteTo(third, Stage.Production);
        activateIn(third, last);
        vm.assertEq(provenCount(firstId), 1);
    }

    function testRefusesATargetThatNeverServedThere() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        activateIn(identity("2.0.0", Risk.Low), WARD_3);
        Rollback memory back = order(latest, proven);
        back.environment = WARD_3;
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, proven, WARD_3));
    }

    function testRefusesATargetThatIsTheVersionItself() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        // It is proven here; it must not be condemned and active at once.
        refuses(
            ada.account,
            address(registry),
            rollbackCall(order(proven, proven), Role.ResponsibleAIOfficer),
            _ineligible(proven)
        );
        vm.assertEq(word(proven).condemnedFrom(), 0);
    }

    function testRefusesATargetThatWasCondemned() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        Rollback memory elsewhere = order(third, second);
        elsewhere.environment = STAGING;
        rollBack(ada, Role.ResponsibleAIOfficer, elsewhere);
        elsewhere = order(second, proven);
        elsewhere.environment = STAGING;
        // What an operator rolled back comes back by an overruling only, from the first second on.
        rollBack(emil, Role.SystemOperator, elsewhere);
        vm.assertEq(isCondemned(second), false);
        _refused(order(third, second), _ineligible(second));
        rollBack(emil, Role.SystemOperator, order(third, proven));
    }

    function testRefusesATargetThatWasRetired() public {
        (VersionId third, VersionId proven) = _threeOfWhichTwoAreProven();
        does(ada.account, address(registry), retireCall(identity("1.0.0", Risk.Low), inAllStages(proven)));
        VersionId retired = registry.versionId(identity("1.0.0", Risk.Low));
        _refused(order(third, retired), _ineligible(retired));
        rollBack(emil, Role.SystemOperator, order(third, proven));
    }

    function testRefusesATargetThatWasReleased() public {
        (VersionId third, VersionId proven) = _threeOfWhichTwoAreProven();
        does(assemblyTimelock, address(registry), releaseCall(identity("1.0.0", Risk.Low), inAllStages(proven)));
        VersionId released = registry.versionId(identity("1.0.0", Risk.Low));
        _refused(order(third, released), _ineligible(released));
        rollBack(emil, Role.SystemOperator, order(third, proven));
    }

    function testRefusesATargetThatIsDefective() public {
        (VersionId third, VersionId proven) = _threeOfWhichTwoAreProven();
        recordDefect(identity("2.0.0", Risk.Low));
        _refused(order(third, proven), _ineligible(proven));
    }

    function testRefusesATargetOfAnotherModel() public {
        (VersionId foreign, ) = releaseTwo(Risk.Low);
        model = createModel("another", Risk.Low);
        addSchema(0);
        VersionId latest = release("1.0.0", Risk.Low);
        vm.assertEq(registry.isProven(foreign, placeOf(PRODUCTION)), true);
        _refused(order(latest, foreign), _ineligible(foreign));
    }

    function testRefusesATargetThatWasNeverRegistered() public {
        (, VersionId latest) = releaseTwo(Risk.Low);
        VersionId unknown = registry.versionId(identity("9.9.9", Risk.Low));
        _refused(order(latest, unknown), _ineligible(unknown));
    }

    function testATargetThatLacksASchemaNeedsAPlan() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        addSchema(0);
        requireSchemas(PRODUCTION, 3);
        Rollback memory back = order(latest, proven);
        _refused(back, abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, proven, 2));
        back.plan = PLAN;
        Trace memory trace = _trace(Action.RolledBack, emil, Role.SystemOperator, latest);
        trace.systems = 2;
        leaves(emil.account, address(registry), rollbackCall(back, Role.SystemOperator), trace);
        same(active(PRODUCTION), proven);
    }

    function testATargetThatSatisfiesTheSchemasNeedsNone() public {
        addSchema(0);
        VersionId proven = _releaseOfSchema("1.0.0", addSchema(3));
        pass(1 hours);
        VersionId latest = _releaseOfSchema("2.0.0", 0);
        requireSchemas(PRODUCTION, 7);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        same(active(PRODUCTION), proven);
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
        vm.assertEq(state.since(), time());
        vm.assertEq(state.previous(), 1);
        vm.assertEq(state.newest(), 1);
        // Whoever may, puts a version back: no senior withdrew it.
        same(state.haltedBy(), Role.None);
        vm.assertEq(activeIn(id), 2);
        vm.assertEq(word(id).condemnedFrom(), time() + 24 hours);
    }

    function testAWithdrawalNeedsAPlanWhereSystemsNeedASchema() public {
        VersionId id = release("1.0.0", Risk.Low);
        requireSchemas(PRODUCTION, 1);
        Rollback memory out = order(id, NO_VERSION);
        _refusesFrom(
            emil.account,
            Role.SystemOperator,
            id,
            abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, NO_VERSION, 1)
        );
        out.plan = PLAN;
        Trace memory trace = _trace(Action.Withdrawn, emil, Role.SystemOperator, id);
        trace.systems = 1;
        leaves(emil.account, address(registry), withdrawCall(out, Role.SystemOperator), trace);
    }

    function testAWithdrawalProvesWhatServed() public {
        VersionId id = release("1.0.0", Risk.Low);
        pass(1 hours);
        withdraw(ada, Role.ResponsibleAIOfficer, order(id, NO_VERSION));
        vm.assertEq(registry.isProven(id, placeOf(PRODUCTION)), true);
    }

    // After a withdrawal

    function testAfterAWithdrawalAProvenVersionComesBackByARollback() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        withdraw(emil, Role.SystemOperator, order(latest, NO_VERSION));
        pass(24 hours);
        bytes memory call = rollbackCall(order(NO_VERSION, proven), Role.SystemOperator);
        leaves(emil.account, address(registry), call, _trace(Action.RolledBack, emil, Role.SystemOperator, NO_VERSION));
        same(active(PRODUCTION), proven);
        ActiveWord state = activeWord(PRODUCTION);
        vm.assertEq(state.number(), 1);
        vm.assertEq(state.previous(), 0);
        vm.assertEq(state.newest(), 2);
        vm.assertEq(activeIn(proven), 1);
        // Nobody was condemned by it.
        vm.assertEq(word(proven).condemnedFrom(), 0);
        vm.assertEq(word(NO_VERSION).condemnedFrom(), 0);
        vm.assertEq(word(NO_VERSION).operatorRollbacks(), 0);
    }

    function testNoVersionIsNeverProven() public {
        // Nobody halted there, for as long as would prove a version.
        withdraw(emil, Role.SystemOperator, order(release("1.0.0", Risk.Low), NO_VERSION));
        pass(rules.soakTime(Risk.Low));
        release("2.0.0", Risk.Low);
        vm.assertEq(registry.isProven(NO_VERSION, placeOf(PRODUCTION)), false);
    }

    function testAfterAWithdrawalTheAuthorityIsThatOfTheVersionWithdrawn() public {
        VersionId proven = release("1.0.0", Risk.Low);
        pass(1 hours);
        VersionId latest = release("2.0.0", Risk.Critical);
        Rollback memory out = order(latest, NO_VERSION);
        does(emergencyTimelock, address(registry), withdrawCall(out, Role.EmergencyCommittee));
        same(activeWord(PRODUCTION).risk(), Risk.Critical);
        Rollback memory back = order(NO_VERSION, proven);
        _refusesAuthority(emil.account, Role.SystemOperator, back, Risk.Critical);
        _refusesAuthority(ada.account, Role.ResponsibleAIOfficer, back, Risk.Critical);
        does(emergencyTimelock, address(registry), rollbackCall(back, Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
        same(activeWord(PRODUCTION).risk(), Risk.Low);
    }

    function testNobodyBelowPutsBackWhatASeniorTookOut() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        does(emergencyTimelock, address(registry), withdrawCall(order(latest, NO_VERSION), Role.EmergencyCommittee));
        same(activeWord(PRODUCTION).haltedBy(), Role.EmergencyCommittee);
        Rollback memory back = order(NO_VERSION, proven);
        pass(72 hours);
        _refusesAuthority(emil.account, Role.SystemOperator, back, Risk.Low);
        _refusesAuthority(ada.account, Role.ResponsibleAIOfficer, back, Risk.Low);
        // Nothing is halted there, so nothing lapses.
        refuses(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.lapse, (model, PRODUCTION)),
            abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, PRODUCTION)
        );
        does(emergencyTimelock, address(registry), rollbackCall(back, Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
        // What an officer took out, an officer puts back.
        withdraw(ada, Role.ResponsibleAIOfficer, order(proven, NO_VERSION));
        same(activeWord(PRODUCTION).haltedBy(), Role.ResponsibleAIOfficer);
    }

    function testNobodyVoidsAnEmergencyOrderByItsTarget() public {
        // While it was voted on, the target was condemned elsewhere: the version goes out all the same.
        VersionId good = release("1.0.0", Risk.Low);
        pass(1 hours);
        activateIn(identity("1.0.0", Risk.Low), WARD_3);
        VersionId bad = release("2.0.0", Risk.Critical);
        Rollback memory elsewhere = order(good, NO_VERSION);
        elsewhere.environment = WARD_3;
        withdraw(ada, Role.ResponsibleAIOfficer, elsewhere);
        bytes memory call = rollbackCall(order(bad, good), Role.EmergencyCommittee);
        leaves(
            emergencyTimelock,
            address(registry),
            call,
            Trace(Action.Withdrawn, voice(emergencyTimelock), Role.EmergencyCommittee, VersionId.unwrap(bad), REASON, 0)
        );
        same(active(PRODUCTION), NO_VERSION);
        vm.assertEq(isCondemned(bad), true);
        same(activeWord(PRODUCTION).risk(), Risk.Critical);
        // Where nothing is active there is nothing to take out.
        refuses(
            emergencyTimelock,
            address(registry),
            rollbackCall(order(NO_VERSION, good), Role.EmergencyCommittee),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, good, PRODUCTION)
        );
    }

    function testNobodyVoidsAnEmergencyOrderBySchemas() public {
        (VersionId good, VersionId bad) = releaseTwo(Risk.Critical);
        addSchema(0);
        requireSchemas(PRODUCTION, 2);
        leaves(
            emergencyTimelock,
            address(registry),
            rollbackCall(order(bad, good), Role.EmergencyCommittee),
            Trace(
                Action.RolledBack,
                voice(emergencyTimelock),
                Role.EmergencyCommittee,
                VersionId.unwrap(bad),
                REASON,
                2
            )
        );
        same(active(PRODUCTION), good);
        does(emergencyTimelock, address(registry), withdrawCall(order(good, NO_VERSION), Role.EmergencyCommittee));
        same(active(PRODUCTION), NO_VERSION);
    }

    function testAfterAWithdrawalTheTargetMustBeProvenAsEver() public {
        VersionId first = release("1.0.0", Risk.Low);
        VersionId second = release("2.0.0", Risk.Low);
        withdraw(emil, Role.SystemOperator, order(second, NO_VERSION));
        pass(24 hours);
        _refused(order(NO_VERSION, first), _ineligible(first));
        _refused(order(NO_VERSION, second), _ineligible(second));
        release("3.0.0", Risk.Low);
        _refused(
            order(NO_VERSION, first),
            abi.encodeWithSelector(
                IRegistry.RegistryNotActive.selector,
                NO_VERSION,
                registry.versionId(identity("3.0.0", Risk.Low))
            )
        );
    }

    function testNothingIsWithdrawnWhereNothingIsActive() public {
        bytes memory problem = abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, PRODUCTION);
        _refusesFrom(emil.account, Role.SystemOperator, NO_VERSION, problem);
        VersionId id = release("1.0.0", Risk.Low);
        withdraw(emil, Role.SystemOperator, order(id, NO_VERSION));
        _refusesFrom(ada.account, Role.ResponsibleAIOfficer, NO_VERSION, problem);
        _refusesFrom(emergencyTimelock, Role.EmergencyCommittee, NO_VERSION, problem);
        // So the operator's withdrawal can still be overruled.
        does(ada.account, address(registry), overruleCall(order(NO_VERSION, id)));
        same(active(PRODUCTION), id);
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

    // Condemnation

    function testTheEmergencyCommitteeCondemnsWhatIsNoLongerActive() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Critical);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Critical);
        uint64 before = sequence();
        recordReview();
        uint40 due = reviewDueAt();
        // While it voted, another version went into production: the order still condemns, and moves nothing.
        leaves(
            emergencyTimelock,
            address(registry),
            rollbackCall(order(second, proven), Role.EmergencyCommittee),
            Trace(
                Action.Condemned,
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
        vm.assertEq(reviewDueAt(), due);
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

    function testTheEmergencyCommitteeCondemnsNoVersionOfAnotherModel() public {
        (VersionId foreign, ) = releaseTwo(Risk.Low);
        model = createModel("another", Risk.Low);
        addSchema(0);
        VersionId latest = release("1.0.0", Risk.Low);
        _refusesFrom(
            emergencyTimelock,
            Role.EmergencyCommittee,
            foreign,
            abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, foreign, latest)
        );
        vm.assertEq(isCondemned(foreign), false);
    }

    function testTheEmergencyCommitteeCondemnsNothingInAnEnvironmentThatIsNone() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        back.environment = EnvironmentId.wrap(keccak256("nowhere"));
        refuses(
            emergencyTimelock,
            address(registry),
            rollbackCall(back, Role.EmergencyCommittee),
            abi.encodeWithSelector(IRegistry.RegistryUnknownEnvironment.selector, back.environment)
        );
    }

    function testTheEmergencyCommitteeCondemnsNothingOfAModelThatIsNone() public {
        (, VersionId latest) = releaseTwo(Risk.Low);
        VersionId unknown = registry.versionId(identity("9.9.9", Risk.Low));
        VersionId[3] memory from = [unknown, latest, NO_VERSION];
        for (uint256 i; i < from.length; ++i) {
            Rollback memory back = order(from[i], latest);
            back.model = ModelId.wrap(keccak256("unknown"));
            refuses(
                emergencyTimelock,
                address(registry),
                rollbackCall(back, Role.EmergencyCommittee),
                abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, back.model)
            );
        }
        vm.assertEq(word(unknown).condemnedFrom(), 0);
    }

    function testTheEmergencyCommitteeCondemnsByAWithdrawalToo() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Critical);
        Rollback memory out = order(proven, NO_VERSION);
        leaves(
            emergencyTimelock,
            address(registry),
            withdrawCall(out, Role.EmergencyCommittee),
            Trace(
                Action.Condemned,
                voice(emergencyTimelock),
                Role.EmergencyCommittee,
                VersionId.unwrap(proven),
                REASON,
                0
            )
        );
        vm.assertEq(isCondemned(proven), true);
        same(active(PRODUCTION), latest);
    }

    function testADefectCondemnsWhatIsActiveAndStopsNothing() public {
        (, VersionId latest) = releaseTwo(Risk.Low);
        recordDefect(identity("2.0.0", Risk.Low));
        vm.assertEq(word(latest).condemnedFrom(), time());
        same(active(PRODUCTION), latest);
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
        vm.assertEq(activeWord(PRODUCTION).incident(), false);
    }

    function testARollbackEndsTheHalt() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        halt(ada, Role.ResponsibleAIOfficer, latest);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    /// @dev Low to Critical, each in a model of its own: allowed up to `limit`, refused above it, however harmless the
    /// target.
    function _reaches(Role authority, address caller, Risk limit) private {
        for (uint8 risk; risk <= uint8(Risk.Critical); ++risk) {
            model = createModel(string(abi.encode(authority, risk)), Risk.Low);
            addSchema(0);
            VersionId proven = release("1.0.0", Risk.Low);
            pass(rules.soakTime(Risk.Low));
            VersionId latest = release("2.0.0", Risk(risk));
            Rollback memory back = order(latest, proven);
            if (risk > uint8(limit)) {
                bytes memory problem = _beyond(authority, Risk(risk));
                refuses(caller, address(registry), rollbackCall(back, authority), problem);
                _refusesFrom(caller, authority, latest, problem);
                continue;
            }
            does(caller, address(registry), rollbackCall(back, authority));
            same(active(PRODUCTION), proven);
        }
    }

    /// @dev Version 3 is active; 1 and 2 are proven in every stage.
    function _threeOfWhichTwoAreProven() private returns (VersionId third, VersionId second) {
        (, second) = releaseTwo(Risk.Low);
        pass(1 hours);
        third = release("3.0.0", Risk.Low);
    }

    function _releaseOfSchema(string memory label, uint8 schema) private returns (VersionId id) {
        Identity memory named = identity(label, Risk.Low);
        named.schema = schema;
        id = register(named);
        promoteTo(named, Stage.Production);
    }

    function _refused(Rollback memory back, bytes memory problem) private {
        refuses(emil.account, address(registry), rollbackCall(back, Role.SystemOperator), problem);
    }

    function _refusesFrom(address caller, Role authority, VersionId from, bytes memory problem) private {
        refuses(caller, address(registry), withdrawCall(order(from, NO_VERSION), authority), problem);
    }

    function _refusesAuthority(address caller, Role authority, Rollback memory back, Risk risk) private {
        refuses(caller, address(registry), rollbackCall(back, authority), _beyond(authority, risk));
    }

    function _beyond(Role authority, Risk risk) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk);
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

    /// @dev Nothing is left but the brake.
    function _disqualify(Person memory person) private {
        certify(person.id, time());
        for (uint256 i; i < 3; ++i) recordViolation(person.id);
    }
}
