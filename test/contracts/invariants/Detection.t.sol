// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Action, Risk, Role, Stage} from "../../../contracts/types/Types.sol";
import {vm} from "../Vm.sol";
import {Try} from "./Court.sol";
import {Invariants} from "./Invariants.sol";

/// @title Would an invariant notice?
/// @notice The ghost is made to remember something else than what happened: the contracts are then what is wrong.
contract DetectionTest is Invariants {
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

    /// @notice What happened, and what was refused, in one run; then it is as if it had not been.
    error Lived(uint256[] done, uint256[] barred, uint256 executed);

    /// @dev Each act must have been tried and have worked, or the invariants hold of nothing.
    function testEachActHappensAndIsRefused() external {
        uint256 executed;
        for (uint256 life; life < 100; ++life) {
            (bool done, bytes memory end) = address(this).call(abi.encodeCall(this.lives, (life)));
            vm.assertFalse(done, "a life without end");
            executed += _tell(end);
        }
        for (uint256 i = 1; i <= uint256(type(Action).max); ++i) {
            vm.assertTrue(happened[Action(i)] > 0, _named("never happened", i));
            vm.assertTrue(refused[Action(i)] > 0, _named("never refused", i));
        }
        vm.assertTrue(executed > 0, "no proposal was executed");
    }

    function lives(uint256 life) external {
        bytes4[] memory all = acts();
        for (uint256 i; i < 64; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(life, i)));
            does(address(this), address(this), abi.encodeWithSelector(all[seed % all.length], seed));
        }
        for (uint8 number = 1; number <= INVARIANTS; ++number) vm.assertEq(broken[number], "");
        uint256 kinds = uint256(type(Action).max) + 1;
        (uint256[] memory done, uint256[] memory barred) = (new uint256[](kinds), new uint256[](kinds));
        for (uint256 i; i < kinds; ++i) (done[i], barred[i]) = (happened[Action(i)], refused[Action(i)]);
        uint256 executed;
        for (uint256 i; i < bills.length; ++i) if (bills[i].executed) ++executed;
        revert Lived(done, barred, executed);
    }

    function _tell(bytes memory end) private returns (uint256 executed) {
        // An act that reverted instead of trying, or an invariant that broke.
        if (bytes4(end) != Lived.selector) vm.assertEq(string(end), "");
        bytes memory told = new bytes(end.length - 4);
        for (uint256 i; i < told.length; ++i) told[i] = end[i + 4];
        uint256[] memory done;
        uint256[] memory barred;
        (done, barred, executed) = abi.decode(told, (uint256[], uint256[], uint256));
        for (uint256 i; i < done.length; ++i) {
            happened[Action(i)] += done[i];
            refused[Action(i)] += barred[i];
        }
    }

    function _named(string memory what, uint256 action) private pure returns (string memory) {
        bytes1 tens = bytes1(uint8(48 + action / 10));
        return string(abi.encodePacked(what, ": act ", tens, bytes1(uint8(48 + (action % 10)))));
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
        (uint256 model_, uint256 place) = _somewhere();
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
        (uint256 model_, uint256 place) = _somewhere();
        ++places[model_][place].clock;
        _notices(this.targetsWereProven.selector);
    }

    function test07AHaltForgotten() external {
        (uint256 model_, uint256 place) = _somewhere();
        places[model_][place].haltedBy = Role.Assembly;
        _notices(this.nothingCountsTwice.selector);
    }

    function test08AnIncidentWithoutDeadline() external {
        (uint256 model_, uint256 place) = _somewhere();
        places[model_][place].incident = true;
        places[model_][place].respondBy = 1;
        _notices(this.nothingOutlivesItsExpiryOrScope.selector);
    }

    function test09TooFewSeats() external {
        seatCount[2] = 2;
        _notices(this.everythingCanBeStopped.selector);
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

    /// @dev Where something runs.
    function _somewhere() private view returns (uint256 model_, uint256 place) {
        for (model_ = 1; model_ < models.length; ++model_) {
            for (place = 0; place < environments.length; ++place) {
                if (places[model_][place].running != 0) return (model_, place);
            }
        }
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
