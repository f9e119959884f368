// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Seats} from "./governance/Seats.sol";
import {
    Appointment,
    Certificate,
    Committees,
    Genesis,
    IRules,
    SignOff,
    Step,
    Thresholds
} from "./interfaces/IRules.sol";
import {AuditChain} from "./libraries/AuditChain.sol";
import {Signers} from "./libraries/Signers.sol";
import {Warrants} from "./libraries/Warrants.sol";
import {Matrix, only, policyFloor} from "./types/Matrix.sol";
import {StandingWord} from "./types/StandingWord.sol";
import {
    Action,
    DomainId,
    EnvironmentId,
    NO_PERSON,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    Standing,
    VALIDATION,
    VersionId
} from "./types/Types.sol";

/// @title Rules
/// @notice See {IRules}. No owner, no setter that is not an act of the policy, nothing upgradeable.
contract Rules is IRules, EIP712("Kedge", "1") {
    using AuditChain for AuditChain.Log;
    using Warrants for bytes;

    struct Person {
        StandingWord standing;
        bytes32 key;
        address account;
        uint40 recoverableFrom;
        bytes32 recoveryKey;
        uint40[3] violations;
    }

    struct Policy {
        uint24 epoch;
        uint40 reviewDueAt;
        Matrix matrix;
    }

    struct Place {
        Stage stage;
        uint16 index;
    }

    bytes32 private constant SIGN_OFF_TYPEHASH = keccak256(
        "SignOff(bytes32 version,uint8 stage,uint8 risk,bytes32 evidence,bytes32 plan,uint32 policyEpoch,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    bytes32 private constant ROTATION_TYPEHASH = keccak256("Rotation(bytes32 person,bytes signer,uint32 signingEpoch)");
    bytes32 private constant OBJECTION_TYPEHASH = keccak256(
        "Objection(bytes32 person,bytes32 key,uint32 signingEpoch)"
    );

    /// @dev Bits of the roles that a person can hold: not the committees'.
    uint16 private constant PERSONAL_ROLES = uint16(
        (1 << uint8(Role.TechnicalLead)) |
            (1 << uint8(Role.ResponsibleAIOfficer)) |
            (1 << uint8(Role.DomainLead)) |
            (1 << uint8(Role.SystemOperator)) |
            (1 << uint8(Role.ModelDeveloper)) |
            (1 << uint8(Role.Monitor)) |
            (1 << uint8(Role.TrainingOfficer)) |
            (1 << uint8(Role.Auditor))
    );

    /// @dev Every bit that means a role that can sign off: not the Emergency Committee's, which can only brake.
    uint16 private constant SIGNING_ROLES =
        PERSONAL_ROLES | uint16((1 << uint8(Role.OversightCommittee)) | (1 << uint8(Role.Assembly)));

    /// @dev Whose key it was that is no longer in use: nobody, for ever.
    PersonId private constant RETIRED = PersonId.wrap(bytes32(uint256(1)));

    /// @dev How long a lapsed certificate still lets its holder halt and roll back.
    uint256 private constant BRAKE_GRACE = 30 days;
    uint40 private constant REVIEW_INTERVAL = 365 days;
    uint40 private constant REVIEW_NOTICE = 30 days;
    uint40 private constant SHORTEST_SUSPENSION = 7 days;
    uint40 private constant LONGEST_SUSPENSION = 14 days;
    uint40 private constant SUSPENSION_INTERVAL = 30 days;
    uint40 private constant VIOLATION_WINDOW = 365 days;
    uint40 private constant RECOVERY_DELAY = 7 days;
    uint256 private constant LONGEST_THRESHOLD = 365 days;

    /// @dev How far ahead a committee signs off: its members change, and it has no signing epoch.
    uint256 private constant LONGEST_CONSENT = 30 days;

    address private immutable _assembly;
    address private immutable _oversight;
    address private immutable _emergency;
    address private immutable _assemblyGovernor;
    address private immutable _oversightGovernor;
    address private immutable _emergencyGovernor;
    Seats private immutable _assemblySeats;
    Seats private immutable _oversightSeats;
    Seats private immutable _emergencySeats;
    address private immutable _registry;

    AuditChain.Log private _log;
    Policy private _policy;
    Thresholds private _thresholds;
    uint40[3] private _suspensions;
    EnvironmentId[] private _environments;

    mapping(bytes32 key => PersonId person) private _personOf;
    mapping(PersonId person => Person) private _people;
    mapping(PersonId person => mapping(DomainId domain => bool)) private _leads;
    mapping(EnvironmentId environment => Place) private _places;
    mapping(bytes32 terms => mapping(bytes32 actor => bool)) private _consents;
    /// @dev Until when the consent counts.
    mapping(bytes32 terms => uint40) private _epochConsents;

    constructor(Committees memory committees, address registry, Genesis memory genesis) {
        _assembly = _given(committees.assemblyBody.timelock);
        _oversight = _given(committees.oversightBody.timelock);
        _emergency = _given(committees.emergencyBody.timelock);
        _assemblyGovernor = _given(committees.assemblyBody.governor);
        _oversightGovernor = _given(committees.oversightBody.governor);
        _emergencyGovernor = _given(committees.emergencyBody.governor);
        _assemblySeats = Seats(_given(committees.assemblyBody.seats));
        _oversightSeats = Seats(_given(committees.oversightBody.seats));
        _emergencySeats = Seats(_given(committees.emergencyBody.seats));
        _registry = _given(registry);

        _addEnvironment(VALIDATION, Stage.Validation);
        _addEnvironment(STAGING, Stage.Staging);
        _addEnvironment(PRODUCTION, Stage.Production);
        if (genesis.environments.length != genesis.stages.length) {
            revert RulesLengthMismatch(genesis.environments.length, genesis.stages.length);
        }
        for (uint256 i; i < genesis.environments.length; ++i) {
            _addEnvironment(genesis.environments[i], genesis.stages[i]);
        }
        _startEpoch(genesis.matrix, genesis.thresholds);
        if (genesis.people.length != genesis.certificates.length) {
            revert RulesLengthMismatch(genesis.people.length, genesis.certificates.length);
        }
        for (uint256 i; i < genesis.people.length; ++i) {
            _setCertificate(_appoint(genesis.people[i]), genesis.certificates[i]);
        }
        bytes memory data = abi.encode(block.chainid, address(this), committees, registry, genesis);
        _log.begin(_voice(committees.assemblyBody.timelock), Role.Assembly, _stated(genesis.document), data);
    }

    // The Assembly

    /// @inheritdoc IRules
    function appoint(Appointment calldata appointment, bytes32 document) external returns (PersonId person) {
        bytes32 actor = _only(Role.Assembly);
        person = _appoint(appointment);
        _append(Action.Appointed, actor, Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function setRoles(PersonId person, uint16 roles, bytes32 document) external {
        bytes32 actor = _only(Role.Assembly);
        Person storage holder = _known(person);
        if (roles & ~PERSONAL_ROLES != 0) revert RulesUnknownRoles(roles);
        StandingWord word = holder.standing;
        if (word.roles() & ~roles != 0) word = word.withNextEpoch();
        holder.standing = word.withRoles(roles);
        _append(Action.RolesChanged, actor, Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function setDomain(PersonId person, DomainId domain, bool isLead, bytes32 document) external {
        bytes32 actor = _only(Role.Assembly);
        _known(person);
        if (DomainId.unwrap(domain) == 0) revert RulesEmptyId();
        _leads[person][domain] = isLead;
        _append(Action.DomainSet, actor, Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function addEnvironment(EnvironmentId environment, Stage stage, bytes32 document) external {
        bytes32 actor = _only(Role.Assembly);
        _addEnvironment(environment, stage);
        _append(Action.EnvironmentAdded, actor, Role.Assembly, EnvironmentId.unwrap(environment), _stated(document));
    }

    /// @inheritdoc IRules
    function startEpoch(bytes32 document, Matrix matrix, Thresholds calldata thresholds) external {
        bytes32 actor = _only(Role.Assembly);
        uint32 epoch = _policy.epoch + 1;
        bytes32 terms = epochTerms(epoch, _stated(document), matrix, thresholds);
        if (_epochConsents[terms] < block.timestamp) revert RulesNoConsent(terms);
        delete _epochConsents[terms];
        _startEpoch(matrix, thresholds);
        _append(Action.EpochStarted, actor, Role.Assembly, bytes32(uint256(epoch)), document);
    }

    /// @inheritdoc IRules
    function reinstate(PersonId person, bytes32 document) external {
        bytes32 actor = _only(Role.Assembly);
        Person storage holder = _known(person);
        StandingWord word = holder.standing;
        if (word.suspendedUntil() <= block.timestamp) revert RulesNotSuspended(person);
        holder.standing = word.withSuspendedUntil(0);
        _append(Action.Reinstated, actor, Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function sanction(PersonId person, bytes32 document) external {
        bytes32 actor = _only(Role.Assembly);
        _known(person);
        _append(Action.Sanctioned, actor, Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function startRecovery(PersonId person, bytes calldata signer, bytes32 document) external {
        bytes32 actor = _only(Role.Assembly);
        Person storage holder = _known(person);
        // Seats vote by account: it could not be completed.
        if (signer.length != 20 && _isSeated(person)) revert Seats.SeatsPersonWithoutAccount(person);
        holder.recoveryKey = _freeKey(signer);
        holder.recoverableFrom = uint40(block.timestamp) + RECOVERY_DELAY;
        _append(Action.RecoveryStarted, actor, Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    // The Assembly, or an officer in its stead

    /// @inheritdoc IRules
    function suspend(PersonId person, uint40 until, Role authority, bytes32 document) external {
        if (authority != Role.Assembly && authority != Role.ResponsibleAIOfficer) {
            revert RulesUnauthorized(msg.sender, Role.ResponsibleAIOfficer);
        }
        bytes32 actor = _only(authority);
        Person storage holder = _known(person);
        if (until <= block.timestamp) revert RulesExpiryInPast(until, block.timestamp);
        StandingWord word = holder.standing;
        if (authority == Role.ResponsibleAIOfficer) word = _spendSuspension(person, word, until);
        holder.standing = word.withSuspendedUntil(until).withNextEpoch();
        // Nobody suspended votes. The other committees ask at each vote; the Assembly cannot, or it could suspend so many
        // that the rest never again reach its quorum: with their seats it falls no lower than it needs.
        if (_assemblySeats.holds(person)) _assemblySeats.clear(person);
        _append(Action.Suspended, actor, authority, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function certify(PersonId person, Certificate calldata certificate, Role authority, bytes32 document) external {
        if (authority != Role.Assembly && authority != Role.TrainingOfficer) {
            revert RulesUnauthorized(msg.sender, Role.TrainingOfficer);
        }
        bytes32 actor = _only(authority);
        uint40 before = _known(person).standing.certifiedUntil();
        if (actor == PersonId.unwrap(person)) revert RulesOwnCertificate(person);
        _setCertificate(person, certificate);
        // What lapses now leaves its holder the brake for 30 days. No officer's key cuts them short, or a stolen one would
        // disarm everybody at once.
        uint40 until = _people[person].standing.certifiedUntil();
        if (authority == Role.TrainingOfficer && until < before && until < block.timestamp) {
            revert RulesExpiryInPast(until, block.timestamp);
        }
        _append(Action.Certified, actor, authority, PersonId.unwrap(person), _stated(document));
    }

    // The Oversight Committee

    /// @inheritdoc IRules
    function consentToEpoch(bytes32 terms) external {
        bytes32 actor = _only(Role.OversightCommittee);
        if (terms == 0) revert RulesEmptyId();
        // Apart from the sign-offs: no consent to terms that are some sign-off's hash counts as one.
        _epochConsents[terms] = uint40(block.timestamp + LONGEST_CONSENT);
        _append(Action.EpochConsented, actor, Role.OversightCommittee, terms, 0);
    }

    /// @inheritdoc IRules
    function recordReview(bytes32 document) external {
        bytes32 actor = _only(Role.OversightCommittee);
        _policy.reviewDueAt = uint40(block.timestamp) + REVIEW_INTERVAL;
        _append(Action.ReviewRecorded, actor, Role.OversightCommittee, 0, _stated(document));
    }

    /// @inheritdoc IRules
    function recordViolation(PersonId person, bytes32 document) external {
        bytes32 actor = _only(Role.OversightCommittee);
        Person storage violator = _known(person);
        uint40[3] memory last = violator.violations;
        violator.violations = [uint40(block.timestamp), last[0], last[1]];
        if (last[1] != 0 && block.timestamp - last[1] <= VIOLATION_WINDOW) {
            violator.standing = violator.standing.withAuditRequired(true);
        }
        _append(Action.ViolationRecorded, actor, Role.OversightCommittee, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function acceptAudit(PersonId person, bytes32 document) external {
        bytes32 actor = _only(Role.OversightCommittee);
        Person storage audited = _known(person);
        if (!audited.standing.auditRequired()) revert RulesNoAuditRequired(person);
        audited.standing = audited.standing.withAuditRequired(false);
        delete audited.violations;
        _append(Action.AuditAccepted, actor, Role.OversightCommittee, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function orderReview(Role authority, bytes32 document) external {
        if (authority != Role.Assembly && authority != Role.OversightCommittee) {
            revert RulesUnauthorized(msg.sender, Role.OversightCommittee);
        }
        bytes32 actor = _only(authority);
        _pullReview();
        _append(Action.ReviewPulled, actor, authority, 0, _stated(document));
    }

    // Who signs off

    /// @inheritdoc IRules
    function signOff(SignOff calldata terms) external {
        bytes32 actor = _only(terms.role);
        if (terms.deadline < block.timestamp) revert RulesWarrantExpired(terms.role, terms.deadline);
        uint256 latest = block.timestamp + LONGEST_CONSENT;
        if (committee(terms.role) != address(0) && terms.deadline > latest) {
            revert RulesDeadlineTooFar(terms.deadline, latest);
        }
        if (terms.policyEpoch != _policy.epoch) revert RulesSignOffOutdated(terms.policyEpoch, _policy.epoch);
        // Nobody consents ahead for the epoch after a suspension or a rotation. A committee's is zero.
        uint32 epoch = _people[PersonId.wrap(actor)].standing.signingEpoch();
        if (terms.signingEpoch != epoch) revert RulesSignOffOutdated(terms.signingEpoch, epoch);
        _consents[_hash(terms)][actor] = true;
        _append(Action.SignedOff, actor, terms.role, VersionId.unwrap(terms.version), terms.evidence);
    }

    // People, for themselves

    /// @inheritdoc IRules
    function rotate(
        bytes calldata current,
        bytes calldata currentSignature,
        bytes calldata signer,
        bytes calldata signature
    ) external {
        PersonId person = _personOf[Signers.key(current)];
        Person storage holder = _known(person);
        // As it does not object to a recovery: suspended, it may be a thief's.
        if (holder.recoveryKey != 0) _requireUnsuspended(person, holder.standing);
        bytes32 digest = rotationDigest(person, signer, holder.standing.signingEpoch());
        _requireConsent(current, digest, currentSignature);
        bytes32 key = _freeKey(signer);
        if (!Signers.isValid(signer, digest, signature)) revert RulesInvalidRotation(key);
        _replaceKey(person, holder, key, signer);
        _append(Action.Rotated, PersonId.unwrap(person), Role.None, PersonId.unwrap(person), 0);
    }

    /// @inheritdoc IRules
    function objectToRecovery(PersonId person, bytes calldata current, bytes calldata signature) external {
        Person storage holder = _known(person);
        bytes32 key = holder.recoveryKey;
        if (key == 0) revert RulesNoRecovery(person);
        if (holder.key != Signers.key(current)) revert RulesInvalidSignature(Role.None, current);
        _requireConsent(current, objectionDigest(person, key, holder.standing.signingEpoch()), signature);
        _requireUnsuspended(person, holder.standing);
        // Or who kept this objection could raise it again, against a later recovery to the same key.
        holder.standing = holder.standing.withNextEpoch();
        _endRecovery(holder);
        _append(Action.RecoveryObjected, PersonId.unwrap(person), Role.None, PersonId.unwrap(person), 0);
    }

    /// @inheritdoc IRules
    function recover(PersonId person, bytes calldata signer, bytes calldata signature) external {
        Person storage holder = _known(person);
        bytes32 key = Signers.key(signer);
        if (holder.recoveryKey != key) revert RulesNoRecovery(person);
        if (holder.recoverableFrom > block.timestamp) revert RulesRecoveryNotReady(person, holder.recoverableFrom);
        // It may have become someone's since.
        _freeKey(signer);
        if (!Signers.isValid(signer, rotationDigest(person, signer, holder.standing.signingEpoch()), signature)) {
            revert RulesInvalidRotation(key);
        }
        _replaceKey(person, holder, key, signer);
        _append(Action.Recovered, PersonId.unwrap(person), Role.None, PersonId.unwrap(person), 0);
    }

    // The Registry, and committees whose settings change

    /// @inheritdoc IRules
    function pullReview(bytes32 subject) external {
        if (
            msg.sender != _registry &&
            msg.sender != _assemblyGovernor &&
            msg.sender != _oversightGovernor &&
            msg.sender != _emergencyGovernor
        ) revert RulesUnauthorized(msg.sender, Role.None);
        if (_pullReview()) _append(Action.ReviewPulled, _voice(msg.sender), Role.None, subject, 0);
    }

    // Whom the policy lets act

    /// @inheritdoc IRules
    function authorize(address caller, Role role, bool brake) public view returns (bytes32 actor) {
        address voice = committee(role);
        if (voice != address(0)) {
            if (caller != voice) revert RulesUnauthorized(caller, role);
            return _voice(voice);
        }
        PersonId person = _personOf[Signers.key(caller)];
        StandingWord word = _people[person].standing;
        if (!word.holds(role)) revert RulesUnauthorized(caller, role);
        _requireCleared(person, word, brake);
        return PersonId.unwrap(person);
    }

    /// @inheritdoc IRules
    function authorizeBySig(
        bytes calldata terms,
        bytes calldata warrant,
        bool brake
    ) external view returns (bytes32 actor, Role role) {
        uint40 deadline;
        bytes calldata signer;
        bytes calldata signature;
        uint256 end;
        (role, deadline, signer, signature, end) = warrant.read(0);
        if (end != warrant.length) revert RulesWarrantMalformed(end);
        if (committee(role) != address(0)) revert RulesInvalidSignature(role, signer);
        actor = _warrantor(terms, role, deadline, signer, signature, brake);
    }

    /// @inheritdoc IRules
    function requireSignOffs(Step calldata step, bytes calldata signOffs) external view {
        (uint32 epoch, Matrix matrix, uint40 reviewDueAt) = policy();
        if (step.risk >= Risk.High && reviewDueAt <= block.timestamp) revert RulesReviewOverdue(reviewDueAt);
        // What every one of them says, but for the role, the signer's epoch and the deadline.
        bytes memory terms = abi.encode(
            SIGN_OFF_TYPEHASH,
            step.version,
            step.stage,
            step.risk,
            step.evidence,
            step.plan,
            epoch
        );
        uint16 missing = matrix.required(step.risk, step.stage);
        bytes32[12] memory actors;
        Role last;
        for (uint256 offset; offset < signOffs.length;) {
            Role role;
            uint40 deadline;
            bytes calldata signer;
            bytes calldata signature;
            (role, deadline, signer, signature, offset) = signOffs.read(offset);
            if (role <= last) revert RulesSignOffsUnsorted(last, role);
            bytes32 actor = _warrantor(terms, role, deadline, signer, signature, false);
            _requireIndependent(step, role, actor, actors);
            actors[uint8(role)] = actor;
            missing &= ~only(role);
            last = role;
        }
        if (missing != 0) revert RulesSignOffMissing(step.version, step.stage, missing);
    }

    // Views

    /// @inheritdoc IRules
    function head() external view returns (bytes32) {
        return _log.head;
    }

    /// @inheritdoc IRules
    function committee(Role role) public view returns (address) {
        if (role == Role.Assembly) return _assembly;
        if (role == Role.OversightCommittee) return _oversight;
        if (role == Role.EmergencyCommittee) return _emergency;
        return address(0);
    }

    /// @inheritdoc IRules
    function personOf(bytes32 key) external view returns (PersonId person) {
        person = _personOf[key];
        if (person == RETIRED) return NO_PERSON;
    }

    /// @inheritdoc IRules
    function standing(PersonId person) external view returns (Standing memory) {
        return _people[person].standing.unpacked();
    }

    /// @inheritdoc IRules
    function certifiedUntil(PersonId person) external view returns (uint40) {
        return _people[person].standing.certifiedUntil();
    }

    /// @inheritdoc IRules
    function isCleared(PersonId person, uint40 grace) external view returns (bool) {
        Person storage asked = _people[person];
        StandingWord word = asked.standing;
        if (asked.key == 0 || word.suspendedUntil() > block.timestamp) return false;
        return uint256(word.certifiedUntil()) + grace > block.timestamp;
    }

    /// @inheritdoc IRules
    function keyOf(PersonId person) external view returns (bytes32 key, address account) {
        return (_people[person].key, _people[person].account);
    }

    /// @inheritdoc IRules
    function violations(PersonId person) external view returns (uint40[3] memory) {
        return _people[person].violations;
    }

    /// @inheritdoc IRules
    function recovery(PersonId person) external view returns (bytes32 key, uint40 readyAt) {
        return (_people[person].recoveryKey, _people[person].recoverableFrom);
    }

    /// @inheritdoc IRules
    function suspensions() external view returns (uint40[3] memory) {
        return _suspensions;
    }

    /// @inheritdoc IRules
    function leads(PersonId person, DomainId domain) external view returns (bool) {
        return _leads[person][domain];
    }

    /// @inheritdoc IRules
    function place(EnvironmentId environment) external view returns (Stage, uint16) {
        return (_places[environment].stage, _places[environment].index);
    }

    /// @inheritdoc IRules
    function environments() external view returns (EnvironmentId[] memory) {
        return _environments;
    }

    /// @inheritdoc IRules
    function policy() public view returns (uint32 epoch, Matrix matrix, uint40 reviewDueAt) {
        return (_policy.epoch, _policy.matrix, _policy.reviewDueAt);
    }

    /// @inheritdoc IRules
    function soakTime(Risk risk) external view returns (uint32) {
        return _thresholds.soak[uint8(risk)];
    }

    /// @inheritdoc IRules
    function responseTime(Risk risk) external view returns (uint32) {
        return _thresholds.response[uint8(risk)];
    }

    /// @inheritdoc IRules
    function epochTerms(
        uint32 epoch,
        bytes32 document,
        Matrix matrix,
        Thresholds memory thresholds
    ) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), epoch, document, matrix, thresholds));
    }

    /// @inheritdoc IRules
    function signOffDigest(SignOff calldata terms) external view returns (bytes32) {
        return _hashTypedDataV4(_hash(terms));
    }

    /// @inheritdoc IRules
    function rotationDigest(PersonId person, bytes memory signer, uint32 signingEpoch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ROTATION_TYPEHASH, person, keccak256(signer), signingEpoch)));
    }

    /// @inheritdoc IRules
    function objectionDigest(PersonId person, bytes32 key, uint32 signingEpoch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(OBJECTION_TYPEHASH, person, key, signingEpoch)));
    }

    // Effects

    function _appoint(Appointment memory appointment) private returns (PersonId person) {
        if (appointment.roles & ~PERSONAL_ROLES != 0) revert RulesUnknownRoles(appointment.roles);
        bytes32 key = _freeKey(appointment.signer);
        person = PersonId.wrap(keccak256(abi.encode(key, appointment.salt)));
        _setKey(person, _people[person], key, appointment.signer);
        _people[person].standing = StandingWord.wrap(0).withRoles(appointment.roles);
        for (uint256 i; i < appointment.domains.length; ++i) {
            if (DomainId.unwrap(appointment.domains[i]) == 0) revert RulesEmptyId();
            _leads[person][appointment.domains[i]] = true;
        }
    }

    function _setCertificate(PersonId person, Certificate memory certificate) private {
        _people[person].standing = _people[person].standing.withCertificate(
            certificate.versioning,
            certificate.rollback,
            certificate.incident
        );
    }

    function _addEnvironment(EnvironmentId environment, Stage stage) private {
        if (EnvironmentId.unwrap(environment) == 0) revert RulesEmptyId();
        if (_places[environment].stage != Stage.None) revert RulesEnvironmentExists(environment);
        if (stage < Stage.Validation || stage > Stage.Production) revert RulesStageWithoutEnvironment(stage);
        _places[environment] = Place(stage, SafeCast.toUint16(_environments.length));
        _environments.push(environment);
    }

    function _startEpoch(Matrix matrix, Thresholds memory thresholds) private {
        if (!matrix.covers(policyFloor())) revert RulesMatrixBelowFloor(matrix);
        for (uint256 i; i < 12; ++i) {
            if (uint16(Matrix.unwrap(matrix) >> (16 * i)) & ~SIGNING_ROLES != 0) revert RulesMatrixUnknownRoles(matrix);
        }
        for (uint256 i; i < 4; ++i) {
            _requireBounded(thresholds.soak[i]);
            _requireBounded(thresholds.response[i]);
        }
        // A new policy counts as reviewed.
        _policy = Policy(_policy.epoch + 1, uint40(block.timestamp) + REVIEW_INTERVAL, matrix);
        _thresholds = thresholds;
    }

    /// @return pulled Whether it was not due earlier anyway.
    function _pullReview() private returns (bool pulled) {
        uint40 notice = uint40(block.timestamp) + REVIEW_NOTICE;
        pulled = _policy.reviewDueAt > notice;
        if (pulled) _policy.reviewDueAt = notice;
    }

    /// @return spent The person's word with the time from which on it may happen again.
    function _spendSuspension(PersonId person, StandingWord word, uint40 until) private returns (StandingWord spent) {
        // Long enough for the Assembly to decide, or a thief could make an accomplice safe from the officers by a second.
        uint256 earliest = block.timestamp + SHORTEST_SUSPENSION;
        if (until < earliest) revert RulesSuspensionTooShort(until, earliest);
        uint256 latest = block.timestamp + LONGEST_SUSPENSION;
        if (until > latest) revert RulesSuspensionTooLong(until, latest);
        if (_isSeated(person) || word.holds(Role.ResponsibleAIOfficer)) revert RulesSuspensionBarred(person);
        _requireUnsuspended(person, word);
        if (word.suspendableFrom() > block.timestamp) revert RulesSuspensionTooSoon(person, word.suspendableFrom());
        uint256 first;
        for (uint256 i = 1; i < 3; ++i) if (_suspensions[i] < _suspensions[first]) first = i;
        if (_suspensions[first] > block.timestamp) revert RulesSuspensionsExhausted(_suspensions[first]);
        _suspensions[first] = until;
        return word.withSuspendableFrom(until + SUSPENSION_INTERVAL);
    }

    function _isSeated(PersonId person) private view returns (bool) {
        return _assemblySeats.holds(person) || _oversightSeats.holds(person) || _emergencySeats.holds(person);
    }

    function _setKey(PersonId person, Person storage holder, bytes32 key, bytes memory signer) private {
        _personOf[key] = person;
        holder.key = key;
        holder.account = signer.length == 20 ? address(bytes20(signer)) : address(0);
    }

    /// @dev The old key stays taken: whoever holds it can never become someone else. Seats vote by account, so whoever
    /// holds one can change to an account only.
    function _replaceKey(PersonId person, Person storage holder, bytes32 key, bytes memory signer) private {
        _personOf[holder.key] = RETIRED;
        _setKey(person, holder, key, signer);
        holder.standing = holder.standing.withNextEpoch();
        _endRecovery(holder);
        if (_assemblySeats.holds(person)) _assemblySeats.follow(person);
        if (_oversightSeats.holds(person)) _oversightSeats.follow(person);
        if (_emergencySeats.holds(person)) _emergencySeats.follow(person);
    }

    function _endRecovery(Person storage holder) private {
        holder.recoveryKey = 0;
        holder.recoverableFrom = 0;
    }

    // Checks

    function _only(Role role) private view returns (bytes32 actor) {
        return authorize(msg.sender, role, false);
    }

    /// @dev Suspended, nobody does anything; uncertified, or with an audit to come, at most the brake is left.
    function _requireCleared(PersonId person, StandingWord word, bool brake) private view {
        uint40 certified = word.certifiedUntil();
        if (uint256(certified) + (brake ? BRAKE_GRACE : 0) <= block.timestamp) {
            revert RulesCertificateLapsed(person, certified);
        }
        _requireUnsuspended(person, word);
        if (word.auditRequired() && !brake) revert RulesAuditRequired(person);
    }

    function _requireUnsuspended(PersonId person, StandingWord word) private view {
        if (word.suspendedUntil() > block.timestamp) revert RulesPersonSuspended(person, word.suspendedUntil());
    }

    /// @dev Whose warrant it is, if that is someone who may act in its role now and who really gave it: by signature, or
    /// before by a transaction. Only the latter for a committee, which has no signer.
    /// @param terms The typed data but for its last three members, each member one word.
    function _warrantor(
        bytes memory terms,
        Role role,
        uint40 deadline,
        bytes calldata signer,
        bytes calldata signature,
        bool brake
    ) private view returns (bytes32 actor) {
        if (deadline < block.timestamp) revert RulesWarrantExpired(role, deadline);
        address voice = committee(role);
        bool collective = voice != address(0);
        uint32 signingEpoch;
        if (collective) {
            actor = _voice(voice);
        } else {
            PersonId person = _personOf[Signers.key(signer)];
            StandingWord word = _people[person].standing;
            if (!word.holds(role)) revert RulesUnqualified(person, role);
            _requireCleared(person, word, brake);
            (actor, signingEpoch) = (PersonId.unwrap(person), word.signingEpoch());
        }
        bytes32 hash = Warrants.hash(terms, uint256(role), signingEpoch, deadline);
        bool valid =
            signature.length == 0
                ? _consents[hash][actor] && (signer.length == 0) == collective
                : !collective && Signers.isValid(signer, _hashTypedDataV4(hash), signature);
        if (!valid) revert RulesInvalidSignature(role, signer);
    }

    /// @dev Not the author, nobody twice, and a domain lead in the own domain only.
    function _requireIndependent(Step calldata step, Role role, bytes32 actor, bytes32[12] memory actors) private view {
        if (actor == PersonId.unwrap(step.author)) revert RulesAuthorSignedOff(step.author);
        if (role == Role.DomainLead && !_leads[PersonId.wrap(actor)][step.domain]) {
            revert RulesNotLeadOfDomain(PersonId.wrap(actor), step.domain);
        }
        for (uint256 i = 1; i < uint8(role); ++i) {
            if (actors[i] == actor) revert RulesPersonFillsTwoRoles(PersonId.wrap(actor), Role(i), role);
        }
    }

    /// @dev The caller is the signer, or its signature says so.
    function _requireConsent(bytes calldata signer, bytes32 digest, bytes calldata signature) private view {
        bool valid =
            signature.length == 0
                ? Signers.key(signer) == Signers.key(msg.sender)
                : Signers.isValid(signer, digest, signature);
        if (!valid) revert RulesInvalidSignature(Role.None, signer);
    }

    /// @dev Neither nothing, which would prove every version at once, nor for good.
    function _requireBounded(uint32 threshold) private pure {
        if (threshold == 0 || threshold > LONGEST_THRESHOLD) {
            revert RulesThresholdOutOfBounds(threshold, LONGEST_THRESHOLD);
        }
    }

    function _known(PersonId person) private view returns (Person storage known) {
        known = _people[person];
        if (known.key == 0) revert RulesUnknownPerson(person);
    }

    function _freeKey(bytes memory signer) private view returns (bytes32 key) {
        if (signer.length < 20 || address(bytes20(signer)) == address(0)) revert RulesMalformedSigner(signer);
        key = keccak256(signer);
        if (_personOf[key] != NO_PERSON) revert RulesKeyTaken(key);
    }

    function _given(address part) private pure returns (address) {
        if (part == address(0)) revert RulesZeroAddress();
        return part;
    }

    function _stated(bytes32 document) private pure returns (bytes32) {
        if (document == 0) revert RulesEmptyDocument();
        return document;
    }

    function _voice(address speaker) private pure returns (bytes32) {
        return bytes32(uint256(uint160(speaker)));
    }

    function _hash(SignOff memory terms) private pure returns (bytes32) {
        return keccak256(abi.encode(SIGN_OFF_TYPEHASH, terms));
    }

    /// @dev The entry's data is the call itself, selector first.
    function _append(Action action, bytes32 actor, Role authority, bytes32 subject, bytes32 document) private {
        _log.append(action, actor, authority, subject, document, 0);
    }
}
