// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev keccak256 of the model's name in UTF-8.
type ModelId is bytes32;

/// @dev The commitment to everything that is approved of a version, see {Identity}.
type VersionId is bytes32;

/// @dev keccak256(abi.encode(keccak256(the first signer's bytes), salt)): a reorganisation cannot make it mean someone else.
type PersonId is bytes32;

/// @dev An opaque id of a place where versions run; that of the three built-in ones is keccak256 of their name.
type EnvironmentId is bytes32;

/// @dev keccak256 of the name of a domain of use ("radiology").
type DomainId is bytes32;

using {sameVersion as ==, otherVersion as !=} for VersionId global;
using {samePerson as ==, otherPerson as !=} for PersonId global;

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

/// @dev Policy 6.1. `None` is refused wherever a trigger is asked for.
enum Trigger {
    None,
    SafetyRisk,
    PerformanceRegression,
    DriftOrIntegrity,
    Directive,
    Incident
}

/// @dev How a model stands. `None` is a model that was never created, `Moved` one whose home is another registry now.
enum ModelState {
    None,
    Open,
    Suspended,
    Moved
}

/// @dev What an audit entry records. The numbers are part of the audit head's preimage: append, never reorder.
enum Action {
    Genesis,
    // Registry
    ModelCreated,
    FloorSet,
    DeveloperSet,
    SchemaAdded,
    SchemasRequired,
    MonitorSet,
    ModelSuspended,
    ModelReinstated,
    ModelMoved,
    Registered,
    RiskRaised,
    RiskRestored,
    DefectRecorded,
    Promoted,
    Activated,
    RolledBack,
    Withdrawn,
    Overruled,
    Halted,
    Resumed,
    Lapsed,
    TriggerReported,
    IncidentClosed,
    Retired,
    Released,
    // Rules
    Appointed,
    RolesChanged,
    DomainSet,
    Certified,
    Suspended,
    Reinstated,
    Sanctioned,
    ViolationRecorded,
    AuditAccepted,
    Rotated,
    RecoveryStarted,
    RecoveryObjected,
    Recovered,
    EnvironmentAdded,
    SignedOff,
    EpochConsented,
    EpochStarted,
    ReviewRecorded,
    ReviewPulled,
    // Registry: a rollback or withdrawal that the Emergency Committee ordered of what is no longer active
    Condemned
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

/// @notice How a model stands, see {ModelWord}.
/// @param tag 1, 2, 3 … in the order of creation; each version of the model carries it.
/// @param versions How many versions were ever registered.
/// @param sequence Grows by one with each change of what is active or halted: the verifiers' high-water mark.
/// @param schemas How many schemas were ever added (at most 256).
/// @param floor No version of the model has a lower effective risk.
/// @param state Open, suspended or moved.
/// @param monitored Whether a Monitor may take a version of Low or Medium risk one step back.
/// @param introduced Whether a version was ever promoted to Production at an effective risk of High or Critical.
struct Model {
    uint32 tag;
    uint32 versions;
    uint40 sequence;
    uint16 schemas;
    Risk floor;
    ModelState state;
    bool monitored;
    bool introduced;
}

/// @notice One word: an open incident in an environment (policy 6.1). Times are seconds since 1970-01-01 UTC.
/// @param trigger What was reported first.
/// @param number The number of the version that it is about.
/// @param respondBy When a response is due.
struct Incident {
    Trigger trigger;
    uint32 number;
    uint40 reportedAt;
    uint40 respondBy;
}

/// @notice How a person stands, see {StandingWord}. Times are seconds since 1970-01-01 UTC.
/// @param roles The bitmap of roles.
/// @param signingEpoch What the person signed in an earlier one is void.
/// @param suspendedUntil Until when the person may do nothing; the largest value means for good.
/// @param suspendableFrom From when on the RAIO may suspend the person again.
/// @param versioning When the certificate of the curriculum on versioning expires.
/// @param rollback When that on rollback procedures does.
/// @param incident When that on incident handling does.
/// @param auditRequired Whether the person may do nothing but brake until an external audit is accepted.
struct Standing {
    uint16 roles;
    uint32 signingEpoch;
    uint40 suspendedUntil;
    uint40 suspendableFrom;
    uint40 versioning;
    uint40 rollback;
    uint40 incident;
    bool auditRequired;
}
