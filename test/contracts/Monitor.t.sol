// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {
    Action,
    Identity,
    Model,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice A Monitor's one step back, where the Responsible AI Officer lets it (policy 6.2).
contract MonitorTest is Life {
    // Whether it may

    function testTheOfficerLetsMonitorsStepBackAndNoLonger() public {
        bytes memory call = abi.encodeCall(IRegistry.setMonitored, (model, true, DOCUMENT));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(ada.account, address(registry), call, _set());
        vm.assertEq(_isMonitored(), true);
        call = abi.encodeCall(IRegistry.setMonitored, (model, false, DOCUMENT));
        leaves(ada.account, address(registry), call, _set());
        vm.assertEq(_isMonitored(), false);
    }

    function testRefusesToLetThemWithoutADocumentOrAModel() public {
        refuses(
            ada.account,
            address(registry),
            abi.encodeCall(IRegistry.setMonitored, (model, true, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
        ModelId unknown = ModelId.wrap(keccak256("unknown"));
        refuses(
            ada.account,
            address(registry),
            abi.encodeCall(IRegistry.setMonitored, (unknown, true, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, unknown)
        );
    }

    function testNoMonitorStepsBackUnlessTheOfficerLetsIt() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        bytes memory problem = abi.encodeWithSelector(IRegistry.RegistryNotMonitored.selector, model);
        _refuses(order(latest, proven), problem);
        setMonitored(true);
        setMonitored(false);
        _refuses(order(latest, proven), problem);
    }

    // One step

    function testAMonitorStepsBack() public {
        setMonitored(true);
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Medium);
        bytes memory call = rollbackCall(order(latest, proven), Role.Monitor);
        refusesAllBut(watchPost, Role.Monitor, 30 days, call);
        leaves(
            watchPost.account,
            address(registry),
            call,
            Trace(Action.RolledBack, PersonId.unwrap(watchPost.id), Role.Monitor, VersionId.unwrap(latest), REASON, 0)
        );
        same(active(PRODUCTION), proven);
        vm.assertEq(word(latest).condemnedFrom(), time() + 24 hours);
        vm.assertEq(word(latest).operatorRollbacks(), 1);
        vm.assertEq(registry.operatorRollbackTime(model, PRODUCTION), time());
    }

    function testAMonitorGoesNoFurtherThanMedium() public {
        setMonitored(true);
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        _refuses(
            order(latest, proven),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, Role.Monitor, Risk.High)
        );
    }

    function testAMonitorGoesToTheDirectPredecessorOnly() public {
        setMonitored(true);
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        _refuses(order(third, first), _notPredecessor(first, 1, 2));
        _refuses(order(third, third), _notPredecessor(third, 3, 2));
        VersionId unknown = registry.versionId(identity("9.9.9", Risk.Low));
        _refuses(order(third, unknown), _notPredecessor(unknown, 0, 2));
        rollBack(watchPost, Role.Monitor, order(third, second));
        same(active(PRODUCTION), second);
    }

    function testThePredecessorIsOfThatEnvironment() public {
        setMonitored(true);
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId first = register(named);
        promoteTo(named, Stage.Production);
        activateIn(named, WARD_3);
        pass(1 hours);
        VersionId second = release("2.0.0", Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        activateIn(identity("3.0.0", Risk.Low), WARD_3);
        Rollback memory back = order(third, second);
        back.environment = WARD_3;
        _refuses(back, _notPredecessor(second, 2, 1));
        back.to = first;
        rollBack(watchPost, Role.Monitor, back);
        same(active(WARD_3), first);
        same(active(PRODUCTION), third);
    }

    function testThePredecessorIsOfThatModel() public {
        (VersionId foreign, ) = releaseTwo(Risk.Low);
        model = createModel("another", Risk.Low);
        addSchema(0);
        setMonitored(true);
        (, VersionId latest) = releaseTwo(Risk.Low);
        // It has the predecessor's number, and is proven in production.
        _refuses(order(latest, foreign), _ineligible(foreign));
    }

    function testThePredecessorMustBeProven() public {
        setMonitored(true);
        VersionId first = release("1.0.0", Risk.Low);
        VersionId second = release("2.0.0", Risk.Low);
        _refuses(order(second, first), _ineligible(first));
    }

    function testThereIsNoSecondStep() public {
        setMonitored(true);
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        rollBack(watchPost, Role.Monitor, order(third, second));
        pass(24 hours);
        // What it replaced is what was condemned.
        _refuses(order(second, first), _notPredecessor(first, 1, 3));
        _refuses(order(second, third), _ineligible(third));
    }

    function testAMonitorWithdrawsNothing() public {
        setMonitored(true);
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        refuses(
            watchPost.account,
            address(registry),
            withdrawCall(order(latest, NO_VERSION), Role.Monitor),
            _notPredecessor(NO_VERSION, 0, 1)
        );
        withdraw(emil, Role.SystemOperator, order(latest, NO_VERSION));
        // Nor does it bring anything back after a withdrawal.
        _refuses(order(NO_VERSION, proven), _notPredecessor(proven, 1, 2));
        pass(24 hours);
        _refuses(order(NO_VERSION, latest), _ineligible(latest));
    }

    function testTheFirstVersionHasNoPredecessor() public {
        setMonitored(true);
        VersionId first = release("1.0.0", Risk.Low);
        refuses(
            watchPost.account,
            address(registry),
            withdrawCall(order(first, NO_VERSION), Role.Monitor),
            _notPredecessor(NO_VERSION, 0, 0)
        );
    }

    function testMonitorsAndOperatorsHaveOneLimitTogether() public {
        setMonitored(true);
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        rollBack(watchPost, Role.Monitor, order(second, first));
        uint40 next = time() + 24 hours;
        bytes memory limited = abi.encodeWithSelector(IRegistry.RegistryOperatorLimit.selector, next);
        VersionId third = release("3.0.0", Risk.Low);
        _refuses(order(third, first), limited);
        refuses(emil.account, address(registry), rollbackCall(order(third, first), Role.SystemOperator), limited);
        vm.warp(next);
        rollBack(emil, Role.SystemOperator, order(third, first));
        VersionId fourth = release("4.0.0", Risk.Low);
        _refuses(
            order(fourth, first),
            abi.encodeWithSelector(IRegistry.RegistryOperatorLimit.selector, next + 24 hours)
        );
    }

    function testASuspendedModelIsStillSteppedBack() public {
        setMonitored(true);
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        suspendModel();
        rollBack(watchPost, Role.Monitor, order(latest, proven));
        same(active(PRODUCTION), proven);
    }

    function _isMonitored() private view returns (bool) {
        Model memory state = modelOf(model);
        return state.monitored;
    }

    function _refuses(Rollback memory back, bytes memory problem) private {
        refuses(watchPost.account, address(registry), rollbackCall(back, Role.Monitor), problem);
    }

    function _notPredecessor(VersionId target, uint32 number, uint32 predecessor) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryNotPredecessor.selector, target, number, predecessor);
    }

    function _ineligible(VersionId target) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, target, PRODUCTION);
    }

    function _set() private view returns (Trace memory) {
        return
            Trace(
                Action.MonitorSet,
                PersonId.unwrap(ada.id),
                Role.ResponsibleAIOfficer,
                ModelId.unwrap(model),
                DOCUMENT,
                0
            );
    }
}
