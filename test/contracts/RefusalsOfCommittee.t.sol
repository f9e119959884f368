// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {NO_VERSION, Risk, Role, VersionId} from "../../contracts/types/Types.sol";
import {CommitteeSettings, ICommittee, ISeats, ITimelock, Scope} from "./Governance.sol";
import {Refusals} from "./Refusals.sol";
import {Motion, Person} from "./Society.sol";
import {vm} from "./Vm.sol";

contract RefusalsOfCommitteeTest is Refusals {
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    bytes32 private constant EXTENDED_BALLOT = keccak256(
        "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
    );

    /// @dev What the Emergency Committee decides on here.
    VersionId private _version;

    function setUp() public override {
        super.setUp();
        target = address(emergencyCommittee);
        _version = release("1.0.0", Risk.Low);
        pass(1);
    }

    // The Assembly sets every committee

    function testFuzzSetQuorumsIsRefused(address caller, uint8 chosen, uint104 quorum, uint104 superQuorum) external {
        target = _committee(chosen);
        uint256 seats = ISeats(ICommittee(target).token()).totalSeats();
        quorum = uint104(between(quorum, 2, (seats + 1) / 2));
        superQuorum = uint104(between(superQuorum, quorum, seats));
        _onlyForTheAssembly(caller, abi.encodeCall(ICommittee.setQuorums, (quorum, superQuorum)));
    }

    function testFuzzSetVotingDelayIsRefused(address caller, uint8 chosen, uint48 delay) external {
        delay = uint48(between(delay, 0, 30 days));
        target = _committee(chosen);
        _onlyForTheAssembly(caller, abi.encodeCall(ICommittee.setVotingDelay, (delay)));
    }

    function testFuzzSetVotingPeriodIsRefused(address caller, uint8 chosen, uint32 period) external {
        period = uint32(between(period, 1 hours, 30 days));
        target = _committee(chosen);
        _onlyForTheAssembly(caller, abi.encodeCall(ICommittee.setVotingPeriod, (period)));
    }

    function testFuzzSetLateQuorumVoteExtensionIsRefused(address caller, uint8 chosen, uint48 extension) external {
        target = _committee(chosen);
        extension = uint48(between(extension, 0, ICommittee(target).votingPeriod()));
        _onlyForTheAssembly(caller, abi.encodeCall(ICommittee.setLateQuorumVoteExtension, (extension)));
    }

    // Nobody

    function testFuzzSetProposalThresholdIsRefused(address caller, uint8 chosen, uint256 votes) external {
        target = _committee(chosen);
        _nobodys(caller, abi.encodeCall(ICommittee.setProposalThreshold, (votes)));
    }

    function testFuzzUpdateTimelockIsRefused(address caller, uint8 chosen, address timelock) external {
        target = _committee(chosen);
        _nobodys(caller, abi.encodeCall(ICommittee.updateTimelock, (timelock)));
    }

    function testFuzzRelayIsRefused(
        address caller,
        uint8 chosen,
        address to,
        uint256 value,
        bytes calldata data
    ) external {
        target = _committee(chosen);
        _nobodys(caller, abi.encodeCall(ICommittee.relay, (to, value, data)));
    }

    /// @dev A governor that keeps what it is sent could act with it: it takes no token.
    function testFuzzOnERC721ReceivedIsRefused(
        address caller,
        address from,
        uint256 token,
        bytes calldata data
    ) external {
        _takesNothing(
            caller,
            abi.encodeWithSignature("onERC721Received(address,address,uint256,bytes)", from, from, token, data)
        );
    }

    function testFuzzOnERC1155ReceivedIsRefused(
        address caller,
        address from,
        uint256 token,
        uint256 amount,
        bytes calldata data
    ) external {
        _takesNothing(
            caller,
            abi.encodeWithSignature(
                "onERC1155Received(address,address,uint256,uint256,bytes)",
                from,
                from,
                token,
                amount,
                data
            )
        );
    }

    function testFuzzOnERC1155BatchReceivedIsRefused(
        address caller,
        address from,
        uint256[] calldata tokens,
        bytes calldata data
    ) external {
        _takesNothing(
            caller,
            abi.encodeWithSignature(
                "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
                from,
                from,
                tokens,
                tokens,
                data
            )
        );
    }

    // Members

    /// @dev What is in scope, by who has a seat.
    function testFuzzProposeIsRefused(
        address caller,
        uint8 member_,
        string calldata description,
        address beyond,
        bytes4 selector
    ) external {
        caller = _anyoneWithoutSeat(caller);
        Motion memory proposed = _motion();
        proposed.description = string.concat(description, ".");
        refused(
            caller,
            proposeCall(proposed),
            abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, caller, 0, 1)
        );
        if (!emergencyCommittee.inScope(beyond, selector)) {
            refused(
                _member(member_).account,
                proposeCall(motion(emergencyCommittee, beyond, abi.encodePacked(selector))),
                abi.encodeWithSelector(ICommittee.CommitteeOutOfScope.selector, beyond, selector)
            );
        }
        propose(proposed, _member(member_));
    }

    /// @dev Whoever proposed it, while it is pending.
    function testFuzzCancelIsRefused(address caller, uint8 proposer) external {
        target = address(assemblyCommittee);
        bytes memory sanction = abi.encodeCall(IRules.sanction, (dana.id, DOCUMENT));
        Motion memory proposed = motion(assemblyCommittee, address(rules), sanction);
        Person memory author = cast()[proposer % 12];
        uint256 id = propose(proposed, author);
        caller = anyoneElse(author.account, caller);
        refused(
            caller,
            cancelCall(proposed),
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, id, caller)
        );
        accepted(author.account, cancelCall(proposed));
    }

    function testFuzzCastVoteIsRefused(address caller, uint8 voter, uint8 support) external {
        uint256 id = open(_motion(), jonas);
        _onlyForMembers(caller, voter, abi.encodeCall(IGovernor.castVote, (id, support % 3)));
    }

    function testFuzzCastVoteWithReasonIsRefused(
        address caller,
        uint8 voter,
        uint8 support,
        string calldata reason
    ) external {
        uint256 id = open(_motion(), jonas);
        _onlyForMembers(caller, voter, abi.encodeCall(IGovernor.castVoteWithReason, (id, support % 3, reason)));
    }

    function testFuzzCastVoteWithReasonAndParamsIsRefused(
        address caller,
        uint8 voter,
        uint8 support,
        string calldata reason,
        bytes calldata params
    ) external {
        uint256 id = open(_motion(), jonas);
        _onlyForMembers(
            caller,
            voter,
            abi.encodeCall(IGovernor.castVoteWithReasonAndParams, (id, support % 3, reason, params))
        );
    }

    // Anyone, with the ballot of a member

    function testFuzzCastVoteBySigIsRefused(
        address caller,
        uint8 voter,
        uint8 support,
        uint256 forger,
        bytes calldata garbage
    ) external {
        uint256 id = open(_motion(), jonas);
        (Person[4] memory voters, bytes[4] memory ballots) = _ballots(id, support % 3, voter, forger, "");
        ballots[0] = garbage;
        bytes[4] memory calls;
        for (uint256 i; i < 4; ++i) {
            calls[i] = abi.encodeCall(IGovernor.castVoteBySig, (id, support % 3, voters[i].account, ballots[i]));
        }
        _onlyBySig(anyone(caller), voters, calls);
    }

    function testFuzzCastVoteWithReasonAndParamsBySigIsRefused(
        address caller,
        uint8 voter,
        uint256 forger,
        string calldata reason,
        bytes calldata params
    ) external {
        uint256 id = open(_motion(), jonas);
        bytes memory more = abi.encode(keccak256(bytes(reason)), keccak256(params));
        (Person[4] memory voters, bytes[4] memory ballots) = _ballots(id, 1, voter, forger, more);
        ballots[0] = params;
        bytes[4] memory calls;
        for (uint256 i; i < 4; ++i) {
            calls[i] = abi.encodeCall(
                IGovernor.castVoteWithReasonAndParamsBySig,
                (id, 1, voters[i].account, reason, params, ballots[i])
            );
        }
        _onlyBySig(anyone(caller), voters, calls);
    }

    // Anyone, with the votes

    function testFuzzQueueIsRefused(address caller, uint8 votes) external {
        caller = anyone(caller);
        Motion memory proposed = _motion();
        bytes memory call = queueCall(proposed);
        refused(
            caller,
            call,
            abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, proposalId(proposed))
        );
        Person[3] memory voters = [jonas, kira, liam];
        propose(proposed, jonas);
        _refusesAs(caller, proposed, call, IGovernor.ProposalState.Pending, 4);
        pass(1);
        _voteBy(proposed, voters, 0, votes % 3);
        _refusesAs(caller, proposed, call, IGovernor.ProposalState.Active, 4);
        _voteBy(proposed, voters, votes % 3, 3);
        accepted(caller, call);
    }

    function testFuzzExecuteIsRefused(address caller, uint8 votes, uint256 wait) external {
        target = address(oversightCommittee);
        caller = anyone(caller);
        bytes memory record = abi.encodeCall(IRules.recordReview, (DOCUMENT));
        Motion memory proposed = motion(oversightCommittee, address(rules), record);
        bytes memory call = executeCall(proposed);
        open(proposed, grace);
        Person[3] memory voters = [grace, hiro, ines];
        _voteBy(proposed, voters, 0, votes % 3);
        _refusesAs(caller, proposed, call, IGovernor.ProposalState.Active, 5);
        _voteBy(proposed, voters, votes % 3, 3);
        _refusesAs(caller, proposed, call, IGovernor.ProposalState.Succeeded, 5);
        queue(proposed);
        uint256 eta = oversightCommittee.proposalEta(proposalId(proposed));
        pass(wait % 1 hours);
        bytes32 salt = bytes32(bytes20(target)) ^ keccak256(bytes(proposed.description));
        bytes32 operation = keccak256(abi.encode(proposed.targets, proposed.values, proposed.calls, bytes32(0), salt));
        refused(
            caller,
            call,
            abi.encodeWithSelector(ITimelock.TimelockUnexpectedOperationState.selector, operation, _bit(2))
        );
        vm.warp(eta);
        accepted(caller, call);
    }

    // Any arguments, from who has a seat

    function testFuzzAnyProposalIsRefused(
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calls,
        string calldata description
    ) external {
        bytes32 described = keccak256(bytes(description));
        bytes[4] memory sent = [
            abi.encodeCall(IGovernor.propose, (targets, values, calls, description)),
            abi.encodeCall(IGovernor.queue, (targets, values, calls, described)),
            abi.encodeCall(IGovernor.execute, (targets, values, calls, described)),
            abi.encodeCall(IGovernor.cancel, (targets, values, calls, described))
        ];
        for (uint256 i; i < 4; ++i) {
            vm.assertFalse(answered(jonas.account, sent[i]), "took anything for a proposal");
        }
    }

    function testFuzzAnyVoteIsAnswered(uint8 support, bool there, uint256 id) external {
        uint256 known = open(_motion(), jonas);
        bytes memory call = abi.encodeCall(IGovernor.castVote, (there ? known : id, support));
        bool counted = answered(kira.account, call);
        vm.assertEq(counted, (there || id == known) && support < 3);
    }

    // The constructor

    function testFuzzIsNotBornWithQuorumsOutOfReach(uint104 quorum, uint104 superQuorum, bool small) external {
        if (small) (quorum, superQuorum) = (quorum % 5, superQuorum % 5);
        CommitteeSettings memory settings = CommitteeSettings(0, 1 days, 1 hours, 1 days, quorum, superQuorum, 0);
        bytes memory code = committeeCode(
            "Kedge Oversight Committee",
            oversightSeats,
            oversightTimelock,
            settings,
            new Scope[](0)
        );
        // Of three seats, a majority is two.
        if (quorum == 2 && (superQuorum == 2 || superQuorum == 3)) {
            deploy(code);
            return;
        }
        refusesToDeploy(
            code,
            abi.encodeWithSelector(ICommittee.CommitteeInvalidQuorums.selector, quorum, superQuorum, 3)
        );
    }

    function testFuzzIsNotBornOfGarbage(bytes calldata garbage) external {
        unborn(abi.encodePacked(vm.getCode("contracts/governance/Committee.sol:Committee"), garbage));
    }

    // Refusals

    function _onlyForTheAssembly(address caller, bytes memory call) private {
        onlyFor(assemblyTimelock, caller, call, IGovernor.GovernorOnlyExecutor.selector);
    }

    function _nobodys(address caller, bytes memory call) private {
        address[4] memory callers = [anyone(caller), assemblyTimelock, ICommittee(target).timelock(), target];
        bytes memory problem = abi.encodeWithSelector(ICommittee.CommitteeUnsupported.selector);
        for (uint256 i; i < 4; ++i) refused(callers[i], call, problem);
    }

    function _takesNothing(address caller, bytes memory call) private {
        refused(anyone(caller), call, abi.encodeWithSelector(IGovernor.GovernorDisabledDeposit.selector));
    }

    function _onlyForMembers(address chance, uint8 voter, bytes memory call) private {
        address caller = _anyoneWithoutSeat(chance);
        refused(caller, call, abi.encodeWithSelector(ICommittee.CommitteeNoVotes.selector, caller));
        accepted(_member(voter).account, call);
    }

    function _onlyBySig(address caller, Person[4] memory voters, bytes[4] memory calls) private {
        bytes memory invalid = abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voters[3].account);
        refused(caller, calls[0], invalid);
        refused(caller, calls[1], invalid);
        refused(caller, calls[2], abi.encodeWithSelector(ICommittee.CommitteeNoVotes.selector, voters[2].account));
        accepted(caller, calls[3]);
    }

    /// @dev A member's that is still to be filled in, one by another's hand, one of who has no seat, and the good one.
    function _ballots(
        uint256 id,
        uint8 support,
        uint8 voter,
        uint256 forger,
        bytes memory more
    ) private view returns (Person[4] memory voters, bytes[4] memory ballots) {
        (Person memory member_, Person memory other) = (_member(voter), newcomer(forger));
        voters = [member_, member_, other, member_];
        bytes32 good = _digest(id, support, member_.account, more);
        ballots[1] = sign(other, good);
        ballots[2] = sign(other, _digest(id, support, other.account, more));
        ballots[3] = sign(member_, good);
    }

    /// @param expected The number of the state in which it would be accepted.
    function _refusesAs(
        address caller,
        Motion memory proposed,
        bytes memory call,
        IGovernor.ProposalState current,
        uint8 expected
    ) private {
        refused(
            caller,
            call,
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                proposalId(proposed),
                current,
                _bit(expected)
            )
        );
    }

    function _bit(uint8 state) private pure returns (bytes32) {
        return bytes32(uint256(1) << state);
    }

    // Who votes on what

    function _committee(uint8 choice) private view returns (address) {
        ICommittee[3] memory all = [assemblyCommittee, oversightCommittee, emergencyCommittee];
        return address(all[choice % 3]);
    }

    function _member(uint8 choice) private view returns (Person memory) {
        Person[4] memory members = [ines, jonas, kira, liam];
        return members[choice % 4];
    }

    function _anyoneWithoutSeat(address chance) private view returns (address caller) {
        caller = anyone(chance);
        if (emergencySeats.balanceOf(caller) != 0) return stranger.account;
    }

    function _motion() private returns (Motion memory) {
        return
            motion(
                emergencyCommittee,
                address(registry),
                withdrawCall(order(_version, NO_VERSION), Role.EmergencyCommittee)
            );
    }

    function _voteBy(Motion memory proposed, Person[3] memory voters, uint256 first, uint256 end) private {
        for (uint256 i = first; i < end; ++i) vote(proposed, voters[i], 1);
    }

    /// @param more What a ballot with a reason says besides.
    function _digest(uint256 id, uint8 support, address voter, bytes memory more) private view returns (bytes32) {
        bytes32 typeHash = more.length == 0 ? BALLOT : EXTENDED_BALLOT;
        bytes32 ballot = keccak256(bytes.concat(abi.encode(typeHash, id, support, voter, 0), more));
        bytes32 domain = domainOf("Kedge Emergency Committee", address(emergencyCommittee));
        return keccak256(abi.encodePacked(hex"1901", domain, ballot));
    }
}
