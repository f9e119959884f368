// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, Rollback} from "../../../contracts/interfaces/IRegistry.sol";
import {PersonId, Risk, Role, Trigger} from "../../../contracts/types/Types.sol";
import {Warrant} from "../Life.sol";
import {Try} from "./Court.sol";
import {GhostPlace} from "./Ghost.sol";
import {VersionActs} from "./VersionActs.sol";

/// @notice Where an act of the brake strikes, and in whose name.
struct Aim {
    uint256 model;
    uint256 place;
    uint256 from;
    uint256 to;
    Role role;
    Trigger trigger;
    bytes32 reason;
    bytes32 plan;
}

/// @title Aims: at what an order of the brake is directed, and in whose name
abstract contract Aims is VersionActs {
    /// @dev Mostly at what runs somewhere, by an authority that suffices.
    function _aim() internal returns (Aim memory aim) {
        aim.model = _anyModel();
        aim.place = _roll(environments.length);
        for (uint256 i; i < environments.length && places[aim.model][aim.place].running == 0; ++i) {
            if (_oneIn(6)) break;
            aim.place = (aim.place + 1) % environments.length;
        }
        GhostPlace storage place = places[aim.model][aim.place];
        aim.from = _oneIn(10) ? _anyVersion() : place.running;
        aim.role = _oneIn(5) ? Role(1 + _roll(11)) : _authorityFor(place.risk);
        aim.trigger = _oneIn(24) ? Trigger.None : Trigger(1 + _roll(5));
        aim.reason = _oneIn(24) ? bytes32(0) : REASON;
        aim.plan = _oneIn(2) ? PLAN : bytes32(0);
    }

    function _authorityFor(Risk risk) private returns (Role) {
        uint256 highest =
            risk >= Risk.Critical
                ? 2
                : risk == Risk.High
                    ? 3
                    : 5;
        uint256 chosen = _roll(highest);
        if (chosen == 0) return Role.Assembly;
        if (chosen == 1) return Role.EmergencyCommittee;
        if (chosen == 2) return Role.ResponsibleAIOfficer;
        return chosen == 3 ? Role.SystemOperator : Role.Monitor;
    }

    /// @dev Mostly one that is proven there; for a senior often what an operator took out.
    function _targetAt(Aim memory aim) internal returns (uint256 chosen) {
        if (_oneIn(6)) return _anyVersion();
        uint256 first = _roll(versions.length);
        if (isSenior(aim.role) && _isFresh(aim) && !_oneIn(3)) return places[aim.model][aim.place].before;
        if (aim.role == Role.Monitor && !_oneIn(4)) return places[aim.model][aim.place].before;
        for (uint256 i; i < versions.length; ++i) {
            chosen = (first + i) % versions.length;
            if (chosen == 0 || chosen == aim.from || versions[chosen].model != aim.model) continue;
            if (isTarget(chosen, aim.place)) return chosen;
        }
        return _anyVersion();
    }

    function _isFresh(Aim memory aim) internal view returns (bool) {
        GhostPlace storage place = places[aim.model][aim.place];
        if (place.juniorTo != place.running) return false;
        return place.juniorAt != 0 && place.juniorAt == place.since && time() < place.juniorAt + 24 hours;
    }

    function _orderOf(Aim memory aim) internal view returns (Rollback memory) {
        return
            Rollback(
                models[aim.model].id,
                environments[aim.place],
                versions[aim.from].id,
                versions[aim.to].id,
                aim.trigger,
                aim.reason,
                aim.plan
            );
    }

    function _haltOf(Aim memory aim) internal view returns (Halt memory) {
        return Halt(models[aim.model].id, environments[aim.place], versions[aim.from].id, aim.trigger, aim.reason);
    }

    /// @dev Often with something wrong, seldom with more than one thing.
    function _warrantFor(Try memory act, Role role, bytes memory terms, bool honest) internal returns (bytes memory) {
        uint256 wrong = _roll(15);
        uint256 signer = wrong == 0 ? _anyone() : _holder(role);
        uint40 deadline = wrong == 1 ? time() - 1 : time() + 1 hours;
        uint32 epoch = people[signer].epoch + (wrong == 2 ? 1 : 0);
        uint256 key = wrong == 3 ? stranger.key : people[signer].key;
        uint256 chain = block.chainid + (wrong == 4 ? 1 : 0);
        bytes32 hash = keccak256(abi.encodePacked(terms, uint256(role), uint256(epoch), uint256(deadline)));
        act.caller = stranger.account;
        act.trace.actor = PersonId.unwrap(people[signer].id);
        act.verdict = mayServe(signer, role, true);
        if (!honest) act.verdict = no(7, "the warrant is for another act");
        if (deadline < time()) act.verdict = no(8, "the warrant expired");
        if (epoch != people[signer].epoch) act.verdict = no(7, "the warrant is of another signing epoch");
        if (chain != block.chainid) act.verdict = no(7, "the warrant is for another chain");
        if (key != people[signer].key) act.verdict = no(7, "the warrant is forged");
        return pack(Warrant(role, deadline, people[signer].signer, _signWith(key, _digest(hash, chain))));
    }
}
