// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {
    Action,
    EnvironmentId,
    Identity,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    STAGING,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

contract HaltsTest is Life {
    function testAMonitorHaltsALowVersionAtOnce() public {
        VersionId id = release("1.0.0", Risk.Low);
        requireSchemas(PRODUCTION, 1);
        uint40 since = time();
        pass(1 hours);
        bytes memory call = haltCall(stop(id), Role.Monitor);
        refusesAllBut(watchPost, Role.Monitor, 30 days, call);
        leaves(
            watchPost.account,
            address(registry),
            call,
            _trace(Action.Halted, PersonId.unwrap(watchPost.id), Role.Monitor, id, 1)
        );
        same(active(PRODUCTION), id);
        ActiveWord state = activeWord(PRODUCTION);
        same(state.haltedBy(), Role.Monitor);
        vm.assertEq(state.timer(), time());
        vm.assertEq(state.sequence(), 4);
        vm.assertEq(state.number(), 1);
        vm.assertEq(state.since(), since);
        same(state.risk(), Risk.Low);
        vm.assertEq(state.newest(), 1);
        vm.assertEq(state.place(), placeOf(PRODUCTION));
        vm.assertEq(sequence(), 4);
        vm.assertEq(registry.haltTime(id, PRODUCTION, PersonId.unwrap(watchPost.id)), time());
    }

    function testEveryRoleHaltsAsFarAsThePolicySays() public {
        _halts(Role.SystemOperator, emil.account, Risk.Medium);
        _halts(Role.Monitor, watchPost.account, Risk.Medium);
        _halts(Role.ResponsibleAIOfficer, ada.account, Risk.Critical);
        _halts(Role.OversightCommittee, oversightTimelock, Risk.Critical);
        _halts(Role.EmergencyCommittee, emergencyTimelock, Risk.Critical);
        _halts(Role.Assembly, assemblyTimelock, Risk.Critical);
    }

    function testNoOtherRoleHalts() public {
        VersionId id = release("1.0.0", Risk.Low);
        _refusesAuthority(ben.account, Role.TechnicalLead, id, Risk.Low);
        _refusesAuthority(chloe.account, Role.DomainLead, id, Risk.Low);
        _refusesAuthority(dana.account, Role.ModelDeveloper, id, Risk.Low);
        _refusesAuthority(faisal.account, Role.TrainingOfficer, id, Risk.Low);
        _refusesAuthority(maya.account, Role.Auditor, id, Risk.Low);
    }

    function testARaisedRiskDoesNotTakeTheHaltAway() public {
        VersionId id = release("1.0.0", Risk.Low);
        raiseRisk(identity("1.0.0", Risk.Low), Risk.Critical);
        halt(emil, Role.SystemOperator, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.SystemOperator);
    }

    function testASuspendedModelCanBeHalted() public {
        VersionId id = release("1.0.0", Risk.Low);
        suspendModel();
        halt(emil, Role.SystemOperator, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.SystemOperator);
    }

    function testRefusesAHaltWithoutTriggerOrReason() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        ordered.trigger = Trigger.None;
        _refuses(ordered, Role.SystemOperator, abi.encodeWithSelector(IRegistry.RegistryNoTrigger.selector));
        ordered = stop(id);
        ordered.reason = 0;
        _refuses(ordered, Role.SystemOperator, abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector));
    }

    function testRefusesAHaltOfWhatIsNotActive() public {
        VersionId first = release("1.0.0", Risk.Low);
        VersionId second = release("2.0.0", Risk.Low);
        _refuses(
            stop(first),
            Role.SystemOperator,
            abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, first, second)
        );
        Halt memory ordered = stop(second);
        ordered.environment = WARD_3;
        _refuses(
            ordered,
            Role.SystemOperator,
            abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, WARD_3)
        );
        ordered.version = NO_VERSION;
        _refuses(
            ordered,
            Role.SystemOperator,
            abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, WARD_3)
        );
    }

    function testOnlyAHigherRankHaltsWhatIsHalted() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(watchPost, Role.Monitor, id);
        bytes memory already = abi.encodeWithSelector(IRegistry.RegistryAlreadyHalted.selector, Role.Monitor);
        _refuses(stop(id), Role.SystemOperator, already);
        halt(ada, Role.ResponsibleAIOfficer, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.ResponsibleAIOfficer);
        already = abi.encodeWithSelector(IRegistry.RegistryAlreadyHalted.selector, Role.ResponsibleAIOfficer);
        _refuses(stop(id), Role.SystemOperator, already);
        does(oversightTimelock, address(registry), haltCall(stop(id), Role.OversightCommittee));
        already = abi.encodeWithSelector(IRegistry.RegistryAlreadyHalted.selector, Role.OversightCommittee);
        refuses(emergencyTimelock, address(registry), haltCall(stop(id), Role.EmergencyCommittee), already);
        does(assemblyTimelock, address(registry), haltCall(stop(id), Role.Assembly));
        same(activeWord(PRODUCTION).haltedBy(), Role.Assembly);
        already = abi.encodeWithSelector(IRegistry.RegistryAlreadyHalted.selector, Role.Assembly);
        refuses(assemblyTimelock, address(registry), haltCall(stop(id), Role.Assembly), already);
    }

    function testAPersonHaltsAVersionOnceInThirtyDays() public {
        VersionId id = release("1.0.0", Risk.Low);
        certify(emil.id, FOR_GOOD);
        halt(emil, Role.SystemOperator, id);
        uint40 next = time() + 30 days;
        resume(emil, Role.SystemOperator, id);
        bytes memory limited = abi.encodeWithSelector(IRegistry.RegistryHaltLimit.selector, Role.SystemOperator, next);
        _refuses(stop(id), Role.SystemOperator, limited);
        vm.warp(next - 1);
        _refuses(stop(id), Role.SystemOperator, limited);
        vm.warp(next);
        halt(emil, Role.SystemOperator, id);
        vm.assertEq(registry.haltTime(id, PRODUCTION, PersonId.unwrap(emil.id)), next);
    }

    function testNoAuthorityUsesUpTheHaltOfAnother() public {
        VersionId id = release("1.0.0", Risk.Low);
        Role[6] memory roles = [
            Role.Monitor,
            Role.SystemOperator,
            Role.ResponsibleAIOfficer,
            Role.OversightCommittee,
            Role.EmergencyCommittee,
            Role.Assembly
        ];
        address[6] memory callers = [
            watchPost.account,
            emil.account,
            ada.account,
            oversightTimelock,
            emergencyTimelock,
            assemblyTimelock
        ];
        bytes32[6] memory actors = [
            PersonId.unwrap(watchPost.id),
            PersonId.unwrap(emil.id),
            PersonId.unwrap(ada.id),
            voice(oversightTimelock),
            voice(emergencyTimelock),
            voice(assemblyTimelock)
        ];
        for (uint256 i; i < roles.length; ++i) {
            pass(1);
            for (uint256 j; j < roles.length; ++j) {
                vm.assertEq(registry.haltTime(id, PRODUCTION, actors[j]), j < i ? time() - (i - j) : 0);
            }
            does(callers[i], address(registry), haltCall(stop(id), roles[i]));
            same(activeWord(PRODUCTION).haltedBy(), roles[i]);
            does(assemblyTimelock, address(registry), resumeCall(stop(id), Role.Assembly));
        }
        // Each has spent its own now.
        for (uint256 i; i < roles.length; ++i) {
            refuses(
                callers[i],
                address(registry),
                haltCall(stop(id), roles[i]),
                abi.encodeWithSelector(
                    IRegistry.RegistryHaltLimit.selector,
                    roles[i],
                    time() - (roles.length - 1 - i) + 30 days
                )
            );
        }
    }

    function testOneOfficerDoesNotSpendTheHaltOfAnother() public {
        // Or a stolen key that halts and resumes would leave no officer a halt for 30 days.
        VersionId id = release("1.0.0", Risk.Critical);
        halt(pia, Role.ResponsibleAIOfficer, id);
        resume(pia, Role.ResponsibleAIOfficer, id);
        halt(ada, Role.ResponsibleAIOfficer, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.ResponsibleAIOfficer);
    }

    function testTheHaltLimitIsOfOneVersionInOneEnvironment() public {
        VersionId first = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, first);
        Halt memory ordered = stop(first);
        ordered.environment = STAGING;
        does(emil.account, address(registry), haltCall(ordered, Role.SystemOperator));
        VersionId second = release("2.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, second);
        same(activeWord(PRODUCTION).haltedBy(), Role.SystemOperator);
    }

    function testAHigherHaltLastsAsLongAsIfItWereTheFirst() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        pass(71 hours);
        halt(ada, Role.ResponsibleAIOfficer, id);
        uint40 lapsesAt = time() + 72 hours;
        vm.assertEq(activeWord(PRODUCTION).timer(), time());
        pass(71 hours);
        refuses(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.lapse, (model, PRODUCTION)),
            abi.encodeWithSelector(IRegistry.RegistryNotLapsed.selector, lapsesAt)
        );
    }

    function testARefusedHaltSpendsNothing() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(ada, Role.ResponsibleAIOfficer, id);
        _refuses(
            stop(id),
            Role.SystemOperator,
            abi.encodeWithSelector(IRegistry.RegistryAlreadyHalted.selector, Role.ResponsibleAIOfficer)
        );
        vm.assertEq(registry.haltTime(id, PRODUCTION, PersonId.unwrap(emil.id)), 0);
        resume(ada, Role.ResponsibleAIOfficer, id);
        halt(emil, Role.SystemOperator, id);
    }

    function testASuccessorIsNotHalted() public {
        VersionId first = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, first);
        release("2.0.0", Risk.Low);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
        vm.assertEq(activeWord(PRODUCTION).timer(), time());
        vm.assertEq(activeWord(PRODUCTION).since(), time());
    }

    function testWhatASeniorHaltedIsNoTargetOnceItWasReplaced() public {
        // Long enough active, then halted by a committee, and replaced before anyone resumed it.
        (, VersionId halted) = releaseTwo(Risk.High);
        pass(1 days);
        haltAs(oversightTimelock, Role.OversightCommittee, halted);
        VersionId third = release("3.0.0", Risk.High);
        Rollback memory back = order(third, halted);
        refuses(
            ada.account,
            address(registry),
            rollbackCall(back, Role.ResponsibleAIOfficer),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, halted, PRODUCTION)
        );
        vm.assertEq(registry.isProven(halted, placeOf(PRODUCTION)), false);
        // In the stages where it was not halted it stays one.
        vm.assertEq(registry.isProven(halted, placeOf(STAGING)), true);
    }

    function testWhatASeniorHaltedAndResumedStaysATarget() public {
        (, VersionId second) = releaseTwo(Risk.High);
        pass(1 days);
        haltAs(oversightTimelock, Role.OversightCommittee, second);
        does(oversightTimelock, address(registry), resumeCall(stop(second), Role.OversightCommittee));
        VersionId third = release("3.0.0", Risk.High);
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, second));
        same(active(PRODUCTION), second);
    }

    function testWhatAJuniorHaltedStaysATarget() public {
        // Or a stolen key could halt one proven version after another until there is none to go back to.
        (, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        halt(emil, Role.SystemOperator, second);
        VersionId third = release("3.0.0", Risk.Low);
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, second));
        same(active(PRODUCTION), second);
    }

    function testWhatASeniorHaltedLosesItsProofBeyondThePlacesOfAWord() public {
        EnvironmentId last = addSites(96);
        releaseTwo(Risk.Low);
        Identity memory second = identity("2.0.0", Risk.Low);
        activateIn(identity("1.0.0", Risk.Low), last);
        pass(1 hours);
        activateIn(second, last);
        pass(1 hours);
        VersionId id = registry.versionId(second);
        Halt memory there = stop(id);
        there.environment = last;
        does(ada.account, address(registry), haltCall(there, Role.ResponsibleAIOfficer));
        Rollback memory out = order(id, NO_VERSION);
        out.environment = last;
        withdraw(ada, Role.ResponsibleAIOfficer, out);
        vm.assertEq(registry.isProven(id, placeOf(last)), false);
        vm.assertEq(registry.isProven(registry.versionId(identity("1.0.0", Risk.Low)), placeOf(last)), true);
    }

    function testWhatASeniorHaltedSoonAfterARollbackIsNoTargetAnyMore() public {
        // Proven long ago, it came back, and was halted before it had served its soak time anew.
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        halt(ada, Role.ResponsibleAIOfficer, proven);
        VersionId third = release("3.0.0", Risk.Low);
        refuses(
            ada.account,
            address(registry),
            rollbackCall(order(third, proven), Role.ResponsibleAIOfficer),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, proven, PRODUCTION)
        );
    }

    // Resuming

    function testTheHaltersRankResumes() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(watchPost, Role.Monitor, id);
        bytes memory call = resumeCall(stop(id), Role.SystemOperator);
        refusesAllBut(emil, Role.SystemOperator, 0, call);
        leaves(
            emil.account,
            address(registry),
            call,
            _trace(Action.Resumed, PersonId.unwrap(emil.id), Role.SystemOperator, id, 0)
        );
        ActiveWord state = activeWord(PRODUCTION);
        same(state.haltedBy(), Role.None);
        vm.assertEq(state.timer(), time());
        vm.assertEq(state.sequence(), 5);
        vm.assertEq(sequence(), 5);
        same(active(PRODUCTION), id);
    }

    function testAResumptionNeedsNoTriggerButAReason() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        Halt memory ordered = stop(id);
        ordered.trigger = Trigger.None;
        ordered.reason = 0;
        refuses(
            emil.account,
            address(registry),
            resumeCall(ordered, Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
        ordered.reason = REASON;
        does(emil.account, address(registry), resumeCall(ordered, Role.SystemOperator));
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testNobodyBelowTheHaltersRankResumes() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(ada, Role.ResponsibleAIOfficer, id);
        _refusesResumption(emil.account, Role.SystemOperator, id, Risk.Low);
        does(oversightTimelock, address(registry), haltCall(stop(id), Role.OversightCommittee));
        _refusesResumption(ada.account, Role.ResponsibleAIOfficer, id, Risk.Low);
        does(assemblyTimelock, address(registry), haltCall(stop(id), Role.Assembly));
        _refusesResumption(oversightTimelock, Role.OversightCommittee, id, Risk.Low);
        _refusesResumption(emergencyTimelock, Role.EmergencyCommittee, id, Risk.Low);
        does(assemblyTimelock, address(registry), resumeCall(stop(id), Role.Assembly));
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testTheEmergencyCommitteeRanksWithTheOversightCommittee() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(ada, Role.ResponsibleAIOfficer, id);
        does(emergencyTimelock, address(registry), haltCall(stop(id), Role.EmergencyCommittee));
        same(activeWord(PRODUCTION).haltedBy(), Role.EmergencyCommittee);
        _refusesResumption(ada.account, Role.ResponsibleAIOfficer, id, Risk.Low);
        does(oversightTimelock, address(registry), resumeCall(stop(id), Role.OversightCommittee));
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testNoMonitorAndNoRoleWithoutABrakeResumes() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(watchPost, Role.Monitor, id);
        _refusesResumption(watchPost.account, Role.Monitor, id, Risk.Low);
        _refusesResumption(ben.account, Role.TechnicalLead, id, Risk.Low);
        _refusesResumption(maya.account, Role.Auditor, id, Risk.Low);
    }

    function testAnOperatorDoesNotResumeWhatHasBecomeDangerous() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        raiseRisk(named, Risk.High);
        refuses(
            emil.account,
            address(registry),
            resumeCall(stop(id), Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, Role.SystemOperator, Risk.High)
        );
        resume(ada, Role.ResponsibleAIOfficer, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testAConsentToEndOneHaltEndsNoLaterOne() public {
        VersionId id = release("1.0.0", Risk.Critical);
        halt(ada, Role.ResponsibleAIOfficer, id);
        uint40 first = activeWord(PRODUCTION).sequence();
        bytes memory stale = resumeCall(stop(id), Role.OversightCommittee);
        resume(ada, Role.ResponsibleAIOfficer, id);
        haltAs(emergencyTimelock, Role.EmergencyCommittee, id);
        refuses(
            oversightTimelock,
            address(registry),
            stale,
            abi.encodeWithSelector(IRegistry.RegistrySequenceMismatch.selector, first, first + 2)
        );
        same(activeWord(PRODUCTION).haltedBy(), Role.EmergencyCommittee);
    }

    function testNobodyJuniorWalksPastASeniorsHalt() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        haltAs(assemblyTimelock, Role.Assembly, latest);
        bytes memory problem = abi.encodeWithSelector(
            IRegistry.RegistryInsufficientAuthority.selector,
            Role.SystemOperator,
            Risk.Low
        );
        refuses(emil.account, address(registry), rollbackCall(order(latest, proven), Role.SystemOperator), problem);
        refuses(emil.account, address(registry), withdrawCall(order(latest, NO_VERSION), Role.SystemOperator), problem);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        same(active(PRODUCTION), proven);
    }

    function testRefusesToResumeWhatIsNotHaltedOrNotActive() public {
        VersionId first = release("1.0.0", Risk.Low);
        VersionId second = release("2.0.0", Risk.Low);
        refuses(
            emil.account,
            address(registry),
            resumeCall(stop(second), Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryNotHalted.selector, second)
        );
        refuses(
            emil.account,
            address(registry),
            resumeCall(stop(first), Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, first, second)
        );
    }

    function testASuspendedModelCanBeResumed() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        suspendModel();
        resume(emil, Role.SystemOperator, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testAHaltEndsInItsOwnEnvironmentOnly() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        Halt memory ordered = stop(id);
        ordered.environment = STAGING;
        does(emil.account, address(registry), haltCall(ordered, Role.SystemOperator));
        resume(emil, Role.SystemOperator, id);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
        same(activeWord(STAGING).haltedBy(), Role.SystemOperator);
    }

    // Lapsing

    function testAnyoneEndsALowOrMediumHaltAfterThreeDays() public {
        VersionId id = release("1.0.0", Risk.Medium);
        requireSchemas(PRODUCTION, 1);
        does(assemblyTimelock, address(registry), haltCall(stop(id), Role.Assembly));
        uint40 lapsesAt = time() + 72 hours;
        vm.warp(lapsesAt - 1);
        bytes memory call = abi.encodeCall(IRegistry.lapse, (model, PRODUCTION));
        refuses(
            stranger.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryNotLapsed.selector, lapsesAt)
        );
        vm.warp(lapsesAt);
        Trace memory trace = _trace(Action.Lapsed, voice(stranger.account), Role.None, id, 1);
        trace.document = 0;
        leaves(stranger.account, address(registry), call, trace);
        ActiveWord state = activeWord(PRODUCTION);
        same(state.haltedBy(), Role.None);
        vm.assertEq(state.timer(), time());
        vm.assertEq(state.sequence(), 5);
        same(state.risk(), Risk.Medium);
        refuses(
            stranger.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryNotHalted.selector, id)
        );
    }

    function testAHighHaltNeverLapses() public {
        VersionId id = release("1.0.0", Risk.High);
        halt(ada, Role.ResponsibleAIOfficer, id);
        pass(1000 days);
        refuses(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.lapse, (model, PRODUCTION)),
            abi.encodeWithSelector(IRegistry.RegistryNeverLapses.selector, Risk.High)
        );
    }

    function testAHaltNeverLapsesWhereTheRiskWasHigherWhenItBecameActive() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        raiseRisk(named, Risk.High);
        promoteTo(named, Stage.Production);
        restoreRisk(named, Risk.Low);
        halt(ada, Role.ResponsibleAIOfficer, id);
        pass(1000 days);
        refuses(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.lapse, (model, PRODUCTION)),
            abi.encodeWithSelector(IRegistry.RegistryNeverLapses.selector, Risk.High)
        );
    }

    function testNothingLapsesWhereNothingIsActive() public {
        refuses(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.lapse, (model, PRODUCTION)),
            abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, PRODUCTION)
        );
    }

    /// @dev Low to Critical, each in a model of its own: allowed up to `limit`, refused above it.
    function _halts(Role authority, address caller, Risk limit) private {
        for (uint8 risk; risk <= uint8(Risk.Critical); ++risk) {
            model = createModel(string(abi.encode(authority, risk)), Risk.Low);
            addSchema(0);
            VersionId id = release("1.0.0", Risk(risk));
            if (risk > uint8(limit)) {
                _refusesAuthority(caller, authority, id, Risk(risk));
                continue;
            }
            does(caller, address(registry), haltCall(stop(id), authority));
            same(activeWord(PRODUCTION).haltedBy(), authority);
        }
    }

    function _refuses(Halt memory ordered, Role authority, bytes memory problem) private {
        refuses(emil.account, address(registry), haltCall(ordered, authority), problem);
    }

    function _refusesAuthority(address caller, Role authority, VersionId id, Risk risk) private {
        refuses(
            caller,
            address(registry),
            haltCall(stop(id), authority),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk)
        );
    }

    function _refusesResumption(address caller, Role authority, VersionId id, Risk risk) private {
        refuses(
            caller,
            address(registry),
            resumeCall(stop(id), authority),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk)
        );
    }

    function _trace(
        Action action,
        bytes32 actor,
        Role authority,
        VersionId subject,
        uint256 systems
    ) private pure returns (Trace memory) {
        return Trace(action, actor, authority, VersionId.unwrap(subject), REASON, systems);
    }
}
