// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Halt, IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {
    Appointment,
    Certificate,
    Genesis,
    IRules,
    SignOff,
    Step,
    Thresholds
} from "../../contracts/interfaces/IRules.sol";
import {Matrix} from "../../contracts/types/Matrix.sol";
import {
    DomainId,
    EnvironmentId,
    Identity,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    VersionId
} from "../../contracts/types/Types.sol";
import {CommitteeSettings, ICommittee, ISeats, Scope} from "./Governance.sol";
import {Life, Warrant} from "./Life.sol";
import {Motion} from "./Society.sol";
import {vm} from "./Vm.sol";

// As the contracts' own structs, but with numbers where those have enumerations: chance names members that there are not.

struct AnyRollback {
    ModelId model;
    EnvironmentId environment;
    VersionId from;
    VersionId to;
    uint8 trigger;
    bytes32 reason;
    bytes32 plan;
}

struct AnyHalt {
    ModelId model;
    EnvironmentId environment;
    VersionId version;
    uint8 trigger;
    bytes32 reason;
}

struct AnyIdentity {
    ModelId model;
    bytes32 label;
    bytes32 manifestDigest;
    bytes32 artifactDigest;
    bytes32 parent;
    uint8 schema;
    uint8 risk;
    PersonId author;
}

struct AnySignOff {
    VersionId version;
    uint8 stage;
    uint8 risk;
    bytes32 evidence;
    bytes32 plan;
    uint32 policyEpoch;
    uint8 role;
    uint32 signingEpoch;
    uint40 deadline;
}

struct AnyStep {
    VersionId version;
    uint8 stage;
    uint8 risk;
    bytes32 evidence;
    bytes32 plan;
    PersonId author;
    DomainId domain;
}

