// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {Appointment, Certificate, IRules} from "../../../contracts/interfaces/IRules.sol";
import {
    DomainId,
    EnvironmentId,
    Identity,
    ModelId,
    ModelState,
    PersonId,
    Risk,
    Role,
    Stage,
    Trigger
} from "../../../contracts/types/Types.sol";
import {ICommittee, ISeats, ITimelock} from "../Governance.sol";
import {vm} from "../Vm.sol";
import {Aim} from "./Aims.sol";
import {CommitteeActs} from "./CommitteeActs.sol";
import {Try} from "./Court.sol";

/// @title Time, and those who have no right to anything
abstract contract HostileActs is CommitteeActs {
    /// @notice How a call that was made to see whether it would be accepted ended.
    error Rehearsed(bool accepted);

    /// @notice Seconds to months.
    function passesTime(uint256 seed) external {
        _seed(seed);
        pass(
            [uint256(1), 1 hours, 6 hours, 1 days, 1 days, 2 days, 2 days, 3 days, 8 days, 31 days, 100 days, 1][
                _roll(12)
            ]
        );
        if (!_oneIn(4)) _renews();
    }

    /// @notice What was signed for once is sent again, byte for byte.
    function replays(uint256 seed) external {
        _seed(seed);
        if (carriedCalls.length == 0) return;
        uint256 chosen = _roll(carriedCalls.length);
        Try memory act;
        act.caller = _oneIn(2) ? stranger.account : _accountOrStranger(_anyone());
        act.target = carriedTo[chosen];
        act.call = carriedCalls[chosen];
        act.verdict = no(7, "an authorisation is used twice");
        _try(act);
    }

    /// @notice Whoever has no right, or a thief with an old key, tries every door: each time with a call that would pass if
    /// it were the right one who made it.
    function knocks(uint256 seed) external {
        _seed(seed);
        uint256 door = _roll(6);
        if (door == 0) _knocksAtModels();
        else if (door == 1) _knocksAtVersions();
        else if (door == 2) _knocksAtPeople();
        else if (door == 3) _knocksAtPolicy();
        else if (door == 4) _knocksAtSeats();
        else _knocksAtTimelocks();
    }

    /// @notice Whether the call is accepted from the right one; it leaves everything as it was.
    function rehearses(address caller, address target, bytes calldata call) external {
        vm.prank(caller);
        (bool accepted, ) = target.call(call);
        revert Rehearsed(accepted);
    }

    function _knocks(Role role, address target, bytes memory call) private {
        address rightful = timelockOf(role);
        for (uint256 i = 1; i < people.length && rightful == address(0); ++i) {
            if (mayServe(i, role, false).broken == 0) rightful = accountOf(i);
        }
        // There is nobody with the right at the moment.
        if (rightful != address(0)) _knocks(rightful, target, call);
    }

    function _knocks(address rightful, address target, bytes memory call) private {
        (, bytes memory end) = address(this).call(abi.encodeCall(this.rehearses, (rightful, target, call)));
        bool passes = keccak256(end) == keccak256(abi.encodeWithSelector(Rehearsed.selector, true));
        if (!passes) _blame(12, "the right one would not have got in either");
        _isBarred(target, call);
    }

    function _isBarred(address target, bytes memory call) private {
        Try memory act;
        act.caller = stranger.account;
        if (relics.length > 0 && _oneIn(2)) act.caller = _addressOf(relics[_roll(relics.length)].signer);
        act.verdict = no(12, "somebody without any right");
        (act.target, act.call) = (target, call);
        _try(act);
    }

    function _knocksAtModels() private {
        uint256 chosen = _anyModel();
        ModelId id = models[chosen].id;
        uint256 kind = _roll(8);
        if (kind > 4 && kind < 7 && models[chosen].state == ModelState.Moved) kind = 4;
        PersonId[] memory nobody;
        bytes memory call;
        if (kind == 0) call = abi.encodeCall(IRegistry.setMonitored, (id, true, DOCUMENT));
        if (kind == 1) call = abi.encodeCall(IRegistry.setDeveloper, (id, people[_anyone()].id, true, DOCUMENT));
        if (kind == 2) call = abi.encodeCall(IRegistry.addSchema, (id, SCHEMA, 0, DOCUMENT));
        if (kind == 3) call = abi.encodeCall(IRegistry.requireSchemas, (id, _anyEnvironment(), 0, DOCUMENT));
        if (kind == 4) call = abi.encodeCall(IRegistry.setFloor, (id, Risk.Critical, Role.Assembly, DOCUMENT));
        if (kind == 5) call = abi.encodeCall(IRegistry.moveModel, (id, 10, stranger.account, DOCUMENT));
        if (kind == 6 && isOpen(chosen)) call = abi.encodeCall(IRegistry.suspendModel, (id, DOCUMENT));
        if (kind == 6 && !isOpen(chosen)) call = abi.encodeCall(IRegistry.reinstateModel, (id, DOCUMENT));
        if (kind == 7) call = abi.encodeCall(IRegistry.createModel, ("nobody's", SPEECH, Risk.Low, nobody, DOCUMENT));
        bool assemblys = kind > 3 && kind < 7;
        _knocks(assemblys ? Role.Assembly : Role.ResponsibleAIOfficer, address(registry), call);
    }

    /// @dev What runs is stopped, a version made worse than it is, an incident closed.
    function _knocksAtVersions() private {
        Aim memory aim = _aim();
        (aim.from, aim.to, aim.role) = (places[aim.model][aim.place].running, 0, Role.Assembly);
        (aim.trigger, aim.reason, aim.plan) = (Trigger.Incident, REASON, PLAN);
        Identity memory named = versions[_anyVersion()].identity;
        uint256 kind = _roll(6);
        address target = address(registry);
        if (kind == 0 && effective(_byId(idOf(named))) < Risk.Critical) {
            bytes memory call = abi.encodeCall(IRegistry.raiseRisk, (named, Risk.Critical, DOCUMENT));
            return _knocks(Role.ResponsibleAIOfficer, target, call);
        }
        if (kind == 1 && places[aim.model][aim.place].incident) {
            EnvironmentId place = environments[aim.place];
            bytes memory call = abi.encodeCall(IRegistry.closeIncident, (models[aim.model].id, place, REASON));
            return _knocks(Role.ResponsibleAIOfficer, target, call);
        }
        if (kind == 2 && aim.from != 0) return _knocks(aim.role, target, reportCall(_haltOf(aim), aim.role));
        if (kind == 3 && mayHaltAt(aim, voice(assemblyTimelock)).broken == 0) {
            return _knocks(aim.role, target, haltCall(_haltOf(aim), aim.role));
        }
        if (kind == 4 && mayRollBack(aim).broken == 0) {
            return _knocks(aim.role, target, withdrawCall(_orderOf(aim), aim.role));
        }
        _knocks(Role.OversightCommittee, target, abi.encodeCall(IRegistry.recordDefect, (named, DOCUMENT)));
    }

    function _knocksAtPeople() private {
        uint256 person = _anyone();
        PersonId id = people[person].id;
        DomainId[] memory none;
        uint40 until = time() + 1 days;
        (bytes memory signer, ) = _newSigner();
        uint256 kind = _roll(9);
        if (kind == 1 && seated[0][person]) kind = 0;
        if (kind == 2 && people[person].suspendedUntil <= time()) kind = 0;
        if (kind == 3 && _isSeated(person) && signer.length != 20) kind = 0;
        if (kind == 8 && !people[person].auditRequired) kind = 7;
        bytes memory call;
        if (kind == 0) call = abi.encodeCall(IRules.setRoles, (id, bits(Role.TechnicalLead), DOCUMENT));
        if (kind == 1) call = abi.encodeCall(IRules.suspend, (id, until, Role.Assembly, DOCUMENT));
        if (kind == 2) call = abi.encodeCall(IRules.reinstate, (id, DOCUMENT));
        if (kind == 3) call = abi.encodeCall(IRules.startRecovery, (id, signer, DOCUMENT));
        if (kind == 4) call = abi.encodeCall(IRules.appoint, (Appointment(signer, 0, 0, none), DOCUMENT));
        if (kind == 5) call = abi.encodeCall(IRules.setDomain, (id, SPEECH, true, DOCUMENT));
        if (kind == 6) {
            call = abi.encodeCall(IRules.certify, (id, Certificate(until, until, until), Role.Assembly, DOCUMENT));
        }
        if (kind == 7) call = abi.encodeCall(IRules.recordViolation, (id, DOCUMENT));
        if (kind == 8) call = abi.encodeCall(IRules.acceptAudit, (id, DOCUMENT));
        _knocks(kind < 7 ? Role.Assembly : Role.OversightCommittee, address(rules), call);
    }

    function _knocksAtPolicy() private {
        uint256 kind = _roll(6);
        EnvironmentId site = EnvironmentId.wrap(keccak256("nobody's"));
        Role role = kind < 2 ? Role.Assembly : Role.OversightCommittee;
        bytes memory call;
        if (kind == 0) call = abi.encodeCall(IRules.addEnvironment, (site, Stage.Production, DOCUMENT));
        if (kind == 1) call = abi.encodeCall(IRules.sanction, (people[_anyone()].id, DOCUMENT));
        if (kind == 2) call = abi.encodeCall(IRules.consentToEpoch, (DOCUMENT));
        if (kind == 3) call = abi.encodeCall(IRules.recordReview, (DOCUMENT));
        if (kind == 4) call = abi.encodeCall(IRules.orderReview, (role, DOCUMENT));
        if (kind < 5) return _knocks(role, address(rules), call);
        _knocks(address(registry), address(rules), abi.encodeCall(IRules.pullReview, (DOCUMENT)));
    }

    function _knocksAtSeats() private {
        uint256 committee = _roll(3);
        uint256 person = _member(committee);
        uint256 newcomer = _candidate(committee);
        uint256 kind = _roll(4);
        address target = address(seatsOf[committee]);
        if (kind == 0 && !_isAtFewest(committee)) {
            return _knocks(Role.Assembly, target, abi.encodeCall(ISeats.withdraw, (people[person].id)));
        }
        if (kind == 1 && _maySit(committee, newcomer).broken == 0) {
            return _knocks(Role.Assembly, target, abi.encodeCall(ISeats.grant, (people[newcomer].id)));
        }
        if (kind == 2) {
            uint104 quorum = uint104(quorumOf[committee]);
            bytes memory call = abi.encodeCall(ICommittee.setQuorums, (quorum, uint104(seatCount[committee])));
            return _knocks(Role.Assembly, address(committeeOf[committee]), call);
        }
        // Not even whose seat it is.
        uint256 id = uint256(PersonId.unwrap(people[person].id));
        _isBarred(target, abi.encodeCall(IERC721.transferFrom, (accountOf(person), stranger.account, id)));
    }

    function _knocksAtTimelocks() private {
        uint256 committee = _roll(3);
        address target = timelockOfCommittee[committee];
        uint256 kind = _roll(4);
        bytes memory inner = abi.encodeCall(IRegistry.suspendModel, (model, DOCUMENT));
        if (kind == 0) return _knocks(target, target, abi.encodeCall(ITimelock.updateDelay, (0)));
        if (kind == 1) {
            bytes memory call = abi.encodeCall(ITimelock.grantRole, (keccak256("PROPOSER_ROLE"), stranger.account));
            return _knocks(target, target, call);
        }
        if (kind == 2) {
            return
                _knocks(
                    address(committeeOf[committee]),
                    target,
                    abi.encodeCall(ITimelock.schedule, (address(registry), 0, inner, 0, bytes32(committee), 30 days))
                );
        }
        // What was never scheduled, nobody executes.
        _isBarred(target, abi.encodeCall(ITimelock.execute, (address(registry), 0, inner, 0, bytes32(committee))));
    }

    function _anyEnvironment() private returns (EnvironmentId) {
        return environments[_roll(environments.length)];
    }
}
