// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {Certificate, IRules} from "../../contracts/interfaces/IRules.sol";
import {Action, ModelId, Role} from "../../contracts/types/Types.sol";
import {CommitteeSettings, ICommittee, ISeats, ITimelock, Scope} from "./Governance.sol";
import {Motion, Person, Society, Trace} from "./Society.sol";
import {RecordedLog, vm} from "./Vm.sol";
import {Delegate, Wallet} from "./Wallets.sol";

/// @notice What a committee may propose, how it votes, and how long a decision lasts. Most motions are the Oversight
/// Committee's, of three seats, a quorum of two, and a super-quorum of three.
contract CommitteesTest is Society {
    uint8 private constant AGAINST = 0;
    uint8 private constant FOR = 1;
    uint8 private constant ABSTAIN = 2;

    function setUp() public override {
        super.setUp();
        // A seat has no vote in the second in which it was granted.
        pass(1 hours);
    }

    // From proposal to execution

    function testAProposalGoesItsWholeWay() public {
        Motion memory review = _review();
        uint256 id = propose(review, grace);
        _is(review, IGovernor.ProposalState.Pending);
        vm.warp(oversightCommittee.proposalSnapshot(id) + 1);
        _is(review, IGovernor.ProposalState.Active);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        _is(review, IGovernor.ProposalState.Active);
        vm.warp(oversightCommittee.proposalDeadline(id) + 1);
        _is(review, IGovernor.ProposalState.Succeeded);
        queue(review);
        _is(review, IGovernor.ProposalState.Queued);
        vm.assertEq(oversightCommittee.proposalEta(id), time() + 1 hours);
        execute(review);
        _is(review, IGovernor.ProposalState.Executed);
        vm.assertEq(reviewDueAt(), time() + 365 days);
    }

    function testTheAssemblysDecisionReachesEveryContract() public {
        passByAssembly(address(rules), abi.encodeCall(IRules.suspend, (ben.id, FOR_GOOD, Role.Assembly, DOCUMENT)));
        vm.assertEq(rules.standing(ben.id).suspendedUntil, FOR_GOOD);
    }

    function testTheSettingsAreThoseOfTheDeployment() public view {
        vm.assertEq(oversightCommittee.name(), "Kedge Oversight Committee");
        vm.assertEq(oversightCommittee.votingDelay(), 1 hours);
        vm.assertEq(oversightCommittee.votingPeriod(), 1 days);
        vm.assertEq(oversightCommittee.lateQuorumVoteExtension(), 4 hours);
        vm.assertEq(oversightCommittee.EXPIRY(), 7 days);
        vm.assertEq(oversightCommittee.quorum(time()), 2);
        vm.assertEq(oversightCommittee.superQuorum(time()), 3);
        vm.assertEq(oversightCommittee.quorum(FOUNDED_AT - 1), 0);
        vm.assertEq(oversightCommittee.proposalThreshold(), 1);
        vm.assertEq(oversightCommittee.timelock(), oversightTimelock);
        vm.assertEq(oversightCommittee.token(), address(oversightSeats));
        vm.assertEq(address(oversightCommittee.RULES()), address(rules));
        vm.assertEq(oversightCommittee.ASSEMBLY_TIMELOCK(), assemblyTimelock);
        vm.assertEq(oversightCommittee.proposalNeedsQueuing(1), true);
        vm.assertEq(oversightCommittee.CERTIFICATE_GRACE(), 0);
        vm.assertEq(emergencyCommittee.CERTIFICATE_GRACE(), 30 days);
        vm.assertEq(assemblyCommittee.CERTIFICATE_GRACE(), FOR_GOOD);
        // A majority of the seats, or all that the super-quorum asks for.
        vm.assertEq(oversightCommittee.fewestSeats(), 3);
        vm.assertEq(emergencyCommittee.fewestSeats(), 3);
        vm.assertEq(assemblyCommittee.fewestSeats(), 9);
    }

    function testNothingIsQueuedBeforeItPassedNorExecutedBeforeItsDelay() public {
        Motion memory review = _review();
        open(review, grace);
        _refuses(review, queueCall(review), _unexpected(review, IGovernor.ProposalState.Active, _bit(4)));
        _refuses(review, executeCall(review), _unexpected(review, IGovernor.ProposalState.Active, _bit(5)));
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        vote(review, ines, FOR);
        _refuses(review, executeCall(review), _unexpected(review, IGovernor.ProposalState.Succeeded, _bit(5)));
        queue(review);
        pass(1 hours - 1);
        bytes32 salt = bytes32(bytes20(address(oversightCommittee))) ^ keccak256(bytes(review.description));
        bytes32 operation = keccak256(abi.encode(review.targets, review.values, review.calls, bytes32(0), salt));
        _refuses(
            review,
            executeCall(review),
            abi.encodeWithSelector(ITimelock.TimelockUnexpectedOperationState.selector, operation, _bit(2))
        );
        pass(1);
        execute(review);
        _refuses(review, executeCall(review), _unexpected(review, IGovernor.ProposalState.Executed, _bit(5)));
        _refuses(review, queueCall(review), _unexpected(review, IGovernor.ProposalState.Executed, _bit(4)));
    }

    function testACallThatFailsLeavesTheProposalAsItWas() public {
        Motion memory failing = motion(
            oversightCommittee,
            address(rules),
            abi.encodeCall(IRules.recordReview, (bytes32(0)))
        );
        open(failing, grace);
        vote(failing, grace, FOR);
        vote(failing, hiro, FOR);
        vote(failing, ines, FOR);
        queue(failing);
        pass(1 hours);
        _refuses(failing, executeCall(failing), abi.encodeWithSelector(IRules.RulesEmptyDocument.selector));
        _is(failing, IGovernor.ProposalState.Queued);
    }

    function testFuzzAnExecutionWithLittleGasDoesAllOrNothing(uint256 gas) public {
        Motion memory review = _review();
        open(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        vote(review, ines, FOR);
        queue(review);
        pass(1 hours);
        uint40 due = reviewDueAt();
        // The whole takes about 100,000.
        (bool accepted, ) = address(oversightCommittee).call{gas: gas % 200_000}(executeCall(review));
        vm.assertEq(reviewDueAt(), accepted ? time() + 365 days : due);
        _is(review, accepted ? IGovernor.ProposalState.Executed : IGovernor.ProposalState.Queued);
    }

    function testAProposalOfSeveralCallsIsExecutedWhole() public {
        Motion memory exchange = motion(
            assemblyCommittee,
            address(oversightSeats),
            abi.encodeCall(ISeats.grant, (maya.id))
        );
        exchange = _twice(exchange);
        exchange.calls[1] = abi.encodeCall(ISeats.withdraw, (hiro.id));
        Person[] memory voters = new Person[](5);
        (voters[0], voters[1], voters[2], voters[3], voters[4]) = (ada, ben, chloe, dana, emil);
        passBy(exchange, voters);
        vm.assertEq(oversightSeats.getVotes(maya.account), 1);
        vm.assertEq(oversightSeats.getVotes(hiro.account), 0);
        vm.assertEq(oversightSeats.totalSeats(), 3);
    }

    // What may be proposed

    function testTheEmergencyCommitteeReachesTheBrakeOnly() public view {
        vm.assertEq(emergencyCommittee.inScope(address(registry), IRegistry.rollback.selector), true);
        vm.assertEq(emergencyCommittee.inScope(address(registry), IRegistry.withdraw.selector), true);
        vm.assertEq(emergencyCommittee.inScope(address(registry), IRegistry.halt.selector), true);
        vm.assertEq(emergencyCommittee.inScope(address(registry), IRegistry.resume.selector), true);
        vm.assertEq(emergencyCommittee.inScope(address(registry), IRules.signOff.selector), false);
        vm.assertEq(emergencyCommittee.inScope(address(registry), IRegistry.suspendModel.selector), false);
        vm.assertEq(emergencyCommittee.inScope(address(rules), IRegistry.rollback.selector), false);
        vm.assertEq(assemblyCommittee.inScope(address(rules), IRules.appoint.selector), true);
        vm.assertEq(assemblyCommittee.inScope(address(rules), IRules.consentToEpoch.selector), false);
    }

    function testRefusesACallOutOfScope() public {
        bytes memory suspendCall = abi.encodeCall(IRegistry.suspendModel, (ModelId.wrap(0), DOCUMENT));
        _refusesOutOfScope(emergencyCommittee, jonas, address(registry), suspendCall);
        bytes memory appointCall = abi.encodeCall(IRules.setRoles, (ben.id, 0, DOCUMENT));
        _refusesOutOfScope(oversightCommittee, grace, address(rules), appointCall);
        _refusesOutOfScope(assemblyCommittee, ada, address(registry), appointCall);
        _refusesOutOfScope(oversightCommittee, grace, address(rules), "");
        _refusesOutOfScope(oversightCommittee, grace, address(rules), abi.encodePacked(bytes3(0x010203)));
        _refusesOutOfScope(oversightCommittee, grace, oversightTimelock, appointCall);
    }

    function testRefusesACallOutOfScopeAmongOthers() public {
        Motion memory review = _review();
        Motion memory two = _twice(review);
        two.calls[1] = abi.encodeCall(IRules.reinstate, (ben.id, DOCUMENT));
        _refusesProposal(
            two,
            grace,
            abi.encodeWithSelector(ICommittee.CommitteeOutOfScope.selector, address(rules), IRules.reinstate.selector)
        );
    }

    function testRefusesToSendValue() public {
        Motion memory two = _twice(_review());
        two.values[1] = 1;
        _refusesProposal(two, grace, abi.encodeWithSelector(ICommittee.CommitteeValueNotZero.selector, 1));
    }

    function testRefusesATargetWithoutCode() public {
        Scope[] memory scope = new Scope[](1);
        scope[0].target = stranger.account;
        scope[0].selectors = new bytes4[](1);
        scope[0].selectors[0] = IRules.recordReview.selector;
        ICommittee founded = ICommittee(
            deploy(
                committeeCode(
                    "Reviewers",
                    oversightSeats,
                    oversightTimelock,
                    CommitteeSettings(0, 1 days, 0, 1 days, 2, 3, 0),
                    scope
                )
            )
        );
        Motion memory nowhere = motion(founded, stranger.account, abi.encodeCall(IRules.recordReview, (DOCUMENT)));
        _refusesProposal(
            nowhere,
            grace,
            abi.encodeWithSelector(ICommittee.CommitteeTargetWithoutCode.selector, stranger.account)
        );
        vm.etch(stranger.account, hex"00");
        propose(nowhere, grace);
    }

    function testRefusesListsThatDoNotMatch() public {
        Motion memory two = _twice(_review());
        two.values = new uint256[](1);
        _refusesProposal(two, grace, abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 2, 2, 1));
        two = _twice(_review());
        two.calls = new bytes[](0);
        _refusesProposal(two, grace, abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 2, 0, 2));
        two = _twice(_review());
        two.targets = new address[](0);
        _refusesProposal(two, grace, abi.encodeWithSelector(IGovernor.GovernorInvalidProposalLength.selector, 0, 2, 2));
    }

    function testOnlyAClearedMemberProposes() public {
        _refusesProposal(_review(), ada, _insufficient(ada));
        suspend(hiro.id, FOR_GOOD);
        _refusesProposal(_review(), hiro, _insufficient(hiro));
        certify(ines.id, time());
        _refusesProposal(_review(), ines, _insufficient(ines));
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        _refusesProposal(_review(), maya, _insufficient(maya));
        pass(1);
        propose(_review(), maya);
    }

    function testTheSameProposalIsMadeOnce() public {
        Motion memory review = _review();
        propose(review, grace);
        _refusesProposal(review, hiro, _unexpected(review, IGovernor.ProposalState.Pending, 0));
    }

    function testAProposerKeepsTheProposalFromBeingMadeByAnother() public {
        Motion memory review = _review();
        review.description = string.concat("Record the review #proposer=", _hex(grace.account));
        _refusesProposal(
            review,
            hiro,
            abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, hiro.account)
        );
        propose(review, grace);
        vm.assertEq(oversightCommittee.proposalProposer(proposalId(review)), grace.account);
    }

    function testAProposerCancelsWhileItIsPendingOnly() public {
        Motion memory review = _review();
        uint256 id = propose(review, grace);
        _refusesCancellation(review, hiro);
        _refusesCancellation(review, stranger);
        vm.warp(oversightCommittee.proposalSnapshot(id) + 1);
        _refusesCancellation(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        vote(review, ines, FOR);
        _refusesCancellation(review, grace);
        queue(review);
        _refusesCancellation(review, grace);
        Motion memory second = _review();
        id = propose(second, grace);
        vm.warp(oversightCommittee.proposalSnapshot(id));
        does(grace.account, address(oversightCommittee), cancelCall(second));
        _is(second, IGovernor.ProposalState.Canceled);
        _refusesProposal(second, grace, _unexpected(second, IGovernor.ProposalState.Canceled, 0));
    }

    // How votes count

    function testAMajorityBelowTheQuorumIsDefeated() public {
        Motion memory review = _review();
        open(review, grace);
        vote(review, grace, FOR);
        _endsAs(review, IGovernor.ProposalState.Defeated);
    }

    function testWhoAbstainsCountsForTheQuorum() public {
        Motion memory review = _review();
        open(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, ABSTAIN);
        _endsAs(review, IGovernor.ProposalState.Succeeded);
    }

    function testAsManyAgainstAsForIsDefeated() public {
        Motion memory review = _review();
        open(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, AGAINST);
        vote(review, ines, ABSTAIN);
        _endsAs(review, IGovernor.ProposalState.Defeated);
    }

    function testAMemberVotesOnce() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vote(review, grace, FOR);
        _refusesVote(
            grace,
            id,
            AGAINST,
            abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, grace.account)
        );
        _refusesVote(hiro, id, 3, abi.encodeWithSelector(IGovernor.GovernorInvalidVoteType.selector));
    }

    function testNobodyVotesBeforeOrAfter() public {
        Motion memory review = _review();
        uint256 id = propose(review, grace);
        _refusesVote(grace, id, FOR, _unexpected(review, IGovernor.ProposalState.Pending, _bit(1)));
        vm.warp(oversightCommittee.proposalDeadline(id));
        vote(review, grace, FOR);
        pass(4 hours + 1);
        _refusesVote(hiro, id, FOR, _unexpected(review, IGovernor.ProposalState.Defeated, _bit(1)));
    }

    function testTheSuperQuorumPassesInTheSecondInWhichItVotes() public {
        Motion memory brake = _brake();
        open(brake, jonas);
        vote(brake, jonas, FOR);
        vote(brake, kira, FOR);
        vote(brake, ines, ABSTAIN);
        _is(brake, IGovernor.ProposalState.Active);
        vote(brake, liam, FOR);
        _is(brake, IGovernor.ProposalState.Succeeded);
        queue(brake);
        _is(brake, IGovernor.ProposalState.Queued);
        // It reaches the Registry within the same second; what it orders there is nothing.
        _refuses(brake, executeCall(brake), abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, 0, 0));
    }

    function testASuperQuorumStillNeedsAMajority() public {
        vm.prank(assemblyTimelock);
        emergencyCommittee.setQuorums(2, 2);
        pass(1);
        Motion memory brake = _brake();
        open(brake, ines);
        vote(brake, ines, AGAINST);
        vote(brake, jonas, AGAINST);
        vote(brake, kira, FOR);
        vote(brake, liam, FOR);
        _is(brake, IGovernor.ProposalState.Active);
        _endsAs(brake, IGovernor.ProposalState.Defeated);
    }

    function testALateQuorumExtendsTheVote() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vote(review, grace, FOR);
        uint256 deadline = oversightCommittee.proposalDeadline(id);
        vm.warp(deadline - 1 hours);
        vote(review, hiro, FOR);
        vm.assertEq(oversightCommittee.proposalDeadline(id), deadline + 3 hours);
        vm.warp(deadline + 3 hours);
        vote(review, ines, AGAINST);
        // Only the first time.
        vm.assertEq(oversightCommittee.proposalDeadline(id), deadline + 3 hours);
        pass(1);
        _is(review, IGovernor.ProposalState.Succeeded);
    }

    function testAnEarlyQuorumExtendsNothing() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        uint256 deadline = oversightCommittee.proposalDeadline(id);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        vm.assertEq(oversightCommittee.proposalDeadline(id), deadline);
    }

    // Whose votes count

    function testASuspensionSilencesAtOnce() public {
        Motion memory review = _review();
        open(review, grace);
        suspend(hiro.id, time() + 1);
        _hasNoVote(review, hiro);
    }

    function testALapsedCertificateSilencesAtOnce() public {
        Motion memory review = _review();
        open(review, grace);
        certify(hiro.id, time());
        _hasNoVote(review, hiro);
        // It was refused rather than spent.
        certify(hiro.id, FOR_GOOD);
        _votesWith(review, hiro, 1);
    }

    function testTheEmergencyCommitteeVotesThirtyDaysLonger() public {
        Motion memory brake = _brake();
        open(brake, jonas);
        certify(jonas.id, time() - 30 days + 1);
        certify(kira.id, time() - 30 days);
        _votesWith(brake, jonas, 1);
        _hasNoVote(brake, kira);
        suspend(liam.id, time() + 1);
        _hasNoVote(brake, liam);
    }

    function testTheAssemblyVotesBySeatAlone() public {
        // Certificates that lapse together leave somebody to renew them.
        vm.warp(FOUNDED_AT + 1000 days);
        passByAssembly(
            address(rules),
            abi.encodeCall(
                IRules.certify,
                (faisal.id, Certificate(FOR_GOOD, FOR_GOOD, FOR_GOOD), Role.Assembly, DOCUMENT)
            )
        );
        vm.assertEq(rules.standing(faisal.id).rollback, FOR_GOOD);
    }

    function testASuspensionSilencesAtOnceInTheAssemblyToo() public {
        Motion memory raise = _raise();
        open(raise, ben);
        suspend(chloe.id, FOR_GOOD);
        _hasNoVote(raise, chloe);
    }

    function testAVoteInFavourAgainstOrAbstainingNeedsASeat() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        for (uint8 support; support < 3; ++support) {
            _refusesVote(ada, id, support, abi.encodeWithSelector(ICommittee.CommitteeNoVotes.selector, ada.account));
        }
        bytes memory ballot = _ballot(review, ada, FOR, 0);
        refuses(
            stranger.account,
            address(oversightCommittee),
            abi.encodeCall(IGovernor.castVoteBySig, (id, FOR, ada.account, ballot)),
            abi.encodeWithSelector(ICommittee.CommitteeNoVotes.selector, ada.account)
        );
        vm.assertEq(oversightCommittee.hasVoted(id, ada.account), false);
        vm.assertEq(oversightCommittee.nonces(ada.account), 0);
    }

    function testACertificateInItsLastSecondCounts() public {
        Motion memory review = _review();
        open(review, grace);
        certify(hiro.id, time() + 1);
        _votesWith(review, hiro, 1);
    }

    function testAClearedSeatHasNoVoteThoughItHadOneAtTheSnapshot() public {
        Motion memory review = _review();
        open(review, grace);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        vm.prank(assemblyTimelock);
        oversightSeats.withdraw(hiro.id);
        _hasNoVote(review, hiro);
        // And who sat down since has none in what is under way.
        _hasNoVote(review, maya);
    }

    function testARotatedKeyHasNoVote() public {
        Motion memory review = _review();
        open(review, grace);
        Person memory renewed = rotate(hiro, "Hiro's new key");
        _hasNoVote(review, hiro);
        // The new key had no seat at the snapshot; it votes in what comes after.
        _hasNoVote(review, renewed);
        pass(1);
        Motion memory next = _review();
        open(next, renewed);
        _votesWith(next, renewed, 1);
        _hasNoVote(next, hiro);
    }

    function testARotatedKeyHasNoVoteInTheAssembly() public {
        Motion memory raise = _raise();
        open(raise, ben);
        Person memory renewed = rotate(ada, "Ada's new key");
        _hasNoVote(raise, ada);
        _hasNoVote(raise, renewed);
    }

    function testNobodyLendsAVote() public {
        // Who had voted could lend the vote to someone who had lost others', where it would count again.
        Person[3] memory members = [ada, hiro, jonas];
        ISeats[3] memory seats = [assemblySeats, oversightSeats, emergencySeats];
        for (uint256 i; i < 3; ++i) {
            refuses(
                members[i].account,
                address(seats[i]),
                abi.encodeCall(ISeats.delegate, (ben.account)),
                abi.encodeWithSelector(ISeats.SeatsNotDelegable.selector)
            );
        }
    }

    // Votes by signature

    function testAnyoneCarriesABallot() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        bytes memory ballot = _ballot(review, hiro, FOR, 0);
        vm.prank(stranger.account);
        oversightCommittee.castVoteBySig(id, FOR, hiro.account, ballot);
        vm.assertEq(oversightCommittee.hasVoted(id, hiro.account), true);
        (uint256 against, uint256 inFavour, uint256 abstaining) = oversightCommittee.proposalVotes(id);
        vm.assertEq(against, 0);
        vm.assertEq(inFavour, 1);
        vm.assertEq(abstaining, 0);
        vm.assertEq(oversightCommittee.nonces(hiro.account), 1);
    }

    function testABallotCountsForNothingElse() public {
        Motion memory review = _review();
        Motion memory other = _review();
        open(other, grace);
        open(review, grace);
        bytes memory ballot = _ballot(review, hiro, FOR, 0);
        _refusesBallot(other, hiro, FOR, ballot);
        _refusesBallot(review, hiro, AGAINST, ballot);
        _refusesBallot(review, ines, FOR, ballot);
        _refusesBallot(review, hiro, FOR, _ballot(review, hiro, FOR, 1));
        _refusesBallot(review, hiro, FOR, _ballot(review, grace, FOR, 0));
        _refusesBallot(review, hiro, FOR, "");
        bytes32 foreign = _ballotDigest(domainOf("Kedge Assembly", address(assemblyCommittee)), review, hiro, FOR, 0);
        _refusesBallot(review, hiro, FOR, sign(hiro, foreign));
        vm.assertEq(oversightCommittee.nonces(hiro.account), 0);
        oversightCommittee.castVoteBySig(proposalId(review), FOR, hiro.account, ballot);
    }

    function testNobodyVotesForTheZeroAddress() public {
        Motion memory review = _review();
        open(review, grace);
        Person memory nobody;
        _refusesBallot(review, nobody, FOR, "");
        _refusesBallot(review, nobody, FOR, new bytes(65));
    }

    function testABallotIsNotReplayed() public {
        Motion memory first = _review();
        Motion memory second = _review();
        open(first, grace);
        open(second, grace);
        bytes memory ballot = _ballot(second, hiro, FOR, 0);
        // Spent on the first, its nonce is gone for the second.
        oversightCommittee.castVoteBySig(proposalId(first), FOR, hiro.account, _ballot(first, hiro, FOR, 0));
        _refusesBallot(second, hiro, FOR, ballot);
        oversightCommittee.castVoteBySig(proposalId(second), FOR, hiro.account, _ballot(second, hiro, FOR, 1));
    }

    function testABallotMayCarryItsReason() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        bytes memory ballot = _extendedBallot(review, hiro, FOR, "as reviewed", hex"01", 0);
        _refusesExtended(review, hiro, FOR, "as it was", hex"01", ballot);
        _refusesExtended(review, hiro, FOR, "as reviewed", hex"02", ballot);
        _refusesExtended(review, hiro, AGAINST, "as reviewed", hex"01", ballot);
        _refusesExtended(review, ines, FOR, "as reviewed", hex"01", ballot);
        _refusesExtended(review, hiro, FOR, "as reviewed", hex"01", _ballot(review, hiro, FOR, 0));
        vm.assertEq(oversightCommittee.nonces(hiro.account), 0);
        does(
            stranger.account,
            address(oversightCommittee),
            abi.encodeCall(
                IGovernor.castVoteWithReasonAndParamsBySig,
                (id, FOR, hiro.account, "as reviewed", hex"01", ballot)
            )
        );
        vm.assertEq(oversightCommittee.hasVoted(id, hiro.account), true);
        vm.assertEq(oversightCommittee.nonces(hiro.account), 1);
        Motion memory second = _review();
        open(second, grace);
        _refusesExtended(
            second,
            hiro,
            FOR,
            "as reviewed",
            hex"01",
            _extendedBallot(second, hiro, FOR, "as reviewed", hex"01", 0)
        );
    }

    function testADelegatedAccountsBallotMayCarryItsReason() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vm.etch(hiro.account, abi.encodePacked(hex"ef0100", new Delegate()));
        bytes memory ballot = _extendedBallot(review, hiro, FOR, "as reviewed", "", 0);
        oversightCommittee.castVoteWithReasonAndParamsBySig(id, FOR, hiro.account, "as reviewed", "", ballot);
        vm.assertEq(oversightCommittee.hasVoted(id, hiro.account), true);
    }

    function testADelegatedAccountVotesBySignature() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vm.etch(hiro.account, abi.encodePacked(hex"ef0100", new Delegate()));
        oversightCommittee.castVoteBySig(id, FOR, hiro.account, _ballot(review, hiro, FOR, 0));
        vm.assertEq(oversightCommittee.hasVoted(id, hiro.account), true);
    }

    function testAContractAccountVotesBySignature() public {
        Person memory member = stranger;
        member.account = address(new Wallet(stranger.account));
        member.id = appoint(abi.encodePacked(member.account), 0);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(member.id);
        pass(1);
        Motion memory review = _review();
        uint256 id = open(review, grace);
        Person memory impostor = hiro;
        impostor.account = member.account;
        _refusesBallot(review, member, FOR, _ballot(review, impostor, FOR, 0));
        oversightCommittee.castVoteBySig(id, FOR, member.account, _ballot(review, member, FOR, 0));
        (, uint256 inFavour, ) = oversightCommittee.proposalVotes(id);
        vm.assertEq(inFavour, 1);
    }

    // How long a decision lasts

    function testAProposalThatPassedExpires() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        uint256 last = oversightCommittee.proposalDeadline(id) + 7 days;
        vm.warp(last + 1);
        _is(review, IGovernor.ProposalState.Expired);
        _refuses(review, queueCall(review), _unexpected(review, IGovernor.ProposalState.Expired, _bit(4)));
        vm.warp(last);
        _is(review, IGovernor.ProposalState.Succeeded);
        queue(review);
    }

    function testAProposalThatIsQueuedExpires() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        vote(review, ines, FOR);
        queue(review);
        uint256 last = oversightCommittee.proposalEta(id) + 7 days;
        vm.warp(last + 1);
        _is(review, IGovernor.ProposalState.Expired);
        _refuses(review, executeCall(review), _unexpected(review, IGovernor.ProposalState.Expired, _bit(5)));
        _refusesCancellation(review, grace);
        vm.warp(last);
        execute(review);
    }

    function testAnExpiredProposalStaysExpired() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        vm.warp(oversightCommittee.proposalDeadline(id) + 1000 days);
        _is(review, IGovernor.ProposalState.Expired);
        _refusesProposal(review, grace, _insufficient(grace));
        certify(grace.id, FOR_GOOD);
        _refusesProposal(review, grace, _unexpected(review, IGovernor.ProposalState.Expired, 0));
    }

    function testWhatWasDecidedStaysDecided() public {
        Motion memory executed = _review();
        Motion memory defeated = _review();
        Motion memory cancelled = _review();
        propose(cancelled, grace);
        does(grace.account, address(oversightCommittee), cancelCall(cancelled));
        open(defeated, grace);
        open(executed, grace);
        vote(executed, grace, FOR);
        vote(executed, hiro, FOR);
        vote(executed, ines, FOR);
        queue(executed);
        execute(executed);
        pass(1000 days);
        _is(executed, IGovernor.ProposalState.Executed);
        _is(defeated, IGovernor.ProposalState.Defeated);
        _is(cancelled, IGovernor.ProposalState.Canceled);
    }

    // Settings

    function testTheAssemblySetsTheQuorumsByItsVote() public {
        vm.recordLogs();
        passByAssembly(address(assemblyCommittee), abi.encodeCall(ICommittee.setQuorums, (4, 9)));
        vm.assertEq(assemblyCommittee.quorum(time()), 4);
        vm.assertEq(assemblyCommittee.superQuorum(time()), 9);
        vm.assertEq(assemblyCommittee.quorum(time() - 1), 5);
        vm.assertEq(assemblyCommittee.superQuorum(time() - 1), 8);
        RecordedLog[] memory logs = vm.getRecordedLogs();
        uint256 found;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != ICommittee.QuorumsSet.selector) continue;
            ++found;
            vm.assertEq(logs[i].emitter, address(assemblyCommittee));
            vm.assertEq(logs[i].data, abi.encode(4, 9));
        }
        vm.assertEq(found, 1);
    }

    function testTheAssemblysTimelockAloneSetsAnyCommittee() public {
        bytes[4] memory calls = [
            abi.encodeCall(ICommittee.setQuorums, (2, 2)),
            abi.encodeCall(ICommittee.setVotingDelay, (1)),
            abi.encodeCall(ICommittee.setVotingPeriod, (1 days)),
            abi.encodeCall(ICommittee.setLateQuorumVoteExtension, (1))
        ];
        address[3] memory all = [address(assemblyCommittee), address(oversightCommittee), address(emergencyCommittee)];
        address[5] memory others = [
            oversightTimelock,
            emergencyTimelock,
            address(assemblyCommittee),
            ada.account,
            address(this)
        ];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < all.length; ++j) {
                for (uint256 k; k < others.length; ++k) {
                    refuses(
                        others[k],
                        all[j],
                        calls[i],
                        abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, others[k])
                    );
                }
                does(assemblyTimelock, all[j], calls[i]);
            }
        }
    }

    function testEveryChangeOfASettingPullsTheReview() public {
        bytes[4] memory calls = [
            abi.encodeCall(ICommittee.setQuorums, (2, 3)),
            abi.encodeCall(ICommittee.setVotingDelay, (1)),
            abi.encodeCall(ICommittee.setVotingPeriod, (1 days)),
            abi.encodeCall(ICommittee.setLateQuorumVoteExtension, (1))
        ];
        address[3] memory all = [address(assemblyCommittee), address(oversightCommittee), address(emergencyCommittee)];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < all.length; ++j) {
                recordReview();
                bytes32 before = rules.head();
                does(assemblyTimelock, all[j], calls[i]);
                vm.assertEq(reviewDueAt(), time() + 30 days);
                bytes32 subject = bytes32(uint256(uint160(all[j])));
                vm.assertEq(
                    rules.head(),
                    headAfter(
                        before,
                        Trace(Action.ReviewPulled, voice(all[j]), Role.None, subject, 0, 0),
                        abi.encodeCall(IRules.pullReview, (subject))
                    )
                );
            }
        }
    }

    function testRefusesQuorumsThatNobodyOrEverybodyCouldReach() public {
        _refusesQuorums(oversightCommittee, 0, 3, 3);
        _refusesQuorums(oversightCommittee, 0, 0, 3);
        // Nobody is a committee alone.
        _refusesQuorums(oversightCommittee, 1, 1, 3);
        _refusesQuorums(oversightCommittee, 1, 3, 3);
        // A super-quorum below the quorum, or above the seats.
        _refusesQuorums(oversightCommittee, 2, 1, 3);
        _refusesQuorums(oversightCommittee, 2, 4, 3);
        // A quorum above a majority: three of three, or three of four, would give each a veto.
        _refusesQuorums(oversightCommittee, 3, 3, 3);
        _refusesQuorums(emergencyCommittee, 3, 4, 4);
        _refusesQuorums(assemblyCommittee, 7, 12, 12);
        does(assemblyTimelock, address(oversightCommittee), abi.encodeCall(ICommittee.setQuorums, (2, 3)));
        does(assemblyTimelock, address(oversightCommittee), abi.encodeCall(ICommittee.setQuorums, (2, 2)));
        does(assemblyTimelock, address(emergencyCommittee), abi.encodeCall(ICommittee.setQuorums, (2, 4)));
        does(assemblyTimelock, address(assemblyCommittee), abi.encodeCall(ICommittee.setQuorums, (6, 12)));
        vm.assertEq(assemblyCommittee.fewestSeats(), 12);
    }

    function testNoVoteStopsACommitteeForGood() public {
        uint48 tooLong = 30 days + 1;
        bytes[3] memory calls = [
            abi.encodeCall(ICommittee.setVotingDelay, (tooLong)),
            abi.encodeCall(ICommittee.setVotingPeriod, (uint32(tooLong))),
            abi.encodeCall(ICommittee.setLateQuorumVoteExtension, (tooLong))
        ];
        for (uint256 i; i < calls.length; ++i) {
            refuses(assemblyTimelock, address(assemblyCommittee), calls[i], _tooLong());
        }
        does(assemblyTimelock, address(assemblyCommittee), abi.encodeCall(ICommittee.setVotingDelay, (30 days)));
        does(assemblyTimelock, address(assemblyCommittee), abi.encodeCall(ICommittee.setVotingPeriod, (30 days)));
        // Nor one in which no block may come.
        refuses(
            assemblyTimelock,
            address(assemblyCommittee),
            abi.encodeCall(ICommittee.setVotingPeriod, (1 hours - 1)),
            _tooShort(1 hours - 1)
        );
        does(assemblyTimelock, address(assemblyCommittee), abi.encodeCall(ICommittee.setVotingPeriod, (1 hours)));
        // Whoever has a seat may propose, for good.
        refuses(
            assemblyTimelock,
            address(assemblyCommittee),
            abi.encodeCall(ICommittee.setProposalThreshold, (13)),
            abi.encodeWithSelector(ICommittee.CommitteeUnsupported.selector)
        );
        vm.assertEq(assemblyCommittee.proposalThreshold(), 1);
    }

    function testNoCommitteeIsFoundedWithSuchTimes() public {
        uint48 tooLong = 30 days + 1;
        _refusesSettings(CommitteeSettings(tooLong, 1 days, 0, 1 days, 2, 3, 0));
        _refusesSettings(CommitteeSettings(0, uint32(tooLong), 0, 1 days, 2, 3, 0));
        _refusesSettings(CommitteeSettings(0, 1 days, tooLong, 1 days, 2, 3, 0));
        _refusesSettings(CommitteeSettings(0, 1 days, 0, tooLong, 2, 3, 0));
        CommitteeSettings memory settings = CommitteeSettings(0, 1 hours - 1, 0, 1 hours, 2, 3, 0);
        _refusesSettings(settings, _tooShort(1 hours - 1));
        (settings.votingPeriod, settings.expiry) = (1 hours, 0);
        _refusesSettings(settings, _tooShort(0));
        settings.expiry = 1 hours;
        deploy(committeeCode("Quick", oversightSeats, oversightTimelock, settings, new Scope[](0)));
    }

    function testNoCommitteeIsFoundedWithSuchQuorums() public {
        refusesToDeploy(
            committeeCode(
                "Reviewers",
                oversightSeats,
                oversightTimelock,
                CommitteeSettings(0, 1 days, 0, 1 days, 3, 3, 0),
                new Scope[](0)
            ),
            abi.encodeWithSelector(ICommittee.CommitteeInvalidQuorums.selector, 3, 3, 3)
        );
    }

    function testWhatIsUnderWayKeepsItsQuorumsAndTimes() public {
        Motion memory review = _review();
        uint256 id = open(review, grace);
        uint256 deadline = oversightCommittee.proposalDeadline(id);
        vm.prank(assemblyTimelock);
        oversightCommittee.setQuorums(2, 2);
        vm.prank(assemblyTimelock);
        oversightCommittee.setVotingPeriod(1 hours);
        vote(review, grace, FOR);
        vote(review, hiro, FOR);
        _is(review, IGovernor.ProposalState.Active);
        vm.assertEq(oversightCommittee.proposalDeadline(id), deadline);
        _endsAs(review, IGovernor.ProposalState.Succeeded);
        Motion memory next = _review();
        id = open(next, grace);
        vm.assertEq(oversightCommittee.proposalDeadline(id), oversightCommittee.proposalSnapshot(id) + 1 hours);
        vote(next, grace, FOR);
        vote(next, hiro, FOR);
        _is(next, IGovernor.ProposalState.Succeeded);
    }

    function testTheTimelockIsTheCommitteesVoiceForGood() public {
        bytes memory unsupported = abi.encodeWithSelector(ICommittee.CommitteeUnsupported.selector);
        address[3] memory callers = [assemblyTimelock, oversightTimelock, ada.account];
        for (uint256 i; i < callers.length; ++i) {
            refuses(
                callers[i],
                address(oversightCommittee),
                abi.encodeCall(ICommittee.updateTimelock, (ada.account)),
                unsupported
            );
            refuses(
                callers[i],
                address(oversightCommittee),
                abi.encodeCall(ICommittee.relay, (address(rules), 0, "")),
                unsupported
            );
        }
        vm.assertEq(oversightCommittee.timelock(), oversightTimelock);
    }

    function _review() private returns (Motion memory) {
        return motion(oversightCommittee, address(rules), abi.encodeCall(IRules.recordReview, (DOCUMENT)));
    }

    function _brake() private returns (Motion memory) {
        Rollback memory order;
        return
            motion(
                emergencyCommittee,
                address(registry),
                abi.encodeCall(IRegistry.rollback, (order, Role.EmergencyCommittee))
            );
    }

    function _raise() private returns (Motion memory) {
        return motion(assemblyCommittee, address(rules), abi.encodeCall(IRules.setRoles, (ben.id, 0, DOCUMENT)));
    }

    function _twice(Motion memory once) private pure returns (Motion memory two) {
        two = once;
        address target = once.targets[0];
        bytes memory call = once.calls[0];
        two.targets = new address[](2);
        (two.targets[0], two.targets[1]) = (target, target);
        two.values = new uint256[](2);
        two.calls = new bytes[](2);
        (two.calls[0], two.calls[1]) = (call, call);
    }

    function _is(Motion memory proposed, IGovernor.ProposalState expected) private view {
        vm.assertEq(uint256(proposed.committee.state(proposalId(proposed))), uint256(expected));
    }

    function _endsAs(Motion memory proposed, IGovernor.ProposalState expected) private {
        vm.warp(proposed.committee.proposalDeadline(proposalId(proposed)) + 1);
        _is(proposed, expected);
    }

    /// @dev The weight with which a vote for was counted.
    function _votesWith(Motion memory proposed, Person memory voter, uint256 weight) private {
        uint256 id = proposalId(proposed);
        (, uint256 before, ) = proposed.committee.proposalVotes(id);
        vote(proposed, voter, FOR);
        (, uint256 afterwards, ) = proposed.committee.proposalVotes(id);
        vm.assertEq(afterwards - before, weight);
    }

    function _hasNoVote(Motion memory proposed, Person memory voter) private {
        refuses(
            voter.account,
            address(proposed.committee),
            abi.encodeCall(IGovernor.castVote, (proposalId(proposed), FOR)),
            abi.encodeWithSelector(ICommittee.CommitteeNoVotes.selector, voter.account)
        );
    }

    function _refusesQuorums(ICommittee committee, uint104 quorum, uint104 superQuorum, uint256 seats) private {
        refuses(
            assemblyTimelock,
            address(committee),
            abi.encodeCall(ICommittee.setQuorums, (quorum, superQuorum)),
            abi.encodeWithSelector(ICommittee.CommitteeInvalidQuorums.selector, quorum, superQuorum, seats)
        );
    }

    function _refusesExtended(
        Motion memory proposed,
        Person memory voter,
        uint8 support,
        string memory reason,
        bytes memory parameters,
        bytes memory ballot
    ) private {
        refuses(
            stranger.account,
            address(proposed.committee),
            abi.encodeCall(
                IGovernor.castVoteWithReasonAndParamsBySig,
                (proposalId(proposed), support, voter.account, reason, parameters, ballot)
            ),
            abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter.account)
        );
    }

    function _refuses(Motion memory proposed, bytes memory call, bytes memory problem) private {
        refuses(stranger.account, address(proposed.committee), call, problem);
    }

    function _refusesProposal(Motion memory proposed, Person memory proposer, bytes memory problem) private {
        refuses(proposer.account, address(proposed.committee), proposeCall(proposed), problem);
    }

    function _refusesOutOfScope(
        ICommittee committee,
        Person memory proposer,
        address target,
        bytes memory call
    ) private {
        _refusesProposal(
            motion(committee, target, call),
            proposer,
            abi.encodeWithSelector(ICommittee.CommitteeOutOfScope.selector, target, bytes4(call))
        );
    }

    function _refusesCancellation(Motion memory proposed, Person memory caller) private {
        refuses(
            caller.account,
            address(proposed.committee),
            cancelCall(proposed),
            abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, proposalId(proposed), caller.account)
        );
    }

    function _refusesVote(Person memory voter, uint256 id, uint8 support, bytes memory problem) private {
        refuses(voter.account, address(oversightCommittee), abi.encodeCall(IGovernor.castVote, (id, support)), problem);
    }

    function _refusesBallot(Motion memory proposed, Person memory voter, uint8 support, bytes memory ballot) private {
        refuses(
            stranger.account,
            address(proposed.committee),
            abi.encodeCall(IGovernor.castVoteBySig, (proposalId(proposed), support, voter.account, ballot)),
            abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter.account)
        );
    }

    function _insufficient(Person memory proposer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, proposer.account, 0, 1);
    }

    function _unexpected(
        Motion memory proposed,
        IGovernor.ProposalState current,
        bytes32 expected
    ) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                proposalId(proposed),
                current,
                expected
            );
    }

    function _bit(uint256 state) private pure returns (bytes32) {
        return bytes32(1 << state);
    }

    function _ballot(
        Motion memory proposed,
        Person memory voter,
        uint8 support,
        uint256 nonce
    ) private view returns (bytes memory) {
        bytes32 domain = domainOf(proposed.committee.name(), address(proposed.committee));
        return sign(voter, _ballotDigest(domain, proposed, voter, support, nonce));
    }

    function _ballotDigest(
        bytes32 domain,
        Motion memory proposed,
        Person memory voter,
        uint8 support,
        uint256 nonce
    ) private pure returns (bytes32) {
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"),
                proposalId(proposed),
                support,
                voter.account,
                nonce
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }

    function _extendedBallot(
        Motion memory proposed,
        Person memory voter,
        uint8 support,
        string memory reason,
        bytes memory parameters,
        uint256 nonce
    ) private view returns (bytes memory) {
        bytes memory start = abi.encode(
            keccak256(
                "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
            ),
            proposalId(proposed),
            support
        );
        bytes memory end = abi.encode(voter.account, nonce, keccak256(bytes(reason)), keccak256(parameters));
        bytes32 domain = domainOf(proposed.committee.name(), address(proposed.committee));
        return sign(voter, keccak256(abi.encodePacked(hex"1901", domain, keccak256(bytes.concat(start, end)))));
    }

    function _hex(address account) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory text = new bytes(42);
        (text[0], text[1]) = ("0", "x");
        for (uint256 i; i < 40; ++i) text[2 + i] = digits[(uint160(account) >> (4 * (39 - i))) & 0xf];
        return string(text);
    }

    function _refusesSettings(CommitteeSettings memory settings) private {
        _refusesSettings(settings, _tooLong());
    }

    function _refusesSettings(CommitteeSettings memory settings, bytes memory problem) private {
        refusesToDeploy(committeeCode("Odd", oversightSeats, oversightTimelock, settings, new Scope[](0)), problem);
    }

    function _tooShort(uint256 given) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICommittee.CommitteeTimeTooShort.selector, given, 1 hours);
    }

    function _tooLong() private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICommittee.CommitteeTimeTooLong.selector, 30 days + 1, 30 days);
    }
}
