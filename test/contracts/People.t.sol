// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Appointment, Certificate, IRules} from "../../contracts/interfaces/IRules.sol";
import {Action, DomainId, NO_PERSON, PersonId, Role, Standing} from "../../contracts/types/Types.sol";
import {ISeats} from "./Governance.sol";
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
        same(whoseKey(appointment.signer), id);
        vm.assertEq(abi.encode(rules.standing(id)), abi.encode(Standing(appointment.roles, 0, 0, 0, 0, 0, 0, false)));
        vm.assertEq(accountOf(id), stranger.account);
        vm.assertEq(rules.leads(id, SPEECH), true);
        vm.assertEq(rules.leads(id, RADIOLOGY), true);
        vm.assertEq(rules.leads(id, DomainId.wrap(keccak256("law"))), false);
        // Nobody is certified by an appointment.
        vm.assertEq(isCleared(id), false);
    }

    function testAKeyWithoutAnAccountHasNone() public {
        bytes memory signer = abi.encodePacked(new Verifier(), keccak256("key"));
        PersonId id = appoint(signer, 0);
        same(whoseKey(signer), id);
        vm.assertEq(accountOf(id), address(0));
    }

    function testThePersonsIdFollowsFromTheKeyAndTheSalt() public view {
        same(whoseKey(abi.encodePacked(ada.account)), ada.id);
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
        vm.assertEq(rules.standing(ben.id).roles, personal);
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
        vm.assertEq(rules.standing(ben.id).roles, roles);
        // Only a withdrawal voids what was signed.
        vm.assertEq(signingEpoch(ben.id), 0);
        setRoles(ben.id, roles);
        vm.assertEq(signingEpoch(ben.id), 0);
        setRoles(ben.id, bits(Role.SystemOperator) | bits(Role.Auditor));
        vm.assertEq(signingEpoch(ben.id), 1);
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
        Standing memory standing = rules.standing(ben.id);
        vm.assertEq(standing.versioning, FOUNDED_AT + 3);
        vm.assertEq(standing.rollback, FOUNDED_AT + 1);
        vm.assertEq(standing.incident, FOUNDED_AT + 2);
        vm.assertEq(expiryOf(ben.id), FOUNDED_AT + 1);
    }

    function testTheTrainingOfficerActsInNoOtherName() public {
        for (uint8 role; role < uint8(Role.Assembly); ++role) {
            if (Role(role) == Role.TrainingOfficer) continue;
            _refusesRules(
                faisal.account,
                abi.encodeCall(IRules.certify, (ben.id, _year, Role(role), DOCUMENT)),
                _notAuthorized(faisal.account, Role.TrainingOfficer)
            );
        }
        bytes memory call = abi.encodeCall(IRules.certify, (ben.id, _year, Role.Assembly, DOCUMENT));
        _refusesRules(faisal.account, call, _notAuthorized(faisal.account, Role.Assembly));
    }

    function testATrainingOfficerWhoIsNotClearedCertifiesNobody() public {
        bytes memory call = abi.encodeCall(IRules.certify, (ben.id, _year, Role.TrainingOfficer, DOCUMENT));
        suspend(faisal.id, time() + 1);
        _refusesRules(
            faisal.account,
            call,
            abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, faisal.id, time() + 1)
        );
        reinstate(faisal.id);
        certify(faisal.id, time());
        _refusesRules(
            faisal.account,
            call,
            abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, faisal.id, time())
        );
        certify(faisal.id, time() + 1);
        does(faisal.account, address(rules), call);
        setRoles(faisal.id, bits(Role.Auditor));
        _refusesRules(faisal.account, call, _notAuthorized(faisal.account, Role.TrainingOfficer));
    }

    function testNobodyCertifiesThemselves() public {
        _refusesRules(
            faisal.account,
            abi.encodeCall(IRules.certify, (faisal.id, _year, Role.TrainingOfficer, DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesOwnCertificate.selector, faisal.id)
        );
        // Nor with a new key.
        Person memory renewed = rotate(faisal, "Faisal's new key");
        _refusesRules(
            renewed.account,
            abi.encodeCall(IRules.certify, (faisal.id, _year, Role.TrainingOfficer, DOCUMENT)),
            abi.encodeWithSelector(IRules.RulesOwnCertificate.selector, faisal.id)
        );
        certify(faisal.id, time() + 1);
        vm.assertEq(expiryOf(faisal.id), time() + 1);
    }

    function testTheAssemblyCertifies() public {
        _leavesByAssembly(
            abi.encodeCall(IRules.certify, (noor.id, _year, Role.Assembly, DOCUMENT)),
            Action.Certified,
            noor.id
        );
        vm.assertEq(expiryOf(noor.id), FOUNDED_AT + 365 days);
    }

    function testFuzzTheFirstCurriculumToExpireCounts(Certificate calldata certificate) public {
        vm.prank(assemblyTimelock);
        rules.certify(ben.id, certificate, Role.Assembly, DOCUMENT);
        uint40 until = expiryOf(ben.id);
        vm.assertTrue(
            until == certificate.versioning || until == certificate.rollback || until == certificate.incident,
            "one of the three"
        );
        vm.assertTrue(
            until <= certificate.versioning && until <= certificate.rollback && until <= certificate.incident,
            "no later than each"
        );
        vm.assertEq(isCleared(ben.id), until > time());
    }

    // Suspensions

    function testTheAssemblySuspendsAPersonForATime() public {
        uint40 until = time() + 10 days;
        bytes memory call = abi.encodeCall(IRules.suspend, (ben.id, until, Role.Assembly, DOCUMENT));
        _leavesByAssembly(call, Action.Suspended, ben.id);
        Standing memory standing = rules.standing(ben.id);
        vm.assertEq(standing.suspendedUntil, until);
        vm.assertEq(standing.signingEpoch, 1);
        // It takes none of the officer's three, and no time from the next.
        vm.assertEq(standing.suspendableFrom, 0);
        vm.assertEq(abi.encode(rules.suspensions()), abi.encode([uint40(0), 0, 0]));
        vm.assertEq(isCleared(ben.id), false);
        vm.warp(until - 1);
        vm.assertEq(isCleared(ben.id), false);
        vm.warp(until);
        vm.assertEq(isCleared(ben.id), true);
    }

    function testTheAssemblySuspendsForGood() public {
        suspend(ben.id, FOR_GOOD);
        certify(ben.id, FOR_GOOD);
        pass(1000 * 365 days);
        vm.assertEq(isCleared(ben.id), false);
    }

    function testRefusesASuspensionThatIsOver() public {
        uint40 until = time();
        _refusesAssembly(
            abi.encodeCall(IRules.suspend, (ben.id, until, Role.Assembly, DOCUMENT)),
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
        vm.assertEq(isCleared(ben.id), true);
        vm.assertEq(rules.standing(ben.id).suspendedUntil, 0);
        // What was signed before the suspension stays void.
        vm.assertEq(signingEpoch(ben.id), 1);
        suspend(ben.id, until);
        vm.warp(until);
        _refusesAssembly(call, problem);
    }

    // Suspensions by the Responsible AI Officer

    function testTheOfficerSuspendsAPersonForATime() public {
        uint40 until = time() + 14 days;
        leaves(
            ada.account,
            address(rules),
            _suspendCall(maya.id, until),
            Trace(
                Action.Suspended,
                PersonId.unwrap(ada.id),
                Role.ResponsibleAIOfficer,
                PersonId.unwrap(maya.id),
                DOCUMENT,
                0
            )
        );
        Standing memory standing = rules.standing(maya.id);
        vm.assertEq(standing.suspendedUntil, until);
        vm.assertEq(standing.suspendableFrom, until + 30 days);
        vm.assertEq(standing.signingEpoch, 1);
        vm.assertEq(abi.encode(rules.suspensions()), abi.encode([until, 0, 0]));
        vm.assertEq(isCleared(maya.id), false);
        vm.warp(until);
        vm.assertEq(isCleared(maya.id), true);
    }

    function testTheOfficerSuspendsAsGuardedAsEveryAct() public {
        bytes memory call = _suspendCall(maya.id, time() + 1 days);
        address[4] memory others = [stranger.account, ben.account, oversightTimelock, assemblyTimelock];
        for (uint256 i; i < others.length; ++i) {
            _refusesRules(others[i], call, _notAuthorized(others[i], Role.ResponsibleAIOfficer));
        }
        certify(ada.id, time());
        _refusesRules(
            ada.account,
            call,
            abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, ada.id, time())
        );
        _refusesRules(
            ada.account,
            abi.encodeCall(IRules.suspend, (maya.id, time() + 1 days, Role.Assembly, DOCUMENT)),
            _notAuthorized(ada.account, Role.Assembly)
        );
    }

    function testNobodyElseSuspends() public {
        for (uint8 role; role < uint8(Role.Assembly); ++role) {
            if (Role(role) == Role.ResponsibleAIOfficer) continue;
            bytes memory call = abi.encodeCall(IRules.suspend, (maya.id, FOR_GOOD, Role(role), DOCUMENT));
            _refusesRules(oversightTimelock, call, _notAuthorized(oversightTimelock, Role.ResponsibleAIOfficer));
            _refusesRules(faisal.account, call, _notAuthorized(faisal.account, Role.ResponsibleAIOfficer));
        }
    }

    function testTheOfficerSuspendsForAtMostAFortnight() public {
        uint40 latest = time() + 14 days;
        _refusesAda(
            _suspendCall(maya.id, latest + 1),
            abi.encodeWithSelector(IRules.RulesSuspensionTooLong.selector, latest + 1, latest)
        );
        _refusesAda(
            _suspendCall(maya.id, FOR_GOOD),
            abi.encodeWithSelector(IRules.RulesSuspensionTooLong.selector, FOR_GOOD, latest)
        );
        _refusesAda(
            _suspendCall(maya.id, time()),
            abi.encodeWithSelector(IRules.RulesExpiryInPast.selector, time(), time())
        );
        _refusesAda(
            abi.encodeCall(IRules.suspend, (maya.id, latest, Role.ResponsibleAIOfficer, 0)),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
        _refusesAda(_suspendCall(UNKNOWN, latest), abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN));
    }

    function testTheOfficerSuspendsForAWeekAtLeast() public {
        // Or a thief could make an accomplice safe from all officers for 30 days by suspending them for a second.
        _refusesAda(
            _suspendCall(maya.id, time() + 7 days - 1),
            abi.encodeWithSelector(IRules.RulesSuspensionTooShort.selector, time() + 7 days - 1, time() + 7 days)
        );
        does(ada.account, address(rules), _suspendCall(maya.id, time() + 7 days));
    }

    function testTheOfficerSuspendsNobodyWithASeat() public {
        _barred(ben.id);
        // A seat in one committee is enough, whichever it is.
        _takeAssemblySeat(ben);
        _takeAssemblySeat(hiro);
        _takeAssemblySeat(liam);
        _barred(hiro.id);
        _barred(liam.id);
        does(ada.account, address(rules), _suspendCall(ben.id, time() + 7 days));
        vm.assertEq(isCleared(ben.id), false);
    }

    function testTheOfficerSuspendsNoOfficer() public {
        _barred(pia.id);
        // Not even in the seat of one who resigned it.
        setRoles(pia.id, bits(Role.DomainLead));
        does(ada.account, address(rules), _suspendCall(pia.id, time() + 7 days));
        vm.assertEq(isCleared(pia.id), false);
    }

    function testTheOfficerSuspendsNobodyWhoIsSuspended() public {
        uint40 until = time() + 100 days;
        suspend(maya.id, until);
        _refusesAda(
            _suspendCall(maya.id, time() + 7 days),
            abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, maya.id, until)
        );
    }

    function testTheOfficerSuspendsNobodyAgainWithin30Days() public {
        uint40 until = time() + 7 days;
        does(ada.account, address(rules), _suspendCall(maya.id, until));
        bytes memory problem = abi.encodeWithSelector(IRules.RulesSuspensionTooSoon.selector, maya.id, until + 30 days);
        vm.warp(until);
        _refusesAda(_suspendCall(maya.id, time() + 7 days), problem);
        vm.warp(until + 30 days - 1);
        // Nor does another officer.
        _refusesRules(pia.account, _suspendCall(maya.id, time() + 7 days), problem);
        vm.warp(until + 30 days);
        does(ada.account, address(rules), _suspendCall(maya.id, time() + 7 days));
    }

    function testAReinstatementGivesTheOfficerNoSecondTry() public {
        uint40 until = time() + 7 days;
        does(ada.account, address(rules), _suspendCall(maya.id, until));
        reinstate(maya.id);
        _refusesAda(
            _suspendCall(maya.id, until),
            abi.encodeWithSelector(IRules.RulesSuspensionTooSoon.selector, maya.id, until + 30 days)
        );
        // The Assembly may, at any time and for any time.
        suspend(maya.id, FOR_GOOD);
        suspend(maya.id, time() + 1);
        vm.assertEq(rules.standing(maya.id).suspendedUntil, time() + 1);
    }

    function testTheOfficersHaveThreeSuspensionsOpenAtMost() public {
        PersonId fourth = appoint(abi.encodePacked(stranger.account), 0);
        uint40 first = time() + 7 days;
        does(ada.account, address(rules), _suspendCall(maya.id, first + 1));
        does(pia.account, address(rules), _suspendCall(noor.id, first));
        does(ada.account, address(rules), _suspendCall(watchPost.id, first + 2));
        vm.assertEq(abi.encode(rules.suspensions()), abi.encode([first + 1, first, first + 2]));
        bytes memory problem = abi.encodeWithSelector(IRules.RulesSuspensionsExhausted.selector, first);
        _refusesAda(_suspendCall(fourth, time() + 9 days), problem);
        vm.warp(first - 1);
        _refusesRules(pia.account, _suspendCall(fourth, time() + 9 days), problem);
        vm.warp(first);
        does(pia.account, address(rules), _suspendCall(fourth, first + 9 days));
        vm.assertEq(abi.encode(rules.suspensions()), abi.encode([first + 1, first + 9 days, first + 2]));
    }

    // Sanctions

    function testTheAssemblyPutsASanctionOnRecord() public {
        bytes32 before = keccak256(abi.encode(rules.standing(ben.id)));
        _leavesByAssembly(abi.encodeCall(IRules.sanction, (ben.id, DOCUMENT)), Action.Sanctioned, ben.id);
        vm.assertEq(keccak256(abi.encode(rules.standing(ben.id))), before);
    }

    // Rotations

    function testAPersonRotatesTheOwnKey() public {
        Person memory renewed = someone("Ben's new key");
        bytes memory signer = abi.encodePacked(renewed.account);
        bytes memory call = _rotateCall(ben, signer, sign(renewed, rules.rotationDigest(ben.id, signer, 0)));
        leaves(
            ben.account,
            address(rules),
            call,
            Trace(Action.Rotated, PersonId.unwrap(ben.id), Role.None, PersonId.unwrap(ben.id), 0, 0)
        );
        same(whoseKey(signer), ben.id);
        (bytes32 key, ) = rules.keyOf(ben.id);
        vm.assertEq(key, keccak256(signer));
        Standing memory standing = rules.standing(ben.id);
        vm.assertEq(standing.roles, bits(Role.TechnicalLead));
        vm.assertEq(standing.signingEpoch, 1);
        vm.assertEq(accountOf(ben.id), renewed.account);
    }

    function testTheOldKeyIsNobodysForEver() public {
        rotate(ben, "Ben's new key");
        bytes memory old = abi.encodePacked(ben.account);
        same(whoseKey(old), NO_PERSON);
        bytes memory taken = abi.encodeWithSelector(IRules.RulesKeyTaken.selector, keccak256(old));
        _refusesAssembly(abi.encodeCall(IRules.appoint, (_appointment(old), DOCUMENT)), taken);
        // Nor can somebody else, or its own person, take it up again.
        bytes memory signature = sign(ben, rules.rotationDigest(ada.id, old, 0));
        _refusesRules(ada.account, _rotateCall(ada, old, signature), taken);
        Person memory renewed = someone("Ben's new key");
        signature = sign(ben, rules.rotationDigest(ben.id, old, 1));
        _refusesRules(renewed.account, _rotateCall(renewed, old, signature), taken);
        // And it speaks for nobody.
        bytes memory another = abi.encodePacked(stranger.account);
        signature = sign(stranger, rules.rotationDigest(PersonId.wrap(bytes32(uint256(1))), another, 0));
        _refusesRules(
            ben.account,
            _rotateCall(ben, another, signature),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, PersonId.wrap(bytes32(uint256(1))))
        );
    }

    function testAPersonRotatesToAContractAccount() public {
        Wallet wallet = new Wallet(stranger.account);
        bytes memory signer = abi.encodePacked(wallet);
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(ben, signer, sign(ben, digest)), _invalidRotation(signer));
        does(ben.account, address(rules), _rotateCall(ben, signer, sign(stranger, digest)));
        vm.assertEq(accountOf(ben.id), address(wallet));
    }

    function testAPersonRotatesToAKeyWithoutAnAccount() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        bytes32 digest = rules.rotationDigest(maya.id, signer, 0);
        _refusesRules(maya.account, _rotateCall(maya, signer, sign(maya, digest)), _invalidRotation(signer));
        does(maya.account, address(rules), _rotateCall(maya, signer, sign(stranger, digest)));
        same(whoseKey(signer), maya.id);
        vm.assertEq(accountOf(maya.id), address(0));
        // And back, by what that key signs: it cannot call.
        Person memory renewed = someone("Maya's new key");
        bytes memory account = abi.encodePacked(renewed.account);
        digest = rules.rotationDigest(maya.id, account, 1);
        does(
            faisal.account,
            address(rules),
            abi.encodeCall(IRules.rotate, (signer, sign(stranger, digest), account, sign(renewed, digest)))
        );
        vm.assertEq(accountOf(maya.id), renewed.account);
    }

    function testWhoHoldsASeatRotatesToAnAccountOnly() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        _refusesRules(
            ben.account,
            _rotateCall(ben, signer, sign(stranger, digest)),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, ben.id)
        );
        same(whoseKey(signer), NO_PERSON);
    }

    function testTheSeatsFollowARotatedKeyAtOnce() public {
        Person memory renewed = rotate(ines, "Ines's new key");
        ISeats[3] memory all = [assemblySeats, oversightSeats, emergencySeats];
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(all[i].ownerOf(uint256(PersonId.unwrap(ines.id))), renewed.account);
            vm.assertEq(all[i].getVotes(ines.account), 0);
            vm.assertEq(all[i].getVotes(renewed.account), 1);
        }
    }

    function testAnyoneCarriesARotation() public {
        Person memory renewed = someone("Ben's new key");
        bytes memory signer = abi.encodePacked(renewed.account);
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        bytes memory call = _rotateCall(ben, sign(ben, digest), signer, sign(renewed, digest));
        leaves(
            stranger.account,
            address(rules),
            call,
            Trace(Action.Rotated, PersonId.unwrap(ben.id), Role.None, PersonId.unwrap(ben.id), 0, 0)
        );
        vm.assertEq(accountOf(ben.id), renewed.account);
        // Once only.
        _refusesRules(
            stranger.account,
            call,
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, PersonId.wrap(bytes32(uint256(1))))
        );
    }

    function testNobodyRotatesAnothersKey() public {
        Person memory thief = someone("Thief");
        bytes memory signer = abi.encodePacked(thief.account);
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        bytes memory problem = abi.encodeWithSelector(
            IRules.RulesInvalidSignature.selector,
            Role.None,
            abi.encodePacked(ben.account)
        );
        bytes memory consent = sign(thief, digest);
        _refusesRules(thief.account, _rotateCall(ben, signer, consent), problem);
        _refusesRules(thief.account, _rotateCall(ben, consent, signer, consent), problem);
        // A signature of Ben's for another key, or for another epoch, is none.
        bytes memory other = sign(ben, rules.rotationDigest(ben.id, abi.encodePacked(stranger.account), 0));
        _refusesRules(thief.account, _rotateCall(ben, other, signer, consent), problem);
        other = sign(ben, rules.rotationDigest(ben.id, signer, 1));
        _refusesRules(thief.account, _rotateCall(ben, other, signer, consent), problem);
        // Nor does one that is broken count because its owner carries it.
        _refusesRules(ben.account, _rotateCall(ben, consent, signer, consent), problem);
    }

    function testAPersonRotatesToADelegatedAccount() public {
        Person memory renewed = someone("Ben's new key");
        vm.etch(renewed.account, abi.encodePacked(hex"ef0100", new Delegate()));
        rotate(ben, "Ben's new key");
        vm.assertEq(accountOf(ben.id), renewed.account);
    }

    function testNobodyIsGivenAKeyThatIsNotTheirs() public {
        bytes memory signer = abi.encodePacked(stranger.account);
        bytes memory problem = _invalidRotation(signer);
        bytes32 digest = rules.rotationDigest(ben.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(ben, signer, sign(ben, digest)), problem);
        _refusesRules(ben.account, _rotateCall(ben, signer, ""), problem);
        // A signature for another person, another key or another epoch is none.
        digest = rules.rotationDigest(ada.id, signer, 0);
        _refusesRules(ben.account, _rotateCall(ben, signer, sign(stranger, digest)), problem);
        digest = rules.rotationDigest(ben.id, abi.encodePacked(ada.account), 0);
        _refusesRules(ben.account, _rotateCall(ben, signer, sign(stranger, digest)), problem);
        digest = rules.rotationDigest(ben.id, signer, 1);
        _refusesRules(ben.account, _rotateCall(ben, signer, sign(stranger, digest)), problem);
    }

    function testTheRotationsDigestIsThatOfTheDocumentedTypedData() public view {
        bytes memory signer = abi.encodePacked(stranger.account);
        bytes32 domain = domainOf("Kedge", address(rules));
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
            _rotateCall(ben, none, ""),
            abi.encodeWithSelector(IRules.RulesMalformedSigner.selector, none)
        );
        _refusesRules(
            stranger.account,
            _rotateCall(stranger, abi.encodePacked(someone("New").account), ""),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, NO_PERSON)
        );
    }

    function testASuspendedPersonSavesAStolenKeyToo() public {
        suspend(ben.id, FOR_GOOD);
        Person memory renewed = rotate(ben, "Ben's new key");
        vm.assertEq(accountOf(ben.id), renewed.account);
        vm.assertEq(isCleared(ben.id), false);
        vm.assertEq(signingEpoch(ben.id), 2);
    }

    // Who may act

    function testAPersonActsInTheOwnRolesOnly() public view {
        for (uint8 role; role <= uint8(type(Role).max); ++role) {
            bytes memory call = abi.encodeCall(IRules.authorize, (dana.account, Role(role), false));
            (bool accepted, bytes memory answer) = address(rules).staticcall(call);
            bool holds = Role(role) == Role.ModelDeveloper || Role(role) == Role.TechnicalLead;
            vm.assertEq(accepted, holds);
            vm.assertEq(answer, holds ? abi.encode(dana.id) : _notAuthorized(dana.account, Role(role)));
        }
    }

    function testNoTimelockActsInAnotherRole() public view {
        address[3] memory voices = [assemblyTimelock, oversightTimelock, emergencyTimelock];
        Role[3] memory own = [Role.Assembly, Role.OversightCommittee, Role.EmergencyCommittee];
        for (uint256 i; i < 3; ++i) {
            for (uint8 role; role <= uint8(type(Role).max); ++role) {
                bytes memory call = abi.encodeCall(IRules.authorize, (voices[i], Role(role), true));
                (bool accepted, bytes memory answer) = address(rules).staticcall(call);
                vm.assertEq(accepted, Role(role) == own[i]);
                vm.assertEq(answer, accepted ? abi.encode(voices[i]) : _notAuthorized(voices[i], Role(role)));
            }
        }
    }

    function testALapsedCertificateLeavesTheBrakeFor30Days() public {
        certify(emil.id, time());
        _authorizes(emil, Role.SystemOperator, false, _lapsed(emil.id, time()));
        _authorizes(emil, Role.SystemOperator, true, "");
        certify(emil.id, time() - 30 days + 1);
        _authorizes(emil, Role.SystemOperator, true, "");
        certify(emil.id, time() - 30 days);
        _authorizes(emil, Role.SystemOperator, true, _lapsed(emil.id, time() - 30 days));
        vm.assertEq(rules.isCleared(emil.id, 30 days), false);
        vm.assertEq(rules.isCleared(emil.id, 30 days + 1), true);
        vm.assertEq(rules.isCleared(emil.id, FOR_GOOD), true);
    }

    function testASuspensionLeavesNoBrake() public {
        suspend(emil.id, time() + 1);
        _authorizes(
            emil,
            Role.SystemOperator,
            true,
            abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, emil.id, time() + 1)
        );
        vm.assertEq(rules.isCleared(emil.id, FOR_GOOD), false);
    }

    function _lapsed(PersonId person, uint40 until) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, person, until);
    }

    function _authorizes(Person memory person, Role role, bool brake, bytes memory problem) private view {
        (bool accepted, bytes memory answer) = address(rules).staticcall(
            abi.encodeCall(IRules.authorize, (person.account, role, brake))
        );
        vm.assertEq(accepted, problem.length == 0);
        vm.assertEq(answer, problem.length == 0 ? abi.encode(person.id) : problem);
    }

    // What every act of the Assembly on a person has in common

    function testEveryActOnAPersonIsTheAssemblysAlone() public {
        bytes[8] memory calls = _acts(ben.id, DOCUMENT);
        address[4] memory others = [ada.account, faisal.account, oversightTimelock, emergencyTimelock];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < others.length; ++j) {
                _refusesRules(others[j], calls[i], _notAuthorized(others[j], Role.Assembly));
            }
        }
    }

    function testADomainHasAnId() public {
        bytes memory problem = abi.encodeWithSelector(IRules.RulesEmptyId.selector);
        _refusesAssembly(abi.encodeCall(IRules.setDomain, (ben.id, DomainId.wrap(0), true, DOCUMENT)), problem);
        DomainId[] memory domains = new DomainId[](2);
        domains[0] = SPEECH;
        Appointment memory appointment = Appointment(abi.encodePacked(stranger.account), 0, 0, domains);
        _refusesAssembly(abi.encodeCall(IRules.appoint, (appointment, DOCUMENT)), problem);
    }

    function testEveryActOnAPersonStatesItsDocument() public {
        suspend(ben.id, time() + 1);
        bytes[8] memory calls = _acts(ben.id, 0);
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
        bytes[8] memory calls = _acts(UNKNOWN, DOCUMENT);
        bytes memory problem = abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN);
        for (uint256 i = 1; i < calls.length; ++i) _refusesAssembly(calls[i], problem);
        _refusesRules(
            faisal.account,
            abi.encodeCall(IRules.certify, (UNKNOWN, _year, Role.TrainingOfficer, DOCUMENT)),
            problem
        );
        vm.assertEq(abi.encode(rules.standing(UNKNOWN)), abi.encode(Standing(0, 0, 0, 0, 0, 0, 0, false)));
        vm.assertEq(isCleared(UNKNOWN), false);
        // Not even where no certificate is asked for, or one however old will do.
        vm.assertEq(rules.isCleared(UNKNOWN, FOR_GOOD), false);
        vm.assertEq(rules.isCleared(UNKNOWN, FOR_GOOD - 1), false);
        vm.assertEq(isCleared(NO_PERSON), false);
    }

    function _acts(PersonId person, bytes32 document) private view returns (bytes[8] memory) {
        return
            [
                abi.encodeCall(IRules.appoint, (_appointment(abi.encodePacked(stranger.account)), document)),
                abi.encodeCall(IRules.setRoles, (person, 0, document)),
                abi.encodeCall(IRules.setDomain, (person, SPEECH, true, document)),
                abi.encodeCall(IRules.certify, (person, _year, Role.Assembly, document)),
                abi.encodeCall(IRules.suspend, (person, FOR_GOOD, Role.Assembly, document)),
                abi.encodeCall(IRules.reinstate, (person, document)),
                abi.encodeCall(IRules.sanction, (person, document)),
                abi.encodeCall(IRules.startRecovery, (person, abi.encodePacked(stranger.account), document))
            ];
    }

    function _appointment(bytes memory signer) private pure returns (Appointment memory) {
        DomainId[] memory none;
        return Appointment(signer, keccak256("salt"), bits(Role.Auditor), none);
    }

    function _rotateCall(
        Person memory person,
        bytes memory signer,
        bytes memory signature
    ) private pure returns (bytes memory) {
        return _rotateCall(person, "", signer, signature);
    }

    function _rotateCall(
        Person memory person,
        bytes memory currentSignature,
        bytes memory signer,
        bytes memory signature
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.rotate, (abi.encodePacked(person.account), currentSignature, signer, signature));
    }

    function _suspendCall(PersonId person, uint40 until) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.suspend, (person, until, Role.ResponsibleAIOfficer, DOCUMENT));
    }

    function _barred(PersonId person) private {
        _refusesAda(
            _suspendCall(person, time() + 7 days),
            abi.encodeWithSelector(IRules.RulesSuspensionBarred.selector, person)
        );
    }

    function _takeAssemblySeat(Person memory person) private {
        vm.prank(assemblyTimelock);
        assemblySeats.withdraw(person.id);
    }

    function _refusesAda(bytes memory call, bytes memory problem) private {
        _refusesRules(ada.account, call, problem);
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
