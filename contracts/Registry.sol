// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Approval, Halt, IRegistry, Promotion, Rollback, SignOff} from "./interfaces/IRegistry.sol";
import {IRules} from "./interfaces/IRules.sol";
import {AuditChain} from "./libraries/AuditChain.sol";
import {Identities} from "./libraries/Identities.sol";
import {Signers} from "./libraries/Signers.sol";
import {ActiveWord, newActiveWord} from "./types/ActiveWord.sol";
import {Matrix} from "./types/Matrix.sol";
import {newVersionWord, VersionWord} from "./types/VersionWord.sol";
import {
    Action,
    DomainId,
    EnvironmentId,
    Identity,
    Incident,
    Model,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    Standing,
    Tenure,
    Trigger,
    VALIDATION,
    VersionId
} from "./types/Types.sol";

/// @title Registry
/// @notice See {IRegistry}.
contract Registry is IRegistry, EIP712("Kedge Registry", "1") {
    using AuditChain for AuditChain.Log;
    using Identities for Identity;

    struct Version {
        bytes32 manifestDigest;
        VersionWord word;
    }

    struct Active {
        VersionId version;
        ActiveWord word;
    }

    struct Schema {
        bytes32 digest;
        uint256 satisfies;
    }

    /// @dev An operator's last rollback in an environment: the limit on the next one, and what an overruling may undo.
    struct OperatorRollback {
        uint40 time;
        uint64 sequence;
    }

    /// @dev When each rank last halted a version in an environment.
    struct HaltTimes {
        uint40[5] byRank;
    }

    bytes32 private constant SIGN_OFF_TYPEHASH = keccak256(
        "SignOff(bytes32 version,uint8 role,uint8 stage,uint8 risk,bytes32 evidence,uint32 policyEpoch,uint32 signingEpoch,uint40 deadline)"
    );

    /// @dev How long a lapsed certificate still lets its holder halt and roll back.
    uint40 private constant BRAKE_GRACE = 30 days;
    uint40 private constant OVERRULE_WINDOW = 24 hours;
    uint40 private constant HALT_LAPSE = 72 hours;
    uint40 private constant HALT_INTERVAL = 30 days;
    uint256 private constant MAX_SCHEMAS = 256;

    /// @inheritdoc IRegistry
    IRules public immutable RULES;

    AuditChain.Log private _log;

    mapping(ModelId model => Model) private _models;
    mapping(ModelId model => DomainId domain) private _domains;
    mapping(ModelId model => mapping(PersonId person => bool)) private _developers;
    mapping(ModelId model => mapping(uint256 number => Schema)) private _schemas;
    mapping(ModelId model => mapping(bytes32 label => VersionId)) private _labels;
    mapping(VersionId version => Version) private _versions;
    mapping(bytes32 terms => mapping(bytes32 actor => bool)) private _consents;
    mapping(ModelId model => mapping(EnvironmentId environment => Active)) private _active;
    mapping(ModelId model => mapping(EnvironmentId environment => uint256 schemas)) private _required;
    mapping(ModelId model => mapping(EnvironmentId environment => mapping(VersionId version => Tenure)))
        private _tenures;
    mapping(ModelId model => mapping(EnvironmentId environment => Incident)) private _incidents;
    mapping(ModelId model => mapping(EnvironmentId environment => OperatorRollback)) private _operatorRollbacks;
    mapping(VersionId version => mapping(EnvironmentId environment => HaltTimes)) private _haltTimes;

    constructor(IRules rules, bytes32 document) {
        if (document == 0) revert RegistryEmptyDigest();
        RULES = rules;
        bytes32 actor = bytes32(uint256(uint160(address(rules))));
        bytes memory data = abi.encode(block.chainid, address(this), rules);
        _log.append(AuditChain.Entry(Action.Genesis, actor, Role.None, 0, document, 0, data));
    }

    // The RAIO: models and their schemas

    /// @inheritdoc IRegistry
    function createModel(
        string calldata name,
        DomainId domain,
        Risk floor,
        PersonId[] calldata developers,
        bytes32 document
    ) external returns (ModelId id) {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, 0);
        if (bytes(name).length == 0) revert RegistryEmptyName();
        id = ModelId.wrap(keccak256(bytes(name)));
        if (_models[id].exists) revert RegistryModelExists(id);
        _models[id].exists = true;
        _models[id].floor = floor;
        _domains[id] = domain;
        for (uint256 i; i < developers.length; ++i) _developers[id][developers[i]] = true;
        _append(Action.ModelCreated, actor, Role.ResponsibleAIOfficer, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function setDeveloper(ModelId id, PersonId person, bool allowed, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, 0);
        _known(id);
        _developers[id][person] = allowed;
        _append(Action.DeveloperSet, actor, Role.ResponsibleAIOfficer, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function addSchema(
        ModelId id,
        bytes32 digest,
        uint256 satisfies,
        bytes32 document
    ) external returns (uint8 number) {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, 0);
        _known(id);
        if (digest == 0) revert RegistryEmptyDigest();
        uint256 count = _models[id].schemas;
        if (count == MAX_SCHEMAS) revert RegistrySchemasExhausted(id);
        if (satisfies >> count != 0) revert RegistryUnknownSchema(id, satisfies);
        number = uint8(count);
        satisfies |= 1 << count;
        _models[id].schemas = uint16(count + 1);
        _schemas[id][number] = Schema(digest, satisfies);
        _append(Action.SchemaAdded, actor, Role.ResponsibleAIOfficer, ModelId.unwrap(id), _stated(document), satisfies);
    }

    /// @inheritdoc IRegistry
    function requireSchemas(ModelId id, EnvironmentId environment, uint256 schemas, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, 0);
        _known(id);
        if (schemas >> _models[id].schemas != 0) revert RegistryUnknownSchema(id, schemas);
        _required[id][environment] = schemas;
        _append(
            Action.SchemasRequired,
            actor,
            Role.ResponsibleAIOfficer,
            ModelId.unwrap(id),
            _stated(document),
            schemas
        );
    }

    /// @inheritdoc IRegistry
    function raiseRisk(Identity calldata identity, Risk risk, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, 0);
        (VersionId id, VersionWord word) = _load(identity);
        Risk effective = _effective(identity.model, word);
        if (risk <= effective) revert RegistryRiskNotRaised(risk, effective);
        _versions[id].word = word.withRaised(risk);
        _append(Action.RiskRaised, actor, Role.ResponsibleAIOfficer, VersionId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function retire(Identity calldata identity, bytes32 reason) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, 0);
        (VersionId id, VersionWord word) = _load(identity);
        if (word.stage() == Stage.Retired) revert RegistryVersionRetired(id);
        if (word.activeIn() != 0) revert RegistryVersionActive(id, word.activeIn());
        _versions[id].word = word.withStage(Stage.Retired);
        _append(Action.Retired, actor, Role.ResponsibleAIOfficer, VersionId.unwrap(id), _stated(reason), 0);
    }

    // The Assembly

    /// @inheritdoc IRegistry
    function suspendModel(ModelId id, bytes32 document) external {
        bytes32 actor = _authorize(Role.Assembly, 0);
        _known(id);
        if (_models[id].suspended) revert RegistryModelSuspended(id);
        _models[id].suspended = true;
        _append(Action.ModelSuspended, actor, Role.Assembly, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function reinstateModel(ModelId id, bytes32 document) external {
        bytes32 actor = _authorize(Role.Assembly, 0);
        if (!_models[id].suspended) revert RegistryModelNotSuspended(id);
        _models[id].suspended = false;
        _append(Action.ModelReinstated, actor, Role.Assembly, ModelId.unwrap(id), _stated(document), 0);
    }

    // Model developers

    /// @inheritdoc IRegistry
    function register(Identity calldata identity, VersionId parentVersion) external returns (VersionId id) {
        bytes32 actor = _authorize(Role.ModelDeveloper, 0);
        Model memory state = _unsuspended(identity.model);
        if (actor != PersonId.unwrap(identity.author)) {
            revert RegistryNotAuthor(identity.author, PersonId.wrap(actor));
        }
        if (!_developers[identity.model][identity.author]) {
            revert RegistryNotDeveloper(identity.model, identity.author);
        }
        if (identity.manifestDigest == 0 || identity.artifactDigest == 0 || identity.label == 0) {
            revert RegistryEmptyDigest();
        }
        if (identity.schema >= state.schemas) revert RegistryUnknownSchema(identity.model, identity.schema);
        if (identity.risk < state.floor) revert RegistryRiskBelowFloor(identity.risk, state.floor);
        if (_versions[parentVersion].manifestDigest != identity.parent) {
            revert RegistryParentMismatch(parentVersion, identity.parent);
        }
        id = identity.id();
        if (_versions[id].word.number() != 0) revert RegistryVersionExists(id);

        _models[identity.model].versions = ++state.versions;
        _versions[id].manifestDigest = identity.manifestDigest;
        _versions[id].word = newVersionWord(state.versions, identity.risk, identity.schema);
        _append(Action.Registered, actor, Role.ModelDeveloper, VersionId.unwrap(id), identity.manifestDigest, 0);
    }

    // Who signs off, and anyone who carries it

    /// @inheritdoc IRegistry
    function signOff(SignOff calldata terms) external {
        bytes32 actor = _authorize(terms.role, 0);
        if (_versions[terms.version].word.number() == 0) revert RegistryUnknownVersion(terms.version);
        if (terms.deadline < block.timestamp) revert RegistrySignOffExpired(terms.role, terms.deadline);
        // Nobody consents ahead for the epoch after a suspension or a rotation. A committee's is zero.
        uint32 epoch = RULES.standingOf(PersonId.wrap(actor)).signingEpoch;
        if (terms.signingEpoch != epoch) revert RegistrySignOffOutdated(terms.signingEpoch, epoch);
        bytes32 hash = _hash(terms);
        _consents[hash][actor] = true;
        _append(Action.SignedOff, actor, terms.role, VersionId.unwrap(terms.version), terms.evidence, 0);
    }

    /// @inheritdoc IRegistry
    function promote(Promotion calldata promotion) external {
        (VersionId id, VersionWord word) = _load(promotion.identity);
        ModelId modelId = promotion.identity.model;
        _unsuspended(modelId);
        if (promotion.evidence == 0) revert RegistryEmptyDigest();
        if (word.stage() >= Stage.Production || promotion.stage != Stage(uint8(word.stage()) + 1)) {
            revert RegistryStageSkipped(id, word.stage(), promotion.stage);
        }
        if (word.condemnedFrom() != 0) revert RegistryVersionCondemned(id);
        Risk risk = _effective(modelId, word);
        if (risk >= Risk.High) {
            uint40 dueAt = RULES.reviewDueAt();
            if (dueAt <= block.timestamp) revert RegistryReviewOverdue(dueAt);
        }
        _checkApprovals(promotion, id, risk);

        if (promotion.stage == Stage.Validation) _claimLabel(modelId, promotion.identity.label, id);
        _versions[id].word = word.withStage(promotion.stage);
        EnvironmentId environment = _environmentOf(promotion.stage);
        (uint256 missing, ) = _activate(modelId, environment, id, promotion.plan);
        _append(
            Action.Promoted,
            bytes32(uint256(uint160(msg.sender))),
            Role.None,
            VersionId.unwrap(id),
            promotion.evidence,
            missing
        );
        if (promotion.stage == Stage.Production && risk >= Risk.High) RULES.pullReview(ModelId.unwrap(modelId));
    }

    // System Operators

    /// @inheritdoc IRegistry
    function activate(Identity calldata identity, EnvironmentId environment, bytes32 plan) external {
        bytes32 actor = _authorize(Role.SystemOperator, 0);
        (VersionId id, VersionWord word) = _load(identity);
        _unsuspended(identity.model);
        if (!_mayRun(word, environment)) revert RegistryTargetIneligible(id, environment);
        // An older version comes back by a rollback only, with its trigger, its reason and its authority.
        if (word.number() <= _active[identity.model][environment].word.number()) {
            revert RegistryTargetIneligible(id, environment);
        }
        (uint256 missing, ) = _activate(identity.model, environment, id, plan);
        _append(Action.Activated, actor, Role.SystemOperator, VersionId.unwrap(id), plan, missing);
    }

    // The brake

    /// @inheritdoc IRegistry
    function rollback(Rollback calldata order, Role authority) external {
        if (order.to == NO_VERSION) revert RegistryTargetIneligible(order.to, order.environment);
        _rollBack(order, authority, Action.RolledBack);
    }

    /// @inheritdoc IRegistry
    function withdraw(Rollback calldata order, Role authority) external {
        if (order.to != NO_VERSION) revert RegistryTargetIneligible(order.to, order.environment);
        _rollBack(order, authority, Action.Withdrawn);
    }

    /// @inheritdoc IRegistry
    function overrule(Rollback calldata order) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, BRAKE_GRACE);
        if (order.reason == 0) revert RegistryEmptyReason();
        OperatorRollback memory last = _operatorRollbacks[order.model][order.environment];
        Active storage current = _active[order.model][order.environment];
        VersionWord restored = _versions[order.to].word;
        // Nothing may have happened here since, and `to` must be the very version that the operator took out.
        if (
            current.version != order.from ||
            current.word.activation() != last.sequence ||
            block.timestamp >= uint256(last.time) + OVERRULE_WINDOW ||
            restored.condemnedFrom() <= block.timestamp ||
            restored.stage() == Stage.Retired ||
            _tenures[order.model][order.environment][order.to].ended != last.sequence
        ) revert RegistryTargetIneligible(order.to, order.environment);
        // Where operators rolled it back in other environments too, it stays condemned until those are overruled as well.
        uint16 others = restored.operatorRollbacks() - 1;
        _versions[order.to].word = restored.withOperatorRollbacks(others).withCondemnedFrom(
            others == 0 ? 0 : uint40(block.timestamp) + OVERRULE_WINDOW
        );
        (uint256 missing, ) = _activate(order.model, order.environment, order.to, order.plan);
        _append(
            Action.Overruled,
            actor,
            Role.ResponsibleAIOfficer,
            VersionId.unwrap(order.from),
            order.reason,
            missing
        );
    }

    /// @inheritdoc IRegistry
    function halt(Halt calldata order, Role authority) external {
        bytes32 actor = _authorize(authority, BRAKE_GRACE);
        ActiveWord word = _expectActive(order.model, order.environment, order.version);
        _requireAuthority(authority, word.risk(), true);
        if (word.haltedBy() != Role.None && _rank(word.haltedBy()) >= _rank(authority)) {
            revert RegistryAlreadyHalted(word.haltedBy());
        }
        uint40[5] storage times = _haltTimes[order.version][order.environment].byRank;
        uint256 last = times[_rank(authority)];
        if (block.timestamp < last + HALT_INTERVAL) revert RegistryHaltLimit(authority, last + HALT_INTERVAL);
        times[_rank(authority)] = uint40(block.timestamp);
        _active[order.model][order.environment].word = word.withHalt(
            authority,
            uint40(block.timestamp),
            _advance(order.model)
        );
        _appendHalt(Action.Halted, actor, authority, order);
    }

    /// @inheritdoc IRegistry
    function resume(Halt calldata order, Role authority) external {
        bytes32 actor = _authorize(authority, 0);
        ActiveWord word = _expectActive(order.model, order.environment, order.version);
        if (word.haltedBy() == Role.None) revert RegistryNotHalted(order.version);
        if (authority == Role.Monitor || _rank(authority) < _rank(word.haltedBy())) {
            revert RegistryInsufficientAuthority(authority, word.risk());
        }
        _requireAuthority(authority, word.risk(), true);
        _active[order.model][order.environment].word = word.withHalt(Role.None, 0, _advance(order.model));
        _appendHalt(Action.Resumed, actor, authority, order);
    }

    /// @inheritdoc IRegistry
    function lapse(ModelId id, EnvironmentId environment) external {
        Active storage current = _active[id][environment];
        ActiveWord word = current.word;
        if (word.haltedBy() == Role.None) revert RegistryNotHalted(current.version);
        if (word.risk() >= Risk.High) revert RegistryNeverLapses(word.risk());
        uint256 lapsesAt = uint256(word.haltedAt()) + HALT_LAPSE;
        if (block.timestamp < lapsesAt) revert RegistryNotLapsed(lapsesAt);
        current.word = word.withHalt(Role.None, 0, _advance(id));
        _append(
            Action.Lapsed,
            bytes32(uint256(uint160(msg.sender))),
            Role.None,
            VersionId.unwrap(current.version),
            0,
            _required[id][environment]
        );
    }

    /// @inheritdoc IRegistry
    function reportTrigger(Halt calldata order, Role authority) external {
        bytes32 actor = _authorize(authority, BRAKE_GRACE);
        ActiveWord word = _expectActive(order.model, order.environment, order.version);
        // A later report never moves an earlier deadline.
        uint40 respondBy = uint40(block.timestamp) + RULES.responseTime(word.risk());
        Incident memory open = _incidents[order.model][order.environment];
        if (open.number != word.number()) {
            _incidents[order.model][order.environment] = Incident(
                order.trigger,
                word.number(),
                uint40(block.timestamp),
                respondBy
            );
        }
        _appendHalt(Action.TriggerReported, actor, authority, order);
        if (word.risk() == Risk.Critical || order.trigger == Trigger.Directive) {
            RULES.pullReview(VersionId.unwrap(order.version));
        }
    }

    /// @inheritdoc IRegistry
    function closeIncident(ModelId id, EnvironmentId environment, bytes32 reason) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, BRAKE_GRACE);
        if (_incidents[id][environment].reportedAt == 0) revert RegistryNoIncident(id, environment);
        delete _incidents[id][environment];
        _append(Action.IncidentClosed, actor, Role.ResponsibleAIOfficer, ModelId.unwrap(id), _stated(reason), 0);
    }

    // Views

    /// @inheritdoc IRegistry
    function head() external view returns (bytes32) {
        return _log.head;
    }

    /// @inheritdoc IRegistry
    function versionId(Identity calldata identity) external view returns (VersionId) {
        return identity.id();
    }

    /// @inheritdoc IRegistry
    function model(ModelId id) external view returns (Model memory, DomainId domain) {
        return (_models[id], _domains[id]);
    }

    /// @inheritdoc IRegistry
    function isDeveloper(ModelId id, PersonId person) external view returns (bool) {
        return _developers[id][person];
    }

    /// @inheritdoc IRegistry
    function version(VersionId id) external view returns (bytes32 manifestDigest, VersionWord) {
        return (_versions[id].manifestDigest, _versions[id].word);
    }

    /// @inheritdoc IRegistry
    function effectiveRisk(ModelId id, VersionId version_) external view returns (Risk) {
        return _effective(id, _versions[version_].word);
    }

    /// @inheritdoc IRegistry
    function labelHolder(ModelId id, bytes32 label) external view returns (VersionId) {
        return _labels[id][label];
    }

    /// @inheritdoc IRegistry
    function active(ModelId id, EnvironmentId environment) external view returns (VersionId, ActiveWord) {
        return (_active[id][environment].version, _active[id][environment].word);
    }

    /// @inheritdoc IRegistry
    function tenure(ModelId id, EnvironmentId environment, VersionId version_) external view returns (Tenure memory) {
        return _tenures[id][environment][version_];
    }

    /// @inheritdoc IRegistry
    function requiredSchemas(ModelId id, EnvironmentId environment) external view returns (uint256) {
        return _required[id][environment];
    }

    /// @inheritdoc IRegistry
    function schema(ModelId id, uint8 number) external view returns (bytes32 digest, uint256 satisfies) {
        return (_schemas[id][number].digest, _schemas[id][number].satisfies);
    }

    /// @inheritdoc IRegistry
    function incident(ModelId id, EnvironmentId environment) external view returns (Incident memory) {
        return _incidents[id][environment];
    }

    /// @inheritdoc IRegistry
    function signOffDigest(SignOff calldata terms) external view returns (bytes32) {
        return _hashTypedDataV4(_hash(terms));
    }

    // Sign-offs

    /// @dev Every sign-off counts, or the promotion fails: nothing that was presented is silently ignored.
    function _checkApprovals(Promotion calldata promotion, VersionId id, Risk risk) private view {
        (uint32 epoch, Matrix matrix) = RULES.policy();
        uint256 count = promotion.approvals.length;
        Role[] memory roles = new Role[](count);
        bytes32[] memory actors = new bytes32[](count);
        uint16 missing = matrix.required(risk, promotion.stage);
        SignOff memory terms = SignOff(id, Role.None, promotion.stage, risk, promotion.evidence, epoch, 0, 0);
        for (uint256 i; i < count; ++i) {
            Approval calldata approval = promotion.approvals[i];
            if (i > 0 && approval.role <= terms.role) revert RegistrySignOffsUnsorted(terms.role, approval.role);
            terms.role = approval.role;
            terms.deadline = approval.deadline;
            roles[i] = approval.role;
            actors[i] = _checkApproval(promotion.identity, approval, terms);
            for (uint256 j; j < i; ++j) {
                if (actors[j] == actors[i]) {
                    revert RegistryPersonFillsTwoRoles(PersonId.wrap(actors[i]), roles[j], roles[i]);
                }
            }
            missing &= ~uint16(1 << uint8(approval.role));
        }
        if (missing != 0) revert RegistrySignOffMissing(id, promotion.stage, missing);
    }

    function _checkApproval(
        Identity calldata identity,
        Approval calldata approval,
        SignOff memory terms
    ) private view returns (bytes32 actor) {
        if (approval.deadline < block.timestamp) revert RegistrySignOffExpired(approval.role, approval.deadline);
        address committee = RULES.committee(approval.role);
        if (committee != address(0)) {
            actor = bytes32(uint256(uint160(committee)));
            terms.signingEpoch = 0;
            if (!_consents[_hash(terms)][actor]) revert RegistrySignOffInvalid(approval.role, approval.signer);
            return actor;
        }
        Standing memory signer = RULES.standing(Signers.key(approval.signer));
        if (signer.roles & uint16(1 << uint8(approval.role)) == 0) {
            revert RegistrySignOffUnqualified(approval.role, signer.person);
        }
        _requireCleared(signer, 0);
        if (signer.person == identity.author) revert RegistryAuthorSignedOff(identity.author);
        if (approval.role == Role.DomainLead && !RULES.leads(signer.person, _domains[identity.model])) {
            revert RegistryNotLeadOfDomain(signer.person, _domains[identity.model]);
        }
        actor = PersonId.unwrap(signer.person);
        terms.signingEpoch = signer.signingEpoch;
        bytes32 hash = _hash(terms);
        bool valid =
            approval.signature.length == 0
                ? _consents[hash][actor]
                : Signers.isValid(approval.signer, _hashTypedDataV4(hash), approval.signature);
        if (!valid) revert RegistrySignOffInvalid(approval.role, approval.signer);
    }

    function _hash(SignOff memory terms) private pure returns (bytes32) {
        return keccak256(abi.encode(SIGN_OFF_TYPEHASH, terms));
    }

    // Effects

    function _claimLabel(ModelId id, bytes32 label, VersionId claimant) private {
        VersionId holder = _labels[id][label];
        if (holder != NO_VERSION) revert RegistryLabelTaken(id, label, holder);
        _labels[id][label] = claimant;
    }

    /// @dev Makes `to`, or none, active, and keeps how long its predecessor was. Whether `to` may run is the caller's.
    /// @return missing The required schemas that `to` does not satisfy; a plan is demanded if there are any.
    /// @return sequence The model's sequence of this change.
    function _activate(
        ModelId id,
        EnvironmentId environment,
        VersionId to,
        bytes32 plan
    ) private returns (uint256 missing, uint64 sequence) {
        VersionWord next = _versions[to].word;
        missing = _required[id][environment];
        if (to != NO_VERSION) missing &= ~_schemas[id][next.schema()].satisfies;
        if (missing != 0 && plan == 0) revert RegistryIncompatible(to, missing);

        sequence = _advance(id);
        Active storage current = _active[id][environment];
        VersionId from = current.version;
        if (from != NO_VERSION) _endTenure(id, environment, from, current.word, sequence);
        Risk risk;
        if (to != NO_VERSION) {
            // Read again: `to` may be the very version whose tenure has just ended.
            _versions[to].word = _versions[to].word.withActiveIn(_versions[to].word.activeIn() + 1);
            risk = _effective(id, next);
        }
        current.version = to;
        current.word = newActiveWord(next.number(), sequence, risk);
    }

    function _endTenure(
        ModelId id,
        EnvironmentId environment,
        VersionId from,
        ActiveWord word,
        uint64 sequence
    ) private {
        Tenure memory past = _tenures[id][environment][from];
        uint40 served = uint40(block.timestamp) - word.since();
        if (served > past.longest) past.longest = served;
        if (word.risk() > past.risk) past.risk = word.risk();
        past.ended = sequence;
        _tenures[id][environment][from] = past;
        VersionWord replaced = _versions[from].word;
        _versions[from].word = replaced.withActiveIn(replaced.activeIn() - 1);
    }

    function _rollBack(Rollback calldata order, Role authority, Action action) private {
        bytes32 actor = _authorize(authority, BRAKE_GRACE);
        if (order.trigger == Trigger.None) revert RegistryNoTrigger();
        if (order.reason == 0) revert RegistryEmptyReason();
        Active storage current = _active[order.model][order.environment];
        Risk risk = current.word.risk();
        bool moves = current.version == order.from && order.from != NO_VERSION;
        if (!moves && (authority != Role.EmergencyCommittee || _versions[order.from].word.number() == 0)) {
            revert RegistryNotActive(order.from, current.version);
        }
        uint256 missing;
        if (moves) _requireAuthority(authority, risk, false);
        // First of all, so that no version is the target of its own rollback.
        _condemn(order.from, authority == Role.SystemOperator);
        if (moves) {
            if (order.to != NO_VERSION) _requireEligible(order.model, order.environment, order.to);
            uint64 sequence;
            (missing, sequence) = _activate(order.model, order.environment, order.to, order.plan);
            if (authority == Role.SystemOperator) _countOperator(order.model, order.environment, sequence);
            delete _incidents[order.model][order.environment];
        }
        _append(action, actor, authority, VersionId.unwrap(order.from), order.reason, missing);
        if (moves && risk == Risk.Critical) RULES.pullReview(VersionId.unwrap(order.from));
    }

    /// @dev Never later than it already is.
    function _condemn(VersionId id, bool byOperator) private {
        VersionWord word = _versions[id].word;
        uint40 from = uint40(block.timestamp);
        if (byOperator) {
            from += OVERRULE_WINDOW;
            word = word.withOperatorRollbacks(word.operatorRollbacks() + 1);
        }
        if (word.condemnedFrom() == 0 || word.condemnedFrom() > from) word = word.withCondemnedFrom(from);
        _versions[id].word = word;
    }

    function _countOperator(ModelId id, EnvironmentId environment, uint64 sequence) private {
        uint256 last = _operatorRollbacks[id][environment].time;
        if (block.timestamp < last + OVERRULE_WINDOW) revert RegistryOperatorLimit(last + OVERRULE_WINDOW);
        _operatorRollbacks[id][environment] = OperatorRollback(uint40(block.timestamp), sequence);
    }

    function _advance(ModelId id) private returns (uint64) {
        return ++_models[id].sequence;
    }

    // Checks

    /// @dev Who acts, if the caller may act in this role: a committee by its timelock, a person by the own key.
    /// @param grace For how many seconds past its expiry a certificate still counts.
    function _authorize(Role authority, uint40 grace) private view returns (bytes32 actor) {
        address committee = RULES.committee(authority);
        if (committee != address(0)) {
            if (msg.sender != committee) revert RegistryUnauthorized(msg.sender, authority);
            return bytes32(uint256(uint160(committee)));
        }
        Standing memory caller = RULES.standing(Signers.key(msg.sender));
        if (caller.roles & uint16(1 << uint8(authority)) == 0) revert RegistryUnauthorized(msg.sender, authority);
        _requireCleared(caller, grace);
        return PersonId.unwrap(caller.person);
    }

    function _requireCleared(Standing memory person, uint40 grace) private view {
        if (uint256(person.certifiedUntil) + grace <= block.timestamp) {
            revert RegistryCertificateLapsed(person.person, person.certifiedUntil);
        }
        if (person.suspendedUntil > block.timestamp) {
            revert RegistryPersonSuspended(person.person, person.suspendedUntil);
        }
    }

    /// @dev Policy 6.3: System Operators up to Medium, the RAIO up to High, the Emergency Committee and the Assembly
    /// anything. Halts are wider: Monitors like operators, the RAIO and the Oversight Committee anything.
    function _requireAuthority(Role authority, Risk risk, bool halting) private pure {
        bool enough = authority == Role.EmergencyCommittee || authority == Role.Assembly;
        if (authority == Role.SystemOperator) enough = risk <= Risk.Medium;
        if (authority == Role.ResponsibleAIOfficer) enough = halting || risk <= Risk.High;
        if (halting && authority == Role.Monitor) enough = risk <= Risk.Medium;
        if (halting && authority == Role.OversightCommittee) enough = true;
        if (!enough) revert RegistryInsufficientAuthority(authority, risk);
    }

    function _rank(Role authority) private pure returns (uint256) {
        if (authority == Role.Assembly) return 4;
        if (authority == Role.EmergencyCommittee || authority == Role.OversightCommittee) return 3;
        if (authority == Role.ResponsibleAIOfficer) return 2;
        return 1;
    }

    function _requireEligible(ModelId id, EnvironmentId environment, VersionId target) private view {
        Tenure memory past = _tenures[id][environment][target];
        if (past.ended == 0 || !_mayRun(_versions[target].word, environment)) {
            revert RegistryTargetIneligible(target, environment);
        }
        uint256 soak = RULES.soakTime(past.risk);
        if (past.longest < soak) revert RegistryTargetNotSoaked(target, past.longest, soak);
    }

    /// @dev Whether a version reached the stage that the environment requires and was neither condemned nor retired.
    function _mayRun(VersionWord word, EnvironmentId environment) private view returns (bool) {
        Stage required = RULES.stageOf(environment);
        return
            required != Stage.None &&
            word.stage() >= required &&
            word.stage() != Stage.Retired &&
            word.condemnedFrom() == 0;
    }

    function _expectActive(ModelId id, EnvironmentId environment, VersionId claimed) private view returns (ActiveWord) {
        Active storage current = _active[id][environment];
        if (current.version == NO_VERSION) revert RegistryNothingActive(id, environment);
        if (current.version != claimed) revert RegistryNotActive(claimed, current.version);
        return current.word;
    }

    function _load(Identity calldata identity) private view returns (VersionId id, VersionWord word) {
        id = identity.id();
        word = _versions[id].word;
        if (word.number() == 0) revert RegistryUnknownVersion(id);
    }

    function _known(ModelId id) private view {
        if (!_models[id].exists) revert RegistryUnknownModel(id);
    }

    function _unsuspended(ModelId id) private view returns (Model memory state) {
        state = _models[id];
        if (!state.exists) revert RegistryUnknownModel(id);
        if (state.suspended) revert RegistryModelSuspended(id);
    }

    function _effective(ModelId id, VersionWord word) private view returns (Risk risk) {
        risk = _models[id].floor;
        if (word.declared() > risk) risk = word.declared();
        if (word.raised() > risk) risk = word.raised();
    }

    function _environmentOf(Stage stage) private pure returns (EnvironmentId) {
        if (stage == Stage.Validation) return VALIDATION;
        return stage == Stage.Staging ? STAGING : PRODUCTION;
    }

    function _stated(bytes32 document) private pure returns (bytes32) {
        if (document == 0) revert RegistryEmptyDigest();
        return document;
    }

    // The audit chain

    function _appendHalt(Action action, bytes32 actor, Role authority, Halt calldata order) private {
        if (order.trigger == Trigger.None && action != Action.Resumed) revert RegistryNoTrigger();
        if (order.reason == 0) revert RegistryEmptyReason();
        _append(
            action,
            actor,
            authority,
            VersionId.unwrap(order.version),
            order.reason,
            _required[order.model][order.environment]
        );
    }

    /// @dev The entry's data is the call itself, selector first: sign-offs and all.
    function _append(
        Action action,
        bytes32 actor,
        Role authority,
        bytes32 subject,
        bytes32 document,
        uint256 systems
    ) private {
        _log.append(AuditChain.Entry(action, actor, authority, subject, document, systems, msg.data));
    }
}
