// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {
    EnvironmentId,
    Identity,
    NO_VERSION,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    STAGING,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life, Promotion} from "./Life.sol";
import {vm} from "./Vm.sol";

/// @title Nobody walks past who ranks above them
/// @notice What the RAIO or a committee has stopped, taken out or classed stays so for everybody below, by whatever act and
/// in whatever environment they try.
contract SeniorsTest is Life {
    // What was signed off above somebody's reach

    function testNobodyCondemnsInAnEarlierStageWhatIsAboveThemInALaterOne() public {
        VersionId id = _lowInValidation(Risk.Critical);
        Rollback memory out = order(id, NO_VERSION);
        out.environment = VALIDATION;
        same(active(VALIDATION), id);
        same(activeWord(VALIDATION).risk(), Risk.Low);
        _refused(emil.account, withdrawCall(out, Role.SystemOperator), _beyond(Role.SystemOperator, Risk.Critical));
        _refused(
            ada.account,
            withdrawCall(out, Role.ResponsibleAIOfficer),
            _beyond(Role.ResponsibleAIOfficer, Risk.Critical)
        );
        vm.assertEq(word(id).condemnedFrom(), 0);
        does(emergencyTimelock, address(registry), withdrawCall(out, Role.EmergencyCommittee));
        vm.assertEq(isCondemned(id), true);
    }

    function testARaisedRiskThatNobodySignedOffTakesTheBrakeFromNobody() public {
        VersionId id = _lowInValidation(Risk.Low);
        raiseRisk(identity("1.0.0", Risk.Low), Risk.Critical);
        Rollback memory out = order(id, NO_VERSION);
        out.environment = VALIDATION;
        withdraw(emil, Role.SystemOperator, out);
        same(active(VALIDATION), NO_VERSION);
    }

    // What somebody could not stop

    function testNobodyBringsInWhatTheyCouldNotTakeOut() public {
        (VersionId target, VersionId latest) = releaseTwo(Risk.Low);
        Identity memory named = identity("1.0.0", Risk.Low);
        Rollback memory back = order(latest, target);
        raiseRisk(named, Risk.High);
        _refused(emil.account, rollbackCall(back, Role.SystemOperator), _beyond(Role.SystemOperator, Risk.High));
        raiseRisk(named, Risk.Critical);
        _refused(
            ada.account,
            rollbackCall(back, Role.ResponsibleAIOfficer),
            _beyond(Role.ResponsibleAIOfficer, Risk.Critical)
        );
        restoreRisk(named, Risk.High);
        rollBack(ada, Role.ResponsibleAIOfficer, back);
        same(active(PRODUCTION), target);
    }

    // What operators condemned, and who may bring it back

    function testAnOfficerWithTheBrakeAloneBringsNothingBackThatAnOperatorTookOut() public {
        VersionId bad = _takenOut();
        certify(ada.id, time() - 29 days);
        _refusesReturn(bad, abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, ada.id, time() - 29 days));
    }

    function testAnOfficerWhoAwaitsAnAuditBringsNothingBackThatAnOperatorTookOut() public {
        VersionId bad = _takenOut();
        for (uint256 i; i < 3; ++i) recordViolation(ada.id);
        _refusesReturn(bad, abi.encodeWithSelector(IRules.RulesAuditRequired.selector, ada.id));
    }

    function testNothingThatAnOperatorTookOutComesBackInASuspendedModel() public {
        VersionId bad = _takenOut();
        suspendModel();
        _refusesReturn(bad, abi.encodeWithSelector(IRegistry.RegistryModelSuspended.selector, model));
    }

    function testAnOfficerOverrulesInOrderToGoBack() public {
        // One operator's withdrawal in a ward takes the only way back in Production.
        (VersionId good, VersionId bad, Rollback memory elsewhere) = _condemnedInAWard();
        Rollback memory back = order(bad, good);
        _refused(ada.account, rollbackCall(back, Role.ResponsibleAIOfficer), _ineligible(good, PRODUCTION));
        Rollback memory undo = elsewhere;
        (undo.from, undo.to) = (NO_VERSION, good);
        does(ada.account, address(registry), overruleCall(undo));
        rollBack(ada, Role.ResponsibleAIOfficer, back);
        same(active(PRODUCTION), good);
    }

    function testACommitteeGoesBackPastWhatAnOperatorCondemned() public {
        address[2] memory callers = [emergencyTimelock, assemblyTimelock];
        Role[2] memory roles = [Role.EmergencyCommittee, Role.Assembly];
        for (uint256 i; i < 2; ++i) {
            model = createModel(string(abi.encode("lifted", i)), Risk.Low);
            addSchema(0);
            (VersionId good, VersionId bad, ) = _condemnedInAWard();
            does(callers[i], address(registry), rollbackCall(order(bad, good), roles[i]));
            same(active(PRODUCTION), good);
            vm.assertEq(word(good).condemnedFrom(), 0);
            vm.assertEq(word(good).operatorRollbacks(), 0);
            pass(24 hours);
            vm.assertEq(isCondemned(good), false);
        }
    }

    function testNobodyGoesBackPastACondemnationThatIsFinal() public {
        (VersionId good, VersionId bad, ) = _condemnedInAWard();
        pass(24 hours);
        bytes memory call = rollbackCall(order(bad, good), Role.Assembly);
        _refused(assemblyTimelock, call, _ineligible(good, PRODUCTION));
    }

    // What waits with its sign-offs

    function testNothingOlderComesInPastACommittee() public {
        (VersionId older, VersionId newer, Promotion memory step) = _waiting();
        haltAs(emergencyTimelock, Role.EmergencyCommittee, newer);
        _refused(stranger.account, promoteCall(step), _ineligible(older, PRODUCTION));
        does(emergencyTimelock, address(registry), withdrawCall(order(newer, NO_VERSION), Role.EmergencyCommittee));
        _refused(stranger.account, promoteCall(step), _ineligible(older, PRODUCTION));
        // What is newer comes by its own approval.
        VersionId third = release("3.0.0", Risk.High);
        same(active(PRODUCTION), third);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
        does(stranger.account, address(registry), promoteCall(step));
        same(active(PRODUCTION), older);
    }

    function testAnOperatorsHaltIsInNoApprovalsWay() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId older = register(named);
        promoteTo(named, Stage.Staging);
        halt(emil, Role.SystemOperator, release("2.0.0", Risk.Low));
        promote(named, Stage.Production);
        same(active(PRODUCTION), older);
    }

    // In a ward

    function testNobodyReplacesInAWardWhatASeniorHaltedThere() public {
        (, VersionId second) = _ward();
        Halt memory stopped = stop(second);
        stopped.environment = WARD_3;
        does(ada.account, address(registry), haltCall(stopped, Role.ResponsibleAIOfficer));
        VersionId third = release("3.0.0", Risk.Low);
        bytes memory call = abi.encodeCall(IRegistry.activate, (identity("3.0.0", Risk.Low), WARD_3, 0));
        _refused(emil.account, call, _ineligible(third, WARD_3));
        does(
            ada.account,
            address(registry),
            abi.encodeCall(IRegistry.resume, (stopped, activeWord(WARD_3).sequence(), Role.ResponsibleAIOfficer))
        );
        does(emil.account, address(registry), call);
        same(active(WARD_3), third);
    }

    function testAnOperatorReplacesInAWardWhatAnOperatorHaltedThere() public {
        (, VersionId second) = _ward();
        Halt memory stopped = stop(second);
        stopped.environment = WARD_3;
        does(emil.account, address(registry), haltCall(stopped, Role.SystemOperator));
        VersionId third = release("3.0.0", Risk.Low);
        activateIn(identity("3.0.0", Risk.Low), WARD_3);
        same(active(WARD_3), third);
    }

    function testWhatASeniorWithdrewFromAWardMayBeFollowedByWhatIsNewer() public {
        (, VersionId second) = _ward();
        Rollback memory out = order(second, NO_VERSION);
        out.environment = WARD_3;
        does(emergencyTimelock, address(registry), withdrawCall(out, Role.EmergencyCommittee));
        VersionId third = release("3.0.0", Risk.Low);
        activateIn(identity("3.0.0", Risk.Low), WARD_3);
        same(active(WARD_3), third);
    }

    function testWhatASeniorHaltedInProductionIsBroughtIntoNoWard() public {
        (VersionId first, VersionId second) = _ward();
        rollBack(emil, Role.SystemOperator, order(second, first));
        halt(ada, Role.ResponsibleAIOfficer, first);
        Rollback memory back = order(second, first);
        back.environment = WARD_3;
        _refused(emil.account, rollbackCall(back, Role.SystemOperator), _ineligible(first, WARD_3));
        // The officer may: it is the officer's halt.
        rollBack(ada, Role.ResponsibleAIOfficer, back);
        same(active(WARD_3), first);
    }

    function testAHaltInAnEarlierStageBindsNoWard() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory stopped = stop(id);
        stopped.environment = STAGING;
        does(ada.account, address(registry), haltCall(stopped, Role.ResponsibleAIOfficer));
        activateIn(identity("1.0.0", Risk.Low), WARD_3);
        same(active(WARD_3), id);
    }

    function testASeniorsWithdrawalElsewhereKeepsNoOperatorFromWithdrawing() public {
        (, VersionId second) = _ward();
        does(emergencyTimelock, address(registry), withdrawCall(order(second, NO_VERSION), Role.EmergencyCommittee));
        Rollback memory out = order(second, NO_VERSION);
        out.environment = WARD_3;
        withdraw(emil, Role.SystemOperator, out);
        same(active(WARD_3), NO_VERSION);
    }

    // Among seniors

    function testTheEmergencyCommitteePutsNothingBackWhereTheAssemblyWithdrew() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        does(assemblyTimelock, address(registry), withdrawCall(order(latest, NO_VERSION), Role.Assembly));
        Rollback memory back = order(NO_VERSION, proven);
        _refused(
            emergencyTimelock,
            rollbackCall(back, Role.EmergencyCommittee),
            _beyond(Role.EmergencyCommittee, Risk.Low)
        );
        does(assemblyTimelock, address(registry), rollbackCall(back, Role.Assembly));
        same(active(PRODUCTION), proven);
    }

    function testTheEmergencyCommitteeGoesBackFromWhatTheAssemblyHalted() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        haltAs(assemblyTimelock, Role.Assembly, latest);
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        same(active(PRODUCTION), proven);
    }

    /// @dev It entered Validation as Low and is in Production, signed off for `risk`.
    function _lowInValidation(Risk risk) private returns (VersionId id) {
        Identity memory named = identity("1.0.0", Risk.Low);
        id = register(named);
        promote(named, Stage.Validation);
        if (risk > Risk.Low) raiseRisk(named, risk);
        promoteTo(named, Stage.Production);
        same(activeWord(PRODUCTION).risk(), risk);
    }

    /// @dev A proven version that an operator withdrew from Production.
    function _takenOut() private returns (VersionId bad) {
        bad = release("1.0.0", Risk.Medium);
        pass(6 hours);
        withdraw(emil, Role.SystemOperator, order(bad, NO_VERSION));
    }

    /// @dev Neither by overruling nor by a rollback.
    function _refusesReturn(VersionId bad, bytes memory problem) private {
        _refused(ada.account, overruleCall(order(NO_VERSION, bad)), problem);
        bytes memory call = rollbackCall(order(NO_VERSION, bad), Role.ResponsibleAIOfficer);
        _refused(ada.account, call, _ineligible(bad, PRODUCTION));
    }

    /// @dev Both proven in Production, where `bad` runs; an operator withdrew `good` from a ward.
    function _condemnedInAWard() private returns (VersionId good, VersionId bad, Rollback memory elsewhere) {
        good = release("1.0.0", Risk.Low);
        pass(1 hours);
        activateIn(identity("1.0.0", Risk.Low), WARD_3);
        bad = release("2.0.0", Risk.High);
        elsewhere = order(good, NO_VERSION);
        elsewhere.environment = WARD_3;
        withdraw(emil, Role.SystemOperator, elsewhere);
    }

    /// @dev The older one stands before Production, with its sign-offs given; the newer one runs there.
    function _waiting() private returns (VersionId older, VersionId newer, Promotion memory step) {
        Identity memory named = identity("1.0.0", Risk.High);
        older = register(named);
        promoteTo(named, Stage.Staging);
        step = promotion(named, Stage.Production, signOffsFor(named, Stage.Production));
        newer = release("2.0.0", Risk.High);
        pass(1 hours);
    }

    /// @dev The first has served in Production and in a ward, in both of which the second runs.
    function _ward() private returns (VersionId first, VersionId second) {
        first = release("1.0.0", Risk.Low);
        activateIn(identity("1.0.0", Risk.Low), WARD_3);
        pass(1 hours);
        second = release("2.0.0", Risk.Low);
        activateIn(identity("2.0.0", Risk.Low), WARD_3);
    }

    function _refused(address caller, bytes memory call, bytes memory problem) private {
        refuses(caller, address(registry), call, problem);
    }

    function _beyond(Role authority, Risk risk) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk);
    }

    function _ineligible(VersionId target, EnvironmentId environment) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, target, environment);
    }
}
