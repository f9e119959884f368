// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Approval, Halt, IRegistry, Promotion, Rollback, SignOff} from "../../contracts/interfaces/IRegistry.sol";
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
import {VersionWord} from "../../contracts/types/VersionWord.sol";
import {Person, Society} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @title The life of a model, in the policy's verbs
/// @notice There is one model, `silero-vad`, of the domain speech, with no floor but Low, one schema that nobody
/// requires, and Dana as its developer.
abstract contract Life is Society {
    bytes32 internal constant REASON = keccak256("a reason");
    bytes32 internal constant PLAN = keccak256("a plan for degraded service");
    bytes32 internal constant SCHEMA = keccak256("a schema");
    uint40 internal constant SIGN_OFF_TERM = 7 days;

    ModelId internal model;

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
        registry.retire(named, REASON);
    }

    function word(VersionId id) internal view returns (VersionWord found) {
        (, found) = registry.version(id);
    }

    function isCondemned(VersionId id) internal view returns (bool) {
        uint40 from = word(id).condemnedFrom();
        return from != 0 && from <= time();
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
        (uint32 epoch, ) = rules.policy();
        return
            SignOff({
                version: id,
                role: role,
                stage: stage,
                risk: registry.effectiveRisk(named.model, id),
                evidence: evidence(stage),
                policyEpoch: epoch,
                signingEpoch: rules.standingOf(signer).signingEpoch,
                deadline: time() + SIGN_OFF_TERM
            });
    }

    function signOffBy(Person memory signer, SignOff memory terms) internal view returns (Approval memory) {
        return
            Approval(
                terms.role,
                terms.deadline,
                abi.encodePacked(signer.account),
                sign(signer, registry.signOffDigest(terms))
            );
    }

    function signOffBy(
        Person memory signer,
        Role role,
        Identity memory named,
        Stage stage
    ) internal view returns (Approval memory) {
        return signOffBy(signer, termsFor(named, signer.id, role, stage));
    }

    /// @notice A sign-off that was given by the signer's own transaction.
    function calledBy(address signer, SignOff memory terms) internal returns (Approval memory) {
        vm.prank(signer);
        registry.signOff(terms);
        return Approval(terms.role, terms.deadline, abi.encodePacked(signer), "");
    }

    function consentOfOversight(Identity memory named, Stage stage) internal returns (Approval memory) {
        SignOff memory terms = termsFor(named, PersonId.wrap(0), Role.OversightCommittee, stage);
        return calledBy(oversightTimelock, terms);
    }

    /// @notice The sign-offs that the policy's own table requires.
    function approvalsFor(Identity memory named, Stage stage) internal returns (Approval[] memory approvals) {
        Risk risk = registry.effectiveRisk(named.model, registry.versionId(named));
        if (risk == Risk.Low) return only(signOffBy(ben, Role.TechnicalLead, named, stage));
        Approval memory officer = signOffBy(ada, Role.ResponsibleAIOfficer, named, stage);
        if (risk == Risk.Medium || stage != Stage.Production) return only(officer);
        Approval memory lead = signOffBy(chloe, Role.DomainLead, named, stage);
        if (risk == Risk.High) return both(officer, lead);
        approvals = new Approval[](3);
        (approvals[0], approvals[1], approvals[2]) = (officer, lead, consentOfOversight(named, stage));
    }

    function only(Approval memory approval) internal pure returns (Approval[] memory approvals) {
        approvals = new Approval[](1);
        approvals[0] = approval;
    }

    function both(Approval memory first, Approval memory second) internal pure returns (Approval[] memory approvals) {
        approvals = new Approval[](2);
        (approvals[0], approvals[1]) = (first, second);
    }

    // Promotion

    function promotion(
        Identity memory named,
        Stage stage,
        Approval[] memory approvals
    ) internal pure returns (Promotion memory) {
        return Promotion(named, stage, evidence(stage), 0, approvals);
    }

    function promote(Identity memory named, Stage stage) internal {
        Promotion memory step = promotion(named, stage, approvalsFor(named, stage));
        vm.prank(stranger.account);
        registry.promote(step);
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
        (Model memory state, ) = registry.model(model);
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

    function stop(VersionId stopped) internal view returns (Halt memory) {
        return Halt(model, PRODUCTION, stopped, Trigger.SafetyRisk, REASON);
    }

    function haltCall(Halt memory ordered, Role authority) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.halt, (ordered, authority));
    }

    function resumeCall(Halt memory ordered, Role authority) internal pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.resume, (ordered, authority));
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

    /// @notice The built-in environment of a stage.
    function environmentOf(Stage stage) internal pure returns (EnvironmentId) {
        if (stage == Stage.Validation) return VALIDATION;
        return stage == Stage.Staging ? STAGING : PRODUCTION;
    }
}
