// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ActiveWord} from "../types/ActiveWord.sol";
import {
    DomainId,
    EnvironmentId,
    Identity,
    Incident,
    ModelId,
    PersonId,
    Risk,
    Role,
    Stage,
    Trigger,
    VersionId
} from "../types/Types.sol";
import {ModelWord} from "../types/ModelWord.sol";
import {VersionWord} from "../types/VersionWord.sol";
import {IRules} from "./IRules.sol";

/// @notice A way back. `to` is zero in a withdrawal; `from` is zero where the version before was withdrawn.
/// @param reason SHA-256 of the document C that says why.
/// @param plan SHA-256 of the plan for degraded service; zero where `to` satisfies all that is required, in a withdrawal
/// where nothing is, and in an order of the Emergency Committee that has none.
struct Rollback {
    ModelId model;
    EnvironmentId environment;
    VersionId from;
    VersionId to;
    Trigger trigger;
    bytes32 reason;
    bytes32 plan;
}

/// @notice A stop, its end, or the report of a trigger, for the version that is active in an environment.
/// @param reason SHA-256 of the document C that says why.
struct Halt {
    ModelId model;
    EnvironmentId environment;
    VersionId version;
    Trigger trigger;
    bytes32 reason;
}

/// @notice An older deployment that this one succeeds; all zero where there is none.
/// @param head The head of its Registry's audit chain when it was left.
struct Predecessor {
    uint256 chainId;
    address registry;
    bytes32 head;
}

/// @title Models, versions, stages, active versions, rollbacks, halts and the audit head
/// @notice No admin: each change is an act of the policy, made by whom the policy names. `document` and `reason` are always
/// the SHA-256 of the document C that gives the grounds.
/// @dev Each act appends one entry to this contract's audit chain, with {AuditChain-Logged} as its event. Who carries a
/// warrant presents it here, but its EIP-712 domain is that of {RULES}: this contract has none.
interface IRegistry {
    /// @dev The role may not do this: not at all, not at this risk, or not past who halted or withdrew.
    error RegistryInsufficientAuthority(Role authority, Risk risk);
    error RegistryZeroAddress();
    error RegistryEmptyDigest();
    error RegistryEmptyName();
    error RegistryEmptyId();
    error RegistryEmptyReason();
    error RegistryNoTrigger();
    error RegistryModelExists(ModelId model);
    error RegistryUnknownModel(ModelId model);
    error RegistryModelSuspended(ModelId model);
    error RegistryModelNotSuspended(ModelId model);
    error RegistryModelMoved(ModelId model);
    error RegistryNoDestination(uint256 chainId, address registry);
    error RegistryNotDeveloper(ModelId model, PersonId person);
    error RegistryNotAuthor(PersonId author, PersonId caller);
    error RegistryUnknownPerson(PersonId person);
    error RegistryUnknownEnvironment(EnvironmentId environment);
    /// @param schemas As a bitmap.
    error RegistryUnknownSchema(ModelId model, uint256 schemas);
    error RegistrySchemasExhausted(ModelId model);
    error RegistryRiskBelowFloor(Risk declared, Risk floor);
    /// @dev Where it is about a floor, `effective` is the floor in force.
    error RegistryRiskNotRaised(Risk given, Risk effective);
    error RegistryRiskNotRestored(Risk given, Risk effective);
    error RegistryNotApproved(VersionId version, Risk approved, Risk effective);
    error RegistryVersionExists(VersionId version);
    error RegistryUnknownVersion(VersionId version);
    error RegistryParentMismatch(VersionId parentVersion, bytes32 parent);
    error RegistryVersionRetired(VersionId version);
    error RegistryVersionActive(VersionId version, EnvironmentId environment);
    error RegistryVersionCondemned(VersionId version);
    error RegistryVersionReleased(VersionId version);
    error RegistryAlternativesUnused(VersionId version, uint256 unused);
    error RegistryNoAlternative(VersionId version, EnvironmentId environment, VersionId alternative);
    error RegistryLabelTaken(ModelId model, bytes32 label, VersionId holder);
    error RegistryStageSkipped(VersionId version, Stage current, Stage requested);
    /// @param missing The schemas that are required and not satisfied, as a bitmap.
    error RegistryIncompatible(VersionId version, uint256 missing);
    error RegistryNotActive(VersionId claimed, VersionId active);
    error RegistryNothingActive(ModelId model, EnvironmentId environment);
    error RegistryTargetIneligible(VersionId target, EnvironmentId environment);
    error RegistryNotPredecessor(VersionId target, uint32 number, uint32 predecessor);
    error RegistryNotMonitored(ModelId model);
    /// @param nextAllowedAt In seconds since 1970-01-01 UTC, for any operator and Monitor.
    error RegistryOperatorLimit(uint256 nextAllowedAt);
    error RegistryNothingToOverrule(ModelId model, EnvironmentId environment);
    /// @dev Of this person or committee: somebody else may halt in the same role.
    error RegistryHaltLimit(Role authority, uint256 nextAllowedAt);
    error RegistryAlreadyHalted(Role haltedBy);
    error RegistryNotHalted(VersionId version);
    error RegistrySequenceMismatch(uint40 given, uint40 current);
    error RegistryNotLapsed(uint256 lapsesAt);
    error RegistryNeverLapses(Risk risk);
    error RegistryNoIncident(ModelId model, EnvironmentId environment);

