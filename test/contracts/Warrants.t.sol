// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {Warrants} from "../../contracts/libraries/Warrants.sol";
import {Action, Identity, NO_VERSION, PersonId, Risk, Role, Stage, VersionId} from "../../contracts/types/Types.sol";
import {Life, Warrant} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";
import {Delegate, Verifier, Wallet} from "./Wallets.sol";

/// @notice Makes the library's internal function callable.
contract Reader {
    using Warrants for bytes;

    function read(bytes calldata packed, uint256 offset) external pure returns (Warrant memory warrant, uint256 end) {
        (warrant.role, warrant.deadline, warrant.signer, warrant.signature, end) = packed.read(offset);
    }
}

/// @notice Packed warrants, well formed and not, and registrations that somebody else carries.
contract WarrantsTest is Life {
    Reader private _reader;
    Identity private _named;
    VersionId private _version;

    function setUp() public override {
        super.setUp();
        _reader = new Reader();
        _named = identity("1.0.0", Risk.Low);
        _version = registry.versionId(_named);
    }

    // The packing

    function testFuzzWhatIsPackedIsRead(
        uint8 role,
        uint40 deadline,
        bytes calldata signer,
        bytes calldata signature,
        bytes calldata before,
        bytes calldata behind
    ) public view {
        Warrant memory written = Warrant(Role(role % 12), deadline, signer, signature);
        bytes memory packed = pack(written);
        (Warrant memory found, uint256 end) = _reader.read(abi.encodePacked(before, packed, behind), before.length);
        vm.assertEq(abi.encode(found), abi.encode(written));
        vm.assertEq(end, before.length + packed.length);
    }

    function testFuzzEveryWarrantThatIsCutShortIsMalformed(
        bytes calldata signer,
        bytes calldata signature,
        uint256 length
    ) public view {
        bytes memory packed = pack(Warrant(Role.Monitor, 1, signer, signature));
        length %= packed.length;
        assembly ("memory-safe") {
            mstore(packed, length)
        }
        _malformed(packed, 0);
        _malformed(abi.encodePacked(bytes3(0), packed), 3);
    }

    function testFuzzAnyBytesAreReadAsTheyArePackedOrRefused(bytes calldata bytes_) public view {
        (bool accepted, bytes memory answer) = address(_reader).staticcall(abi.encodeCall(Reader.read, (bytes_, 0)));
        if (!accepted) {
            vm.assertEq(answer, abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, 0));
            return;
        }
        (Warrant memory found, uint256 end) = abi.decode(answer, (Warrant, uint256));
        vm.assertEq(pack(found), bytes_[:end]);
    }

    function testARoleThatIsNoneIsMalformed() public view {
        for (uint256 role; role < 256; ++role) {
            bytes memory packed = abi.encodePacked(uint8(role), uint40(1), uint16(0), uint16(0));
            if (role > uint256(type(Role).max)) _malformed(packed, 0);
            else _reader.read(packed, 0);
        }
    }

    function testAnOffsetBehindTheEndIsMalformed() public view {
        bytes memory packed = pack(Warrant(Role.Monitor, 1, "", ""));
        _malformed(packed, packed.length);
        _malformed(packed, packed.length + 1);
    }

    function testAMalformedSignOffIsRefusedAtItsOffset() public {
        register(_named);
        bytes memory lead = pack(signOffBy(ben, Role.TechnicalLead, _named, Stage.Validation));
        bytes memory officer = pack(signOffBy(ada, Role.ResponsibleAIOfficer, _named, Stage.Validation));
        _refusesSignOffs(hex"00", 0);
        _refusesSignOffs(abi.encodePacked(lead, hex"02"), lead.length);
        _refusesSignOffs(abi.encodePacked(lead, uint8(12), uint40(1), uint32(0)), lead.length);
        _refusesSignOffs(abi.encodePacked(lead, officer, bytes7(0)), lead.length + officer.length);
        does(stranger.account, address(registry), _promoteCall(abi.encodePacked(lead, officer)));
    }

    // Registrations

    function testAnyoneCarriesARegistration() public {
        bytes memory call = _call(NO_VERSION, pack(_warrant(dana, _terms(dana))));
        bytes memory answer = leaves(
            stranger.account,
            address(registry),
            call,
            Trace(
                Action.Registered,
                PersonId.unwrap(dana.id),
                Role.ModelDeveloper,
                VersionId.unwrap(_version),
                _named.manifestDigest,
                0
            )
        );
        same(abi.decode(answer, (VersionId)), _version);
        (bytes32 manifestDigest, ) = registry.version(_version);
        vm.assertEq(manifestDigest, _named.manifestDigest);
        vm.assertEq(word(_version).number(), 1);
        // Once only.
        _refuses(call, abi.encodeWithSelector(IRegistry.RegistryVersionExists.selector, _version));
    }

    function testACarriedRegistrationNamesItsParent() public {
        Identity memory parent = _named;
        register(parent);
        _named = identity("2.0.0", Risk.Low);
        _named.parent = parent.manifestDigest;
        VersionId parentVersion = _version;
        _version = registry.versionId(_named);
        Terms memory terms = _terms(dana);
        _refuses(_call(parentVersion, pack(_warrant(dana, terms))), _invalid(dana.account));
        terms.parentVersion = parentVersion;
        does(stranger.account, address(registry), _call(parentVersion, pack(_warrant(dana, terms))));
        vm.assertEq(word(_version).number(), 2);
    }

    function testARegistrationCountsForNothingElse() public {
        Terms memory terms = _terms(dana);
        terms.version = registry.versionId(identity("2.0.0", Risk.Low));
        _refusesOver(terms);
        terms = _terms(dana);
        terms.parentVersion = terms.version;
        _refusesOver(terms);
        terms = _terms(dana);
        terms.role = Role.TechnicalLead;
        _refusesOver(terms);
        terms = _terms(dana);
        ++terms.signingEpoch;
        _refusesOver(terms);
        terms = _terms(dana);
        ++terms.deadline;
        _refusesOver(terms);
        terms = _terms(dana);
        terms.chain = block.chainid + 1;
        _refusesOver(terms);
        terms = _terms(dana);
        terms.verifier = address(registry);
        _refusesOver(terms);
        does(stranger.account, address(registry), _call(NO_VERSION, pack(_warrant(dana, _terms(dana)))));
    }

    function testARegistrationCountsUpToItsDeadline() public {
        bytes memory call = _call(NO_VERSION, pack(_warrant(dana, _terms(dana))));
        uint40 deadline = time() + 1 days;
        vm.warp(deadline + 1);
        _refuses(call, abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.ModelDeveloper, deadline));
        vm.warp(deadline);
        does(stranger.account, address(registry), call);
    }

    function testNobodyRegistersInAnothersName() public {
        setRoles(ben.id, bits(Role.ModelDeveloper));
        Terms memory terms = _terms(ben);
        _refuses(
            _call(NO_VERSION, pack(_warrant(ben, terms))),
            abi.encodeWithSelector(IRegistry.RegistryNotAuthor.selector, dana.id, ben.id)
        );
        // Nor under the author's name with another key.
        Warrant memory warrant = _warrant(ben, _terms(dana));
        warrant.signer = abi.encodePacked(dana.account);
        _refuses(_call(NO_VERSION, pack(warrant)), _invalid(dana.account));
        _refuses(
            _call(NO_VERSION, pack(_warrant(stranger, _terms(dana)))),
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, PersonId.wrap(0), Role.ModelDeveloper)
        );
        _refuses(
            _call(NO_VERSION, pack(_warrant(ada, _terms(ada)))),
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, ada.id, Role.ModelDeveloper)
        );
    }

    function testARegistrationInAnotherRoleIsNone() public {
        Terms memory terms = _terms(dana);
        terms.role = Role.TechnicalLead;
        _refuses(
            _call(NO_VERSION, pack(_warrant(dana, terms))),
            abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, Role.TechnicalLead, Risk.Low)
        );
        terms.role = Role.None;
        _refuses(
            _call(NO_VERSION, pack(_warrant(dana, terms))),
            abi.encodeWithSelector(IRules.RulesUnqualified.selector, dana.id, Role.None)
        );
    }

    function testACommitteeGivesNoWarrant() public {
        Role[3] memory roles = [Role.Assembly, Role.OversightCommittee, Role.EmergencyCommittee];
        for (uint256 i; i < 3; ++i) {
            _refuses(
                _call(NO_VERSION, pack(Warrant(roles[i], time() + 1, "", ""))),
                abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, roles[i], "")
            );
        }
    }

    function testRefusesAMalformedWarrantAndMoreThanOne() public {
        bytes memory warrant = pack(_warrant(dana, _terms(dana)));
        _refuses(_call(NO_VERSION, ""), abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, 0));
        _refuses(
            _call(NO_VERSION, abi.encodePacked(warrant, hex"00")),
            abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, warrant.length)
        );
        _refuses(
            _call(NO_VERSION, abi.encodePacked(warrant, warrant)),
            abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, warrant.length)
        );
    }

    function testAWarrantWithoutASignatureIsNoneUnlessItWasGivenByTransaction() public {
        Terms memory terms = _terms(dana);
        _refuses(
            _call(NO_VERSION, pack(Warrant(terms.role, terms.deadline, abi.encodePacked(dana.account), ""))),
            _invalid(dana.account)
        );
    }

    function testWhoRegistersByWarrantIsClearedWhenItExecutes() public {
        bytes memory call = _call(NO_VERSION, pack(_warrant(dana, _terms(dana))));
        certify(dana.id, time());
        _refuses(call, abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, dana.id, time()));
        certify(dana.id, FOR_GOOD);
        for (uint256 i; i < 3; ++i) recordViolation(dana.id);
        _refuses(call, abi.encodeWithSelector(IRules.RulesAuditRequired.selector, dana.id));
        acceptAudit(dana.id);
        suspend(dana.id, time() + 1);
        _refuses(call, abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, dana.id, time() + 1));
        reinstate(dana.id);
        // What was signed before the suspension stays void.
        _refuses(call, _invalid(dana.account));
        does(stranger.account, address(registry), _call(NO_VERSION, pack(_warrant(dana, _terms(dana)))));
    }

    function testARotationVoidsACarriedRegistration() public {
        bytes memory call = _call(NO_VERSION, pack(_warrant(dana, _terms(dana))));
        Person memory renewed = rotate(dana, "Dana's new key");
        _refuses(
            call,
            abi.encodeWithSelector(
                IRules.RulesUnqualified.selector,
                PersonId.wrap(bytes32(uint256(1))),
                Role.ModelDeveloper
            )
        );
        does(stranger.account, address(registry), _call(NO_VERSION, pack(_warrant(renewed, _terms(renewed)))));
    }

    function testACarriedRegistrationIsHeldToTheSameRules() public {
        vm.prank(ada.account);
        registry.setDeveloper(model, dana.id, false, DOCUMENT);
        bytes memory call = _call(NO_VERSION, pack(_warrant(dana, _terms(dana))));
        _refuses(call, abi.encodeWithSelector(IRegistry.RegistryNotDeveloper.selector, model, dana.id));
        vm.prank(ada.account);
        registry.setDeveloper(model, dana.id, true, DOCUMENT);
        suspendModel();
        _refuses(call, abi.encodeWithSelector(IRegistry.RegistryModelSuspended.selector, model));
    }

    function testAContractAccountAKeyWithoutAnAccountAndADelegatedAccountRegister() public {
        _registersAs(abi.encodePacked(new Wallet(stranger.account)), "wallet");
        Verifier verifier = new Verifier();
        _registersAs(abi.encodePacked(verifier, verifier.keyOf(stranger.account)), "verifier");
        vm.etch(stranger.account, abi.encodePacked(hex"ef0100", new Delegate()));
        _registersAs(abi.encodePacked(stranger.account), "delegate");
    }

    /// @dev The members of a Registration, and its domain.
    struct Terms {
        VersionId version;
        VersionId parentVersion;
        Role role;
        uint32 signingEpoch;
        uint40 deadline;
        uint256 chain;
        address verifier;
    }

    function _terms(Person memory signer) private view returns (Terms memory) {
        return
            Terms(
                _version,
                NO_VERSION,
                Role.ModelDeveloper,
                signingEpoch(signer.id),
                time() + 1 days,
                block.chainid,
                address(rules)
            );
    }

    /// @dev EIP-712 by hand, as docs/formats.md has it.
    function _digest(Terms memory terms) private pure returns (bytes32) {
        bytes32 message = keccak256(
            abi.encode(
                keccak256(
                    "Registration(bytes32 version,bytes32 parentVersion,uint8 role,uint32 signingEpoch,uint40 deadline)"
                ),
                terms.version,
                terms.parentVersion,
                terms.role,
                terms.signingEpoch,
                terms.deadline
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domainOf("Kedge", terms.verifier, terms.chain), message));
    }

    function _warrant(Person memory signer, Terms memory terms) private pure returns (Warrant memory) {
        return Warrant(terms.role, terms.deadline, abi.encodePacked(signer.account), sign(signer, _digest(terms)));
    }

    /// @dev Presented as what it should be, signed over what it is.
    function _refusesOver(Terms memory signed) private {
        Warrant memory warrant = _warrant(dana, _terms(dana));
        warrant.signature = sign(dana, _digest(signed));
        _refuses(_call(NO_VERSION, pack(warrant)), _invalid(dana.account));
    }

    /// @dev A new developer whose signer the stranger's key signs for.
    function _registersAs(bytes memory signer, string memory label) private {
        PersonId author = appoint(signer, bits(Role.ModelDeveloper));
        vm.prank(ada.account);
        registry.setDeveloper(model, author, true, DOCUMENT);
        _named = identity(label, Risk.Low);
        _named.author = author;
        _version = registry.versionId(_named);
        Terms memory terms = _terms(stranger);
        Warrant memory warrant = Warrant(terms.role, terms.deadline, signer, sign(ben, _digest(terms)));
        _refuses(
            _call(NO_VERSION, pack(warrant)),
            abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.ModelDeveloper, signer)
        );
        warrant.signature = sign(stranger, _digest(terms));
        does(faisal.account, address(registry), _call(NO_VERSION, pack(warrant)));
        vm.assertTrue(word(_version).number() != 0, label);
    }

    function _call(VersionId parentVersion, bytes memory warrant) private view returns (bytes memory) {
        return abi.encodeCall(IRegistry.registerBySig, (_named, parentVersion, warrant));
    }

    function _promoteCall(bytes memory signOffs) private view returns (bytes memory) {
        return abi.encodeCall(IRegistry.promote, (_named, Stage.Validation, evidence(Stage.Validation), 0, signOffs));
    }

    function _refuses(bytes memory call, bytes memory problem) private {
        refuses(stranger.account, address(registry), call, problem);
    }

    function _refusesSignOffs(bytes memory signOffs, uint256 offset) private {
        _refuses(_promoteCall(signOffs), abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, offset));
    }

    function _malformed(bytes memory packed, uint256 offset) private view {
        (bool accepted, bytes memory answer) = address(_reader).staticcall(
            abi.encodeCall(Reader.read, (packed, offset))
        );
        vm.assertEq(accepted, false);
        vm.assertEq(answer, abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, offset));
    }

    function _invalid(address signer) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IRules.RulesInvalidSignature.selector,
                Role.ModelDeveloper,
                abi.encodePacked(signer)
            );
    }
}
