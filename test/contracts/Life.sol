// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {SignOff} from "../../contracts/interfaces/IRules.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {
    EnvironmentId,
    Identity,
    Model,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    Trigger,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {ModelWord} from "../../contracts/types/ModelWord.sol";
import {VersionWord} from "../../contracts/types/VersionWord.sol";
import {Person, Society} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice Someone's consent, before it is packed.
struct Warrant {
    Role role;
    uint40 deadline;
    bytes signer;
    bytes signature;
}

/// @notice A step of a version to its next stage.
struct Promotion {
    Identity identity;
    Stage stage;
    bytes32 evidence;
    bytes32 plan;
    Warrant[] signOffs;
}

/// @title The life of a model, in the policy's verbs
/// @notice There is one model, `silero-vad`, of the domain speech, with no floor but Low, one schema that nobody
/// requires, and Dana as its developer.
abstract contract Life is Society {
    bytes32 internal constant REASON = keccak256("a reason");
    bytes32 internal constant PLAN = keccak256("a plan for degraded service");
    bytes32 internal constant SCHEMA = keccak256("a schema");
    uint40 internal constant SIGN_OFF_TERM = 7 days;

    ModelId internal model;

    /// @notice What the next sign-offs and promotions name as the plan for degraded service.
    bytes32 internal plan;

    function setUp() public virtual override {
        super.setUp();
        model = createModel("silero-vad", Risk.Low);
        addSchema(0);
    }

    // Models

    function createModel(string memory name, Risk floor) internal returns (ModelId) {
        PersonId[] memory developers = new PersonId[](1);
        developers[0] = dana.id;
        vm.prank(ada.account);
        return registry.createModel(name, SPEECH, floor, developers, DOCUMENT);
    }

    function addSchema(uint256 satisfies) internal returns (uint8) {
        vm.prank(ada.account);
        return registry.addSchema(model, SCHEMA, satisfies, DOCUMENT);
    }

    function requireSchemas(EnvironmentId environment, uint256 schemas) internal {
        vm.prank(ada.account);
        registry.requireSchemas(model, environment, schemas, DOCUMENT);
    }

    function suspendModel() internal {
        vm.prank(assemblyTimelock);
        registry.suspendModel(model, DOCUMENT);
    }

    // Versions

    function identity(string memory label, Risk risk) internal view returns (Identity memory) {
        return
            Identity({
                model: model,
                label: keccak256(bytes(label)),
                manifestDigest: sha256(abi.encodePacked("manifest of ", label)),
                artifactDigest: sha256(abi.encodePacked("artifact of ", label)),
                parent: 0,
                schema: 0,
                risk: risk,
                author: dana.id
            });
    }

    function register(Identity memory named) internal returns (VersionId) {
        vm.prank(dana.account);
        return registry.register(named, NO_VERSION);
    }

    function raiseRisk(Identity memory named, Risk risk) internal {
        vm.prank(ada.account);
        registry.raiseRisk(named, risk, DOCUMENT);
    }

    function retire(Identity memory named) internal {
        vm.prank(ada.account);
        registry.retire(named, new VersionId[](0), REASON);
    }

    function recordDefect(Identity memory named) internal {
        vm.prank(oversightTimelock);
        registry.recordDefect(named, DOCUMENT);
    }

    function moveModel() internal {
        vm.prank(assemblyTimelock);
        registry.moveModel(model, 10, stranger.account, DOCUMENT);
    }

    function retireCall(Identity memory named, VersionId[] memory alternatives) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.retire, (named, alternatives, REASON));
    }

    function releaseCall(Identity memory named, VersionId[] memory alternatives) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.release, (named, alternatives, DOCUMENT));
    }

    /// @notice The same other version in the three built-in environments.
    function inAllStages(VersionId other) internal pure returns (VersionId[] memory alternatives) {
        alternatives = new VersionId[](3);
        (alternatives[0], alternatives[1], alternatives[2]) = (other, other, other);
    }

    function modelOf(ModelId id) internal view returns (Model memory) {
        (ModelWord found, ) = registry.model(id);
        return found.unpacked();
    }

    function word(VersionId id) internal view returns (VersionWord found) {
        (, found) = registry.version(id);
    }

    function effectiveRisk(Identity memory named) internal view returns (Risk risk) {
        Model memory state = modelOf(named.model);
        VersionWord found = word(registry.versionId(named));
        risk = state.floor;
        if (found.declared() > risk) risk = found.declared();
        if (found.raised() > risk) risk = found.raised();
    }

    /// @notice In how many environments a version is active.
    function activeIn(VersionId id) internal view returns (uint256 count) {
        EnvironmentId[] memory environments = rules.environments();
        for (uint256 i; i < environments.length; ++i) if (active(environments[i]) == id) ++count;
    }

    /// @notice In how many environments a version is proven.
    function provenCount(VersionId id) internal view returns (uint256 count) {
        uint256 places = rules.environments().length;
        for (uint16 i; i < places; ++i) if (registry.isProven(id, i)) ++count;
    }

    function isCondemned(VersionId id) internal view returns (bool) {
        uint40 from = word(id).condemnedFrom();
        return from != 0 && from <= time();
    }

    function setFloor(Risk floor) internal {
        vm.prank(assemblyTimelock);
        registry.setFloor(model, floor, Role.Assembly, DOCUMENT);
    }

    function restoreRisk(Identity memory named, Risk risk) internal {
        Risk raised = raisedRisk(named);
        vm.prank(oversightTimelock);
        registry.restoreRisk(named, raised, risk, DOCUMENT);
    }

    function restoreCall(Identity memory named, Risk risk) internal view returns (bytes memory) {
        return abi.encodeCall(IRegistry.restoreRisk, (named, raisedRisk(named), risk, DOCUMENT));
    }

    function raisedRisk(Identity memory named) internal view returns (Risk) {
        return word(registry.versionId(named)).raised();
    }

    // Sign-offs

    function evidence(Stage stage) internal pure returns (bytes32) {
        return keccak256(abi.encode("evidence for", stage));
    }

    /// @notice What a person is asked to sign so that a version may enter a stage now.
    function termsFor(
        Identity memory named,
        PersonId signer,
        Role role,
        Stage stage
    ) internal view returns (SignOff memory) {
        VersionId id = registry.versionId(named);
        (uint32 epoch, , ) = rules.policy();
        return
            SignOff({
                version: id,
                role: role,
                stage: stage,
                risk: effectiveRisk(named),
                evidence: evidence(stage),
                plan: plan,
                policyEpoch: epoch,
                signingEpoch: rules.standing(signer).signingEpoch,
                deadline: time() + SIGN_OFF_TERM
            });
    }

    function signOffBy(Person memory signer, SignOff memory terms) internal view returns (Warrant memory) {
        return
            Warrant(
                terms.role,
                terms.deadline,
                abi.encodePacked(signer.account),
                sign(signer, rules.signOffDigest(terms))
            );
    }

    function signOffBy(
        Person memory signer,
        Role role,
        Identity memory named,
        Stage stage
    ) internal view returns (Warrant memory) {
        return signOffBy(signer, termsFor(named, signer.id, role, stage));
    }

    /// @notice A sign-off that was given by the signer's own transaction.
    function calledBy(address signer, SignOff memory terms) internal returns (Warrant memory) {
        vm.prank(signer);
        rules.signOff(terms);
        return Warrant(terms.role, terms.deadline, abi.encodePacked(signer), "");
    }

    function consentOfOversight(Identity memory named, Stage stage) internal returns (Warrant memory) {
        SignOff memory terms = termsFor(named, PersonId.wrap(0), Role.OversightCommittee, stage);
        vm.prank(oversightTimelock);
        rules.signOff(terms);
        return Warrant(terms.role, terms.deadline, "", "");
    }

    /// @notice The sign-offs that the policy's own table requires.
    function signOffsFor(Identity memory named, Stage stage) internal returns (Warrant[] memory signOffs) {
        Risk risk = effectiveRisk(named);
        if (risk == Risk.Low) return only(signOffBy(ben, Role.TechnicalLead, named, stage));
        Warrant memory officer = signOffBy(ada, Role.ResponsibleAIOfficer, named, stage);
        if (risk == Risk.Medium || stage != Stage.Production) return only(officer);
        Warrant memory lead = signOffBy(chloe, Role.DomainLead, named, stage);
        if (risk == Risk.High) return both(officer, lead);
        signOffs = new Warrant[](3);
        (signOffs[0], signOffs[1], signOffs[2]) = (officer, lead, consentOfOversight(named, stage));
    }

    function only(Warrant memory signed) internal pure returns (Warrant[] memory signOffs) {
        signOffs = new Warrant[](1);
        signOffs[0] = signed;
    }

    function both(Warrant memory first, Warrant memory second) internal pure returns (Warrant[] memory signOffs) {
        signOffs = new Warrant[](2);
        (signOffs[0], signOffs[1]) = (first, second);
    }

    /// @notice Warrants as the contracts take them, by hand, as docs/formats.md has it.
    function pack(Warrant[] memory warrants) internal pure returns (bytes memory packed) {
        for (uint256 i; i < warrants.length; ++i) packed = abi.encodePacked(packed, pack(warrants[i]));
    }

    function pack(Warrant memory warrant) internal pure returns (bytes memory) {
        return
            abi.encodePacked(
                uint8(warrant.role),
                warrant.deadline,
                uint16(warrant.signer.length),
                warrant.signer,
                uint16(warrant.signature.length),
                warrant.signature
            );
    }

    // Promotion

    function promotion(
        Identity memory named,
        Stage stage,
        Warrant[] memory signOffs
    ) internal view returns (Promotion memory) {
        return Promotion(named, stage, evidence(stage), plan, signOffs);
    }

    function promote(Identity memory named, Stage stage) internal {
        promote(promotion(named, stage, signOffsFor(named, stage)));
    }

    function promote(Promotion memory step) internal {
        does(stranger.account, address(registry), promoteCall(step));
    }

    function promoteCall(Promotion memory step) internal pure returns (bytes memory) {
        return
            abi.encodeCall(
                IRegistry.promote,
                (step.identity, step.stage, step.evidence, step.plan, pack(step.signOffs))
            );
    }

    /// @notice Every step from where the version stands up to a stage.
    function promoteTo(Identity memory named, Stage stage) internal {
        while (word(registry.versionId(named)).stage() < stage) {
            promote(named, Stage(uint8(word(registry.versionId(named)).stage()) + 1));
        }
    }

    /// @notice A registered version on its way, up to a stage.
    function version(string memory label, Risk risk, Stage stage) internal returns (VersionId id) {
        Identity memory named = identity(label, risk);
        id = register(named);
        promoteTo(named, stage);
    }

    /// @notice A version that is active in production.
    function release(string memory label, Risk risk) internal returns (VersionId) {
        return version(label, risk, Stage.Production);
    }

    /// @notice Two versions of a risk, one after the other; the first has served its soak time in production.
    function releaseTwo(Risk risk) internal returns (VersionId proven, VersionId latest) {
        proven = release("1.0.0", risk);
        pass(rules.soakTime(risk));
        latest = release("2.0.0", risk);
    }

    // The brake

    function active(EnvironmentId environment) internal view returns (VersionId found) {
        (found, ) = registry.active(model, environment);
    }

    function activeWord(EnvironmentId environment) internal view returns (ActiveWord found) {
        (, found) = registry.active(model, environment);
    }

    function sequence() internal view returns (uint64) {
        Model memory state = modelOf(model);
        return state.sequence;
    }

    function order(VersionId from, VersionId to) internal view returns (Rollback memory) {
        return Rollback(model, PRODUCTION, from, to, Trigger.PerformanceRegression, REASON, 0);
    }

    function rollbackCall(Rollback memory ordered, Role authority) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.rollback, (ordered, authority));
    }

    function withdrawCall(Rollback memory ordered, Role authority) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.withdraw, (ordered, authority));
    }

    function rollBack(Person memory person, Role authority, Rollback memory ordered) internal {
        does(person.account, address(registry), rollbackCall(ordered, authority));
    }

    function withdraw(Person memory person, Role authority, Rollback memory ordered) internal {
        does(person.account, address(registry), withdrawCall(ordered, authority));
    }

    function overruleCall(Rollback memory undo) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.overrule, (undo));
    }

    function setMonitored(bool monitored) internal {
        vm.prank(ada.account);
        registry.setMonitored(model, monitored, DOCUMENT);
    }

    function stop(VersionId stopped) internal view returns (Halt memory) {
        return Halt(model, PRODUCTION, stopped, Trigger.SafetyRisk, REASON);
    }

    function haltCall(Halt memory ordered, Role authority) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.halt, (ordered, authority));
    }

    /// @notice The end of the halt that is in force there now.
    function resumeCall(Halt memory ordered, Role authority) internal view returns (bytes memory) {
        (, ActiveWord halted) = registry.active(ordered.model, ordered.environment);
        return abi.encodeCall(IRegistry.resume, (ordered, halted.sequence(), authority));
    }

    function reportCall(Halt memory ordered, Role authority) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.reportTrigger, (ordered, authority));
    }

    function halt(Person memory person, Role authority, VersionId halted) internal {
        does(person.account, address(registry), haltCall(stop(halted), authority));
    }

    function resume(Person memory person, Role authority, VersionId halted) internal {
        does(person.account, address(registry), resumeCall(stop(halted), authority));
    }

    /// @notice A System Operator makes a version active in a further environment.
    function haltAs(address caller, Role authority, VersionId halted) internal {
        does(caller, address(registry), haltCall(stop(halted), authority));
    }

    /// @notice Adds production environments up to the one of this index.
    function addSites(uint256 index) internal returns (EnvironmentId last) {
        for (uint256 i = rules.environments().length; i <= index; ++i) {
            last = EnvironmentId.wrap(keccak256(abi.encode("site", i)));
            vm.prank(assemblyTimelock);
            rules.addEnvironment(last, Stage.Production, DOCUMENT);
        }
    }

    function activateIn(Identity memory named, EnvironmentId environment) internal {
        vm.prank(emil.account);
        registry.activate(named, environment, 0);
    }

    /// @notice The built-in environment of a stage.
    function environmentOf(Stage stage) internal pure returns (EnvironmentId) {
        if (stage == Stage.Validation) return VALIDATION;
        return stage == Stage.Staging ? STAGING : PRODUCTION;
    }
}
