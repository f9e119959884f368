// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {
    Action,
    Identity,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life, Promotion} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice How the Responsible AI Officer undoes what an operator or a Monitor rolled back.
contract OverruleTest is Life {
    function testTheOfficerOverrulesAnOperatorWithinADay() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        pass(24 hours - 1);
        bytes memory call = overruleCall(order(proven, latest));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(ada.account, address(registry), call, _overruled(proven));
        same(active(PRODUCTION), latest);
        vm.assertEq(word(latest).condemnedFrom(), 0);
        vm.assertEq(word(proven).condemnedFrom(), 0);
        pass(1 days);
        vm.assertEq(isCondemned(latest), false);
    }

    function testTheOfficerOverrulesAWithdrawal() public {
        VersionId id = release("1.0.0", Risk.Low);
        does(emil.account, address(registry), withdrawCall(order(id, NO_VERSION), Role.SystemOperator));
        does(ada.account, address(registry), overruleCall(order(NO_VERSION, id)));
        same(active(PRODUCTION), id);
        vm.assertEq(word(id).condemnedFrom(), 0);
    }

    function testRefusesToOverruleAfterADay() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        pass(24 hours);
        _refusesOverruling(proven, latest);
    }

    function testRefusesToOverruleWithoutAReason() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        Rollback memory undo = order(proven, latest);
        undo.reason = 0;
        refuses(
            ada.account,
            address(registry),
            overruleCall(undo),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
    }

    function testRefusesToOverruleWhatNoOperatorDid() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        _refusesNothing(latest, proven);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        _refusesNothing(proven, latest);
    }

    function testRefusesToOverruleByAnotherThanWhatWasTakenOut() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        rollBack(emil, Role.SystemOperator, order(third, second));
        _refusesNothing(second, proven);
        _refusesNothing(proven, third);
        _refusesNothing(second, NO_VERSION);
        _refusesNothing(second, second);
        does(ada.account, address(registry), overruleCall(order(second, third)));
    }

    function testRefusesToOverruleByWhatWasTakenOutElsewhere() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        activateIn(identity("1.0.0", Risk.Low), WARD_3);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        Rollback memory elsewhere = order(proven, NO_VERSION);
        elsewhere.environment = WARD_3;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        rollBack(emil, Role.SystemOperator, order(third, second));
        _refusesNothing(second, proven);
    }

    function testRefusesToOverruleWhenSomethingHappenedSince() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        VersionId third = release("3.0.0", Risk.Low);
        _refusesNothing(proven, latest);
        _refusesNothing(third, latest);
        // Even where the version that the operator chose is active again.
        pass(1);
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, proven));
        _refusesNothing(proven, latest);
    }

    function testAHaltDoesNotKeepTheOfficerFromOverruling() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        halt(watchPost, Role.Monitor, proven);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        same(active(PRODUCTION), latest);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    function testTheOfficerBringsBackNothingThatHasBecomeCritical() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        raiseRisk(identity("2.0.0", Risk.Low), Risk.Critical);
        _refuses(
            proven,
            latest,
            abi.encodeWithSelector(
                IRegistry.RegistryInsufficientAuthority.selector,
                Role.ResponsibleAIOfficer,
                Risk.Critical
            )
        );
    }

    function testOnlyWhatStandsAsTheOperatorLeftItIsOverruled() public {
        // All in one second: back from 2 to 1, 1 out of the ward, and 3 into Production by its own sign-offs.
        VersionId first = release("1.0.0", Risk.Low);
        pass(1 hours);
        activateIn(identity("1.0.0", Risk.Low), WARD_3);
        VersionId second = release("2.0.0", Risk.Low);
        Identity memory next = identity("3.0.0", Risk.Critical);
        VersionId third = register(next);
        promoteTo(next, Stage.Staging);
        Promotion memory step = promotion(next, Stage.Production, signOffsFor(next, Stage.Production));
        rollBack(emil, Role.SystemOperator, order(second, first));
        Rollback memory ward = order(first, NO_VERSION);
        ward.environment = WARD_3;
        withdraw(emil, Role.SystemOperator, ward);
        promote(step);
        _refusesNothing(third, first);
        same(active(PRODUCTION), third);
    }

    function testTheOfficerOverrulesByWhatAJuniorHadHalted() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        halt(watchPost, Role.Monitor, latest);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        same(active(PRODUCTION), latest);
    }

    function testRefusesToOverruleWhatAHigherAuthorityCondemned() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        does(emergencyTimelock, address(registry), rollbackCall(order(latest, proven), Role.EmergencyCommittee));
        _refusesOverruling(proven, latest);
    }

    function testRefusesToOverruleByWhatWasRetiredSince() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        // A successor in validation and staging; then it is active nowhere, and can be retired.
        version("3.0.0", Risk.Low, Stage.Staging);
        retire(identity("2.0.0", Risk.Low));
        _refusesOverruling(proven, latest);
    }

    function testAnOverrulingLeavesWhatOtherOperatorsCondemned() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        activateIn(identity("2.0.0", Risk.Low), WARD_3);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        uint40 condemned = time() + 24 hours;
        pass(23 hours);
        Rollback memory elsewhere = order(latest, NO_VERSION);
        elsewhere.environment = WARD_3;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        // The earlier of the two takes effect, unless it is overruled.
        vm.assertEq(word(latest).condemnedFrom(), condemned);
        vm.assertEq(word(latest).operatorRollbacks(), 2);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        same(active(PRODUCTION), latest);
        vm.assertEq(word(latest).condemnedFrom(), time() + 24 hours);
        vm.assertEq(word(latest).operatorRollbacks(), 1);
        pass(23 hours);
        elsewhere.from = NO_VERSION;
        elsewhere.to = latest;
        does(ada.account, address(registry), overruleCall(elsewhere));
        same(active(WARD_3), latest);
        vm.assertEq(word(latest).condemnedFrom(), 0);
        vm.assertEq(word(latest).operatorRollbacks(), 0);
    }

    function testEachRollbackHasItsOwnDayToBeOverruled() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        activateIn(identity("2.0.0", Risk.Low), WARD_3);
        Rollback memory elsewhere = order(latest, NO_VERSION);
        elsewhere.environment = WARD_3;
        does(emil.account, address(registry), withdrawCall(elsewhere, Role.SystemOperator));
        pass(12 hours);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        // The ward's has twelve hours left, whatever became of the other.
        elsewhere.from = NO_VERSION;
        elsewhere.to = latest;
        pass(12 hours);
        refuses(
            ada.account,
            address(registry),
            overruleCall(elsewhere),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, latest, WARD_3)
        );
        pass(12 hours);
        vm.assertEq(isCondemned(latest), true);
    }

    function testAnOverrulingNeedsAPlanWhereSystemsNeedASchema() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        addSchema(0);
        requireSchemas(PRODUCTION, 2);
        Rollback memory undo = order(proven, latest);
        refuses(
            ada.account,
            address(registry),
            overruleCall(undo),
            abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, latest, 2)
        );
        undo.plan = PLAN;
        Trace memory trace = _overruled(proven);
        trace.systems = 2;
        leaves(ada.account, address(registry), overruleCall(undo), trace);
    }

    function testTheOfficerOverrulesAMonitor() public {
        setMonitored(true);
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Medium);
        rollBack(watchPost, Role.Monitor, order(latest, proven));
        vm.assertEq(word(latest).operatorRollbacks(), 1);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        same(active(PRODUCTION), latest);
        ActiveWord state = activeWord(PRODUCTION);
        vm.assertEq(state.previous(), 1);
        same(state.risk(), Risk.Medium);
        vm.assertEq(word(latest).operatorRollbacks(), 0);
        vm.assertEq(word(latest).condemnedFrom(), 0);
    }

    function testWhatWasOverruledIsNotOverruledAgain() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        pass(1 hours);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        _refusesNothing(proven, latest);
        _refusesNothing(latest, proven);
    }

    function testAnOverrulingLeavesTheOperatorsLimit() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        uint40 next = time() + 24 hours;
        pass(1 hours);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        vm.assertEq(registry.operatorRollbackTime(model, PRODUCTION), next - 24 hours);
        refuses(
            emil.account,
            address(registry),
            rollbackCall(order(latest, proven), Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryOperatorLimit.selector, next)
        );
    }

    function testTheVersionComesBackAtTheRiskThatItHasNow() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        raiseRisk(identity("2.0.0", Risk.Low), Risk.High);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        same(activeWord(PRODUCTION).risk(), Risk.High);
    }

    function testRefusesToOverruleInASuspendedOrMovedModel() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        suspendModel();
        _refuses(proven, latest, abi.encodeWithSelector(IRegistry.RegistryModelSuspended.selector, model));
        moveModel();
        _refuses(proven, latest, abi.encodeWithSelector(IRegistry.RegistryModelMoved.selector, model));
    }

    function testRefusesToOverruleByAVersionOfAnotherModel() public {
        ModelId ours = model;
        model = createModel("another", Risk.Low);
        addSchema(0);
        (VersionId theirs, VersionId foreign) = releaseTwo(Risk.Low);
        model = ours;
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        Rollback memory elsewhere = order(foreign, theirs);
        elsewhere.model = ModelId.wrap(keccak256("another"));
        rollBack(emil, Role.SystemOperator, elsewhere);
        // It has the number of the version that was taken out here, and could be overruled there.
        vm.assertEq(word(foreign).number(), word(latest).number());
        _refusesNothing(proven, foreign);
    }

    function testRefusesToOverruleByWhatWasReleasedSince() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        version("3.0.0", Risk.Low, Stage.Staging);
        does(assemblyTimelock, address(registry), releaseCall(identity("2.0.0", Risk.Low), new VersionId[](0)));
        _refusesOverruling(proven, latest);
    }

    function testRefusesToOverruleByWhatIsDefective() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        recordDefect(identity("2.0.0", Risk.Low));
        _refusesOverruling(proven, latest);
    }

    function _refusesOverruling(VersionId from, VersionId to) private {
        _refuses(from, to, abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, to, PRODUCTION));
    }

    function _refusesNothing(VersionId from, VersionId to) private {
        _refuses(from, to, abi.encodeWithSelector(IRegistry.RegistryNothingToOverrule.selector, model, PRODUCTION));
    }

    function _refuses(VersionId from, VersionId to, bytes memory problem) private {
        refuses(ada.account, address(registry), overruleCall(order(from, to)), problem);
    }

    function _overruled(VersionId from) private view returns (Trace memory) {
        return
            Trace(
                Action.Overruled,
                PersonId.unwrap(ada.id),
                Role.ResponsibleAIOfficer,
                VersionId.unwrap(from),
                REASON,
                0
            );
    }
}
