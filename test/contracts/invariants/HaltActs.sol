// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {Action, PersonId, Risk, Role, Trigger, VersionId} from "../../../contracts/types/Types.sol";
import {Aim} from "./Aims.sol";
import {Try} from "./Court.sol";
import {GhostPlace, Verdict} from "./Ghost.sol";
import {RollbackActs} from "./RollbackActs.sol";

/// @title Halts, how they end, and incidents
abstract contract HaltActs is RollbackActs {
    bytes32 private constant HALT_TYPEHASH = keccak256(
        "Halt(bytes32 model,bytes32 environment,bytes32 version,uint8 trigger,bytes32 reason,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );

    uint256 private constant PRODUCTION_PLACE = 2;

    // Halts

    function halts(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        _tryHalt(aim);
        if (_oneIn(6)) _tryHalt(aim);
        if (isSenior(places[aim.model][aim.place].haltedBy) && _oneIn(2)) _defies(aim);
        else if (_isHalted(aim) && _oneIn(3)) _takesOut(aim);
    }

    function _tryHalt(Aim memory aim) private {
        if (isCollective(aim.role) || _oneIn(2)) return _tryHaltBy(aim, _caller(aim.role));
        Try memory act;
        _carriesHalt(act, aim, _haltOf(aim));
        _tryHalt(act, aim);
    }

    function _tryHaltBy(Aim memory aim, address caller) private {
        Try memory act;
        act.caller = caller;
        act.verdict = mayAct(caller, aim.role, true);
        act.trace.actor = actorOf(caller, aim.role);
        act.call = haltCall(_haltOf(aim), aim.role);
        _tryHalt(act, aim);
    }

    function _tryHalt(Try memory act, Aim memory aim) private {
        act.target = address(registry);
        act.home = 9;
        if (act.verdict.broken == 0) act.verdict = mayHaltAt(aim, act.trace.actor);
        _describeHalt(act, aim, Action.Halted);
        if (!_try(act)) return;
        if (act.caller == stranger.account) _keep(act.target, act.call);
        _halted(aim, act.trace.actor);
    }

    /// @dev What is halted is taken out later, though it would have served its soak time meanwhile.
    function _takesOut(Aim memory aim) private {
        if (_oneIn(2)) pass(1 days);
        aim.from = places[aim.model][aim.place].running;
        aim.role = _oneIn(2) ? Role.Assembly : Role.ResponsibleAIOfficer;
        aim.to = _oneIn(2) ? 0 : _targetAt(aim);
        (aim.trigger, aim.reason, aim.plan) = (Trigger.Incident, REASON, PLAN);
        _rollsBack(aim, aim.to == 0);
    }

    /// @dev What a senior has halted, somebody junior tries to take out or to carry to a further place.
    function _defies(Aim memory aim) private {
        if (_oneIn(2)) return _spreads(aim.model);
        aim.role = Role.SystemOperator;
        aim.to = _oneIn(3) ? 0 : _targetAt(aim);
        (aim.trigger, aim.reason, aim.plan) = (Trigger.Incident, REASON, PLAN);
        _rollsBack(aim, aim.to == 0);
    }

    /// @dev What a senior has halted in Production goes to a further place.
    function _spreads(uint256 model_) private {
        Aim memory aim;
        (aim.model, aim.place, aim.from) = (model_, PRODUCTION_PLACE, places[model_][PRODUCTION_PLACE].running);
        (aim.role, aim.trigger, aim.reason) = (Role.Assembly, Trigger.SafetyRisk, REASON);
        if (!isSenior(places[model_][PRODUCTION_PLACE].haltedBy)) _tryHaltBy(aim, assemblyTimelock);
        _activates(aim.from, environments.length - 1);
    }

    function mayHaltAt(Aim memory aim, bytes32 actor) internal view returns (Verdict memory) {
        GhostPlace storage place = places[aim.model][aim.place];
        if (place.running == 0 || place.running != aim.from) return no(6, "it is not active");
        if (!mayHalt(aim.role, place.risk)) return no(12, "the authority does not suffice for the risk");
        if (place.haltedBy != Role.None && rank(place.haltedBy) >= rank(aim.role)) return no(7, "it is halted already");
        uint40 last = haltedAt[aim.from][aim.place][actor];
        if (last != 0 && time() < last + 30 days) return no(7, "the same person halted it within 30 days");
        if (aim.trigger == Trigger.None) return no(6, "there is no trigger");
        return aim.reason == 0 ? no(6, "there is no reason") : yes();
    }

    function _halted(Aim memory aim, bytes32 actor) internal {
        GhostPlace storage place = places[aim.model][aim.place];
        haltedAt[aim.from][aim.place][actor] = time();
        place.soaked = hasSoaked(place);
        (place.haltedBy, place.halter) = (aim.role, actor);
        place.clock = time();
        place.sequence = ++models[aim.model].sequence;
    }

    function resumes(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        _findHalted(aim);
        GhostPlace storage place = places[aim.model][aim.place];
        if (_oneIn(6)) _raises(place.running);
        uint256 kind = _roll(12);
        if (kind < 3) aim.role = kind == 0 ? Role.Monitor : Role.SystemOperator;
        else if (kind < 10) aim.role = kind < 7 ? place.haltedBy : Role.Assembly;
        Try memory act;
        act.caller = _caller(aim.role);
        act.target = address(registry);
        act.home = 9;
        act.verdict = mayAct(act.caller, aim.role, false);
        uint40 sequence = place.sequence;
        if (_oneIn(6)) sequence = uint40(_roll(place.sequence + 1));
        if (act.verdict.broken == 0) act.verdict = _mayResume(aim, sequence);
        act.call = abi.encodeCall(IRegistry.resume, (_haltOf(aim), sequence, aim.role));
        act.trace.actor = actorOf(act.caller, aim.role);
        _describeHalt(act, aim, Action.Resumed);
        if (!_try(act)) return;
        _endsHalt(aim);
        if (_oneIn(2)) _haltsAgain(aim);
    }

    /// @dev A place of the model where something is halted; mostly, if there is none, something is halted first.
    function _findHalted(Aim memory aim) private {
        for (uint256 i; i < environments.length && !_isHalted(aim); ++i)
            aim.place = (aim.place + 1) % environments.length;
        if (_oneIn(6)) return;
        aim.from = places[aim.model][aim.place].running;
        if (!_isHalted(aim)) _tryHalt(aim);
    }

    /// @dev Where a senior withdrew the last one: no halt, though it is held.
    function _findEmptied(Aim memory aim) private view {
        for (uint256 i; i < models.length * environments.length; ++i) {
            GhostPlace storage place = places[i / environments.length][i % environments.length];
            if (place.running != 0 || place.haltedBy == Role.None) continue;
            (aim.model, aim.place, aim.from) = (i / environments.length, i % environments.length, 0);
            return;
        }
    }

    function _isHalted(Aim memory aim) private view returns (bool) {
        GhostPlace storage place = places[aim.model][aim.place];
        return place.running != 0 && place.haltedBy != Role.None;
    }

    function _mayResume(Aim memory aim, uint40 sequence) private view returns (Verdict memory) {
        GhostPlace storage place = places[aim.model][aim.place];
        if (place.running == 0 || place.running != aim.from) return no(6, "it is not active");
        if (place.haltedBy == Role.None) return no(7, "it is not halted");
        if (sequence != place.sequence) return no(7, "a consent to end one halt ends another");
        if (aim.role == Role.Monitor) return no(12, "a Monitor resumes nothing");
        if (rank(aim.role) < rank(place.haltedBy)) return no(12, "less than the halter's authority");
        if (!mayHalt(aim.role, gravest(place))) return no(12, "the authority does not suffice for the risk");
        return aim.reason == 0 ? no(6, "there is no reason") : yes();
    }

    function lapses(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        if (_oneIn(4)) _findEmptied(aim);
        else _findHalted(aim);
        GhostPlace storage place = places[aim.model][aim.place];
        if (_oneIn(2)) pass(72 hours);
        if (_oneIn(6)) _raises(place.running);
        Try memory act;
        act.caller = _accountOrStranger(_anyone());
        act.target = address(registry);
        act.home = 9;
        if (!_isHalted(aim)) act.verdict = no(7, "it is not halted");
        else if (gravest(place) >= Risk.High) act.verdict = no(12, "a halt of high risk lapses");
        else if (time() < place.clock + 72 hours) act.verdict = no(12, "a halt lapses early");
        act.call = abi.encodeCall(IRegistry.lapse, (models[aim.model].id, environments[aim.place]));
        act.trace = _trace(
            Action.Lapsed,
            voice(act.caller),
            Role.None,
            VersionId.unwrap(versions[place.running].id),
            0
        );
        act.trace.systems = place.required;
        if (!_try(act)) return;
        _endsHalt(aim);
        if (_oneIn(2)) _haltsAgain(aim);
    }

    /// @dev Whoever halted it would halt it again at once.
    function _haltsAgain(Aim memory aim) private {
        GhostPlace storage place = places[aim.model][aim.place];
        aim.from = place.running;
        (aim.trigger, aim.reason) = (Trigger.SafetyRisk, REASON);
        for (uint8 role = 1; role < 12; ++role) {
            aim.role = Role(role);
            address caller = timelockOf(aim.role);
            if (caller == address(0)) caller = _accountWith(aim.role, place.halter);
            if (caller == address(0) || actorOf(caller, aim.role) != place.halter) continue;
            if (mayHalt(aim.role, place.risk)) return _tryHaltBy(aim, caller);
        }
    }

    /// @dev The account of the person of this id, if that person holds the role.
    function _accountWith(Role role, bytes32 id) private view returns (address) {
        for (uint256 i = 1; i < people.length; ++i) {
            if (PersonId.unwrap(people[i].id) != id) continue;
            return people[i].roles & bits(role) != 0 ? accountOf(i) : address(0);
        }
        return address(0);
    }

    function _endsHalt(Aim memory aim) private {
        GhostPlace storage place = places[aim.model][aim.place];
        place.haltedBy = Role.None;
        place.clock = time();
        place.sequence = ++models[aim.model].sequence;
    }

    function _describeHalt(Try memory act, Aim memory aim, Action action) internal view {
        act.trace.action = action;
        act.trace.authority = aim.role;
        act.trace.subject = VersionId.unwrap(versions[aim.from].id);
        act.trace.document = aim.reason;
        act.trace.systems = places[aim.model][aim.place].required;
    }

    function _carriesHalt(Try memory act, Aim memory aim, Halt memory ordered) private {
        Halt memory signed = abi.decode(abi.encode(ordered), (Halt));
        uint256 wrong = _roll(12);
        if (wrong == 0) signed.environment = environments[(aim.place + 1) % environments.length];
        bytes memory terms = abi.encode(
            HALT_TYPEHASH,
            signed,
            places[aim.model][aim.place].sequence + (wrong == 1 ? 1 : 0)
        );
        bool honest =
            keccak256(terms) == keccak256(abi.encode(HALT_TYPEHASH, ordered, places[aim.model][aim.place].sequence));
        bytes memory warrant = _warrantFor(act, aim.role, terms, honest);
        act.call = abi.encodeCall(IRegistry.haltBySig, (ordered, warrant));
    }

    // Incidents

    function reports(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        if (_oneIn(4)) aim.role = Role(1 + _roll(11));
        _reports(aim);
    }

    function _reports(Aim memory aim) private {
        GhostPlace storage place = places[aim.model][aim.place];
        Try memory act;
        act.caller = _caller(aim.role);
        act.target = address(registry);
        act.home = 9;
        act.verdict = mayAct(act.caller, aim.role, true);
        bool senior = isSenior(aim.role);
        bool gives = senior || aim.role == Role.Auditor;
        if (act.verdict.broken == 0) {
            if (place.running == 0 || place.running != aim.from) act.verdict = no(6, "it is not active");
            else if (aim.trigger == Trigger.Directive && !gives) act.verdict = no(12, "who may not give directives");
            else if (aim.trigger == Trigger.None) act.verdict = no(6, "there is no trigger");
            else if (aim.reason == 0) act.verdict = no(6, "there is no reason");
        }
        act.call = reportCall(_haltOf(aim), aim.role);
        act.trace.actor = actorOf(act.caller, aim.role);
        _describeHalt(act, aim, Action.TriggerReported);
        act.pulls = (aim.trigger == Trigger.Directive || (senior && place.risk == Risk.Critical)) && wouldPull();
        if (!_try(act) || place.incident) return;
        place.incident = true;
        place.respondBy = time() + limits.response[uint256(place.risk)];
    }

    function closesIncident(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        for (uint256 i; i < environments.length && !places[aim.model][aim.place].incident; ++i) {
            aim.place = (aim.place + 1) % environments.length;
        }
        if (!places[aim.model][aim.place].incident) {
            aim.from = places[aim.model][aim.place].running;
            _reports(aim);
        }
        Try memory act;
        act.caller = _caller(Role.ResponsibleAIOfficer);
        act.target = address(registry);
        act.home = 9;
        act.verdict = mayAct(act.caller, Role.ResponsibleAIOfficer, true);
        _forbid(act, !places[aim.model][aim.place].incident, 6, "no incident is open");
        _forbid(act, aim.reason == 0, 6, "there is no reason");
        act.call = abi.encodeCall(IRegistry.closeIncident, (models[aim.model].id, environments[aim.place], aim.reason));
        act.trace = _trace(
            Action.IncidentClosed,
            actorOf(act.caller, Role.ResponsibleAIOfficer),
            Role.ResponsibleAIOfficer,
            VersionId.unwrap(versions[places[aim.model][aim.place].running].id),
            aim.reason
        );
        if (_try(act)) places[aim.model][aim.place].incident = false;
    }
}
