// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
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
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

contract ActivationTest is Life {
    EnvironmentId private constant NOWHERE = EnvironmentId.wrap(keccak256("nowhere"));

    function testAnOperatorActivatesInAFurtherEnvironment() public {
        Identity memory named = identity("1.0.0", Risk.Medium);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        pass(1 hours);
        bytes memory call = _call(named, WARD_3, 0);
        refusesAllBut(emil, Role.SystemOperator, 0, call);
        leaves(emil.account, address(registry), call, _byOperator(id, 0, 0));
        same(active(WARD_3), id);
        same(active(PRODUCTION), id);
        vm.assertEq(activeIn(id), 4);
        ActiveWord state = activeWord(WARD_3);
        vm.assertEq(state.number(), 1);
        vm.assertEq(state.sequence(), 4);
        vm.assertEq(state.since(), time());
        vm.assertEq(state.timer(), time());
        vm.assertEq(state.place(), placeOf(WARD_3));
        vm.assertEq(state.newest(), 1);
        vm.assertEq(state.previous(), 0);
        same(state.risk(), Risk.Medium);
        vm.assertEq(sequence(), 4);
    }

    function testTheRiskAtActivationStays() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        promoteTo(named, Stage.Production);
        raiseRisk(named, Risk.High);
        same(activeWord(PRODUCTION).risk(), Risk.Low);
        same(word(registry.versionId(named)).approved(), Risk.Low);
    }

    function testNothingGoesFurtherThanTheSignOffsOfItsRisk() public {
        // One Technical Lead signed for Low; the officer judges it Critical since.
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        raiseRisk(named, Risk.Critical);
        bytes memory call = abi.encodeCall(IRegistry.activate, (named, WARD_3, 0));
        refuses(
            emil.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryNotApproved.selector, id, Risk.Low, Risk.Critical)
        );
        restoreRisk(named, Risk.Low);
        setFloor(Risk.Medium);
        refuses(
            emil.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryNotApproved.selector, id, Risk.Low, Risk.Medium)
        );
        // What was signed off for the higher risk goes.
        Identity memory second = identity("2.0.0", Risk.High);
        register(second);
        promoteTo(second, Stage.Production);
        _activate(second, WARD_3);
        same(activeWord(WARD_3).risk(), Risk.High);
    }

    function testWhatASeniorHaltedGoesNowhereElse() public {
        Identity memory named = identity("1.0.0", Risk.Critical);
        VersionId id = release("1.0.0", Risk.Critical);
        haltAs(emergencyTimelock, Role.EmergencyCommittee, id);
        bytes memory call = abi.encodeCall(IRegistry.activate, (named, WARD_3, 0));
        refuses(
            emil.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, id, WARD_3)
        );
        does(emergencyTimelock, address(registry), resumeCall(stop(id), Role.EmergencyCommittee));
        does(emil.account, address(registry), call);
        same(active(WARD_3), id);
    }

    function testAHaltOfAnotherVersionStopsNothing() public {
        release("1.0.0", Risk.Low);
        haltAs(ada.account, Role.ResponsibleAIOfficer, release("2.0.0", Risk.Low));
        _activate(identity("1.0.0", Risk.Low), WARD_3);
    }

    function testAnOperatorsHaltKeepsItFromNowhereElse() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        _activate(identity("1.0.0", Risk.Low), WARD_3);
        same(active(WARD_3), id);
    }

    function testAnEnvironmentThatNeedsMoreSchemasNeedsAPlan() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        addSchema(0);
        requireSchemas(WARD_3, 2);
        _refuses(named, WARD_3, abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, id, 2));
        leaves(emil.account, address(registry), _call(named, WARD_3, PLAN), _byOperator(id, PLAN, 2));
        same(active(WARD_3), id);
    }

    function testRefusesAVersionBeforeItsStage() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Staging);
        _refusesIneligible(named, id, WARD_3);
        promote(named, Stage.Production);
        _activate(named, WARD_3);
    }

    function testAVersionMayRunInAnEnvironmentOfAnEarlierStage() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        EnvironmentId bench = EnvironmentId.wrap(keccak256("bench"));
        vm.prank(assemblyTimelock);
        rules.addEnvironment(bench, Stage.Validation, DOCUMENT);
        _activate(named, bench);
        same(active(bench), id);
    }

    function testRefusesAnEnvironmentThatIsNowhere() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        _refuses(named, NOWHERE, abi.encodeWithSelector(IRegistry.RegistryUnknownEnvironment.selector, NOWHERE));
        same(active(NOWHERE), NO_VERSION);
        vm.assertEq(activeIn(id), 3);
    }

    function testRefusesWhatIsActiveAlreadyAndWhatIsOlder() public {
        Identity memory first = identity("1.0.0", Risk.Low);
        Identity memory second = identity("2.0.0", Risk.Low);
        VersionId firstId = register(first);
        VersionId secondId = register(second);
        promoteTo(first, Stage.Production);
        _activate(first, WARD_3);
        _refusesIneligible(first, firstId, WARD_3);
        promoteTo(second, Stage.Production);
        _activate(second, WARD_3);
        _refusesIneligible(first, firstId, WARD_3);
        same(active(WARD_3), secondId);
    }

    function testTheWordRemembersWhatWasThereBefore() public {
        Identity memory first = identity("1.0.0", Risk.Low);
        Identity memory second = identity("2.0.0", Risk.Low);
        register(first);
        register(second);
        promoteTo(first, Stage.Production);
        _activate(first, WARD_3);
        promoteTo(second, Stage.Production);
        _activate(second, WARD_3);
        ActiveWord state = activeWord(WARD_3);
        vm.assertEq(state.number(), 2);
        vm.assertEq(state.previous(), 1);
        vm.assertEq(state.newest(), 2);
        vm.assertEq(state.place(), placeOf(WARD_3));
    }

    function testARollbackLetsNoOlderVersionIn() public {
        (Identity memory first, Identity memory second, Identity memory third) = _three();
        _activate(first, WARD_3);
        pass(1 hours);
        _activate(third, WARD_3);
        Rollback memory back = order(registry.versionId(third), registry.versionId(first));
        back.environment = WARD_3;
        rollBack(ada, Role.ResponsibleAIOfficer, back);
        vm.assertEq(activeWord(WARD_3).newest(), 3);
        _refusesIneligible(second, registry.versionId(second), WARD_3);
        Identity memory fourth = identity("4.0.0", Risk.Low);
        register(fourth);
        promoteTo(fourth, Stage.Production);
        _activate(fourth, WARD_3);
    }

    function testAWithdrawalLetsNoOlderVersionIn() public {
        (Identity memory first, Identity memory second, Identity memory third) = _three();
        VersionId firstId = registry.versionId(first);
        VersionId secondId = registry.versionId(second);
        _activate(second, WARD_3);
        Rollback memory out = order(secondId, NO_VERSION);
        out.environment = WARD_3;
        withdraw(ada, Role.ResponsibleAIOfficer, out);
        _refusesIneligible(first, firstId, WARD_3);
        _refusesIneligible(second, secondId, WARD_3);
        _activate(third, WARD_3);
        vm.assertEq(activeWord(WARD_3).previous(), 0);
    }

    function testRefusesWhatWasReleased() public {
        (Identity memory first, , ) = _three();
        does(assemblyTimelock, address(registry), releaseCall(first, new VersionId[](0)));
        _refusesIneligible(first, registry.versionId(first), WARD_3);
    }

    function testRefusesWhatIsDefective() public {
        (, , Identity memory third) = _three();
        recordDefect(third);
        _refusesIneligible(third, registry.versionId(third), WARD_3);
    }

    function testRefusesAModelThatMoved() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        promoteTo(named, Stage.Production);
        moveModel();
        _refuses(named, WARD_3, abi.encodeWithSelector(IRegistry.RegistryModelMoved.selector, model));
    }

    function testRefusesAnOperatorWhoAwaitsAnAudit() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        promoteTo(named, Stage.Production);
        for (uint256 i; i < 3; ++i) {
            vm.prank(oversightTimelock);
            rules.recordViolation(emil.id, DOCUMENT);
        }
        _refuses(named, WARD_3, abi.encodeWithSelector(IRules.RulesAuditRequired.selector, emil.id));
        // The brake is left.
        halt(emil, Role.SystemOperator, registry.versionId(named));
    }

    function testRefusesWhatWasRetired() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        release("2.0.0", Risk.Low);
        does(ada.account, address(registry), retireCall(named, new VersionId[](0)));
        _refusesIneligible(named, id, WARD_3);
    }

    function testRefusesWhatWasCondemnedEvenBeforeItTakesEffect() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        does(emil.account, address(registry), withdrawCall(order(id, NO_VERSION), Role.SystemOperator));
        vm.assertEq(isCondemned(id), false);
        _refusesIneligible(named, id, WARD_3);
        pass(24 hours);
        vm.assertEq(isCondemned(id), true);
        _refusesIneligible(named, id, WARD_3);
    }

    function testRefusesASuspendedModel() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        promoteTo(named, Stage.Production);
        suspendModel();
        _refuses(named, WARD_3, abi.encodeWithSelector(IRegistry.RegistryModelSuspended.selector, model));
    }

    function testRefusesAnUnknownVersion() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = registry.versionId(named);
        _refuses(named, STAGING, abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, id));
    }

    /// @dev Three versions in production, one after the other at once.
    function _three() private returns (Identity memory first, Identity memory second, Identity memory third) {
        first = identity("1.0.0", Risk.Low);
        second = identity("2.0.0", Risk.Low);
        third = identity("3.0.0", Risk.Low);
        register(first);
        register(second);
        register(third);
        promoteTo(first, Stage.Production);
        promoteTo(second, Stage.Production);
        promoteTo(third, Stage.Production);
    }

    function _activate(Identity memory named, EnvironmentId environment) private {
        does(emil.account, address(registry), _call(named, environment, 0));
    }

    function _refusesIneligible(Identity memory named, VersionId id, EnvironmentId environment) private {
        _refuses(
            named,
            environment,
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, id, environment)
        );
    }

    function _refuses(Identity memory named, EnvironmentId environment, bytes memory problem) private {
        refuses(emil.account, address(registry), _call(named, environment, 0), problem);
    }

    function _call(Identity memory named, EnvironmentId environment, bytes32 plan) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.activate, (named, environment, plan));
    }

    function _byOperator(VersionId id, bytes32 plan, uint256 systems) private view returns (Trace memory) {
        return
            Trace(Action.Activated, PersonId.unwrap(emil.id), Role.SystemOperator, VersionId.unwrap(id), plan, systems);
    }
}
