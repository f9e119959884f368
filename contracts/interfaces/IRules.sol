// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Matrix} from "../types/Matrix.sol";
import {DomainId, EnvironmentId, PersonId, Risk, Role, Stage, Standing, VersionId} from "../types/Types.sol";

/// @notice The three curricula of policy 10; each has its own expiry, in seconds since 1970-01-01 UTC.
struct Certificate {
    uint40 versioning;
    uint40 rollback;
    uint40 incident;
}

/// @notice Times that the DAO sets, per risk (index 0 is Low), in seconds: each from one second to 365 days.
/// @param soak How long a version must have run in an environment, without a halt, before one may roll back to it there.
/// @param response How long after a reported trigger a response is due.
struct Thresholds {
    uint32[4] soak;
    uint32[4] response;
}

/// @notice A person as the genesis or an appointment names them.
/// @param signer 20 bytes of an account's address, or an ERC-7913 verifier's address followed by its key.
/// @param salt Makes the id of a person unlinkable to the key until the appointment.
struct Appointment {
    bytes signer;
    bytes32 salt;
    uint16 roles;
    DomainId[] domains;
}

/// @notice Everything that holds from the first block on.
/// @param certificates One for each of `people`, in their order.
/// @param stages One for each of `environments`, in their order.
/// @param document SHA-256 of the policy.
struct Genesis {
    Appointment[] people;
    Certificate[] certificates;
    EnvironmentId[] environments;
    Stage[] stages;
    Matrix matrix;
    Thresholds thresholds;
    bytes32 document;
}

/// @notice A committee: the timelock is its voice, the governor where it votes, the seats who sits in it.
struct Body {
    address timelock;
    address governor;
    address seats;
}

/// @notice The three committees of the DAO.
struct Committees {
    Body assemblyBody;
    Body oversightBody;
    Body emergencyBody;
}

/// @notice What a person signs (EIP-712), or a committee consents to, so that a version may enter a stage.
/// @param version The version, and by its id everything that is approved of it.
/// @param stage The stage to be entered.
/// @param risk The effective risk: raising it voids the sign-off.
/// @param evidence SHA-256 of the document C that holds the test results.
/// @param plan SHA-256 of the plan for degraded service, zero where the version serves all that is required: who carries
/// the sign-offs does not choose it.
/// @param policyEpoch The policy epoch: a new one voids the sign-off.
/// @param role The one role in which the signer signs.
/// @param signingEpoch The signer's own epoch, zero for a committee: the loss of a role, a suspension, a rotation, a recovery
/// and an objection void the sign-off.
/// @param deadline The last second in which it may be used.
struct SignOff {
    VersionId version;
    Stage stage;
    Risk risk;
    bytes32 evidence;
    bytes32 plan;
    uint32 policyEpoch;
    Role role;
    uint32 signingEpoch;
    uint40 deadline;
}

/// @notice A step that sign-offs are presented for.
/// @param author Who registered the version: the author never signs off.
/// @param domain The model's domain: a domain lead counts in it only.
struct Step {
    VersionId version;
    Stage stage;
    Risk risk;
    bytes32 evidence;
    bytes32 plan;
    PersonId author;
    DomainId domain;
}

