// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Warrant, IRegistry, SignOff} from "../../contracts/interfaces/IRegistry.sol";
import {Action, Identity, PersonId, Risk, Role, Stage, VersionId} from "../../contracts/types/Types.sol";
import {Matrix} from "../../contracts/types/Matrix.sol";
import {Life} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";
import {Delegate, Verifier, Wallet} from "./Wallets.sol";

/// @notice Who may sign off, with what kind of key, and for what alone a sign-off counts.
contract SignOffsTest is Life {
    Identity private _named;
    VersionId private _version;

    function setUp() public override {
        super.setUp();
        _named = identity("1.0.0", Risk.Low);
        _version = register(_named);
    }

    // What is signed

    function testTheDigestIsThatOfTheDocumentedTypedData() public view {
        SignOff memory terms = _terms(ben);
        vm.assertEq(rules.signOffDigest(terms), _digest(terms, block.chainid, address(registry)));
    }

    function testASignOffCountsForNothingElse() public {
        SignOff memory terms = _terms(ben);
        terms.version = register(identity("2.0.0", Risk.Low));
        _refusesSignatureOver(rules.signOffDigest(terms), "another version");
        terms = _terms(ben);
        terms.role = Role.DomainLead;
        _refusesSignatureOver(rules.signOffDigest(terms), "another role");
        terms = _terms(ben);
        terms.stage = Stage.Staging;
        _refusesSignatureOver(rules.signOffDigest(terms), "another stage");
        terms = _terms(ben);
        terms.risk = Risk.Medium;
        _refusesSignatureOver(rules.signOffDigest(terms), "another risk");
        terms = _terms(ben);
        terms.evidence = evidence(Stage.Staging);
        _refusesSignatureOver(rules.signOffDigest(terms), "other evidence");
        terms = _terms(ben);
        ++terms.policyEpoch;
        _refusesSignatureOver(rules.signOffDigest(terms), "another policy epoch");
        terms = _terms(ben);
        ++terms.signingEpoch;
        _refusesSignatureOver(rules.signOffDigest(terms), "another signing epoch");
        terms = _terms(ben);
        ++terms.deadline;
        _refusesSignatureOver(rules.signOffDigest(terms), "another deadline");
        terms = _terms(ben);
        _refusesSignatureOver(_digest(terms, block.chainid + 1, address(registry)), "another chain");
        _refusesSignatureOver(_digest(terms, block.chainid, address(rules)), "another registry");
        _promoteWith(signOffBy(ben, terms));
    }

    function testASignatureOfAnotherKeyDoesNotCount() public {
        Warrant memory approval = signOffBy(ben, _terms(ben));
        approval.signature = sign(noor, rules.signOffDigest(_terms(ben)));
        _refuses(approval, _invalid(Role.TechnicalLead, ben.account));
    }

    function testASignOffCountsUpToItsDeadline() public {
        Warrant memory approval = signOffBy(ben, _terms(ben));
        pass(SIGN_OFF_TERM + 1);
        _refuses(
            approval,
            abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.TechnicalLead, approval.deadline)
        );
        vm.warp(approval.deadline);
        _promoteWith(approval);
    }

    // Who signs

    function testAContractAccountSigns() public {
        Wallet wallet = new Wallet(stranger.account);
        bytes memory signer = abi.encodePacked(wallet);
        SignOff memory terms = _termsOf(appoint(signer, bits(Role.TechnicalLead)));
        bytes memory signature = sign(ben, rules.signOffDigest(terms));
        Warrant memory approval = Warrant(Role.TechnicalLead, terms.deadline, signer, signature);
        _refuses(approval, _invalid(Role.TechnicalLead, address(wallet)));
        approval.signature = sign(stranger, rules.signOffDigest(terms));
        _promoteWith(approval);
    }

    function testAContractAccountIsAskedWhenItsSignatureIsUsed() public {
        Wallet wallet = new Wallet(stranger.account);
        bytes memory signer = abi.encodePacked(wallet);
        SignOff memory terms = _termsOf(appoint(signer, bits(Role.TechnicalLead)));
        bytes memory signature = sign(stranger, rules.signOffDigest(terms));
        // Its owners replaced its code since.
        vm.etch(address(wallet), address(new Wallet(ada.account)).code);
        _refuses(
            Warrant(Role.TechnicalLead, terms.deadline, signer, signature),
            _invalid(Role.TechnicalLead, address(wallet))
        );
    }

    function testAKeyWithoutAnAccountSignsThroughItsVerifier() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        SignOff memory terms = _termsOf(appoint(signer, bits(Role.TechnicalLead)));
        bytes memory signature = sign(ben, rules.signOffDigest(terms));
        Warrant memory approval = Warrant(Role.TechnicalLead, terms.deadline, signer, signature);
        _refuses(
            approval,
            abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.TechnicalLead, signer)
        );
        approval.signature = sign(stranger, rules.signOffDigest(terms));
        _promoteWith(approval);
    }

    function testADelegatedAccountSignsWithItsOwnKey() public {
        vm.etch(ben.account, abi.encodePacked(hex"ef0100", new Delegate()));
        vm.assertEq(ben.account.code.length, 23);
        _promoteWith(signOffBy(ben, _terms(ben)));
    }

    function testADelegatedAccountSignsThroughItsCode() public {
        // The delegate's immutable owner is who signs for the account now.
        vm.etch(ben.account, abi.encodePacked(hex"ef0100", new Wallet(stranger.account)));
        Warrant memory approval = signOffBy(ben, _terms(ben));
        approval.signature = sign(stranger, rules.signOffDigest(_terms(ben)));
        _promoteWith(approval);
    }

    // By direct call

    function testAPersonSignsOffByTransaction() public {
        SignOff memory terms = _terms(ben);
        bytes memory call = abi.encodeCall(IRules.signOff, (terms));
        refuses(stranger.account, address(registry), call, unauthorized(stranger, Role.TechnicalLead));
        refuses(ada.account, address(registry), call, unauthorized(ada, Role.TechnicalLead));
        Warrant memory approval = Warrant(terms.role, terms.deadline, abi.encodePacked(ben.account), "");
        _refuses(approval, _invalid(Role.TechnicalLead, ben.account));
        leaves(
            ben.account,
            address(registry),
            call,
            Trace(
                Action.SignedOff,
                PersonId.unwrap(ben.id),
                Role.TechnicalLead,
                VersionId.unwrap(_version),
                terms.evidence,
                0
            )
        );
        _promoteWith(approval);
    }

    function testACallersSignOffIsHisAlone() public {
        calledBy(ben.account, _terms(ben));
        SignOff memory terms = _terms(ben);
        _refuses(
            Warrant(terms.role, terms.deadline, abi.encodePacked(noor.account), ""),
            _invalid(Role.TechnicalLead, noor.account)
        );
    }

    function testACommitteeConsentsByItsTimelockOnly() public {
        SignOff memory terms = termsFor(_named, PersonId.wrap(0), Role.OversightCommittee, Stage.Validation);
        refusesAllBut(oversightTimelock, Role.OversightCommittee, abi.encodeCall(IRules.signOff, (terms)));
        leaves(
            oversightTimelock,
            address(registry),
            abi.encodeCall(IRules.signOff, (terms)),
            Trace(
                Action.SignedOff,
                voice(oversightTimelock),
                Role.OversightCommittee,
                VersionId.unwrap(_version),
                terms.evidence,
                0
            )
        );
    }

    function testACallerSignsOffAsGuardedAsEveryAct() public {
        refusesAllBut(ben, Role.TechnicalLead, 0, abi.encodeCall(IRules.signOff, (_terms(ben))));
    }

    function testRefusesToSignOffUnknownVersionsAndAfterTheDeadline() public {
        SignOff memory terms = _terms(ben);
        terms.version = registry.versionId(identity("9.9.9", Risk.Low));
        refuses(
            ben.account,
            address(registry),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, terms.version)
        );
        terms = _terms(ben);
        pass(SIGN_OFF_TERM + 1);
        refuses(
            ben.account,
            address(registry),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.TechnicalLead, terms.deadline)
        );
        vm.warp(terms.deadline);
        calledBy(ben.account, terms);
    }

    function testRefusesToSignOffForASigningEpochThatIsNotNow() public {
        SignOff memory terms = _terms(ben);
        // Whoever holds a stolen key must not be able to sign for the time after its rotation.
        ++terms.signingEpoch;
        refuses(
            ben.account,
            address(registry),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRules.RulesSignOffOutdated.selector, 1, 0)
        );
        suspend(ben.id, time() + 1);
        reinstate(ben.id);
        calledBy(ben.account, terms);
        --terms.signingEpoch;
        refuses(
            ben.account,
            address(registry),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRules.RulesSignOffOutdated.selector, 0, 1)
        );
    }

    // Who counts when it executes

    function testASignerWhoLostTheRoleDoesNotCount() public {
        Warrant memory approval = signOffBy(ben, _terms(ben));
        setRoles(ben.id, 0);
        _refuses(
            approval,
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, Role.TechnicalLead, ben.id)
        );
        setRoles(ben.id, bits(Role.TechnicalLead));
        _refuses(approval, _invalid(Role.TechnicalLead, ben.account));
    }

    function testNobodysKeyDoesNotCount() public {
        SignOff memory terms = _terms(ben);
        _refuses(
            signOffBy(stranger, terms),
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, Role.TechnicalLead, PersonId.wrap(0))
        );
    }

    function testASignerWithALapsedCertificateDoesNotCount() public {
        Warrant memory approval = signOffBy(noor, _terms(noor));
        vm.warp(FOUNDED_AT + 7 days);
        _refuses(
            approval,
            abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, noor.id, FOUNDED_AT + 7 days)
        );
        vm.warp(FOUNDED_AT + 7 days - 1);
        _promoteWith(approval);
    }

    function testASuspendedSignerDoesNotCountNorDoesTheOldSignOffAfterwards() public {
        Warrant memory signed = signOffBy(ben, _terms(ben));
        Warrant memory called = calledBy(ben.account, _terms(ben));
        uint40 until = time() + 1 days;
        suspend(ben.id, until);
        _refuses(signed, abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, ben.id, until));
        vm.warp(until);
        _refuses(signed, _invalid(Role.TechnicalLead, ben.account));
        _refuses(called, _invalid(Role.TechnicalLead, ben.account));
        _promoteWith(signOffBy(ben, _terms(ben)));
    }

    function testARotationVoidsWhatTheOldKeySigned() public {
        Warrant memory signed = signOffBy(ben, _terms(ben));
        Warrant memory called = calledBy(ben.account, _terms(ben));
        Person memory renewed = rotate(ben, "Ben's new key");
        _refuses(
            signed,
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, Role.TechnicalLead, PersonId.wrap(0))
        );
        called.signer = abi.encodePacked(renewed.account);
        _refuses(called, _invalid(Role.TechnicalLead, renewed.account));
        _promoteWith(signOffBy(renewed, _terms(renewed)));
    }

    function testANewPolicyEpochVoidsSignOffs() public {
        Warrant memory signed = signOffBy(ben, _terms(ben));
        Warrant memory called = calledBy(ben.account, _terms(ben));
        (, Matrix matrix, ) = rules.policy();
        startEpoch(DOCUMENT, matrix, thresholds());
        _refuses(signed, _invalid(Role.TechnicalLead, ben.account));
        _refuses(called, _invalid(Role.TechnicalLead, ben.account));
        _promoteWith(signOffBy(ben, _terms(ben)));
    }

    function _terms(Person memory signer) private view returns (SignOff memory) {
        return _termsOf(signer.id);
    }

    function _termsOf(PersonId signer) private view returns (SignOff memory) {
        return termsFor(_named, signer, Role.TechnicalLead, Stage.Validation);
    }

    function _promoteWith(Warrant memory approval) private {
        promote(promotion(_named, Stage.Validation, only(approval)));
        same(word(_version).stage(), Stage.Validation);
    }

    function _refuses(Warrant memory approval, bytes memory problem) private {
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(_named, Stage.Validation, only(approval))),
            problem
        );
    }

    function _refusesSignatureOver(bytes32 digest, string memory what) private {
        Warrant memory approval = signOffBy(ben, _terms(ben));
        approval.signature = sign(ben, digest);
        vm.prank(stranger.account);
        (bool accepted, bytes memory answer) = address(registry).call(
            promoteCall(promotion(_named, Stage.Validation, only(approval)))
        );
        vm.assertFalse(accepted, what);
        vm.assertEq(answer, _invalid(Role.TechnicalLead, ben.account), what);
    }

    function _invalid(Role role, address signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, role, abi.encodePacked(signer));
    }

    /// @dev EIP-712 by hand, as docs/formats.md has it.
    function _digest(SignOff memory terms, uint256 chain, address verifier) private pure returns (bytes32) {
        bytes32 domain = domainOf("Kedge Registry", verifier, chain);
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "SignOff(bytes32 version,uint8 role,uint8 stage,uint8 risk,bytes32 evidence,uint32 policyEpoch,uint32 signingEpoch,uint40 deadline)"
                ),
                terms.version,
                terms.role,
                terms.stage,
                terms.risk,
                terms.evidence,
                terms.policyEpoch,
                terms.signingEpoch,
                terms.deadline
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }
}