    /// @notice The RAIO creates a model.
    /// @param name The model's name in UTF-8; its keccak256 is the id.
    /// @param domain The domain whose lead counts.
    /// @param floor No version will have a lower effective risk.
    /// @param developers Who may register versions while they hold the role ModelDeveloper too.
    function createModel(
        string calldata name,
        DomainId domain,
        Risk floor,
        PersonId[] calldata developers,
        bytes32 document
    ) external returns (ModelId model);

    /// @notice The RAIO lets a person register versions of a model, or no longer.
    function setDeveloper(ModelId model, PersonId person, bool allowed, bytes32 document) external;

    /// @notice The RAIO adds a schema (feature schema or interface) to a model; its number is the count before.
    /// @param digest SHA-256 of the schema's document.
    /// @param satisfies The numbers of earlier schemas, as a bitmap, whose consumers this one serves as well.
    function addSchema(
        ModelId model,
        bytes32 digest,
        uint256 satisfies,
        bytes32 document
    ) external returns (uint8 schema);

    /// @notice The RAIO says which schemas the systems in an environment need.
    /// @param schemas Their numbers, as a bitmap.
    function requireSchemas(ModelId model, EnvironmentId environment, uint256 schemas, bytes32 document) external;

    /// @notice The RAIO lets Monitors take versions of Low and Medium risk one step back, or no longer (policy 6.2).
    function setMonitored(ModelId model, bool monitored, bytes32 document) external;

    /// @notice The RAIO raises a model's floor, the Assembly sets it to any.
    function setFloor(ModelId model, Risk floor, Role authority, bytes32 document) external;

    /// @notice The RAIO raises a version's risk. Sign-offs for the lower one are void.
    function raiseRisk(Identity calldata identity, Risk risk, bytes32 document) external;

    /// @notice The Oversight Committee takes a raised risk back, never below floor and declared.
    /// @param raised What it is raised to now: a consent to take one raise back takes back no later one.
    function restoreRisk(Identity calldata identity, Risk raised, Risk risk, bytes32 document) external;

    /// @notice The Oversight Committee puts a defect of a version on record: it is condemned, everywhere and for good.
    function recordDefect(Identity calldata identity, bytes32 document) external;

    /// @notice The Assembly suspends a model (policy 11): nothing is registered, promoted or activated, and no rollback is
    /// overruled. Rollbacks, withdrawals, halts and resumptions still work.
    function suspendModel(ModelId model, bytes32 document) external;

    /// @notice The Assembly ends a model's suspension.
    function reinstateModel(ModelId model, bytes32 document) external;

    /// @notice The Assembly moves a model to another registry, for good: from then on it stands here as if suspended.
    function moveModel(ModelId model, uint256 chainId, address registry, bytes32 document) external;

