// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "./interfaces/IRegistry.sol";
import {IRules} from "./interfaces/IRules.sol";
import {ActiveWord} from "./types/ActiveWord.sol";
import {
    DomainId,
    EnvironmentId,
    Incident,
    Model,
    ModelId,
    ModelState,
    PersonId,
    Risk,
    Role,
    Stage,
    Standing,
    VersionId
} from "./types/Types.sol";
import {ModelWord} from "./types/ModelWord.sol";
import {VersionWord} from "./types/VersionWord.sol";

/// @notice What the chain says about a version, in an environment.
/// @param belongs Whether it is a version of the model that was asked about. If not, `effective`, `satisfies` and the missing
/// schemas say nothing: they are reckoned with the model that was asked about.
/// @param effective The highest of the model's floor, the declared and the raised risk.
/// @param satisfies The schemas whose consumers it serves, as a bitmap.
/// @param proven See {IRegistry-isProven}, for the environment that was asked about.
/// @param target Whether one could roll back to it there: proven, not active there, not condemned, retired or released. A
/// senior goes back to one whose condemnation is not final, too.
struct VersionView {
    VersionId id;
    bool belongs;
    uint32 number;
    bytes32 manifestDigest;
    Stage stage;
    Risk declared;
    Risk raised;
    Risk effective;
    uint8 schema;
    uint256 satisfies;
    uint40 condemnedFrom;
    bool released;
    bool proven;
    bool target;
}

/// @notice What the chain says about an environment of a model.
/// @param since When it became active.
/// @param timer Since when it runs without interruption; while it is halted, when it was halted.
/// @param previous The number of the version that it replaced.
/// @param newest The highest number that was ever active there.
struct ActiveView {
    VersionId version;
    uint32 number;
    uint64 sequence;
    uint40 since;
    uint40 timer;
    Risk risk;
    Role haltedBy;
    bool incident;
    uint32 previous;
    uint32 newest;
}

/// @notice Everything a verdict rests on, as of one block.
/// @param requiredStage The stage that the environment requires; None if there is no such environment.
/// @param requiredSchemas The schemas that the environment needs, as a bitmap.
/// @param missingSchemas Those among them that the version does not satisfy.
struct Provenance {
    uint256 chainId;
    uint256 blockNumber;
    uint256 timestamp;
    ModelState modelState;
    Risk floor;
    uint64 sequence;
    Stage requiredStage;
    uint256 requiredSchemas;
    uint256 missingSchemas;
    ActiveView active;
    VersionView version;
    bytes32 registryHead;
    bytes32 rulesHead;
}

/// @notice How a person stands, with all that follows from it.
/// @param certifiedUntil The earliest expiry of the three curricula.
/// @param cleared Whether the person may act in full: appointed, certified, neither suspended nor waiting for an audit.
struct PersonView {
    PersonId person;
    Standing standing;
    bytes32 key;
    address account;
    uint40 certifiedUntil;
    bool cleared;
}

