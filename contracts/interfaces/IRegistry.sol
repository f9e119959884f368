// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    DomainId,
    EnvironmentId,
    Identity,
    Incident,
    Model,
    ModelId,
    PersonId,
    Risk,
    Role,
    Stage,
    Tenure,
    Trigger,
    VersionId
} from "../types/Types.sol";
import {ActiveWord} from "../types/ActiveWord.sol";
import {VersionWord} from "../types/VersionWord.sol";
import {IRules} from "./IRules.sol";

/// @notice What a person signs (EIP-712), or a committee consents to, so that a version may enter a stage.
/// @param version The version, and by its id everything that is approved of it.
/// @param role The one role in which the signer signs.
/// @param stage The stage to be entered.
/// @param risk The effective risk: raising it voids the sign-off.
/// @param evidence SHA-256 of the document C that holds the test results.
/// @param policyEpoch The policy epoch: a new one voids the sign-off.
/// @param signingEpoch The signer's own epoch, zero for a committee: suspension and rotation void the sign-off.
/// @param deadline The last second in which it may be used.
struct SignOff {
    VersionId version;
    Role role;
    Stage stage;
    Risk risk;
    bytes32 evidence;
    uint32 policyEpoch;
    uint32 signingEpoch;
    uint40 deadline;
}

/// @notice A sign-off as the promotion carries it: what the contract knows itself is left out.
/// @param signer 20 bytes of an account's address, or an ERC-7913 signer.
/// @param signature Empty if the signer called {IRegistry-signOff}.
struct Approval {
    Role role;
    uint40 deadline;
    bytes signer;
    bytes signature;
}

/// @notice A step of a version to its next stage.
/// @param plan SHA-256 of the plan for degraded service; zero where the version satisfies all that is required.
/// @param approvals Ascending by role.
struct Promotion {
    Identity identity;
    Stage stage;
    bytes32 evidence;
    bytes32 plan;
    Approval[] approvals;
}

/// @notice A way back. `to` is zero in a withdrawal.
struct Rollback {
    ModelId model;
    EnvironmentId environment;
    VersionId from;
    VersionId to;
    Trigger trigger;
    bytes32 reason;
    bytes32 plan;
}

/// @notice A stop, or its end, for the version that is active in an environment.
struct Halt {
    ModelId model;
    EnvironmentId environment;
    VersionId version;
    Trigger trigger;
    bytes32 reason;
}

/// @title Models, versions, sign-offs, stages, active versions, rollbacks, halts and the audit head
/// @notice No admin, no setters: each change is an act of the policy, made by whom the policy names.
interface IRegistry {
    error RegistryUnauthorized(address caller, Role authority);
    error RegistryCertificateLapsed(PersonId person, uint40 certifiedUntil);
    error RegistryPersonSuspended(PersonId person, uint40 suspendedUntil);
    error RegistryInsufficientAuthority(Role authority, Risk risk);
    error RegistryEmptyDigest();
    error RegistryEmptyName();
    error RegistryEmptyReason();
    error RegistryNoTrigger();
    error RegistryModelExists(ModelId model);
    error RegistryUnknownModel(ModelId model);
    error RegistryModelSuspended(ModelId model);
    error RegistryModelNotSuspended(ModelId model);
    error RegistryUnknownSchema(ModelId model, uint256 schema);
    error RegistrySchemasExhausted(ModelId model);
    error RegistryNotDeveloper(ModelId model, PersonId person);
    error RegistryNotAuthor(PersonId author, PersonId caller);
    error RegistryRiskBelowFloor(Risk risk, Risk floor);
    error RegistryRiskNotRaised(Risk risk, Risk effective);
    error RegistryVersionExists(VersionId version);
    error RegistryUnknownVersion(VersionId version);
    error RegistryParentMismatch(VersionId parentVersion, bytes32 parent);
    error RegistryLabelTaken(ModelId model, bytes32 label, VersionId holder);
    error RegistryStageSkipped(VersionId version, Stage current, Stage requested);
    error RegistryVersionCondemned(VersionId version);
    error RegistryVersionRetired(VersionId version);
    error RegistryVersionActive(VersionId version, uint256 environments);
    error RegistrySignOffsUnsorted(Role previous, Role next);
    error RegistrySignOffMissing(VersionId version, Stage stage, uint16 missing);
    error RegistrySignOffExpired(Role role, uint40 deadline);
    error RegistrySignOffInvalid(Role role, bytes signer);
    error RegistrySignOffUnqualified(Role role, PersonId person);
    error RegistrySignOffOutdated(uint32 given, uint32 current);
    error RegistryAuthorSignedOff(PersonId author);
    error RegistryPersonFillsTwoRoles(PersonId person, Role first, Role second);
    error RegistryNotLeadOfDomain(PersonId person, DomainId domain);
    error RegistryReviewOverdue(uint40 dueAt);
    error RegistryIncompatible(VersionId version, uint256 missing);
    error RegistryNotActive(VersionId claimed, VersionId active);
    error RegistryNothingActive(ModelId model, EnvironmentId environment);
    error RegistryTargetIneligible(VersionId target, EnvironmentId environment);
    error RegistryTargetNotSoaked(VersionId target, uint256 longest, uint256 required);
    error RegistryOperatorLimit(uint256 nextAllowedAt);
    error RegistryHaltLimit(Role authority, uint256 nextAllowedAt);
    error RegistryAlreadyHalted(Role haltedBy);
    error RegistryNotHalted(VersionId version);
    error RegistryNotLapsed(uint256 lapsesAt);
    error RegistryNeverLapses(Risk risk);
    error RegistryNoIncident(ModelId model, EnvironmentId environment);

