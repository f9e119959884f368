// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules, SignOff} from "../../contracts/interfaces/IRules.sol";
import {Action, Identity, PersonId, Risk, Role, Stage, VersionId} from "../../contracts/types/Types.sol";
import {Matrix} from "../../contracts/types/Matrix.sol";
import {Life, Warrant} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";
import {
    BurningWallet,
    Delegate,
    MuteWallet,
    PaddingWallet,
    RevertingWallet,
    TalkativeWallet,
    Verifier,
    Wallet
} from "./Wallets.sol";

/// @notice Who may sign off, with what kind of key, and for what alone a sign-off counts.
contract SignOffsTest is Life {
    /// @dev Whose a key is that was replaced.
    PersonId private constant RETIRED = PersonId.wrap(bytes32(uint256(1)));

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
        vm.assertEq(rules.signOffDigest(terms), _digest(terms, block.chainid, address(rules)));
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
        _refusesSignatureOver(_digest(terms, block.chainid + 1, address(rules)), "another chain");
        _refusesSignatureOver(_digest(terms, block.chainid, address(registry)), "another contract");
        _promoteWith(signOffBy(ben, terms));
    }

    function testASignatureOfAnotherKeyDoesNotCount() public {
        Warrant memory warrant = signOffBy(ben, _terms(ben));
        warrant.signature = sign(noor, rules.signOffDigest(_terms(ben)));
        _refuses(warrant, _invalid(Role.TechnicalLead, ben.account));
    }

    function testASignOffCountsUpToItsDeadline() public {
        Warrant memory warrant = signOffBy(ben, _terms(ben));
        pass(SIGN_OFF_TERM + 1);
        _refuses(
            warrant,
            abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.TechnicalLead, warrant.deadline)
        );
        vm.warp(warrant.deadline);
        _promoteWith(warrant);
    }

    // Who signs

    function testAContractAccountSigns() public {
        Wallet wallet = new Wallet(stranger.account);
        bytes memory signer = abi.encodePacked(wallet);
        SignOff memory terms = _termsOf(appoint(signer, bits(Role.TechnicalLead)));
        bytes memory signature = sign(ben, rules.signOffDigest(terms));
        Warrant memory warrant = Warrant(Role.TechnicalLead, terms.deadline, signer, signature);
        _refuses(warrant, _invalid(Role.TechnicalLead, address(wallet)));
        warrant.signature = sign(stranger, rules.signOffDigest(terms));
        _promoteWith(warrant);
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
        Warrant memory warrant = Warrant(Role.TechnicalLead, terms.deadline, signer, signature);
        _refuses(warrant, abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.TechnicalLead, signer));
        warrant.signature = sign(stranger, rules.signOffDigest(terms));
        _promoteWith(warrant);
    }

    function testADelegatedAccountSignsWithItsOwnKey() public {
        vm.etch(ben.account, abi.encodePacked(hex"ef0100", new Delegate()));
        vm.assertEq(ben.account.code.length, 23);
        _promoteWith(signOffBy(ben, _terms(ben)));
    }

    function testADelegatedAccountSignsThroughItsCode() public {
        // The delegate's immutable owner is who signs for the account now.
        vm.etch(ben.account, abi.encodePacked(hex"ef0100", new Wallet(stranger.account)));
        Warrant memory warrant = signOffBy(ben, _terms(ben));
        warrant.signature = sign(stranger, rules.signOffDigest(_terms(ben)));
        _promoteWith(warrant);
    }

    // By direct call

    function testAPersonSignsOffByTransaction() public {
        SignOff memory terms = _terms(ben);
        bytes memory call = abi.encodeCall(IRules.signOff, (terms));
        refuses(stranger.account, address(rules), call, unauthorized(stranger, Role.TechnicalLead));
        refuses(ada.account, address(rules), call, unauthorized(ada, Role.TechnicalLead));
        Warrant memory warrant = Warrant(terms.role, terms.deadline, abi.encodePacked(ben.account), "");
        _refuses(warrant, _invalid(Role.TechnicalLead, ben.account));
        leaves(
            ben.account,
            address(rules),
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
        _promoteWith(warrant);
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
        bytes memory call = abi.encodeCall(IRules.signOff, (terms));
        address[4] memory others = [assemblyTimelock, emergencyTimelock, grace.account, address(oversightCommittee)];
        for (uint256 i; i < others.length; ++i) {
            refuses(
                others[i],
                address(rules),
                call,
                abi.encodeWithSelector(IRules.RulesUnauthorized.selector, others[i], Role.OversightCommittee)
            );
        }
        leaves(
            oversightTimelock,
            address(rules),
            call,
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
        bytes memory call = abi.encodeCall(IRules.signOff, (_terms(ben)));
        uint40 until = time() + 1 days;
        suspend(ben.id, until);
        refuses(
            ben.account,
            address(rules),
            call,
            abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, ben.id, until)
        );
        reinstate(ben.id);
        call = abi.encodeCall(IRules.signOff, (_terms(ben)));
        certify(ben.id, time());
        refuses(
            ben.account,
            address(rules),
            call,
            abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, ben.id, time())
        );
        certify(ben.id, time() + 1);
        does(ben.account, address(rules), call);
    }

    function testRefusesToSignOffAfterTheDeadline() public {
        SignOff memory terms = _terms(ben);
        pass(SIGN_OFF_TERM + 1);
        refuses(
            ben.account,
            address(rules),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.TechnicalLead, terms.deadline)
        );
        vm.warp(terms.deadline);
        calledBy(ben.account, terms);
    }

    function testRefusesToSignOffForAPolicyThatIsNotInForce() public {
        SignOff memory terms = _terms(ben);
        terms.policyEpoch = 2;
        _refusesOutdated(ben.account, terms, 2, 1);
        (, Matrix matrix, ) = rules.policy();
        startEpoch(DOCUMENT, matrix, thresholds());
        calledBy(ben.account, terms);
        terms.policyEpoch = 1;
        _refusesOutdated(ben.account, terms, 1, 2);
    }

    function testACommitteeSignsOffInItsOnlySigningEpoch() public {
        SignOff memory terms = termsFor(_named, PersonId.wrap(0), Role.OversightCommittee, Stage.Validation);
        terms.signingEpoch = 1;
        _refusesOutdated(oversightTimelock, terms, 1, 0);
    }

    function testACommitteeSignsOffForThirtyDaysAtMost() public {
        // Its members change, and no signing epoch voids what those before them consented to.
        SignOff memory terms = termsFor(_named, PersonId.wrap(0), Role.OversightCommittee, Stage.Validation);
        terms.deadline = time() + 30 days + 1;
        refuses(
            oversightTimelock,
            address(rules),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRules.RulesDeadlineTooFar.selector, terms.deadline, time() + 30 days)
        );
        terms.deadline = time() + 30 days;
        does(oversightTimelock, address(rules), abi.encodeCall(IRules.signOff, (terms)));
        // A person's own is bounded by its signing epoch.
        terms = _terms(ben);
        terms.deadline = FOR_GOOD;
        does(ben.account, address(rules), abi.encodeCall(IRules.signOff, (terms)));
    }

    function testRefusesToSignOffForASigningEpochThatIsNotNow() public {
        SignOff memory terms = _terms(ben);
        // Whoever holds a stolen key must not be able to sign for the time after its rotation.
        ++terms.signingEpoch;
        _refusesOutdated(ben.account, terms, 1, 0);
        suspend(ben.id, time() + 1);
        reinstate(ben.id);
        calledBy(ben.account, terms);
        --terms.signingEpoch;
        _refusesOutdated(ben.account, terms, 0, 1);
    }

    // Signers that misbehave

    function testAContractAccountThatMisbehavesDoesNotSign() public {
        address[6] memory accounts = [
            address(new RevertingWallet()),
            address(new BurningWallet()),
            address(new MuteWallet()),
            address(new TalkativeWallet()),
            address(new PaddingWallet()),
            address(new Delegate())
        ];
        for (uint256 i; i < accounts.length; ++i) {
            SignOff memory terms = _termsOf(appoint(abi.encodePacked(accounts[i]), bits(Role.TechnicalLead)));
            _refuses(
                Warrant(Role.TechnicalLead, terms.deadline, abi.encodePacked(accounts[i]), hex"01"),
                _invalid(Role.TechnicalLead, accounts[i])
            );
        }
        same(word(_version).stage(), Stage.Development);
    }

    function testAVerifierThatMisbehavesVerifiesNothing() public {
        address[4] memory verifiers = [
            address(new RevertingWallet()),
            address(new BurningWallet()),
            address(new MuteWallet()),
            address(0xdead)
        ];
        for (uint256 i; i < verifiers.length; ++i) {
            bytes memory signer = abi.encodePacked(verifiers[i], keccak256("key"));
            SignOff memory terms = _termsOf(appoint(signer, bits(Role.TechnicalLead)));
            _refuses(
                Warrant(Role.TechnicalLead, terms.deadline, signer, hex"01"),
                abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.TechnicalLead, signer)
            );
        }
    }

    function testAMalleatedSignatureDoesNotCount() public {
        SignOff memory terms = _terms(ben);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ben.key, rules.signOffDigest(terms));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory other = abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27));
        _refuses(
            Warrant(Role.TechnicalLead, terms.deadline, abi.encodePacked(ben.account), other),
            _invalid(Role.TechnicalLead, ben.account)
        );
    }

    function testFuzzNoBytesAreBensSignature(bytes calldata signature) public {
        SignOff memory terms = _terms(ben);
        _refuses(
            Warrant(Role.TechnicalLead, terms.deadline, abi.encodePacked(ben.account), signature),
            _invalid(Role.TechnicalLead, ben.account)
        );
    }

    // Who counts when it executes

    function testASignerWhoLostTheRoleDoesNotCount() public {
        Warrant memory warrant = signOffBy(ben, _terms(ben));
        setRoles(ben.id, 0);
        _refuses(warrant, abi.encodeWithSelector(IRules.RulesUnqualified.selector, ben.id, Role.TechnicalLead));
        setRoles(ben.id, bits(Role.TechnicalLead));
        _refuses(warrant, _invalid(Role.TechnicalLead, ben.account));
    }

    function testNobodysKeyDoesNotCount() public {
        SignOff memory terms = _terms(ben);
        _refuses(
            signOffBy(stranger, terms),
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, PersonId.wrap(0), Role.TechnicalLead)
        );
    }

    function testASignerWithALapsedCertificateDoesNotCount() public {
        Warrant memory warrant = signOffBy(noor, _terms(noor));
        vm.warp(FOUNDED_AT + 7 days);
        _refuses(warrant, abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, noor.id, FOUNDED_AT + 7 days));
        vm.warp(FOUNDED_AT + 7 days - 1);
        _promoteWith(warrant);
    }

    function testASignerWithAnAuditToComeDoesNotCount() public {
        Warrant memory warrant = signOffBy(ben, _terms(ben));
        for (uint256 i; i < 3; ++i) recordViolation(ben.id);
        _refuses(warrant, abi.encodeWithSelector(IRules.RulesAuditRequired.selector, ben.id));
        refuses(
            ben.account,
            address(rules),
            abi.encodeCall(IRules.signOff, (_terms(ben))),
            abi.encodeWithSelector(IRules.RulesAuditRequired.selector, ben.id)
        );
        acceptAudit(ben.id);
        _promoteWith(warrant);
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
        _refuses(signed, abi.encodeWithSelector(IRules.RulesUnqualified.selector, RETIRED, Role.TechnicalLead));
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

    function _promoteWith(Warrant memory warrant) private {
        promote(promotion(_named, Stage.Validation, only(warrant)));
        same(word(_version).stage(), Stage.Validation);
    }

    function _refuses(Warrant memory warrant, bytes memory problem) private {
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(_named, Stage.Validation, only(warrant))),
            problem
        );
    }

    function _refusesOutdated(address caller, SignOff memory terms, uint32 given, uint32 current) private {
        refuses(
            caller,
            address(rules),
            abi.encodeCall(IRules.signOff, (terms)),
            abi.encodeWithSelector(IRules.RulesSignOffOutdated.selector, given, current)
        );
    }

    function _refusesSignatureOver(bytes32 digest, string memory what) private {
        Warrant memory warrant = signOffBy(ben, _terms(ben));
        warrant.signature = sign(ben, digest);
        vm.prank(stranger.account);
        (bool accepted, bytes memory answer) = address(registry).call(
            promoteCall(promotion(_named, Stage.Validation, only(warrant)))
        );
        vm.assertFalse(accepted, what);
        vm.assertEq(answer, _invalid(Role.TechnicalLead, ben.account), what);
    }

    function _invalid(Role role, address signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, role, abi.encodePacked(signer));
    }

    /// @dev EIP-712 by hand, as docs/formats.md has it.
    function _digest(SignOff memory terms, uint256 chain, address verifier) private pure returns (bytes32) {
        bytes32 domain = domainOf("Kedge", verifier, chain);
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "SignOff(bytes32 version,uint8 stage,uint8 risk,bytes32 evidence,bytes32 plan,uint32 policyEpoch,uint8 role,uint32 signingEpoch,uint40 deadline)"
                ),
                terms.version,
                terms.stage,
                terms.risk,
                terms.evidence,
                terms.plan,
                terms.policyEpoch,
                terms.role,
                terms.signingEpoch,
                terms.deadline
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }
}
