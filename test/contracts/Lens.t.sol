// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActiveView, Lens, PersonView, Provenance, VersionView} from "../../contracts/Lens.sol";
import {
    DomainId,
    EnvironmentId,
    Identity,
    Incident,
    Model,
    ModelId,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    Standing,
    Tenure,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {vm} from "./Vm.sol";

contract LensTest is Life {
    ModelId private constant UNKNOWN = ModelId.wrap(keccak256("unknown"));

    Lens private _lens;

    function setUp() public override {
        super.setUp();
        _lens = Lens(lens);
    }

    function testItLooksThroughTheRegistryAtItsRules() public view {
        vm.assertEq(address(_lens.REGISTRY()), address(registry));
        vm.assertEq(address(_lens.RULES()), address(rules));
    }

    function testTheProvenanceHoldsAllThatAVerdictRestsOn() public {
        model = createModel("triage", Risk.Medium);
        addSchema(0);
        addSchema(0);
        Identity memory named = identity("1.0.0", Risk.Medium);
        named.schema = 1;
        VersionId id = register(named);
        pass(1 days);
        promoteTo(named, Stage.Production);
        requireSchemas(PRODUCTION, 3);
        raiseRisk(named, Risk.High);
        pass(1 hours);
        halt(watchPost, Role.Monitor, id);
        uint40 since = time() - 1 hours;
        Provenance memory expected = _provenance();
        expected.floor = Risk.Medium;
        expected.requiredSchemas = 3;
        expected.missingSchemas = 1;
        expected.active = ActiveView(id, 1, 4, 3, since, Risk.Medium, Role.Monitor, time());
        expected.version = VersionView({
            id: id,
            number: 1,
            manifestDigest: named.manifestDigest,
            stage: Stage.Production,
            declared: Risk.Medium,
            raised: Risk.High,
            effective: Risk.High,
            schema: 1,
            satisfies: 2,
            activeIn: 3,
            registeredAt: FOUNDED_AT,
            stageSince: since,
            condemnedFrom: 0
        });
        vm.assertEq(abi.encode(_lens.provenance(model, PRODUCTION)), abi.encode(expected));
        vm.assertEq(abi.encode(_lens.verdict(model, PRODUCTION, id)), abi.encode(expected));
    }

    function testTheVerdictOnAVersionThatWasRolledBack() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        pass(10 minutes);
        rollBack(ada, Role.ResponsibleAIOfficer, order(latest, proven));
        Provenance memory answer = _lens.verdict(model, PRODUCTION, latest);
        vm.assertEq(VersionId.unwrap(answer.active.version), VersionId.unwrap(proven));
        vm.assertEq(VersionId.unwrap(answer.version.id), VersionId.unwrap(latest));
        vm.assertEq(answer.version.condemnedFrom, time());
        vm.assertEq(abi.encode(answer.tenure), abi.encode(Tenure(10 minutes, 7, Risk.Low)));
        answer = _lens.provenance(model, PRODUCTION);
        vm.assertEq(VersionId.unwrap(answer.version.id), VersionId.unwrap(proven));
        vm.assertEq(abi.encode(answer.tenure), abi.encode(Tenure(1 hours, 6, Risk.Low)));
    }

    function testWhereNothingIsActiveEverythingIsMissing() public {
        requireSchemas(PRODUCTION, 1);
        Provenance memory expected = _provenance();
        expected.requiredSchemas = 1;
        expected.missingSchemas = 1;
        vm.assertEq(abi.encode(_lens.provenance(model, PRODUCTION)), abi.encode(expected));
    }

    function testAVersionThatWasNeverRegisteredHasNoNumber() public view {
        VersionId id = registry.versionId(identity("1.0.0", Risk.Low));
        Provenance memory answer = _lens.verdict(model, PRODUCTION, id);
        vm.assertEq(answer.version.number, 0);
        same(answer.version.stage, Stage.None);
        vm.assertEq(answer.version.manifestDigest, 0);
    }

    function testASuspendedModelAnUnknownOneAndAPlaceThatIsNowhere() public {
        suspendModel();
        vm.assertEq(_lens.provenance(model, PRODUCTION).modelSuspended, true);
        Provenance memory answer = _lens.provenance(UNKNOWN, EnvironmentId.wrap(keccak256("nowhere")));
        vm.assertEq(answer.modelExists, false);
        vm.assertEq(answer.modelSuspended, false);
        same(answer.requiredStage, Stage.None);
    }

    function testAPersonWithAllThatFollows() public {
        suspend(ben.id, FOR_GOOD);
        uint40 year = FOUNDED_AT + 365 days;
        PersonView memory expected = PersonView(
            Standing(ben.id, bits(Role.TechnicalLead), 1, year, FOR_GOOD),
            ben.account,
            false
        );
        vm.assertEq(abi.encode(_lens.person(ben.account)), abi.encode(expected));
        vm.assertEq(abi.encode(_lens.personOf(ben.id)), abi.encode(expected));
        vm.assertEq(_lens.person(ada.account).cleared, true);
        PersonView memory nobody;
        vm.assertEq(abi.encode(_lens.person(stranger.account)), abi.encode(nobody));
        vm.assertEq(abi.encode(_lens.personOf(PersonId.wrap(0))), abi.encode(nobody));
    }

    function testAnIncidentIsOverdueAfterItsDeadline() public {
        VersionId id = release("1.0.0", Risk.Low);
        (Incident memory found, bool overdue) = _lens.incident(model, PRODUCTION);
        vm.assertEq(found.reportedAt, 0);
        vm.assertEq(overdue, false);
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        uint40 due = time() + 72 hours;
        vm.warp(due);
        (found, overdue) = _lens.incident(model, PRODUCTION);
        vm.assertEq(abi.encode(found), abi.encode(Incident(Trigger.SafetyRisk, 1, due - 72 hours, due)));
        vm.assertEq(overdue, false);
        pass(1);
        (, overdue) = _lens.incident(model, PRODUCTION);
        vm.assertEq(overdue, true);
    }

    function testAModelWithItsDomainAndSchemas() public {
        vm.prank(ada.account);
        registry.addSchema(model, keccak256("v2"), 1, DOCUMENT);
        release("1.0.0", Risk.Low);
        (Model memory state, DomainId domain, bytes32[] memory digests, uint256[] memory satisfies) = _lens.model(
            model
        );
        vm.assertEq(abi.encode(state), abi.encode(Model(1, 3, 2, Risk.Low, true, false)));
        vm.assertEq(DomainId.unwrap(domain), DomainId.unwrap(SPEECH));
        vm.assertEq(digests.length, 2);
        vm.assertEq(digests[0], SCHEMA);
        vm.assertEq(digests[1], keccak256("v2"));
        vm.assertEq(satisfies.length, 2);
        vm.assertEq(satisfies[0], 1);
        vm.assertEq(satisfies[1], 3);
        (state, , digests, ) = _lens.model(UNKNOWN);
        vm.assertEq(state.exists, false);
        vm.assertEq(digests.length, 0);
    }

    /// @dev What holds of the model and of production, whatever is active.
    function _provenance() private view returns (Provenance memory expected) {
        expected.chainId = block.chainid;
        expected.blockNumber = block.number;
        expected.timestamp = time();
        expected.modelExists = true;
        expected.floor = Risk.Low;
        expected.sequence = sequence();
        expected.requiredStage = Stage.Production;
        expected.registryHead = registry.head();
        expected.rulesHead = rules.head();
    }
}