    /// @notice The Assembly releases a version's bytes from retention (policy 7, 9): never while it is active, and only
    /// where there is another to roll back to.
    /// @param alternatives For each environment in which one could roll back to it, in the order of their indices, another
    /// version that one could roll back to there.
    function release(Identity calldata identity, VersionId[] calldata alternatives, bytes32 document) external;

    /// @notice The RAIO ends a version's life, under the same conditions.
    function retire(Identity calldata identity, VersionId[] calldata alternatives, bytes32 reason) external;

    /// @notice A developer of the model registers a version. It starts in Development.
    /// @param parentVersion The registered version whose manifest digest is `identity.parent`; zero if that is zero.
    function register(Identity calldata identity, VersionId parentVersion) external returns (VersionId version);

    /// @notice The same by the author's warrant, which anyone may carry. It signs
    /// Registration(bytes32 version,bytes32 parentVersion,uint8 role,uint32 signingEpoch,uint40 deadline).
    function registerBySig(
        Identity calldata identity,
        VersionId parentVersion,
        bytes calldata warrant
    ) external returns (VersionId version);

    /// @notice A version enters its next stage and becomes active in that stage's own environment. Anyone may carry it:
    /// the sign-offs authorise it. Where the RAIO or a committee has halted what is active there, or withdrew what was, only
    /// a version newer than all that ran there comes in.
    /// @param evidence SHA-256 of the document C that holds the test results.
    /// @param plan SHA-256 of the plan for degraded service; zero where the version satisfies all that is required.
    /// @param signOffs Packed, ascending by role, see {Warrants}.
    function promote(
        Identity calldata identity,
        Stage stage,
        bytes32 evidence,
        bytes32 plan,
        bytes calldata signOffs
    ) external;

    /// @notice A System Operator activates a version, newer than any before, in a further environment of a stage that it
    /// has reached: at no higher risk than it was signed off for, and neither while the RAIO or a committee has it halted in
    /// the own environment of its stage, nor in the place of what one of them has halted.
    /// @param plan As in {promote}.
    function activate(Identity calldata identity, EnvironmentId environment, bytes32 plan) external;

    /// @notice Restores a proven version (policy 6). `from` is condemned: after 24 hours if an operator or a Monitor does
    /// it, at once otherwise. Nobody brings in what they could not take out, nor goes past a withdrawal by who ranks above
    /// them; operators and Monitors neither pass a halt by the RAIO or a committee nor bring in what one of them has halted in
    /// the own environment of its stage. A committee goes back past a condemnation by operators or Monitors that is not final,
    /// which lifts it. Nobody voids the Emergency Committee's order: where `to` is no longer fit, `from` is withdrawn; it needs no plan;
    /// where `from` is no longer active, it is condemned and nothing moves. Only an order whose `from` is zero has nothing to
    /// condemn: it reverts where `to` is unfit or something is active.
    /// @param authority A System Operator or a Monitor, up to Medium risk, together once in 24 hours for each
    /// environment of a model, the Monitor one step back and only where the RAIO lets it ({setMonitored}); the RAIO up to
    /// High; the Emergency Committee or the Assembly. The risk is that at activation, or what the version has been signed off
    /// for since if that is higher.
    function rollback(Rollback calldata order, Role authority) external;

    /// @notice Takes the active version out of service without a target. `from` is condemned as in {rollback}.
    /// @param authority As in {rollback}, but no Monitor.
    function withdraw(Rollback calldata order, Role authority) external;

    /// @notice A rollback, or where `to` is zero a withdrawal, by a person's warrant, which anyone may carry. It signs
    /// Rollback(bytes32 model,bytes32 environment,bytes32 from,bytes32 to,uint8 trigger,bytes32 reason,bytes32 plan,uint40
    /// sequence,uint8 role,uint32 signingEpoch,uint40 deadline), `sequence` being that of the active word.
    function rollbackBySig(Rollback calldata order, bytes calldata warrant) external;

    /// @notice The RAIO undoes an operator's or a Monitor's rollback or withdrawal within 24 hours, while nothing has changed
    /// there since and the model is open: unless what they took out is Critical by now, or has been condemned for good,
    /// retired or released. It makes a version active, so the RAIO must be cleared in full.
    /// @param order `from` is what they made active (zero: nothing), `to` what they took out; no trigger is asked for.
    function overrule(Rollback calldata order) external;

