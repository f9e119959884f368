// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IRules, SignOff} from "../../contracts/interfaces/IRules.sol";
import {ActiveWord} from "../../contracts/types/ActiveWord.sol";
import {Matrix} from "../../contracts/types/Matrix.sol";
import {
    Action,
    Identity,
    Model,
    ModelId,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life, Promotion, Warrant} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

contract PromotionTest is Life {
    function testAnyoneCarriesAStepThatIsSignedOff() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        pass(1 hours);
        leaves(
            stranger.account,
            address(registry),
            _call(promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation))),
            Trace(
                Action.Promoted,
                voice(stranger.account),
                Role.None,
                VersionId.unwrap(id),
                evidence(Stage.Validation),
                0
            )
        );
        same(word(id).stage(), Stage.Validation);
        same(active(VALIDATION), id);
        same(active(STAGING), NO_VERSION);
    }

    function testAVersionIsFoundByItsNumberOnceItEntersValidation() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        same(registry.numbered(model, 1), NO_VERSION);
        promote(named, Stage.Validation);
        same(registry.numbered(model, 1), id);
        VersionId second = version("2.0.0", Risk.Low, Stage.Validation);
        same(registry.numbered(model, 1), id);
        same(registry.numbered(model, 2), second);
        same(registry.numbered(model, 0), NO_VERSION);
    }

    function testEachStageActivatesInItsOwnEnvironment() public {
        VersionId id = release("1.0.0", Risk.Medium);
        same(active(VALIDATION), id);
        same(active(STAGING), id);
        same(active(PRODUCTION), id);
        same(active(WARD_3), NO_VERSION);
        vm.assertEq(activeIn(id), 3);
        vm.assertEq(sequence(), 3);
        ActiveWord state = activeWord(PRODUCTION);
        vm.assertEq(state.number(), 1);
        vm.assertEq(state.sequence(), 3);
        vm.assertEq(state.since(), time());
        same(state.risk(), Risk.Medium);
        same(state.haltedBy(), Role.None);
        vm.assertEq(state.timer(), time());
        vm.assertEq(state.place(), 2);
        vm.assertEq(state.newest(), 1);
        vm.assertEq(state.previous(), 0);
    }

    function testTheSuccessorTakesItsPredecessorsPlace() public {
        VersionId first = release("1.0.0", Risk.Medium);
        pass(5 hours);
        release("2.0.0", Risk.Low);
        vm.assertEq(activeIn(first), 0);
        vm.assertEq(activeWord(PRODUCTION).number(), 2);
        vm.assertEq(activeWord(PRODUCTION).previous(), 1);
        vm.assertEq(activeWord(PRODUCTION).newest(), 2);
        vm.assertEq(activeWord(PRODUCTION).sequence(), 6);
        same(activeWord(PRODUCTION).risk(), Risk.Low);
    }

    function testAPredecessorIsProvenWhereItServedItsSoakTime() public {
        VersionId first = release("1.0.0", Risk.Medium);
        pass(6 hours - 1);
        VersionId second = release("2.0.0", Risk.Low);
        vm.assertEq(registry.isProven(first, 2), false);
        vm.assertEq(provenCount(first), 0);
        pass(1 hours);
        release("3.0.0", Risk.Low);
        for (uint16 place; place < 3; ++place) vm.assertEq(registry.isProven(second, place), true);
        vm.assertEq(registry.isProven(second, 3), false);
        vm.assertEq(provenCount(second), 3);
        // The first was not active since, so it gained nothing.
        vm.assertEq(provenCount(first), 0);
    }

    function testEachRowOfThePolicysTableSuffices() public {
        same(word(release("1.0.0", Risk.Low)).stage(), Stage.Production);
        same(word(release("2.0.0", Risk.Medium)).stage(), Stage.Production);
        same(word(release("3.0.0", Risk.High)).stage(), Stage.Production);
        same(word(release("4.0.0", Risk.Critical)).stage(), Stage.Production);
    }

    function testRefusesAnySignOffLessThanTheRow() public {
        Identity memory named = identity("1.0.0", Risk.Critical);
        VersionId id = register(named);
        Warrant[] memory none;
        _refusesMissing(named, Stage.Validation, none, bits(Role.ResponsibleAIOfficer));
        promote(named, Stage.Validation);
        _refusesMissing(named, Stage.Staging, none, bits(Role.ResponsibleAIOfficer));
        promote(named, Stage.Staging);
        Warrant memory officer = signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Production);
        Warrant memory lead = signOffBy(chloe, Role.DomainLead, named, Stage.Production);
        Warrant memory consent = consentOfOversight(named, Stage.Production);
        _refusesMissing(named, Stage.Production, both(officer, lead), bits(Role.OversightCommittee));
        _refusesMissing(named, Stage.Production, both(officer, consent), bits(Role.DomainLead));
        _refusesMissing(named, Stage.Production, both(lead, consent), bits(Role.ResponsibleAIOfficer));
        promote(named, Stage.Production);
        same(active(PRODUCTION), id);
    }

    function testMoreSignOffsThanTheRowAreWelcome() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        _promotePresenting(
            named,
            both(
                signOffBy(ben, Role.TechnicalLead, named, Stage.Validation),
                signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Validation)
            )
        );
    }

    function testEverySignOffThatIsPresentedMustCount() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Warrant memory superfluous = signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Staging);
        _refuses(
            promotion(
                named,
                Stage.Validation,
                both(signOffBy(ben, Role.TechnicalLead, named, Stage.Validation), superfluous)
            ),
            abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.ResponsibleAIOfficer,
                abi.encodePacked(ada.account)
            )
        );
    }

    function testRefusesTheCommitteesConsentWithoutItsVote() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Validation);
        Warrant memory claimed = Warrant(Role.OversightCommittee, time() + SIGN_OFF_TERM, "", "");
        _refuses(promotion(named, Stage.Validation, both(lead, claimed)), _invalid(Role.OversightCommittee, ""));
        // Nor does anyone sign for it, one of its members, its timelock or its governor.
        claimed.signer = abi.encodePacked(grace.account);
        claimed.signature = sign(
            grace,
            rules.signOffDigest(termsFor(named, PersonId.wrap(0), Role.OversightCommittee, Stage.Validation))
        );
        _refuses(
            promotion(named, Stage.Validation, both(lead, claimed)),
            _invalid(Role.OversightCommittee, claimed.signer)
        );
        claimed.signer = "";
        _refuses(promotion(named, Stage.Validation, both(lead, claimed)), _invalid(Role.OversightCommittee, ""));
        claimed.signature = "";
        consentOfOversight(named, Stage.Validation);
        // One consent, one form: what is logged is what was given.
        claimed.signer = abi.encodePacked(oversightTimelock);
        _refuses(
            promotion(named, Stage.Validation, both(lead, claimed)),
            _invalid(Role.OversightCommittee, claimed.signer)
        );
        claimed.signer = "";
        _promotePresenting(named, both(lead, claimed));
    }

    function testACommitteesConsentCountsUpToItsDeadlineAndInItsEpochOnly() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Warrant memory consent = consentOfOversight(named, Stage.Validation);
        pass(SIGN_OFF_TERM + 1);
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Validation);
        _refuses(
            promotion(named, Stage.Validation, both(lead, consent)),
            abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.OversightCommittee, consent.deadline)
        );
        vm.warp(consent.deadline);
        (, Matrix matrix, ) = rules.policy();
        startEpoch(DOCUMENT, matrix, thresholds());
        lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Validation);
        _refuses(promotion(named, Stage.Validation, both(lead, consent)), _invalid(Role.OversightCommittee, ""));
    }

    function testACommitteesConsentCountsForOneStageOfOneVersionAtOneRisk() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Identity memory other = identity("2.0.0", Risk.Low);
        register(other);
        Warrant memory consent = consentOfOversight(named, Stage.Validation);
        bytes memory problem = _invalid(Role.OversightCommittee, "");
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, other, Stage.Validation);
        _refuses(promotion(other, Stage.Validation, both(lead, consent)), problem);
        promote(named, Stage.Validation);
        lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Staging);
        _refuses(promotion(named, Stage.Staging, both(lead, consent)), problem);
        consent = consentOfOversight(named, Stage.Staging);
        raiseRisk(named, Risk.Medium);
        Warrant memory officer = signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Staging);
        _refuses(promotion(named, Stage.Staging, both(officer, consent)), problem);
    }

    function testEachCommitteeSpeaksForItselfAlone() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Warrant memory consent = consentOfOversight(named, Stage.Validation);
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Validation);
        consent.role = Role.EmergencyCommittee;
        _refuses(promotion(named, Stage.Validation, both(lead, consent)), _invalid(Role.EmergencyCommittee, ""));
        consent.role = Role.Assembly;
        _refuses(promotion(named, Stage.Validation, both(lead, consent)), _invalid(Role.Assembly, ""));
    }

    function testTheCommitteeConsentsByItsVote() public {
        pass(1 hours);
        Identity memory named = identity("1.0.0", Risk.Critical);
        register(named);
        promoteTo(named, Stage.Staging);
        SignOff memory terms = termsFor(named, PersonId.wrap(0), Role.OversightCommittee, Stage.Production);
        passByOversight(address(rules), abi.encodeCall(IRules.signOff, (terms)));
        Warrant[] memory signOffs = new Warrant[](3);
        signOffs[0] = signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Production);
        signOffs[1] = signOffBy(chloe, Role.DomainLead, named, Stage.Production);
        signOffs[2] = Warrant(Role.OversightCommittee, terms.deadline, "", "");
        promote(promotion(named, Stage.Production, signOffs));
        same(active(PRODUCTION), registry.versionId(named));
    }

    function testTheCommitteesConsentKnowsNoSigningEpoch() public {
        Identity memory named = identity("1.0.0", Risk.Critical);
        register(named);
        // The lead's epoch, just before the committee's in the order of roles, is no longer the first.
        suspend(chloe.id, time() + 1);
        reinstate(chloe.id);
        promoteTo(named, Stage.Production);
        same(active(PRODUCTION), registry.versionId(named));
    }

    function testRefusesSignOffsOutOfOrderOrTwice() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Validation);
        Warrant memory officer = signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Validation);
        _refuses(
            promotion(named, Stage.Validation, both(officer, lead)),
            abi.encodeWithSelector(IRules.RulesSignOffsUnsorted.selector, Role.ResponsibleAIOfficer, Role.TechnicalLead)
        );
        _refuses(
            promotion(
                named,
                Stage.Validation,
                both(lead, signOffBy(noor, Role.TechnicalLead, named, Stage.Validation))
            ),
            abi.encodeWithSelector(IRules.RulesSignOffsUnsorted.selector, Role.TechnicalLead, Role.TechnicalLead)
        );
    }

    function testRefusesARoleThatIsNoRole() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        _refuses(
            promotion(named, Stage.Validation, only(signOffBy(ben, Role.None, named, Stage.Validation))),
            abi.encodeWithSelector(IRules.RulesSignOffsUnsorted.selector, Role.None, Role.None)
        );
    }

    function testRefusesOnePersonInTwoRoles() public {
        Identity memory named = identity("1.0.0", Risk.High);
        register(named);
        promoteTo(named, Stage.Staging);
        _refuses(
            promotion(
                named,
                Stage.Production,
                both(
                    signOffBy(pia, Role.ResponsibleAIOfficer, named, Stage.Production),
                    signOffBy(pia, Role.DomainLead, named, Stage.Production)
                )
            ),
            abi.encodeWithSelector(
                IRules.RulesPersonFillsTwoRoles.selector,
                pia.id,
                Role.ResponsibleAIOfficer,
                Role.DomainLead
            )
        );
        // It is noticed too when somebody else stands between the two.
        setRoles(ben.id, bits(Role.TechnicalLead) | bits(Role.DomainLead));
        vm.prank(assemblyTimelock);
        rules.setDomain(ben.id, SPEECH, true, DOCUMENT);
        Warrant[] memory three = new Warrant[](3);
        three[0] = signOffBy(ben, Role.TechnicalLead, named, Stage.Production);
        three[1] = signOffBy(ada, Role.ResponsibleAIOfficer, named, Stage.Production);
        three[2] = signOffBy(ben, Role.DomainLead, named, Stage.Production);
        _refuses(
            promotion(named, Stage.Production, three),
            abi.encodeWithSelector(
                IRules.RulesPersonFillsTwoRoles.selector,
                ben.id,
                Role.TechnicalLead,
                Role.DomainLead
            )
        );
    }

    function testRefusesTheAuthorsSignOff() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        _refuses(
            promotion(named, Stage.Validation, only(signOffBy(dana, Role.TechnicalLead, named, Stage.Validation))),
            abi.encodeWithSelector(IRules.RulesAuthorSignedOff.selector, dana.id)
        );
        Warrant memory called = calledBy(dana.account, termsFor(named, dana.id, Role.TechnicalLead, Stage.Validation));
        _refuses(
            promotion(named, Stage.Validation, only(called)),
            abi.encodeWithSelector(IRules.RulesAuthorSignedOff.selector, dana.id)
        );
    }

    function testRefusesTheLeadOfAnotherDomain() public {
        Identity memory named = identity("1.0.0", Risk.High);
        register(named);
        promoteTo(named, Stage.Staging);
        Promotion memory step = promotion(named, Stage.Production, signOffsFor(named, Stage.Production));
        vm.prank(assemblyTimelock);
        rules.setDomain(chloe.id, SPEECH, false, DOCUMENT);
        vm.prank(assemblyTimelock);
        rules.setDomain(chloe.id, RADIOLOGY, true, DOCUMENT);
        _refuses(step, abi.encodeWithSelector(IRules.RulesNotLeadOfDomain.selector, chloe.id, SPEECH));
        vm.prank(assemblyTimelock);
        rules.setDomain(chloe.id, SPEECH, true, DOCUMENT);
        promote(step);
    }

    function testADomainLeadCountsInAnotherRoleWhateverTheDomain() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        named.model = createModel("triage", Risk.Low);
        vm.prank(ada.account);
        registry.addSchema(named.model, SCHEMA, 0, DOCUMENT);
        VersionId id = register(named);
        setRoles(chloe.id, bits(Role.DomainLead) | bits(Role.TechnicalLead));
        vm.prank(assemblyTimelock);
        rules.setDomain(chloe.id, SPEECH, false, DOCUMENT);
        _promotePresenting(named, only(signOffBy(chloe, Role.TechnicalLead, named, Stage.Validation)));
        same(word(id).stage(), Stage.Validation);
    }

    function testRefusesAStageSkippedRepeatedOrTakenBack() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        _refusesSkip(named, id, Stage.Development, Stage.Staging);
        _refusesSkip(named, id, Stage.Development, Stage.Production);
        _refusesSkip(named, id, Stage.Development, Stage.Development);
        promoteTo(named, Stage.Staging);
        _refusesSkip(named, id, Stage.Staging, Stage.Staging);
        _refusesSkip(named, id, Stage.Staging, Stage.Validation);
        promote(named, Stage.Production);
        _refusesSkip(named, id, Stage.Production, Stage.Production);
        _refusesSkip(named, id, Stage.Production, Stage.Retired);
    }

    function testRefusesAStepWithoutEvidence() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        Promotion memory step = promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation));
        step.evidence = 0;
        _refuses(step, abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector));
    }

    function testRefusesAnUnknownVersion() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = registry.versionId(named);
        _refuses(
            promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, id)
        );
    }

    function testRefusesACondemnedVersion() public {
        Identity memory named = identity("2.0.0", Risk.Low);
        VersionId condemned = register(named);
        promoteTo(named, Stage.Staging);
        does(emergencyTimelock, address(registry), withdrawCall(order(condemned, NO_VERSION), Role.EmergencyCommittee));
        _refuses(
            promotion(named, Stage.Production, signOffsFor(named, Stage.Production)),
            abi.encodeWithSelector(IRegistry.RegistryVersionCondemned.selector, condemned)
        );
    }

    function testRefusesAVersionWithADefect() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        recordDefect(named);
        _refuses(
            promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation)),
            abi.encodeWithSelector(IRegistry.RegistryVersionCondemned.selector, id)
        );
    }

    function testRefusesAVersionWhoseBytesAreReleased() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        vm.prank(assemblyTimelock);
        registry.release(named, new VersionId[](0), DOCUMENT);
        _refuses(
            promotion(named, Stage.Validation, signOffsFor(named, Stage.Validation)),
            abi.encodeWithSelector(IRegistry.RegistryVersionReleased.selector, id)
        );
    }

    function testTheFirstToEnterValidationHoldsTheLabel() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = register(named);
        Identity memory squatter = identity("1.0.0", Risk.Low);
        squatter.manifestDigest = keccak256("other bytes");
        register(squatter);
        promote(named, Stage.Validation);
        same(registry.labelHolder(model, named.label), id);
        _refuses(
            promotion(squatter, Stage.Validation, signOffsFor(squatter, Stage.Validation)),
            abi.encodeWithSelector(IRegistry.RegistryLabelTaken.selector, model, named.label, id)
        );
        promote(named, Stage.Staging);
        same(registry.labelHolder(model, named.label), id);
    }

    function testALabelIsTakenInOneModelOnly() public {
        version("1.0.0", Risk.Low, Stage.Validation);
        Identity memory named = identity("1.0.0", Risk.Low);
        named.model = createModel("triage", Risk.Low);
        vm.prank(ada.account);
        registry.addSchema(named.model, SCHEMA, 0, DOCUMENT);
        VersionId id = register(named);
        promote(named, Stage.Validation);
        same(registry.labelHolder(named.model, named.label), id);
    }

    // The policy's review

    function testAnOverdueReviewHoldsUpHighAndCriticalVersions() public {
        Identity memory high = identity("1.0.0", Risk.High);
        Identity memory critical = identity("2.0.0", Risk.Critical);
        Identity memory medium = identity("3.0.0", Risk.Medium);
        register(high);
        register(critical);
        VersionId permitted = register(medium);
        uint40 due = FOUNDED_AT + 365 days;
        certify(ada.id, FOR_GOOD);
        certify(ben.id, FOR_GOOD);
        vm.warp(due);
        bytes memory overdue = abi.encodeWithSelector(IRules.RulesReviewOverdue.selector, due);
        _refuses(promotion(high, Stage.Validation, signOffsFor(high, Stage.Validation)), overdue);
        _refuses(promotion(critical, Stage.Validation, signOffsFor(critical, Stage.Validation)), overdue);
        promote(medium, Stage.Validation);
        same(word(permitted).stage(), Stage.Validation);
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
        promote(high, Stage.Validation);
        promote(critical, Stage.Validation);
    }

    function testTheLastSecondBeforeTheReviewIsInTime() public {
        Identity memory high = identity("1.0.0", Risk.High);
        VersionId id = register(high);
        vm.warp(FOUNDED_AT + 365 days - 1);
        promote(high, Stage.Validation);
        same(word(id).stage(), Stage.Validation);
    }

    function testAModelsFirstHighVersionInProductionPullsTheReview() public {
        release("1.0.0", Risk.Medium);
        vm.assertEq(reviewDueAt(), FOUNDED_AT + 365 days);
        version("2.0.0", Risk.High, Stage.Staging);
        vm.assertEq(reviewDueAt(), FOUNDED_AT + 365 days);
        _isIntroduced(false);
        pass(1 days);
        Identity memory named = identity("2.0.0", Risk.High);
        Promotion memory step = promotion(named, Stage.Production, signOffsFor(named, Stage.Production));
        bytes32 expected = headAfter(
            rules.head(),
            Trace(Action.ReviewPulled, voice(address(registry)), Role.None, ModelId.unwrap(model), 0, 0),
            abi.encodeCall(IRules.pullReview, (ModelId.unwrap(model)))
        );
        promote(step);
        vm.assertEq(reviewDueAt(), time() + 30 days);
        vm.assertEq(rules.head(), expected);
        _isIntroduced(true);
        // The model is not new to its domain a second time.
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
        release("3.0.0", Risk.Critical);
        vm.assertEq(reviewDueAt(), time() + 365 days);
    }

    function testAModelsFirstCriticalVersionInProductionPullsTheReview() public {
        release("1.0.0", Risk.Critical);
        vm.assertEq(reviewDueAt(), time() + 30 days);
        _isIntroduced(true);
    }

    function _isIntroduced(bool expected) private view {
        Model memory state = modelOf(model);
        vm.assertEq(state.introduced, expected);
    }

    // Another matrix

    function testAPersonWhoHoldsNoSuchRoleDoesNotCount() public {
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        _refuses(
            promotion(named, Stage.Validation, only(signOffBy(ada, Role.TechnicalLead, named, Stage.Validation))),
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, ada.id, Role.TechnicalLead)
        );
    }

    function testTheDaoMayAskForMore() public {
        (, Matrix floor, ) = rules.policy();
        uint192 auditorToo = uint192(bits(Role.Auditor)) << 32;
        startEpoch(DOCUMENT, Matrix.wrap(Matrix.unwrap(floor) | auditorToo), thresholds());
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        promoteTo(named, Stage.Staging);
        Warrant memory lead = signOffBy(ben, Role.TechnicalLead, named, Stage.Production);
        _refusesMissing(named, Stage.Production, only(lead), bits(Role.Auditor));
        Warrant memory auditor = signOffBy(maya, Role.Auditor, named, Stage.Production);
        promote(promotion(named, Stage.Production, both(lead, auditor)));
        same(active(PRODUCTION), registry.versionId(named));
    }

    function _promotePresenting(Identity memory named, Warrant[] memory signOffs) private {
        promote(promotion(named, Stage.Validation, signOffs));
    }

    function _refuses(Promotion memory step, bytes memory problem) private {
        refuses(stranger.account, address(registry), _call(step), problem);
    }

    function _invalid(Role role, bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, role, signer);
    }

    function _refusesMissing(Identity memory named, Stage stage, Warrant[] memory signOffs, uint16 missing) private {
        _refuses(
            promotion(named, stage, signOffs),
            abi.encodeWithSelector(IRules.RulesSignOffMissing.selector, registry.versionId(named), stage, missing)
        );
    }

    function _refusesSkip(Identity memory named, VersionId id, Stage current, Stage requested) private {
        _refuses(
            promotion(named, requested, only(signOffBy(ben, Role.TechnicalLead, named, requested))),
            abi.encodeWithSelector(IRegistry.RegistryStageSkipped.selector, id, current, requested)
        );
    }

    function _call(Promotion memory step) private pure returns (bytes memory) {
        return promoteCall(step);
    }
}
