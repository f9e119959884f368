// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DomainId, EnvironmentId, PersonId, Risk, Role, Stage, Standing} from "../types/Types.sol";
import {Matrix} from "../types/Matrix.sol";

/// @notice The three curricula of policy 10; each has its own expiry.
struct Certificate {
    uint40 versioning;
    uint40 rollback;
    uint40 incident;
}

/// @notice Times that the DAO sets, per risk (index 0 is Low), in seconds.
/// @param soak How long a version must have been active in an environment before one may roll back to it there.
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
struct Genesis {
    Appointment[] people;
    Certificate[] certificates;
    EnvironmentId[] environments;
    Stage[] stages;
    Matrix matrix;
    Thresholds thresholds;
    bytes32 document;
}

/// @notice The three timelocks, each the voice of its committee.
struct Committees {
    address assemblyTimelock;
    address oversightTimelock;
    address emergencyTimelock;
}

/// @title People, roles, certificates, the matrix, environments and policy epochs
/// @notice Whom the policy lets do what. The policy's own floors are code: no vote goes below them.
interface IRules {
    error RulesUnauthorized(address caller, Role required);
    error RulesZeroAddress();
    error RulesEmptyDocument();
    error RulesMalformedSigner(bytes signer);
    error RulesKeyTaken(bytes32 key);
    error RulesUnknownPerson(PersonId person);
    error RulesUnknownRoles(uint16 roles);
    error RulesLengthMismatch(uint256 left, uint256 right);
    error RulesExpiryInPast(uint40 expiry, uint256 time);
    error RulesUnknownEnvironment(EnvironmentId environment);
    error RulesEnvironmentExists(EnvironmentId environment);
    error RulesStageWithoutEnvironment(Stage stage);
    error RulesMatrixBelowFloor(Matrix matrix);
    error RulesMatrixUnknownRoles(Matrix matrix);
    error RulesNoConsent(bytes32 terms);
    error RulesNotSuspended(PersonId person);
    error RulesInvalidRotation(bytes32 key);

    /// @notice The Assembly gives a person an id, roles and domains. The person is not certified yet.
    /// @return person keccak256(abi.encode(keccak256(signer), salt)).
    function appoint(Appointment calldata appointment, bytes32 document) external returns (PersonId person);

    /// @notice The Assembly replaces a person's roles. A role taken away voids what the person signed.
    function setRoles(PersonId person, uint16 roles, bytes32 document) external;

    /// @notice The Assembly lets a domain lead count in a domain, or no longer.
    function setDomain(PersonId person, DomainId domain, bool leads, bytes32 document) external;

    /// @notice The Training Officer, or the Assembly, sets when a person's three curricula expire.
    /// @param document The digest of the report that shows the training.
    function certify(PersonId person, Certificate calldata certificate, Role authority, bytes32 document) external;

    /// @notice The Assembly suspends a person; what the person signed is void.
    /// @param until The end in seconds; the largest value means for good.
    function suspend(PersonId person, uint40 until, bytes32 document) external;

    /// @notice The Assembly ends a suspension.
    function reinstate(PersonId person, bytes32 document) external;

    /// @notice A person replaces the own key at once; what the old key signed is void.
    /// @param signer The new key.
    /// @param signature By the new key over {rotationDigest}: nobody can be given a key that is not theirs.
    function rotate(bytes calldata signer, bytes calldata signature) external;

    /// @notice The Assembly adds a place where versions of a stage run.
    function addEnvironment(EnvironmentId environment, Stage stage, bytes32 document) external;

    /// @notice The Oversight Committee agrees to an epoch before the Assembly starts it.
    /// @param terms {epochTerms} of exactly what is agreed to.
    function consentToEpoch(bytes32 terms) external;

    /// @notice The Assembly starts a policy epoch. Sign-offs of earlier epochs are void.
    function startEpoch(bytes32 document, Matrix matrix, Thresholds calldata thresholds) external;

    /// @notice The Oversight Committee records the policy's review; the next is due 365 days later.
    function recordReview(bytes32 document) external;

    /// @notice The Registry pulls the review forward to 30 days from now, if it is not due earlier.
    function pullReview(bytes32 subject) external;

    /// @notice The head of this contract's audit chain.
    function head() external view returns (bytes32);

    /// @notice Which address speaks for a committee; zero for roles that are not committees.
    function committee(Role role) external view returns (address);

    /// @notice How the holder of a key stands. All zero if the key is nobody's.
    /// @param key keccak256 of the signer's bytes.
    function standing(bytes32 key) external view returns (Standing memory);

    /// @notice How a person stands.
    function standingOf(PersonId person) external view returns (Standing memory);

    /// @notice Whether the person is appointed, holds three unexpired certificates and is not suspended.
    function isCleared(PersonId person) external view returns (bool);

    /// @notice The person's current key; zero for a key that is not an account's.
    function accountOf(PersonId person) external view returns (address);

    /// @notice The person's certificate.
    function certificateOf(PersonId person) external view returns (Certificate memory);

    /// @notice Whether a person leads a domain.
    function leads(PersonId person, DomainId domain) external view returns (bool);

    /// @notice The stage that an environment requires; None if there is no such environment.
    function stageOf(EnvironmentId environment) external view returns (Stage);

    /// @notice The matrix in force and its epoch.
    function policy() external view returns (uint32 epoch, Matrix matrix);

    /// @notice When the next review is due, in seconds. From then on High and Critical promotions wait.
    function reviewDueAt() external view returns (uint40);

    /// @notice How long a version of a risk must have been active before it can be a rollback's target, in seconds.
    function soakTime(Risk risk) external view returns (uint32);

    /// @notice Within how many seconds a reported trigger must be answered.
    function responseTime(Risk risk) external view returns (uint32);

    /// @notice What the Oversight Committee consents to when the Assembly is to start an epoch.
    function epochTerms(
        uint32 epoch,
        bytes32 document,
        Matrix matrix,
        Thresholds calldata thresholds
    ) external view returns (bytes32);

    /// @notice What the new key signs when a person rotates to it (EIP-712).
    function rotationDigest(
        PersonId person,
        bytes calldata signer,
        uint32 signingEpoch
    ) external view returns (bytes32);
}