/// @title People, roles, certificates, sign-offs, the matrix, environments and policy epochs
/// @notice Whom the policy lets do what, and whether they did. The policy's own floors are code: no vote goes below
/// them. `document` is always the SHA-256 of the document C that gives the grounds.
/// @dev Each act appends one entry to this contract's audit chain, with {AuditChain-Logged} as its event. The EIP-712
/// domain of everything that is signed, but for ballots, is {name: "Kedge", version: "1", chainId, this contract}.
interface IRules {
    error RulesUnauthorized(address caller, Role required);
    error RulesUnqualified(PersonId person, Role required);
    error RulesCertificateLapsed(PersonId person, uint40 certifiedUntil);
    error RulesPersonSuspended(PersonId person, uint40 suspendedUntil);
    error RulesAuditRequired(PersonId person);
    error RulesZeroAddress();
    error RulesEmptyDocument();
    error RulesEmptyId();
    error RulesMalformedSigner(bytes signer);
    error RulesKeyTaken(bytes32 key);
    error RulesUnknownPerson(PersonId person);
    error RulesUnknownRoles(uint16 roles);
    error RulesLengthMismatch(uint256 left, uint256 right);
    error RulesExpiryInPast(uint40 expiry, uint256 time);
    error RulesOwnCertificate(PersonId person);
    error RulesEnvironmentExists(EnvironmentId environment);
    error RulesStageWithoutEnvironment(Stage stage);
    error RulesMatrixBelowFloor(Matrix matrix);
    error RulesMatrixUnknownRoles(Matrix matrix);
    error RulesThresholdOutOfBounds(uint256 given, uint256 longest);
    error RulesNoConsent(bytes32 terms);
    error RulesNotSuspended(PersonId person);
    error RulesSuspensionTooShort(uint40 until, uint256 earliest);
    error RulesSuspensionTooLong(uint40 until, uint256 latest);
    error RulesSuspensionBarred(PersonId person);
    error RulesSuspensionTooSoon(PersonId person, uint40 suspendableFrom);
    error RulesSuspensionsExhausted(uint256 nextAllowedAt);
    error RulesNoAuditRequired(PersonId person);
    error RulesInvalidRotation(bytes32 key);
    /// @dev None waits, or one that gives another key.
    error RulesNoRecovery(PersonId person);
    error RulesRecoveryNotReady(PersonId person, uint40 readyAt);
    error RulesWarrantMalformed(uint256 offset);
    error RulesSignOffsUnsorted(Role first, Role second);
    error RulesSignOffMissing(VersionId version, Stage stage, uint16 roles);
    error RulesSignOffOutdated(uint32 given, uint32 current);
    error RulesDeadlineTooFar(uint40 deadline, uint256 latest);
    error RulesWarrantExpired(Role role, uint40 deadline);
    error RulesInvalidSignature(Role role, bytes signer);
    error RulesAuthorSignedOff(PersonId author);
    error RulesPersonFillsTwoRoles(PersonId person, Role first, Role second);
    error RulesNotLeadOfDomain(PersonId person, DomainId domain);
    error RulesReviewOverdue(uint40 dueAt);

    /// @notice The Assembly gives a person an id, roles and domains. The person is not certified yet.
    /// @return person keccak256(abi.encode(keccak256(signer), salt)).
    function appoint(Appointment calldata appointment, bytes32 document) external returns (PersonId person);

    /// @notice The Assembly replaces a person's roles. A role taken away voids what the person signed.
    function setRoles(PersonId person, uint16 roles, bytes32 document) external;

    /// @notice The Assembly lets a domain lead count in a domain, or no longer.
    function setDomain(PersonId person, DomainId domain, bool leads, bytes32 document) external;

    /// @notice The Assembly adds a place where versions of a stage run.
    function addEnvironment(EnvironmentId environment, Stage stage, bytes32 document) external;

    /// @notice The Assembly starts a policy epoch. The Oversight Committee has consented to its {epochTerms}; that consent is
    /// used up, the next review is due in 365 days, and sign-offs of earlier epochs are void.
    /// @param document SHA-256 of the policy.
    function startEpoch(bytes32 document, Matrix matrix, Thresholds calldata thresholds) external;

    /// @notice The Assembly ends a suspension.
    function reinstate(PersonId person, bytes32 document) external;

    /// @notice The Assembly puts a sanction on record (policy 11): what the chain cannot enforce itself.
    function sanction(PersonId person, bytes32 document) external;

    /// @notice The Assembly begins to give a person whose key is lost another one. It takes at least 7 days, and until it is
    /// completed the old key may object; a later start replaces an earlier one. Who holds a seat gets an account's key.
    function startRecovery(PersonId person, bytes calldata signer, bytes32 document) external;

