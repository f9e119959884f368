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
    NO_VERSION,
    PersonId,
    Risk,
    Role,
    Stage,
    Standing,
    Tenure,
    VersionId
} from "./types/Types.sol";
import {VersionWord} from "./types/VersionWord.sol";

/// @notice What the chain says about a version.
struct VersionView {
    VersionId id;
    uint32 number;
    bytes32 manifestDigest;
    Stage stage;
    Risk declared;
    Risk raised;
    Risk effective;
    uint8 schema;
    uint256 satisfies;
    uint16 activeIn;
    uint40 registeredAt;
    uint40 stageSince;
    uint40 condemnedFrom;
}

/// @notice What the chain says about an environment of a model.
struct ActiveView {
    VersionId version;
    uint32 number;
    uint64 sequence;
    uint64 activation;
    uint40 since;
    Risk risk;
    Role haltedBy;
    uint40 haltedAt;
}

/// @notice Everything a verdict rests on, as of one block.
/// @param requiredStage The stage that the environment requires; None if there is no such environment.
/// @param requiredSchemas The schemas that the environment needs, as a bitmap.
/// @param missingSchemas Those among them that the version does not satisfy.
/// @param tenure How long the version was active there before; `ended` is zero if it never was replaced.
struct Provenance {
    uint256 chainId;
    uint256 blockNumber;
    uint256 timestamp;
    bool modelExists;
    bool modelSuspended;
    Risk floor;
    uint64 sequence;
    Stage requiredStage;
    uint256 requiredSchemas;
    uint256 missingSchemas;
    ActiveView active;
    VersionView version;
    Tenure tenure;
    bytes32 registryHead;
    bytes32 rulesHead;
}

/// @notice How a person stands, with all that follows from it.
struct PersonView {
    Standing standing;
    address account;
    bool cleared;
}

/// @title Lens
/// @notice Read-only answers in one call. It holds nothing and can change nothing.
contract Lens {
    IRegistry public immutable REGISTRY;
    IRules public immutable RULES;

    constructor(IRegistry registry) {
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
        (Model memory state, ) = REGISTRY.model(modelId);
        answer.chainId = block.chainid;
        answer.blockNumber = block.number;
        answer.timestamp = block.timestamp;
        answer.modelExists = state.exists;
        answer.modelSuspended = state.suspended;
        answer.floor = state.floor;
        answer.sequence = state.sequence;
        answer.requiredStage = RULES.stageOf(environment);
        answer.requiredSchemas = REGISTRY.requiredSchemas(modelId, environment);
        answer.active = _active(modelId, environment);
        answer.version = _version(modelId, version);
        answer.missingSchemas = answer.requiredSchemas & ~answer.version.satisfies;
        answer.tenure = REGISTRY.tenure(modelId, environment, version);
        answer.registryHead = REGISTRY.head();
        answer.rulesHead = RULES.head();
    }

    /// @notice How the holder of an account stands.
    function person(address account) external view returns (PersonView memory) {
        return personOf(RULES.standing(keccak256(abi.encodePacked(account))).person);
    }

    /// @notice How a person stands.
    function personOf(PersonId id) public view returns (PersonView memory) {
        return PersonView(RULES.standingOf(id), RULES.accountOf(id), RULES.isCleared(id));
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
        (state, domain) = REGISTRY.model(id);
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
                activation: word.activation(),
                since: word.since(),
                risk: word.risk(),
                haltedBy: word.haltedBy(),
                haltedAt: word.haltedAt()
            });
    }

    function _version(ModelId modelId, VersionId id) private view returns (VersionView memory view_) {
        if (id == NO_VERSION) return view_;
        (bytes32 manifestDigest, VersionWord word) = REGISTRY.version(id);
        (, uint256 satisfies) = REGISTRY.schema(modelId, word.schema());
        view_ = VersionView({
            id: id,
            number: word.number(),
            manifestDigest: manifestDigest,
            stage: word.stage(),
            declared: word.declared(),
            raised: word.raised(),
            effective: REGISTRY.effectiveRisk(modelId, id),
            schema: word.schema(),
            satisfies: satisfies,
            activeIn: word.activeIn(),
            registeredAt: word.registeredAt(),
            stageSince: word.stageSince(),
            condemnedFrom: word.condemnedFrom()
        });
    }
}
