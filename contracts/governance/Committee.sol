// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorSuperQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorSuperQuorum.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {Signers} from "../libraries/Signers.sol";
import {IRules} from "../interfaces/IRules.sol";
import {PersonId} from "../types/Types.sol";
import {IQuorums, Seats} from "./Seats.sol";

/// @notice Functions of one contract that a committee may call.
struct Scope {
    address target;
    bytes4[] selectors;
}

/// @notice How a committee works. Times are seconds; quorums count seats.
/// @param expiry How long after its deadline a proposal that has passed may still be queued, and after its delay executed.
/// @param quorum How many votes for or abstaining a proposal needs: at most half of the seats, rounded up.
/// @param superQuorum How many votes for it let a proposal pass before its deadline: at most all seats.
/// @param certificateGrace How long after a certificate has lapsed its holder still votes; the largest value asks for no
/// certificate, as in the Assembly.
struct CommitteeSettings {
    uint48 votingDelay;
    uint32 votingPeriod;
    uint48 lateQuorumExtension;
    uint48 expiry;
    uint104 quorum;
    uint104 superQuorum;
    uint40 certificateGrace;
}

/// @title A committee of the DAO
/// @notice OpenZeppelin's Governor with seats that belong to people, absolute quorums, a scope, and an expiry. All three
/// committees are set by the Assembly's timelock alone.
contract Committee is
    IQuorums,
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorVotes,
    GovernorSuperQuorum,
    GovernorPreventLateQuorum,
    GovernorTimelockControl
{
    using Checkpoints for Checkpoints.Trace208;

    error CommitteeZeroAddress();
    error CommitteeOutOfScope(address target, bytes4 selector);
    error CommitteeTargetWithoutCode(address target);
    error CommitteeValueNotZero(uint256 value);
    error CommitteeInvalidQuorums(uint256 quorum, uint256 superQuorum, uint256 seats);
    error CommitteeTimeTooLong(uint256 given, uint256 longest);
    error CommitteeTimeTooShort(uint256 given, uint256 shortest);
    error CommitteeNoVotes(address account);
    error CommitteeUnsupported();

    event QuorumsSet(uint256 quorum, uint256 superQuorum);

    /// @notice The longest that a vote may be delayed, last or be extended, in seconds: no vote stops a committee for good.
    uint256 public constant LONGEST_TIME = 30 days;

    /// @notice The shortest voting period and expiry, in seconds: blocks come within it.
    uint256 public constant SHORTEST_TIME = 1 hours;

    /// @notice The fewest votes that decide anything: nobody is a committee alone.
    uint256 public constant FEWEST_VOTES = 2;

    /// @notice The people whose seats vote.
    IRules public immutable RULES;

    /// @notice Who alone may change this committee's settings.
    address public immutable ASSEMBLY_TIMELOCK;

    /// @notice How long after its deadline a proposal that has passed may still be queued, and after its delay executed, in
    /// seconds.
    uint256 public immutable EXPIRY;

    /// @notice How long after a certificate has lapsed its holder still votes, in seconds; the largest value asks for no
    /// certificate.
    uint40 public immutable CERTIFICATE_GRACE;

    mapping(address target => mapping(bytes4 selector => bool)) private _scope;

    /// @dev The quorum in the low 104 bits, the super-quorum in the high ones.
    Checkpoints.Trace208 private _quorums;

    constructor(
        string memory name,
        Seats seats,
        TimelockController timelock_,
        address assemblyTimelock,
        CommitteeSettings memory settings,
        Scope[] memory scope
    )
        Governor(name)
        GovernorSettings(settings.votingDelay, settings.votingPeriod, 1)
        GovernorVotes(seats)
        GovernorPreventLateQuorum(settings.lateQuorumExtension)
        GovernorTimelockControl(timelock_)
    {
        if (address(seats) == address(0) || address(timelock_) == address(0) || assemblyTimelock == address(0)) {
            revert CommitteeZeroAddress();
        }
        _requireLasting(settings.expiry);
        RULES = seats.RULES();
        ASSEMBLY_TIMELOCK = assemblyTimelock;
        EXPIRY = settings.expiry;
        CERTIFICATE_GRACE = settings.certificateGrace;
        _setQuorums(settings.quorum, settings.superQuorum);
        for (uint256 i; i < scope.length; ++i) {
            for (uint256 j; j < scope[i].selectors.length; ++j) _scope[scope[i].target][scope[i].selectors[j]] = true;
        }
    }

    /// @notice Sets how many votes a proposal needs, and how many let it pass before its deadline. Proposals that are
    /// under way keep the numbers of their snapshot.
    function setQuorums(uint104 quorum_, uint104 superQuorum_) external onlyGovernance {
        _setQuorums(quorum_, superQuorum_);
    }

    /// @notice Whether this committee may propose a call.
    function inScope(address target, bytes4 selector) external view returns (bool) {
        return _scope[target][selector];
    }

    /// @notice A proposal that has passed expires: nothing stays executable for ever.
    function state(
        uint256 proposalId
    ) public view override(Governor, GovernorSuperQuorum, GovernorTimelockControl) returns (ProposalState current) {
        current = super.state(proposalId);
        if (current == ProposalState.Succeeded && clock() > proposalDeadline(proposalId) + EXPIRY) {
            return ProposalState.Expired;
        }
        if (current == ProposalState.Queued && block.timestamp > proposalEta(proposalId) + EXPIRY) {
            return ProposalState.Expired;
        }
    }

    /// @notice How many votes for or abstaining a proposal of this time needs.
    function quorum(uint256 timepoint) public view override returns (uint256) {
        return uint104(_quorums.upperLookupRecent(SafeCast.toUint48(timepoint)));
    }

    /// @notice How many votes for it let a proposal of this time pass at once.
    function superQuorum(uint256 timepoint) public view override returns (uint256) {
        return _quorums.upperLookupRecent(SafeCast.toUint48(timepoint)) >> 104;
    }

    /// @inheritdoc IQuorums
    function fewestSeats() external view returns (uint256) {
        return Math.max(2 * quorum(clock()) - 1, superQuorum(clock()));
    }

    /// @notice Not available: the timelock acts, and nothing else.
    function relay(address, uint256, bytes calldata) public payable override {
        revert CommitteeUnsupported();
    }

    /// @notice Not available: the timelock is the committee's voice for good.
    function updateTimelock(TimelockController) public pure override {
        revert CommitteeUnsupported();
    }

    /// @notice Not available: whoever has a seat may propose.
    function setProposalThreshold(uint256) public pure override {
        revert CommitteeUnsupported();
    }

    function votingDelay() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingDelay();
    }

    function votingPeriod() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.votingPeriod();
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function proposalNeedsQueuing(
        uint256 proposalId
    ) public view override(Governor, GovernorTimelockControl) returns (bool) {
        return super.proposalNeedsQueuing(proposalId);
    }

    function proposalVotes(
        uint256 proposalId
    )
        public
        view
        override(GovernorCountingSimple, GovernorSuperQuorum)
        returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)
    {
        return super.proposalVotes(proposalId);
    }

    function proposalDeadline(
        uint256 proposalId
    ) public view override(Governor, GovernorPreventLateQuorum) returns (uint256) {
        return super.proposalDeadline(proposalId);
    }

    function _setVotingDelay(uint48 delay) internal override {
        _requireBounded(delay);
        super._setVotingDelay(delay);
    }

    function _setVotingPeriod(uint32 period) internal override {
        _requireLasting(period);
        super._setVotingPeriod(period);
    }

    function _setLateQuorumVoteExtension(uint48 extension) internal override {
        _requireBounded(extension);
        super._setLateQuorumVoteExtension(extension);
    }

    function _requireBounded(uint256 time) private pure {
        if (time > LONGEST_TIME) revert CommitteeTimeTooLong(time, LONGEST_TIME);
    }

    function _requireLasting(uint256 time) private pure {
        _requireBounded(time);
        if (time < SHORTEST_TIME) revert CommitteeTimeTooShort(time, SHORTEST_TIME);
    }

    function _setQuorums(uint104 quorum_, uint104 superQuorum_) private {
        uint256 seats = Seats(address(token())).totalSeats();
        if (
            quorum_ < FEWEST_VOTES || quorum_ > superQuorum_ || superQuorum_ > seats || 2 * uint256(quorum_) - 1 > seats
        ) revert CommitteeInvalidQuorums(quorum_, superQuorum_, seats);
        _quorums.push(clock(), (uint208(superQuorum_) << 104) | quorum_);
        emit QuorumsSet(quorum_, superQuorum_);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override returns (uint256) {
        for (uint256 i; i < targets.length && i < calldatas.length && i < values.length; ++i) {
            if (values[i] != 0) revert CommitteeValueNotZero(values[i]);
            bytes4 selector = bytes4(calldatas[i]);
            if (!_scope[targets[i]][selector]) revert CommitteeOutOfScope(targets[i], selector);
            if (targets[i].code.length == 0) revert CommitteeTargetWithoutCode(targets[i]);
        }
        return super._propose(targets, values, calldatas, description, proposer);
    }

    /// @dev A vote weighs what its holder had at the snapshot and still has: a seat that was lost or that followed its
    /// person's key counts at once. Where certificates are asked for, nothing unless the holder is a person who is
    /// cleared now.
    function _getVotes(
        address account,
        uint256 timepoint,
        bytes memory params
    ) internal view override(Governor, GovernorVotes) returns (uint256) {
        if (CERTIFICATE_GRACE != type(uint40).max) {
            PersonId holder = RULES.personOf(Signers.key(account));
            if (!RULES.isCleared(holder, CERTIFICATE_GRACE)) return 0;
        }
        return Math.min(super._getVotes(account, timepoint, params), token().getVotes(account));
    }

    /// @dev A ballot that weighs nothing is refused rather than spent.
    function _countVote(
        uint256 proposalId,
        address account,
        uint8 support,
        uint256 totalWeight,
        bytes memory params
    ) internal override(Governor, GovernorCountingSimple) returns (uint256) {
        if (totalWeight == 0) revert CommitteeNoVotes(account);
        return super._countVote(proposalId, account, support, totalWeight, params);
    }

    /// @dev ECDSA first, so that accounts that delegate their code (EIP-7702) can vote by signature too.
    function _validateVoteSig(
        uint256 proposalId,
        uint8 support,
        address voter,
        bytes memory signature
    ) internal override returns (bool) {
        bytes32 ballot = keccak256(abi.encode(BALLOT_TYPEHASH, proposalId, support, voter, _useNonce(voter)));
        return Signers.isValid(voter, _hashTypedDataV4(ballot), signature);
    }

    /// @dev As {_validateVoteSig}.
    function _validateExtendedVoteSig(
        uint256 proposalId,
        uint8 support,
        address voter,
        string memory reason,
        bytes memory params,
        bytes memory signature
    ) internal override returns (bool) {
        bytes32 ballot = keccak256(
            abi.encode(
                EXTENDED_BALLOT_TYPEHASH,
                proposalId,
                support,
                voter,
                _useNonce(voter),
                keccak256(bytes(reason)),
                keccak256(params)
            )
        );
        return Signers.isValid(voter, _hashTypedDataV4(ballot), signature);
    }

    /// @dev The Assembly's timelock, for all three committees. A change of how one works is a governance change, after
    /// which the policy is reviewed (policy 12).
    function _checkGovernance() internal override {
        if (msg.sender != ASSEMBLY_TIMELOCK) revert GovernorOnlyExecutor(msg.sender);
        RULES.pullReview(bytes32(uint256(uint160(address(this)))));
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
