// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActiveView, Lens, PersonView, Provenance, VersionView} from "../../contracts/Lens.sol";
import {Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {Certificate} from "../../contracts/interfaces/IRules.sol";
import {
    DomainId,
    EnvironmentId,
    Identity,
    Incident,
    Model,
    ModelId,
    ModelState,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    Standing,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life} from "./Life.sol";
import {vm} from "./Vm.sol";

contract LensTest is Life {
    ModelId private constant UNKNOWN = ModelId.wrap(keccak256("unknown"));
    EnvironmentId private constant NOWHERE = EnvironmentId.wrap(keccak256("nowhere"));

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
        does(watchPost.account, address(registry), reportCall(stop(id), Role.Monitor));
        halt(watchPost, Role.Monitor, id);
        uint40 since = time() - 1 hours;
        Provenance memory expected = _provenance();
        expected.floor = Risk.Medium;
        expected.requiredSchemas = 3;
        expected.missingSchemas = 1;
        expected.active = ActiveView({
            version: id,
            number: 1,
            sequence: 4,
            since: since,
            timer: time(),
            risk: Risk.Medium,
            haltedBy: Role.Monitor,
            incident: true,
            previous: 0,
            newest: 1
        });
        expected.version = VersionView({
            id: id,
            belongs: true,
            number: 1,
            manifestDigest: named.manifestDigest,
            stage: Stage.Production,
            declared: Risk.Medium,
            raised: Risk.High,
            effective: Risk.High,
            schema: 1,
            satisfies: 2,
            condemnedFrom: 0,
            released: false,
            proven: false,
            target: false
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
        vm.assertEq(answer.version.proven, false);
        vm.assertEq(answer.version.target, false);
        vm.assertEq(answer.active.previous, 2);
        vm.assertEq(answer.active.newest, 2);
        answer = _lens.provenance(model, PRODUCTION);
        vm.assertEq(VersionId.unwrap(answer.version.id), VersionId.unwrap(proven));
        vm.assertEq(answer.version.proven, true);
        // It is active: nobody rolls back to it.
        vm.assertEq(answer.version.target, false);
    }

    function testWhatOneCanRollBackTo() public {
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        VersionId[] memory all = new VersionId[](5);
        (all[0], all[1], all[2], all[3]) = (third, second, first, registry.versionId(identity("9", Risk.Low)));
        VersionId[] memory older = new VersionId[](2);
        (older[0], older[1]) = (second, first);
        vm.assertEq(abi.encode(_lens.targets(model, PRODUCTION, all)), abi.encode(older));
        vm.assertEq(_lens.targets(model, WARD_3, all).length, 0);
        vm.assertEq(_lens.targets(model, NOWHERE, all).length, 0);
        vm.assertEq(_lens.targets(UNKNOWN, PRODUCTION, all).length, 0);
        vm.assertEq(_lens.targets(model, PRODUCTION, new VersionId[](0)).length, 0);
        // What it says is what the Registry does.
        Rollback memory elsewhere = order(third, second);
        elsewhere.environment = STAGING;
        rollBack(ada, Role.ResponsibleAIOfficer, elsewhere);
        VersionId[] memory one = new VersionId[](1);
        one[0] = first;
        recordDefect(identity("2.0.0", Risk.Low));
        vm.assertEq(abi.encode(_lens.targets(model, PRODUCTION, all)), abi.encode(one));
        rollBack(ada, Role.ResponsibleAIOfficer, order(third, first));
        vm.assertEq(_lens.targets(model, PRODUCTION, all).length, 0);
    }

    function testAfterAWithdrawalTheProvenOnesRemain() public {
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        withdraw(ada, Role.ResponsibleAIOfficer, order(second, NO_VERSION));
        vm.assertEq(_lens.versionView(model, PRODUCTION, first).target, true);
        vm.assertEq(_lens.versionView(model, PRODUCTION, second).target, false);
        ActiveView memory nothing = _lens.provenance(model, PRODUCTION).active;
        vm.assertEq(
            abi.encode(nothing),
            abi.encode(ActiveView(NO_VERSION, 0, 7, time(), time(), Risk.Low, Role.ResponsibleAIOfficer, false, 2, 2))
        );
    }

    function testAReleasedOrRetiredVersionIsNoTarget() public {
        (, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        release("3.0.0", Risk.Low);
        does(assemblyTimelock, address(registry), releaseCall(identity("1.0.0", Risk.Low), inAllStages(second)));
        VersionView memory first = _lens.versionView(
            model,
            PRODUCTION,
            registry.versionId(identity("1.0.0", Risk.Low))
        );
        vm.assertEq(first.released, true);
        vm.assertEq(first.proven, true);
        vm.assertEq(first.target, false);
        does(ada.account, address(registry), retireCall(identity("1.0.0", Risk.Low), new VersionId[](0)));
        first = _lens.versionView(model, PRODUCTION, first.id);
        // An environment that is none has the place 0, which is Validation's, where it is proven.
        vm.assertEq(_lens.versionView(model, NOWHERE, first.id).proven, false);
        same(first.stage, Stage.Retired);
        vm.assertEq(first.target, false);
    }

    function testAVersionOfAnotherModelDoesNotBelong() public {
        (VersionId first, ) = releaseTwo(Risk.Low);
        ModelId other = createModel("another", Risk.Low);
        VersionView memory foreign = _lens.versionView(other, PRODUCTION, first);
        vm.assertEq(foreign.belongs, false);
        vm.assertEq(foreign.target, false);
        vm.assertEq(_lens.versionView(UNKNOWN, PRODUCTION, first).belongs, false);
        vm.assertEq(_lens.versionView(model, PRODUCTION, first).belongs, true);
    }

    function testTheEffectiveRiskIsTheHighestOfThree() public {
        VersionId id = register(identity("1.0.0", Risk.Low));
        same(_lens.versionView(model, PRODUCTION, id).effective, Risk.Low);
        raiseRisk(identity("1.0.0", Risk.Low), Risk.Medium);
        same(_lens.versionView(model, PRODUCTION, id).effective, Risk.Medium);
        vm.prank(ada.account);
        registry.setFloor(model, Risk.Critical, Role.ResponsibleAIOfficer, DOCUMENT);
        VersionView memory seen = _lens.versionView(model, PRODUCTION, id);
        same(seen.effective, Risk.Critical);
        same(seen.declared, Risk.Low);
        same(seen.raised, Risk.Medium);
        same(_lens.provenance(model, PRODUCTION).floor, Risk.Critical);
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
        VersionView memory none;
        vm.assertEq(abi.encode(answer.version), abi.encode(none));
    }

    function testASuspendedModelAnUnknownOneAndAPlaceThatIsNowhere() public {
        suspendModel();
        _isIn(ModelState.Suspended, _lens.provenance(model, PRODUCTION));
        moveModel();
        _isIn(ModelState.Moved, _lens.provenance(model, PRODUCTION));
        Provenance memory answer = _lens.provenance(UNKNOWN, NOWHERE);
        _isIn(ModelState.None, answer);
        same(answer.requiredStage, Stage.None);
    }

    function testAPersonWithAllThatFollows() public {
        suspend(ben.id, FOR_GOOD);
        uint40 year = FOUNDED_AT + 365 days;
        PersonView memory expected = PersonView({
            person: ben.id,
            standing: Standing({
                roles: bits(Role.TechnicalLead),
                signingEpoch: 1,
                suspendedUntil: FOR_GOOD,
                suspendableFrom: 0,
                versioning: year,
                rollback: year,
                incident: year,
                auditRequired: false
            }),
            key: keccak256(abi.encodePacked(ben.account)),
            account: ben.account,
            certifiedUntil: year,
            cleared: false
        });
        vm.assertEq(abi.encode(_lens.person(ben.account)), abi.encode(expected));
        vm.assertEq(abi.encode(_lens.personView(ben.id)), abi.encode(expected));
        vm.assertEq(_lens.person(ada.account).cleared, true);
        PersonView memory nobody;
        vm.assertEq(abi.encode(_lens.person(stranger.account)), abi.encode(nobody));
        vm.assertEq(abi.encode(_lens.personView(PersonId.wrap(0))), abi.encode(nobody));
    }

    function testWhoAwaitsAnAuditIsNotCleared() public {
        for (uint256 i; i < 3; ++i) recordViolation(ben.id);
        vm.assertEq(_lens.personView(ben.id).cleared, false);
        vm.assertEq(rules.isCleared(ben.id, 0), true);
    }

    function testTheEarliestCurriculumCounts() public {
        uint40 year = FOUNDED_AT + 365 days;
        Certificate[3] memory certificates = [
            Certificate(year - 1, year, year),
            Certificate(year, year - 2, year),
            Certificate(year, year, time())
        ];
        uint40[3] memory until = [year - 1, year - 2, time()];
        for (uint256 i; i < 3; ++i) {
            vm.prank(assemblyTimelock);
            rules.certify(ben.id, certificates[i], Role.Assembly, DOCUMENT);
            vm.assertEq(_lens.personView(ben.id).certifiedUntil, until[i]);
            vm.assertEq(_lens.personView(ben.id).cleared, i < 2);
        }
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
        setMonitored(true);
        (Model memory state, DomainId domain, bytes32[] memory digests, uint256[] memory satisfies) = _lens.model(
            model
        );
        vm.assertEq(abi.encode(state), abi.encode(Model(1, 1, 3, 2, Risk.Low, ModelState.Open, true, false)));
        vm.assertEq(DomainId.unwrap(domain), DomainId.unwrap(SPEECH));
        vm.assertEq(digests.length, 2);
        vm.assertEq(digests[0], SCHEMA);
        vm.assertEq(digests[1], keccak256("v2"));
        vm.assertEq(satisfies.length, 2);
        vm.assertEq(satisfies[0], 1);
        vm.assertEq(satisfies[1], 3);
        (state, , digests, ) = _lens.model(UNKNOWN);
        vm.assertEq(uint256(state.state), uint256(ModelState.None));
        vm.assertEq(digests.length, 0);
    }

    function _isIn(ModelState expected, Provenance memory answer) private pure {
        vm.assertEq(uint256(answer.modelState), uint256(expected));
    }

    /// @dev What holds of the model and of production, whatever is active.
    function _provenance() private view returns (Provenance memory expected) {
        expected.chainId = block.chainid;
        expected.blockNumber = block.number;
        expected.timestamp = time();
        expected.modelState = ModelState.Open;
        expected.floor = Risk.Low;
        expected.sequence = sequence();
        expected.requiredStage = Stage.Production;
        expected.registryHead = registry.head();
        expected.rulesHead = rules.head();
    }
}
