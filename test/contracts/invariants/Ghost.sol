// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Thresholds} from "../../../contracts/interfaces/IRules.sol";
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
    VersionId
} from "../../../contracts/types/Types.sol";
import {Life} from "../Life.sol";

/// @notice What the policy says to an act: zero if it permits it, otherwise the invariant that its success would break.
struct Verdict {
    uint8 broken;
    string why;
}

struct GhostPerson {
    PersonId id;
    bytes signer;
    uint256 key;
    uint16 roles;
    bool leads;
    uint32 epoch;
    uint40 certifiedUntil;
    uint40 suspendedUntil;
    uint40 spareUntil;
    bool auditRequired;
    uint40[] violations;
    bytes heir;
    uint256 heirKey;
    uint40 heirFrom;
}

struct GhostModel {
    ModelId id;
    string name;
    DomainId domain;
    Risk floor;
    ModelState state;
    bool monitored;
    bool introduced;
    uint32 versions;
    uint40 sequence;
    uint256[] satisfies;
}

/// @notice `condemnedFrom` is zero or a time; `juniors` counts the rollbacks of it by operators and Monitors that nobody
/// undid; `approved` is the effective risk for which it was signed off into its stage.
struct GhostVersion {
    VersionId id;
    Identity identity;
    VersionId parentVersion;
    uint256 model;
    uint32 number;
    Stage stage;
    Risk raised;
    Risk approved;
    bool released;
    uint40 condemnedFrom;
    uint16 juniors;
}

/// @notice What runs at one model's environment. Versions are named by their index here, zero for none. `haltedBy` has
/// what runs halted, `halter` being who; where nothing runs it is the RAIO or the committee that withdrew the last one.
/// `juniorAt` is when an operator or a Monitor last rolled back here, `juniorTo` what they made active.
struct GhostPlace {
    uint256 running;
    uint256 before;
    uint32 newest;
    uint40 sequence;
    uint40 since;
    uint40 clock;
    Risk risk;
    Role haltedBy;
    bytes32 halter;
    bool soaked;
    bool incident;
    uint40 respondBy;
    uint40 juniorAt;
    uint256 juniorTo;
    uint256 required;
}

