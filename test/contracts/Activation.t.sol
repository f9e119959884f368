// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
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
    STAGING,
    Stage,
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
        vm.assertEq(word(id).activeIn(), 4);
        ActiveWord state = activeWord(WARD_3);
        vm.assertEq(state.number(), 1);
        vm.assertEq(state.sequence(), 4);
        vm.assertEq(state.activation(), 4);
        vm.assertEq(state.since(), time());
        same(state.risk(), Risk.Medium);
        vm.assertEq(sequence(), 4);
    }

    function testTheRiskAtActivationStays() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        promoteTo(named, Stage.Production);
        raiseRisk(named, Risk.High);
        _activate(named, WARD_3);
        same(activeWord(PRODUCTION).risk(), Risk.Low);
        same(activeWord(WARD_3).risk(), Risk.High);
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
        _refusesIneligible(named, id, NOWHERE);
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

    function testRefusesWhatWasRetired() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        release("2.0.0", Risk.Low);
        retire(named);
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
