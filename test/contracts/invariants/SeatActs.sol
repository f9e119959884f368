// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PersonId, Role} from "../../../contracts/types/Types.sol";
import {ISeats} from "../Governance.sol";
import {HaltActs} from "./HaltActs.sol";
import {Try} from "./Court.sol";
import {Verdict} from "./Ghost.sol";

/// @notice From when to when a person's seat voted through an account; `to` is zero while it does.
struct Stint {
    uint256 person;
    address account;
    uint40 from;
    uint40 to;
}

/// @title Seats: granted, withdrawn, cleared, and never lent
abstract contract SeatActs is HaltActs {
    ISeats[3] internal seatsOf;
    mapping(uint256 committee => mapping(uint256 person => bool)) internal seated;
    mapping(uint256 committee => Stint[]) internal stints;
    uint256[3] internal seatCount;
    uint256[3] internal quorumOf;
    uint256[3] internal superQuorumOf;

    function setUp() public virtual override {
        super.setUp();
        seatsOf = [assemblySeats, oversightSeats, emergencySeats];
        (quorumOf, superQuorumOf) = ([uint256(5), 2, 2], [uint256(8), 3, 3]);
        PersonId[] memory members = assemblyMembers();
        for (uint256 i; i < members.length; ++i) _seat(0, members[i]);
        members = oversightMembers();
        for (uint256 i; i < members.length; ++i) _seat(1, members[i]);
        members = emergencyMembers();
        for (uint256 i; i < members.length; ++i) _seat(2, members[i]);
    }

    function _seat(uint256 committee, PersonId id) private {
        for (uint256 i = 1; i < people.length; ++i) if (people[i].id == id) _sits(committee, i);
    }

    function _sits(uint256 committee, uint256 person) internal {
        seated[committee][person] = true;
        ++seatCount[committee];
        _votesFrom(committee, person);
    }

    function _votesFrom(uint256 committee, uint256 person) internal {
        _endsStint(committee, person);
        stints[committee].push(Stint(person, accountOf(person), time(), 0));
    }

    function _endsStint(uint256 committee, uint256 person) private {
        Stint[] storage all = stints[committee];
        for (uint256 i; i < all.length; ++i) if (all[i].person == person && all[i].to == 0) all[i].to = time();
    }

    function _rises(uint256 committee, uint256 person) internal {
        seated[committee][person] = false;
        --seatCount[committee];
        _endsStint(committee, person);
    }

    function changesSeats(uint256 seed) external {
        _seed(seed);
        uint256 committee = _roll(3);
        uint256 person = _anyone();
        uint256 kind = _roll(4);
        if (kind == 0) _grants(committee, _oneIn(2) ? person : _candidate(committee));
        else if (kind == 1) _withdrawsSeat(committee, person);
        else if (kind == 2) _clears(committee, person);
        else _lends(committee, person);
    }

    function _member(uint256 committee) internal returns (uint256 person) {
        uint256 first = _roll(people.length);
        for (uint256 i; i < people.length; ++i) {
            person = (first + i) % people.length;
            if (seated[committee][person]) return person;
        }
        return _anyone();
    }

    /// @dev Somebody who may have a seat, if there is anybody.
    function _candidate(uint256 committee) internal returns (uint256 person) {
        uint256 first = _anyone();
        for (uint256 i; i < people.length; ++i) {
            person = 1 + ((first + i) % (people.length - 1));
            if (_maySit(committee, person).broken == 0) return person;
        }
    }

    function _grants(uint256 committee, uint256 person) internal {
        Try memory act = _seatTry(committee, _caller(Role.Assembly));
        _forbid(act, act.caller != assemblyTimelock, 12, "only the Assembly fills seats");
        if (act.verdict.broken == 0) act.verdict = _maySit(committee, person);
        act.call = abi.encodeCall(ISeats.grant, (people[person].id));
        if (_try(act)) _sits(committee, person);
    }

    function _withdrawsSeat(uint256 committee, uint256 person) internal {
        Try memory act = _seatTry(committee, _caller(Role.Assembly));
        _forbid(act, act.caller != assemblyTimelock, 12, "only the Assembly takes seats");
        act.call = abi.encodeCall(ISeats.withdraw, (people[person].id));
        _loses(act, committee, person);
    }

    /// @dev By anyone.
    function _clears(uint256 committee, uint256 person) internal {
        Try memory act = _seatTry(committee, _accountOrStranger(_anyone()));
        _forbid(act, _isSafe(committee, person), 12, "the seat is safe");
        act.call = abi.encodeCall(ISeats.clear, (people[person].id));
        _loses(act, committee, person);
    }

    function _loses(Try memory act, uint256 committee, uint256 person) private {
        _forbid(act, !seated[committee][person], 11, "there is no such seat");
        _forbid(act, _isAtFewest(committee), 9, "below the fewest seats");
        if (_try(act)) _rises(committee, person);
    }

    function _seatTry(uint256 committee, address caller) private view returns (Try memory act) {
        act.target = address(seatsOf[committee]);
        act.home = 9;
        act.caller = caller;
    }

    function _maySit(uint256 committee, uint256 person) internal view returns (Verdict memory) {
        if (seated[committee][person]) return no(11, "a second seat");
        if (accountOf(person) == address(0)) return no(11, "a seat without an account");
        return _isSafe(committee, person) ? yes() : no(11, "who could be cleared at once");
    }

    function _isSafe(uint256 committee, uint256 person) private view returns (bool) {
        if (people[person].suspendedUntil > time()) return false;
        return committee == 0 || uint256(people[person].certifiedUntil) + 30 days > time();
    }

    function fewestOf(uint256 committee) internal view returns (uint256 fewest) {
        fewest = 2 * quorumOf[committee] - 1;
        if (superQuorumOf[committee] > fewest) fewest = superQuorumOf[committee];
        if (fewest < 3) fewest = 3;
    }

    function _isSeated(uint256 person) internal view returns (bool) {
        return seated[0][person] || seated[1][person] || seated[2][person];
    }

    function _isAtFewest(uint256 committee) internal view returns (bool) {
        return seatCount[committee] <= fewestOf(committee);
    }

    /// @dev Whoever has voted could lend the vote to someone with whom it counts again.
    function _lends(uint256 committee, uint256 person) internal {
        Try memory act;
        act.target = address(seatsOf[committee]);
        act.caller = _accountOrStranger(person);
        act.verdict = no(7, "a vote is lent");
        act.call = abi.encodeCall(ISeats.delegate, (_accountOrStranger(_oneIn(2) ? person : _anyone())));
        _try(act);
    }

    /// @notice How many votes an account had in a second: those of the seats that voted through it.
    function powerOf(uint256 committee, address account, uint256 second) internal view returns (uint256 votes) {
        Stint[] storage all = stints[committee];
        for (uint256 i; i < all.length; ++i) {
            Stint storage stint = all[i];
            if (stint.account == account && stint.from <= second && (stint.to == 0 || stint.to > second)) ++votes;
        }
    }
}
