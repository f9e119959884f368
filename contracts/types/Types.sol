// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev keccak256 of the model's name in UTF-8.
type ModelId is bytes32;

/// @dev The commitment to everything that is approved of a version, see {Identity}.
type VersionId is bytes32;

/// @dev keccak256(abi.encode(keccak256(first key), salt)): a reorganisation cannot make it mean someone else.
type PersonId is bytes32;

/// @dev An opaque id of a place where versions run; that of the three built-in ones is keccak256 of their name.
type EnvironmentId is bytes32;

/// @dev keccak256 of the name of a domain of use ("radiology").
type DomainId is bytes32;

using {sameModel as ==} for ModelId global;
using {sameVersion as ==, otherVersion as !=} for VersionId global;
using {samePerson as ==, otherPerson as !=} for PersonId global;
using {sameEnvironment as ==} for EnvironmentId global;

function sameModel(ModelId a, ModelId b) pure returns (bool) {
    return ModelId.unwrap(a) == ModelId.unwrap(b);
}

function sameVersion(VersionId a, VersionId b) pure returns (bool) {
    return VersionId.unwrap(a) == VersionId.unwrap(b);
}

function otherVersion(VersionId a, VersionId b) pure returns (bool) {
    return VersionId.unwrap(a) != VersionId.unwrap(b);
}

function samePerson(PersonId a, PersonId b) pure returns (bool) {
    return PersonId.unwrap(a) == PersonId.unwrap(b);
}

function otherPerson(PersonId a, PersonId b) pure returns (bool) {
    return PersonId.unwrap(a) != PersonId.unwrap(b);
}

function sameEnvironment(EnvironmentId a, EnvironmentId b) pure returns (bool) {
    return EnvironmentId.unwrap(a) == EnvironmentId.unwrap(b);
}

VersionId constant NO_VERSION = VersionId.wrap(0);
PersonId constant NO_PERSON = PersonId.wrap(0);

EnvironmentId constant VALIDATION = EnvironmentId.wrap(keccak256("validation"));
EnvironmentId constant STAGING = EnvironmentId.wrap(keccak256("staging"));
EnvironmentId constant PRODUCTION = EnvironmentId.wrap(keccak256("production"));

/// @dev Policy 5.1. The order is the order of danger.
enum Risk {
    Low,
    Medium,
    High,
    Critical
}

/// @dev Policy 5.2. `None` is a version that was never registered.
enum Stage {
    None,
    Development,
    Validation,
    Staging,
    Production,
    Retired
}

/// @dev Who may do what. A set of roles is a bitmap in which bit `uint8(role)` stands for the role.
enum Role {
    None,
    TechnicalLead,
    ResponsibleAIOfficer,
    DomainLead,
    OversightCommittee,
    SystemOperator,
    EmergencyCommittee,
    ModelDeveloper,
    Monitor,
    TrainingOfficer,
    Auditor,
    Assembly
}

/// @dev Policy 6.1. `None` is never accepted.
enum Trigger {
    None,
    SafetyRisk,
    PerformanceRegression,
    DriftOrIntegrity,
    Directive,
    Incident
}

/// @dev What an audit entry records. The numbers are part of the audit head's preimage: append, never reorder.
enum Action {
    Genesis,
    // Registry
    ModelCreated,
    SchemaAdded,
    SchemasRequired,
    DeveloperSet,
    ModelSuspended,
    ModelReinstated,
    Registered,
    SignedOff,
    RiskRaised,
    Promoted,
    Activated,
    RolledBack,
    Overruled,
    Withdrawn,
    Retired,
    Halted,
    Resumed,
    Lapsed,
    TriggerReported,
    IncidentClosed,
    // Rules
    Appointed,
    RolesChanged,
    DomainSet,
    Certified,
    Suspended,
    Reinstated,
    Rotated,
    EnvironmentAdded,
    EpochConsented,
    EpochStarted,
    ReviewRecorded,
    ReviewPulled
}

/// @notice Everything that is approved of a version. Its hash, with chain and registry, is the {VersionId}.
/// @param model The model that this is a version of.
/// @param label keccak256 of the SemVer label in UTF-8.
/// @param manifestDigest SHA-256 of document B, the manifest.
/// @param artifactDigest SHA-256 of document A, the artifact statement.
/// @param parent The manifest digest of the version that this one was made from, or zero: so the id follows from the
/// documents alone.
/// @param schema The number of the model's schema that this version speaks.
/// @param risk The risk its author declares; the effective risk may be higher.
/// @param author The person who registers it.
struct Identity {
    ModelId model;
    bytes32 label;
    bytes32 manifestDigest;
    bytes32 artifactDigest;
    bytes32 parent;
    uint8 schema;
    Risk risk;
    PersonId author;
}

/// @notice One word: how a model stands.
/// @param versions How many versions were ever registered.
/// @param sequence Grows by one with each change of what is active or halted: the verifiers' high-water mark.
/// @param schemas How many schemas were ever added (at most 256).
/// @param floor No version of the model has a lower effective risk.
/// @param exists True since its creation.
/// @param suspended True while the Assembly has it suspended.
struct Model {
    uint32 versions;
    uint64 sequence;
    uint16 schemas;
    Risk floor;
    bool exists;
    bool suspended;
}

/// @notice One word: how long a version was active in an environment.
/// @param longest Its longest uninterrupted time there, in seconds.
/// @param ended The model's sequence when it was last replaced there.
/// @param risk The highest risk at which it was active there.
struct Tenure {
    uint40 longest;
    uint64 ended;
    Risk risk;
}

/// @notice One word: an open incident in an environment (policy 6.1).
struct Incident {
    Trigger trigger;
    uint32 number;
    uint40 reportedAt;
    uint40 respondBy;
}

/// @notice How a person stands, as of the block.
/// @param person Zero if the key is nobody's.
/// @param roles The bitmap of roles.
/// @param signingEpoch A sign-off that names an older one is void.
/// @param certifiedUntil The earliest expiry of the three curricula.
/// @param suspendedUntil Zero, or until when the person may do nothing.
struct Standing {
    PersonId person;
    uint16 roles;
    uint32 signingEpoch;
    uint40 certifiedUntil;
    uint40 suspendedUntil;
}