    /// @notice The RAIO suspends a person for 7 to 14 days: at most three at a time, nobody again before 30 days after
    /// the last one ended, and neither who holds a seat nor who is a RAIO. The Assembly suspends anyone for any time;
    /// one of its own loses the seat with it, and where too few seats would be left that reverts ({Seats-SeatsTooFew}). What
    /// the person signed is void.
    /// @param until The end in seconds; the largest value means for good.
    function suspend(PersonId person, uint40 until, Role authority, bytes32 document) external;

    /// @notice The Training Officer, or the Assembly, sets when a person's three curricula expire. Nobody certifies
    /// themselves, and only the Assembly lets one expire earlier than now.
    /// @param document The digest of the report that shows the training.
    function certify(PersonId person, Certificate calldata certificate, Role authority, bytes32 document) external;

    /// @notice The Oversight Committee agrees to an epoch, which the Assembly may start within 30 days.
    /// @param terms {epochTerms} of exactly what is agreed to.
    function consentToEpoch(bytes32 terms) external;

    /// @notice The Oversight Committee records the policy's review; the next is due 365 days later.
    function recordReview(bytes32 document) external;

    /// @notice The Oversight Committee records a violation. At the third within 365 days the person may do nothing but brake,
    /// see {authorize}, until an external audit is accepted. Votes and the change of the own key are not barred.
    function recordViolation(PersonId person, bytes32 document) external;

    /// @notice The Oversight Committee accepts the report of an external audit; the violations before it count no more.
    function acceptAudit(PersonId person, bytes32 document) external;

    /// @notice The Oversight Committee or the Assembly orders a review of the policy (policy 12): due in 30 days,
    /// if not earlier.
    function orderReview(Role authority, bytes32 document) external;

    /// @notice A person or a committee signs off by its own transaction; a committee for 30 days at most.
    function signOff(SignOff calldata terms) external;

    /// @notice A person replaces the own key at once; what the old key signed is void, and a recovery that waits is off.
    /// Seats follow. A suspended key replaces itself too, which saves a stolen one, but not while a recovery waits: it may
    /// be the thief's.
    /// @param current The key in use, as its signer's bytes. If `currentSignature` is empty the caller must be it.
    /// @param currentSignature By the key in use over {rotationDigest}, so that anyone may carry it.
    /// @param signer The new key.
    /// @param signature By the new key over {rotationDigest}: nobody can be given a key that is not theirs.
    function rotate(
        bytes calldata current,
        bytes calldata currentSignature,
        bytes calldata signer,
        bytes calldata signature
    ) external;

    /// @notice The key in use calls a recovery off; what it signed before is void, this objection too. While the person is
    /// suspended it cannot: it may be a thief's.
    /// @param current The key in use, as its signer's bytes.
    /// @param signature Over {objectionDigest}; empty if the caller is the key.
    function objectToRecovery(PersonId person, bytes calldata current, bytes calldata signature) external;

    /// @notice Anyone completes a recovery after its 7 days. Seats follow.
    /// @param signature By the new key over {rotationDigest}.
    function recover(PersonId person, bytes calldata signer, bytes calldata signature) external;

    /// @notice The Registry, or the governor of a committee whose settings change, pulls the review forward to 30 days from
    /// now, if it is not due earlier.
    /// @param subject The version that was rolled back or reported, or the governor as a left-padded address.
    function pullReview(bytes32 subject) external;

    /// @notice Who acts, if the caller may act in this role now; reverts otherwise.
    /// @param brake Whether the act halts, rolls back or withdraws, reports a trigger or closes an incident: a certificate
    /// that has lapsed counts 30 days longer for it, and a required audit does not bar it.
    /// @return actor The person, or the committee's timelock as a left-padded address.
    function authorize(address caller, Role role, bool brake) external view returns (bytes32 actor);

    /// @notice Who acts by a carried warrant; reverts unless it is valid now. A committee has none: it calls.
    /// @param terms The EIP-712 type hash and the encoded members before `role`, `signingEpoch` and `deadline`, which
    /// end each type.
    /// @param warrant One packed warrant, see {Warrants}.
    function authorizeBySig(
        bytes calldata terms,
        bytes calldata warrant,
        bool brake
    ) external view returns (bytes32 actor, Role role);

