// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {
    Action,
    Identity,
    ModelId,
    NO_VERSION,
    PersonId,
    Risk,
    Role,
    Stage,
    VersionId
} from "../../../contracts/types/Types.sol";
import {Warrant} from "../Life.sol";
import {Try} from "./Court.sol";
import {GhostVersion, Verdict} from "./Ghost.sol";
import {PromotionActs} from "./PromotionActs.sol";

/// @title Versions: registered by their authors or by whoever carries their signature; their risk, their defects, their end
abstract contract VersionActs is PromotionActs {
    bytes32 private constant REGISTRATION_TYPEHASH = keccak256(
        "Registration(bytes32 version,bytes32 parentVersion,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    uint256 private constant MANY_VERSIONS = 24;

    uint256 private _labels;

    // Registration

    function registers(uint256 seed) external {
        _seed(seed);
        if (versions.length > MANY_VERSIONS) return _promotes();
        GhostVersion memory made = _draft();
        uint256 author = owner[_keyOfPerson(made.identity.author)];
        Try memory act;
        act.target = address(registry);
        act.home = 1;
        if (_oneIn(2)) {
            _carriesRegistration(act, made, author);
        } else {
            act.caller = _oneIn(6) ? _caller(Role.ModelDeveloper) : _accountOrStranger(author);
            act.verdict = mayAct(act.caller, Role.ModelDeveloper, false);
            if (act.verdict.broken == 0) act.verdict = _mayRegister(made, personAt(act.caller));
            act.call = abi.encodeCall(IRegistry.register, (made.identity, made.parentVersion));
            act.trace.actor = actorOf(act.caller, Role.ModelDeveloper);
        }
        act.trace.action = Action.Registered;
        act.trace.authority = Role.ModelDeveloper;
        act.trace.subject = VersionId.unwrap(made.id);
        act.trace.document = made.identity.manifestDigest;
        if (!_try(act)) return;
        if (act.caller == stranger.account) _keep(act.target, act.call);
        made.number = ++models[made.model].versions;
        made.stage = Stage.Development;
        made.raised = made.identity.risk;
        versions.push(made);
    }

    function _draft() private returns (GhostVersion memory made) {
        uint256 model_ = _anyModel();
        uint256 author = _developerOf(model_);
        uint256 last = _anyVersion();
        Identity memory named = made.identity;
        made.model = model_;
        ++_labels;
        named.label = keccak256(abi.encode("label", _labels));
        if (last != 0 && _oneIn(5)) (made.model, named.label) = (versions[last].model, versions[last].identity.label);
        model_ = made.model;
        named.model = models[model_].id;
        named.manifestDigest = sha256(abi.encode("manifest", versions.length));
        named.artifactDigest = sha256(abi.encode("artifact", versions.length));
        named.risk = Risk([0, 0, 1, 1, 2, 3][_roll(6)]);
        if (named.risk < models[model_].floor && !_oneIn(3)) named.risk = models[model_].floor;
        named.author = people[author].id;
        uint256 schemas = models[model_].satisfies.length;
        named.schema = uint8(_oneIn(12) || schemas == 0 ? schemas : _roll(schemas));
        if (last != 0 && _oneIn(3)) {
            named.parent = versions[last].identity.manifestDigest;
            made.parentVersion = _oneIn(8) ? NO_VERSION : versions[_oneIn(8) ? _anyVersion() : last].id;
        }
        if (last != 0 && _oneIn(12)) made.identity = versions[last].identity;
        if (_oneIn(12)) named.artifactDigest = 0;
        made.model = _indexOf(made.identity.model);
        made.id = idOf(made.identity);
    }

    /// @dev Mostly one who may register.
    function _developerOf(uint256 model_) private returns (uint256 person) {
        bool outsider = _oneIn(5);
        for (uint256 tries; tries < 4; ++tries) {
            person = _holder(Role.ModelDeveloper);
            if (developers[model_][person] != outsider) return person;
        }
        for (person = 1; person < people.length; ++person) if (developers[model_][person] != outsider) return person;
        return _anyone();
    }

    function _carriesRegistration(Try memory act, GhostVersion memory made, uint256 author) private {
        uint256 wrong = _roll(12);
        uint256 signer = wrong == 0 ? _anyone() : author;
        uint40 deadline = wrong == 1 ? time() - 1 : time() + 1 days;
        uint32 epoch = people[signer].epoch + (wrong == 2 ? 1 : 0);
        Role role = wrong == 3 ? Role.TechnicalLead : Role.ModelDeveloper;
        uint256 key = wrong == 4 ? stranger.key : people[signer].key;
        VersionId signedParent = wrong == 5 ? VersionId.wrap(keccak256("another")) : made.parentVersion;
        bytes32 hash = keccak256(abi.encode(REGISTRATION_TYPEHASH, made.id, signedParent, role, epoch, deadline));
        Warrant memory warrant = Warrant(
            role,
            deadline,
            people[signer].signer,
            _signWith(key, _digest(hash, block.chainid))
        );
        act.caller = stranger.account;
        act.verdict = mayServe(signer, role, false);
        _forbid(act, role != Role.ModelDeveloper, 12, "not a developer's warrant");
        if (deadline < time()) act.verdict = no(8, "the warrant expired");
        if (epoch != people[signer].epoch) act.verdict = no(7, "the warrant is of another signing epoch");
        if (key != people[signer].key) act.verdict = no(7, "the warrant is forged");
        if (!(signedParent == made.parentVersion)) act.verdict = no(7, "the warrant is for another act");
        if (act.verdict.broken == 0) act.verdict = _mayRegister(made, signer);
        act.trace.actor = PersonId.unwrap(people[signer].id);
        act.call = abi.encodeCall(IRegistry.registerBySig, (made.identity, made.parentVersion, pack(warrant)));
    }

    function _mayRegister(GhostVersion memory made, uint256 actor) private view returns (Verdict memory) {
        Identity memory named = made.identity;
        if (!isOpen(made.model)) return no(5, "the model is not open");
        if (!(named.author == people[actor].id)) return no(1, "who registers is not the author");
        if (!developers[made.model][actor]) return no(12, "not a developer of the model");
        if (named.artifactDigest == 0) return no(1, "a digest is empty");
        if (named.schema >= models[made.model].satisfies.length) return no(1, "the schema is not known");
        if (named.risk < models[made.model].floor) return no(4, "the declared risk is below the floor");
        uint256 parent = _byId(made.parentVersion);
        if ((named.parent == 0) != (parent == 0)) return no(1, "the parent is not the one that is named");
        if (parent != 0 && versions[parent].identity.manifestDigest != named.parent) {
            return no(1, "the parent is another one");
        }
        return _byId(made.id) == 0 ? yes() : no(1, "the version exists");
    }

    // Risk

    function changesRisk(uint256 seed) external {
        _seed(seed);
        uint256 chosen = _anyVersion();
        uint256 kind = _roll(4);
        if (kind == 3) return _changesFloor();
        if (chosen == 0) return;
        if (kind < 2) return _raises(chosen);
        for (uint256 i = 1; i < versions.length && versions[chosen].raised <= _lowest(chosen); ++i) chosen = i;
        if (versions[chosen].raised <= _lowest(chosen)) _raises(chosen);
        _restores(chosen);
    }

    function _raises(uint256 chosen) internal {
        if (chosen == 0) return;
        Risk risk = Risk(_roll(4));
        if (effective(chosen) < Risk.Critical && !_oneIn(3)) risk = Risk(uint8(effective(chosen)) + 1);
        _raisesTo(chosen, risk);
    }

    function _raisesTo(uint256 chosen, Risk risk) internal {
        if (chosen == 0) return;
        Try memory act = _riskTry(Role.ResponsibleAIOfficer, Action.RiskRaised, chosen);
        _forbid(act, risk <= effective(chosen), 4, "the risk is not raised");
        act.call = abi.encodeCall(IRegistry.raiseRisk, (versions[chosen].identity, risk, DOCUMENT));
        if (_try(act)) versions[chosen].raised = risk;
    }

    function _restores(uint256 chosen) private {
        Risk risk = _oneIn(2) ? Risk(_roll(4)) : _lowest(chosen);
        if (_oneIn(4)) risk = versions[chosen].identity.risk;
        Try memory act = _riskTry(Role.OversightCommittee, Action.RiskRestored, chosen);
        // What was decided of one risk is not what is done to another, to which it was raised meanwhile.
        Risk raised = _oneIn(4) ? Risk(_roll(4)) : versions[chosen].raised;
        if (act.verdict.broken == 0) act.verdict = _mayRestore(chosen, raised, risk);
        act.call = abi.encodeCall(IRegistry.restoreRisk, (versions[chosen].identity, raised, risk, DOCUMENT));
        if (_try(act)) versions[chosen].raised = risk;
    }

    function _riskTry(Role role, Action action, uint256 chosen) private returns (Try memory act) {
        act.caller = _caller(role);
        act.target = address(registry);
        act.home = 4;
        act.verdict = mayAct(act.caller, role, false);
        act.trace = _trace(action, actorOf(act.caller, role), role, VersionId.unwrap(versions[chosen].id), DOCUMENT);
    }

    /// @dev What its risk may be restored to.
    function _lowest(uint256 chosen) private view returns (Risk) {
        GhostVersion storage version_ = versions[chosen];
        Risk floor = models[version_.model].floor;
        return version_.identity.risk > floor ? version_.identity.risk : floor;
    }

    function _mayRestore(uint256 chosen, Risk raised, Risk risk) private view returns (Verdict memory) {
        GhostVersion storage version_ = versions[chosen];
        if (risk < version_.identity.risk) return no(4, "below the declared risk");
        if (risk < models[version_.model].floor) return no(4, "below the floor");
        if (raised != version_.raised) return no(7, "it was raised to another risk");
        return risk < version_.raised ? yes() : no(4, "nothing to restore");
    }

    function _changesFloor() private {
        uint256 chosen = _anyModel();
        Risk floor = Risk(_roll(4));
        Role role = [Role.Assembly, Role.ResponsibleAIOfficer, Role.OversightCommittee][_roll(7) / 3];
        Try memory act;
        act.caller = _caller(role);
        act.target = address(registry);
        act.home = 4;
        act.verdict = mayAct(act.caller, role, false);
        if (role == Role.OversightCommittee) act.verdict = no(12, "the committee sets no floor");
        _forbid(act, role != Role.Assembly && floor <= models[chosen].floor, 4, "only the Assembly lowers a floor");
        act.call = abi.encodeCall(IRegistry.setFloor, (models[chosen].id, floor, role, DOCUMENT));
        act.trace = _trace(
            Action.FloorSet,
            actorOf(act.caller, role),
            role,
            ModelId.unwrap(models[chosen].id),
            DOCUMENT
        );
        if (!_try(act)) return;
        models[chosen].floor = floor;
        for (uint256 i = 1; i < versions.length; ++i) {
            if (versions[i].model == chosen && versions[i].identity.risk < floor && _oneIn(2)) return _restores(i);
        }
    }

    // The end of a version

    function recordsDefect(uint256 seed) external {
        _seed(seed);
        _recordsDefect(_anyVersion(), _oneIn(3) ? oversightTimelock : _accountOrStranger(_anyone()));
    }

    function _recordsDefect(uint256 chosen, address caller) internal {
        if (chosen == 0) return;
        Try memory act;
        act.caller = caller;
        act.target = address(registry);
        act.home = 5;
        act.verdict = mayAct(act.caller, Role.OversightCommittee, false);
        act.call = abi.encodeCall(IRegistry.recordDefect, (versions[chosen].identity, DOCUMENT));
        act.trace = _trace(
            Action.DefectRecorded,
            voice(act.caller),
            Role.OversightCommittee,
            VersionId.unwrap(versions[chosen].id),
            DOCUMENT
        );
        if (_try(act)) condemn(chosen, false);
    }

    function endsVersion(uint256 seed) external {
        _seed(seed);
        uint256 chosen = _anyVersion();
        _endsVersion(chosen);
        if (_oneIn(4)) _endsVersion(chosen);
    }

    function _endsYoung(uint256 chosen) internal override {
        _endsVersion(chosen);
    }

    function _endsVersion(uint256 chosen) internal {
        if (chosen == 0) return;
        bool retires = _oneIn(2);
        Role role = retires ? Role.ResponsibleAIOfficer : Role.Assembly;
        VersionId[] memory alternatives = _alternatives(chosen);
        Try memory act;
        act.caller = _caller(role);
        act.target = address(registry);
        act.home = 11;
        act.verdict = mayAct(act.caller, role, false);
        if (act.verdict.broken == 0) act.verdict = _mayEnd(chosen, retires, alternatives);
        Identity memory named = versions[chosen].identity;
        act.call = retires ? retireCall(named, alternatives) : releaseCall(named, alternatives);
        act.trace = _trace(
            retires ? Action.Retired : Action.Released,
            actorOf(act.caller, role),
            role,
            VersionId.unwrap(versions[chosen].id),
            retires ? REASON : DOCUMENT
        );
        if (!_try(act)) return;
        if (retires) versions[chosen].stage = Stage.Retired;
        else versions[chosen].released = true;
    }

    /// @dev Mostly the right ones.
    function _alternatives(uint256 chosen) private returns (VersionId[] memory alternatives) {
        uint256 count;
        for (uint256 place; place < environments.length; ++place) if (isTarget(chosen, place)) ++count;
        if (_oneIn(8)) count += 1;
        alternatives = new VersionId[](count);
        uint256 filled;
        for (uint256 place; place < environments.length; ++place) {
            if (!isTarget(chosen, place)) continue;
            uint256 other = _otherTarget(chosen, place);
            // What runs there is nothing to go back to.
            if (_oneIn(6)) other = _oneIn(2) ? _anyVersion() : places[versions[chosen].model][place].running;
            alternatives[filled++] = versions[other].id;
        }
    }

    function _otherTarget(uint256 chosen, uint256 place) private view returns (uint256) {
        uint256 model_ = versions[chosen].model;
        for (uint256 i = 1; i < versions.length; ++i) {
            if (i == chosen || versions[i].model != model_ || places[model_][place].running == i) continue;
            if (isTarget(i, place)) return i;
        }
        return 0;
    }

    function _mayEnd(
        uint256 chosen,
        bool retires,
        VersionId[] memory alternatives
    ) private view returns (Verdict memory) {
        GhostVersion storage version_ = versions[chosen];
        if (retires ? version_.stage == Stage.Retired : version_.released) return no(11, "it has ended before");
        uint256 used;
        for (uint256 place; place < environments.length; ++place) {
            if (places[version_.model][place].running == chosen) return no(11, "it is active");
            if (!isTarget(chosen, place)) continue;
            uint256 other = used < alternatives.length ? _byId(alternatives[used]) : 0;
            ++used;
            bool fits = other != 0 && other != chosen && versions[other].model == version_.model;
            if (!fits || !isTarget(other, place) || places[version_.model][place].running == other) {
                return no(11, "the last eligible target would be lost");
            }
        }
        return used == alternatives.length ? yes() : no(11, "alternatives for nothing");
    }

    function _keyOfPerson(PersonId id) private view returns (bytes32) {
        for (uint256 i = 1; i < people.length; ++i) if (people[i].id == id) return keccak256(people[i].signer);
        return 0;
    }
}
