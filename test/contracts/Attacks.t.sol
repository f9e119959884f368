// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {Halt, IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {Appointment, Certificate, IRules} from "../../contracts/interfaces/IRules.sol";
import {
    DomainId,
    Identity,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    Trigger,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {ICommittee, ISeats} from "./Governance.sol";
import {Life, Warrant} from "./Life.sol";
import {Motion, Person} from "./Society.sol";
import {vm} from "./Vm.sol";
import {BurningWallet, Delegate, MuteWallet, PaddingWallet, RevertingWallet, TalkativeWallet} from "./Wallets.sol";

/// @title What someone would try against the policy
/// @notice Each test is one try, as far as it gets, and how things stand afterwards. docs/contracts.md lists them with
/// the guard that each meets, and with the tries that tests elsewhere tell already.
contract AttacksTest is Life {
    PersonId private constant REPLACED = PersonId.wrap(bytes32(uint256(1)));
    uint8 private constant FOR = 1;

    // A right to write, given by a vote

    function testNoVoteMakesAWriter() public {
        pass(1);
        // A committee's role is nobody's to give: its voice is a constant of the deployment.
        Role[4] memory roles = [Role.None, Role.Assembly, Role.OversightCommittee, Role.EmergencyCommittee];
        for (uint256 i; i < roles.length; ++i) {
            bytes memory unknown = abi.encodeWithSelector(IRules.RulesUnknownRoles.selector, bits(roles[i]));
            refuses(
                assemblyTimelock,
                address(rules),
                abi.encodeCall(IRules.setRoles, (ben.id, bits(roles[i]), DOCUMENT)),
                unknown
            );
            Appointment memory writer = Appointment(
                hex"00000000000000000000000000000000000000ff",
                0,
                bits(roles[i]),
                new DomainId[](0)
            );
            refuses(assemblyTimelock, address(rules), abi.encodeCall(IRules.appoint, (writer, DOCUMENT)), unknown);
        }
        // Nor does a vote let anybody speak through a timelock, shorten its delay, or put another in its place.
        bytes32 proposer = keccak256("PROPOSER_ROLE");
        address[3] memory timelocks = [assemblyTimelock, oversightTimelock, emergencyTimelock];
        ICommittee[3] memory all = [assemblyCommittee, oversightCommittee, emergencyCommittee];
        for (uint256 i; i < 3; ++i) {
            for (uint256 j; j < 3; ++j) {
                _outOfScope(all[i], timelocks[j], abi.encodeCall(IAccessControl.grantRole, (proposer, ben.account)));
                _outOfScope(all[i], timelocks[j], abi.encodeCall(TimelockController.updateDelay, (0)));
                _outOfScope(all[i], address(all[j]), abi.encodeCall(ICommittee.updateTimelock, (ben.account)));
                _outOfScope(all[i], address(all[j]), abi.encodeCall(ICommittee.relay, (address(rules), 0, "")));
            }
        }
    }

    // An operator's key, used to burn down every version that one could go back to

    function testAStolenOperatorsKeyTakesOneStepADay() public {
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        setMonitored(true);
        Person memory otto = someone("Otto Prins");
        appoint(abi.encodePacked(otto.account), bits(Role.SystemOperator));
        rollBack(emil, Role.SystemOperator, order(third, second));
        // Whoever has a second key of that kind has no second step.
        bytes memory limited = abi.encodeWithSelector(IRegistry.RegistryOperatorLimit.selector, time() + 24 hours);
        pass(24 hours - 1);
        refuses(emil.account, address(registry), rollbackCall(order(second, first), Role.SystemOperator), limited);
        refuses(emil.account, address(registry), withdrawCall(order(second, NO_VERSION), Role.SystemOperator), limited);
        refuses(otto.account, address(registry), rollbackCall(order(second, first), Role.SystemOperator), limited);
        vm.assertEq(isCondemned(third), false);
        // In that day the officer undoes it, and the Assembly takes the key out of use.
        does(ada.account, address(registry), overruleCall(order(second, third)));
        suspend(emil.id, FOR_GOOD);
        pass(1);
        refuses(
            emil.account,
            address(registry),
            rollbackCall(order(third, second), Role.SystemOperator),
            abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, emil.id, FOR_GOOD)
        );
        same(active(PRODUCTION), third);
        VersionId[3] memory all = [first, second, third];
        for (uint256 i; i < 3; ++i) vm.assertEq(word(all[i]).condemnedFrom(), 0);
    }

    // A risk that its author declares too low

    function testAnAuthorWhoDeclaresTooLittleIsOverruled() public {
        Identity memory modest = identity("1.0.0", Risk.Low);
        VersionId id = register(modest);
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, modest, Stage.Validation);
        raiseRisk(modest, Risk.High);
        // What was signed for Low is void, and a technical lead is not enough any more.
        _refusesStep(
            modest,
            lead,
            abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.TechnicalLead,
                abi.encodePacked(ben.account)
            )
        );
        _refusesStep(
            modest,
            signOffBy(ben, Role.TechnicalLead, modest, Stage.Validation),
            abi.encodeWithSelector(
                IRules.RulesSignOffMissing.selector,
                id,
                Stage.Validation,
                bits(Role.ResponsibleAIOfficer)
            )
        );
        refuses(
            dana.account,
            address(registry),
            restoreCall(modest, Risk.Low),
            unauthorized(dana, Role.OversightCommittee)
        );
        // The same bytes once more, under another label: the floor stops that.
        setFloor(Risk.High);
        refuses(
            dana.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("1.0.1", Risk.Low), NO_VERSION)),
            abi.encodeWithSelector(IRegistry.RegistryRiskBelowFloor.selector, Risk.Low, Risk.High)
        );
    }

    // Someone else's version, copied before it is on the chain

    function testACopiedVersionIsAnotherVersion() public {
        Person memory mallory = someone("Mallory");
        mallory.id = appoint(abi.encodePacked(mallory.account), bits(Role.ModelDeveloper));
        vm.prank(ada.account);
        registry.setDeveloper(model, mallory.id, true, DOCUMENT);
        Identity memory original = identity("1.0.0", Risk.Low);
        Identity memory copy = identity("1.0.0", Risk.Low);
        copy.author = mallory.id;
        refuses(
            mallory.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (original, NO_VERSION)),
            abi.encodeWithSelector(IRegistry.RegistryNotAuthor.selector, dana.id, mallory.id)
        );
        vm.prank(mallory.account);
        VersionId copied = registry.register(copy, NO_VERSION);
        // The author's own is as good as before, and what is signed for it carries no copy.
        VersionId id = register(original);
        vm.assertTrue(id != copied, "another version");
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, original, Stage.Validation);
        _refusesStep(
            copy,
            lead,
            abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.TechnicalLead,
                abi.encodePacked(ben.account)
            )
        );
        promote(promotion(original, Stage.Validation, only(lead)));
        // Neither does the copy hold the label.
        _refusesStep(
            copy,
            signOffBy(ben, Role.TechnicalLead, copy, Stage.Validation),
            abi.encodeWithSelector(IRegistry.RegistryLabelTaken.selector, model, original.label, id)
        );
        same(active(VALIDATION), id);
    }

    // A member's key, stolen, and lent out

    function testAThiefLosesTheSeatWithTheKey() public {
        pass(1);
        Motion memory raid = _raid();
        open(raid, ben);
        Person memory renewed = rotate(ada, "Ada's new key");
        Person[2] memory thieves = [ada, stranger];
        for (uint256 i; i < 2; ++i) {
            refuses(
                thieves[i].account,
                address(assemblyCommittee),
                abi.encodeCall(IGovernor.castVote, (proposalId(raid), FOR)),
                abi.encodeWithSelector(ICommittee.CommitteeNoVotes.selector, thieves[i].account)
            );
            refuses(
                thieves[i].account,
                address(assemblyCommittee),
                proposeCall(_raid()),
                abi.encodeWithSelector(IGovernor.GovernorInsufficientProposerVotes.selector, thieves[i].account, 0, 1)
            );
        }
        bytes memory old = abi.encodePacked(ada.account);
        refuses(
            ada.account,
            address(rules),
            abi.encodeCall(IRules.rotate, (old, "", abi.encodePacked(stranger.account), "")),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, REPLACED)
        );
        pass(1);
        Motion memory next = _raid();
        open(next, renewed);
        vote(next, renewed, FOR);
    }

    // A stolen key that the Assembly has suspended, and that runs ahead of the recovery

    function testASuspendedThiefDoesNotRunFromARecovery() public {
        Person memory renewed = someone("Maya's new key");
        bytes memory signer = abi.encodePacked(renewed.account);
        suspend(maya.id, FOR_GOOD);
        // Before anybody recovers the person, it may be she who saves herself.
        Person memory thief = rotate(maya, "The thief's key");
        vm.prank(assemblyTimelock);
        rules.startRecovery(maya.id, signer, DOCUMENT);
        bytes memory next = abi.encodePacked(stranger.account);
        bytes memory consent = sign(stranger, rules.rotationDigest(maya.id, next, signingEpoch(maya.id)));
        bytes memory barred = abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, maya.id, FOR_GOOD);
        bytes memory current = abi.encodePacked(thief.account);
        refuses(thief.account, address(rules), abi.encodeCall(IRules.rotate, (current, "", next, consent)), barred);
        refuses(thief.account, address(rules), abi.encodeCall(IRules.objectToRecovery, (maya.id, current, "")), barred);
        pass(7 days);
        rules.recover(maya.id, signer, sign(renewed, rules.rotationDigest(maya.id, signer, signingEpoch(maya.id))));
        vm.assertEq(accountOf(maya.id), renewed.account);
        same(whoseKey(current), PersonId.wrap(0));
    }

    // An appointment that a reorganisation took back, and someone else's in its place

    function testAnAppointmentThatWasTakenBackAppointsNobodyElse() public {
        Person memory quinn = someone("Otis Quinn");
        Person memory mallory = someone("Mallory");
        // The Assembly saw Quinn's appointment, and decided what follows; then Mallory's came in its place.
        bytes32 salt = keccak256("Otis Quinn");
        vm.prank(assemblyTimelock);
        PersonId stands = rules.appoint(_operator(mallory, salt), DOCUMENT);
        vm.assertTrue(stands != quinn.id, "another person");
        bytes[3] memory decided = [
            abi.encodeCall(IRules.setRoles, (quinn.id, bits(Role.ResponsibleAIOfficer), DOCUMENT)),
            abi.encodeCall(IRules.setDomain, (quinn.id, SPEECH, true, DOCUMENT)),
            abi.encodeCall(
                IRules.certify,
                (quinn.id, Certificate(FOR_GOOD, FOR_GOOD, FOR_GOOD), Role.Assembly, DOCUMENT)
            )
        ];
        for (uint256 i; i < decided.length; ++i) {
            refuses(
                assemblyTimelock,
                address(rules),
                decided[i],
                abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, quinn.id)
            );
        }
        refuses(
            assemblyTimelock,
            address(assemblySeats),
            abi.encodeCall(ISeats.grant, (quinn.id)),
            abi.encodeWithSelector(ISeats.SeatsPersonNotCleared.selector, quinn.id)
        );
        vm.assertEq(rules.standing(stands).roles, bits(Role.SystemOperator));
        // Appointed again, Quinn is who was meant.
        vm.prank(assemblyTimelock);
        same(rules.appoint(_operator(quinn, salt), DOCUMENT), quinn.id);
        does(assemblyTimelock, address(rules), decided[0]);
        vm.assertEq(rules.standing(quinn.id).roles, bits(Role.ResponsibleAIOfficer));
    }

    // A halt, and every way around it

    function testNothingLiftsAHaltButItsRank() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        halt(ada, Role.ResponsibleAIOfficer, latest);
        refuses(
            emil.account,
            address(registry),
            resumeCall(stop(latest), Role.SystemOperator),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, Role.SystemOperator, Risk.High)
        );
        Identity memory named = identity("2.0.0", Risk.High);
        refuses(
            emil.account,
            address(registry),
            abi.encodeCall(IRegistry.activate, (named, PRODUCTION, 0)),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, latest, PRODUCTION)
        );
        Warrant[] memory signOffs = signOffsFor(named, Stage.Production);
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(named, Stage.Production, signOffs)),
            abi.encodeWithSelector(IRegistry.RegistryStageSkipped.selector, latest, Stage.Production, Stage.Production)
        );
        refuses(
            ada.account,
            address(registry),
            rollbackCall(order(latest, latest), Role.ResponsibleAIOfficer),
            abi.encodeWithSelector(IRegistry.RegistryTargetIneligible.selector, latest, PRODUCTION)
        );
        // Neither what becomes of the halter, nor of the model, nor time.
        suspend(ada.id, FOR_GOOD);
        suspendModel();
        moveModel();
        pass(3 * 365 days);
        refuses(
            stranger.account,
            address(registry),
            abi.encodeCall(IRegistry.lapse, (model, PRODUCTION)),
            abi.encodeWithSelector(IRegistry.RegistryNeverLapses.selector, Risk.High)
        );
        same(active(PRODUCTION), latest);
        same(activeWord(PRODUCTION).haltedBy(), Role.ResponsibleAIOfficer);
        // The way out is a way back.
        does(assemblyTimelock, address(registry), rollbackCall(order(latest, proven), Role.Assembly));
        same(active(PRODUCTION), proven);
    }

    // A halt that is waited out, of a version that turned out to be dangerous while it ran

    function testNoHaltLapsesOnceTheRiskIsHigh() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(emil, Role.SystemOperator, id);
        raiseRisk(identity("1.0.0", Risk.Low), Risk.Critical);
        pass(72 hours);
        bytes memory lapse = abi.encodeCall(IRegistry.lapse, (model, PRODUCTION));
        refuses(
            stranger.account,
            address(registry),
            lapse,
            abi.encodeWithSelector(IRegistry.RegistryNeverLapses.selector, Risk.Critical)
        );
        restoreRisk(identity("1.0.0", Risk.Low), Risk.Low);
        setFloor(Risk.High);
        refuses(
            stranger.account,
            address(registry),
            lapse,
            abi.encodeWithSelector(IRegistry.RegistryNeverLapses.selector, Risk.High)
        );
        setFloor(Risk.Low);
        does(stranger.account, address(registry), lapse);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    // Reports, to make the policy's review overdue, so that High and Critical promotions wait

    function testReportsHoldNoPromotionUp() public {
        VersionId id = release("1.0.0", Risk.Critical);
        recordReview();
        uint40 due = reviewDueAt();
        Halt memory report = stop(id);
        Person[4] memory people = [emil, watchPost, maya, dana];
        Role[4] memory roles = [Role.SystemOperator, Role.Monitor, Role.Auditor, Role.ModelDeveloper];
        for (uint256 i; i < 4; ++i) {
            report.trigger = Trigger.Incident;
            does(people[i].account, address(registry), reportCall(report, roles[i]));
            vm.assertEq(reviewDueAt(), due);
        }
        // Who may give a directive pulls the review to a month from then, and no nearer by repeating it.
        report.trigger = Trigger.Directive;
        does(maya.account, address(registry), reportCall(report, Role.Auditor));
        due = time() + 30 days;
        vm.assertEq(reviewDueAt(), due);
        pass(10 days);
        does(maya.account, address(registry), reportCall(report, Role.Auditor));
        does(ada.account, address(registry), reportCall(report, Role.ResponsibleAIOfficer));
        vm.assertEq(reviewDueAt(), due);
        recordReview();
        vm.assertEq(reviewDueAt(), time() + 365 days);
        release("2.0.0", Risk.Critical);
    }

    // Someone else's emergency, proposed first so that it can be cancelled

    function testNobodyProposesAnotherEmergencyInOrderToCancelIt() public {
        pass(1);
        VersionId id = release("1.0.0", Risk.Critical);
        bytes memory out = withdrawCall(order(id, NO_VERSION), Role.EmergencyCommittee);
        Motion memory brake = motion(emergencyCommittee, address(registry), out);
        brake.description = string.concat("# Withdraw #proposer=", Strings.toHexString(jonas.account));
        refuses(
            kira.account,
            address(emergencyCommittee),
            proposeCall(brake),
            abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, kira.account)
        );
        Motion memory twin = motion(emergencyCommittee, address(registry), out);
        propose(twin, kira);
        does(kira.account, address(emergencyCommittee), cancelCall(twin));
        open(brake, jonas);
        Person[3] memory members = [jonas, kira, liam];
        for (uint256 i; i < 3; ++i) vote(brake, members[i], FOR);
        queue(brake);
        // Not even who proposed it, or was made to.
        for (uint256 i; i < 3; ++i) {
            refuses(
                members[i].account,
                address(emergencyCommittee),
                cancelCall(brake),
                abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, proposalId(brake), members[i].account)
            );
        }
        execute(brake);
        same(active(PRODUCTION), NO_VERSION);
    }

    // The last versions to go back to, each released because the other is there

    function testTwoVersionsDoNotVouchForEachOther() public {
        (VersionId first, VersionId second) = releaseTwo(Risk.Low);
        pass(1 hours);
        VersionId third = release("3.0.0", Risk.Low);
        does(assemblyTimelock, address(registry), releaseCall(identity("1.0.0", Risk.Low), inAllStages(second)));
        refuses(
            assemblyTimelock,
            address(registry),
            releaseCall(identity("2.0.0", Risk.Low), inAllStages(first)),
            abi.encodeWithSelector(IRegistry.RegistryNoAlternative.selector, second, VALIDATION, first)
        );
        refuses(
            ada.account,
            address(registry),
            retireCall(identity("2.0.0", Risk.Low), inAllStages(third)),
            abi.encodeWithSelector(IRegistry.RegistryNoAlternative.selector, second, VALIDATION, third)
        );
        rollBack(emil, Role.SystemOperator, order(third, second));
        same(active(PRODUCTION), second);
    }

    // A Training Officer's key, used to disarm everybody

    function testAStolenTrainingKeyTakesNobodysBrake() public {
        VersionId id = release("1.0.0", Risk.Low);
        refuses(
            faisal.account,
            address(rules),
            _certifyCall(ada.id, time() - 1),
            abi.encodeWithSelector(IRules.RulesExpiryInPast.selector, time() - 1, time())
        );
        refuses(
            faisal.account,
            address(rules),
            _certifyCall(jonas.id, 0),
            abi.encodeWithSelector(IRules.RulesExpiryInPast.selector, 0, time())
        );
        // What lapses now leaves the brake for its thirty days, in which the Assembly certifies again.
        Person[5] memory all = [ada, emil, jonas, kira, liam];
        for (uint256 i; i < all.length; ++i) does(faisal.account, address(rules), _certifyCall(all[i].id, time()));
        vm.assertEq(isCleared(ada.id), false);
        pass(30 days - 1 hours);
        halt(emil, Role.SystemOperator, id);
        withdraw(ada, Role.ResponsibleAIOfficer, order(id, NO_VERSION));
        passByEmergency(address(registry), withdrawCall(order(id, NO_VERSION), Role.EmergencyCommittee));
        vm.assertEq(isCondemned(id), true);
    }

    function testATrainingOfficerCertifiesOneCurriculumAfterTheOther() public {
        certify(noor.id, time() - 1);
        // One curriculum after the other, as they are completed.
        Certificate memory partly = Certificate(FOR_GOOD, 0, 0);
        bytes memory call = abi.encodeCall(IRules.certify, (noor.id, partly, Role.TrainingOfficer, DOCUMENT));
        refuses(
            faisal.account,
            address(rules),
            call,
            abi.encodeWithSelector(IRules.RulesExpiryInPast.selector, 0, time())
        );
        Person memory quinn = someone("Otis Quinn");
        vm.prank(assemblyTimelock);
        quinn.id = rules.appoint(_operator(quinn, 0), DOCUMENT);
        does(
            faisal.account,
            address(rules),
            abi.encodeCall(IRules.certify, (quinn.id, partly, Role.TrainingOfficer, DOCUMENT))
        );
        vm.assertEq(rules.standing(quinn.id).versioning, FOR_GOOD);
        vm.assertEq(isCleared(quinn.id), false);
    }

    // Accounts that misbehave when they are asked whether they signed

    function testNoAccountSpeaksByMisbehaving() public {
        address[6] memory accounts = [
            address(new RevertingWallet()),
            address(new BurningWallet()),
            address(new MuteWallet()),
            address(new TalkativeWallet()),
            address(new PaddingWallet()),
            address(new Delegate())
        ];
        pass(1);
        VersionId id = release("1.0.0", Risk.Low);
        Motion memory raid = _raid();
        uint256 proposed = open(raid, ada);
        for (uint256 i; i < accounts.length; ++i) {
            bytes memory signer = abi.encodePacked(accounts[i]);
            refuses(
                stranger.account,
                address(assemblyCommittee),
                abi.encodeCall(IGovernor.castVoteBySig, (proposed, FOR, accounts[i], hex"01")),
                abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, accounts[i])
            );
            refuses(
                ada.account,
                address(rules),
                abi.encodeCall(IRules.rotate, (abi.encodePacked(ada.account), "", signer, hex"01")),
                abi.encodeWithSelector(IRules.RulesInvalidRotation.selector, keccak256(signer))
            );
            appoint(signer, bits(Role.SystemOperator));
            bytes memory warrant = pack(Warrant(Role.SystemOperator, FOR_GOOD, signer, hex"01"));
            bytes memory invalid = abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.SystemOperator,
                signer
            );
            refuses(
                stranger.account,
                address(registry),
                abi.encodeCall(IRegistry.haltBySig, (stop(id), warrant)),
                invalid
            );
            refuses(
                stranger.account,
                address(registry),
                abi.encodeCall(IRegistry.rollbackBySig, (order(id, NO_VERSION), warrant)),
                invalid
            );
        }
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
        same(active(PRODUCTION), id);
    }

    // A proposal that is none

    function testNobodyActsOnWhatIsNoProposal() public {
        Motion memory none = _raid();
        uint256 id = proposalId(none);
        bytes[4] memory calls = [
            abi.encodeCall(IGovernor.castVote, (id, FOR)),
            queueCall(none),
            executeCall(none),
            cancelCall(none)
        ];
        for (uint256 i; i < calls.length; ++i) {
            refuses(
                ada.account,
                address(assemblyCommittee),
                calls[i],
                abi.encodeWithSelector(IGovernor.GovernorNonexistentProposal.selector, id)
            );
        }
    }

    function _raid() private returns (Motion memory) {
        return motion(assemblyCommittee, address(rules), abi.encodeCall(IRules.setRoles, (ben.id, 0, DOCUMENT)));
    }

    function _operator(Person memory person, bytes32 salt) private pure returns (Appointment memory) {
        return Appointment(abi.encodePacked(person.account), salt, bits(Role.SystemOperator), new DomainId[](0));
    }

    function _certifyCall(PersonId person, uint40 until) private pure returns (bytes memory) {
        return
            abi.encodeCall(IRules.certify, (person, Certificate(until, until, until), Role.TrainingOfficer, DOCUMENT));
    }

    function _refusesStep(Identity memory named, Warrant memory signOff, bytes memory problem) private {
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(named, Stage.Validation, only(signOff))),
            problem
        );
    }

    function _outOfScope(ICommittee committee, address target, bytes memory call) private {
        Person memory member = committee == assemblyCommittee || committee == oversightCommittee ? grace : jonas;
        refuses(
            member.account,
            address(committee),
            proposeCall(motion(committee, target, call)),
            abi.encodeWithSelector(ICommittee.CommitteeOutOfScope.selector, target, bytes4(call))
        );
    }
}