    /// @notice Reverts unless these sign-offs, all of them, let the step be taken now.
    /// @param signOffs Packed warrants, ascending by role, see {Warrants}.
    function requireSignOffs(Step calldata step, bytes calldata signOffs) external view;

    /// @notice The head of this contract's audit chain.
    function head() external view returns (bytes32);

    /// @notice Which address speaks for a committee; zero for roles that are not committees.
    function committee(Role role) external view returns (address);

    /// @notice Whose key it is; zero if nobody's.
    /// @param key keccak256 of the signer's bytes.
    function personOf(bytes32 key) external view returns (PersonId);

    /// @notice How a person stands. All zero for nobody.
    function standing(PersonId person) external view returns (Standing memory);

    /// @notice The earliest expiry of the person's three certificates, in seconds.
    function certifiedUntil(PersonId person) external view returns (uint40);

    /// @notice Whether the person is appointed, unsuspended, and holds three certificates none of which expired `grace`
    /// seconds ago or earlier. A required audit is not asked for.
    /// @param grace The largest value asks for no certificate.
    function isCleared(PersonId person, uint40 grace) external view returns (bool);

    /// @notice keccak256 of the person's current signer, and the account it is; zero for a key that is not an account's.
    function keyOf(PersonId person) external view returns (bytes32 key, address account);

    /// @notice When the last three violations on record were, the latest first.
    function violations(PersonId person) external view returns (uint40[3] memory);

    /// @notice The key that a recovery will give a person, and from when on; zero if there is none.
    function recovery(PersonId person) external view returns (bytes32 key, uint40 readyAt);

    /// @notice When each of the three suspensions that the RAIO may have open ends.
    function suspensions() external view returns (uint40[3] memory);

    /// @notice Whether a person leads a domain.
    function leads(PersonId person, DomainId domain) external view returns (bool);

    /// @notice The stage that an environment requires, None if there is no such environment, and its index.
    function place(EnvironmentId environment) external view returns (Stage stage, uint16 index);

    /// @notice All environments, each at its index.
    function environments() external view returns (EnvironmentId[] memory);

    /// @notice The matrix in force, its epoch, and when the next review is due: from then on High and Critical promotions
    /// wait.
    function policy() external view returns (uint32 epoch, Matrix matrix, uint40 reviewDueAt);

    /// @notice How long a version of a risk must have run before it can be a rollback's target, in seconds.
    function soakTime(Risk risk) external view returns (uint32);

    /// @notice Within how many seconds a reported trigger must be answered.
    function responseTime(Risk risk) external view returns (uint32);

    /// @notice What the Oversight Committee consents to when the Assembly is to start an epoch.
    /// @return keccak256(abi.encode(chainid, this contract, epoch, document, matrix, thresholds)): 13 words.
    function epochTerms(
        uint32 epoch,
        bytes32 document,
        Matrix matrix,
        Thresholds calldata thresholds
    ) external view returns (bytes32);

    /// @notice What a signer signs so that a version may enter a stage (EIP-712): SignOff(bytes32 version,uint8 stage,uint8
    /// risk,bytes32 evidence,bytes32 plan,uint32 policyEpoch,uint8 role,uint32 signingEpoch,uint40 deadline).
    function signOffDigest(SignOff calldata terms) external view returns (bytes32);

    /// @notice What the new key signs when a person changes to it, and the old one if it does not call (EIP-712):
    /// Rotation(bytes32 person,bytes signer,uint32 signingEpoch).
    function rotationDigest(
        PersonId person,
        bytes calldata signer,
        uint32 signingEpoch
    ) external view returns (bytes32);

    /// @notice What the key in use signs to call a recovery off (EIP-712): Objection(bytes32 person,bytes32 key,uint32
    /// signingEpoch).
    /// @param key keccak256 of the signer that the recovery would give.
    function objectionDigest(PersonId person, bytes32 key, uint32 signingEpoch) external view returns (bytes32);
}