    /// @notice The RAIO creates a model.
    /// @param name The model's name in UTF-8; its keccak256 is the id.
    /// @param domain The domain whose lead counts.
    /// @param floor No version will have a lower effective risk.
    /// @param developers Who may register versions, besides holding the role ModelDeveloper.
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
    function requireSchemas(ModelId model, EnvironmentId environment, uint256 schemas, bytes32 document) external;

    /// @notice The Assembly suspends a model (policy 11). Rollbacks, withdrawals and halts still work.
    function suspendModel(ModelId model, bytes32 document) external;

    /// @notice The Assembly ends a model's suspension.
    function reinstateModel(ModelId model, bytes32 document) external;

    /// @notice A developer of the model registers a version. It starts in Development.
    /// @param parentVersion The registered version whose manifest digest is `identity.parent`; zero if that is zero.
    function register(Identity calldata identity, VersionId parentVersion) external returns (VersionId version);

    /// @notice The RAIO raises a version's risk. Sign-offs for the lower one are void.
    function raiseRisk(Identity calldata identity, Risk risk, bytes32 document) external;

    /// @notice A person or a committee signs off by its own transaction.
    function signOff(SignOff calldata terms) external;

    /// @notice A version enters its next stage and becomes active in that stage's own environment. Anyone may carry it:
    /// the sign-offs authorise it.
    function promote(Promotion calldata promotion) external;

    /// @notice A System Operator activates a newer version in a further environment of a stage that it has reached.
    function activate(Identity calldata identity, EnvironmentId environment, bytes32 plan) external;

    /// @notice Restores a proven version (policy 6). `from` is condemned: after 24 hours if an operator does it, at once
    /// otherwise. The Emergency Committee's call condemns it even where it is no longer active.
    function rollback(Rollback calldata order, Role authority) external;

    /// @notice Takes the active version out of service without a target. `from` is condemned as in {rollback}.
    function withdraw(Rollback calldata order, Role authority) external;

    /// @notice The RAIO undoes an operator's rollback within 24 hours.
    function overrule(Rollback calldata order) external;

    /// @notice Stops the active version at once, without a target.
    function halt(Halt calldata order, Role authority) external;

    /// @notice Ends a halt, by at least the halter's authority.
    function resume(Halt calldata order, Role authority) external;

    /// @notice Anyone ends a Low or Medium halt after 72 hours.
    function lapse(ModelId model, EnvironmentId environment) external;

    /// @notice Reports a rollback trigger (policy 6.1); a response is due within the time that Rules sets.
    function reportTrigger(Halt calldata order, Role authority) external;

    /// @notice The RAIO closes an incident without a rollback.
    function closeIncident(ModelId model, EnvironmentId environment, bytes32 reason) external;

    /// @notice The RAIO ends a version's life.
    function retire(Identity calldata identity, bytes32 reason) external;

    /// @notice The rules that this registry obeys.
    function RULES() external view returns (IRules);

    /// @notice The head of this contract's audit chain.
    function head() external view returns (bytes32);

    /// @notice The id of a version with these facts, on this chain, in this registry.
    function versionId(Identity calldata identity) external view returns (VersionId);

    /// @notice A model's word and its domain.
    function model(ModelId id) external view returns (Model memory, DomainId domain);

    /// @notice Whether a person may register versions of a model, given the role.
    function isDeveloper(ModelId id, PersonId person) external view returns (bool);

    /// @notice A version's manifest digest and word.
    function version(VersionId id) external view returns (bytes32 manifestDigest, VersionWord);

    /// @notice The highest of the model's floor, the declared and the raised risk.
    function effectiveRisk(ModelId id, VersionId version_) external view returns (Risk);

    /// @notice Who holds a label; zero if nobody.
    function labelHolder(ModelId id, bytes32 label) external view returns (VersionId);

    /// @notice What is active in an environment.
    function active(ModelId id, EnvironmentId environment) external view returns (VersionId, ActiveWord);

    /// @notice How long a version was active in an environment.
    function tenure(ModelId id, EnvironmentId environment, VersionId version_) external view returns (Tenure memory);

    /// @notice The schemas that an environment needs, as a bitmap.
    function requiredSchemas(ModelId id, EnvironmentId environment) external view returns (uint256);

    /// @notice A schema's digest and the schemas whose consumers it serves, itself included.
    function schema(ModelId id, uint8 number) external view returns (bytes32 digest, uint256 satisfies);

    /// @notice The open incident in an environment; all zero if there is none.
    function incident(ModelId id, EnvironmentId environment) external view returns (Incident memory);

    /// @notice What a signer signs (EIP-712).
    function signOffDigest(SignOff calldata terms) external view returns (bytes32);
}
