// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Certificate, IRules} from "../../../contracts/interfaces/IRules.sol";
import {IRegistry, Rollback} from "../../../contracts/interfaces/IRegistry.sol";
import {Action, PersonId, Role} from "../../../contracts/types/Types.sol";
import {ICommittee, ISeats} from "../Governance.sol";
import {Motion} from "../Society.sol";
import {Aim} from "./Aims.sol";
import {Try} from "./Court.sol";
import {Verdict} from "./Ghost.sol";
import {PolicyActs} from "./PolicyActs.sol";

/// @notice What a proposal would do, so that the ghost can let it happen.
enum Matter {
    Certificate,
    Seat,
    Quorums,
    Review,
    Rollback,
    Halt
}

/// @notice A proposal as the ghost remembers it. Votes are counted as they were cast, each at most once.
struct Bill {
    uint256 committee;
    Motion motion;
    uint256 id;
    Matter matter;
    Aim aim;
    uint256 person;
    uint40 until;
    uint256[2] quorums;
    uint40 snapshot;
    uint40 deadline;
    uint40 extended;
    uint256[2] needed;
    uint256[3] votes;
    uint40 eta;
    bool queued;
    bool executed;
}

/// @title Committees: proposed, voted, queued and executed in earnest
abstract contract CommitteeActs is PolicyActs {
    bytes32 private constant BALLOT_TYPEHASH = keccak256(
        "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"
    );
    uint256 private constant MANY_BILLS = 8;

    ICommittee[3] internal committeeOf;
    address[3] internal timelockOfCommittee;
    Bill[] internal bills;
    mapping(uint256 bill => mapping(address account => bool)) internal hasVoted;
    mapping(uint256 committee => mapping(address account => uint256)) internal ballots;

    uint256 private _executing;

    function setUp() public virtual override {
        super.setUp();
        committeeOf = [assemblyCommittee, oversightCommittee, emergencyCommittee];
        timelockOfCommittee = [assemblyTimelock, oversightTimelock, emergencyTimelock];
    }

    function delayOf(uint256 committee) internal pure returns (uint40) {
        return uint40([uint256(4 hours), 1 hours, 0][committee]);
    }

    function periodOf(uint256 committee) internal pure returns (uint40) {
        return uint40([uint256(3 days), 1 days, 4 hours][committee]);
    }

    function extensionOf(uint256 committee) internal pure returns (uint40) {
        return uint40([uint256(12 hours), 4 hours, 30 minutes][committee]);
    }

    function waitOf(uint256 committee) internal pure returns (uint40) {
        return uint40([uint256(1 days), 1 hours, 0][committee]);
    }

    function expiryOf(uint256 committee) internal pure returns (uint40) {
        return uint40([uint256(14 days), 7 days, 12 hours][committee]);
    }

    // Proposals

    function proposes(uint256 seed) external {
        _seed(seed);
        if (bills.length >= MANY_BILLS) return _votesOn(bills.length - 1 - _roll(3), 1 + _roll(4));
        _proposes();
    }

    function _proposes() private {
        Bill memory bill = _draftBill();
        Try memory act;
        act.home = 9;
        act.target = address(committeeOf[bill.committee]);
        uint256 proposer = _member(bill.committee);
        act.caller = _oneIn(6) ? _caller(Role.Assembly) : _accountOrStranger(proposer);
        uint256 scope = _roll(8);
        if (scope == 0) {
            (bill.motion.targets[0], bill.motion.calls[0]) = _outside(bill.committee);
            act.verdict = no(8, "a proposal outside the committee's scope");
        }
        if (scope == 1) {
            bill.motion.targets[0] = stranger.account;
            act.verdict = no(8, "a proposal to a target that is not in the scope");
        }
        if (scope == 2) {
            bill.motion.values[0] = 1;
            act.verdict = no(8, "a proposal that sends value");
        }
        if (act.verdict.broken == 0) act.verdict = _mayPropose(bill.committee, act.caller);
        act.call = proposeCall(bill.motion);
        if (!_try(act) || act.verdict.broken != 0) return;
        bill.id = proposalId(bill.motion);
        bill.snapshot = time() + delayOf(bill.committee);
        bill.deadline = bill.snapshot + periodOf(bill.committee);
        bill.needed = [quorumOf[bill.committee], superQuorumOf[bill.committee]];
        _store(bill);
    }

    /// @dev Only someone whose vote weighs now and weighed a second ago.
    function _mayPropose(uint256 committee, address caller) private view returns (Verdict memory) {
        return _weighs(committee, caller, time() - 1);
    }

    /// @dev What it had then and still has; in the two other committees nothing unless certified and unsuspended.
    function _weighs(uint256 committee, address caller, uint256 before) private view returns (Verdict memory) {
        if (powerOf(committee, caller, time()) == 0) return no(12, "who has no vote");
        if (powerOf(committee, caller, before) == 0) return no(11, "who had no vote then");
        if (committee == 0) return yes();
        uint256 person = personAt(caller);
        if (person == 0) return no(11, "nobody's key");
        if (people[person].suspendedUntil > time()) return no(11, "the person is suspended");
        uint256 grace = committee == 1 ? 0 : 30 days;
        return uint256(people[person].certifiedUntil) + grace > time() ? yes() : no(11, "the certificate lapsed");
    }

    function _draftBill() private returns (Bill memory bill) {
        uint256 matter = _roll(8);
        bill.person = _anyone();
        bill.aim = _aim();
        address target = address(rules);
        bytes memory call;
        if (matter == 0) {
            bill.matter = Matter.Certificate;
            bill.until = time() + 400 days;
            Certificate memory certificate = Certificate(bill.until, bill.until, bill.until);
            call = abi.encodeCall(IRules.certify, (people[bill.person].id, certificate, Role.Assembly, DOCUMENT));
        } else if (matter == 1) {
            bill.matter = Matter.Seat;
            target = address(seatsOf[2]);
            call = abi.encodeCall(ISeats.grant, (people[bill.person].id));
        } else if (matter == 2) {
            bill.matter = Matter.Quorums;
            bill.quorums = [1 + _roll(3), 1 + _roll(5)];
            target = address(committeeOf[2]);
            call = abi.encodeCall(ICommittee.setQuorums, (uint104(bill.quorums[0]), uint104(bill.quorums[1])));
        } else if (matter == 3) {
            (bill.committee, bill.matter) = (1, Matter.Review);
            call = abi.encodeCall(IRules.recordReview, (DOCUMENT));
        } else {
            (bill.committee, bill.matter) = (2, matter < 6 ? Matter.Rollback : Matter.Halt);
            bill.aim.role = Role.EmergencyCommittee;
            target = address(registry);
            if (bill.matter == Matter.Rollback) {
                bill.aim.to = _oneIn(2) ? 0 : _targetAt(bill.aim);
                call = _orderCall(bill.aim);
            } else {
                call = haltCall(_haltOf(bill.aim), Role.EmergencyCommittee);
            }
        }
        bill.motion = motion(committeeOf[bill.committee], target, call);
    }

    function _orderCall(Aim memory aim) private view returns (bytes memory) {
        Rollback memory ordered = _orderOf(aim);
        return aim.to == 0 ? withdrawCall(ordered, aim.role) : rollbackCall(ordered, aim.role);
    }

    /// @dev Something that only another committee, or nobody, may do.
    function _outside(uint256 committee) private view returns (address target, bytes memory call) {
        if (committee == 0) return (address(rules), abi.encodeCall(IRules.recordReview, (DOCUMENT)));
        if (committee == 1) return (address(rules), abi.encodeCall(IRules.reinstate, (people[1].id, DOCUMENT)));
        return (address(registry), abi.encodeCall(IRegistry.suspendModel, (model, DOCUMENT)));
    }

    function _store(Bill memory bill) private {
        bills.push();
        Bill storage kept = bills[bills.length - 1];
        kept.committee = bill.committee;
        kept.motion.committee = bill.motion.committee;
        kept.motion.targets = bill.motion.targets;
        kept.motion.values = bill.motion.values;
        kept.motion.calls.push(bill.motion.calls[0]);
        kept.motion.description = bill.motion.description;
        kept.id = bill.id;
        kept.matter = bill.matter;
        kept.aim = bill.aim;
        kept.person = bill.person;
        kept.until = bill.until;
        kept.quorums = bill.quorums;
        kept.snapshot = bill.snapshot;
        kept.deadline = bill.deadline;
        kept.needed = bill.needed;
    }

    // Votes

    function votes(uint256 seed) external {
        _seed(seed);
        if (bills.length > 0) _votesOn(_anyBill(), 1 + _roll(4));
    }

    function _votesOn(uint256 index, uint256 rounds) private {
        Bill storage bill = bills[index];
        if (time() <= bill.snapshot && !_oneIn(4)) _awaits(bill.snapshot + 1);
        for (uint256 i; i < rounds; ++i) {
            uint256 member = _voterOf(index);
            address voter = _accountOrStranger(member);
            // What it weighed is not what it weighs.
            if (_oneIn(12)) _withdrawsSeat(bill.committee, member);
            if (_oneIn(8)) voter = _oneIn(2) ? _caller(Role.SystemOperator) : _formerVoter(bill.committee);
            // Before a vote is cast, or after, somebody else is to have it too.
            if (_oneIn(6)) _lends(bill.committee, personAt(voter));
            uint8 support = _oneIn(5) ? uint8(_roll(3)) : 1;
            if (_oneIn(3)) _votesBySignature(index, voter, support);
            else _votesByCall(index, voter, support);
        }
    }

    /// @dev A member, mostly one who has not voted.
    function _voterOf(uint256 index) private returns (uint256 member) {
        for (uint256 tries; tries < 3; ++tries) {
            member = _member(bills[index].committee);
            if (!hasVoted[index][accountOf(member)]) return member;
        }
    }

    /// @dev An account that a seat votes through, or did.
    function _formerVoter(uint256 committee) private returns (address) {
        return stints[committee][_roll(stints[committee].length)].account;
    }

    function _votesByCall(uint256 index, address voter, uint8 support) private {
        Try memory act;
        act.caller = voter;
        act.call = abi.encodeCall(IGovernor.castVote, (bills[index].id, support));
        act.verdict = _mayVote(index, voter);
        _votesBy(act, index, voter, support);
    }

    function _votesBySignature(uint256 index, address voter, uint8 support) private {
        Bill storage bill = bills[index];
        uint256 person = personAt(voter);
        if (person == 0) return _votesByCall(index, voter, support);
        uint256 nonce = ballots[bill.committee][voter] + (_oneIn(8) ? 1 : 0);
        bytes32 domain = domainOf(_nameOf(bill.committee), address(committeeOf[bill.committee]));
        bytes32 hash = keccak256(abi.encode(BALLOT_TYPEHASH, bill.id, support, voter, nonce));
        bytes memory signature = _signWith(people[person].key, keccak256(abi.encodePacked(hex"1901", domain, hash)));
        Try memory act;
        act.caller = stranger.account;
        act.call = abi.encodeCall(IGovernor.castVoteBySig, (bill.id, support, voter, signature));
        act.verdict = _mayVote(index, voter);
        _forbid(act, nonce != ballots[bill.committee][voter], 7, "a ballot with another nonce");
        if (!_votesBy(act, index, voter, support)) return;
        ++ballots[bill.committee][voter];
        _keep(act.target, act.call);
    }

    function _nameOf(uint256 committee) private pure returns (string memory) {
        if (committee == 0) return "Kedge Assembly";
        return committee == 1 ? "Kedge Oversight Committee" : "Kedge Emergency Committee";
    }

    function _votesBy(Try memory act, uint256 index, address voter, uint8 support) private returns (bool) {
        Bill storage bill = bills[index];
        act.target = address(committeeOf[bill.committee]);
        act.home = 9;
        if (!_try(act) || act.verdict.broken != 0) return false;
        hasVoted[index][voter] = true;
        uint256 past = powerOf(bill.committee, voter, bill.snapshot);
        uint256 present = powerOf(bill.committee, voter, time());
        bill.votes[support] += past < present ? past : present;
        if (bill.extended == 0 && bill.votes[1] + bill.votes[2] >= bill.needed[0]) {
            bill.extended = time() + extensionOf(bill.committee);
            if (bill.extended > bill.deadline) bill.deadline = bill.extended;
        }
        return true;
    }

    function _mayVote(uint256 index, address voter) private view returns (Verdict memory) {
        Bill storage bill = bills[index];
        if (time() <= bill.snapshot) return no(8, "voting has not begun");
        if (time() > bill.deadline || bill.queued || bill.executed) return no(8, "voting is over");
        if (_isDecided(bill)) return no(8, "it is decided already");
        if (hasVoted[index][voter]) return no(7, "somebody votes twice");
        return _weighs(bill.committee, voter, bill.snapshot);
    }

    /// @dev The super-quorum was reached.
    function _isDecided(Bill storage bill) private view returns (bool) {
        return bill.votes[1] >= bill.needed[1] && bill.votes[1] > bill.votes[0];
    }

    function _hasPassed(Bill storage bill) private view returns (bool) {
        if (time() <= bill.snapshot) return false;
        if (_isDecided(bill)) return true;
        bool enough = bill.votes[1] + bill.votes[2] >= bill.needed[0] && bill.votes[1] > bill.votes[0];
        return time() > bill.deadline && enough;
    }

    // Execution

    function executes(uint256 seed) external {
        _seed(seed);
        if (bills.length < MANY_BILLS) _proposes();
        if (bills.length == 0) return;
        uint256 index = _anyBill();
        Bill storage bill = bills[index];
        if (!bill.queued) {
            // As many as it takes, so that some get through.
            if (!_oneIn(6)) _votesOn(index, bill.committee == 0 ? 12 : 6);
            if (!_hasPassed(bill) && time() <= bill.deadline && !_oneIn(4)) _awaits(uint256(bill.deadline) + 1);
            if (_oneIn(10) && time() <= bill.deadline) _awaits(uint256(bill.deadline) + expiryOf(bill.committee) + 1);
            _queues(bill);
        }
        if (bill.queued && time() < bill.eta && !_oneIn(4)) _awaits(bill.eta);
        if (bill.queued && _oneIn(5)) _awaits(uint256(bill.eta) + expiryOf(bill.committee) + 1);
        _executes(bill);
        if (bill.executed && _oneIn(2)) _executes(bill);
    }

    function _queues(Bill storage bill) private {
        Try memory act;
        act.caller = stranger.account;
        act.target = address(bill.motion.committee);
        act.home = 9;
        if (!_hasPassed(bill)) act.verdict = no(8, "it has not passed");
        else if (time() > bill.deadline + expiryOf(bill.committee))
            act.verdict = no(8, "it expired before it was queued");
        else if (bill.executed) act.verdict = no(7, "it was executed before");
        act.call = queueCall(bill.motion);
        if (!_try(act)) return;
        bill.queued = true;
        bill.eta = time() + waitOf(bill.committee);
    }

    function _executes(Bill storage bill) private {
        Try memory act;
        act.caller = stranger.account;
        act.target = address(bill.motion.committee);
        act.home = 9;
        if (!bill.queued) act.verdict = no(8, "it was not queued");
        else if (bill.executed) act.verdict = no(7, "it was executed before");
        else if (time() < bill.eta) act.verdict = no(8, "before its delay");
        else if (time() > bill.eta + expiryOf(bill.committee)) act.verdict = no(8, "it expired after it was queued");
        else _foresees(act, bill);
        act.call = executeCall(bill.motion);
        _executing = bill.queued ? bill.id : 0;
        if (!_try(act) || act.verdict.broken != 0) return;
        bill.executed = true;
        _happens(bill);
    }

    /// @dev The entry carries the proposed call; there is one proposal under way at a time.
    function _callOf(Try memory act) internal view override returns (bytes memory) {
        for (uint256 i; i < bills.length; ++i) {
            bool executing = bills[i].id == _executing && act.target == address(bills[i].motion.committee);
            if (executing && bytes4(act.call) == IGovernor.execute.selector) return bills[i].motion.calls[0];
        }
        return act.call;
    }

    function _foresees(Try memory act, Bill storage bill) private view {
        Aim memory aim = bill.aim;
        if (bill.matter == Matter.Certificate) {
            act.trace = _trace(
                Action.Certified,
                voice(assemblyTimelock),
                Role.Assembly,
                PersonId.unwrap(people[bill.person].id),
                DOCUMENT
            );
        } else if (bill.matter == Matter.Seat) {
            act.verdict = _maySit(2, bill.person);
        } else if (bill.matter == Matter.Quorums) {
            (uint256 quorum, uint256 superQuorum) = (bill.quorums[0], bill.quorums[1]);
            bool fits = quorum <= superQuorum && superQuorum <= seatCount[2] && 2 * quorum - 1 <= seatCount[2];
            if (quorum < 2) act.verdict = no(8, "a committee of one");
            else if (!fits) act.verdict = no(9, "quorums that the seats cannot reach");
            act.pulls = wouldPull();
        } else if (bill.matter == Matter.Review) {
            act.trace = _trace(Action.ReviewRecorded, voice(oversightTimelock), Role.OversightCommittee, 0, DOCUMENT);
        } else if (bill.matter == Matter.Rollback) {
            act.verdict = mayRollBack(aim);
            _describe(act, aim);
            act.trace.actor = voice(emergencyTimelock);
        } else {
            act.verdict = mayHaltAt(aim, voice(emergencyTimelock));
            _describeHalt(act, aim, Action.Halted);
            act.trace.actor = voice(emergencyTimelock);
        }
    }

    function _happens(Bill storage bill) private {
        if (bill.matter == Matter.Certificate) people[bill.person].certifiedUntil = bill.until;
        else if (bill.matter == Matter.Seat) _sits(2, bill.person);
        else if (bill.matter == Matter.Review) reviewAt = time() + 365 days;
        else if (bill.matter == Matter.Rollback) _rolledBack(bill.aim);
        else if (bill.matter == Matter.Halt) _halted(bill.aim, voice(emergencyTimelock));
        else (quorumOf[2], superQuorumOf[2]) = (bill.quorums[0], bill.quorums[1]);
        if (bill.matter == Matter.Quorums) _recounts();
    }

    /// @dev Proposals whose snapshot is still to come need the new numbers.
    function _recounts() private {
        for (uint256 i; i < bills.length; ++i) {
            if (bills[i].committee == 2 && bills[i].snapshot >= time())
                bills[i].needed = [quorumOf[2], superQuorumOf[2]];
        }
    }

    function _anyBill() private returns (uint256) {
        return _oneIn(3) ? _roll(bills.length) : bills.length - 1;
    }

    /// @notice A committee's setting that anyone but the Assembly's timelock tries to change, or that nobody can.
    function meddles(uint256 seed) external {
        _seed(seed);
        uint256 committee = _roll(3);
        uint256 kind = _roll(4);
        Try memory act;
        act.caller = _oneIn(3) ? _timelock() : _accountOrStranger(_anyone());
        act.target = address(committeeOf[committee]);
        act.verdict = no(12, "a committee's settings are changed by whom they do not belong to");
        if (kind == 0) {
            if (act.caller == assemblyTimelock) act.caller = stranger.account;
            act.call = abi.encodeCall(ICommittee.setQuorums, (2, 2));
        } else if (kind == 1) {
            act.call = abi.encodeCall(ICommittee.relay, (address(registry), 0, ""));
        } else if (kind == 2) {
            act.call = abi.encodeCall(ICommittee.updateTimelock, (act.caller));
        } else {
            act.target = timelockOfCommittee[committee];
            act.call = abi.encodeWithSignature("grantRole(bytes32,address)", keccak256("PROPOSER_ROLE"), act.caller);
            if (act.caller == act.target) act.caller = stranger.account;
        }
        _try(act);
    }
}
