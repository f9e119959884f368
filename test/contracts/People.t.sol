// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Appointment, Certificate, IRules} from "../../contracts/interfaces/IRules.sol";
import {Action, DomainId, NO_PERSON, PersonId, Role, Standing} from "../../contracts/types/Types.sol";
import {Person, Society, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";
import {Delegate, Verifier, Wallet} from "./Wallets.sol";

contract PeopleTest is Society {
    PersonId private constant UNKNOWN = PersonId.wrap(keccak256("unknown"));
    Certificate private _year = Certificate(FOUNDED_AT + 365 days, FOUNDED_AT + 365 days, FOUNDED_AT + 365 days);

    // Appointments

    function testTheAssemblyAppointsAPerson() public {
        Appointment memory appointment = _appointment(abi.encodePacked(stranger.account));
        appointment.roles = bits(Role.DomainLead) | bits(Role.Auditor);
        appointment.domains = new DomainId[](2);
        (appointment.domains[0], appointment.domains[1]) = (SPEECH, RADIOLOGY);
        PersonId id = idOf(appointment.signer, appointment.salt);
        bytes memory answer = _leavesByAssembly(
            abi.encodeCall(IRules.appoint, (appointment, DOCUMENT)),
            Action.Appointed,
            id
        );
        same(abi.decode(answer, (PersonId)), id);
        vm.assertEq(
            abi.encode(rules.standing(keccak256(appointment.signer))),
            abi.encode(Standing(id, appointment.roles, 0, 0, 0))
        );
        vm.assertEq(rules.accountOf(id), stranger.account);
        vm.assertEq(rules.leads(id, SPEECH), true);
        vm.assertEq(rules.leads(id, RADIOLOGY), true);
        vm.assertEq(rules.leads(id, DomainId.wrap(keccak256("law"))), false);
        // Nobody is certified by an appointment.
        vm.assertEq(rules.isCleared(id), false);
    }

    function testAKeyWithoutAnAccountHasNone() public {
        bytes memory signer = abi.encodePacked(new Verifier(), keccak256("key"));
        PersonId id = appoint(signer, 0);
        same(rules.standing(keccak256(signer)).person, id);
        vm.assertEq(rules.accountOf(id), address(0));
    }

    function testThePersonsIdFollowsFromTheKeyAndTheSalt() public view {
        same(rules.standing(keccak256(abi.encodePacked(ada.account))).person, ada.id);
        vm.assertEq(
            PersonId.unwrap(ada.id),
            keccak256(abi.encode(keccak256(abi.encodePacked(ada.account)), keccak256("Ada Osei")))
        );
    }

    function testRefusesARoleThatNoPersonCanHold() public {
        Appointment memory appointment = _appointment(abi.encodePacked(stranger.account));
        uint16 personal =
            bits(Role.TechnicalLead) |
                bits(Role.ResponsibleAIOfficer) |
                bits(Role.DomainLead) |
                bits(Role.SystemOperator) |
                bits(Role.ModelDeveloper) |
                bits(Role.Monitor) |
                bits(Role.TrainingOfficer) |
                bits(Role.Auditor);
        for (uint256 i; i < 16; ++i) {
            uint16 role = uint16(1 << i);
            if (role & personal != 0) continue;
            appointment.roles = role | bits(Role.Auditor);
            bytes memory unknown = abi.encodeWithSelector(IRules.RulesUnknownRoles.selector, appointment.roles);
            _refusesAssembly(abi.encodeCall(IRules.appoint, (appointment, DOCUMENT)), unknown);
            _refusesAssembly(abi.encodeCall(IRules.setRoles, (ben.id, appointment.roles, DOCUMENT)), unknown);
        }
        appointment.roles = personal;
        does(assemblyTimelock, address(rules), abi.encodeCall(IRules.appoint, (appointment, DOCUMENT)));
        setRoles(ben.id, personal);
        vm.assertEq(rules.standingOf(ben.id).roles, personal);
    }

    function testRefusesASignerThatIsNone() public {
        _refusesSigner("");
        _refusesSigner(abi.encodePacked(bytes19(bytes20(stranger.account))));
        _refusesSigner(abi.encodePacked(address(0)));
        _refusesSigner(abi.encodePacked(address(0), keccak256("key")));
    }

    function testRefusesAKeyThatIsSomebodys() public {
        bytes memory signer = abi.encodePacked(ada.account);
        _refusesAssembly(
            abi.encodeCall(IRules.appoint, (_appointment(signer), DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesKeyTaken.selector, keccak256(signer))
        );
    }

    // Roles and domains

    function testTheAssemblyReplacesAPersonsRoles() public {
        uint16 roles = bits(Role.TechnicalLead) | bits(Role.SystemOperator);
        _leavesByAssembly(abi.encodeCall(IRules.setRoles, (ben.id, roles, DOCUMENT)), Action.RolesChanged, ben.id);
        vm.assertEq(rules.standingOf(ben.id).roles, roles);
        // Only a withdrawal voids what was signed.
        vm.assertEq(rules.standingOf(ben.id).signingEpoch, 0);
        setRoles(ben.id, roles);
        vm.assertEq(rules.standingOf(ben.id).signingEpoch, 0);
        setRoles(ben.id, bits(Role.SystemOperator) | bits(Role.Auditor));
        vm.assertEq(rules.standingOf(ben.id).signingEpoch, 1);
    }

    function testTheAssemblySetsADomainAndTakesItAway() public {
        bytes memory call = abi.encodeCall(IRules.setDomain, (chloe.id, RADIOLOGY, true, DOCUMENT));
        _leavesByAssembly(call, Action.DomainSet, chloe.id);
        vm.assertEq(rules.leads(chloe.id, RADIOLOGY), true);
        vm.assertEq(rules.leads(chloe.id, SPEECH), true);
        call = abi.encodeCall(IRules.setDomain, (chloe.id, SPEECH, false, DOCUMENT));
        _leavesByAssembly(call, Action.DomainSet, chloe.id);
        vm.assertEq(rules.leads(chloe.id, SPEECH), false);
    }

    // Certificates

    function testTheTrainingOfficerCertifies() public {
        Certificate memory certificate = Certificate(FOUNDED_AT + 3, FOUNDED_AT + 1, FOUNDED_AT + 2);
        bytes memory call = abi.encodeCall(IRules.certify, (ben.id, certificate, Role.TrainingOfficer, DOCUMENT));
        _refusesRules(ada.account, call, _notAuthorized(ada.account, Role.TrainingOfficer));
        _refusesRules(stranger.account, call, _notAuthorized(stranger.account, Role.TrainingOfficer));
        _refusesRules(assemblyTimelock, call, _notAuthorized(assemblyTimelock, Role.TrainingOfficer));
        leaves(
            faisal.account,
            address(rules),
            call,
            Trace(
                Action.Certified,
                PersonId.unwrap(faisal.id),
                Role.TrainingOfficer,
                PersonId.unwrap(ben.id),
                DOCUMENT,
                0
            )
        );
        vm.assertEq(abi.encode(rules.certificateOf(ben.id)), abi.encode(certificate));
        vm.assertEq(rules.standingOf(ben.id).certifiedUntil, FOUNDED_AT + 1);
    }

    function testTheTrainingOfficerActsInNoOtherName() public {
        // Whatever authority is claimed short of the Assembly's, the entry names the officer's own.
        leaves(
            faisal.account,
            address(rules),
            abi.encodeCall(IRules.certify, (ben.id, _year, Role.ResponsibleAIOfficer, DOCUMENT)),
            Trace(
                Action.Certified,
                PersonId.unwrap(faisal.id),
                Role.TrainingOfficer,
                PersonId.unwrap(ben.id),
                DOCUMENT,
                0
            )
        );
        bytes memory call = abi.encodeCall(IRules.certify, (ben.id, _year, Role.Assembly, DOCUMENT));
        _refusesRules(faisal.account, call, _notAuthorized(faisal.account, Role.Assembly));
    }

    function testATrainingOfficerWhoIsNotClearedCertifiesNobody() public {
        bytes memory call = abi.encodeCall(IRules.certify, (ben.id, _year, Role.TrainingOfficer, DOCUMENT));
        bytes memory problem = _notAuthorized(faisal.account, Role.TrainingOfficer);
        suspend(faisal.id, time() + 1);
        _refusesRules(faisal.account, call, problem);
        reinstate(faisal.id);
        certify(faisal.id, time());
        _refusesRules(faisal.account, call, problem);
        certify(faisal.id, time() + 1);
        does(faisal.account, address(rules), call);
        setRoles(faisal.id, bits(Role.Auditor));
        _refusesRules(faisal.account, call, problem);
    }

    function testTheAssemblyCertifies() public {
        _leavesByAssembly(
            abi.encodeCall(IRules.certify, (noor.id, _year, Role.Assembly, DOCUMENT)),
            Action.Certified,
            noor.id
        );
        vm.assertEq(rules.standingOf(noor.id).certifiedUntil, FOUNDED_AT + 365 days);
    }

    function testFuzzTheFirstCurriculumToExpireCounts(Certificate calldata certificate) public {
        vm.prank(assemblyTimelock);
        rules.certify(ben.id, certificate, Role.Assembly, DOCUMENT);
        uint40 until = rules.standingOf(ben.id).certifiedUntil;
        vm.assertTrue(
            until == certificate.versioning || until == certificate.rollback || until == certificate.incident,
            "one of the three"
        );
        vm.assertTrue(
            until <= certificate.versioning && until <= certificate.rollback && until <= certificate.incident,
            "no later than each"
        );
        vm.assertEq(rules.isCleared(ben.id), until > time());
    }

    // Suspensions

    function testTheAssemblySuspendsAPersonForATime() public {
        uint40 until = time() + 10 days;
        bytes memory call = abi.encodeCall(IRules.suspend, (ben.id, until, DOCUMENT));
        _leavesByAssembly(call, Action.Suspended, ben.id);
        Standing memory standing = rules.standingOf(ben.id);
        vm.assertEq(standing.suspendedUntil, until);
        vm.assertEq(standing.signingEpoch, 1);
        vm.assertEq(rules.isCleared(ben.id), false);
        vm.warp(until - 1);
        vm.assertEq(rules.isCleared(ben.id), false);
        vm.warp(until);
        vm.assertEq(rules.isCleared(ben.id), true);
    }

    function testTheAssemblySuspendsForGood() public {
        suspend(ben.id, FOR_GOOD);
        certify(ben.id, FOR_GOOD);
        pass(1000 * 365 days);
        vm.assertEq(rules.isCleared(ben.id), false);
    }

    function testRefusesASuspensionThatIsOver() public {
        uint40 until = time();
        _refusesAssembly(
            abi.encodeCall(IRules.suspend, (ben.id, until, DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesExpiryInPast.selector, until, until)
        );
    }

    function testTheAssemblyReinstatesAPerson() public {
        bytes memory call = abi.encodeCall(IRules.reinstate, (ben.id, DOCUMENT));
        bytes memory problem = abi.encodeWithSelector(IRules.RulesNotSuspended.selector, ben.id);
        _refusesAssembly(call, problem);
        uint40 until = time() + 10 days;
        suspend(ben.id, until);
        _leavesByAssembly(call, Action.Reinstated, ben.id);
        vm.assertEq(rules.isCleared(ben.id), true);
        vm.assertEq(rules.standingOf(ben.id).suspendedUntil, 0);
        // What was signed before the suspension stays void.
        vm.assertEq(rules.standingOf(ben.id).signingEpoch, 1);
        suspend(ben.id, until);
        vm.warp(until);
        _refusesAssembly(call, problem);
    }

    // Rotations

    function testAPersonRotatesTheOwnKey() public {
        Person memory renewed = someone("Ben's new key");
        bytes memory signer = abi.encodePacked(renewed.account);
        bytes memory call = _rotateCall(signer, sign(renewed, rules.rotationDigest(ben.id, signer, 0)));
        leaves(
            ben.account,
            address(rules),
            call,
            Trace(Action.Rotated, PersonId.unwrap(ben.id), Role.None, PersonId.unwrap(ben.id), 0, 0)
        );
        Standing memory standing = rules.standing(keccak256(signer));
        same(standing.person, ben.id);
        vm.assertEq(standing.roles, bits(Role.TechnicalLead));
        vm.assertEq(standing.signingEpoch, 1);
        vm.assertEq(rules.accountOf(ben.id), renewed.account);
    }

    function testTheOldKeyIsNobodysForEver() public {
        rotate(ben, "Ben's new key");
        bytes memory old = abi.encodePacked(ben.account);
        vm.assertEq(abi.encode(rules.standing(keccak256(old))), abi.encode(Standing(NO_PERSON, 0, 0, 0, 0)));
        bytes memory taken = abi.encodeWithSelector(IRules.RulesKeyTaken.selector, keccak256(old));
        _refusesAssembly(abi.encodeCall(IRules.appoint, (_appointment(old), DOCUMENT)), taken);
        // Nor can somebody else, or its own person, take it up again.
        bytes memory signature = sign(ben, rules.rotationDigest(ada.id, old, 0));
        _refusesRules(ada.account, _rotateCall(old, signature), taken);
        Person memory renewed = someone("Ben's new key");
        signature = sign(ben, rules.rotationDigest(ben.id, old, 1));
        _refusesRules(renewed.account, _rotateCall(old, signature), taken);
        // And it speaks for nobody.
        bytes memory another = abi.encodePacked(stranger.account);
        signature = sign(stranger, rules.rotationDigest(PersonId.wrap(bytes32(uint256(1))), another, 0));
        _refusesRules(
            ben.account,
            _rotateCall(another, signature),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, PersonId.wrap(bytes32(uint256(1))))
        );
    }

    function testAPersonRotatesToAContractAccount() public {
        Wallet wallet = new Wallet(stranger.account);
        bytes memory signer = abi.encodePacked(wallet);
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(signer, sign(ben, digest)), _invalidRotation(signer));
        does(ben.account, address(rules), _rotateCall(signer, sign(stranger, digest)));
        vm.assertEq(rules.accountOf(ben.id), address(wallet));
    }

    function testAPersonRotatesToAKeyWithoutAnAccount() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(signer, sign(ben, digest)), _invalidRotation(signer));
        does(ben.account, address(rules), _rotateCall(signer, sign(stranger, digest)));
        same(rules.standing(keccak256(signer)).person, ben.id);
        vm.assertEq(rules.accountOf(ben.id), address(0));
    }

    function testAPersonRotatesToADelegatedAccount() public {
        Person memory renewed = someone("Ben's new key");
        vm.etch(renewed.account, abi.encodePacked(hex"ef0100", new Delegate()));
        rotate(ben, "Ben's new key");
        vm.assertEq(rules.accountOf(ben.id), renewed.account);
    }

    function testNobodyIsGivenAKeyThatIsNotTheirs() public {
        bytes memory signer = abi.encodePacked(stranger.account);
        bytes memory problem = _invalidRotation(signer);
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(signer, sign(ben, digest)), problem);
        _refusesRules(ben.account, _rotateCall(signer, ""), problem);
        // A signature for another person, another key or another epoch is none.
        digest = rules.rotationDigest(ada.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(signer, sign(stranger, digest)), problem);
        digest = rules.rotationDigest(ben.id, abi.encodePacked(ada.account), 0);
        _refusesRules(ben.account, _rotateCall(signer, sign(stranger, digest)), problem);
        digest = rules.rotationDigest(ben.id, signer, 1);
        _refusesRules(ben.account, _rotateCall(signer, sign(stranger, digest)), problem);
    }

    function testTheRotationsDigestIsThatOfTheDocumentedTypedData() public view {
        bytes memory signer = abi.encodePacked(stranger.account);
        bytes32 domain = domainOf("Kedge Rules", address(rules));
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Rotation(bytes32 person,bytes signer,uint32 signingEpoch)"),
                ben.id,
                keccak256(signer),
                uint32(7)
            )
        );
        vm.assertEq(rules.rotationDigest(ben.id, signer, 7), keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function testRefusesARotationToASignerThatIsNoneOrByNobody() public {
        bytes memory none = abi.encodePacked(address(0));
        _refusesRules(
            ben.account,
            _rotateCall(none, ""),
            abi.encodeWithSelector(IRules.RulesMalformedSigner.selector, none)
        );
        _refusesRules(
            stranger.account,
            _rotateCall(abi.encodePacked(someone("New").account), ""),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, NO_PERSON)
        );
    }

    function testASuspendedPersonSavesAStolenKeyToo() public {
        suspend(ben.id, FOR_GOOD);
        Person memory renewed = rotate(ben, "Ben's new key");
        vm.assertEq(rules.accountOf(ben.id), renewed.account);
        vm.assertEq(rules.isCleared(ben.id), false);
        vm.assertEq(rules.standingOf(ben.id).signingEpoch, 2);
    }

    // What every act of the Assembly on a person has in common

    function testEveryActOnAPersonIsTheAssemblysAlone() public {
        bytes[6] memory calls = _acts(ben.id, DOCUMENT);
        address[4] memory others = [ada.account, faisal.account, oversightTimelock, emergencyTimelock];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < others.length; ++j) {
                _refusesRules(others[j], calls[i], _notAuthorized(others[j], Role.Assembly));
            }
        }
    }

    function testEveryActOnAPersonStatesItsDocument() public {
        suspend(ben.id, time() + 1);
        bytes[6] memory calls = _acts(ben.id, 0);
        for (uint256 i; i < calls.length; ++i) {
            _refusesAssembly(calls[i], abi.encodeWithSelector(IRules.RulesEmptyDocument.selector));
        }
        _refusesRules(
            faisal.account,
            abi.encodeCall(IRules.certify, (ben.id, _year, Role.TrainingOfficer, 0)),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
    }

    function testNoActIsOnAnUnknownPerson() public {
        bytes[6] memory calls = _acts(UNKNOWN, DOCUMENT);
        bytes memory problem = abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN);
        for (uint256 i = 1; i < calls.length; ++i) _refusesAssembly(calls[i], problem);
        _refusesRules(
            faisal.account,
            abi.encodeCall(IRules.certify, (UNKNOWN, _year, Role.TrainingOfficer, DOCUMENT)),
            problem
        );
        vm.assertEq(abi.encode(rules.standingOf(UNKNOWN)), abi.encode(Standing(NO_PERSON, 0, 0, 0, 0)));
        vm.assertEq(rules.isCleared(UNKNOWN), false);
        vm.assertEq(rules.isCleared(NO_PERSON), false);
    }

    function _acts(PersonId person, bytes32 document) private view returns (bytes[6] memory) {
        return
            [
                abi.encodeCall(IRules.appoint, (_appointment(abi.encodePacked(stranger.account)), document)),
                abi.encodeCall(IRules.setRoles, (person, 0, document)),
                abi.encodeCall(IRules.setDomain, (person, SPEECH, true, document)),
                abi.encodeCall(IRules.certify, (person, _year, Role.Assembly, document)),
                abi.encodeCall(IRules.suspend, (person, FOR_GOOD, document)),
                abi.encodeCall(IRules.reinstate, (person, document))
            ];
    }

    function _appointment(bytes memory signer) private pure returns (Appointment memory) {
        DomainId[] memory none;
        return Appointment(signer, keccak256("salt"), bits(Role.Auditor), none);
    }

    function _rotateCall(bytes memory signer, bytes memory signature) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.rotate, (signer, signature));
    }

    function _refusesSigner(bytes memory signer) private {
        _refusesAssembly(
            abi.encodeCall(IRules.appoint, (_appointment(signer), DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesMalformedSigner.selector, signer)
        );
    }

    function _refusesAssembly(bytes memory call, bytes memory problem) private {
        _refusesRules(assemblyTimelock, call, problem);
    }

    function _refusesRules(address caller, bytes memory call, bytes memory problem) private {
        refuses(caller, address(rules), call, problem);
    }

    function _leavesByAssembly(
        bytes memory call,
        Action action,
        PersonId subject
    ) private returns (bytes memory answer) {
        answer = leaves(
            assemblyTimelock,
            address(rules),
            call,
            Trace(action, voice(assemblyTimelock), Role.Assembly, PersonId.unwrap(subject), DOCUMENT, 0)
        );
    }

    function _notAuthorized(address caller, Role required) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesUnauthorized.selector, caller, required);
    }

    function _invalidRotation(bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidRotation.selector, keccak256(signer));
    }
}
