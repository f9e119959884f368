// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {
    Action,
    Incident,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

contract IncidentsTest is Life {
    function testAMonitorReportsATrigger() public {
        VersionId id = release("1.0.0", Risk.Low);
        requireSchemas(PRODUCTION, 1);
        bytes memory call = reportCall(stop(id), Role.Monitor);
        refusesAllBut(watchPost, Role.Monitor, 30 days, call);
        leaves(
            watchPost.account,
            address(registry),
            call,
            Trace(Action.TriggerReported, PersonId.unwrap(watchPost.id), Role.Monitor, VersionId.unwrap(id), REASON, 1)
        );
        _is(Incident(Trigger.SafetyRisk, 1, time(), time() + 72 hours));
    }

    function testEveryRoleReports() public {
        VersionId id = release("1.0.0", Risk.Critical);
        Person[8] memory people = [ben, ada, chloe, emil, dana, watchPost, faisal, maya];
        Role[8] memory held = [
            Role.TechnicalLead,
            Role.ResponsibleAIOfficer,
            Role.DomainLead,
            Role.SystemOperator,
            Role.ModelDeveloper,
            Role.Monitor,
            Role.TrainingOfficer,
            Role.Auditor
        ];
        for (uint256 i; i < held.length; ++i) {
            _reports(people[i].account, PersonId.unwrap(people[i].id), held[i], id);
            vm.assertEq(activeWord(PRODUCTION).incident(), true);
            // Each as if it were the first.
            does(ada.account, address(registry), abi.encodeCall(IRegistry.closeIncident, (model, PRODUCTION, REASON)));
        }
        _reports(oversightTimelock, voice(oversightTimelock), Role.OversightCommittee, id);
        _reports(emergencyTimelock, voice(emergencyTimelock), Role.EmergencyCommittee, id);
        _reports(assemblyTimelock, voice(assemblyTimelock), Role.Assembly, id);
        _is(Incident(Trigger.SafetyRisk, 1, time(), time() + 4 hours));
    }

    function testTheResponseIsDueByTheRisk() public {
        uint32[4] memory due = thresholds().response;
        for (uint8 risk; risk <= uint8(Risk.Critical); ++risk) {
            model = createModel(string(abi.encode(risk)), Risk.Low);
            addSchema(0);
            VersionId id = release("1.0.0", Risk(risk));
            does(maya.account, address(registry), reportCall(stop(id), Role.Auditor));
            _is(Incident(Trigger.SafetyRisk, 1, time(), time() + due[risk]));
        }
    }

    function testALaterReportMovesNoDeadline() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        Incident memory first = registry.incident(model, PRODUCTION);
        pass(1 days);
        Halt memory again = stop(id);
        again.trigger = Trigger.Incident;
        does(maya.account, address(registry), reportCall(again, Role.Auditor));
        _is(first);
    }

    function testAReportOfTheSuccessorStartsAnew() public {
        VersionId first = release("1.0.0", Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(first), Role.Monitor));
        pass(1 days);
        VersionId second = release("2.0.0", Risk.Medium);
        does(watchPost.account, address(registry), reportCall(stop(second), Role.Monitor));
        _is(Incident(Trigger.SafetyRisk, 2, time(), time() + 48 hours));
    }

    function testRefusesAReportWithoutTriggerOrReasonOrOfWhatIsNotActive() public {
        VersionId first = release("1.0.0", Risk.Low);
        VersionId second = release("2.0.0", Risk.Low);
        Halt memory report = stop(second);
        report.trigger = Trigger.None;
        _refuses(report, abi.encodeWithSelector(IRegistry.RegistryNoTrigger.selector));
        report = stop(second);
        report.reason = 0;
        _refuses(report, abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector));
        _refuses(stop(first), abi.encodeWithSelector(IRegistry.RegistryNotActive.selector, first, second));
        report = stop(second);
        report.environment = WARD_3;
        _refuses(report, abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, WARD_3));
    }

    // Reports and the review of the policy

    function testACriticalReportPullsTheReview() public {
        VersionId id = release("1.0.0", Risk.Critical);
        recordReview();
        uint40 due = reviewDueAt();
        // Not by any key that may report.
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        does(emil.account, address(registry), reportCall(stop(id), Role.SystemOperator));
        does(maya.account, address(registry), reportCall(stop(id), Role.Auditor));
        vm.assertEq(reviewDueAt(), due);
        bytes32 before = rules.head();
        does(ada.account, address(registry), reportCall(stop(id), Role.ResponsibleAIOfficer));
        vm.assertEq(reviewDueAt(), time() + 30 days);
        vm.assertEq(
            rules.head(),
            headAfter(
                before,
                Trace(Action.ReviewPulled, voice(address(registry)), Role.None, VersionId.unwrap(id), 0, 0),
                abi.encodeCall(IRules.pullReview, (VersionId.unwrap(id)))
            )
        );
    }

    function testACriticalReportOfACommitteePullsTheReview() public {
        VersionId id = release("1.0.0", Risk.Critical);
        recordReview();
        does(oversightTimelock, address(registry), reportCall(stop(id), Role.OversightCommittee));
        vm.assertEq(reviewDueAt(), time() + 30 days);
    }

    function testAHighReportLeavesTheReviewAlone() public {
        VersionId id = release("1.0.0", Risk.High);
        recordReview();
        uint40 due = reviewDueAt();
        does(ada.account, address(registry), reportCall(stop(id), Role.ResponsibleAIOfficer));
        vm.assertEq(reviewDueAt(), due);
    }

    function testADirectivePullsTheReviewWhateverTheRisk() public {
        VersionId id = release("1.0.0", Risk.Low);
        uint40 due = reviewDueAt();
        Halt memory report = stop(id);
        does(maya.account, address(registry), reportCall(report, Role.Auditor));
        vm.assertEq(reviewDueAt(), due);
        report.trigger = Trigger.Directive;
        does(maya.account, address(registry), reportCall(report, Role.Auditor));
        vm.assertEq(reviewDueAt(), time() + 30 days);
    }

    function testADirectiveComesFromWhoMayGiveOne() public {
        VersionId id = release("1.0.0", Risk.Low);
        uint40 due = reviewDueAt();
        Halt memory report = stop(id);
        report.trigger = Trigger.Directive;
        Role[6] memory roles = [
            Role.TechnicalLead,
            Role.DomainLead,
            Role.ModelDeveloper,
            Role.SystemOperator,
            Role.Monitor,
            Role.TrainingOfficer
        ];
        Person[6] memory people = [ben, chloe, dana, emil, watchPost, faisal];
        for (uint256 i; i < roles.length; ++i) {
            refuses(
                people[i].account,
                address(registry),
                reportCall(report, roles[i]),
                abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, roles[i], Risk.Low)
            );
        }
        vm.assertEq(reviewDueAt(), due);
        does(ada.account, address(registry), reportCall(report, Role.ResponsibleAIOfficer));
        does(oversightTimelock, address(registry), reportCall(report, Role.OversightCommittee));
        does(emergencyTimelock, address(registry), reportCall(report, Role.EmergencyCommittee));
        does(assemblyTimelock, address(registry), reportCall(report, Role.Assembly));
        _is(Incident(Trigger.Directive, 1, time(), time() + 72 hours));
    }

    // What becomes of an incident

    function testAReportMovesNothing() public {
        VersionId id = release("1.0.0", Risk.Low);
        ActiveWord before = activeWord(PRODUCTION);
        pass(1 hours);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        vm.assertEq(ActiveWord.unwrap(activeWord(PRODUCTION)), ActiveWord.unwrap(before) | (1 << 169));
        vm.assertEq(activeWord(PRODUCTION).incident(), true);
        vm.assertEq(sequence(), 3);
    }

    function testTheDeadlineIsOfTheRiskAtActivation() public {
        VersionId id = release("1.0.0", Risk.Low);
        raiseRisk(identity("1.0.0", Risk.Low), Risk.Critical);
        does(ada.account, address(registry), reportCall(stop(id), Role.ResponsibleAIOfficer));
        _is(Incident(Trigger.SafetyRisk, 1, time(), time() + 72 hours));
    }

    function testAHaltLeavesTheIncidentOpen() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        Incident memory first = registry.incident(model, PRODUCTION);
        halt(emil, Role.SystemOperator, id);
        resume(emil, Role.SystemOperator, id);
        vm.assertEq(activeWord(PRODUCTION).incident(), true);
        _is(first);
    }

    function testASuccessorClosesTheIncident() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        release("2.0.0", Risk.Low);
        vm.assertEq(activeWord(PRODUCTION).incident(), false);
        _is(Incident(Trigger.None, 0, 0, 0));
    }

    function testAWithdrawalClosesTheIncident() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        withdraw(emil, Role.SystemOperator, order(id, NO_VERSION));
        _is(Incident(Trigger.None, 0, 0, 0));
        refuses(
            watchPost.account,
            address(registry),
            reportCall(stop(id), Role.Monitor),
            abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, PRODUCTION)
        );
    }

    function testACondemnationOfAnotherVersionLeavesTheIncidentOpen() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(latest), Role.Monitor));
        Incident memory first = registry.incident(model, PRODUCTION);
        does(emergencyTimelock, address(registry), withdrawCall(order(proven, NO_VERSION), Role.EmergencyCommittee));
        _is(first);
        vm.assertEq(activeWord(PRODUCTION).incident(), true);
    }

    function testASuspendedModelIsReported() public {
        VersionId id = release("1.0.0", Risk.Low);
        suspendModel();
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        does(ada.account, address(registry), abi.encodeCall(IRegistry.closeIncident, (model, PRODUCTION, REASON)));
        _is(Incident(Trigger.None, 0, 0, 0));
    }

    function testTheOfficerClosesAnIncident() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        bytes memory call = abi.encodeCall(IRegistry.closeIncident, (model, PRODUCTION, REASON));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 30 days, call);
        refuses(
            ada.account,
            address(registry),
            abi.encodeCall(IRegistry.closeIncident, (model, PRODUCTION, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
        leaves(
            ada.account,
            address(registry),
            call,
            Trace(
                Action.IncidentClosed,
                PersonId.unwrap(ada.id),
                Role.ResponsibleAIOfficer,
                VersionId.unwrap(id),
                REASON,
                0
            )
        );
        _is(Incident(Trigger.None, 0, 0, 0));
        vm.assertEq(activeWord(PRODUCTION).incident(), false);
        same(active(PRODUCTION), id);
        refuses(
            ada.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryNoIncident.selector, model, PRODUCTION)
        );
    }

    function _reports(address account, bytes32 actor, Role role, VersionId id) private {
        leaves(
            account,
            address(registry),
            reportCall(stop(id), role),
            Trace(Action.TriggerReported, actor, role, VersionId.unwrap(id), REASON, 0)
        );
    }

    function _refuses(Halt memory report, bytes memory problem) private {
        refuses(watchPost.account, address(registry), reportCall(report, Role.Monitor), problem);
    }

    function _is(Incident memory expected) private view {
        vm.assertEq(abi.encode(registry.incident(model, PRODUCTION)), abi.encode(expected));
    }
}
