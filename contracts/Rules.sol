// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {AuditChain} from "./libraries/AuditChain.sol";
import {Signers} from "./libraries/Signers.sol";
import {Appointment, Certificate, Committees, Genesis, IRules, Thresholds} from "./interfaces/IRules.sol";
import {Matrix, policyFloor} from "./types/Matrix.sol";
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
    VALIDATION
} from "./types/Types.sol";

/// @title Rules
/// @notice See {IRules}. No owner, no setter that is not an act of the policy, nothing upgradeable.
contract Rules is IRules, EIP712("Kedge Rules", "1") {
    using AuditChain for AuditChain.Log;

    /// @dev One word of facts and one of certificates.
    struct Person {
        bytes32 key;
        address account;
        uint16 roles;
        uint32 signingEpoch;
        uint40 suspendedUntil;
        Certificate certificate;
    }

    bytes32 private constant ROTATION_TYPEHASH = keccak256("Rotation(bytes32 person,bytes signer,uint32 signingEpoch)");

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

    /// @dev Every bit that means a role that can sign off.
    uint16 private constant KNOWN_ROLES =
        PERSONAL_ROLES |
            uint16(
                (1 << uint8(Role.OversightCommittee)) |
                    (1 << uint8(Role.EmergencyCommittee)) |
                    (1 << uint8(Role.Assembly))
            );

    /// @dev Whose key it was that is no longer in use: nobody, for ever.
    PersonId private constant RETIRED = PersonId.wrap(bytes32(uint256(1)));

    uint40 private constant REVIEW_INTERVAL = 365 days;
    uint40 private constant REVIEW_NOTICE = 30 days;

    address private immutable _assembly;
    address private immutable _oversight;
    address private immutable _emergency;
    address private immutable _registry;

    AuditChain.Log private _log;

    Matrix private _matrix;
    uint32 private _epoch;
    uint40 private _reviewDueAt;
    Thresholds private _thresholds;

    mapping(bytes32 key => PersonId person) private _personOf;
    mapping(PersonId person => Person) private _people;
    mapping(PersonId person => mapping(DomainId domain => bool)) private _leads;
    mapping(EnvironmentId environment => Stage stage) private _stageOf;
    mapping(bytes32 terms => bool) private _consents;

    constructor(Committees memory committees, address registry, Genesis memory genesis) {
        if (committees.assemblyTimelock == address(0) || committees.oversightTimelock == address(0))
            revert RulesZeroAddress();
        if (committees.emergencyTimelock == address(0) || registry == address(0)) revert RulesZeroAddress();
        _assembly = committees.assemblyTimelock;
        _oversight = committees.oversightTimelock;
        _emergency = committees.emergencyTimelock;
        _registry = registry;

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
            _people[_appoint(genesis.people[i])].certificate = genesis.certificates[i];
        }
        bytes memory data = abi.encode(block.chainid, address(this), committees, registry, genesis);
        bytes32 actor = _voice(_assembly);
        bytes32 document = _stated(genesis.document);
        _log.append(AuditChain.Entry(Action.Genesis, actor, Role.Assembly, 0, document, 0, data));
    }

    // The Assembly

    /// @inheritdoc IRules
    function appoint(Appointment calldata appointment, bytes32 document) external returns (PersonId person) {
        _only(Role.Assembly);
        person = _appoint(appointment);
        _append(Action.Appointed, _voice(_assembly), Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function setRoles(PersonId person, uint16 roles, bytes32 document) external {
        _only(Role.Assembly);
        _known(person);
        if (roles & ~PERSONAL_ROLES != 0) revert RulesUnknownRoles(roles);
        if (_people[person].roles & ~roles != 0) ++_people[person].signingEpoch;
        _people[person].roles = roles;
        _append(Action.RolesChanged, _voice(_assembly), Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function setDomain(PersonId person, DomainId domain, bool isLead, bytes32 document) external {
        _only(Role.Assembly);
        _known(person);
        _leads[person][domain] = isLead;
        _append(Action.DomainSet, _voice(_assembly), Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function suspend(PersonId person, uint40 until, bytes32 document) external {
        _only(Role.Assembly);
        _known(person);
        if (until <= block.timestamp) revert RulesExpiryInPast(until, block.timestamp);
        _people[person].suspendedUntil = until;
        ++_people[person].signingEpoch;
        _append(Action.Suspended, _voice(_assembly), Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function reinstate(PersonId person, bytes32 document) external {
        _only(Role.Assembly);
        _known(person);
        if (_people[person].suspendedUntil <= block.timestamp) revert RulesNotSuspended(person);
        _people[person].suspendedUntil = 0;
        _append(Action.Reinstated, _voice(_assembly), Role.Assembly, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function addEnvironment(EnvironmentId environment, Stage stage, bytes32 document) external {
        _only(Role.Assembly);
        _addEnvironment(environment, stage);
        bytes32 subject = EnvironmentId.unwrap(environment);
        _append(Action.EnvironmentAdded, _voice(_assembly), Role.Assembly, subject, _stated(document));
    }

    /// @inheritdoc IRules
    function startEpoch(bytes32 document, Matrix matrix, Thresholds calldata thresholds) external {
        _only(Role.Assembly);
        bytes32 terms = epochTerms(_epoch + 1, _stated(document), matrix, thresholds);
        if (!_consents[terms]) revert RulesNoConsent(terms);
        delete _consents[terms];
        _startEpoch(matrix, thresholds);
        _append(Action.EpochStarted, _voice(_assembly), Role.Assembly, bytes32(uint256(_epoch)), document);
    }

    // The Oversight Committee

    /// @inheritdoc IRules
    function consentToEpoch(bytes32 terms) external {
        _only(Role.OversightCommittee);
        _consents[terms] = true;
        _append(Action.EpochConsented, _voice(_oversight), Role.OversightCommittee, terms, 0);
    }

    /// @inheritdoc IRules
    function recordReview(bytes32 document) external {
        _only(Role.OversightCommittee);
        _reviewDueAt = uint40(block.timestamp) + REVIEW_INTERVAL;
        _append(Action.ReviewRecorded, _voice(_oversight), Role.OversightCommittee, 0, _stated(document));
    }

    // People

    /// @inheritdoc IRules
    function certify(PersonId person, Certificate calldata certificate, Role authority, bytes32 document) external {
        bytes32 actor;
        if (authority == Role.Assembly) {
            _only(Role.Assembly);
            actor = _voice(_assembly);
        } else {
            Standing memory officer = standing(Signers.key(msg.sender));
            if (officer.roles & uint16(1 << uint8(Role.TrainingOfficer)) == 0 || !isCleared(officer.person)) {
                revert RulesUnauthorized(msg.sender, Role.TrainingOfficer);
            }
            actor = PersonId.unwrap(officer.person);
            authority = Role.TrainingOfficer;
        }
        _known(person);
        _people[person].certificate = certificate;
        _append(Action.Certified, actor, authority, PersonId.unwrap(person), _stated(document));
    }

    /// @inheritdoc IRules
    function rotate(bytes calldata signer, bytes calldata signature) external {
        PersonId person = _personOf[Signers.key(msg.sender)];
        _known(person);
        bytes32 key = _freeKey(signer);
        uint32 signingEpoch = _people[person].signingEpoch;
        if (!Signers.isValid(signer, rotationDigest(person, signer, signingEpoch), signature)) {
            revert RulesInvalidRotation(key);
        }
        // The old key stays taken: whoever holds it can never become someone else.
        _setKey(person, key, signer);
        _personOf[Signers.key(msg.sender)] = RETIRED;
        _people[person].signingEpoch = signingEpoch + 1;
        _append(Action.Rotated, PersonId.unwrap(person), Role.None, PersonId.unwrap(person), 0);
    }

    // The Registry

    /// @inheritdoc IRules
    function pullReview(bytes32 subject) external {
        if (msg.sender != _registry) revert RulesUnauthorized(msg.sender, Role.None);
        uint40 notice = uint40(block.timestamp) + REVIEW_NOTICE;
        if (_reviewDueAt <= notice) return;
        _reviewDueAt = notice;
        _append(Action.ReviewPulled, _voice(_registry), Role.None, subject, 0);
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
    function standing(bytes32 key) public view returns (Standing memory) {
        return standingOf(_personOf[key]);
    }

    /// @inheritdoc IRules
    function standingOf(PersonId id) public view returns (Standing memory) {
        Person storage person = _people[id];
        if (person.key == 0) return Standing(NO_PERSON, 0, 0, 0, 0);
        Certificate memory certificate = person.certificate;
        uint40 until = certificate.versioning;
        if (certificate.rollback < until) until = certificate.rollback;
        if (certificate.incident < until) until = certificate.incident;
        return Standing(id, person.roles, person.signingEpoch, until, person.suspendedUntil);
    }

    /// @inheritdoc IRules
    function isCleared(PersonId person) public view returns (bool) {
        Standing memory now_ = standingOf(person);
        return now_.certifiedUntil > block.timestamp && now_.suspendedUntil <= block.timestamp;
    }

    /// @inheritdoc IRules
    function accountOf(PersonId person) external view returns (address) {
        return _people[person].account;
    }

    /// @inheritdoc IRules
    function certificateOf(PersonId person) external view returns (Certificate memory) {
        return _people[person].certificate;
    }

    /// @inheritdoc IRules
    function leads(PersonId person, DomainId domain) external view returns (bool) {
        return _leads[person][domain];
    }

    /// @inheritdoc IRules
    function stageOf(EnvironmentId environment) external view returns (Stage) {
        return _stageOf[environment];
    }

    /// @inheritdoc IRules
    function policy() external view returns (uint32 epoch, Matrix matrix) {
        return (_epoch, _matrix);
    }

    /// @inheritdoc IRules
    function reviewDueAt() external view returns (uint40) {
        return _reviewDueAt;
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
    function rotationDigest(PersonId person, bytes memory signer, uint32 signingEpoch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(ROTATION_TYPEHASH, person, keccak256(signer), signingEpoch)));
    }

    // Effects

    function _appoint(Appointment memory appointment) private returns (PersonId person) {
        if (appointment.roles & ~PERSONAL_ROLES != 0) revert RulesUnknownRoles(appointment.roles);
        bytes32 key = _freeKey(appointment.signer);
        person = PersonId.wrap(keccak256(abi.encode(key, appointment.salt)));
        _setKey(person, key, appointment.signer);
        _people[person].roles = appointment.roles;
        for (uint256 i; i < appointment.domains.length; ++i) _leads[person][appointment.domains[i]] = true;
    }

    function _addEnvironment(EnvironmentId environment, Stage stage) private {
        if (_stageOf[environment] != Stage.None) revert RulesEnvironmentExists(environment);
        if (stage < Stage.Validation || stage > Stage.Production) revert RulesStageWithoutEnvironment(stage);
        _stageOf[environment] = stage;
    }

    function _startEpoch(Matrix matrix, Thresholds memory thresholds) private {
        if (!matrix.covers(policyFloor())) revert RulesMatrixBelowFloor(matrix);
        for (uint256 i; i < 12; ++i) {
            if (uint16(Matrix.unwrap(matrix) >> (16 * i)) & ~KNOWN_ROLES != 0) revert RulesMatrixUnknownRoles(matrix);
        }
        ++_epoch;
        _matrix = matrix;
        _thresholds = thresholds;
        // A new policy counts as reviewed.
        _reviewDueAt = uint40(block.timestamp) + REVIEW_INTERVAL;
    }

    function _setKey(PersonId person, bytes32 key, bytes memory signer) private {
        _personOf[key] = person;
        _people[person].key = key;
        _people[person].account = signer.length == 20 ? address(bytes20(signer)) : address(0);
    }

    // Checks

    function _only(Role role) private view {
        if (msg.sender != committee(role)) revert RulesUnauthorized(msg.sender, role);
    }

    function _known(PersonId person) private view {
        if (_people[person].key == 0) revert RulesUnknownPerson(person);
    }

    function _stated(bytes32 document) private pure returns (bytes32) {
        if (document == 0) revert RulesEmptyDocument();
        return document;
    }

    function _freeKey(bytes memory signer) private view returns (bytes32 key) {
        if (signer.length < 20 || address(bytes20(signer)) == address(0)) revert RulesMalformedSigner(signer);
        key = Signers.key(signer);
        if (_personOf[key] != NO_PERSON) revert RulesKeyTaken(key);
    }

    function _voice(address speaker) private pure returns (bytes32) {
        return bytes32(uint256(uint160(speaker)));
    }

    /// @dev The entry's data is the call itself, selector first.
    function _append(Action action, bytes32 actor, Role authority, bytes32 subject, bytes32 document) private {
        _log.append(AuditChain.Entry(action, actor, authority, subject, document, 0, msg.data));
    }
}
