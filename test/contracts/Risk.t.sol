// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
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
import {Life, Promotion} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice Risk: the model's floor, the declared and the raised one, who moves them, and defects.
contract RiskTest is Life {
    ModelId private constant UNKNOWN = ModelId.wrap(keccak256("unknown"));

    function testTheEffectiveRiskIsTheHighestOfFloorDeclaredAndRaised() public {
        Identity memory named = identity("1.0.0", Risk.Medium);
        VersionId id = register(named);
        _effectiveIs(named, Risk.Medium);
        setFloor(Risk.High);
        _effectiveIs(named, Risk.High);
        raiseRisk(named, Risk.Critical);
        _effectiveIs(named, Risk.Critical);
        same(word(id).declared(), Risk.Medium);
        same(word(id).raised(), Risk.Critical);
    }

    // The Responsible AI Officer raises

    function testTheOfficerRaisesARisk() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        bytes memory call = abi.encodeCall(IRegistry.raiseRisk, (named, Risk.Medium, DOCUMENT));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(ada.account, address(registry), call, _byOfficer(Action.RiskRaised, id, DOCUMENT));
        same(word(id).raised(), Risk.Medium);
    }

    function testRefusesToKeepOrLowerARisk() public {
        Identity memory named = identity("1.0.0", Risk.Medium);
        register(named);
        _refusedToAda(
            abi.encodeCall(IRegistry.raiseRisk, (named, Risk.Medium, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRaised.selector, Risk.Medium, Risk.Medium)
        );
        raiseRisk(named, Risk.Critical);
        _refusedToAda(
            abi.encodeCall(IRegistry.raiseRisk, (named, Risk.High, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRaised.selector, Risk.High, Risk.Critical)
        );
    }

    function testRefusesToRaiseUnknownVersionsOrWithoutADocument() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = registry.versionId(named);
        _refusedToAda(
            abi.encodeCall(IRegistry.raiseRisk, (named, Risk.High, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, id)
        );
        register(named);
        _refusedToAda(
            abi.encodeCall(IRegistry.raiseRisk, (named, Risk.High, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function testARaisedRiskDemandsTheSignOffsOfTheHigherRow() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        Promotion memory step = promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation));
        raiseRisk(named, Risk.High);
        // The technical lead signed for a Low version.
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.TechnicalLead,
                abi.encodePacked(ben.account)
            )
        );
        step.signOffs = only(signOffBy(ben, Role.TechnicalLead, named, Stage.Validation));
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(
                IRules.RulesSignOffMissing.selector,
                id,
                Stage.Validation,
                bits(Role.ResponsibleAIOfficer)
            )
        );
        promote(named, Stage.Validation);
    }

    // The Oversight Committee restores

    function testTheCommitteeRestoresARisk() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        raiseRisk(named, Risk.Critical);
        bytes memory call = restoreCall(named, Risk.Medium);
        refusesAllBut(oversightTimelock, Role.OversightCommittee, call);
        leaves(oversightTimelock, address(registry), call, _byOversight(Action.RiskRestored, id));
        same(word(id).raised(), Risk.Medium);
        _effectiveIs(named, Risk.Medium);
    }

    function testTheCommitteeVotesToRestoreARisk() public {
        pass(1 hours);
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        raiseRisk(named, Risk.High);
        passByOversight(address(registry), restoreCall(named, Risk.Low));
        _effectiveIs(named, Risk.Low);
    }

    function testRefusesToRestoreBelowTheDeclaredRiskOrTheFloor() public {
        Identity memory named = identity("1.0.0", Risk.Medium);
        register(named);
        raiseRisk(named, Risk.Critical);
        _refusesToRestore(named, Risk.Low, Risk.Critical);
        setFloor(Risk.High);
        _refusesToRestore(named, Risk.Medium, Risk.Critical);
        restoreRisk(named, Risk.High);
        _effectiveIs(named, Risk.High);
    }

    function testRefusesToRestoreToWhatIsNoLower() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        _refusesToRestore(named, Risk.Low, Risk.Low);
        raiseRisk(named, Risk.High);
        _refusesToRestore(named, Risk.High, Risk.High);
        _refusesToRestore(named, Risk.Critical, Risk.High);
    }

    function testRefusesToRestoreUnknownVersionsOrWithoutADocument() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = registry.versionId(named);
        _refusedToOversight(
            restoreCall(named, Risk.Low),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, id)
        );
        register(named);
        raiseRisk(named, Risk.High);
        _refusedToOversight(
            abi.encodeCall(IRegistry.restoreRisk, (named, raisedRisk(named), Risk.Low, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function testASignOffForTheHigherRiskIsNoneForTheRestoredOne() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        raiseRisk(named, Risk.Medium);
        Promotion memory step = promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation));
        restoreRisk(named, Risk.Low);
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.ResponsibleAIOfficer,
                abi.encodePacked(ada.account)
            )
        );
    }

    function testFuzzTheEffectiveRiskIsNeverBelowFloorAndDeclared(uint8[16] calldata steps) public {
        Risk declared = Risk(steps[0] % 4);
        Identity memory named = identity("1.0.0", declared);
        VersionId id = register(named);
        Risk floor = Risk.Low;
        Risk raised = declared;
        for (uint256 i = 1; i < steps.length; ++i) {
            Risk risk = Risk((steps[i] >> 2) % 4);
            uint256 verb = steps[i] % 3;
            Risk effective = _highest(floor, declared, raised);
            if (verb == 0) {
                _try(ada.account, abi.encodeCall(IRegistry.raiseRisk, (named, risk, DOCUMENT)), risk > effective);
                if (risk > effective) raised = risk;
            } else if (verb == 1) {
                bool lower = risk >= declared && risk >= floor && risk < raised;
                _try(oversightTimelock, restoreCall(named, risk), lower);
                if (lower) raised = risk;
            } else {
                _try(
                    assemblyTimelock,
                    abi.encodeCall(IRegistry.setFloor, (model, risk, Role.Assembly, DOCUMENT)),
                    true
                );
                floor = risk;
            }
            same(word(id).declared(), declared);
            same(word(id).raised(), raised);
        }
    }

    // Floors

    function testTheOfficerRaisesAFloor() public {
        bytes memory call = abi.encodeCall(
            IRegistry.setFloor,
            (model, Risk.Medium, Role.ResponsibleAIOfficer, DOCUMENT)
        );
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(
            ada.account,
            address(registry),
            call,
            Trace(
                Action.FloorSet,
                PersonId.unwrap(ada.id),
                Role.ResponsibleAIOfficer,
                ModelId.unwrap(model),
                DOCUMENT,
                0
            )
        );
        _floorIs(Risk.Medium);
    }

    function testTheOfficerNeverKeepsOrLowersAFloor() public {
        setFloor(Risk.High);
        _refusedToAda(
            _floorCall(Risk.High, Role.ResponsibleAIOfficer),
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRaised.selector, Risk.High, Risk.High)
        );
        _refusedToAda(
            _floorCall(Risk.Low, Role.ResponsibleAIOfficer),
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRaised.selector, Risk.Low, Risk.High)
        );
        _floorIs(Risk.High);
    }

    function testTheAssemblyAloneLowersAFloor() public {
        setFloor(Risk.High);
        bytes memory call = _floorCall(Risk.Low, Role.Assembly);
        refusesAllBut(assemblyTimelock, Role.Assembly, call);
        leaves(
            assemblyTimelock,
            address(registry),
            call,
            Trace(Action.FloorSet, voice(assemblyTimelock), Role.Assembly, ModelId.unwrap(model), DOCUMENT, 0)
        );
        _floorIs(Risk.Low);
    }

    function testNobodyElseSetsAFloor() public {
        for (uint8 role; role <= uint8(type(Role).max); ++role) {
            if (Role(role) == Role.Assembly || Role(role) == Role.ResponsibleAIOfficer) continue;
            bytes memory problem = abi.encodeWithSelector(
                IRegistry.RegistryInsufficientAuthority.selector,
                role,
                Risk.High
            );
            refuses(oversightTimelock, address(registry), _floorCall(Risk.High, Role(role)), problem);
            refuses(emil.account, address(registry), _floorCall(Risk.High, Role(role)), problem);
        }
    }

    function testRefusesAFloorOfAnUnknownModelOrWithoutADocument() public {
        refuses(
            assemblyTimelock,
            address(registry),
            abi.encodeCall(IRegistry.setFloor, (UNKNOWN, Risk.High, Role.Assembly, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
        refuses(
            assemblyTimelock,
            address(registry),
            abi.encodeCall(IRegistry.setFloor, (model, Risk.High, Role.Assembly, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function testARaisedFloorDemandsTheSignOffsOfTheHigherRow() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        Promotion memory step = promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation));
        setFloor(Risk.Medium);
        step.signOffs = only(signOffBy(ben, Role.TechnicalLead, named, Stage.Validation));
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(
                IRules.RulesSignOffMissing.selector,
                id,
                Stage.Validation,
                bits(Role.ResponsibleAIOfficer)
            )
        );
        promote(named, Stage.Validation);
    }

    function testRaisingARiskNeverTakesTheBrakeAway() public {
        (, VersionId latest) = releaseTwo(Risk.Low);
        raiseRisk(identity("2.0.0", Risk.Low), Risk.Critical);
        setFloor(Risk.Critical);
        halt(emil, Role.SystemOperator, latest);
        withdraw(emil, Role.SystemOperator, order(latest, NO_VERSION));
        same(active(PRODUCTION), NO_VERSION);
    }

    function testNobodyJuniorBringsInWhatTheyCouldNotStop() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        raiseRisk(identity("1.0.0", Risk.Low), Risk.High);
        Rollback memory back = order(latest, proven);
        setMonitored(true);
        refuses(
            emil.account,
            address(registry),
            rollbackCall(back, Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, Role.SystemOperator, Risk.High)
        );
        refuses(
            watchPost.account,
            address(registry),
            rollbackCall(back, Role.Monitor),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, Role.Monitor, Risk.High)
        );
        rollBack(ada, Role.ResponsibleAIOfficer, back);
        same(active(PRODUCTION), proven);
    }

    function testAConsentToTakeOneRaiseBackTakesBackNoLaterOne() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        raiseRisk(named, Risk.High);
        bytes memory stale = restoreCall(named, Risk.Low);
        raiseRisk(named, Risk.Critical);
        refuses(
            oversightTimelock,
            address(registry),
            stale,
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRestored.selector, Risk.Low, Risk.Critical)
        );
    }

    // Defects

    function testTheCommitteeRecordsADefect() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = release("1.0.0", Risk.Low);
        bytes memory call = abi.encodeCall(IRegistry.recordDefect, (named, DOCUMENT));
        refusesAllBut(oversightTimelock, Role.OversightCommittee, call);
        leaves(oversightTimelock, address(registry), call, _byOversight(Action.DefectRecorded, id));
        vm.assertEq(word(id).condemnedFrom(), time());
        // It says what is known, and leaves it to the brake to stop it.
        same(active(PRODUCTION), id);
    }

    function testAVersionWithADefectIsNobodysTarget() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        recordDefect(identity("1.0.0", Risk.Low));
        refuses(
            emil.account,
            address(registry),
            rollbackCall(order(latest, proven), Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, proven, PRODUCTION)
        );
    }

    function testADefectRecordedWhileAnOperatorsRollbackMayBeOverruledCondemnsForGood() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(latest, proven));
        vm.assertEq(word(latest).condemnedFrom(), time() + 24 hours);
        recordDefect(identity("2.0.0", Risk.Low));
        vm.assertEq(word(latest).condemnedFrom(), time());
        _refusedToAda(
            abi.encodeCall(IRegistry.overrule, (order(proven, latest))),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, latest, PRODUCTION)
        );
        // And nothing makes it later.
        pass(1 days);
        recordDefect(identity("2.0.0", Risk.Low));
        vm.assertEq(word(latest).condemnedFrom(), time() - 1 days);
    }

    function testRefusesADefectOfAnUnknownVersionOrWithoutADocument() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = registry.versionId(named);
        _refusedToOversight(
            abi.encodeCall(IRegistry.recordDefect, (named, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, id)
        );
        register(named);
        _refusedToOversight(
            abi.encodeCall(IRegistry.recordDefect, (named, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function _floorCall(Risk floor, Role authority) private view returns (bytes memory) {
        return abi.encodeCall(IRegistry.setFloor, (model, floor, authority, DOCUMENT));
    }

    function _floorIs(Risk expected) private view {
        Model memory state = modelOf(model);
        same(state.floor, expected);
    }

    /// @dev The effective risk is what a refusal to raise to Low names.
    function _effectiveIs(Identity memory named, Risk expected) private {
        _refusedToAda(
            abi.encodeCall(IRegistry.raiseRisk, (named, Risk.Low, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRaised.selector, Risk.Low, expected)
        );
    }

    function _highest(Risk floor, Risk declared, Risk raised) private pure returns (Risk risk) {
        risk = floor > declared ? floor : declared;
        if (raised > risk) risk = raised;
    }

    function _try(address caller, bytes memory call, bool expected) private {
        vm.prank(caller);
        (bool accepted, ) = address(registry).call(call);
        vm.assertEq(accepted, expected);
    }

    function _refusesToRestore(Identity memory named, Risk risk, Risk effective) private {
        _refusedToOversight(
            restoreCall(named, risk),
            abi.encodeWithSelector(IRegistry.RegistryRiskNotRestored.selector, risk, effective)
        );
    }

    function _refusedToAda(bytes memory call, bytes memory problem) private {
        refuses(ada.account, address(registry), call, problem);
    }

    function _refusedToOversight(bytes memory call, bytes memory problem) private {
        refuses(oversightTimelock, address(registry), call, problem);
    }

    function _byOfficer(Action action, VersionId id, bytes32 document) private view returns (Trace memory) {
        return Trace(action, PersonId.unwrap(ada.id), Role.ResponsibleAIOfficer, VersionId.unwrap(id), document, 0);
    }

    function _byOversight(Action action, VersionId id) private view returns (Trace memory) {
        return Trace(action, voice(oversightTimelock), Role.OversightCommittee, VersionId.unwrap(id), DOCUMENT, 0);
    }
}
