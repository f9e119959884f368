// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {Action, ModelId, ModelState, PersonId, Risk, Role, VersionId} from "../../../contracts/types/Types.sol";
import {Court, Try} from "./Court.sol";
import {GhostModel} from "./Ghost.sol";

/// @title Models: created, configured by the RAIO, suspended, reinstated and moved by the Assembly
abstract contract ModelActs is Court {
    uint256 private constant MANY_MODELS = 5;

    function createsModel(uint256 seed) external {
        _seed(seed);
        bool full = models.length > MANY_MODELS;
        if (!_oneIn(full ? 4 : 2)) return _configuresModel();
        Risk floor = Risk(_roll(3));
        PersonId[] memory allowed = new PersonId[](1);
        uint256 developer = _holder(Role.ModelDeveloper);
        allowed[0] = people[developer].id;
        string memory name = string(abi.encodePacked("model ", bytes1(uint8(48 + models.length))));
        if (full || _oneIn(6)) name = models[1].name;
        Try memory act;
        act.caller = _caller(Role.ResponsibleAIOfficer);
        act.verdict = mayAct(act.caller, Role.ResponsibleAIOfficer, false);
        _forbid(act, keccak256(bytes(name)) == keccak256(bytes(models[1].name)), 1, "the model exists");
        act.call = abi.encodeCall(IRegistry.createModel, (name, SPEECH, floor, allowed, DOCUMENT));
        if (!_officerTry(act, Action.ModelCreated, keccak256(bytes(name)), DOCUMENT, 0)) return;
        models.push();
        GhostModel storage created = models[models.length - 1];
        created.id = ModelId.wrap(keccak256(bytes(name)));
        created.name = name;
        created.domain = SPEECH;
        created.floor = floor;
        created.state = ModelState.Open;
        developers[models.length - 1][developer] = true;
    }

    function configuresModel(uint256 seed) external {
        _seed(seed);
        _configuresModel();
    }

    function _configuresModel() private {
        uint256 chosen = _anyModel();
        uint256 kind = _roll(4);
        if (models[chosen].satisfies.length < 3 && _oneIn(2)) kind = 2;
        Try memory act;
        act.caller = _caller(Role.ResponsibleAIOfficer);
        act.verdict = mayAct(act.caller, Role.ResponsibleAIOfficer, false);
        bytes32 document = _documentOrNone();
        _forbid(act, document == 0, 10, "there is no document");
        ModelId id = models[chosen].id;
        bytes32 subject = ModelId.unwrap(id);
        if (kind == 0) {
            uint256 person = _anyone();
            bool allowed = !_oneIn(3);
            act.call = abi.encodeCall(IRegistry.setDeveloper, (id, people[person].id, allowed, document));
            if (_officerTry(act, Action.DeveloperSet, subject, document, 0)) developers[chosen][person] = allowed;
        } else if (kind == 1) {
            bool monitored = !_oneIn(4);
            act.call = abi.encodeCall(IRegistry.setMonitored, (id, monitored, document));
            if (_officerTry(act, Action.MonitorSet, subject, document, 0)) models[chosen].monitored = monitored;
        } else if (kind == 2) {
            _addsSchema(act, chosen, document);
        } else {
            _requiresSchemas(act, chosen, document);
        }
    }

    function _addsSchema(Try memory act, uint256 chosen, bytes32 document) private {
        uint256 count = models[chosen].satisfies.length;
        uint256 satisfies = _roll(1 << (count > 6 ? 6 : count));
        if (_oneIn(8)) satisfies |= 1 << count;
        _forbid(act, satisfies >> count != 0, 1, "the schema is not known");
        act.call = abi.encodeCall(IRegistry.addSchema, (models[chosen].id, SCHEMA, satisfies, document));
        uint256 served = satisfies | (1 << count);
        if (_officerTry(act, Action.SchemaAdded, ModelId.unwrap(models[chosen].id), document, served)) {
            models[chosen].satisfies.push(served);
        }
    }

    function _requiresSchemas(Try memory act, uint256 chosen, bytes32 document) private {
        uint256 count = models[chosen].satisfies.length;
        uint256 place = _roll(environments.length);
        uint256 schemas = _oneIn(3) ? 0 : _roll(1 << (count > 6 ? 6 : count));
        if (_oneIn(8)) schemas |= 1 << count;
        _forbid(act, schemas >> count != 0, 1, "the schema is not known");
        act.call = abi.encodeCall(
            IRegistry.requireSchemas,
            (models[chosen].id, environments[place], schemas, document)
        );
        if (_officerTry(act, Action.SchemasRequired, ModelId.unwrap(models[chosen].id), document, schemas)) {
            places[chosen][place].required = schemas;
        }
    }

    function _officerTry(
        Try memory act,
        Action action,
        bytes32 subject,
        bytes32 document,
        uint256 systems
    ) private returns (bool) {
        act.target = address(registry);
        act.home = 12;
        act.trace = _trace(
            action,
            actorOf(act.caller, Role.ResponsibleAIOfficer),
            Role.ResponsibleAIOfficer,
            subject,
            document
        );
        act.trace.systems = systems;
        return _try(act);
    }

    /// @notice The Assembly suspends, reinstates, seldom moves a model.
    function closesModel(uint256 seed) external {
        _seed(seed);
        uint256 chosen = _anyModel();
        // What is suspended waits for its reinstatement.
        for (uint256 i = 1; i < models.length; ++i) if (models[i].state == ModelState.Suspended) chosen = i;
        ModelState state = models[chosen].state;
        uint256 kind = _roll(10);
        if (state == ModelState.Suspended && kind < 8) kind = 1;
        if (state == ModelState.Open && kind < 4) kind = 1;
        Try memory act;
        act.caller = kind == 9 ? _accountOrStranger(_anyone()) : _caller(Role.Assembly);
        act.verdict = mayAct(act.caller, Role.Assembly, false);
        act.target = address(registry);
        act.home = 9;
        Action action;
        ModelState next;
        ModelId id = models[chosen].id;
        if (kind >= 8 && _oneIn(2)) {
            _movesModel(chosen, act.caller);
            _movesModel(chosen, assemblyTimelock);
            return;
        }
        if (kind % 2 == 0) {
            (action, next) = (Action.ModelSuspended, ModelState.Suspended);
            _forbid(act, state != ModelState.Open, 5, "the model is not open");
            act.call = abi.encodeCall(IRegistry.suspendModel, (id, DOCUMENT));
        } else {
            (action, next) = (Action.ModelReinstated, ModelState.Open);
            _forbid(act, state != ModelState.Suspended, 5, "it is not suspended");
            act.call = abi.encodeCall(IRegistry.reinstateModel, (id, DOCUMENT));
        }
        act.trace = _trace(action, voice(act.caller), Role.Assembly, ModelId.unwrap(id), DOCUMENT);
        if (_try(act)) models[chosen].state = next;
    }

    function _movesModel(uint256 chosen, address caller) private {
        Try memory act;
        act.caller = caller;
        act.target = address(registry);
        act.home = 9;
        act.verdict = mayAct(caller, Role.Assembly, false);
        _forbid(act, models[chosen].state == ModelState.Moved, 5, "the model has moved");
        ModelId id = models[chosen].id;
        act.call = abi.encodeCall(IRegistry.moveModel, (id, 10, stranger.account, DOCUMENT));
        act.trace = _trace(Action.ModelMoved, voice(caller), Role.Assembly, ModelId.unwrap(id), DOCUMENT);
        if (_try(act)) models[chosen].state = ModelState.Moved;
    }

    // Choices

    function _anyModel() internal returns (uint256) {
        return _oneIn(2) ? 1 + _roll(models.length - 1) : 1;
    }

    /// @notice Zero only while there is none.
    function _anyVersion() internal returns (uint256) {
        return versions.length == 1 ? 0 : 1 + _roll(versions.length - 1);
    }

    function _indexOf(ModelId id) internal view returns (uint256) {
        for (uint256 i = 1; i < models.length; ++i) if (ModelId.unwrap(models[i].id) == ModelId.unwrap(id)) return i;
        return 0;
    }

    function _byId(VersionId id) internal view returns (uint256) {
        for (uint256 i = 1; i < versions.length; ++i) if (versions[i].id == id) return i;
        return 0;
    }
}
