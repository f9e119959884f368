// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules} from "../../contracts/interfaces/IRules.sol";
import {Action, Identity, NO_PERSON, NO_VERSION, PersonId, Risk, Role} from "../../contracts/types/Types.sol";
import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {ISeats} from "./Governance.sol";
import {Life} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";
import {Verifier, Wallet} from "./Wallets.sol";

/// @notice How a person whose key is lost is given another one.
contract RecoveryTest is Life {
    PersonId private constant UNKNOWN = PersonId.wrap(keccak256("unknown"));

    Person private _renewed;
    bytes private _signer;

    function setUp() public override {
        super.setUp();
        _renewed = someone("Ines's new key");
        _signer = abi.encodePacked(_renewed.account);
    }

    // The Assembly starts it

    function testTheAssemblyStartsARecovery() public {
        bytes memory call = _startCall(ines.id, _signer, DOCUMENT);
        address[4] memory others = [oversightTimelock, emergencyTimelock, ada.account, ines.account];
        for (uint256 i; i < 4; ++i) {
            _refused(
                others[i],
                call,
                abi.encodeWithSelector(IRules.RulesUnauthorized.selector, others[i], Role.Assembly)
            );
        }
        leaves(
            assemblyTimelock,
            address(rules),
            call,
            Trace(Action.RecoveryStarted, voice(assemblyTimelock), Role.Assembly, PersonId.unwrap(ines.id), DOCUMENT, 0)
        );
        _pendingIs(keccak256(_signer), time() + 7 days);
        // Nothing has changed yet, and the new key speaks for nobody.
        vm.assertEq(accountOf(ines.id), ines.account);
        same(whoseKey(_signer), NO_PERSON);
        vm.assertEq(signingEpoch(ines.id), 0);
    }

    function testTheAssemblyVotesForARecovery() public {
        pass(1 hours);
        passByAssembly(address(rules), _startCall(ines.id, _signer, DOCUMENT));
        _pendingIs(keccak256(_signer), time() + 7 days);
    }

    function testRefusesToStartARecoveryOfNobodyOrToAKeyThatIsNone() public {
        _refused(
            assemblyTimelock,
            _startCall(UNKNOWN, _signer, DOCUMENT),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN)
        );
        bytes memory none = abi.encodePacked(address(0));
        _refused(
            assemblyTimelock,
            _startCall(ines.id, none, DOCUMENT),
            abi.encodeWithSelector(IRules.RulesMalformedSigner.selector, none)
        );
        bytes memory taken = abi.encodePacked(ada.account);
        _refused(
            assemblyTimelock,
            _startCall(ines.id, taken, DOCUMENT),
            abi.encodeWithSelector(IRules.RulesKeyTaken.selector, keccak256(taken))
        );
        _refused(
            assemblyTimelock,
            _startCall(ines.id, _signer, 0),
            abi.encodeWithSelector(IRules.RulesEmptyDocument.selector)
        );
    }

    function testALaterStartReplacesAnEarlierOne() public {
        _start();
        pass(6 days);
        bytes memory other = abi.encodePacked(stranger.account);
        does(assemblyTimelock, address(rules), _startCall(ines.id, other, DOCUMENT));
        _pendingIs(keccak256(other), time() + 7 days);
        pass(7 days);
        _refused(
            stranger.account,
            _recoverCall(_signer, _consent()),
            abi.encodeWithSelector(IRules.RulesNoRecovery.selector, ines.id)
        );
        uint40 since = time() - 1;
        vm.warp(since);
        _refused(
            stranger.account,
            _recoverCall(other, sign(stranger, rules.rotationDigest(ines.id, other, 0))),
            abi.encodeWithSelector(IRules.RulesRecoveryNotReady.selector, ines.id, since + 1)
        );
    }

    // Anyone completes it

    function testAnyoneCompletesARecoveryAfterSevenDays() public {
        _start();
        uint40 ready = time() + 7 days;
        bytes memory call = _recoverCall(_signer, _consent());
        vm.warp(ready - 1);
        _refused(stranger.account, call, abi.encodeWithSelector(IRules.RulesRecoveryNotReady.selector, ines.id, ready));
        vm.warp(ready);
        leaves(
            stranger.account,
            address(rules),
            call,
            Trace(Action.Recovered, PersonId.unwrap(ines.id), Role.None, PersonId.unwrap(ines.id), 0, 0)
        );
        (bytes32 key, address account) = rules.keyOf(ines.id);
        vm.assertEq(key, keccak256(_signer));
        vm.assertEq(account, _renewed.account);
        same(whoseKey(_signer), ines.id);
        same(whoseKey(abi.encodePacked(ines.account)), NO_PERSON);
        vm.assertEq(signingEpoch(ines.id), 1);
        _pendingIs(0, 0);
        _refused(stranger.account, call, abi.encodeWithSelector(IRules.RulesNoRecovery.selector, ines.id));
    }

    function testTheSeatsFollowARecoveredPerson() public {
        _complete();
        ISeats[3] memory all = [assemblySeats, oversightSeats, emergencySeats];
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(all[i].ownerOf(uint256(PersonId.unwrap(ines.id))), _renewed.account);
            vm.assertEq(all[i].getVotes(ines.account), 0);
            vm.assertEq(all[i].getVotes(_renewed.account), 1);
        }
    }

    function testTheSuccessorIsTheSamePerson() public {
        recordViolation(dana.id);
        recordViolation(dana.id);
        Identity memory named = identity("1.0.0", Risk.Low);
        register(named);
        bytes memory signer = abi.encodePacked(_renewed.account);
        does(assemblyTimelock, address(rules), _startCall(dana.id, signer, DOCUMENT));
        pass(7 days);
        does(
            stranger.account,
            address(rules),
            abi.encodeCall(IRules.recover, (dana.id, signer, sign(_renewed, rules.rotationDigest(dana.id, signer, 0))))
        );
        // Authorship, roles and violations are the person's.
        vm.assertEq(rules.standing(dana.id).roles, bits(Role.ModelDeveloper) | bits(Role.TechnicalLead));
        vm.assertEq(rules.violations(dana.id)[1], time() - 7 days);
        does(
            _renewed.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("2.0.0", Risk.Low), NO_VERSION))
        );
        refuses(
            dana.account,
            address(registry),
            abi.encodeCall(IRegistry.register, (identity("3.0.0", Risk.Low), NO_VERSION)),
            unauthorized(dana, Role.ModelDeveloper)
        );
        recordViolation(dana.id);
        vm.assertEq(rules.standing(dana.id).auditRequired, true);
    }

    function testNobodyIsRecoveredToAKeyThatDoesNotConsent() public {
        _start();
        pass(7 days);
        bytes memory problem = abi.encodeWithSelector(IRules.RulesInvalidRotation.selector, keccak256(_signer));
        _refused(_renewed.account, _recoverCall(_signer, ""), problem);
        _refused(
            _renewed.account,
            _recoverCall(_signer, sign(ines, rules.rotationDigest(ines.id, _signer, 0))),
            problem
        );
        _refused(
            _renewed.account,
            _recoverCall(_signer, sign(_renewed, rules.rotationDigest(ines.id, _signer, 1))),
            problem
        );
        _refused(
            _renewed.account,
            _recoverCall(_signer, sign(_renewed, rules.rotationDigest(ada.id, _signer, 0))),
            problem
        );
    }

    function testRefusesARecoveryThatNobodyStarted() public {
        _refused(
            _renewed.account,
            _recoverCall(_signer, _consent()),
            abi.encodeWithSelector(IRules.RulesNoRecovery.selector, ines.id)
        );
        _refused(
            _renewed.account,
            abi.encodeCall(IRules.recover, (UNKNOWN, _signer, _consent())),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN)
        );
        _start();
        pass(7 days);
        // Nor one of another person by this one's.
        _refused(
            _renewed.account,
            abi.encodeCall(IRules.recover, (grace.id, _signer, _consent())),
            abi.encodeWithSelector(IRules.RulesNoRecovery.selector, grace.id)
        );
    }

    function testAKeyThatBecameSomebodysMeanwhileRecoversNobody() public {
        _start();
        pass(7 days);
        appoint(_signer, 0);
        _refused(
            _renewed.account,
            _recoverCall(_signer, _consent()),
            abi.encodeWithSelector(IRules.RulesKeyTaken.selector, keccak256(_signer))
        );
    }

    function testAPersonIsRecoveredToAContractAccountOrAKeyWithoutOne() public {
        Wallet wallet = new Wallet(stranger.account);
        _recoverTo(maya.id, abi.encodePacked(wallet), 0);
        vm.assertEq(accountOf(maya.id), address(wallet));
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        _recoverTo(maya.id, signer, 1);
        same(whoseKey(signer), maya.id);
        vm.assertEq(accountOf(maya.id), address(0));
    }

    function testWhoHoldsASeatIsRecoveredToAnAccountOnly() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        bytes memory problem = abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, ines.id);
        _refused(assemblyTimelock, _startCall(ines.id, signer, DOCUMENT), problem);
        // Nor is who sits down meanwhile recovered to it.
        does(assemblyTimelock, address(rules), _startCall(maya.id, signer, DOCUMENT));
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        pass(7 days);
        _refused(
            stranger.account,
            abi.encodeCall(IRules.recover, (maya.id, signer, sign(stranger, rules.rotationDigest(maya.id, signer, 0)))),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, maya.id)
        );
    }

    function testASuspendedPersonIsRecoveredAndStaysSuspended() public {
        suspend(ines.id, FOR_GOOD);
        _start();
        pass(7 days);
        does(
            stranger.account,
            address(rules),
            _recoverCall(_signer, sign(_renewed, rules.rotationDigest(ines.id, _signer, 1)))
        );
        vm.assertEq(accountOf(ines.id), _renewed.account);
        vm.assertEq(rules.standing(ines.id).suspendedUntil, FOR_GOOD);
    }

    // The key in use objects

    function testTheKeyInUseObjects() public {
        _start();
        bytes memory call = _objectCall(abi.encodePacked(ines.account), "");
        leaves(
            ines.account,
            address(rules),
            call,
            Trace(Action.RecoveryObjected, PersonId.unwrap(ines.id), Role.None, PersonId.unwrap(ines.id), 0, 0)
        );
        _pendingIs(0, 0);
        pass(7 days);
        _refused(
            _renewed.account,
            _recoverCall(_signer, _consent()),
            abi.encodeWithSelector(IRules.RulesNoRecovery.selector, ines.id)
        );
        _refused(ines.account, call, abi.encodeWithSelector(IRules.RulesNoRecovery.selector, ines.id));
    }

    function testAnyoneCarriesAnObjection() public {
        _start();
        pass(7 days);
        // As long as nobody completed it.
        does(stranger.account, address(rules), _objectCall(abi.encodePacked(ines.account), _objection(0)));
        _pendingIs(0, 0);
    }

    function testAnObjectionCountsOnce() public {
        _start();
        bytes memory call = _objectCall(abi.encodePacked(ines.account), _objection(0));
        does(stranger.account, address(rules), call);
        // The key was lost only afterwards; who kept the objection must not be able to use it again.
        _start();
        _refusedObjection(stranger.account, call);
        pass(7 days);
        does(
            stranger.account,
            address(rules),
            _recoverCall(_signer, sign(_renewed, rules.rotationDigest(ines.id, _signer, signingEpoch(ines.id))))
        );
        vm.assertEq(accountOf(ines.id), _renewed.account);
    }

    function testAnObjectionIsForOneKeyOfOnePerson() public {
        _start();
        bytes memory current = abi.encodePacked(ines.account);
        bytes memory other = sign(ines, rules.objectionDigest(ines.id, keccak256("another key"), 0));
        _refusedObjection(stranger.account, _objectCall(current, other));
        other = sign(ines, rules.objectionDigest(grace.id, keccak256(_signer), 0));
        _refusedObjection(stranger.account, _objectCall(current, other));
        _refusedObjection(stranger.account, _objectCall(current, _objection(1)));
        other = sign(ines, rules.rotationDigest(ines.id, _signer, 0));
        _refusedObjection(stranger.account, _objectCall(current, other));
        // Not by another key either, whoever carries it.
        other = sign(stranger, rules.objectionDigest(ines.id, keccak256(_signer), 0));
        _refusedObjection(stranger.account, _objectCall(current, other));
        _refusedObjection(stranger.account, _objectCall(current, ""));
    }

    function testNobodyElseObjects() public {
        _start();
        bytes memory other = abi.encodePacked(grace.account);
        _refused(grace.account, _objectCall(other, ""), _invalid(other));
        _refused(_renewed.account, _objectCall(_signer, ""), _invalid(_signer));
        _refused(
            grace.account,
            abi.encodeCall(IRules.objectToRecovery, (UNKNOWN, other, "")),
            abi.encodeWithSelector(IRules.RulesUnknownPerson.selector, UNKNOWN)
        );
    }

    function testASuspendedKeyCannotObject() public {
        _start();
        // It may be a thief's: the Assembly suspends the person first.
        uint40 until = time() + 1 days;
        suspend(ines.id, until);
        bytes memory suspended = abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, ines.id, until);
        _refused(ines.account, _objectCall(abi.encodePacked(ines.account), ""), suspended);
        bytes memory carried = _objectCall(abi.encodePacked(ines.account), _objection(1));
        _refused(stranger.account, carried, suspended);
        vm.warp(until);
        does(stranger.account, address(rules), carried);
    }

    function testALapsedCertificateDoesNotBarAnObjection() public {
        _start();
        certify(ines.id, 1);
        does(ines.account, address(rules), _objectCall(abi.encodePacked(ines.account), ""));
        _pendingIs(0, 0);
    }

    function testARotationCallsARecoveryOff() public {
        _start();
        rotate(ines, "Another key of Ines's");
        _pendingIs(0, 0);
        pass(7 days);
        _refused(
            _renewed.account,
            _recoverCall(_signer, sign(_renewed, rules.rotationDigest(ines.id, _signer, 1))),
            abi.encodeWithSelector(IRules.RulesNoRecovery.selector, ines.id)
        );
    }

    function testTheObjectionsDigestIsThatOfTheDocumentedTypedData() public view {
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Objection(bytes32 person,bytes32 key,uint32 signingEpoch)"),
                ines.id,
                keccak256(_signer),
                uint32(7)
            )
        );
        vm.assertEq(
            rules.objectionDigest(ines.id, keccak256(_signer), 7),
            keccak256(abi.encodePacked(hex"1901", domainOf("Kedge", address(rules)), message))
        );
    }

    function _start() private {
        does(assemblyTimelock, address(rules), _startCall(ines.id, _signer, DOCUMENT));
    }

    function _complete() private {
        _start();
        pass(7 days);
        does(stranger.account, address(rules), _recoverCall(_signer, _consent()));
    }

    /// @dev To a signer for which the stranger signs.
    function _recoverTo(PersonId person, bytes memory signer, uint32 epoch) private {
        does(assemblyTimelock, address(rules), _startCall(person, signer, DOCUMENT));
        pass(7 days);
        bytes memory consent = sign(stranger, rules.rotationDigest(person, signer, epoch));
        does(faisal.account, address(rules), abi.encodeCall(IRules.recover, (person, signer, consent)));
    }

    function _consent() private view returns (bytes memory) {
        return sign(_renewed, rules.rotationDigest(ines.id, _signer, 0));
    }

    function _objection(uint32 epoch) private view returns (bytes memory) {
        return sign(ines, rules.objectionDigest(ines.id, keccak256(_signer), epoch));
    }

    function _startCall(PersonId person, bytes memory signer, bytes32 document) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.startRecovery, (person, signer, document));
    }

    function _recoverCall(bytes memory signer, bytes memory signature) private view returns (bytes memory) {
        return abi.encodeCall(IRules.recover, (ines.id, signer, signature));
    }

    function _objectCall(bytes memory current, bytes memory signature) private view returns (bytes memory) {
        return abi.encodeCall(IRules.objectToRecovery, (ines.id, current, signature));
    }

    function _pendingIs(bytes32 expected, uint40 readyAt) private view {
        (bytes32 key, uint40 from) = rules.recovery(ines.id);
        vm.assertEq(key, expected);
        vm.assertEq(from, readyAt);
    }

    function _refused(address caller, bytes memory call, bytes memory problem) private {
        refuses(caller, address(rules), call, problem);
    }

    function _refusedObjection(address caller, bytes memory call) private {
        _refused(caller, call, _invalid(abi.encodePacked(ines.account)));
    }

    function _invalid(bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.None, signer);
    }
}