/// @title The ghost: what must have happened by the policy
/// @notice Written from the policy and docs, not from the contracts; no getter of theirs is asked. Index zero of people,
/// models and versions is nobody and nothing.
abstract contract Ghost is Life {
    GhostPerson[] internal people;
    GhostModel[] internal models;
    GhostVersion[] internal versions;
    EnvironmentId[] internal environments;
    Stage[] internal stages;

    mapping(uint256 version => mapping(uint256 environment => bool)) internal proven;
    mapping(uint256 model => mapping(uint256 environment => GhostPlace)) internal places;
    mapping(uint256 model => mapping(uint256 person => bool)) internal developers;
    mapping(uint256 model => mapping(bytes32 label => uint256 version)) internal labels;
    mapping(uint256 version => mapping(uint256 environment => mapping(bytes32 actor => uint40))) internal haltedAt;
    mapping(bytes32 terms => mapping(uint256 person => bool)) internal consented;
    mapping(bytes32 terms => uint40 until) internal agreed;

    mapping(bytes32 key => uint256 person) internal owner;
    mapping(bytes32 key => bool) internal spent;
    uint40[3] internal openSuspensions;

    uint32 internal policyEpoch;
    uint40 internal reviewAt;
    uint16[12] internal matrixRows;
    Thresholds internal limits;

    // The policy's own table (5.1): its row to enter Production, the row's first role before

    function floorRow(Risk risk, Stage stage) internal pure returns (uint16 row) {
        if (risk == Risk.Low) return bits(Role.TechnicalLead);
        row = bits(Role.ResponsibleAIOfficer);
        if (stage != Stage.Production) return row;
        if (risk >= Risk.High) row |= bits(Role.DomainLead);
        if (risk == Risk.Critical) row |= bits(Role.OversightCommittee);
    }

    function rowOf(Risk risk, Stage stage) internal view returns (uint16) {
        return matrixRows[uint256(risk) * 3 + uint256(stage) - uint256(Stage.Validation)];
    }

    // Verdicts

    function yes() internal pure returns (Verdict memory) {
        return Verdict(0, "");
    }

    function no(uint8 broken, string memory why) internal pure returns (Verdict memory) {
        return Verdict(broken, why);
    }

    // Who may act

    function timelockOf(Role role) internal view returns (address) {
        if (role == Role.Assembly) return assemblyTimelock;
        if (role == Role.OversightCommittee) return oversightTimelock;
        return role == Role.EmergencyCommittee ? emergencyTimelock : address(0);
    }

    function isCollective(Role role) internal view returns (bool) {
        return timelockOf(role) != address(0);
    }

    function personAt(address account) internal view returns (uint256) {
        return owner[keccak256(abi.encodePacked(account))];
    }

    /// @notice Lapsed, suspended or to be audited, nobody acts; a lapsed certificate, or an audit, leaves the brake.
    function clearance(uint256 person, bool brake) internal view returns (Verdict memory) {
        GhostPerson storage asked = people[person];
        if (uint256(asked.certifiedUntil) + (brake ? 30 days : 0) <= time()) return no(11, "the certificate lapsed");
        if (asked.suspendedUntil > time()) return no(11, "the person is suspended");
        if (asked.auditRequired && !brake) return no(11, "an audit is required");
        return yes();
    }

    function mayAct(address caller, Role role, bool brake) internal view returns (Verdict memory) {
        if (isCollective(role)) return caller == timelockOf(role) ? yes() : no(12, "not the committee's timelock");
        return mayServe(personAt(caller), role, brake);
    }

    function mayServe(uint256 person, Role role, bool brake) internal view returns (Verdict memory) {
        if (person == 0) return no(12, "nobody's key");
        if (people[person].roles & bits(role) == 0) return no(11, "the person does not hold the role");
        return clearance(person, brake);
    }

    function actorOf(address caller, Role role) internal view returns (bytes32) {
        return isCollective(role) ? voice(caller) : PersonId.unwrap(people[personAt(caller)].id);
    }

    // Risk

    function effective(uint256 version) internal view returns (Risk risk) {
        GhostVersion storage asked = versions[version];
        risk = models[asked.model].floor;
        if (asked.identity.risk > risk) risk = asked.identity.risk;
        if (asked.raised > risk) risk = asked.raised;
    }

    function rank(Role role) internal pure returns (uint256) {
        if (role == Role.Assembly) return 4;
        if (role == Role.EmergencyCommittee || role == Role.OversightCommittee) return 3;
        return role == Role.ResponsibleAIOfficer ? 2 : 1;
    }

    function isJunior(Role role) internal pure returns (bool) {
        return role == Role.SystemOperator || role == Role.Monitor;
    }

    /// @notice Policy 6.3.
    function mayRollBack(Role role, Risk risk) internal pure returns (bool) {
        if (isJunior(role)) return risk <= Risk.Medium;
        if (role == Role.ResponsibleAIOfficer) return risk <= Risk.High;
        return role == Role.EmergencyCommittee || role == Role.Assembly;
    }

    function isSenior(Role role) internal pure returns (bool) {
        return rank(role) > 1;
    }

    function mayHalt(Role role, Risk risk) internal pure returns (bool) {
        return isJunior(role) ? risk <= Risk.Medium : isSenior(role);
    }

    // Versions and places

    function isOpen(uint256 model_) internal view returns (bool) {
        return models[model_].state == ModelState.Open;
    }

    function mayRun(uint256 version, Stage stage) internal view returns (bool) {
        GhostVersion storage asked = versions[version];
        if (version == 0 || asked.stage == Stage.Retired || asked.stage < stage) return false;
        return asked.condemnedFrom == 0 && !asked.released;
    }

    /// @notice Whether a senior has a version halted in the environment of the stage that it has reached.
    function isHeldAtHome(uint256 version) internal view returns (bool) {
        GhostVersion storage asked = versions[version];
        if (asked.stage < Stage.Validation || asked.stage == Stage.Retired) return false;
        GhostPlace storage home = places[asked.model][environmentOfStage(asked.stage)];
        return home.running == version && isSenior(home.haltedBy);
    }

    function isTarget(uint256 version, uint256 environment) internal view returns (bool) {
        return mayRun(version, Stage.Validation) && proven[version][environment];
    }

    function soakTime(Risk risk) internal view returns (uint256) {
        return limits.soak[uint256(risk)];
    }

    function hasSoaked(GhostPlace storage place) internal view returns (bool) {
        if (place.soaked) return true;
        return place.haltedBy == Role.None && time() >= place.clock + soakTime(place.risk);
    }

    function missingSchemas(uint256 model_, uint256 environment, uint256 version) internal view returns (uint256) {
        uint256 required = places[model_][environment].required;
        if (version == 0) return required;
        return required & ~models[model_].satisfies[versions[version].identity.schema];
    }

    /// @notice What has become dangerous since it became active counts as that.
    function gravest(GhostPlace storage place) internal view returns (Risk risk) {
        risk = effective(place.running);
        if (place.risk > risk) risk = place.risk;
    }

    /// @notice One version, or none, takes the place of another.
    function moves(uint256 model_, uint256 environment, uint256 version, Risk risk) internal {
        GhostPlace storage place = places[model_][environment];
        // Whom the RAIO or a committee has halted, nobody goes back to past them.
        if (isSenior(place.haltedBy)) proven[place.running][environment] = false;
        else if (place.running != 0 && hasSoaked(place)) proven[place.running][environment] = true;
        place.before = place.running;
        place.running = version;
        place.sequence = ++models[model_].sequence;
        place.since = time();
        place.clock = time();
        place.risk = risk;
        place.haltedBy = Role.None;
        place.soaked = false;
        place.incident = false;
        if (versions[version].number > place.newest) place.newest = versions[version].number;
    }

    function condemn(uint256 version, bool byJunior) internal {
        GhostVersion storage guilty = versions[version];
        uint40 from = time();
        if (byJunior) {
            from += 24 hours;
            ++guilty.juniors;
        }
        if (guilty.condemnedFrom == 0 || guilty.condemnedFrom > from) guilty.condemnedFrom = from;
    }

    // Reviews

    function wouldPull() internal view returns (bool) {
        return reviewAt > time() + 30 days;
    }

    function pullReview() internal {
        if (wouldPull()) reviewAt = time() + 30 days;
    }

    // Ids

    function idOf(Identity memory named) internal view returns (VersionId) {
        return VersionId.wrap(keccak256(abi.encode(block.chainid, registry, named)));
    }

    function accountOf(uint256 person) internal view returns (address) {
        bytes memory signer = people[person].signer;
        return signer.length == 20 ? address(bytes20(signer)) : address(0);
    }

    function environmentOfStage(Stage stage) internal pure returns (uint256) {
        return uint256(stage) - uint256(Stage.Validation);
    }
}
