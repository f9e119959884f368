// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {IRules, SignOff} from "../../contracts/interfaces/IRules.sol";
import {Identity, PersonId, Risk, Role, Stage, VersionId} from "../../contracts/types/Types.sol";
import {Life, Warrant} from "./Life.sol";
import {Person} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice As OpenZeppelin's verifier takes it.
struct Assertion {
    bytes32 r;
    bytes32 s;
    uint256 challengeIndex;
    uint256 typeIndex;
    bytes authenticatorData;
    string clientDataJSON;
}

/// @notice Passkeys: real P-256 signatures in real WebAuthn assertions, through OpenZeppelin's verifier.
contract PasskeysTest is Life {
    uint256 private constant KEY = uint256(keccak256("a passkey"));
    uint256 private constant ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551;

    /// @dev User present and verified.
    bytes1 private constant FLAGS = 0x05;

    address private _verifier;
    Identity private _named;
    VersionId private _version;
    PersonId private _lead;
    bytes private _signer;

    function setUp() public override {
        super.setUp();
        _verifier = deploy(vm.getCode("ERC7913WebAuthnVerifier"));
        _signer = _signerOf(KEY);
        _lead = appoint(_signer, bits(Role.TechnicalLead));
        _named = identity("1.0.0", Risk.Low);
        _version = register(_named);
    }

    function testAPasskeySignsOff() public {
        _promoteWith(_assertion(_digest()));
    }

    function testAPasskeyHasNoAccount() public view {
        same(whoseKey(_signer), _lead);
        vm.assertEq(accountOf(_lead), address(0));
        vm.assertEq(_signer.length, 84);
    }

    function testAPasskeysAssertionIsForOneChallenge() public {
        _refuses(_assertion(keccak256("another challenge")));
        SignOff memory terms = termsFor(_named, _lead, Role.TechnicalLead, Stage.Staging);
        _refuses(_assertion(rules.signOffDigest(terms)));
    }

    function testAnotherPasskeysAssertionDoesNotCount() public {
        _refuses(_assertion(uint256(keccak256("another passkey")), _digest(), FLAGS, "webauthn.get"));
    }

    function testAPasskeyIsNotUsedUnseenOrUnverified() public {
        _refuses(_assertion(KEY, _digest(), 0x00, "webauthn.get"));
        _refuses(_assertion(KEY, _digest(), 0x01, "webauthn.get"));
        _refuses(_assertion(KEY, _digest(), 0x04, "webauthn.get"));
        // Backed up, but not eligible to be.
        _refuses(_assertion(KEY, _digest(), 0x15, "webauthn.get"));
        _promoteWith(_assertion(KEY, _digest(), 0x1d, "webauthn.get"));
    }

    function testThePasskeysCreationIsNoSignature() public {
        _refuses(_assertion(KEY, _digest(), FLAGS, "webauthn.create"));
    }

    function testAMalleatedAssertionDoesNotCount() public {
        Assertion memory auth = _auth(KEY, _digest(), FLAGS, "webauthn.get");
        auth.s = bytes32(ORDER - uint256(auth.s));
        _refuses(_encode(auth));
    }

    function testFuzzAMalformedAssertionDoesNotCount(bytes calldata blob) public {
        if (blob.length != 0) _refuses(blob);
    }

    function testFuzzAnAssertionThatIsCutShortOrFlippedDoesNotCount(uint256 position, uint8 bit) public {
        bytes memory assertion = _assertion(_digest());
        bytes memory cut = new bytes((position % (assertion.length - 1)) + 1);
        for (uint256 i; i < cut.length; ++i) cut[i] = assertion[i];
        // Without the padding of its last string nothing is missing.
        if (cut.length + 32 <= assertion.length) _refuses(cut);
        // The first four words hold the signature and where in the text challenge and type begin.
        position %= 128;
        assertion[position] = bytes1(uint8(assertion[position]) ^ uint8(1 << (bit % 8)));
        _refuses(assertion);
    }

    function testAKeyOfAnotherLengthSignsNothing() public {
        bytes memory longer = abi.encodePacked(_signer, hex"00");
        PersonId other = appoint(longer, bits(Role.TechnicalLead));
        SignOff memory terms = termsFor(_named, other, Role.TechnicalLead, Stage.Validation);
        _refuses(Warrant(terms.role, terms.deadline, longer, _assertion(rules.signOffDigest(terms))));
    }

    function testAPointThatIsNotOnTheCurveSignsNothing() public {
        bytes memory off = abi.encodePacked(_verifier, bytes32(uint256(1)), bytes32(uint256(1)));
        PersonId other = appoint(off, bits(Role.TechnicalLead));
        SignOff memory terms = termsFor(_named, other, Role.TechnicalLead, Stage.Validation);
        _refuses(Warrant(terms.role, terms.deadline, off, _assertion(rules.signOffDigest(terms))));
    }

    // Rotations and recoveries

    function testAPersonRotatesToAPasskeyAndBack() public {
        uint256 key = uint256(keccak256("Maya's passkey"));
        bytes memory signer = _signerOf(key);
        bytes memory account = abi.encodePacked(maya.account);
        bytes memory consent = _assertion(key, rules.rotationDigest(maya.id, signer, 0), FLAGS, "webauthn.get");
        does(maya.account, address(rules), abi.encodeCall(IRules.rotate, (account, "", signer, consent)));
        same(whoseKey(signer), maya.id);
        Person memory renewed = someone("Maya's new key");
        account = abi.encodePacked(renewed.account);
        bytes32 digest = rules.rotationDigest(maya.id, account, 1);
        consent = _assertion(key, digest, FLAGS, "webauthn.get");
        does(
            stranger.account,
            address(rules),
            abi.encodeCall(IRules.rotate, (signer, consent, account, sign(renewed, digest)))
        );
        vm.assertEq(accountOf(maya.id), renewed.account);
    }

    function testAPasskeyObjectsToARecovery() public {
        bytes memory signer = abi.encodePacked(stranger.account);
        vm.prank(assemblyTimelock);
        rules.startRecovery(_lead, signer, DOCUMENT);
        bytes memory objection = _assertion(rules.objectionDigest(_lead, keccak256(signer), 0));
        does(stranger.account, address(rules), abi.encodeCall(IRules.objectToRecovery, (_lead, _signer, objection)));
        (bytes32 key, ) = rules.recovery(_lead);
        vm.assertEq(key, bytes32(0));
    }

    function _digest() private view returns (bytes32) {
        return rules.signOffDigest(_terms());
    }

    function _terms() private view returns (SignOff memory) {
        return termsFor(_named, _lead, Role.TechnicalLead, Stage.Validation);
    }

    function _signerOf(uint256 key) private view returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(key % ORDER);
        return abi.encodePacked(_verifier, x, y);
    }

    function _assertion(bytes32 challenge) private pure returns (bytes memory) {
        return _assertion(KEY, challenge, FLAGS, "webauthn.get");
    }

    function _assertion(
        uint256 key,
        bytes32 challenge,
        bytes1 flags,
        string memory kind
    ) private pure returns (bytes memory) {
        return _encode(_auth(key, challenge, flags, kind));
    }

    /// @dev The members one after another, without the offset that the ABI would put before a dynamic struct.
    function _encode(Assertion memory auth) private pure returns (bytes memory) {
        return
            abi.encode(
                auth.r,
                auth.s,
                auth.challengeIndex,
                auth.typeIndex,
                auth.authenticatorData,
                auth.clientDataJSON
            );
    }

    /// @dev As an authenticator and a browser make it.
    function _auth(
        uint256 key,
        bytes32 challenge,
        bytes1 flags,
        string memory kind
    ) private pure returns (Assertion memory auth) {
        auth.authenticatorData = abi.encodePacked(sha256("kedge.example"), flags, uint32(7));
        // solhint-disable quotes
        string memory start = string.concat('{"type":"', kind, '",');
        auth.typeIndex = 1;
        auth.challengeIndex = bytes(start).length;
        auth.clientDataJSON = string.concat(
            start,
            '"challenge":"',
            Base64.encodeURL(abi.encodePacked(challenge)),
            '","origin":"https://kedge.example","crossOrigin":false}'
        );
        // solhint-enable quotes
        (auth.r, auth.s) = vm.signP256(
            key % ORDER,
            sha256(abi.encodePacked(auth.authenticatorData, sha256(bytes(auth.clientDataJSON))))
        );
        if (uint256(auth.s) > ORDER / 2) auth.s = bytes32(ORDER - uint256(auth.s));
    }

    function _promoteWith(bytes memory assertion) private {
        promote(promotion(_named, Stage.Validation, only(_warrant(assertion))));
        same(word(_version).stage(), Stage.Validation);
    }

    function _warrant(bytes memory assertion) private view returns (Warrant memory) {
        return Warrant(Role.TechnicalLead, time() + SIGN_OFF_TERM, _signer, assertion);
    }

    function _refuses(bytes memory assertion) private {
        _refuses(_warrant(assertion));
    }

    function _refuses(Warrant memory warrant) private {
        refuses(
            stranger.account,
            address(registry),
            promoteCall(promotion(_named, Stage.Validation, only(warrant))),
            abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.TechnicalLead, warrant.signer)
        );
    }
}
