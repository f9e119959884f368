// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules, SignOff} from "../../../contracts/interfaces/IRules.sol";
import {Action, Risk, Role, Stage, VersionId} from "../../../contracts/types/Types.sol";
import {Promotion, Warrant} from "../Life.sol";
import {Relic, Try} from "./Court.sol";
import {GhostPlace, GhostVersion, Verdict} from "./Ghost.sol";
import {ModelActs} from "./ModelActs.sol";

/// @notice A sign-off as somebody gave it. `person` is zero for a committee.
/// @param genuine Whether the signature is by the key that it names, over these terms, for this chain.
struct Given {
    uint256 person;
    SignOff terms;
    bytes signer;
    bytes signature;
    bool genuine;
}

/// @title Promotion: sign-offs of every kind, good and spoilt, and the steps that they let a version take
abstract contract PromotionActs is ModelActs {
    bytes32 private constant SIGN_OFF_TYPEHASH = keccak256(
        "SignOff(bytes32 version,uint8 stage,uint8 risk,bytes32 evidence,bytes32 plan,uint32 policyEpoch,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );

    Given[] private _given;

    function promotes(uint256 seed) external {
        _seed(seed);
        _promotes();
    }

    /// @dev The second that the machine chooses as often: nothing happens before something is promoted.
    function promotesAgain(uint256 seed) external {
        _seed(seed);
        _promotes();
    }

    function _promotes() internal {
        uint256 chosen = _youngVersion();
        // One that has got through often goes on, one that has not is often tried again.
        bool goesOn = chosen != 0;
        if (_oneIn(24)) _endsYoung(chosen);
        while (goesOn) {
            _promote(chosen);
            goesOn = _oneIn(2);
        }
    }

    /// @dev One that ends before it has come anywhere, see VersionActs.
    function _endsYoung(uint256 chosen) internal virtual;

    function _promote(uint256 chosen) internal returns (bool) {
        Stage stage = _next(versions[chosen].stage);
        if (_oneIn(14)) stage = Stage(_roll(6));
        bytes32 plan_ = _oneIn(2) ? PLAN : bytes32(0);
        Given[] memory signOffs = _gather(chosen, stage, plan_);
        bytes32 evidence_ = _oneIn(30) ? bytes32(0) : evidence(stage);
        Try memory act;
        act.caller = _oneIn(2) ? stranger.account : _accountOrStranger(_anyone());
        act.target = address(registry);
        act.home = 2;
        act.verdict = _mayPromote(chosen, stage, evidence_, plan_, signOffs);
        act.call = promoteCall(Promotion(versions[chosen].identity, stage, evidence_, plan_, _warrants(signOffs)));
        act.trace = _trace(
            Action.Promoted,
            voice(act.caller),
            Role.None,
            VersionId.unwrap(versions[chosen].id),
            evidence_
        );
        uint256 model_ = versions[chosen].model;
        bool introduces = stage == Stage.Production && effective(chosen) >= Risk.High && !models[model_].introduced;
        if (act.verdict.broken == 0) {
            act.trace.systems = missingSchemas(model_, environmentOfStage(stage), chosen);
            act.pulls = introduces && wouldPull();
        }
        if (!_try(act) || act.verdict.broken != 0) return false;
        _keep(act.target, act.call);
        (versions[chosen].stage, versions[chosen].approved) = (stage, effective(chosen));
        if (stage == Stage.Validation) labels[model_][versions[chosen].identity.label] = chosen;
        if (introduces) models[model_].introduced = true;
        moves(model_, environmentOfStage(stage), chosen, effective(chosen));
        return true;
    }

    function _mayPromote(
        uint256 chosen,
        Stage stage,
        bytes32 evidence_,
        bytes32 plan_,
        Given[] memory signOffs
    ) private view returns (Verdict memory verdict) {
        GhostVersion storage version_ = versions[chosen];
        if (!isOpen(version_.model)) return no(5, "the model is not open");
        if (evidence_ == 0) return no(2, "there is no evidence");
        if (version_.stage >= Stage.Production || uint8(stage) != uint8(version_.stage) + 1) {
            return no(2, "a stage is skipped or repeated");
        }
        if (version_.condemnedFrom != 0) return no(5, "the version is condemned");
        if (version_.released) return no(5, "the version is released");
        if (effective(chosen) >= Risk.High && reviewAt <= time()) return no(2, "the review is overdue");
        verdict = _areGood(chosen, stage, evidence_, plan_, signOffs);
        if (verdict.broken != 0) return verdict;
        GhostPlace storage there = places[version_.model][environmentOfStage(stage)];
        if (isSenior(there.haltedBy) && version_.number <= there.newest)
            return no(12, "something older passes a senior");
        if (stage == Stage.Validation && labels[version_.model][version_.identity.label] != 0) {
            return no(1, "the label is taken");
        }
        if (plan_ == 0 && missingSchemas(version_.model, environmentOfStage(stage), chosen) != 0) {
            return no(2, "systems would fail without a plan");
        }
    }

    function _areGood(
        uint256 chosen,
        Stage stage,
        bytes32 evidence_,
        bytes32 plan_,
        Given[] memory signOffs
    ) private view returns (Verdict memory verdict) {
        uint16 covered;
        for (uint256 i; i < signOffs.length; ++i) {
            Role role = signOffs[i].terms.role;
            if (i > 0 && role <= signOffs[i - 1].terms.role) return no(3, "the sign-offs are not ascending");
            verdict = _isGood(chosen, stage, evidence_, plan_, signOffs[i]);
            if (verdict.broken != 0) return verdict;
            for (uint256 j; j < i; ++j) {
                if (signOffs[i].person != 0 && signOffs[i].person == signOffs[j].person) {
                    return no(3, "one person fills two seats");
                }
            }
            covered |= bits(role);
        }
        if (rowOf(effective(chosen), stage) & ~covered != 0) return no(2, "a required role has not signed off");
    }

    function _isGood(
        uint256 chosen,
        Stage stage,
        bytes32 evidence_,
        bytes32 plan_,
        Given memory given
    ) private view returns (Verdict memory verdict) {
        SignOff memory terms = given.terms;
        if (terms.deadline < time()) return no(8, "a sign-off expired");
        if (isCollective(terms.role)) {
            if (given.person != 0) return no(3, "a person signs off for a committee");
        } else {
            if (given.person == 0) return no(3, "nobody signs off");
            verdict = mayServe(given.person, terms.role, false);
            if (verdict.broken != 0) return no(3, verdict.why);
            if (people[given.person].id == versions[chosen].identity.author) return no(3, "the author signs off");
            if (terms.role == Role.DomainLead && !people[given.person].leads)
                return no(3, "the lead of another domain");
            if (keccak256(given.signer) != keccak256(people[given.person].signer)) return no(7, "the key was replaced");
        }
        SignOff memory due = _termsFor(chosen, stage, terms.role, given.person);
        (due.evidence, due.plan, due.deadline) = (evidence_, plan_, terms.deadline);
        if (given.signature.length > 0) return _isSigned(given, due);
        // A warrant without a signature carries no terms: what counts is whether these were ever consented to.
        return consented[_hashOf(due)][given.person] ? yes() : no(3, "a consent that was never given");
    }

    function _isSigned(Given memory given, SignOff memory due) private pure returns (Verdict memory) {
        SignOff memory terms = given.terms;
        if (!(terms.version == due.version)) return no(7, "a sign-off for another version counts");
        if (terms.stage != due.stage) return no(7, "a sign-off for another stage counts");
        if (terms.risk != due.risk) return no(7, "a sign-off for another risk counts");
        if (terms.evidence != due.evidence) return no(7, "a sign-off for other evidence counts");
        if (terms.plan != due.plan) return no(7, "a sign-off for another plan counts");
        if (terms.policyEpoch != due.policyEpoch) return no(7, "a sign-off of another policy epoch counts");
        if (terms.signingEpoch != due.signingEpoch) return no(7, "a sign-off of another signing epoch counts");
        return given.genuine ? yes() : no(7, "a sign-off is forged");
    }

    // Sign-offs

    /// @dev What the row asks for, often with something wrong.
    function _gather(uint256 chosen, Stage stage, bytes32 plan_) private returns (Given[] memory signOffs) {
        Risk risk = effective(chosen);
        uint16 row = stage < Stage.Validation || stage > Stage.Production ? 2 : rowOf(risk, stage);
        if (_oneIn(8)) row |= bits(Role(1 + _roll(11)));
        if (_oneIn(8)) row |= bits(Role.ResponsibleAIOfficer) | bits(Role.DomainLead);
        if (_oneIn(10)) row &= ~bits(Role(1 + _roll(4)));
        (uint256 alien, Given memory planted) = _plant(chosen, stage, plan_);
        if (alien != 0) row |= uint16(1 << alien);
        uint256 count;
        for (uint256 role = 1; role < 12; ++role) if ((row >> role) & 1 != 0) ++count;
        signOffs = new Given[](count);
        uint256 spoilt = count > 0 && _oneIn(3) ? _roll(count) : count;
        uint256 filled;
        for (uint256 role = 1; role < 12; ++role) {
            if ((row >> role) & 1 == 0) continue;
            uint256 person = isCollective(Role(role)) ? 0 : _signerFor(chosen, Role(role), signOffs, filled);
            SignOff memory terms = _termsFor(chosen, stage, Role(role), person);
            terms.plan = plan_;
            if (role == alien) signOffs[filled] = planted;
            else signOffs[filled] = filled == spoilt ? _spoil(terms, person) : _give(terms, person, true);
            ++filled;
        }
        if (count > 1 && _oneIn(8)) (signOffs[0], signOffs[1]) = (signOffs[1], signOffs[0]);
    }

    function _signerFor(
        uint256 chosen,
        Role role,
        Given[] memory before,
        uint256 filled
    ) private returns (uint256 person) {
        if (filled > 0 && people[before[filled - 1].person].roles & bits(role) != 0 && _oneIn(2)) {
            return before[filled - 1].person;
        }
        for (uint256 tries; tries < 4; ++tries) {
            person = _holder(role);
            bool fits = !(people[person].id == versions[chosen].identity.author);
            if (role == Role.DomainLead && !people[person].leads) fits = _oneIn(3);
            for (uint256 i; i < filled; ++i) if (before[i].person == person) fits = false;
            if (fits || _oneIn(10)) return person;
        }
    }

    function _termsFor(uint256 chosen, Stage stage, Role role, uint256 person) private view returns (SignOff memory) {
        return
            SignOff({
                version: versions[chosen].id,
                stage: stage,
                risk: effective(chosen),
                evidence: evidence(stage),
                plan: 0,
                policyEpoch: policyEpoch,
                role: role,
                signingEpoch: people[person].epoch,
                deadline: time() + SIGN_OFF_TERM
            });
    }

    /// @dev By signature, or by a transaction before: always the latter for a committee.
    function _give(SignOff memory terms, uint256 person, bool honest) private returns (Given memory given) {
        given.person = person;
        given.terms = terms;
        given.signer = people[person].signer;
        given.genuine = true;
        bool byCall = isCollective(terms.role) || (accountOf(person) != address(0) && _oneIn(4));
        if (byCall) {
            if (honest) _signsOff(terms, isCollective(terms.role) ? timelockOf(terms.role) : accountOf(person));
        } else {
            given.signature = _signWith(people[person].key, _digest(_hashOf(terms), block.chainid));
            if (_given.length < MANY_CARRIED) _given.push(given);
            else _given[_roll(MANY_CARRIED)] = given;
        }
    }

    /// @dev Something that must not count.
    function _spoil(SignOff memory terms, uint256 person) private returns (Given memory given) {
        uint256 kind = _roll(14);
        if (kind == 0) terms.stage = Stage((uint8(terms.stage) % 5) + 1);
        if (kind == 1) terms.risk = Risk((uint8(terms.risk) + 1) % 4);
        if (kind == 2) terms.evidence = keccak256("other evidence");
        if (kind == 3) terms.policyEpoch -= 1;
        if (kind == 4) terms.signingEpoch += 1;
        if (kind == 5) terms.deadline = time() - 1;
        if (kind == 6) person = isCollective(terms.role) ? person : _anyone();
        if (kind == 12) terms.plan = keccak256("another plan");
        if (kind == 13) terms.deadline = time() + 31 days;
        if (kind == 7) terms.version = versions[_anyVersion()].id;
        given = _give(terms, person, kind != 8);
        if (kind == 9 && given.signature.length > 0) {
            given.signature = _signWith(people[person].key, _digest(_hashOf(terms), block.chainid + 1));
            given.genuine = false;
        }
        if (kind == 10 && given.signature.length > 0) {
            given.signature = _signWith(stranger.key, _digest(_hashOf(terms), block.chainid));
            given.genuine = false;
        }
        if (kind == 11 && _given.length > 0) given = _given[_roll(_given.length)];
    }

    /// @dev Sometimes one by somebody who may not sign at all: the author, whoever keeps a key that was replaced, a member
    /// in the committee's place, or nobody in a person's. The role is zero if there is none.
    function _plant(uint256 chosen, Stage stage, bytes32 plan_) private returns (uint256 role, Given memory planted) {
        uint256 kind = _roll(32);
        if (kind > 3 || (kind == 1 && relics.length == 0)) return (0, planted);
        Relic memory relic;
        if (kind == 0) planted.person = _authorOf(chosen);
        if (kind == 1) relic = _oldKey();
        if (kind == 1) planted.person = relic.person;
        if (kind == 2) planted.person = _anyone();
        role =
            kind < 2 ? _firstRole(planted.person) : uint256(kind == 2 ? Role.OversightCommittee : Role.TechnicalLead);
        planted.terms = _termsFor(chosen, stage, Role(role), planted.person);
        planted.terms.plan = plan_;
        planted.signer = kind == 1 ? relic.signer : people[planted.person].signer;
        uint256 key = kind == 1 ? relic.key : people[planted.person].key;
        if (planted.person == 0) key = stranger.key;
        planted.signature = _signWith(key, _digest(_hashOf(planted.terms), block.chainid));
        planted.genuine = planted.person != 0;
    }

    function _authorOf(uint256 chosen) private view returns (uint256 person) {
        for (person = 1; person < people.length; ++person) {
            if (people[person].id == versions[chosen].identity.author) return person;
        }
        return 0;
    }

    /// @dev The first role that the person holds.
    function _firstRole(uint256 person) private view returns (uint256 role) {
        role = 1;
        while (role < 10 && (people[person].roles >> role) & 1 == 0) ++role;
    }

    /// @dev A key that was replaced, of somebody who may still act, if there is one.
    function _oldKey() private returns (Relic memory relic) {
        uint256 first = _roll(relics.length);
        for (uint256 i; i < relics.length; ++i) {
            relic = relics[(first + i) % relics.length];
            if (people[relic.person].roles != 0 && clearance(relic.person, false).broken == 0) return relic;
        }
    }

    /// @notice A committee consents before anybody asks: at most 30 days ahead.
    function consents(uint256 seed) external {
        _seed(seed);
        uint256 chosen = _anyVersion();
        Role role = [Role.OversightCommittee, Role.Assembly, Role.EmergencyCommittee][_roll(6) / 2];
        SignOff memory terms = _termsFor(chosen, _next(versions[chosen].stage), role, 0);
        terms.deadline = time() + uint40([uint256(1 days), 30 days, 30 days, 30 days + 1, 365 days][_roll(5)]);
        uint256 wrong = _roll(24);
        if (wrong == 0) terms.deadline = time() - 1;
        if (wrong == 1) --terms.policyEpoch;
        if (wrong == 2) ++terms.signingEpoch;
        _signsOff(terms, _caller(role));
    }

    /// @notice Somebody signs off by a transaction, in the first role that the person holds.
    function _signsOffAs(uint256 person) internal {
        uint256 chosen = _anyVersion();
        if (chosen == 0) return;
        Role role = Role(_firstRole(person));
        _signsOff(_termsFor(chosen, _next(versions[chosen].stage), role, person), _accountOrStranger(person));
    }

    function _signsOff(SignOff memory terms, address caller) private {
        Try memory act;
        act.caller = caller;
        act.target = address(rules);
        act.home = 3;
        act.verdict = mayAct(caller, terms.role, false);
        uint256 person = isCollective(terms.role) ? 0 : personAt(caller);
        _forbid(act, terms.deadline < time(), 8, "the deadline has passed");
        _forbid(
            act,
            isCollective(terms.role) && terms.deadline > time() + 30 days,
            8,
            "a committee consents more than 30 days ahead"
        );
        _forbid(act, terms.policyEpoch != policyEpoch, 7, "of another epoch");
        _forbid(act, terms.signingEpoch != people[person].epoch, 7, "consent ahead of a signing epoch");
        act.call = abi.encodeCall(IRules.signOff, (terms));
        act.trace = _trace(
            Action.SignedOff,
            actorOf(caller, terms.role),
            terms.role,
            VersionId.unwrap(terms.version),
            terms.evidence
        );
        if (_try(act)) consented[_hashOf(terms)][person] = true;
    }

    function _hashOf(SignOff memory terms) private pure returns (bytes32) {
        return keccak256(abi.encode(SIGN_OFF_TYPEHASH, terms));
    }

    function _warrants(Given[] memory signOffs) private pure returns (Warrant[] memory warrants) {
        warrants = new Warrant[](signOffs.length);
        for (uint256 i; i < signOffs.length; ++i) {
            Given memory given = signOffs[i];
            bytes memory signer = given.person == 0 ? bytes("") : given.signer;
            warrants[i] = Warrant(given.terms.role, given.terms.deadline, signer, given.signature);
        }
    }

    /// @dev Mostly one that has a stage before it, and whose label nobody else has claimed.
    function _youngVersion() private returns (uint256 chosen) {
        for (uint256 tries; tries < 8; ++tries) {
            chosen = _anyVersion();
            if (chosen == 0) return 0;
            GhostVersion storage young = versions[chosen];
            bool barred = young.stage == Stage.Development && labels[young.model][young.identity.label] != 0;
            if (young.stage < Stage.Production && (!barred || _oneIn(8))) return chosen;
        }
    }

    function _next(Stage stage) private pure returns (Stage) {
        return stage == Stage.Retired ? Stage.Production : Stage(uint8(stage) + 1);
    }
}
