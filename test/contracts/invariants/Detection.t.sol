// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../../contracts/interfaces/IRules.sol";
import {Action, Risk, Role, Stage} from "../../../contracts/types/Types.sol";
import {ISeats, ITimelock} from "../Governance.sol";
import {vm} from "../Vm.sol";
import {Try} from "./Court.sol";
import {Invariants} from "./Invariants.sol";

/// @title Would an invariant notice?
/// @notice The ghost is made to remember something else than what happened: the contracts are then what is wrong.
contract DetectionTest is Invariants {
    uint256 private constant LIVES = 384;
    uint256 private constant FEWEST = 5;

    function testWhatHappenedIsWhatTheGhostRemembers() external {
        versionsNeverChange();
        stagesMoveByOneWithSignOffs();
        signersWereIndependentAndCleared();
        riskIsNeverBelowFloorAndDeclared();
        onlyTheFitAreActive();
        targetsWereProven();
        nothingCountsTwice();
        nothingOutlivesItsExpiryOrScope();
        eventsReproduceBothHeads();
        sequencesGrowAndSeatsAreSingle();
        nobodyElseChangesAnything();
        everythingCanBeStopped();
    }

    /// @notice How often each call was accepted and refused, each act happened, each reason forbade something, and how
    /// many proposals were executed, in one life; then it is as if it had not been.
    error Lived(uint256[] granted, uint256[] denied, uint256[] happened, uint256[] forbade, uint256 executed);

    /// @dev Each call must have been tried and have worked, and each reason must have forbidden something, or the
    /// invariants hold of nothing.
    function testEachActHappensAndIsRefused() external {
        bytes4[] memory calls = _calls();
        string[] memory reasons = _reasons();
        uint256 executed;
        for (uint256 life; life < LIVES; ++life) executed += _live(life, calls, reasons);
        for (uint256 i; i < calls.length; ++i) {
            vm.assertTrue(granted[calls[i]] >= FEWEST, _called("hardly ever accepted", calls[i]));
            vm.assertTrue(denied[calls[i]] >= FEWEST, _called("hardly ever refused", calls[i]));
        }
        for (uint256 i = 1; i <= uint256(type(Action).max); ++i) {
            vm.assertTrue(happened[Action(i)] >= FEWEST, string.concat("hardly ever happened: ", _digits(i)));
        }
        for (uint256 i; i < reasons.length; ++i) {
            vm.assertTrue(forbade[_hashOf(reasons[i])] > 0, string.concat("never forbade anything: ", reasons[i]));
        }
        vm.assertTrue(executed >= FEWEST, "hardly any proposal was executed");
    }

    function _live(uint256 life, bytes4[] memory calls, string[] memory reasons) private returns (uint256) {
        (bool done, bytes memory end) = address(this).call(abi.encodeCall(this.lives, (life, calls, reasons)));
        vm.assertFalse(done, "a life without end");
        // An act that reverted instead of trying, or an invariant that broke.
        if (bytes4(end) != Lived.selector) _bubble(end);
        bytes memory told = new bytes(end.length - 4);
        for (uint256 i; i < told.length; ++i) told[i] = end[i + 4];
        (
            uint256[] memory accepted,
            uint256[] memory rejected,
            uint256[] memory done_,
            uint256[] memory barred,
            uint256 executed
        ) = abi.decode(told, (uint256[], uint256[], uint256[], uint256[], uint256));
        for (uint256 i; i < calls.length; ++i) {
            granted[calls[i]] += accepted[i];
            denied[calls[i]] += rejected[i];
        }
        for (uint256 i; i < done_.length; ++i) happened[Action(i)] += done_[i];
        for (uint256 i; i < reasons.length; ++i) forbade[_hashOf(reasons[i])] += barred[i];
        return executed;
    }

    function lives(uint256 life, bytes4[] calldata calls, string[] calldata reasons) external {
        for (uint256 i; i < calls.length; ++i) (granted[calls[i]], denied[calls[i]]) = (0, 0);
        for (uint256 i; i < reasons.length; ++i) forbade[_hashOf(reasons[i])] = 0;
        uint256 kinds = uint256(type(Action).max) + 1;
        for (uint256 i; i < kinds; ++i) happened[Action(i)] = 0;
        bytes4[] memory all = acts();
        for (uint256 i; i < 64; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(life, i)));
            does(address(this), address(this), abi.encodeWithSelector(all[seed % all.length], seed));
        }
        for (uint8 number = 1; number <= INVARIANTS; ++number) {
            require(bytes(broken[number]).length == 0, _named(number, broken[number]));
        }
        uint256[][4] memory counts = [
            new uint256[](calls.length),
            new uint256[](calls.length),
            new uint256[](kinds),
            new uint256[](reasons.length)
        ];
        for (uint256 i; i < calls.length; ++i) (counts[0][i], counts[1][i]) = (granted[calls[i]], denied[calls[i]]);
        for (uint256 i; i < kinds; ++i) counts[2][i] = happened[Action(i)];
        for (uint256 i; i < reasons.length; ++i) counts[3][i] = forbade[_hashOf(reasons[i])];
        uint256 executed;
        for (uint256 i; i < bills.length; ++i) if (bills[i].executed) ++executed;
        revert Lived(counts[0], counts[1], counts[2], counts[3], executed);
    }

    function _bubble(bytes memory problem) private pure {
        assembly ("memory-safe") {
            revert(add(problem, 32), mload(problem))
        }
    }

    function _called(string memory what, bytes4 selector) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory hexed = new bytes(8);
        for (uint256 i; i < 8; ++i) hexed[i] = digits[(uint32(selector) >> (28 - 4 * i)) & 15];
        return string.concat(what, ": 0x", string(hexed));
    }

    function _hashOf(string memory reason) private pure returns (bytes32) {
        return keccak256(bytes(reason));
    }

    /// @dev Whatever people and committees call; test/refusals/reasons.test.ts sees that this list and the next are whole.
    // solhint-disable-next-line function-max-lines
    function _calls() private pure returns (bytes4[] memory calls) {
        bytes4[55] memory listed = [
            IRegistry.createModel.selector,
            IRegistry.setDeveloper.selector,
            IRegistry.addSchema.selector,
            IRegistry.requireSchemas.selector,
            IRegistry.setMonitored.selector,
            IRegistry.setFloor.selector,
            IRegistry.raiseRisk.selector,
            IRegistry.restoreRisk.selector,
            IRegistry.recordDefect.selector,
            IRegistry.suspendModel.selector,
            IRegistry.reinstateModel.selector,
            IRegistry.moveModel.selector,
            IRegistry.release.selector,
            IRegistry.retire.selector,
            IRegistry.register.selector,
            IRegistry.registerBySig.selector,
            IRegistry.promote.selector,
            IRegistry.activate.selector,
            IRegistry.rollback.selector,
            IRegistry.withdraw.selector,
            IRegistry.rollbackBySig.selector,
            IRegistry.overrule.selector,
            IRegistry.halt.selector,
            IRegistry.haltBySig.selector,
            IRegistry.resume.selector,
            IRegistry.lapse.selector,
            IRegistry.reportTrigger.selector,
            IRegistry.closeIncident.selector,
            IRules.appoint.selector,
            IRules.setRoles.selector,
            IRules.setDomain.selector,
            IRules.addEnvironment.selector,
            IRules.startEpoch.selector,
            IRules.reinstate.selector,
            IRules.sanction.selector,
            IRules.startRecovery.selector,
            IRules.suspend.selector,
            IRules.certify.selector,
            IRules.consentToEpoch.selector,
            IRules.recordReview.selector,
            IRules.recordViolation.selector,
            IRules.acceptAudit.selector,
            IRules.orderReview.selector,
            IRules.signOff.selector,
            IRules.rotate.selector,
            IRules.objectToRecovery.selector,
            IRules.recover.selector,
            ISeats.grant.selector,
            ISeats.withdraw.selector,
            ISeats.clear.selector,
            IGovernor.propose.selector,
            IGovernor.castVote.selector,
            IGovernor.castVoteBySig.selector,
            IGovernor.queue.selector,
            IGovernor.execute.selector
        ];
        calls = new bytes4[](listed.length);
        for (uint256 i; i < listed.length; ++i) calls[i] = listed[i];
    }

    // solhint-disable-next-line function-max-lines
    function _reasons() private pure returns (string[] memory reasons) {
        string[161] memory listed = [
            "the warrant is for another act",
            "the warrant expired",
            "the warrant is of another signing epoch",
            "the warrant is for another chain",
            "the warrant is forged",
            "a proposal outside the committee's scope",
            "a proposal to a target that is not in the scope",
            "a proposal that sends value",
            "who has no vote",
            "who had no vote then",
            "nobody's key",
            "the person is suspended",
            "the certificate lapsed",
            "a ballot with another nonce",
            "voting has not begun",
            "voting is over",
            "it is decided already",
            "somebody votes twice",
            "it has not passed",
            "it expired before it was queued",
            "it was executed before",
            "it was not queued",
            "before its delay",
            "it expired after it was queued",
            "a committee of one",
            "quorums that the seats cannot reach",
            "a committee's settings are changed by whom they do not belong to",
            "an audit is required",
            "not the committee's timelock",
            "the person does not hold the role",
            "it is not active",
            "the authority does not suffice for the risk",
            "it is halted already",
            "the same person halted it within 30 days",
            "there is no trigger",
            "there is no reason",
            "it is not halted",
            "a consent to end one halt ends another",
            "a Monitor resumes nothing",
            "less than the halter's authority",
            "a halt of high risk lapses",
            "a halt lapses early",
            "who may not give directives",
            "no incident is open",
            "an authorisation is used twice",
            "somebody without any right",
            "of another signing epoch",
            "a key that its holder did not sign for",
            "someone else's key is rotated",
            "an old key is good for nothing",
            "a suspended key escapes its recovery",
            "the key is or was someone's",
            "a seat without an account",
            "no recovery to this key",
            "within the seven days",
            "no recovery is under way",
            "who objects does not hold the key",
            "the model exists",
            "there is no document",
            "the schema is not known",
            "the model has moved",
            "the model is not open",
            "it is not suspended",
            "nobody holds a committee's role",
            "who certifies nobody",
            "nobody certifies themselves",
            "an officer takes the brake from somebody",
            "the committee suspends nobody",
            "the end is past",
            "shorter than 7 days",
            "longer than 14 days",
            "an officer unseats nobody",
            "an officer suspends no officer",
            "suspended already",
            "again within 30 days",
            "a fourth at a time",
            "the Assembly would fall below its fewest seats",
            "not suspended",
            "no audit is required",
            "without the Oversight Committee's consent",
            "a threshold of nothing, or beyond a year",
            "the matrix is below the policy's floor",
            "the committee orders no review",
            "the environment exists",
            "a stage in which nothing runs",
            "there is no evidence",
            "a stage is skipped or repeated",
            "the version is condemned",
            "the version is released",
            "the review is overdue",
            "something older passes a senior",
            "the label is taken",
            "systems would fail without a plan",
            "the sign-offs are not ascending",
            "one person fills two seats",
            "a required role has not signed off",
            "a sign-off expired",
            "a person signs off for a committee",
            "nobody signs off",
            "the author signs off",
            "the lead of another domain",
            "the key was replaced",
            "a consent that was never given",
            "a sign-off for another version counts",
            "a sign-off for another stage counts",
            "a sign-off for another risk counts",
            "a sign-off for other evidence counts",
            "a sign-off for another plan counts",
            "a sign-off of another policy epoch counts",
            "a sign-off of another signing epoch counts",
            "a sign-off is forged",
            "the deadline has passed",
            "a committee consents more than 30 days ahead",
            "of another epoch",
            "consent ahead of a signing epoch",
            "the version may not run there",
            "back without a rollback",
            "nobody signed off for the risk that it has now",
            "a senior has it halted at home",
            "in the place of what a senior has halted",
            "a rollback to nothing",
            "from nothing to nothing",
            "it is no version of the model",
            "past a halt or a withdrawal by a senior",
            "the target is not proven there and fit to run",
            "a Monitor goes one step only, where it may",
            "they bring in what they could not stop",
            "twice within 24 hours",
            "nothing to overrule",
            "it is not what was taken out",
            "24 hours have passed",
            "it is condemned",
            "it has ended",
            "no officer brings back what is critical by now",
            "only the Assembly fills seats",
            "only the Assembly takes seats",
            "the seat is safe",
            "there is no such seat",
            "below the fewest seats",
            "a second seat",
            "who could be cleared at once",
            "a vote is lent",
            "not a developer's warrant",
            "who registers is not the author",
            "not a developer of the model",
            "a digest is empty",
            "the declared risk is below the floor",
            "the parent is not the one that is named",
            "the parent is another one",
            "the version exists",
            "the risk is not raised",
            "below the declared risk",
            "below the floor",
            "it was raised to another risk",
            "nothing to restore",
            "the committee sets no floor",
            "only the Assembly lowers a floor",
            "it has ended before",
            "it is active",
            "the last eligible target would be lost",
            "alternatives for nothing"
        ];
        reasons = new string[](listed.length);
        for (uint256 i; i < listed.length; ++i) reasons[i] = listed[i];
    }

    function test01AnotherNumber() external {
        ++versions[1].number;
        _notices(this.versionsNeverChange.selector);
    }

    function test01AVersionTooMany() external {
        --models[1].versions;
        _notices(this.versionsNeverChange.selector);
    }

    function test02AnotherStage() external {
        versions[1].stage = Stage.Validation;
        _notices(this.stagesMoveByOneWithSignOffs.selector);
    }

    function test02AWeakerMatrix() external {
        matrixRows[11] |= bits(Role.TechnicalLead);
        _notices(this.stagesMoveByOneWithSignOffs.selector);
    }

    function test03ALongerCertificate() external {
        --people[1].certifiedUntil;
        _notices(this.signersWereIndependentAndCleared.selector);
    }

    function test04ALowerRisk() external {
        versions[1].raised = Risk(uint8(effective(1)) + 1);
        _notices(this.riskIsNeverBelowFloorAndDeclared.selector);
    }

    function test05AnotherVersionIsActive() external {
        (uint256 model_, uint256 place) = _somewhere(0);
        places[model_][place].running = 0;
        _notices(this.onlyTheFitAreActive.selector);
    }

    function test05ACondemnationForgotten() external {
        versions[1].condemnedFrom = time();
        _notices(this.onlyTheFitAreActive.selector);
    }

    function test06AProofThatWasNeverEarned() external {
        proven[1][0] = !proven[1][0];
        _notices(this.targetsWereProven.selector);
    }

    function test06AnotherClock() external {
        (uint256 model_, uint256 place) = _somewhere(0);
        ++places[model_][place].clock;
        _notices(this.targetsWereProven.selector);
    }

    function test07AHaltForgotten() external {
        (uint256 model_, uint256 place) = _somewhere(0);
        places[model_][place].haltedBy = Role.Assembly;
        _notices(this.nothingCountsTwice.selector);
    }

    function test08AnIncidentWithoutDeadline() external {
        (uint256 model_, uint256 place) = _somewhere(0);
        places[model_][place].incident = true;
        places[model_][place].respondBy = 1;
        _notices(this.nothingOutlivesItsExpiryOrScope.selector);
    }

    function test09TooFewSeats() external {
        seatCount[2] = 2;
        _notices(this.everythingCanBeStopped.selector);
    }

    function test09TheAssemblyStops() external {
        _requireSomething();
        _stopsByVote(0);
    }

    function test09TheEmergencyCommitteeStops() external {
        _requireSomething();
        _stopsByVote(2);
    }

    /// @dev Or there would be nothing to stop.
    function _requireSomething() private view {
        (uint256 model_, ) = _somewhere(0);
        vm.assertTrue(model_ != 0, "nothing runs");
    }

    /// @dev All seats are needed, and one has no voter.
    function test09AVoterIsMissing() external {
        vm.prank(assemblyTimelock);
        assemblyCommittee.setQuorums(5, uint104(seatCount[0]));
        uint256 missing = _member(0);
        seated[0][missing] = false;
        (bool held, ) = address(this).call(abi.encodeCall(this.stopsByAssembly, ()));
        vm.assertFalse(held, "it was stopped without a vote that it needs");
        seated[0][missing] = true;
        _stopsByVote(0);
    }

    function stopsByAssembly() external {
        _stopsByVote(0);
    }

    function test10AnEntryWithheld() external {
        registryHead = keccak256(abi.encode(registryHead));
        _notices(this.eventsReproduceBothHeads.selector);
    }

    function test11ASequenceThatFell() external {
        ++models[1].sequence;
        _notices(this.sequencesGrowAndSeatsAreSingle.selector);
    }

    function test11ASeatTooMany() external {
        --seatCount[0];
        _notices(this.sequencesGrowAndSeatsAreSingle.selector);
    }

    function test12SomebodyElsesKey() external {
        people[1].signer = abi.encodePacked(stranger.account);
        _notices(this.nobodyElseChangesAnything.selector);
    }

    function test12AStrangersVoice() external {
        vm.prank(emergencyTimelock);
        ITimelock(emergencyTimelock).grantRole(keccak256("CANCELLER_ROLE"), stranger.account);
        _notices(this.nobodyElseChangesAnything.selector);
    }

    function test12AnotherCommitteesVoice() external {
        vm.prank(assemblyTimelock);
        ITimelock(assemblyTimelock).grantRole(keccak256("PROPOSER_ROLE"), address(emergencyCommittee));
        _notices(this.nobodyElseChangesAnything.selector);
    }

    function test12AnyoneExecutes() external {
        vm.prank(oversightTimelock);
        ITimelock(oversightTimelock).grantRole(keccak256("EXECUTOR_ROLE"), address(0));
        _notices(this.nobodyElseChangesAnything.selector);
    }

    function test12AnOldKeysVoice() external {
        vm.prank(assemblyTimelock);
        ITimelock(assemblyTimelock).grantRole(0, _addressOf(relics[0].signer));
        // A state in which everybody is asked for.
        registryHead = rulesHead;
        _notices(this.nobodyElseChangesAnything.selector);
    }

    function test12AQuorumThatFell() external {
        ++quorumOf[1];
        _notices(this.nobodyElseChangesAnything.selector);
    }

    /// @dev Whatever an act's verdict says, the invariant that it names is the one that notices.
    function testWhatIsAcceptedThoughForbiddenBreaksItsInvariant() external {
        bytes4[12] memory checks = _checks();
        for (uint8 number = 1; number <= INVARIANTS; ++number) {
            Try memory act;
            act.verdict = no(number, "the policy forbids it");
            _judge(act, true);
            vm.assertEq(broken[number], "accepted although the policy forbids it");
            _notices(checks[number - 1]);
            _judge(act, false);
        }
    }

    function testWhatIsRefusedThoughPermittedBreaksItsHome() external {
        Try memory act;
        act.home = 9;
        _judge(act, false);
        _notices(this.everythingCanBeStopped.selector);
    }

    function test12ARoleThatATimelockGives() external {
        Try memory act;
        (act.caller, act.target) = (emergencyTimelock, emergencyTimelock);
        act.call = abi.encodeCall(ITimelock.grantRole, (keccak256("PROPOSER_ROLE"), vm.addr(1)));
        vm.assertTrue(_try(act), "refused");
        _notices(this.nobodyElseChangesAnything.selector);
    }

    function testAnEntryThatIsNotTheActsIsNoticed() external {
        Try memory act = _review();
        act.trace.document = keccak256("another document");
        vm.assertTrue(_try(act), "refused");
        _notices(this.targetsWereProven.selector);
    }

    function testAnEntryTooFewIsNoticed() external {
        Try memory act = _review();
        act.call = abi.encodeWithSignature("CLOCK_MODE()");
        act.target = address(assemblySeats);
        vm.assertTrue(_try(act), "refused");
        _notices(this.targetsWereProven.selector);
    }

    function _review() private view returns (Try memory act) {
        act.caller = oversightTimelock;
        act.target = address(rules);
        act.call = abi.encodeWithSignature("recordReview(bytes32)", DOCUMENT);
        act.trace = _trace(Action.ReviewRecorded, voice(oversightTimelock), Role.OversightCommittee, 0, DOCUMENT);
    }

    function _notices(bytes4 check) private {
        (bool held, ) = address(this).call(abi.encodePacked(check));
        vm.assertFalse(held, "it was not noticed");
    }

    function _checks() private pure returns (bytes4[12] memory) {
        return
            [
                this.versionsNeverChange.selector,
                this.stagesMoveByOneWithSignOffs.selector,
                this.signersWereIndependentAndCleared.selector,
                this.riskIsNeverBelowFloorAndDeclared.selector,
                this.onlyTheFitAreActive.selector,
                this.targetsWereProven.selector,
                this.nothingCountsTwice.selector,
                this.nothingOutlivesItsExpiryOrScope.selector,
                this.everythingCanBeStopped.selector,
                this.eventsReproduceBothHeads.selector,
                this.sequencesGrowAndSeatsAreSingle.selector,
                this.nobodyElseChangesAnything.selector
            ];
    }
}
