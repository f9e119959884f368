// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules} from "../../../contracts/interfaces/IRules.sol";
import {Action, PersonId, Role} from "../../../contracts/types/Types.sol";
import {Relic, Try} from "./Court.sol";
import {GhostPerson, Verdict} from "./Ghost.sol";
import {PeopleActs} from "./PeopleActs.sol";

/// @title Keys: rotated, lost, stolen, recovered; whoever keeps an old one tries it again
abstract contract KeyActs is PeopleActs {
    bytes32 private constant ROTATION_TYPEHASH = keccak256("Rotation(bytes32 person,bytes signer,uint32 signingEpoch)");
    bytes32 private constant OBJECTION_TYPEHASH = keccak256(
        "Objection(bytes32 person,bytes32 key,uint32 signingEpoch)"
    );

    function rotates(uint256 seed) external {
        _seed(seed);
        (bytes memory current, uint256 currentKey) = _someKey();
        _rotates(current, currentKey);
    }

    function _rotates(bytes memory current, uint256 currentKey) private {
        uint256 person = owner[keccak256(current)];
        (bytes memory signer, uint256 key) = _newSigner();
        bool taken = _oneIn(8);
        if (taken) (signer, key) = (people[_anyone()].signer, people[_anyone()].key);
        uint32 epoch = people[person].epoch + (_oneIn(10) ? 1 : 0);
        bytes32 digest = _rotationDigest(people[person].id, signer, epoch);
        bool carried = current.length != 20 || _oneIn(3);
        bool forged = _oneIn(8);
        Try memory act;
        act.caller = carried ? stranger.account : address(bytes20(current));
        if (!carried && _oneIn(8)) act.caller = _accountOrStranger(_anyone());
        act.target = address(rules);
        act.home = 9;
        act.verdict = _mayRotate(person, signer, taken, false);
        _forbid(act, epoch != people[person].epoch, 7, "of another signing epoch");
        _forbid(act, forged, 12, "a key that its holder did not sign for");
        bool own = !carried && keccak256(abi.encodePacked(act.caller)) == keccak256(current);
        _forbid(act, !carried && !own, 12, "someone else's key is rotated");
        act.call = abi.encodeCall(
            IRules.rotate,
            (
                current,
                carried ? _signWith(currentKey, digest) : bytes(""),
                signer,
                _signWith(forged ? stranger.key : key, digest)
            )
        );
        _about(act, Action.Rotated, Role.None, person);
        act.trace.actor = PersonId.unwrap(people[person].id);
        act.trace.document = 0;
        if (!_try(act) || act.verdict.broken != 0) return;
        _keep(act.target, act.call);
        _takesKey(person, signer, key);
    }

    /// @dev Somebody's, sometimes a stolen one that is no longer anybody's.
    function _someKey() private returns (bytes memory signer, uint256 key) {
        GhostPerson storage holder = people[_anyone()];
        if (relics.length == 0 || !_oneIn(4)) return (holder.signer, holder.key);
        Relic storage relic = relics[_roll(relics.length)];
        return (relic.signer, relic.key);
    }

    function _mayRotate(
        uint256 person,
        bytes memory signer,
        bool taken,
        bool heir
    ) private view returns (Verdict memory) {
        if (person == 0) return no(12, "an old key is good for nothing");
        if (people[person].heirFrom != 0 && people[person].suspendedUntil > time() && !heir) {
            return no(11, "a suspended key escapes its recovery");
        }
        if (taken) return no(11, "the key is or was someone's");
        return _isSeated(person) && signer.length != 20 ? no(11, "a seat without an account") : yes();
    }

    /// @dev The old one stays known to whoever stole it.
    function _takesKey(uint256 person, bytes memory signer, uint256 key) private {
        GhostPerson storage holder = people[person];
        relics.push(Relic(holder.signer, holder.key, person));
        delete owner[keccak256(holder.signer)];
        spent[keccak256(holder.signer)] = true;
        (holder.signer, holder.key) = (signer, key);
        owner[keccak256(signer)] = person;
        ++holder.epoch;
        delete holder.heir;
        holder.heirFrom = 0;
        for (uint256 i; i < 3; ++i) if (seated[i][person]) _votesFrom(i, person);
    }

    function recovers(uint256 seed) external {
        _seed(seed);
        uint256 person = _anyone();
        if (_oneIn(12)) return _objects(person);
        for (uint256 i; i < people.length && people[person].heirFrom == 0; ++i) {
            person = (person % (people.length - 1)) + 1;
        }
        if (people[person].heirFrom == 0 || _oneIn(4)) return _startsRecovery(_anyone());
        if (_oneIn(3)) return _objects(person);
        if (_oneIn(4)) return _escapes(person);
        if (people[person].heirFrom > time() && _oneIn(2)) _awaits(people[person].heirFrom);
        GhostPerson storage holder = people[person];
        bytes memory signer = holder.heir;
        uint256 key = holder.heirKey;
        bool other = _oneIn(8);
        if (other) (signer, key) = _newSigner();
        bool forged = _oneIn(8);
        bytes32 digest = _rotationDigest(holder.id, signer, holder.epoch);
        Try memory act;
        act.caller = stranger.account;
        act.target = address(rules);
        act.home = 9;
        if (holder.heirFrom == 0 || other) act.verdict = no(12, "no recovery to this key");
        else if (holder.heirFrom > time()) act.verdict = no(8, "within the seven days");
        else act.verdict = _mayRotate(person, signer, owner[keccak256(signer)] != 0 || spent[keccak256(signer)], true);
        _forbid(act, forged, 12, "a key that its holder did not sign for");
        act.call = abi.encodeCall(IRules.recover, (holder.id, signer, _signWith(forged ? stranger.key : key, digest)));
        _about(act, Action.Recovered, Role.None, person);
        act.trace.actor = PersonId.unwrap(holder.id);
        act.trace.document = 0;
        if (!_try(act) || act.verdict.broken != 0) return;
        _keep(act.target, act.call);
        _takesKey(person, signer, key);
    }

    /// @dev The thief's key, suspended while its recovery waits, would rather be another.
    function _escapes(uint256 person) private {
        if (people[person].suspendedUntil <= time()) _suspends(person, time() + 14 days, Role.Assembly);
        _rotates(people[person].signer, people[person].key);
    }

    function _startsRecovery(uint256 person) private {
        (bytes memory signer, uint256 key) = _newSigner();
        bool taken = _oneIn(8);
        if (taken) signer = people[_anyone()].signer;
        Try memory act = _by(Role.Assembly, false);
        _forbid(act, taken, 11, "the key is or was someone's");
        bool seatless = _isSeated(person) && signer.length != 20;
        _forbid(act, seatless, 11, "a seat without an account");
        act.call = abi.encodeCall(IRules.startRecovery, (people[person].id, signer, DOCUMENT));
        _about(act, Action.RecoveryStarted, Role.Assembly, person);
        if (!_try(act) || act.verdict.broken != 0) return;
        (people[person].heir, people[person].heirKey) = (signer, key);
        people[person].heirFrom = time() + 7 days;
    }

    function _objects(uint256 person) private {
        GhostPerson storage holder = people[person];
        bool forged = _oneIn(2);
        bool carried = holder.signer.length != 20 || _oneIn(2);
        bytes32 hash = keccak256(abi.encode(OBJECTION_TYPEHASH, holder.id, keccak256(holder.heir), holder.epoch));
        bytes memory signature = _signWith(forged ? stranger.key : holder.key, _digest(hash, block.chainid));
        Try memory act;
        act.caller = carried || forged ? stranger.account : accountOf(person);
        act.target = address(rules);
        act.home = 9;
        if (holder.heirFrom == 0) act.verdict = no(12, "no recovery is under way");
        else if (forged) act.verdict = no(12, "who objects does not hold the key");
        else if (holder.suspendedUntil > time()) act.verdict = no(11, "the person is suspended");
        act.call = abi.encodeCall(IRules.objectToRecovery, (holder.id, holder.signer, carried ? signature : bytes("")));
        _about(act, Action.RecoveryObjected, Role.None, person);
        act.trace.actor = PersonId.unwrap(holder.id);
        act.trace.document = 0;
        if (!_try(act) || act.verdict.broken != 0) return;
        if (carried) _keep(act.target, act.call);
        ++holder.epoch;
        delete holder.heir;
        holder.heirFrom = 0;
    }

    function _rotationDigest(PersonId id, bytes memory signer, uint32 epoch) private view returns (bytes32) {
        return _digest(keccak256(abi.encode(ROTATION_TYPEHASH, id, keccak256(signer), epoch)), block.chainid);
    }
}
