// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {
    Action,
    DomainId,
    Identity,
    Model,
    ModelId,
    ModelState,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    VersionId
} from "../../contracts/types/Types.sol";
import {ModelWord} from "../../contracts/types/ModelWord.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

contract ModelsTest is Life {
    address private constant ELSEWHERE = address(0xe15e);
    ModelId private constant UNKNOWN = ModelId.wrap(keccak256("unknown"));

    function testTheOfficerCreatesAModel() public {
        PersonId[] memory developers = new PersonId[](2);
        (developers[0], developers[1]) = (dana.id, ben.id);
        bytes memory call = abi.encodeCall(
            IRegistry.createModel,
            ("triage", RADIOLOGY, Risk.High, developers, DOCUMENT)
        );
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        ModelId id = ModelId.wrap(keccak256("triage"));
        bytes memory answer = leaves(ada.account, address(registry), call, _byOfficer(Action.ModelCreated, id));
        same(abi.decode(answer, (ModelId)), id);
        (ModelWord found, DomainId domain) = registry.model(id);
        Model memory state = found.unpacked();
        vm.assertEq(abi.encode(state), abi.encode(Model(2, 0, 0, 0, Risk.High, ModelState.Open, false, false)));
        vm.assertEq(DomainId.unwrap(domain), DomainId.unwrap(RADIOLOGY));
        vm.assertEq(registry.isDeveloper(id, dana.id), true);
        vm.assertEq(registry.isDeveloper(id, ben.id), true);
        vm.assertEq(registry.isDeveloper(id, ada.id), false);
    }

    function testRefusesAModelWithoutANameADocumentOrItsOwnName() public {
        PersonId[] memory nobody;
        _refusedToAda(
            abi.encodeCall(IRegistry.createModel, ("", SPEECH, Risk.Low, nobody, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyName.selector)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.createModel, ("triage", DomainId.wrap(0), Risk.Low, nobody, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyId.selector)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.createModel, ("triage", SPEECH, Risk.Low, nobody, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.createModel, ("silero-vad", SPEECH, Risk.Low, nobody, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryModelExists.selector, model)
        );
    }

    function testTheOfficerAllowsADeveloperAndForbidsAnother() public {
        bytes memory allow = abi.encodeCall(IRegistry.setDeveloper, (model, ben.id, true, DOCUMENT));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, allow);
        leaves(ada.account, address(registry), allow, _byOfficer(Action.DeveloperSet, model));
        vm.assertEq(registry.isDeveloper(model, ben.id), true);
        vm.assertEq(registry.isDeveloper(model, dana.id), true);

        bytes memory forbid = abi.encodeCall(IRegistry.setDeveloper, (model, dana.id, false, DOCUMENT));
        leaves(ada.account, address(registry), forbid, _byOfficer(Action.DeveloperSet, model));
        vm.assertEq(registry.isDeveloper(model, dana.id), false);
        refuses(
            dana.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("1.0.0", Risk.Low), NO_VERSION)),
            abi.encodeWithSelector(IRegistry.RegistryNotDeveloper.selector, model, dana.id)
        );
    }

    function testRefusesADeveloperOfAnUnknownModelOrWithoutADocument() public {
        _refusedToAda(
            abi.encodeCall(IRegistry.setDeveloper, (UNKNOWN, ben.id, true, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.setDeveloper, (model, ben.id, true, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function testRefusesADeveloperWhoIsNobody() public {
        PersonId nobody = PersonId.wrap(keccak256("nobody"));
        PersonId[] memory developers = new PersonId[](2);
        (developers[0], developers[1]) = (dana.id, nobody);
        bytes memory problem = abi.encodeWithSelector(IRegistry.RegistryUnknownPerson.selector, nobody);
        _refusedToAda(
            abi.encodeCall(IRegistry.createModel, ("triage", SPEECH, Risk.Low, developers, DOCUMENT)),
            problem
        );
        _refusedToAda(abi.encodeCall(IRegistry.setDeveloper, (model, nobody, true, DOCUMENT)), problem);
    }

    function testTheAssemblySuspendsAModelAndReinstatesIt() public {
        bytes memory suspendCall = abi.encodeCall(IRegistry.suspendModel, (model, DOCUMENT));
        refusesAllBut(assemblyTimelock, Role.Assembly, suspendCall);
        leaves(assemblyTimelock, address(registry), suspendCall, _byAssembly(Action.ModelSuspended));
        _stateIs(ModelState.Suspended);
        refuses(
            assemblyTimelock,
            address(registry),
            suspendCall,
            abi.encodeWithSelector(IRegistry.RegistryModelSuspended.selector, model)
        );

        bytes memory reinstateCall = abi.encodeCall(IRegistry.reinstateModel, (model, DOCUMENT));
        refusesAllBut(assemblyTimelock, Role.Assembly, reinstateCall);
        leaves(assemblyTimelock, address(registry), reinstateCall, _byAssembly(Action.ModelReinstated));
        _stateIs(ModelState.Open);
        refuses(
            assemblyTimelock,
            address(registry),
            reinstateCall,
            abi.encodeWithSelector(IRegistry.RegistryModelNotSuspended.selector, model)
        );
    }

    function testRefusesASuspensionOfAnUnknownModelOrWithoutADocument() public {
        refuses(
            assemblyTimelock,
            address(registry),
            abi.encodeCall(IRegistry.suspendModel, (UNKNOWN, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
        refuses(
            assemblyTimelock,
            address(registry),
            abi.encodeCall(IRegistry.suspendModel, (model, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
        suspendModel();
        refuses(
            assemblyTimelock,
            address(registry),
            abi.encodeCall(IRegistry.reinstateModel, (model, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function testASuspendedModelGetsNoNewVersionAndNoPromotion() public {
        VersionId waiting = version("1.0.0", Risk.Low, Stage.Development);
        suspendModel();
        bytes memory suspended = abi.encodeWithSelector(IRegistry.RegistryModelSuspended.selector, model);
        refuses(
            dana.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("2.0.0", Risk.Low), NO_VERSION)),
            suspended
        );
        Identity memory first = identity("1.0.0", Risk.Low);
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(first, Stage.Validation, signOffsFor(first, Stage.Validation))),
            suspended
        );
        vm.prank(assemblyTimelock);
        registry.reinstateModel(model, DOCUMENT);
        promote(first, Stage.Validation);
        same(word(waiting).stage(), Stage.Validation);
    }

    function testTheAssemblyVotesToSuspendAModel() public {
        pass(1 hours);
        passByAssembly(address(registry), abi.encodeCall(IRegistry.suspendModel, (model, DOCUMENT)));
        _stateIs(ModelState.Suspended);
    }

    function testTheOfficerLetsMonitorsTakeAStepBackOrNoLonger() public {
        bytes memory call = abi.encodeCall(IRegistry.setMonitored, (model, true, DOCUMENT));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(ada.account, address(registry), call, _byOfficer(Action.MonitorSet, model));
        Model memory state = modelOf(model);
        vm.assertEq(state.monitored, true);
        call = abi.encodeCall(IRegistry.setMonitored, (model, false, DOCUMENT));
        leaves(ada.account, address(registry), call, _byOfficer(Action.MonitorSet, model));
        state = modelOf(model);
        vm.assertEq(state.monitored, false);
        _refusedToAda(
            abi.encodeCall(IRegistry.setMonitored, (UNKNOWN, true, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.setMonitored, (model, true, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    // A model that moves to another registry

    function testTheAssemblyMovesAModelForGood() public {
        bytes memory call = _moveCall(model, 10, ELSEWHERE, DOCUMENT);
        refusesAllBut(assemblyTimelock, Role.Assembly, call);
        leaves(assemblyTimelock, address(registry), call, _byAssembly(Action.ModelMoved));
        _stateIs(ModelState.Moved);
        bytes memory moved = abi.encodeWithSelector(IRegistry.RegistryModelMoved.selector, model);
        _refusedToAssembly(call, moved);
        _refusedToAssembly(abi.encodeCall(IRegistry.suspendModel, (model, DOCUMENT)), moved);
        _refusedToAssembly(
            abi.encodeCall(IRegistry.reinstateModel, (model, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryModelNotSuspended.selector, model)
        );
        PersonId[] memory nobody;
        _refusedToAda(
            abi.encodeCall(IRegistry.createModel, ("silero-vad", SPEECH, Risk.Low, nobody, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryModelExists.selector, model)
        );
    }

    function testASuspendedModelMovesToo() public {
        suspendModel();
        does(assemblyTimelock, address(registry), _moveCall(model, 10, ELSEWHERE, DOCUMENT));
        _stateIs(ModelState.Moved);
    }

    function testTheAssemblyVotesToMoveAModel() public {
        pass(1 hours);
        passByAssembly(address(registry), _moveCall(model, 10, ELSEWHERE, DOCUMENT));
        _stateIs(ModelState.Moved);
    }

    function testNothingIsRegisteredPromotedOrActivatedOnceAModelHasMoved() public {
        release("1.0.0", Risk.Low);
        Identity memory first = identity("1.0.0", Risk.Low);
        Identity memory waiting = identity("2.0.0", Risk.Low);
        register(waiting);
        does(assemblyTimelock, address(registry), _moveCall(model, 10, ELSEWHERE, DOCUMENT));
        bytes memory moved = abi.encodeWithSelector(IRegistry.RegistryModelMoved.selector, model);
        refuses(
            dana.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("3.0.0", Risk.Low), NO_VERSION)),
            moved
        );
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(waiting, Stage.Validation, signOffsFor(waiting, Stage.Validation))),
            moved
        );
        refuses(emil.account, address(registry), abi.encodeCall(IRegistry.activate, (first, WARD_3, 0)), moved);
    }

    function testTheBrakeWorksAfterAMove() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        does(assemblyTimelock, address(registry), _moveCall(model, 10, ELSEWHERE, DOCUMENT));
        halt(emil, Role.SystemOperator, latest);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        same(active(PRODUCTION), proven);
        _stateIs(ModelState.Moved);
    }

    function testRefusesAMoveToNowhereOfNothingOrWithoutADocument() public {
        _refusesDestination(0, ELSEWHERE);
        _refusesDestination(10, address(0));
        // Here it is at home already: moved here, it would have none.
        _refusesDestination(block.chainid, address(registry));
        _refusedToAssembly(
            _moveCall(model, 10, ELSEWHERE, 0),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
        _refusedToAssembly(
            _moveCall(UNKNOWN, 10, ELSEWHERE, DOCUMENT),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
    }

    function _moveCall(
        ModelId id,
        uint256 chainId,
        address elsewhere,
        bytes32 document
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.moveModel, (id, chainId, elsewhere, document));
    }

    function _refusesDestination(uint256 chainId, address elsewhere) private {
        _refusedToAssembly(
            _moveCall(model, chainId, elsewhere, DOCUMENT),
            abi.encodeWithSelector(IRegistry.RegistryNoDestination.selector, chainId, elsewhere)
        );
    }

    function testAModelMovesToTheSameAddressElsewhereAndToAnotherHere() public {
        ModelId other = createModel("triage", Risk.Low);
        does(assemblyTimelock, address(registry), _moveCall(model, block.chainid + 1, address(registry), DOCUMENT));
        does(assemblyTimelock, address(registry), _moveCall(other, block.chainid, ELSEWHERE, DOCUMENT));
        _stateIs(ModelState.Moved);
    }

    function _stateIs(ModelState expected) private view {
        Model memory state = modelOf(model);
        vm.assertEq(uint256(state.state), uint256(expected));
    }

    function _refusedToAssembly(bytes memory call, bytes memory problem) private {
        refuses(assemblyTimelock, address(registry), call, problem);
    }

    function _refusedToAda(bytes memory call, bytes memory problem) private {
        refuses(ada.account, address(registry), call, problem);
    }

    function _byOfficer(Action action, ModelId id) private view returns (Trace memory) {
        return Trace(action, PersonId.unwrap(ada.id), Role.ResponsibleAIOfficer, ModelId.unwrap(id), DOCUMENT, 0);
    }

    function _byAssembly(Action action) private view returns (Trace memory) {
        return Trace(action, voice(assemblyTimelock), Role.Assembly, ModelId.unwrap(model), DOCUMENT, 0);
    }
}
