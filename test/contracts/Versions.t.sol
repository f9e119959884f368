// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {
    Action,
    Identity,
    Model,
    ModelId,
    NO_VERSION,
    PersonId,
    Risk,
    Role,
    STAGING,
    Stage,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {VersionWord} from "../../contracts/types/VersionWord.sol";
import {Life} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

contract VersionsTest is Life {
    function testADeveloperRegistersAVersion() public {
        Identity memory named = identity("1.0.0", Risk.Medium);
        bytes memory call = abi.encodeCall(IRegistry.register, (named, NO_VERSION));
        refusesAllBut(dana, Role.ModelDeveloper, 0, call);
        VersionId id = registry.versionId(named);
        bytes memory answer = leaves(
            dana.account,
            address(registry),
            call,
            Trace(
                Action.Registered,
                PersonId.unwrap(dana.id),
                Role.ModelDeveloper,
                VersionId.unwrap(id),
                named.manifestDigest,
                0
            )
        );
        same(abi.decode(answer, (VersionId)), id);
        (bytes32 manifestDigest, VersionWord stored) = registry.version(id);
        vm.assertEq(manifestDigest, named.manifestDigest);
        vm.assertEq(stored.number(), 1);
        same(stored.stage(), Stage.Development);
        same(stored.declared(), Risk.Medium);
        same(stored.raised(), Risk.Medium);
        vm.assertEq(stored.schema(), 0);
        vm.assertEq(activeIn(id), 0);
        vm.assertEq(stored.model(), 1);
        vm.assertEq(stored.released(), false);
        vm.assertEq(provenCount(id), 0);
        vm.assertEq(stored.condemnedFrom(), 0);
        Model memory state = modelOf(model);
        vm.assertEq(state.versions, 1);
        vm.assertEq(state.sequence, 0);
        same(registry.labelHolder(model, named.label), NO_VERSION);
    }

    function testTheIdCommitsToChainRegistryAndEveryFact() public view {
        Identity memory named = identity("1.0.0", Risk.Medium);
        vm.assertEq(
            VersionId.unwrap(registry.versionId(named)),
            keccak256(
                abi.encode(
                    block.chainid,
                    address(registry),
                    named.model,
                    named.label,
                    named.manifestDigest,
                    named.artifactDigest,
                    named.parent,
                    named.schema,
                    named.risk,
                    named.author
                )
            )
        );
    }

    function testVersionsAreNumberedPerModel() public {
        register(identity("1.0.0", Risk.Low));
        vm.assertEq(word(register(identity("2.0.0", Risk.Low))).number(), 2);
        Identity memory other = identity("1.0.0", Risk.Low);
        other.model = createModel("triage", Risk.Low);
        vm.prank(ada.account);
        registry.addSchema(other.model, SCHEMA, 0, DOCUMENT);
        VersionId id = register(other);
        vm.assertEq(word(id).number(), 1);
        vm.assertEq(word(id).model(), 2);
    }

    function testAChildNamesItsParentsManifest() public {
        Identity memory parent = identity("1.0.0", Risk.Low);
        VersionId parentId = register(parent);
        Identity memory child = identity("2.0.0", Risk.Low);
        child.parent = parent.manifestDigest;
        _refusedToDana(
            abi.encodeCall(IRegistry.register, (child, NO_VERSION)),
            abi.encodeWithSelector(IRegistry.RegistryParentMismatch.selector, NO_VERSION, child.parent)
        );
        VersionId unknown = registry.versionId(child);
        _refusedToDana(
            abi.encodeCall(IRegistry.register, (child, unknown)),
            abi.encodeWithSelector(IRegistry.RegistryParentMismatch.selector, unknown, child.parent)
        );
        Identity memory orphan = identity("3.0.0", Risk.Low);
        _refusedToDana(
            abi.encodeCall(IRegistry.register, (orphan, parentId)),
            abi.encodeWithSelector(IRegistry.RegistryParentMismatch.selector, parentId, bytes32(0))
        );
        vm.prank(dana.account);
        vm.assertEq(word(registry.register(child, parentId)).number(), 2);
    }

    function testAVersionWithoutAParentNamesNone() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId unknown = VersionId.wrap(keccak256("unknown"));
        _refusedToDana(
            abi.encodeCall(IRegistry.register, (named, unknown)),
            abi.encodeWithSelector(IRegistry.RegistryParentMismatch.selector, unknown, bytes32(0))
        );
        register(named);
    }

    function testRefusesAVersionOfAnUnknownModel() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        named.model = ModelId.wrap(keccak256("unknown"));
        _refusedToDana(named, abi.encodeWithSelector(IRegistry.RegistryUnknownModel.selector, named.model));
    }

    function testRefusesAVersionInAnothersName() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        named.author = ben.id;
        _refusedToDana(named, abi.encodeWithSelector(IRegistry.RegistryNotAuthor.selector, ben.id, dana.id));
    }

    function testRefusesADeveloperOfOtherModels() public {
        setRoles(ben.id, bits(Role.ModelDeveloper));
        Identity memory named = identity("1.0.0", Risk.Low);
        named.author = ben.id;
        refuses(
            ben.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (named, NO_VERSION)),
            abi.encodeWithSelector(IRegistry.RegistryNotDeveloper.selector, model, ben.id)
        );
    }

    function testRefusesAVersionWithoutManifestArtifactOrLabel() public {
        bytes memory empty = abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector);
        Identity memory named = identity("1.0.0", Risk.Low);
        named.manifestDigest = 0;
        _refusedToDana(named, empty);
        named = identity("1.0.0", Risk.Low);
        named.artifactDigest = 0;
        _refusedToDana(named, empty);
        named = identity("1.0.0", Risk.Low);
        named.label = 0;
        _refusedToDana(named, empty);
    }

    function testRefusesASchemaThatTheModelDoesNotHave() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        named.schema = 1;
        // As a set, as wherever schemas are named.
        _refusedToDana(named, abi.encodeWithSelector(IRegistry.RegistryUnknownSchema.selector, model, 1 << 1));
        addSchema(0);
        register(named);
    }

    function testRefusesARiskBelowTheFloor() public {
        ModelId guarded = createModel("triage", Risk.High);
        vm.prank(ada.account);
        registry.addSchema(guarded, SCHEMA, 0, DOCUMENT);
        Identity memory named = identity("1.0.0", Risk.Medium);
        named.model = guarded;
        _refusedToDana(
            named,
            abi.encodeWithSelector(IRegistry.RegistryRiskBelowFloor.selector, Risk.Medium, Risk.High)
        );
        named.risk = Risk.High;
        register(named);
    }

    function testRefusesTheSameVersionTwice() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        _refusedToDana(named, abi.encodeWithSelector(IRegistry.RegistryVersionExists.selector, id));
        // The same bytes by another author are another version.
        setRoles(ben.id, bits(Role.ModelDeveloper));
        vm.prank(ada.account);
        registry.setDeveloper(model, ben.id, true, DOCUMENT);
        named.author = ben.id;
        vm.prank(ben.account);
        vm.assertTrue(registry.register(named, NO_VERSION) != id, "another author, another id");
    }

    function testRefusesADeveloperWithAnAuditToCome() public {
        for (uint256 i; i < 3; ++i) recordViolation(dana.id);
        Identity memory named = identity("1.0.0", Risk.Low);
        _refusedToDana(named, abi.encodeWithSelector(IRules.RulesAuditRequired.selector, dana.id));
        acceptAudit(dana.id);
        register(named);
    }

    function testTheOfficerRetiresAVersion() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        bytes memory call = abi.encodeCall(IRegistry.retire, (named, new VersionId[](0), REASON));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(ada.account, address(registry), call, _byOfficer(Action.Retired, id, REASON));
        same(word(id).stage(), Stage.Retired);
        _refusedToAda(call, abi.encodeWithSelector(IRegistry.RegistryVersionRetired.selector, id));
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation))),
            abi.encodeWithSelector(IRegistry.RegistryStageSkipped.selector, id, Stage.Retired, Stage.Validation)
        );
    }

    function testRefusesToRetireWhatIsActive() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        promoteTo(named, Stage.Staging);
        // It is active in validation and in staging; the first is named.
        _refusedToAda(
            abi.encodeCall(IRegistry.retire, (named, new VersionId[](0), REASON)),
            abi.encodeWithSelector(IRegistry.RegistryVersionActive.selector, id, VALIDATION)
        );
        version("2.0.0", Risk.Low, Stage.Validation);
        _refusedToAda(
            abi.encodeCall(IRegistry.retire, (named, new VersionId[](0), REASON)),
            abi.encodeWithSelector(IRegistry.RegistryVersionActive.selector, id, STAGING)
        );
        promote(identity("2.0.0", Risk.Low), Stage.Staging);
        retire(named);
        same(word(id).stage(), Stage.Retired);
    }

    function testRefusesToRetireUnknownVersionsOrWithoutAReason() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = registry.versionId(named);
        _refusedToAda(
            abi.encodeCall(IRegistry.retire, (named, new VersionId[](0), REASON)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, id)
        );
        register(named);
        _refusedToAda(
            abi.encodeCall(IRegistry.retire, (named, new VersionId[](0), 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
    }

    function _refusedToDana(Identity memory named, bytes memory problem) private {
        _refusedToDana(abi.encodeCall(IRegistry.register, (named, NO_VERSION)), problem);
    }

    function _refusedToDana(bytes memory call, bytes memory problem) private {
        refuses(dana.account, address(registry), call, problem);
    }

    function _refusedToAda(bytes memory call, bytes memory problem) private {
        refuses(ada.account, address(registry), call, problem);
    }

    function _byOfficer(Action action, VersionId id, bytes32 document) private view returns (Trace memory) {
        return Trace(action, PersonId.unwrap(ada.id), Role.ResponsibleAIOfficer, VersionId.unwrap(id), document, 0);
    }
}
