// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry, Predecessor, Rollback} from "./interfaces/IRegistry.sol";
import {IRules, Step} from "./interfaces/IRules.sol";
import {AuditChain} from "./libraries/AuditChain.sol";
import {Identities} from "./libraries/Identities.sol";
import {ActiveWord} from "./types/ActiveWord.sol";
import {ModelWord, newModelWord} from "./types/ModelWord.sol";
import {
    Action,
    DomainId,
    EnvironmentId,
    Identity,
    Incident,
    ModelId,
    ModelState,
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
} from "./types/Types.sol";
import {newVersionWord, PLACES_IN_WORD, VersionWord} from "./types/VersionWord.sol";

/// @title Registry
/// @notice See {IRegistry}.
contract Registry is IRegistry {
    using AuditChain for AuditChain.Log;
    using Identities for Identity;

    struct Version {
        bytes32 manifestDigest;
        VersionWord word;
    }

    /// @dev The last rollback or withdrawal by an operator or a Monitor: when, and the number of what it made active.
    struct JuniorRollback {
        uint40 time;
        uint32 number;
    }

    struct Schema {
        bytes32 digest;
        uint256 satisfies;
    }

    bytes32 private constant REGISTRATION_TYPEHASH = keccak256(
        "Registration(bytes32 version,bytes32 parentVersion,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    bytes32 private constant ROLLBACK_TYPEHASH = keccak256(
        "Rollback(bytes32 model,bytes32 environment,bytes32 from,bytes32 to,uint8 trigger,bytes32 reason,bytes32 plan,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    bytes32 private constant HALT_TYPEHASH = keccak256(
        "Halt(bytes32 model,bytes32 environment,bytes32 version,uint8 trigger,bytes32 reason,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );

    uint40 private constant OVERRULE_WINDOW = 24 hours;
    uint256 private constant HALT_LAPSE = 72 hours;
    uint256 private constant HALT_INTERVAL = 30 days;
    uint256 private constant MAX_SCHEMAS = 256;

    /// @dev Ranks of those who brake: an operator or a Monitor, the RAIO; above them the committees, then the Assembly.
    uint256 private constant JUNIOR = 1;
    uint256 private constant OFFICER = 2;

    /// @inheritdoc IRegistry
    IRules public immutable RULES;

    AuditChain.Log private _log;
    uint32 private _modelCount;

    mapping(ModelId model => ModelWord) private _models;
    mapping(ModelId model => DomainId domain) private _domains;
    mapping(ModelId model => mapping(PersonId person => bool)) private _developers;
    mapping(ModelId model => mapping(uint256 number => Schema)) private _schemas;
    mapping(ModelId model => mapping(bytes32 label => VersionId)) private _labels;
    mapping(ModelId model => mapping(uint256 number => VersionId)) private _numbered;
    mapping(VersionId version => Version) private _versions;
    mapping(VersionId version => mapping(uint256 place => bool)) private _provenFurther;
    mapping(ModelId model => mapping(EnvironmentId environment => ActiveWord)) private _active;
    mapping(ModelId model => mapping(EnvironmentId environment => uint256 schemas)) private _required;
    mapping(ModelId model => mapping(EnvironmentId environment => Incident)) private _incidents;
    mapping(ModelId model => mapping(EnvironmentId environment => JuniorRollback)) private _juniorRollbacks;
    mapping(VersionId version => mapping(EnvironmentId environment => mapping(bytes32 actor => uint40 time)))
        private _haltTimes;

    constructor(IRules rules, bytes32 document, Predecessor memory predecessor) {
        if (address(rules) == address(0)) revert RegistryZeroAddress();
        if (document == 0) revert RegistryEmptyDigest();
        RULES = rules;
        bytes memory data = abi.encode(block.chainid, address(this), rules, predecessor);
        _log.begin(bytes32(uint256(uint160(address(rules)))), Role.None, document, data);
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
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        if (bytes(name).length == 0) revert RegistryEmptyName();
        if (DomainId.unwrap(domain) == 0) revert RegistryEmptyId();
        id = ModelId.wrap(keccak256(bytes(name)));
        if (_models[id].state() != ModelState.None) revert RegistryModelExists(id);
        _models[id] = newModelWord(++_modelCount, floor);
        _domains[id] = domain;
        for (uint256 i; i < developers.length; ++i) _developers[id][_appointed(developers[i])] = true;
        _appendOfficer(Action.ModelCreated, actor, ModelId.unwrap(id), document, 0);
    }

    /// @inheritdoc IRegistry
    function setDeveloper(ModelId id, PersonId person, bool allowed, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        _known(id);
        _developers[id][_appointed(person)] = allowed;
        _appendOfficer(Action.DeveloperSet, actor, ModelId.unwrap(id), document, 0);
    }

    /// @inheritdoc IRegistry
    function addSchema(
        ModelId id,
        bytes32 digest,
        uint256 satisfies,
        bytes32 document
    ) external returns (uint8 number) {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        ModelWord state = _known(id);
        if (digest == 0) revert RegistryEmptyDigest();
        uint256 count = state.schemas();
        if (count == MAX_SCHEMAS) revert RegistrySchemasExhausted(id);
        if (satisfies >> count != 0) revert RegistryUnknownSchema(id, satisfies);
        number = uint8(count);
        satisfies |= 1 << count;
        _models[id] = state.withSchema();
        _schemas[id][number] = Schema(digest, satisfies);
        _appendOfficer(Action.SchemaAdded, actor, ModelId.unwrap(id), document, satisfies);
    }

    /// @inheritdoc IRegistry
    function requireSchemas(ModelId id, EnvironmentId environment, uint256 schemas, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        ModelWord state = _known(id);
        _place(environment);
        if (schemas >> state.schemas() != 0) revert RegistryUnknownSchema(id, schemas);
        _required[id][environment] = schemas;
        _appendOfficer(Action.SchemasRequired, actor, ModelId.unwrap(id), document, schemas);
    }

    /// @inheritdoc IRegistry
    function setMonitored(ModelId id, bool monitored, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        _models[id] = _known(id).withMonitored(monitored);
        _appendOfficer(Action.MonitorSet, actor, ModelId.unwrap(id), document, 0);
    }

    /// @inheritdoc IRegistry
    function setFloor(ModelId id, Risk floor, Role authority, bytes32 document) external {
        if (authority != Role.Assembly && authority != Role.ResponsibleAIOfficer) {
            revert RegistryInsufficientAuthority(authority, floor);
        }
        bytes32 actor = _authorize(authority, false);
        ModelWord state = _known(id);
        if (authority != Role.Assembly && floor <= state.floor()) revert RegistryRiskNotRaised(floor, state.floor());
        _models[id] = state.withFloor(floor);
        _append(Action.FloorSet, actor, authority, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function raiseRisk(Identity calldata identity, Risk risk, bytes32 document) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        (VersionId id, VersionWord word) = _load(identity);
        Risk effective = word.effective(_models[identity.model].floor());
        if (risk <= effective) revert RegistryRiskNotRaised(risk, effective);
        _versions[id].word = word.withRaised(risk);
        _appendOfficer(Action.RiskRaised, actor, VersionId.unwrap(id), document, 0);
    }

    // The Oversight Committee

    /// @inheritdoc IRegistry
    function restoreRisk(Identity calldata identity, Risk raised, Risk risk, bytes32 document) external {
        bytes32 actor = _authorize(Role.OversightCommittee, false);
        (VersionId id, VersionWord word) = _load(identity);
        Risk floor = _models[identity.model].floor();
        if (risk < word.declared() || risk < floor || risk >= raised || raised != word.raised()) {
            revert RegistryRiskNotRestored(risk, word.effective(floor));
        }
        _versions[id].word = word.withRaised(risk);
        _append(Action.RiskRestored, actor, Role.OversightCommittee, VersionId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function recordDefect(Identity calldata identity, bytes32 document) external {
        bytes32 actor = _authorize(Role.OversightCommittee, false);
        (VersionId id, VersionWord word) = _load(identity);
        _condemn(id, word, false);
        _append(Action.DefectRecorded, actor, Role.OversightCommittee, VersionId.unwrap(id), _stated(document), 0);
    }

    // The Assembly

    /// @inheritdoc IRegistry
    function suspendModel(ModelId id, bytes32 document) external {
        bytes32 actor = _authorize(Role.Assembly, false);
        _models[id] = _open(id).withState(ModelState.Suspended);
        _append(Action.ModelSuspended, actor, Role.Assembly, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function reinstateModel(ModelId id, bytes32 document) external {
        bytes32 actor = _authorize(Role.Assembly, false);
        ModelWord state = _known(id);
        if (state.state() != ModelState.Suspended) revert RegistryModelNotSuspended(id);
        _models[id] = state.withState(ModelState.Open);
        _append(Action.ModelReinstated, actor, Role.Assembly, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function moveModel(ModelId id, uint256 chainId, address registry, bytes32 document) external {
        bytes32 actor = _authorize(Role.Assembly, false);
        ModelWord state = _known(id);
        if (state.state() == ModelState.Moved) revert RegistryModelMoved(id);
        bool here = chainId == block.chainid && registry == address(this);
        if (chainId == 0 || registry == address(0) || here) revert RegistryNoDestination(chainId, registry);
        _models[id] = state.withState(ModelState.Moved);
        _append(Action.ModelMoved, actor, Role.Assembly, ModelId.unwrap(id), _stated(document), 0);
    }

    /// @inheritdoc IRegistry
    function release(Identity calldata identity, VersionId[] calldata alternatives, bytes32 document) external {
        bytes32 actor = _authorize(Role.Assembly, false);
        (VersionId id, VersionWord word) = _load(identity);
        if (word.released()) revert RegistryVersionReleased(id);
        _requireDispensable(identity.model, id, word, alternatives);
        _versions[id].word = word.withReleased();
        _append(Action.Released, actor, Role.Assembly, VersionId.unwrap(id), _stated(document), 0);
    }

    // The RAIO: the end of a version's life

    /// @inheritdoc IRegistry
    function retire(Identity calldata identity, VersionId[] calldata alternatives, bytes32 reason) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        (VersionId id, VersionWord word) = _load(identity);
        if (word.stage() == Stage.Retired) revert RegistryVersionRetired(id);
        _requireDispensable(identity.model, id, word, alternatives);
        _versions[id].word = word.withStage(Stage.Retired);
        _append(Action.Retired, actor, Role.ResponsibleAIOfficer, VersionId.unwrap(id), _because(reason), 0);
    }

    // Model developers

    /// @inheritdoc IRegistry
    function register(Identity calldata identity, VersionId parentVersion) external returns (VersionId) {
        return _register(identity, parentVersion, identity.id(), _authorize(Role.ModelDeveloper, false));
    }

    /// @inheritdoc IRegistry
    function registerBySig(
        Identity calldata identity,
        VersionId parentVersion,
        bytes calldata warrant
    ) external returns (VersionId id) {
        id = identity.id();
        (bytes32 actor, Role role) = _authorizeBySig(
            abi.encode(REGISTRATION_TYPEHASH, id, parentVersion),
            warrant,
            false
        );
        if (role != Role.ModelDeveloper) revert RegistryInsufficientAuthority(role, identity.risk);
        return _register(identity, parentVersion, id, actor);
    }

    // Anyone, with the sign-offs

    /// @inheritdoc IRegistry
    function promote(
        Identity calldata identity,
        Stage stage,
        bytes32 evidence,
        bytes32 plan,
        bytes calldata signOffs
    ) external {
        (VersionId id, VersionWord word) = _load(identity);
        ModelWord state = _open(identity.model);
        if (evidence == 0) revert RegistryEmptyDigest();
        Stage reached = word.stage();
        if (reached >= Stage.Production || uint8(stage) != uint8(reached) + 1) {
            revert RegistryStageSkipped(id, reached, stage);
        }
        if (word.condemnedFrom() != 0) revert RegistryVersionCondemned(id);
        if (word.released()) revert RegistryVersionReleased(id);
        Risk risk = word.effective(state.floor());
        RULES.requireSignOffs(
            Step(id, stage, risk, evidence, plan, identity.author, _domains[identity.model]),
            signOffs
        );

        EnvironmentId environment = _environmentOf(stage);
        _requirePassable(_active[identity.model][environment], id, word.number(), environment);
        if (stage == Stage.Validation) _claimLabel(identity.model, identity.label, id, word.number());
        bool introduced = stage == Stage.Production && risk >= Risk.High && !state.introduced();
        if (introduced) state = state.withIntroduction();
        word = word.withStage(stage).withApproved(risk);
        _versions[id].word = word;
        uint256 missing = _activate(identity.model, state, environment, NO_VERSION, id, word, uint16(risk), plan != 0);
        _append(
            Action.Promoted,
            bytes32(uint256(uint160(msg.sender))),
            Role.None,
            VersionId.unwrap(id),
            evidence,
            missing
        );
        if (introduced) _pullReview(ModelId.unwrap(identity.model));
    }

    // System Operators

    /// @inheritdoc IRegistry
    function activate(Identity calldata identity, EnvironmentId environment, bytes32 plan) external {
        bytes32 actor = _authorize(Role.SystemOperator, false);
        (VersionId id, VersionWord word) = _load(identity);
        ModelWord state = _open(identity.model);
        (Stage required, ) = _place(environment);
        ActiveWord current = _active[identity.model][environment];
        // An older version comes back by a rollback only, with its trigger, its reason and its authority. Nor does an
        // operator replace what a senior has halted here, or carry on what a senior has halted at home.
        if (
            !word.mayRun(required) ||
            word.number() <= current.newest() ||
            (current.number() != 0 && _isHeld(current)) ||
            _isHeldAtHome(identity.model, word)
        ) revert RegistryTargetIneligible(id, environment);
        Risk risk = word.effective(state.floor());
        if (risk > word.approved()) revert RegistryNotApproved(id, word.approved(), risk);
        uint256 missing = _activate(identity.model, state, environment, NO_VERSION, id, word, uint16(risk), plan != 0);
        _append(Action.Activated, actor, Role.SystemOperator, VersionId.unwrap(id), plan, missing);
    }

    // The brake

    /// @inheritdoc IRegistry
    function rollback(Rollback calldata order, Role authority) external {
        if (order.to == NO_VERSION) revert RegistryTargetIneligible(order.to, order.environment);
        _rollBack(order, authority, _authorize(authority, true));
    }

    /// @inheritdoc IRegistry
    function withdraw(Rollback calldata order, Role authority) external {
        if (order.to != NO_VERSION) revert RegistryTargetIneligible(order.to, order.environment);
        _rollBack(order, authority, _authorize(authority, true));
    }

    /// @inheritdoc IRegistry
    function rollbackBySig(Rollback calldata order, bytes calldata warrant) external {
        (bytes32 actor, Role authority) = _authorizeBySig(
            _orderTerms(ROLLBACK_TYPEHASH, 7, _active[order.model][order.environment]),
            warrant,
            true
        );
        _rollBack(order, authority, actor);
    }

    /// @inheritdoc IRegistry
    function overrule(Rollback calldata order) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, false);
        ModelWord state = _open(order.model);
        if (order.reason == 0) revert RegistryEmptyReason();
        ActiveWord current = _active[order.model][order.environment];
        JuniorRollback memory undone = _juniorRollbacks[order.model][order.environment];
        VersionWord restored = _versions[order.to].word;
        // Nothing may have taken its place here since, and `to` must be the very version that they took out.
        if (
            current.since() != undone.time ||
            current.number() != undone.number ||
            !_isActive(state, current, order.from, _versions[order.from].word) ||
            restored.model() != state.tag() ||
            restored.number() != current.previous()
        ) revert RegistryNothingToOverrule(order.model, order.environment);
        if (
            block.timestamp >= undone.time + OVERRULE_WINDOW ||
            restored.condemnedFrom() <= block.timestamp ||
            restored.stage() == Stage.Retired ||
            restored.released()
        ) revert RegistryTargetIneligible(order.to, order.environment);
        // Rolled back so in other environments too, it stays condemned until those are overruled as well.
        uint16 others = restored.operatorRollbacks() - 1;
        restored = restored.withOperatorRollbacks(others).withCondemnedFrom(
            others == 0 ? 0 : uint40(block.timestamp) + OVERRULE_WINDOW
        );
        _versions[order.to].word = restored;
        Risk risk = restored.effective(state.floor());
        if (risk == Risk.Critical) revert RegistryInsufficientAuthority(Role.ResponsibleAIOfficer, risk);
        uint256 missing = _activate(
            order.model,
            state,
            order.environment,
            order.from,
            order.to,
            restored,
            uint16(risk),
            order.plan != 0
        );
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
        _halt(order, authority, _authorize(authority, true));
    }

    /// @inheritdoc IRegistry
    function haltBySig(Halt calldata order, bytes calldata warrant) external {
        (bytes32 actor, Role authority) = _authorizeBySig(
            _orderTerms(HALT_TYPEHASH, 5, _active[order.model][order.environment]),
            warrant,
            true
        );
        _halt(order, authority, actor);
    }

    /// @inheritdoc IRegistry
    function resume(Halt calldata order, uint40 sequence, Role authority) external {
        bytes32 actor = _authorize(authority, false);
        ActiveWord word = _expectActive(order.model, order.environment, order.version);
        if (word.haltedBy() == Role.None) revert RegistryNotHalted(order.version);
        // A consent to end one halt ends no later one.
        if (word.sequence() != sequence) revert RegistrySequenceMismatch(sequence, word.sequence());
        if (authority == Role.Monitor || _rank(authority) < _rank(word.haltedBy())) {
            revert RegistryInsufficientAuthority(authority, word.risk());
        }
        _requireHaltAuthority(authority, _gravest(order.model, order.version, word));
        _endHalt(order.model, order.environment, word);
        _appendHalt(Action.Resumed, actor, authority, order);
    }

    /// @inheritdoc IRegistry
    function lapse(ModelId id, EnvironmentId environment) external {
        ActiveWord word = _active[id][environment];
        VersionId halted = _numbered[id][word.number()];
        if (word.number() == 0) revert RegistryNothingActive(id, environment);
        if (word.haltedBy() == Role.None) revert RegistryNotHalted(halted);
        Risk risk = _gravest(id, halted, word);
        if (risk >= Risk.High) revert RegistryNeverLapses(risk);
        uint256 lapsesAt = word.timer() + HALT_LAPSE;
        if (block.timestamp < lapsesAt) revert RegistryNotLapsed(lapsesAt);
        _endHalt(id, environment, word);
        _append(
            Action.Lapsed,
            bytes32(uint256(uint160(msg.sender))),
            Role.None,
            VersionId.unwrap(halted),
            0,
            _required[id][environment]
        );
    }

    // Incidents

    /// @inheritdoc IRegistry
    function reportTrigger(Halt calldata order, Role authority) external {
        bytes32 actor = _authorize(authority, true);
        ActiveWord word = _expectActive(order.model, order.environment, order.version);
        bool senior = _rank(authority) > JUNIOR;
        // A directive comes from who may give one.
        if (order.trigger == Trigger.Directive && !senior && authority != Role.Auditor) {
            revert RegistryInsufficientAuthority(authority, word.risk());
        }
        // A later report never moves an earlier deadline.
        if (!word.incident()) {
            _active[order.model][order.environment] = word.withIncident(true);
            _incidents[order.model][order.environment] = Incident(
                order.trigger,
                word.number(),
                uint40(block.timestamp),
                uint40(block.timestamp) + RULES.responseTime(word.risk())
            );
        }
        _appendHalt(Action.TriggerReported, actor, authority, order);
        // Not by any key that may report: a review that is overdue holds back High and Critical promotions.
        if (order.trigger == Trigger.Directive || (senior && word.risk() == Risk.Critical)) {
            _pullReview(VersionId.unwrap(order.version));
        }
    }

    /// @inheritdoc IRegistry
    function closeIncident(ModelId id, EnvironmentId environment, bytes32 reason) external {
        bytes32 actor = _authorize(Role.ResponsibleAIOfficer, true);
        ActiveWord word = _active[id][environment];
        if (!word.incident()) revert RegistryNoIncident(id, environment);
        _active[id][environment] = word.withIncident(false);
        delete _incidents[id][environment];
        bytes32 subject = VersionId.unwrap(_numbered[id][word.number()]);
        _append(Action.IncidentClosed, actor, Role.ResponsibleAIOfficer, subject, _because(reason), 0);
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
    function model(ModelId id) external view returns (ModelWord, DomainId domain) {
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
    function labelHolder(ModelId id, bytes32 label) external view returns (VersionId) {
        return _labels[id][label];
    }

    /// @inheritdoc IRegistry
    function numbered(ModelId id, uint32 number) external view returns (VersionId) {
        return _numbered[id][number];
    }

    /// @inheritdoc IRegistry
    function active(ModelId id, EnvironmentId environment) external view returns (VersionId, ActiveWord) {
        ActiveWord word = _active[id][environment];
        return (_numbered[id][word.number()], word);
    }

    /// @inheritdoc IRegistry
    function isProven(VersionId id, uint16 place) external view returns (bool) {
        return _isProven(id, _versions[id].word, place);
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
    function haltTime(VersionId id, EnvironmentId environment, bytes32 actor) external view returns (uint40) {
        return _haltTimes[id][environment][actor];
    }

    /// @inheritdoc IRegistry
    function operatorRollbackTime(ModelId id, EnvironmentId environment) external view returns (uint40) {
        return _juniorRollbacks[id][environment].time;
    }

    // Effects

    function _register(
        Identity calldata identity,
        VersionId parentVersion,
        VersionId id,
        bytes32 actor
    ) private returns (VersionId) {
        ModelWord state = _open(identity.model);
        if (actor != PersonId.unwrap(identity.author)) {
            revert RegistryNotAuthor(identity.author, PersonId.wrap(actor));
        }
        if (!_developers[identity.model][identity.author]) {
            revert RegistryNotDeveloper(identity.model, identity.author);
        }
        if (identity.manifestDigest == 0 || identity.artifactDigest == 0 || identity.label == 0) {
            revert RegistryEmptyDigest();
        }
        if (identity.schema >= state.schemas()) {
            revert RegistryUnknownSchema(identity.model, uint256(1) << identity.schema);
        }
        if (identity.risk < state.floor()) revert RegistryRiskBelowFloor(identity.risk, state.floor());
        bool orphan = identity.parent == 0;
        if (_versions[parentVersion].manifestDigest != identity.parent || orphan != (parentVersion == NO_VERSION)) {
            revert RegistryParentMismatch(parentVersion, identity.parent);
        }
        Version storage registered = _versions[id];
        if (registered.manifestDigest != 0) revert RegistryVersionExists(id);

        state = state.withVersion();
        _models[identity.model] = state;
        registered.manifestDigest = identity.manifestDigest;
        registered.word = newVersionWord(state.versions(), state.tag(), identity.risk, identity.schema);
        _append(Action.Registered, actor, Role.ModelDeveloper, VersionId.unwrap(id), identity.manifestDigest, 0);
        return id;
    }

    /// @dev From here on it can be active, and what is active is found by its number.
    function _claimLabel(ModelId id, bytes32 label, VersionId claimant, uint32 number) private {
        VersionId holder = _labels[id][label];
        if (holder != NO_VERSION) revert RegistryLabelTaken(id, label, holder);
        _labels[id][label] = claimant;
        _numbered[id][number] = claimant;
    }

    /// @dev Makes `to`, or none, active, and settles whether its predecessor is proven. Whether `to` may run is the
    /// caller's.
    /// @param state The model's word, written back after one more change.
    /// @param from What is active now, where the caller knows it; if it is zero it is looked up.
    /// @param next The word of `to`; zero for none.
    /// @param riskAndHold The effective risk of `to`, for none that of the version withdrawn; from bit 8 who keeps the place
    /// empty.
    /// @param planned Whether there may be any missing.
    /// @return missing The required schemas that `to` does not satisfy.
    function _activate(
        ModelId id,
        ModelWord state,
        EnvironmentId environment,
        VersionId from,
        VersionId to,
        VersionWord next,
        uint16 riskAndHold,
        bool planned
    ) private returns (uint256 missing) {
        missing = _required[id][environment];
        if (missing != 0 && to != NO_VERSION) missing &= ~_schemas[id][next.schema()].satisfies;
        if (missing != 0 && !planned) revert RegistryIncompatible(to, missing);

        mapping(EnvironmentId environment => ActiveWord) storage places = _active[id];
        ActiveWord current = places[environment];
        uint16 place = current.place();
        if (current.newest() == 0) (, place) = _place(environment);
        // Whom the RAIO or a committee has halted, nobody goes back to past them.
        bool stopped = _rank(current.haltedBy()) > JUNIOR;
        if (current.number() != 0 && (stopped || _hasSoaked(current))) {
            _setProven(from == NO_VERSION ? _numbered[id][current.number()] : from, place, !stopped);
        }
        state = state.withChange();
        _models[id] = state;
        places[environment] = current.next(next.number(), state.sequence(), riskAndHold, place);
        if (current.incident()) delete _incidents[id][environment];
    }

    function _setProven(VersionId id, uint16 place, bool proven) private {
        Version storage settled = _versions[id];
        if (place >= PLACES_IN_WORD) _provenFurther[id][place] = proven;
        else settled.word = settled.word.withProven(place, proven);
    }

    function _rollBack(Rollback calldata order, Role authority, bytes32 actor) private {
        if (order.trigger == Trigger.None) revert RegistryNoTrigger();
        if (order.reason == 0) revert RegistryEmptyReason();
        if (order.from == NO_VERSION && order.to == NO_VERSION) {
            revert RegistryNothingActive(order.model, order.environment);
        }
        ModelWord state = _known(order.model);
        ActiveWord current = _active[order.model][order.environment];
        if (current.newest() == 0) _place(order.environment);
        VersionWord left = _versions[order.from].word;
        bool moves = current.newest() != 0 && _isActive(state, current, order.from, left);
        if (moves) {
            _requireRollbackAuthority(authority, current, left.approved());
        } else if (authority != Role.EmergencyCommittee || left.model() != state.tag()) {
            revert RegistryNotActive(order.from, _numbered[order.model][current.number()]);
        }
        bool junior = _rank(authority) == JUNIOR;
        // First of all, so that no version is the target of its own rollback.
        if (order.from != NO_VERSION) _condemn(order.from, left, junior);
        VersionId to = order.to;
        uint256 missing;
        if (moves) {
            VersionWord target = _versions[to].word;
            if (junior) _limitJunior(order, authority, state, current, target);
            if (to != NO_VERSION) (to, target) = _target(order, authority, state.tag(), current.place());
            Risk risk = current.risk();
            if (to != NO_VERSION) {
                risk = target.effective(state.floor());
                // Nobody brings in what they could not stop.
                if (risk > _reach(authority)) revert RegistryInsufficientAuthority(authority, risk);
            }
            // Where a senior withdraws, nobody junior puts another in.
            uint16 held = to == NO_VERSION && !junior ? uint16(authority) << 8 : 0;
            // No schema that is required meanwhile stops the Emergency Committee: who needs it is told by the mask.
            bool planned = order.plan != 0 || authority == Role.EmergencyCommittee;
            missing = _activate(
                order.model,
                state,
                order.environment,
                order.from,
                to,
                target,
                uint16(risk) | held,
                planned
            );
        }
        Action action = to == NO_VERSION ? Action.Withdrawn : Action.RolledBack;
        if (!moves) action = Action.Condemned;
        _append(action, actor, authority, VersionId.unwrap(order.from), order.reason, missing);
        if (moves && current.risk() == Risk.Critical) _pullReview(VersionId.unwrap(order.from));
    }

    /// @dev A rollback's target: of this model, proven here, and fit to run. A committee lifts a condemnation by operators
    /// or Monitors that can still be overruled; the RAIO overrules. Where the target of the Emergency Committee is no longer
    /// fit the version is withdrawn: nobody voids its order meanwhile.
    function _target(
        Rollback calldata order,
        Role authority,
        uint32 tag,
        uint16 place
    ) private returns (VersionId to, VersionWord word) {
        to = order.to;
        word = _versions[to].word;
        bool lifts = _rank(authority) > OFFICER && word.condemnedFrom() > block.timestamp;
        if (lifts) word = word.withOperatorRollbacks(0).withCondemnedFrom(0);
        if (word.model() == tag && _isTarget(to, word, place)) {
            if (lifts) _versions[to].word = word;
            return (to, word);
        }
        if (authority != Role.EmergencyCommittee || order.from == NO_VERSION) {
            revert RegistryTargetIneligible(to, order.environment);
        }
        return (NO_VERSION, VersionWord.wrap(0));
    }

    /// @dev Never later than it already is.
    function _condemn(VersionId id, VersionWord word, bool byJunior) private {
        uint40 from = uint40(block.timestamp);
        if (byJunior) {
            from += OVERRULE_WINDOW;
            word = word.withOperatorRollbacks(word.operatorRollbacks() + 1);
        }
        if (word.condemnedFrom() == 0 || word.condemnedFrom() > from) word = word.withCondemnedFrom(from);
        _versions[id].word = word;
    }

    /// @dev Operators and Monitors together once in 24 hours, so that no stolen key burns every target down; a Monitor one
    /// step only, where the RAIO lets it.
    function _limitJunior(
        Rollback calldata order,
        Role authority,
        ModelWord state,
        ActiveWord current,
        VersionWord target
    ) private {
        uint32 number = target.number();
        if (authority == Role.Monitor) {
            if (!state.monitored()) revert RegistryNotMonitored(order.model);
            if (number == 0 || number != current.previous()) {
                revert RegistryNotPredecessor(order.to, number, current.previous());
            }
        }
        if (_isHeldAtHome(order.model, target)) revert RegistryTargetIneligible(order.to, order.environment);
        uint256 last = _juniorRollbacks[order.model][order.environment].time;
        if (block.timestamp < last + OVERRULE_WINDOW) revert RegistryOperatorLimit(last + OVERRULE_WINDOW);
        _juniorRollbacks[order.model][order.environment] = JuniorRollback(uint40(block.timestamp), number);
    }

    function _halt(Halt calldata order, Role authority, bytes32 actor) private {
        ActiveWord word = _expectActive(order.model, order.environment, order.version);
        _requireHaltAuthority(authority, word.risk());
        if (_rank(word.haltedBy()) >= _rank(authority)) {
            revert RegistryAlreadyHalted(word.haltedBy());
        }
        // Each has a limit of the own: nobody uses up another's.
        mapping(bytes32 actor => uint40 time) storage times = _haltTimes[order.version][order.environment];
        uint256 last = times[actor];
        if (block.timestamp < last + HALT_INTERVAL) revert RegistryHaltLimit(authority, last + HALT_INTERVAL);
        times[actor] = uint40(block.timestamp);
        _active[order.model][order.environment] = word.withHalt(authority, _advance(order.model), _hasSoaked(word));
        _appendHalt(Action.Halted, actor, authority, order);
    }

    function _endHalt(ModelId id, EnvironmentId environment, ActiveWord word) private {
        _active[id][environment] = word.withHalt(Role.None, _advance(id), word.soaked());
    }

    function _advance(ModelId id) private returns (uint40) {
        ModelWord state = _models[id].withChange();
        _models[id] = state;
        return state.sequence();
    }

    // Checks

    function _authorize(Role authority, bool brake) private view returns (bytes32 actor) {
        return RULES.authorize(msg.sender, authority, brake);
    }

    function _authorizeBySig(
        bytes memory terms,
        bytes calldata warrant,
        bool brake
    ) private view returns (bytes32 actor, Role authority) {
        return RULES.authorizeBySig(terms, warrant, brake);
    }

    function _pullReview(bytes32 subject) private {
        RULES.pullReview(subject);
    }

    /// @dev Nobody goes past a withdrawal by who ranks above them, nor operators and Monitors past a senior's halt.
    /// @param approved The risk for which what goes was last signed off: in a later stage too, for it is condemned there with
    /// all others.
    function _requireRollbackAuthority(Role authority, ActiveWord current, Risk approved) private pure {
        Risk risk = current.risk();
        if (approved > risk) risk = approved;
        uint256 rank = _rank(authority);
        bool barred = rank == 0 || authority == Role.OversightCommittee || risk > _reach(authority);
        if (rank == JUNIOR || current.number() == 0) barred = barred || _rank(current.haltedBy()) > rank;
        if (barred) revert RegistryInsufficientAuthority(authority, risk);
    }

    /// @dev Policy 6.3: System Operators up to Medium, the RAIO up to High, committees anything. A Monitor is no wider than an
    /// operator.
    function _reach(Role authority) private pure returns (Risk) {
        uint256 rank = _rank(authority);
        if (rank > OFFICER) return Risk.Critical;
        return rank == OFFICER ? Risk.High : Risk.Medium;
    }

    /// @dev Whether a senior has halted what is active, or withdrawn what was active last.
    function _isHeld(ActiveWord word) private pure returns (bool) {
        return _rank(word.haltedBy()) > JUNIOR;
    }

    /// @dev Whether a senior has a version halted in the environment of the stage that it has reached.
    function _isHeldAtHome(ModelId id, VersionWord word) private view returns (bool) {
        ActiveWord home = _active[id][_environmentOf(word.stage())];
        return home.number() == word.number() && word.number() != 0 && _isHeld(home);
    }

    /// @dev Past a senior's halt or withdrawal a promotion carries only what is newer than all that ran there.
    function _requirePassable(ActiveWord current, VersionId id, uint32 number, EnvironmentId environment) private pure {
        if (_isHeld(current) && number <= current.newest()) revert RegistryTargetIneligible(id, environment);
    }

    /// @dev Operators and Monitors up to Medium, the RAIO and the committees anything.
    function _requireHaltAuthority(Role authority, Risk risk) private pure {
        uint256 rank = _rank(authority);
        if (rank < JUNIOR || (rank == JUNIOR && risk > Risk.Medium)) {
            revert RegistryInsufficientAuthority(authority, risk);
        }
    }

    /// @dev Zero for who has no brake.
    function _rank(Role authority) private pure returns (uint256) {
        if (authority == Role.Assembly) return 4;
        if (authority == Role.EmergencyCommittee || authority == Role.OversightCommittee) return 3;
        if (authority == Role.ResponsibleAIOfficer) return OFFICER;
        return authority == Role.SystemOperator || authority == Role.Monitor ? JUNIOR : 0;
    }

    /// @dev What has become dangerous since it was activated is not resumed as if it had not.
    function _gravest(ModelId id, VersionId active_, ActiveWord word) private view returns (Risk risk) {
        risk = _versions[active_].word.effective(_models[id].floor());
        if (word.risk() > risk) risk = word.risk();
    }

    /// @dev What is proven in an environment has reached its stage.
    function _isTarget(VersionId id, VersionWord word, uint16 place) private view returns (bool) {
        return word.mayRun(Stage.Validation) && _isProven(id, word, place);
    }

    function _isProven(VersionId id, VersionWord word, uint16 place) private view returns (bool) {
        return place < PLACES_IN_WORD ? word.provenIn(place) : _provenFurther[id][place];
    }

    /// @dev Whether the active version has run long enough here, without a halt, for its risk when it became active.
    function _hasSoaked(ActiveWord word) private view returns (bool) {
        if (word.soaked()) return true;
        return word.haltedBy() == Role.None && block.timestamp - word.timer() >= RULES.soakTime(word.risk());
    }

    /// @dev A version may end only where it is not active, and wherever one could roll back to it, one can roll back to
    /// another. What may not run needs no other in
    /// its place, not even where a senior could still lift its condemnation.
    /// @param alternatives One for each environment in which it is proven, in the environments' order.
    function _requireDispensable(
        ModelId modelId,
        VersionId id,
        VersionWord word,
        VersionId[] calldata alternatives
    ) private view {
        EnvironmentId[] memory environments = RULES.environments();
        bool targeted = word.mayRun(Stage.Validation);
        uint256 used;
        for (uint16 place; place < environments.length; ++place) {
            uint32 running = _active[modelId][environments[place]].number();
            if (running == word.number()) revert RegistryVersionActive(id, environments[place]);
            if (!targeted || !_isProven(id, word, place)) continue;
            VersionId other = used < alternatives.length ? alternatives[used] : NO_VERSION;
            if (used < alternatives.length) ++used;
            VersionWord otherWord = _versions[other].word;
            if (
                other == id ||
                otherWord.model() != word.model() ||
                otherWord.number() == running ||
                !_isTarget(other, otherWord, place)
            ) revert RegistryNoAlternative(id, environments[place], other);
        }
        if (used != alternatives.length) revert RegistryAlternativesUnused(id, alternatives.length - used);
    }

    /// @dev Whether this version, or none, is what is active.
    function _isActive(
        ModelWord state,
        ActiveWord current,
        VersionId claimed,
        VersionWord word
    ) private pure returns (bool) {
        if (claimed == NO_VERSION) return current.number() == 0;
        return word.model() == state.tag() && word.number() == current.number();
    }

    function _expectActive(
        ModelId id,
        EnvironmentId environment,
        VersionId claimed
    ) private view returns (ActiveWord current) {
        current = _active[id][environment];
        if (current.number() == 0) revert RegistryNothingActive(id, environment);
        if (!_isActive(_models[id], current, claimed, _versions[claimed].word)) {
            revert RegistryNotActive(claimed, _numbered[id][current.number()]);
        }
    }

    function _load(Identity calldata identity) private view returns (VersionId id, VersionWord word) {
        id = identity.id();
        word = _versions[id].word;
        if (word.number() == 0) revert RegistryUnknownVersion(id);
    }

    function _known(ModelId id) private view returns (ModelWord state) {
        state = _models[id];
        if (state.state() == ModelState.None) revert RegistryUnknownModel(id);
    }

    function _open(ModelId id) private view returns (ModelWord state) {
        state = _known(id);
        if (state.state() == ModelState.Suspended) revert RegistryModelSuspended(id);
        if (state.state() == ModelState.Moved) revert RegistryModelMoved(id);
    }

    /// @dev What a carried order's signer consents to: the order, which is the call's first argument and takes so many
    /// words, and the sequence of what it was given against.
    function _orderTerms(bytes32 typeHash, uint256 words, ActiveWord current) private pure returns (bytes memory) {
        return abi.encodePacked(typeHash, msg.data[4:4 + 32 * words], uint256(current.sequence()));
    }

    function _appointed(PersonId person) private view returns (PersonId) {
        (bytes32 key, ) = RULES.keyOf(person);
        if (key == 0) revert RegistryUnknownPerson(person);
        return person;
    }

    function _place(EnvironmentId environment) private view returns (Stage stage, uint16 index) {
        (stage, index) = RULES.place(environment);
        if (stage == Stage.None) revert RegistryUnknownEnvironment(environment);
    }

    function _environmentOf(Stage stage) private pure returns (EnvironmentId) {
        if (stage == Stage.Validation) return VALIDATION;
        return stage == Stage.Staging ? STAGING : PRODUCTION;
    }

    function _stated(bytes32 document) private pure returns (bytes32) {
        if (document == 0) revert RegistryEmptyDigest();
        return document;
    }

    function _because(bytes32 reason) private pure returns (bytes32) {
        if (reason == 0) revert RegistryEmptyReason();
        return reason;
    }

    // The audit chain

    function _appendOfficer(Action action, bytes32 actor, bytes32 subject, bytes32 document, uint256 systems) private {
        _append(action, actor, Role.ResponsibleAIOfficer, subject, _stated(document), systems);
    }

    function _appendHalt(Action action, bytes32 actor, Role authority, Halt calldata order) private {
        if (order.trigger == Trigger.None && action != Action.Resumed) revert RegistryNoTrigger();
        _append(
            action,
            actor,
            authority,
            VersionId.unwrap(order.version),
            _because(order.reason),
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
        _log.append(action, actor, authority, subject, document, systems);
    }
}