/// @title Lens
/// @notice Read-only answers in one call. It holds nothing and can change nothing.
contract Lens {
    error LensZeroAddress();

    IRegistry public immutable REGISTRY;
    IRules public immutable RULES;

    constructor(IRegistry registry) {
        if (address(registry) == address(0)) revert LensZeroAddress();
        REGISTRY = registry;
        RULES = registry.RULES();
    }

    /// @notice What is active in an environment, and everything a verdict on it rests on.
    function provenance(ModelId modelId, EnvironmentId environment) external view returns (Provenance memory) {
        (VersionId active, ) = REGISTRY.active(modelId, environment);
        return verdict(modelId, environment, active);
    }

    /// @notice The same about a version that is named.
    function verdict(
        ModelId modelId,
        EnvironmentId environment,
        VersionId version
    ) public view returns (Provenance memory answer) {
        (ModelWord state, ) = REGISTRY.model(modelId);
        answer.chainId = block.chainid;
        answer.blockNumber = block.number;
        answer.timestamp = block.timestamp;
        answer.modelState = state.state();
        answer.floor = state.floor();
        answer.sequence = state.sequence();
        (answer.requiredStage, ) = RULES.place(environment);
        answer.requiredSchemas = REGISTRY.requiredSchemas(modelId, environment);
        answer.active = _active(modelId, environment);
        answer.version = versionView(modelId, environment, version);
        answer.missingSchemas = answer.requiredSchemas & ~answer.version.satisfies;
        answer.registryHead = REGISTRY.head();
        answer.rulesHead = RULES.head();
    }

    /// @notice What the chain says about a version, in an environment. All zero for none.
    function versionView(
        ModelId modelId,
        EnvironmentId environment,
        VersionId id
    ) public view returns (VersionView memory view_) {
        (bytes32 manifestDigest, VersionWord word) = REGISTRY.version(id);
        if (word.number() == 0) return view_;
        (ModelWord state, ) = REGISTRY.model(modelId);
        (VersionId running, ) = REGISTRY.active(modelId, environment);
        (Stage required, uint16 place) = RULES.place(environment);
        view_.id = id;
        view_.belongs = word.model() == state.tag();
        view_.number = word.number();
        view_.manifestDigest = manifestDigest;
        view_.stage = word.stage();
        view_.declared = word.declared();
        view_.raised = word.raised();
        view_.effective = word.effective(state.floor());
        view_.schema = word.schema();
        (, view_.satisfies) = REGISTRY.schema(modelId, word.schema());
        view_.condemnedFrom = word.condemnedFrom();
        view_.released = word.released();
        view_.proven = required != Stage.None && REGISTRY.isProven(id, place);
        view_.target = view_.belongs && view_.proven && running != id && word.mayRun(required);
    }

    /// @notice Those of the versions named that one could roll back to in an environment.
    function targets(
        ModelId modelId,
        EnvironmentId environment,
        VersionId[] calldata candidates
    ) external view returns (VersionId[] memory found) {
        found = new VersionId[](candidates.length);
        uint256 count;
        for (uint256 i; i < candidates.length; ++i) {
            if (!versionView(modelId, environment, candidates[i]).target) continue;
            found[count] = candidates[i];
            ++count;
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    /// @notice How the holder of an account stands. All zero if it is nobody's.
    function person(address account) external view returns (PersonView memory) {
        return personView(RULES.personOf(keccak256(abi.encodePacked(account))));
    }

    /// @notice How a person stands.
    function personView(PersonId id) public view returns (PersonView memory) {
        Standing memory standing = RULES.standing(id);
        (bytes32 key, address account) = RULES.keyOf(id);
        bool cleared = RULES.isCleared(id, 0) && !standing.auditRequired;
        return PersonView(id, standing, key, account, RULES.certifiedUntil(id), cleared);
    }

    /// @notice An open incident, and whether its response is overdue.
    function incident(
        ModelId modelId,
        EnvironmentId environment
    ) external view returns (Incident memory found, bool overdue) {
        found = REGISTRY.incident(modelId, environment);
        overdue = found.respondBy != 0 && found.respondBy < block.timestamp;
    }

    /// @notice A model's word, its domain and its schemas.
    function model(
        ModelId id
    )
        external
        view
        returns (Model memory state, DomainId domain, bytes32[] memory digests, uint256[] memory satisfies)
    {
        ModelWord word;
        (word, domain) = REGISTRY.model(id);
        state = word.unpacked();
        digests = new bytes32[](state.schemas);
        satisfies = new uint256[](state.schemas);
        for (uint256 i; i < state.schemas; ++i) (digests[i], satisfies[i]) = REGISTRY.schema(id, uint8(i));
    }

    function _active(ModelId modelId, EnvironmentId environment) private view returns (ActiveView memory) {
        (VersionId id, ActiveWord word) = REGISTRY.active(modelId, environment);
        return
            ActiveView({
                version: id,
                number: word.number(),
                sequence: word.sequence(),
                since: word.since(),
                timer: word.timer(),
                risk: word.risk(),
                haltedBy: word.haltedBy(),
                incident: word.incident(),
                previous: word.previous(),
                newest: word.newest()
            });
    }
}