    /// @notice Stops the active version at once, without a target. If it is replaced before a halt by the RAIO or a
    /// committee has ended, it is no longer proven there: nobody goes back to it past that halt.
    /// @param authority A System Operator or a Monitor, up to Medium risk at activation; the RAIO or a committee. A higher
    /// rank takes over the halt of a lower one. Each person, and each committee, halts a version in an environment once in
    /// 30 days.
    function halt(Halt calldata order, Role authority) external;

    /// @notice The same by a person's warrant, which anyone may carry. It signs Halt(bytes32 model,bytes32 environment,
    /// bytes32 version,uint8 trigger,bytes32 reason,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline).
    function haltBySig(Halt calldata order, bytes calldata warrant) external;

    /// @notice Ends a halt. No trigger is asked for.
    /// @param sequence That of the active word: a consent to end one halt ends no later one.
    /// @param authority At least the halter's rank, and no Monitor; the RAIO or a committee where the version is High or
    /// Critical by now, or was when it became active. Not the brake: it wants a certificate that is valid, and no audit due.
    function resume(Halt calldata order, uint40 sequence, Role authority) external;

    /// @notice Anyone ends a halt after 72 hours, if the version's risk was Low or Medium when it became active and is so
    /// still.
    function lapse(ModelId model, EnvironmentId environment) external;

    /// @notice Reports a rollback trigger (policy 6.1); a response is due within the time that Rules sets, and no later
    /// report moves it. A Directive, and a report by the RAIO or a committee of what is Critical, pulls the policy's review.
    /// @param authority Any role; for a Directive the RAIO, a committee or an Auditor.
    function reportTrigger(Halt calldata order, Role authority) external;

    /// @notice The RAIO closes an incident without a rollback.
    function closeIncident(ModelId model, EnvironmentId environment, bytes32 reason) external;

    /// @notice The rules that this registry obeys.
    function RULES() external view returns (IRules);

    /// @notice The head of this contract's audit chain.
    function head() external view returns (bytes32);

    /// @notice The id of a version with these facts, on this chain, in this registry.
    function versionId(Identity calldata identity) external view returns (VersionId);

    /// @notice A model's word and its domain.
    function model(ModelId id) external view returns (ModelWord, DomainId domain);

    /// @notice Whether a person may register versions of a model, given the role.
    function isDeveloper(ModelId id, PersonId person) external view returns (bool);

    /// @notice A version's manifest digest and word.
    function version(VersionId id) external view returns (bytes32 manifestDigest, VersionWord);

    /// @notice Who holds a label; zero if nobody.
    function labelHolder(ModelId id, bytes32 label) external view returns (VersionId);

    /// @notice The version of a number; zero while it has not entered Validation.
    function numbered(ModelId id, uint32 number) external view returns (VersionId);

    /// @notice What is active in an environment.
    function active(ModelId id, EnvironmentId environment) external view returns (VersionId, ActiveWord);

    /// @notice Whether one could go back to a version in the environment of this index, as far as its time there goes: it had
    /// served its soak time when it was replaced there, and has not been replaced under a halt by the RAIO or a committee
    /// since. What was never replaced there is not proven yet.
    function isProven(VersionId id, uint16 place) external view returns (bool);

    /// @notice The schemas that an environment needs, as a bitmap.
    function requiredSchemas(ModelId id, EnvironmentId environment) external view returns (uint256);

    /// @notice A schema's digest and the schemas whose consumers it serves, itself included.
    function schema(ModelId id, uint8 number) external view returns (bytes32 digest, uint256 satisfies);

    /// @notice The open incident in an environment; all zero if there is none.
    function incident(ModelId id, EnvironmentId environment) external view returns (Incident memory);

    /// @notice When a person, or a committee, last halted a version in an environment.
    /// @param actor The person, or the committee's timelock as a left-padded address.
    function haltTime(VersionId id, EnvironmentId environment, bytes32 actor) external view returns (uint40);

    /// @notice When an operator or a Monitor last rolled back or withdrew in an environment.
    function operatorRollbackTime(ModelId id, EnvironmentId environment) external view returns (uint40);
}
