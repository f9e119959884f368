// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {
    Action,
    Incident,
    ModelId,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
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
        does(ben.account, address(registry), reportCall(stop(id), Role.TechnicalLead));
        does(maya.account, address(registry), reportCall(stop(id), Role.Auditor));
        does(oversightTimelock, address(registry), reportCall(stop(id), Role.OversightCommittee));
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

    function testACriticalReportPullsTheReview() public {
        VersionId id = release("1.0.0", Risk.Critical);
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        vm.assertEq(rules.reviewDueAt(), time() + 30 days);
    }

    function testADirectivePullsTheReviewWhateverTheRisk() public {
        VersionId id = release("1.0.0", Risk.Low);
        uint40 due = rules.reviewDueAt();
        Halt memory report = stop(id);
        does(maya.account, address(registry), reportCall(report, Role.Auditor));
        vm.assertEq(rules.reviewDueAt(), due);
        report.trigger = Trigger.Directive;
        does(maya.account, address(registry), reportCall(report, Role.Auditor));
        vm.assertEq(rules.reviewDueAt(), time() + 30 days);
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
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
        leaves(
            ada.account,
            address(registry),
            call,
            Trace(
                Action.IncidentClosed,
                PersonId.unwrap(ada.id),
                Role.ResponsibleAIOfficer,
                ModelId.unwrap(model),
                REASON,
                0
            )
        );
        _is(Incident(Trigger.None, 0, 0, 0));
        refuses(
            ada.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryNoIncident.selector, model, PRODUCTION)
        );
    }

    function _refuses(Halt memory report, bytes memory problem) private {
        refuses(watchPost.account, address(registry), reportCall(report, Role.Monitor), problem);
    }

    function _is(Incident memory expected) private view {
        vm.assertEq(abi.encode(registry.incident(model, PRODUCTION)), abi.encode(expected));
    }
}
