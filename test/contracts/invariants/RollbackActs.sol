// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../../contracts/interfaces/IRegistry.sol";
import {Action, Risk, Role, Stage, Trigger, VersionId} from "../../../contracts/types/Types.sol";
import {Aim, Aims} from "./Aims.sol";
import {Try} from "./Court.sol";
import {GhostPlace, GhostVersion, Verdict} from "./Ghost.sol";

/// @title What is active: activated, rolled back, withdrawn, and what the RAIO overrules
abstract contract RollbackActs is Aims {
    bytes32 private constant ROLLBACK_TYPEHASH = keccak256(
        "Rollback(bytes32 model,bytes32 environment,bytes32 from,bytes32 to,uint8 trigger,bytes32 reason,bytes32 plan,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );

    function activates(uint256 seed) external {
        _seed(seed);
        uint256 chosen = _anyVersion();
        uint256 place = _roll(environments.length);
        if (!_oneIn(4)) place = 3 + _roll(environments.length - 3);
        if (!_oneIn(4)) chosen = _newerFor(chosen, place);
        // Nobody signed off for the risk that it has then.
        if (_oneIn(5)) _raises(chosen);
        _activates(chosen, place);
    }

    function _activates(uint256 chosen, uint256 place) internal {
        if (chosen == 0) return;
        uint256 model_ = versions[chosen].model;
        bytes32 plan_ = _oneIn(2) ? PLAN : bytes32(0);
        Try memory act;
        act.caller = _caller(Role.SystemOperator);
        act.target = address(registry);
        act.home = 5;
        act.verdict = mayAct(act.caller, Role.SystemOperator, false);
        if (act.verdict.broken == 0) act.verdict = _mayActivate(chosen, place, plan_);
        act.call = abi.encodeCall(IRegistry.activate, (versions[chosen].identity, environments[place], plan_));
        act.trace = _trace(
            Action.Activated,
            actorOf(act.caller, Role.SystemOperator),
            Role.SystemOperator,
            VersionId.unwrap(versions[chosen].id),
            plan_
        );
        act.trace.systems = missingSchemas(model_, place, chosen);
        if (_try(act)) moves(model_, place, chosen, effective(chosen));
    }

    /// @dev One that may be activated there, if there is one.
    function _newerFor(uint256 chosen, uint256 place) private view returns (uint256) {
        for (uint256 i = 1; i < versions.length; ++i) {
            if (versions[i].number <= places[versions[i].model][place].newest) continue;
            if (isOpen(versions[i].model) && mayRun(i, stages[place])) return i;
        }
        return chosen;
    }

    function _mayActivate(uint256 chosen, uint256 place, bytes32 plan_) private view returns (Verdict memory) {
        uint256 model_ = versions[chosen].model;
        if (!isOpen(model_)) return no(5, "the model is not open");
        if (!mayRun(chosen, stages[place])) return no(5, "the version may not run there");
        if (versions[chosen].number <= places[model_][place].newest) return no(5, "back without a rollback");
        if (effective(chosen) > versions[chosen].approved)
            return no(2, "nobody signed off for the risk that it has now");
        if (isHeldAtHome(chosen)) return no(5, "a senior has it halted at home");
        GhostPlace storage there = places[model_][place];
        if (there.running != 0 && isSenior(there.haltedBy)) return no(12, "in the place of what a senior has halted");
        bool lacks = plan_ == 0 && missingSchemas(model_, place, chosen) != 0;
        return lacks ? no(2, "systems would fail without a plan") : yes();
    }

    // Rollback and withdrawal

    function rollsBack(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        if (_oneIn(6)) (aim.role, aim.from) = (Role.EmergencyCommittee, _anyVersion());
        bool withdraws = _oneIn(4);
        aim.to = withdraws || _oneIn(12) ? 0 : _targetAt(aim);
        if (_oneIn(2)) _rollsBackAsOperator(aim);
        else _rollsBack(aim, withdraws);
        if (_isFresh(aim) && _oneIn(2)) _rollsBackTwice(aim);
        else if (_oneIn(2)) _rollsBackAgain(aim);
    }

    /// @dev An operator's or a Monitor's second time within 24 hours.
    function _rollsBackTwice(Aim memory aim) private {
        (aim.role, aim.from, aim.to) = (Role.SystemOperator, places[aim.model][aim.place].running, _taken(aim));
        // A Monitor takes nothing out of service at all.
        if (aim.from != 0 && _oneIn(3)) (aim.role, aim.to) = (Role.Monitor, 0);
        _rollsBack(aim, aim.to == 0);
    }

    /// @dev At once: somebody who undoes what a senior did, or a senior who
    /// brings back what an operator took out.
    function _rollsBackAgain(Aim memory aim) private {
        if (!isJunior(aim.role)) aim.role = _oneIn(3) ? Role.SystemOperator : Role.ResponsibleAIOfficer;
        else if (_oneIn(2)) aim.role = _oneIn(2) ? Role.ResponsibleAIOfficer : Role.EmergencyCommittee;
        aim.from = places[aim.model][aim.place].running;
        aim.to = aim.from != 0 && _oneIn(3) ? 0 : _targetAt(aim);
        (aim.trigger, aim.reason, aim.plan) = (Trigger.Incident, REASON, PLAN);
        _rollsBack(aim, aim.to == 0);
    }

    /// @dev What ran there before.
    function _taken(Aim memory aim) private view returns (uint256) {
        return places[aim.model][aim.place].before;
    }

    function _rollsBack(Aim memory aim, bool withdraws) internal {
        Try memory act;
        act.target = address(registry);
        act.home = 6;
        Rollback memory ordered = _orderOf(aim);
        if (!isCollective(aim.role) && _oneIn(2)) {
            _carries(act, aim, ordered);
        } else {
            act.caller = _caller(aim.role);
            act.verdict = mayAct(act.caller, aim.role, true);
            act.trace.actor = actorOf(act.caller, aim.role);
            act.call =
                withdraws
                    ? abi.encodeCall(IRegistry.withdraw, (ordered, aim.role))
                    : abi.encodeCall(IRegistry.rollback, (ordered, aim.role));
            _forbid(act, !withdraws && aim.to == 0, 6, "a rollback to nothing");
        }
        if (act.verdict.broken == 0) act.verdict = mayRollBack(aim);
        _describe(act, aim);
        if (!_try(act)) return;
        if (act.caller == stranger.account) _keep(act.target, act.call);
        _rolledBack(aim);
    }

    function _describe(Try memory act, Aim memory aim) internal view {
        GhostPlace storage place = places[aim.model][aim.place];
        bool moving = _isMoving(aim);
        uint256 to = _landing(aim);
        act.trace.action = to == 0 ? Action.Withdrawn : Action.RolledBack;
        if (!moving) act.trace.action = Action.Condemned;
        act.trace.authority = aim.role;
        act.trace.subject = VersionId.unwrap(versions[aim.from].id);
        act.trace.document = aim.reason;
        if (moving && act.verdict.broken == 0) act.trace.systems = missingSchemas(aim.model, aim.place, to);
        act.pulls = moving && place.risk == Risk.Critical && wouldPull();
    }

    function _isMoving(Aim memory aim) private view returns (bool) {
        GhostPlace storage place = places[aim.model][aim.place];
        return place.newest != 0 && place.running == aim.from;
    }

    function mayRollBack(Aim memory aim) internal view returns (Verdict memory) {
        GhostPlace storage place = places[aim.model][aim.place];
        if (aim.trigger == Trigger.None) return no(6, "there is no trigger");
        if (aim.reason == 0) return no(6, "there is no reason");
        if (aim.from == 0 && aim.to == 0) return no(6, "from nothing to nothing");
        if (!_isMoving(aim)) {
            if (aim.role != Role.EmergencyCommittee) return no(6, "it is not active");
            bool known = aim.from != 0 && versions[aim.from].model == aim.model;
            return known ? yes() : no(6, "it is no version of the model");
        }
        // It is condemned everywhere: what it was signed off for in a later stage counts too.
        Risk risk = versions[aim.from].approved > place.risk ? versions[aim.from].approved : place.risk;
        if (!mayRollBack(aim.role, risk)) return no(12, "the authority does not suffice for the risk");
        if (_passesSenior(aim)) return no(12, "past a halt or a withdrawal by a senior");
        if (isJunior(aim.role)) {
            Verdict memory verdict = _mayJunior(aim);
            if (verdict.broken != 0) return verdict;
        }
        // Nobody voids the Emergency Committee's order meanwhile, and no schema stops it.
        bool emergency = aim.role == Role.EmergencyCommittee;
        if (aim.to != 0 && !_isFit(aim) && !(emergency && aim.from != 0)) {
            return no(6, "the target is not proven there and fit to run");
        }
        uint256 to = _landing(aim);
        if (to != 0 && !mayRollBack(aim.role, effective(to))) return no(12, "they bring in what they could not stop");
        bool lacks = aim.plan == 0 && !emergency && missingSchemas(aim.model, aim.place, to) != 0;
        return lacks ? no(6, "systems would fail without a plan") : yes();
    }

    /// @dev Operators and Monitors stop before whatever a senior has halted, everybody before what has been withdrawn from
    /// above.
    function _passesSenior(Aim memory aim) private view returns (bool) {
        GhostPlace storage place = places[aim.model][aim.place];
        if (isJunior(aim.role)) return isSenior(place.haltedBy);
        return place.running == 0 && rank(place.haltedBy) > rank(aim.role);
    }

    function _mayJunior(Aim memory aim) private view returns (Verdict memory) {
        GhostPlace storage place = places[aim.model][aim.place];
        bool steps = models[aim.model].monitored && aim.to != 0 && aim.to == place.before;
        if (aim.role == Role.Monitor && !steps) return no(6, "a Monitor goes one step only, where it may");
        if (isHeldAtHome(aim.to)) return no(5, "a senior has it halted at home");
        return time() < place.juniorAt + 24 hours ? no(6, "twice within 24 hours") : yes();
    }

    function _isFit(Aim memory aim) private view returns (bool) {
        GhostVersion storage target = versions[aim.to];
        if (aim.to == aim.from || target.model != aim.model || !proven[aim.to][aim.place]) return false;
        bool condemned = target.condemnedFrom != 0 && !_lifts(aim);
        return !condemned && target.stage != Stage.Retired && !target.released;
    }

    /// @dev A committee's order undoes what operators and Monitors did to its target and what is not final yet.
    function _lifts(Aim memory aim) private view returns (bool) {
        return isCollective(aim.role) && versions[aim.to].condemnedFrom > time();
    }

    /// @dev What an order makes active: its target; nothing, where that is not fit.
    function _landing(Aim memory aim) private view returns (uint256) {
        return _isFit(aim) ? aim.to : 0;
    }

    function _rolledBack(Aim memory aim) internal {
        GhostPlace storage place = places[aim.model][aim.place];
        bool moving = _isMoving(aim);
        uint256 to = _landing(aim);
        bool lifts = moving && to != 0 && _lifts(aim);
        if (aim.from != 0) condemn(aim.from, isJunior(aim.role));
        if (!moving) return;
        if (lifts) (versions[to].condemnedFrom, versions[to].juniors) = (0, 0);
        if (isJunior(aim.role)) (place.juniorAt, place.juniorTo) = (time(), to);
        moves(aim.model, aim.place, to, to == 0 ? place.risk : effective(to));
        // Where a senior withdraws, nobody junior puts another in.
        if (to == 0 && isSenior(aim.role)) place.haltedBy = aim.role;
    }

    function overrules(uint256 seed) external {
        _seed(seed);
        Aim memory aim = _aim();
        // Mostly where there is something to overrule.
        for (uint256 i; i < environments.length && !_isFresh(aim); ++i)
            aim.place = (aim.place + 1) % environments.length;
        if (!_isFresh(aim)) _rollsBackAsOperator(aim);
        _intervenes(_taken(aim));
        Role role = Role.ResponsibleAIOfficer;
        aim.from = places[aim.model][aim.place].running;
        aim.to = _oneIn(6) ? _anyVersion() : _taken(aim);
        Try memory act;
        act.caller = _oneIn(4) ? _accountOrStranger(_barredHolder(role)) : _caller(role);
        act.target = address(registry);
        act.home = 6;
        act.verdict = mayAct(act.caller, role, false);
        if (act.verdict.broken == 0) act.verdict = _mayOverrule(aim);
        act.call = overruleCall(_orderOf(aim));
        act.trace = _trace(
            Action.Overruled,
            actorOf(act.caller, role),
            role,
            VersionId.unwrap(versions[aim.from].id),
            aim.reason
        );
        if (act.verdict.broken == 0) act.trace.systems = missingSchemas(aim.model, aim.place, aim.to);
        if (!_try(act)) return;
        GhostVersion storage restored = versions[aim.to];
        --restored.juniors;
        restored.condemnedFrom = restored.juniors == 0 ? 0 : time() + 24 hours;
        moves(aim.model, aim.place, aim.to, effective(aim.to));
    }

    /// @dev Before the RAIO overrules it may be too late: for what was taken out, or altogether.
    function _intervenes(uint256 taken) private {
        uint256 kind = _roll(10);
        if (kind < 2) pass(24 hours);
        else if (kind < 4) _raisesTo(taken, Risk.Critical);
        else if (kind < 6) _recordsDefect(taken, oversightTimelock);
        else if (kind < 8) _endsVersion(taken);
    }

    function _rollsBackAsOperator(Aim memory aim) private {
        aim.role = _oneIn(4) ? Role.Monitor : Role.SystemOperator;
        (aim.trigger, aim.reason, aim.plan) = (Trigger.PerformanceRegression, REASON, PLAN);
        uint256 first = _roll(models.length);
        for (uint256 i; i < models.length * environments.length; ++i) {
            aim.model = (first + i) % models.length;
            aim.place = i / models.length;
            aim.from = places[aim.model][aim.place].running;
            aim.to = _oneIn(4) ? 0 : _targetAt(aim);
            if (mayRollBack(aim).broken != 0) aim.to = 0;
            if (aim.from != 0 && isOpen(aim.model) && mayRollBack(aim).broken == 0) break;
        }
        if (_oneIn(8)) _raisesTo(aim.to, Risk.High);
        if (aim.model != 0) _rollsBack(aim, aim.to == 0);
    }

    function _mayOverrule(Aim memory aim) private view returns (Verdict memory) {
        GhostPlace storage place = places[aim.model][aim.place];
        GhostVersion storage restored = versions[aim.to];
        if (!isOpen(aim.model)) return no(5, "the model is not open");
        if (aim.reason == 0) return no(6, "there is no reason");
        if (place.juniorAt == 0 || place.juniorAt != place.since || place.juniorTo != place.running) {
            return no(6, "nothing to overrule");
        }
        if (aim.to == 0 || aim.to != place.before) return no(6, "it is not what was taken out");
        if (time() >= place.juniorAt + 24 hours) return no(6, "24 hours have passed");
        if (restored.condemnedFrom <= time()) return no(5, "it is condemned");
        if (restored.stage == Stage.Retired || restored.released) return no(5, "it has ended");
        if (effective(aim.to) == Risk.Critical) return no(12, "no officer brings back what is critical by now");
        bool lacks = aim.plan == 0 && missingSchemas(aim.model, aim.place, aim.to) != 0;
        return lacks ? no(2, "systems would fail without a plan") : yes();
    }

    function _carries(Try memory act, Aim memory aim, Rollback memory ordered) private {
        Rollback memory signed = abi.decode(abi.encode(ordered), (Rollback));
        uint256 wrong = _roll(12);
        if (wrong == 0) signed.reason = keccak256("another reason");
        bytes memory terms = abi.encode(
            ROLLBACK_TYPEHASH,
            signed,
            places[aim.model][aim.place].sequence + (wrong == 1 ? 1 : 0)
        );
        bool honest =
            keccak256(terms) ==
                keccak256(abi.encode(ROLLBACK_TYPEHASH, ordered, places[aim.model][aim.place].sequence));
        bytes memory warrant = _warrantFor(act, aim.role, terms, honest);
        act.call = abi.encodeCall(IRegistry.rollbackBySig, (ordered, warrant));
    }
}
