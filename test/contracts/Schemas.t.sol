// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {
    Action,
    EnvironmentId,
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

contract SchemasTest is Life {
    ModelId private constant UNKNOWN = ModelId.wrap(keccak256("unknown"));

    function testTheOfficerAddsSchemasThatServeEarlierOnes() public {
        addSchema(0);
        bytes memory call = abi.encodeCall(IRegistry.addSchema, (model, keccak256("v3"), 1, DOCUMENT));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        // It serves the consumers of schema 0, and its own.
        bytes memory answer = leaves(ada.account, address(registry), call, _byOfficer(Action.SchemaAdded, 5));
        vm.assertEq(abi.decode(answer, (uint256)), 2);
        (bytes32 digest, uint256 satisfies) = registry.schema(model, 2);
        vm.assertEq(digest, keccak256("v3"));
        vm.assertEq(satisfies, 5);
        Model memory state = modelOf(model);
        vm.assertEq(state.schemas, 3);
    }

    function testRefusesASchemaThatServesItselfOrALaterOne() public {
        _refusedToAda(
            abi.encodeCall(IRegistry.addSchema, (model, SCHEMA, 2, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownSchema.selector, model, 2)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.addSchema, (model, SCHEMA, 1 << 255, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownSchema.selector, model, uint256(1 << 255))
        );
    }

    function testRefusesASchemaWithoutADigestADocumentOrAModel() public {
        bytes memory empty = abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector);
        _refusedToAda(abi.encodeCall(IRegistry.addSchema, (model, 0, 0, DOCUMENT)), empty);
        _refusedToAda(abi.encodeCall(IRegistry.addSchema, (model, SCHEMA, 0, 0)), empty);
        _refusedToAda(
            abi.encodeCall(IRegistry.addSchema, (UNKNOWN, SCHEMA, 0, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
    }

    function testAModelHasAtMost256Schemas() public {
        for (uint256 i = 1; i < 255; ++i) addSchema(0);
        vm.assertEq(addSchema((1 << 255) - 1), 255);
        (, uint256 satisfies) = registry.schema(model, 255);
        vm.assertEq(satisfies, type(uint256).max);
        _refusedToAda(
            abi.encodeCall(IRegistry.addSchema, (model, SCHEMA, 0, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistrySchemasExhausted.selector, model)
        );
        requireSchemas(PRODUCTION, type(uint256).max);
        vm.assertEq(registry.requiredSchemas(model, PRODUCTION), type(uint256).max);
    }

    function testTheOfficerSaysWhichSchemasAnEnvironmentNeeds() public {
        addSchema(0);
        bytes memory call = abi.encodeCall(IRegistry.requireSchemas, (model, PRODUCTION, 3, DOCUMENT));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(ada.account, address(registry), call, _byOfficer(Action.SchemasRequired, 3));
        vm.assertEq(registry.requiredSchemas(model, PRODUCTION), 3);
        vm.assertEq(registry.requiredSchemas(model, WARD_3), 0);
        requireSchemas(PRODUCTION, 0);
        vm.assertEq(registry.requiredSchemas(model, PRODUCTION), 0);
    }

    function testRefusesToRequireWhatIsNotThere() public {
        _refusedToAda(
            abi.encodeCall(IRegistry.requireSchemas, (model, PRODUCTION, 2, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownSchema.selector, model, 2)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.requireSchemas, (UNKNOWN, PRODUCTION, 0, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, UNKNOWN)
        );
        EnvironmentId nowhere = EnvironmentId.wrap(keccak256("nowhere"));
        _refusedToAda(
            abi.encodeCall(IRegistry.requireSchemas, (model, nowhere, 0, DOCUMENT)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownEnvironment.selector, nowhere)
        );
        _refusedToAda(
            abi.encodeCall(IRegistry.requireSchemas, (model, PRODUCTION, 0, 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
    }

    function testAnIncompatiblePromotionNeedsAPlanAndLeavesTheMask() public {
        addSchema(0);
        addSchema(0);
        Identity memory named = identity("1.0.0", Risk.Low);
        named.schema = 1;
        VersionId id = register(named);
        promoteTo(named, Stage.Staging);
        requireSchemas(PRODUCTION, 6);
        Promotion memory step = promotion(named, Stage.Production, signOffsFor(named, Stage.Production));
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, id, 4)
        );
        // Whoever carries the promotion does not choose the plan: it is what the signers signed.
        step.plan = PLAN;
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
        plan = PLAN;
        step = promotion(named, Stage.Production, signOffsFor(named, Stage.Production));
        leaves(
            stranger.account,
            address(registry),
            promoteCall(step),
            Trace(
                Action.Promoted,
                voice(stranger.account),
                Role.None,
                VersionId.unwrap(id),
                evidence(Stage.Production),
                4
            )
        );
        same(active(PRODUCTION), id);
    }

    function testASchemaThatServesAnEarlierOneNeedsNoPlan() public {
        addSchema(1);
        requireSchemas(PRODUCTION, 1);
        Identity memory named = identity("1.0.0", Risk.Low);
        named.schema = 1;
        VersionId id = register(named);
        promoteTo(named, Stage.Production);
        same(active(PRODUCTION), id);
    }

    function testAnIncompatibleRollbackNeedsAPlanAndLeavesTheMask() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        addSchema(0);
        requireSchemas(PRODUCTION, 3);
        Rollback memory back = order(latest, proven);
        refuses(
            emil.account,
            address(registry),
            rollbackCall(back, Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, proven, 2)
        );
        back.plan = PLAN;
        leaves(
            emil.account,
            address(registry),
            rollbackCall(back, Role.SystemOperator),
            Trace(Action.RolledBack, PersonId.unwrap(emil.id), Role.SystemOperator, VersionId.unwrap(latest), REASON, 2)
        );
        same(active(PRODUCTION), proven);
    }

    function testAWithdrawalFromSystemsThatNeedASchemaNeedsAPlanAndLeavesTheMask() public {
        VersionId only_ = release("1.0.0", Risk.Low);
        requireSchemas(PRODUCTION, 1);
        Rollback memory back = order(only_, NO_VERSION);
        refuses(
            emil.account,
            address(registry),
            withdrawCall(back, Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryIncompatible.selector, NO_VERSION, 1)
        );
        back.plan = PLAN;
        leaves(
            emil.account,
            address(registry),
            withdrawCall(back, Role.SystemOperator),
            Trace(Action.Withdrawn, PersonId.unwrap(emil.id), Role.SystemOperator, VersionId.unwrap(only_), REASON, 1)
        );
        same(active(PRODUCTION), NO_VERSION);
    }

    function _refusedToAda(bytes memory call, bytes memory problem) private {
        refuses(ada.account, address(registry), call, problem);
    }

    function _byOfficer(Action action, uint256 systems) private view returns (Trace memory) {
        return
            Trace(action, PersonId.unwrap(ada.id), Role.ResponsibleAIOfficer, ModelId.unwrap(model), DOCUMENT, systems);
    }
}
