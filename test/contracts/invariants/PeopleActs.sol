// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Appointment, Certificate, IRules} from "../../../contracts/interfaces/IRules.sol";
import {Action, DomainId, PersonId, Role} from "../../../contracts/types/Types.sol";
import {Try} from "./Court.sol";
import {GhostPerson, Verdict} from "./Ghost.sol";
import {SeatActs} from "./SeatActs.sol";

/// @title People: appointed, certified, suspended, and what they did wrong
abstract contract PeopleActs is SeatActs {
    uint256 private constant MANY_PEOPLE = 26;

    // Appointment

    function appoints(uint256 seed) external {
        _seed(seed);
        if (people.length > MANY_PEOPLE) return _changesRoles();
        (bytes memory signer, uint256 key) = _newSigner();
        uint256 taken = _oneIn(6) ? _anyone() : 0;
        if (taken != 0) signer = people[taken].signer;
        if (taken != 0 && relics.length > 0 && _oneIn(2)) signer = relics[_roll(relics.length)].signer;
        uint16 roles = _someRoles();
        bool unknown = _oneIn(10);
        if (unknown)
            roles |= bits([Role.None, Role.Assembly, Role.EmergencyCommittee, Role.OversightCommittee][_roll(4)]);
        DomainId[] memory domains = new DomainId[](1);
        domains[0] = _oneIn(3) ? RADIOLOGY : SPEECH;
        Try memory act = _by(Role.Assembly, false);
        _forbid(act, unknown, 12, "nobody holds a committee's role");
        _forbid(act, taken != 0, 11, "the key is or was someone's");
        bytes32 salt = keccak256(abi.encode("salt", people.length));
        PersonId id = idOf(signer, salt);
        act.call = abi.encodeCall(IRules.appoint, (Appointment(signer, salt, roles, domains), DOCUMENT));
        act.trace = _trace(Action.Appointed, voice(act.caller), Role.Assembly, PersonId.unwrap(id), DOCUMENT);
        if (!_try(act) || act.verdict.broken != 0) return;
        people.push();
        uint256 person = people.length - 1;
        people[person].id = id;
        (people[person].signer, people[person].key) = (signer, key);
        people[person].roles = roles;
        people[person].leads = DomainId.unwrap(domains[0]) == DomainId.unwrap(SPEECH);
        owner[keccak256(signer)] = person;
        if (!_oneIn(3)) _certifies(person, time() + 365 days, Role.Assembly);
    }

    function _someRoles() private returns (uint16 roles) {
        roles = bits(
            [
                Role.TechnicalLead,
                Role.ResponsibleAIOfficer,
                Role.DomainLead,
                Role.SystemOperator,
                Role.ModelDeveloper,
                Role.Monitor,
                Role.TrainingOfficer,
                Role.Auditor
            ][_roll(8)]
        );
        if (_oneIn(4)) roles |= bits(Role.TechnicalLead);
    }

    function changesRoles(uint256 seed) external {
        _seed(seed);
        _changesRoles();
    }

    function _changesRoles() private {
        uint256 person = _anyone();
        if (_oneIn(3)) return _changesDomain(person);
        uint16 roles = people[person].roles;
        if (_oneIn(3)) roles &= ~bits(Role(1 + _roll(11)));
        if (_oneIn(2))
            roles |= bits(
                [Role.TechnicalLead, Role.SystemOperator, Role.ResponsibleAIOfficer, Role.Monitor, Role.ModelDeveloper][
                    _roll(5)
                ]
            );
        bool unknown = _oneIn(12);
        if (unknown) roles |= bits(Role.Assembly);
        Try memory act = _by(Role.Assembly, false);
        _forbid(act, unknown, 12, "nobody holds a committee's role");
        act.call = abi.encodeCall(IRules.setRoles, (people[person].id, roles, DOCUMENT));
        _about(act, Action.RolesChanged, Role.Assembly, person);
        if (!_try(act) || act.verdict.broken != 0) return;
        if (people[person].roles & ~roles != 0) ++people[person].epoch;
        people[person].roles = roles;
    }

    function _changesDomain(uint256 person) private {
        if (!_oneIn(4)) person = _holder(Role.DomainLead);
        bool leads = !_oneIn(3);
        DomainId domain = _oneIn(3) ? RADIOLOGY : SPEECH;
        Try memory act = _by(Role.Assembly, false);
        act.call = abi.encodeCall(IRules.setDomain, (people[person].id, domain, leads, DOCUMENT));
        _about(act, Action.DomainSet, Role.Assembly, person);
        if (_try(act) && DomainId.unwrap(domain) == DomainId.unwrap(SPEECH)) people[person].leads = leads;
    }

    // Certificates

    function certifies(uint256 seed) external {
        _seed(seed);
        Role role = _oneIn(2) ? Role.TrainingOfficer : Role.Assembly;
        if (_oneIn(16)) role = Role.ResponsibleAIOfficer;
        uint256 person = _oneIn(8) ? _holder(Role.TrainingOfficer) : _anyone();
        uint40 until = time() + uint40([uint256(365 days), 365 days, 60 days, 7 days, 1 hours][_roll(5)]);
        if (_oneIn(6)) (until, role) = (time() - 1, _oneIn(3) ? role : Role.TrainingOfficer);
        _certifies(person, until, role);
    }

    /// @dev The three curricula expire apart; the earliest counts.
    function _certifies(uint256 person, uint40 until, Role role) internal {
        Certificate memory certificate = Certificate(until, until, until);
        uint256 shortest = _roll(3);
        if (shortest != 0) certificate.versioning += 10 days;
        if (shortest != 1) certificate.rollback += 20 days;
        if (shortest != 2) certificate.incident += 30 days;
        Try memory act = _by(role, false);
        bool entitled = role == Role.TrainingOfficer || role == Role.Assembly;
        if (!entitled) act.verdict = no(12, "who certifies nobody");
        bool own = !isCollective(role) && personAt(act.caller) == person;
        _forbid(act, own, 11, "nobody certifies themselves");
        bool cutsShort = until < people[person].certifiedUntil && until < time();
        _forbid(act, role == Role.TrainingOfficer && cutsShort, 9, "an officer takes the brake from somebody");
        act.call = abi.encodeCall(IRules.certify, (people[person].id, certificate, role, DOCUMENT));
        _about(act, Action.Certified, role, person);
        if (_try(act)) people[person].certifiedUntil = until;
    }

    // Suspension

    function suspends(uint256 seed) external {
        _seed(seed);
        uint256 kind = _roll(10);
        if (kind == 0) return _suspendsMany();
        if (kind == 1) return _clearsSuspended(1 + _roll(2));
        if (kind == 2) return _thinsOut();
        if (kind < 5) return _suspendsAgain();
        uint256 person = _anyone();
        Role role = _oneIn(2) ? Role.ResponsibleAIOfficer : Role.Assembly;
        if (_oneIn(16)) role = Role.EmergencyCommittee;
        uint40 until = time() + uint40([uint256(1 hours), 7 days, 14 days, 15 days][_roll(4)]);
        if (role == Role.Assembly && _oneIn(5)) until = FOR_GOOD;
        if (_oneIn(8)) until = time();
        _suspends(person, until, role);
    }

    /// @dev Whom an officer has suspended an officer suspends anew, often after the Assembly ended it.
    function _suspendsAgain() private {
        uint256 person = _anyone();
        for (uint256 i; i < people.length && _isBeyondOfficers(person); ++i) {
            person = (person % (people.length - 1)) + 1;
        }
        _suspends(person, time() + 10 days, Role.ResponsibleAIOfficer);
        if (_oneIn(2)) _reinstates(person);
        _suspends(person, time() + 10 days, Role.ResponsibleAIOfficer);
        _reinstates(person);
    }

    function _isBeyondOfficers(uint256 person) private view returns (bool) {
        GhostPerson storage asked = people[person];
        bool officer = asked.roles & bits(Role.ResponsibleAIOfficer) != 0;
        return officer || _isSeated(person) || asked.suspendedUntil > time() || asked.spareUntil > time();
    }

    /// @dev More at a time than an officer may; mostly the Assembly ends it again.
    function _suspendsMany() private {
        uint256 tried;
        for (uint256 i = 1; i < people.length && tried < 6; ++i) {
            if (_isSeated(i)) continue;
            _suspends(i, time() + 10 days, Role.ResponsibleAIOfficer);
            ++tried;
        }
        if (!_oneIn(4)) _reinstatesAll();
    }

    /// @dev The Assembly suspends its own, down to the fewest with which it decides.
    function _thinsOut() private {
        for (uint256 i = 1; i < people.length; ++i) {
            if (!seated[0][i]) continue;
            bool last = _isAtFewest(0);
            _suspends(i, time() + 10 days, Role.Assembly);
            if (last) break;
        }
        _reinstatesAll();
        for (uint256 i; i < 6 && seatCount[0] < 12; ++i) _grants(0, _candidate(0));
    }

    function _reinstatesAll() private {
        for (uint256 i = 1; i < people.length; ++i) if (people[i].suspendedUntil > time()) _reinstates(i);
    }

    /// @dev A member of a committee loses the seat to whoever clears it, if there are enough others.
    function _clearsSuspended(uint256 committee) private {
        if (_isAtFewest(committee)) _grants(committee, _candidate(committee));
        uint256 person = _member(committee);
        _suspends(person, time() + 14 days, Role.Assembly);
        _clears(committee, person);
        if (!_oneIn(4)) _reinstates(person);
    }

    function _suspends(uint256 person, uint40 until, Role role) internal {
        Try memory act = _by(role, false);
        if (role == Role.EmergencyCommittee) act.verdict = no(12, "the committee suspends nobody");
        if (act.verdict.broken == 0) act.verdict = _maySuspend(person, until, role);
        act.call = abi.encodeCall(IRules.suspend, (people[person].id, until, role, DOCUMENT));
        _about(act, Action.Suspended, role, person);
        if (!_try(act) || act.verdict.broken != 0) return;
        people[person].suspendedUntil = until;
        ++people[person].epoch;
        if (role == Role.ResponsibleAIOfficer) _spends(person, until);
        if (seated[0][person]) _rises(0, person);
    }

    function _maySuspend(uint256 person, uint40 until, Role role) private view returns (Verdict memory) {
        GhostPerson storage target = people[person];
        if (until <= time()) return no(8, "the end is past");
        if (role == Role.ResponsibleAIOfficer) {
            if (until < time() + 7 days) return no(12, "shorter than 7 days");
            if (until > time() + 14 days) return no(12, "longer than 14 days");
            if (_isSeated(person)) return no(12, "an officer unseats nobody");
            if (target.roles & bits(Role.ResponsibleAIOfficer) != 0) return no(12, "an officer suspends no officer");
            if (target.suspendedUntil > time()) return no(12, "suspended already");
            if (target.spareUntil > time()) return no(12, "again within 30 days");
            if (_freeSuspension() == 3) return no(12, "a fourth at a time");
        }
        return seated[0][person] && _isAtFewest(0) ? no(9, "the Assembly would fall below its fewest seats") : yes();
    }

    function _freeSuspension() private view returns (uint256 slot) {
        while (slot < 3 && openSuspensions[slot] > time()) ++slot;
    }

    function _spends(uint256 person, uint40 until) private {
        uint256 slot = _freeSuspension();
        if (slot < 3) openSuspensions[slot] = until;
        people[person].spareUntil = until + 30 days;
    }

    function reinstates(uint256 seed) external {
        _seed(seed);
        uint256 person = _anyone();
        for (uint256 i; i < people.length && people[person].suspendedUntil <= time(); ++i) {
            person = (person % (people.length - 1)) + 1;
        }
        _reinstates(person);
    }

    function _reinstates(uint256 person) private {
        Try memory act = _by(Role.Assembly, false);
        _forbid(act, people[person].suspendedUntil <= time(), 12, "not suspended");
        act.call = abi.encodeCall(IRules.reinstate, (people[person].id, DOCUMENT));
        _about(act, Action.Reinstated, Role.Assembly, person);
        if (_try(act)) people[person].suspendedUntil = 0;
    }

    // Violations

    function recordsViolation(uint256 seed) external {
        _seed(seed);
        uint256 person = _oneIn(2) ? _anyone() : 1 + _roll(4);
        if (people[person].auditRequired && !_oneIn(4)) return _acceptsAudit(person);
        uint256 times = _oneIn(3) ? 3 : 1;
        for (uint256 i; i < times; ++i) _recordsViolation(person);
        if (people[person].auditRequired) _signsOffAs(person);
        if (times > 1 && _oneIn(2)) _acceptsAudit(person);
    }

    function _recordsViolation(uint256 person) private {
        Try memory act = _by(Role.OversightCommittee, false);
        act.call = abi.encodeCall(IRules.recordViolation, (people[person].id, DOCUMENT));
        _about(act, Action.ViolationRecorded, Role.OversightCommittee, person);
        if (!_try(act)) return;
        uint40[] storage violations = people[person].violations;
        violations.push(time());
        uint256 count = violations.length;
        if (count >= 3 && time() - violations[count - 3] <= 365 days) people[person].auditRequired = true;
    }

    function _acceptsAudit(uint256 person) private {
        Try memory act = _by(Role.OversightCommittee, false);
        _forbid(act, !people[person].auditRequired, 12, "no audit is required");
        act.call = abi.encodeCall(IRules.acceptAudit, (people[person].id, DOCUMENT));
        _about(act, Action.AuditAccepted, Role.OversightCommittee, person);
        if (!_try(act)) return;
        people[person].auditRequired = false;
        delete people[person].violations;
    }

    function sanctions(uint256 seed) external {
        _seed(seed);
        uint256 person = _anyone();
        for (uint256 i; i < people.length && !people[person].auditRequired; ++i) {
            person = (person % (people.length - 1)) + 1;
        }
        if (_oneIn(2)) return _acceptsAudit(person);
        Try memory act = _by(Role.Assembly, false);
        act.call = abi.encodeCall(IRules.sanction, (people[person].id, DOCUMENT));
        _about(act, Action.Sanctioned, Role.Assembly, person);
        _try(act);
    }
}