/// @title Whatever anyone without a right sends to any function is refused, and changes nothing
/// @notice One test for each function that is not a view; test/refusals/functions.test.ts sees that none is forgotten.
contract RefusalsTest is Life {
    bytes4 private constant PANIC = bytes4(keccak256("Panic(uint256)"));

    Identity private _named;
    VersionId private _version;
    bytes32 private _registryHead;
    bytes32 private _rulesHead;

    function setUp() public override {
        super.setUp();
        _named = identity("1.0.0", Risk.Low);
        _version = version("1.0.0", Risk.Low, Stage.Production);
        (_registryHead, _rulesHead) = (registry.head(), rules.head());
    }

    // Registry

    function testFuzzCreateModelIsRefused(
        address caller,
        string calldata name,
        bytes32 domain,
        uint8 floor,
        PersonId[] calldata developers,
        bytes32 document
    ) external {
        _refused(
            caller,
            address(registry),
            abi.encodeCall(IRegistry.createModel, (name, DomainId.wrap(domain), Risk(floor % 4), developers, document))
        );
    }

    function testFuzzSetDeveloperIsRefused(address caller, PersonId person, bool allowed, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.setDeveloper, (model, person, allowed, document)));
    }

    function testFuzzAddSchemaIsRefused(address caller, bytes32 digest, uint256 satisfies, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.addSchema, (model, digest, satisfies, document)));
    }

    function testFuzzRequireSchemasIsRefused(
        address caller,
        EnvironmentId environment,
        uint256 schemas,
        bytes32 document
    ) external {
        _refused(
            caller,
            address(registry),
            abi.encodeCall(IRegistry.requireSchemas, (model, environment, schemas, document))
        );
    }

    function testFuzzSetMonitoredIsRefused(address caller, ModelId id, bool monitored, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.setMonitored, (id, monitored, document)));
    }

    function testFuzzSetFloorIsRefused(address caller, uint8 floor, uint8 role, bytes32 document) external {
        _refused(
            caller,
            address(registry),
            abi.encodeCall(IRegistry.setFloor, (model, Risk(floor % 4), Role(role % 12), document))
        );
    }

    function testFuzzRaiseRiskIsRefused(address caller, uint8 risk, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.raiseRisk, (_named, Risk(risk % 4), document)));
    }

    function testFuzzRestoreRiskIsRefused(address caller, uint8 raised, uint8 risk, bytes32 document) external {
        _refused(
            caller,
            address(registry),
            abi.encodeCall(IRegistry.restoreRisk, (_named, Risk(raised % 4), Risk(risk % 4), document))
        );
    }

    function testFuzzRecordDefectIsRefused(address caller, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.recordDefect, (_named, document)));
    }

    function testFuzzSuspendModelIsRefused(address caller, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.suspendModel, (model, document)));
    }

    function testFuzzReinstateModelIsRefused(address caller, ModelId id, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.reinstateModel, (id, document)));
    }

    function testFuzzMoveModelIsRefused(address caller, uint256 chainId, address elsewhere, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.moveModel, (model, chainId, elsewhere, document)));
    }

    function testFuzzReleaseIsRefused(address caller, VersionId[] calldata alternatives, bytes32 document) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.release, (_named, alternatives, document)));
    }

    function testFuzzRetireIsRefused(address caller, VersionId[] calldata alternatives, bytes32 reason) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.retire, (_named, alternatives, reason)));
    }

    function testFuzzRegisterIsRefused(address caller, AnyIdentity calldata named, VersionId parentVersion) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.register, (_of(named), parentVersion)));
    }

    function testFuzzActivateIsRefused(address caller, EnvironmentId environment, bytes32 anyPlan) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.activate, (_named, environment, anyPlan)));
    }

    function testFuzzRollbackIsRefused(address caller, AnyRollback calldata ordered, uint8 role) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.rollback, (_of(ordered), Role(role % 12))));
    }

    function testFuzzWithdrawIsRefused(address caller, AnyRollback calldata ordered, uint8 role) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.withdraw, (_of(ordered), Role(role % 12))));
    }

    function testFuzzOverruleIsRefused(address caller, AnyRollback calldata ordered) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.overrule, (_of(ordered))));
    }

    function testFuzzHaltIsRefused(address caller, AnyHalt calldata ordered, uint8 role) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.halt, (_of(ordered), Role(role % 12))));
    }

    function testFuzzResumeIsRefused(address caller, AnyHalt calldata ordered, uint40 sequence, uint8 role) external {
        _refused(
            caller,
            address(registry),
            abi.encodeCall(IRegistry.resume, (_of(ordered), sequence, Role(role % 12)))
        );
    }

    function testFuzzLapseIsRefused(address caller, ModelId id, EnvironmentId environment) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.lapse, (id, environment)));
    }

    function testFuzzReportTriggerIsRefused(address caller, AnyHalt calldata ordered, uint8 role) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.reportTrigger, (_of(ordered), Role(role % 12))));
    }

    function testFuzzCloseIncidentIsRefused(address caller, EnvironmentId environment, bytes32 reason) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.closeIncident, (model, environment, reason)));
    }

    function testFuzzRegisterBySigIsRefused(
        address caller,
        AnyIdentity calldata named,
        bytes calldata warrant
    ) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.registerBySig, (_of(named), NO_VERSION, warrant)));
    }

    function testFuzzRollbackBySigIsRefused(
        address caller,
        AnyRollback calldata ordered,
        bytes calldata warrant
    ) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.rollbackBySig, (_of(ordered), warrant)));
    }

    function testFuzzHaltBySigIsRefused(address caller, bytes calldata warrant) external {
        _refused(caller, address(registry), abi.encodeCall(IRegistry.haltBySig, (stop(_version), warrant)));
    }

    /// @dev Each field of a good warrant matters: one bit elsewhere, or one byte less, and it is none.
    function testFuzzHaltBySigWithOneBitWrongIsRefused(uint256 bit, uint8 cut) external {
        bytes memory warrant = _haltWarrant();
        if (cut % 2 == 0) {
            uint256 place = bit % (8 * warrant.length);
            warrant[place / 8] = warrant[place / 8] ^ bytes1(uint8(1 << (place % 8)));
        } else {
            assembly ("memory-safe") {
                mstore(warrant, mod(bit, mload(warrant)))
            }
        }
        bytes memory call = abi.encodeCall(IRegistry.haltBySig, (stop(_version), warrant));
        _refused(stranger.account, address(registry), call);
    }

    function testFuzzHaltBySigWithMoreThanOneWarrantIsRefused(bytes calldata more) external {
        bytes memory warrant = abi.encodePacked(_haltWarrant(), more, bytes1(0));
        bytes memory call = abi.encodeCall(IRegistry.haltBySig, (stop(_version), warrant));
        _refused(stranger.account, address(registry), call);
    }

    /// @dev The same warrant, whole, is good: or the two tests above would show nothing.
    function testAWholeWarrantHalts() external {
        does(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.haltBySig, (stop(_version), _haltWarrant()))
        );
    }

    function testFuzzPromoteIsRefused(
        address caller,
        uint8 stage,
        bytes32 anyEvidence,
        bytes calldata signOffs
    ) external {
        Identity memory named = identity("2.0.0", Risk.High);
        register(named);
        _registryHead = registry.head();
        _refused(
            caller,
            address(registry),
            abi.encodeCall(IRegistry.promote, (named, Stage(stage % 6), anyEvidence, 0, signOffs))
        );
    }

    // Rules

    function testFuzzAppointIsRefused(address caller, Appointment calldata appointment, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.appoint, (appointment, document)));
    }

    function testFuzzSetRolesIsRefused(address caller, uint16 roles, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.setRoles, (ada.id, roles, document)));
    }

    function testFuzzSetDomainIsRefused(address caller, bytes32 domain, bool leads, bytes32 document) external {
        _refused(
            caller,
            address(rules),
            abi.encodeCall(IRules.setDomain, (ada.id, DomainId.wrap(domain), leads, document))
        );
    }

    function testFuzzAddEnvironmentIsRefused(
        address caller,
        EnvironmentId environment,
        uint8 stage,
        bytes32 document
    ) external {
        _refused(
            caller,
            address(rules),
            abi.encodeCall(IRules.addEnvironment, (environment, Stage(stage % 6), document))
        );
    }

    function testFuzzStartEpochIsRefused(
        address caller,
        uint192 matrix,
        Thresholds calldata limits,
        bytes32 document
    ) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.startEpoch, (document, Matrix.wrap(matrix), limits)));
    }

    function testFuzzReinstateIsRefused(address caller, PersonId person, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.reinstate, (person, document)));
    }

    function testFuzzSanctionIsRefused(address caller, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.sanction, (ada.id, document)));
    }

    function testFuzzStartRecoveryIsRefused(address caller, bytes calldata signer, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.startRecovery, (ada.id, signer, document)));
    }

    function testFuzzSuspendIsRefused(address caller, uint40 until, uint8 role, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.suspend, (ben.id, until, Role(role % 12), document)));
    }

    function testFuzzCertifyIsRefused(
        address caller,
        Certificate calldata certificate,
        uint8 role,
        bytes32 document
    ) external {
        _refused(
            caller,
            address(rules),
            abi.encodeCall(IRules.certify, (ben.id, certificate, Role(role % 12), document))
        );
    }

    function testFuzzConsentToEpochIsRefused(address caller, bytes32 terms) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.consentToEpoch, (terms)));
    }

    function testFuzzRecordReviewIsRefused(address caller, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.recordReview, (document)));
    }

    function testFuzzRecordViolationIsRefused(address caller, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.recordViolation, (ben.id, document)));
    }

    function testFuzzAcceptAuditIsRefused(address caller, PersonId person, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.acceptAudit, (person, document)));
    }

    function testFuzzOrderReviewIsRefused(address caller, uint8 role, bytes32 document) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.orderReview, (Role(role % 12), document)));
    }

    function testFuzzSignOffIsRefused(address caller, AnySignOff calldata terms) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.signOff, (_of(terms))));
    }

    function testFuzzRotateIsRefused(
        address caller,
        bytes calldata currentSignature,
        bytes calldata signer,
        bytes calldata signature
    ) external {
        _refused(
            caller,
            address(rules),
            abi.encodeCall(IRules.rotate, (abi.encodePacked(ada.account), currentSignature, signer, signature))
        );
    }

    function testFuzzObjectToRecoveryIsRefused(
        address caller,
        PersonId person,
        bytes calldata current,
        bytes calldata signature
    ) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.objectToRecovery, (person, current, signature)));
    }

    function testFuzzRecoverIsRefused(
        address caller,
        PersonId person,
        bytes calldata signer,
        bytes calldata signature
    ) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.recover, (person, signer, signature)));
    }

    function testFuzzPullReviewIsRefused(address caller, bytes32 subject) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.pullReview, (subject)));
    }

    function testFuzzAuthorizeIsRefused(address caller, uint8 role, bool brake) external {
        caller = _withoutRight(caller);
        _refused(caller, address(rules), abi.encodeCall(IRules.authorize, (caller, Role(role % 12), brake)));
    }

    function testFuzzAuthorizeBySigIsRefused(
        address caller,
        bytes calldata terms,
        bytes calldata warrant,
        bool brake
    ) external {
        _refused(caller, address(rules), abi.encodeCall(IRules.authorizeBySig, (terms, warrant, brake)));
    }

    function testFuzzRequireSignOffsIsRefused(address caller, AnyStep memory step, bytes calldata signOffs) external {
        step.stage = uint8(Stage.Production);
        _refused(caller, address(rules), abi.encodeCall(IRules.requireSignOffs, (_of(step), signOffs)));
    }

    // Seats

    function testFuzzGrantIsRefused(address caller, PersonId person) external {
        _refused(caller, address(assemblySeats), abi.encodeCall(ISeats.grant, (person)));
    }

    function testFuzzWithdrawIsRefused(address caller, uint8 chosen) external {
        _refused(caller, address(assemblySeats), abi.encodeCall(ISeats.withdraw, (assemblyMembers()[chosen % 12])));
    }

    function testFuzzClearIsRefused(address caller, uint8 chosen) external {
        _refused(caller, address(assemblySeats), abi.encodeCall(ISeats.clear, (assemblyMembers()[chosen % 12])));
    }

    function testFuzzFollowIsRefused(address caller, PersonId person) external {
        if (assemblySeats.holds(person)) return;
        _refused(caller, address(assemblySeats), abi.encodeCall(ISeats.follow, (person)));
    }

    /// @dev Not even who has a seat lends its vote.
    function testFuzzDelegateIsRefused(address caller, address to, uint8 chosen) external {
        bytes memory call = abi.encodeCall(ISeats.delegate, (to));
        _refused(caller, address(assemblySeats), call);
        _refusedTo(assemblySeats.ownerOf(_seat(chosen)), address(assemblySeats), call);
    }

    function testFuzzDelegateBySigIsRefused(
        address caller,
        address to,
        uint256 nonce,
        uint256 expiry,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        bytes memory call = abi.encodeCall(ISeats.delegateBySig, (to, nonce, expiry, v, r, s));
        _refused(caller, address(emergencySeats), call);
    }

    function testFuzzApproveIsRefused(address caller, address to, uint256 seat) external {
        _refused(caller, address(assemblySeats), abi.encodeCall(IERC721.approve, (to, seat)));
    }

    function testFuzzTransferFromIsRefused(address caller, address to, uint8 chosen) external {
        uint256 seat = _seat(chosen);
        address holder = assemblySeats.ownerOf(seat);
        _refused(caller, address(assemblySeats), abi.encodeCall(IERC721.transferFrom, (holder, to, seat)));
        _refusedTo(holder, address(assemblySeats), abi.encodeCall(IERC721.transferFrom, (holder, to, seat)));
    }

    function testFuzzSafeTransferFromIsRefused(address caller, address to, uint8 chosen, bytes calldata data) external {
        uint256 seat = _seat(chosen);
        address holder = assemblySeats.ownerOf(seat);
        bytes memory call = abi.encodeWithSignature(
            "safeTransferFrom(address,address,uint256,bytes)",
            holder,
            to,
            seat,
            data
        );
        _refused(caller, address(assemblySeats), call);
        _refusedTo(holder, address(assemblySeats), call);
    }

    /// @dev An approval is worth nothing: whom everybody approves moves no seat.
    function testFuzzSetApprovalForAllIsRefused(address friend, uint8 chosen) external {
        friend = _withoutRight(friend);
        uint256 seat = _seat(chosen);
        address holder = assemblySeats.ownerOf(seat);
        does(holder, address(assemblySeats), abi.encodeCall(IERC721.setApprovalForAll, (friend, true)));
        _refused(friend, address(assemblySeats), abi.encodeCall(IERC721.transferFrom, (holder, friend, seat)));
    }

    // Committees

    function testFuzzSetQuorumsIsRefused(address caller, uint104 quorum, uint104 superQuorum) external {
        _refused(caller, address(assemblyCommittee), abi.encodeCall(ICommittee.setQuorums, (quorum, superQuorum)));
    }

    function testFuzzSetVotingDelayIsRefused(address caller, uint48 delay) external {
        _refused(caller, address(assemblyCommittee), abi.encodeCall(ICommittee.setVotingDelay, (delay)));
    }

    function testFuzzSetVotingPeriodIsRefused(address caller, uint32 period) external {
        _refused(caller, address(assemblyCommittee), abi.encodeCall(ICommittee.setVotingPeriod, (period)));
    }

    function testFuzzSetProposalThresholdIsRefused(address caller, uint256 votes) external {
        _refused(caller, address(assemblyCommittee), abi.encodeCall(ICommittee.setProposalThreshold, (votes)));
    }

    function testFuzzSetLateQuorumVoteExtensionIsRefused(address caller, uint48 extension) external {
        _refused(
            caller,
            address(assemblyCommittee),
            abi.encodeCall(ICommittee.setLateQuorumVoteExtension, (extension))
        );
    }

    function testFuzzUpdateTimelockIsRefused(address caller, address timelock) external {
        _refused(caller, address(assemblyCommittee), abi.encodeCall(ICommittee.updateTimelock, (timelock)));
    }

    function testFuzzRelayIsRefused(address caller, address target, uint256 value, bytes calldata data) external {
        _refused(caller, address(assemblyCommittee), abi.encodeCall(ICommittee.relay, (target, value, data)));
    }

    function testFuzzProposeIsRefused(
        address caller,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calls,
        string calldata description
    ) external {
        bytes memory call = abi.encodeCall(IGovernor.propose, (targets, values, calls, description));
        _refused(caller, address(emergencyCommittee), call);
        _refusedTo(jonas.account, address(emergencyCommittee), call);
    }

    function testFuzzQueueIsRefused(
        address caller,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calls,
        bytes32 description
    ) external {
        bytes memory call = abi.encodeCall(IGovernor.queue, (targets, values, calls, description));
        _refused(caller, address(assemblyCommittee), call);
    }

    function testFuzzExecuteIsRefused(
        address caller,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calls,
        bytes32 description
    ) external {
        bytes memory call = abi.encodeCall(IGovernor.execute, (targets, values, calls, description));
        _refused(caller, address(assemblyCommittee), call);
    }

    function testFuzzCancelIsRefused(address caller) external {
        Motion memory proposed = _proposed();
        _refused(caller, address(emergencyCommittee), cancelCall(proposed));
    }

    function testFuzzCastVoteIsRefused(address caller, uint8 support) external {
        uint256 id = proposalId(_proposed());
        _refused(caller, address(emergencyCommittee), abi.encodeCall(IGovernor.castVote, (id, support)));
    }

    function testFuzzCastVoteWithReasonIsRefused(address caller, uint8 support, string calldata reason) external {
        uint256 id = proposalId(_proposed());
        bytes memory call = abi.encodeCall(IGovernor.castVoteWithReason, (id, support, reason));
        _refused(caller, address(emergencyCommittee), call);
    }

    function testFuzzCastVoteWithReasonAndParamsIsRefused(
        address caller,
        uint8 support,
        string calldata reason,
        bytes calldata params
    ) external {
        uint256 id = proposalId(_proposed());
        bytes memory call = abi.encodeCall(IGovernor.castVoteWithReasonAndParams, (id, support, reason, params));
        _refused(caller, address(emergencyCommittee), call);
    }

    function testFuzzCastVoteBySigIsRefused(address caller, uint8 support, bytes calldata signature) external {
        uint256 id = proposalId(_proposed());
        bytes memory call = abi.encodeCall(IGovernor.castVoteBySig, (id, support, jonas.account, signature));
        _refused(caller, address(emergencyCommittee), call);
    }

    function testFuzzCastVoteWithReasonAndParamsBySigIsRefused(
        address caller,
        uint8 support,
        string calldata reason,
        bytes calldata params,
        bytes calldata signature
    ) external {
        uint256 id = proposalId(_proposed());
        bytes memory call = abi.encodeCall(
            IGovernor.castVoteWithReasonAndParamsBySig,
            (id, support, jonas.account, reason, params, signature)
        );
        _refused(caller, address(emergencyCommittee), call);
    }

    /// @dev A governor that keeps what it is sent could act with it: it takes no token.
    function testFuzzOnERC721ReceivedIsRefused(address caller, uint256 token, bytes calldata data) external {
        bytes memory call = abi.encodeWithSignature(
            "onERC721Received(address,address,uint256,bytes)",
            caller,
            caller,
            token,
            data
        );
        _refused(caller, address(assemblyCommittee), call);
    }

    function testFuzzOnERC1155ReceivedIsRefused(address caller, uint256 token, bytes calldata data) external {
        bytes memory call = abi.encodeWithSignature(
            "onERC1155Received(address,address,uint256,uint256,bytes)",
            caller,
            caller,
            token,
            1,
            data
        );
        _refused(caller, address(assemblyCommittee), call);
    }

    function testFuzzOnERC1155BatchReceivedIsRefused(
        address caller,
        uint256[] calldata tokens,
        bytes calldata data
    ) external {
        bytes memory call = abi.encodeWithSignature(
            "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
            caller,
            caller,
            tokens,
            tokens,
            data
        );
        _refused(caller, address(assemblyCommittee), call);
    }

    // Constructors

    function testFuzzRulesIsNotBornOfArraysOfOtherLengths(uint8 people, uint8 places) external {
        Genesis memory founding = genesis();
        bool fits = people % 32 == founding.certificates.length && places % 8 == founding.stages.length;
        if (fits) return;
        founding.certificates = new Certificate[](people % 32);
        founding.stages = new Stage[](places % 8);
        for (uint256 i; i < founding.stages.length; ++i) founding.stages[i] = Stage.Production;
        _unborn(rulesCode(committees, address(registry), founding));
    }

    function testFuzzRulesIsNotBornWithoutAPart(uint8 missing) external {
        bytes memory code = rulesCode(committees, address(registry), genesis());
        bytes memory constructed = vm.getCode("contracts/Rules.sol:Rules");
        uint256 part = constructed.length + 32 * (1 + (uint256(missing) % 10));
        assembly ("memory-safe") {
            mstore(add(code, part), 0)
        }
        _unborn(code);
    }

    function testFuzzNothingIsBornOfGarbage(bytes calldata garbage) external {
        _unborn(abi.encodePacked(vm.getCode("contracts/Rules.sol:Rules"), garbage));
        _unborn(
            abi.encodePacked(
                vm.getCode("contracts/Registry.sol:Registry"),
                bytes12(bytes32(type(uint256).max)),
                garbage
            )
        );
        _unborn(abi.encodePacked(vm.getCode("contracts/governance/Seats.sol:Seats"), garbage));
        _unborn(abi.encodePacked(vm.getCode("contracts/governance/Committee.sol:Committee"), garbage));
    }

    function testFuzzSeatsAreNotBornOfStrangers(PersonId[] calldata people) external {
        _unborn(seatsCode("Kedge Assembly", address(assemblyCommittee), true, people));
    }

    function testFuzzACommitteeIsNotBornWithQuorumsOutOfReach(uint104 quorum, uint104 superQuorum) external {
        bool fits = quorum != 0 && quorum <= superQuorum && superQuorum <= 3 && quorum <= 2;
        if (fits) return;
        CommitteeSettings memory settings = CommitteeSettings(0, 1 days, 1 hours, 1 days, quorum, superQuorum, 0);
        _unborn(
            committeeCode("Kedge Oversight Committee", oversightSeats, oversightTimelock, settings, new Scope[](0))
        );
    }

    // Refusals

    function _of(AnyRollback memory any) private pure returns (Rollback memory) {
        any.trigger %= 6;
        return abi.decode(abi.encode(any), (Rollback));
    }

    function _of(AnyHalt memory any) private pure returns (Halt memory) {
        any.trigger %= 6;
        return abi.decode(abi.encode(any), (Halt));
    }

    function _of(AnyIdentity memory any) private pure returns (Identity memory) {
        any.risk %= 4;
        return abi.decode(abi.encode(any), (Identity));
    }

    function _of(AnySignOff memory any) private pure returns (SignOff memory) {
        (any.stage, any.risk, any.role) = (any.stage % 6, any.risk % 4, any.role % 12);
        return abi.decode(abi.encode(any), (SignOff));
    }

    function _of(AnyStep memory any) private pure returns (Step memory) {
        (any.stage, any.risk) = (any.stage % 6, any.risk % 4);
        return abi.decode(abi.encode(any), (Step));
    }

    function _haltWarrant() private view returns (bytes memory) {
        (uint40 deadline, uint40 order_) = (time() + 1 hours, activeWord(PRODUCTION).sequence());
        bytes32 hash = keccak256(
            abi.encode(
                keccak256(
                    "Halt(bytes32 model,bytes32 environment,bytes32 version,uint8 trigger,bytes32 reason,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
                ),
                stop(_version),
                order_,
                Role.SystemOperator,
                uint32(0),
                deadline
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domainOf("Kedge", address(rules)), hash));
        return pack(Warrant(Role.SystemOperator, deadline, abi.encodePacked(emil.account), sign(emil, digest)));
    }

    function _proposed() private returns (Motion memory proposed) {
        Rollback memory withdrawal = order(_version, NO_VERSION);
        pass(1);
        proposed = motion(emergencyCommittee, address(registry), withdrawCall(withdrawal, Role.EmergencyCommittee));
        open(proposed, jonas);
    }

    function _seat(uint8 chosen) private view returns (uint256) {
        return uint256(PersonId.unwrap(assemblyMembers()[chosen % 12]));
    }

    /// @dev Whoever chance names, unless it is one of us; nobody calls from the zero address.
    function _withoutRight(address caller) private view returns (address) {
        bool ours = caller == assemblyTimelock || caller == oversightTimelock || caller == emergencyTimelock;
        bool part = caller == address(registry) || caller == address(assemblyCommittee) || caller == address(this);
        bool known = caller == address(0) || PersonId.unwrap(whoseKey(abi.encodePacked(caller))) != 0;
        return ours || part || known || caller.code.length > 0 ? stranger.account : caller;
    }

    function _refused(address caller, address target, bytes memory call) private {
        _refusedTo(_withoutRight(caller), target, call);
    }

    function _refusedTo(address caller, address target, bytes memory call) private {
        vm.prank(caller);
        (bool accepted, bytes memory reason) = target.call(call);
        vm.assertFalse(accepted, "accepted what it must refuse");
        vm.assertTrue(reason.length >= 4, "refused without an error of its own");
        vm.assertTrue(bytes4(reason) != PANIC, "refused by a panic");
        vm.assertEq(registry.head(), _registryHead, "the head of Registry moved");
        vm.assertEq(rules.head(), _rulesHead, "the head of Rules moved");
    }

    function _unborn(bytes memory code) private {
        address born;
        assembly ("memory-safe") {
            born := create(0, add(code, 32), mload(code))
        }
        vm.assertEq(born, address(0));
    }
}
