// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {Action, NO_VERSION, PersonId, PRODUCTION, Risk, Role, VersionId} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice Violations on record, and the audit that the third within a year calls for (policy 11).
contract ViolationsTest is Life {
    PersonId private constant UNKNOWN = PersonId.wrap(keccak256("unknown"));

    function testTheCommitteeRecordsAViolation() public {
        bytes memory call = abi.encodeCall(IRules.recordViolation, (ben.id, DOCUMENT));
        _refusedToAllButOversight(call);
        leaves(oversightTimelock, address(rules), call, _byOversight(Action.ViolationRecorded));
        _recordIs(time(), 0, 0);
        _audit(false);
    }

    function testTheCommitteeVotesForAViolation() public {
        pass(1 hours);
        passByOversight(address(rules), abi.encodeCall(IRules.recordViolation, (ben.id, DOCUMENT)));
        _recordIs(time(), 0, 0);
    }

    function testTheLastThreeViolationsAreKept() public {
        for (uint256 i; i < 4; ++i) {
            recordViolation(ben.id);
            pass(1 days);
        }
        _recordIs(time() - 1 days, time() - 2 days, time() - 3 days);
    }

    function testRefusesAViolationOfNobodyOrWithoutADocument() public {
        _refusedToOversight(
            abi.encodeCall(IRules.recordViolation, (UNKNOWN, DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN)
        );
        _refusedToOversight(
            abi.encodeCall(IRules.recordViolation, (ben.id, 0)),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
    }

    function testTheThirdViolationWithinAYearRequiresAnAudit() public {
        recordViolation(ben.id);
        pass(100 days);
        recordViolation(ben.id);
        _audit(false);
        pass(265 days);
        recordViolation(ben.id);
        _audit(true);
    }

    function testTheThirdViolationASecondAfterTheYearDoesNot() public {
        recordViolation(ben.id);
        pass(100 days);
        recordViolation(ben.id);
        pass(265 days + 1);
        recordViolation(ben.id);
        _audit(false);
        // The year slides: the next is the third since the second.
        pass(99 days);
        recordViolation(ben.id);
        _audit(true);
    }

    function testFuzzAnAuditIsRequiredOnceThreeFallWithinAYear(uint32[8] calldata gaps) public {
        uint256[8] memory times;
        bool expected;
        for (uint256 i; i < 8; ++i) {
            pass(gaps[i] % 300 days);
            recordViolation(ben.id);
            times[i] = time();
            uint256 within;
            for (uint256 j; j <= i; ++j) if (times[i] - times[j] <= 365 days) ++within;
            if (within >= 3) expected = true;
            _audit(expected);
        }
    }

    function testOnlyTheBrakeIsLeftToWhoAwaitsAnAudit() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        for (uint256 i; i < 3; ++i) {
            recordViolation(emil.id);
            recordViolation(dana.id);
            recordViolation(ada.id);
        }
        bytes memory barred = abi.encodeWithSelector(IRules.RulesAuditRequired.selector, dana.id);
        refuses(
            dana.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("3.0.0", Risk.Low), NO_VERSION)),
            barred
        );
        barred = abi.encodeWithSelector(IRules.RulesAuditRequired.selector, ada.id);
        refuses(
            ada.account,
            address(registry),
            abi.encodeCall(IRegistry.setMonitored, (model, true, DOCUMENT)),
            barred
        );
        halt(emil, Role.SystemOperator, latest);
        halt(ada, Role.ResponsibleAIOfficer, latest);
        refuses(ada.account, address(registry), resumeCall(stop(latest), Role.ResponsibleAIOfficer), barred);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        same(active(PRODUCTION), proven);
        withdraw(emil, Role.SystemOperator, order(proven, NO_VERSION));
        same(active(PRODUCTION), NO_VERSION);
    }

    // The audit

    function testTheCommitteeAcceptsAnAudit() public {
        bytes memory call = abi.encodeCall(IRules.acceptAudit, (ben.id, DOCUMENT));
        bytes memory none = abi.encodeWithSelector(IRules.RulesNoAuditRequired.selector, ben.id);
        _refusedToOversight(call, none);
        for (uint256 i; i < 3; ++i) recordViolation(ben.id);
        _refusedToAllButOversight(call);
        leaves(oversightTimelock, address(rules), call, _byOversight(Action.AuditAccepted));
        _audit(false);
        _recordIs(0, 0, 0);
        _refusedToOversight(call, none);
    }

    function testAnAuditIsNotOutwaited() public {
        for (uint256 i; i < 3; ++i) recordViolation(ben.id);
        pass(10 * 365 days);
        _audit(true);
    }

    function testViolationsBeforeAnAuditCountNoMore() public {
        for (uint256 i; i < 3; ++i) recordViolation(ben.id);
        acceptAudit(ben.id);
        recordViolation(ben.id);
        recordViolation(ben.id);
        _audit(false);
        recordViolation(ben.id);
        _audit(true);
    }

    function testRefusesAnAuditOfNobodyOrWithoutADocument() public {
        _refusedToOversight(
            abi.encodeCall(IRules.acceptAudit, (UNKNOWN, DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN)
        );
        for (uint256 i; i < 3; ++i) recordViolation(ben.id);
        _refusedToOversight(
            abi.encodeCall(IRules.acceptAudit, (ben.id, 0)),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
    }

    function _audit(bool required) private view {
        vm.assertEq(rules.standing(ben.id).auditRequired, required);
    }

    function _recordIs(uint40 latest, uint40 second, uint40 third) private view {
        vm.assertEq(abi.encode(rules.violations(ben.id)), abi.encode([latest, second, third]));
    }

    function _refusedToOversight(bytes memory call, bytes memory problem) private {
        refuses(oversightTimelock, address(rules), call, problem);
    }

    function _refusedToAllButOversight(bytes memory call) private {
        address[5] memory others = [assemblyTimelock, emergencyTimelock, address(registry), ada.account, grace.account];
        for (uint256 i; i < others.length; ++i) {
            refuses(
                others[i],
                address(rules),
                call,
                abi.encodeWithSelector(IRules.RulesUnauthorized.selector, others[i], Role.OversightCommittee)
            );
        }
    }

    function _byOversight(Action action) private view returns (Trace memory) {
        return Trace(action, voice(oversightTimelock), Role.OversightCommittee, PersonId.unwrap(ben.id), DOCUMENT, 0);
    }
}
