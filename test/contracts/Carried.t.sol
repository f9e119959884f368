// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {
    Action,
    NO_PERSON,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life, Warrant} from "./Life.sol";
import {Person, Trace} from "./Society.sol";
import {vm} from "./Vm.sol";
import {Delegate, Verifier, Wallet} from "./Wallets.sol";

/// @notice Rollbacks, withdrawals and halts by a person's warrant that anyone may carry. What is signed is built here by
/// hand, as docs/formats.md has it.
contract CarriedTest is Life {
    bytes32 private constant ROLLBACK = keccak256(
        "Rollback(bytes32 model,bytes32 environment,bytes32 from,bytes32 to,uint8 trigger,bytes32 reason,bytes32 plan,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    bytes32 private constant HALT = keccak256(
        "Halt(bytes32 model,bytes32 environment,bytes32 version,uint8 trigger,bytes32 reason,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );

    // What anyone may carry

    function testAnyoneCarriesARollback() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory call = _call(back, _warrant(emil, Role.SystemOperator, back));
        leaves(stranger.account, address(registry), call, _trace(Action.RolledBack, emil, Role.SystemOperator, latest));
        same(active(PRODUCTION), proven);
        vm.assertEq(word(latest).condemnedFrom(), time() + 24 hours);
        vm.assertEq(word(latest).operatorRollbacks(), 1);
    }

    function testAnyoneCarriesAWithdrawal() public {
        (, VersionId latest) = releaseTwo(Risk.High);
        Rollback memory out = order(latest, NO_VERSION);
        bytes memory call = _call(out, _warrant(ada, Role.ResponsibleAIOfficer, out));
        leaves(
            stranger.account,
            address(registry),
            call,
            _trace(Action.Withdrawn, ada, Role.ResponsibleAIOfficer, latest)
        );
        same(active(PRODUCTION), NO_VERSION);
        vm.assertEq(isCondemned(latest), true);
    }

    function testAnyoneCarriesAHalt() public {
        (, VersionId latest) = releaseTwo(Risk.Low);
        Halt memory ordered = stop(latest);
        bytes memory call = _call(ordered, _warrant(emil, Role.SystemOperator, ordered));
        leaves(stranger.account, address(registry), call, _trace(Action.Halted, emil, Role.SystemOperator, latest));
        same(activeWord(PRODUCTION).haltedBy(), Role.SystemOperator);
        vm.assertEq(registry.haltTime(latest, PRODUCTION, PersonId.unwrap(emil.id)), time());
    }

    function testAMonitorStepsBackByAWarrant() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory call = _call(back, _warrant(watchPost, Role.Monitor, back));
        _refuses(call, abi.encodeWithSelector(IRegistry.RegistryNotMonitored.selector, model));
        setMonitored(true);
        does(stranger.account, address(registry), call);
        same(active(PRODUCTION), proven);
    }

    // Every word of it is signed

    function testAWarrantIsForThisRollbackAlone() public {
        addSchema(0);
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory warrant = _warrant(emil, Role.SystemOperator, back);
        Rollback[7] memory others;
        for (uint256 i; i < 7; ++i) others[i] = order(latest, proven);
        others[0].model = createModel("another", Risk.Low);
        others[1].environment = STAGING;
        others[2].from = proven;
        others[3].to = NO_VERSION;
        others[4].trigger = Trigger.SafetyRisk;
        others[5].reason = PLAN;
        others[6].plan = PLAN;
        for (uint256 i; i < 7; ++i) _refuses(_call(others[i], warrant), _invalid(emil, Role.SystemOperator));
        does(stranger.account, address(registry), _call(back, warrant));
    }

    function testAWarrantIsForThisHaltAlone() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Halt memory ordered = stop(latest);
        bytes memory warrant = _warrant(emil, Role.SystemOperator, ordered);
        Halt[5] memory others;
        for (uint256 i; i < 5; ++i) others[i] = stop(latest);
        others[0].model = createModel("another", Risk.Low);
        others[1].environment = STAGING;
        others[2].version = proven;
        others[3].trigger = Trigger.Incident;
        others[4].reason = PLAN;
        for (uint256 i; i < 5; ++i) _refuses(_call(others[i], warrant), _invalid(emil, Role.SystemOperator));
        does(stranger.account, address(registry), _call(ordered, warrant));
    }

    function testAWarrantIsOfOneRoleAndOneDeadline() public {
        setRoles(emil.id, bits(Role.SystemOperator) | bits(Role.Monitor));
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        Warrant memory given = _unpacked(emil, Role.SystemOperator, ordered);
        given.role = Role.Monitor;
        _refuses(_call(ordered, pack(given)), _invalid(emil, Role.Monitor));
        given.role = Role.SystemOperator;
        ++given.deadline;
        _refuses(_call(ordered, pack(given)), _invalid(emil, Role.SystemOperator));
        --given.deadline;
        does(stranger.account, address(registry), _call(ordered, pack(given)));
    }

    function testAWarrantForAHaltIsNoneForARollback() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        _refuses(
            _call(order(latest, proven), _warrant(emil, Role.SystemOperator, stop(latest))),
            _invalid(emil, Role.SystemOperator)
        );
        _refuses(
            _call(stop(latest), _warrant(emil, Role.SystemOperator, order(latest, proven))),
            _invalid(emil, Role.SystemOperator)
        );
    }

    function testAWarrantIsForThisChainAndTheseRules() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        bytes32[4] memory domains = [
            domainOf("Kedge", address(rules), block.chainid + 1),
            domainOf("Kedge", address(registry)),
            domainOf("Kedge Rules", address(rules)),
            domainOf("Kedge", emergencyTimelock)
        ];
        Warrant memory given = _unpacked(emil, Role.SystemOperator, ordered);
        bytes32 message = _hash(abi.encode(HALT, ordered), given, 0);
        for (uint256 i; i < domains.length; ++i) {
            given.signature = sign(emil, keccak256(abi.encodePacked(hex"1901", domains[i], message)));
            _refuses(_call(ordered, pack(given)), _invalid(emil, Role.SystemOperator));
        }
    }

    // It counts once

    function testARollbackIsNotCarriedTwice() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory call = _call(back, _warrant(emil, Role.SystemOperator, back));
        does(stranger.account, address(registry), call);
        does(ada.account, address(registry), overruleCall(order(proven, latest)));
        pass(24 hours);
        // The same version is active again, and the operator might roll back; but this was for another time.
        _refuses(call, _invalid(emil, Role.SystemOperator));
    }

    function testAHaltIsNotCarriedTwice() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        Warrant memory given = _unpacked(emil, Role.SystemOperator, ordered);
        given.deadline = FOR_GOOD;
        given = _signed(emil, abi.encode(HALT, ordered), given);
        bytes memory call = _call(ordered, pack(given));
        does(stranger.account, address(registry), call);
        _refuses(call, _invalid(emil, Role.SystemOperator));
        resume(emil, Role.SystemOperator, id);
        pass(30 days);
        _refuses(call, _invalid(emil, Role.SystemOperator));
    }

    function testAHaltInBetweenVoidsAWarrant() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory call = _call(back, _warrant(emil, Role.SystemOperator, back));
        halt(watchPost, Role.Monitor, latest);
        _refuses(call, _invalid(emil, Role.SystemOperator));
    }

    function testAReportOrAChangeElsewhereVoidsNone() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory call = _call(back, _warrant(emil, Role.SystemOperator, back));
        does(watchPost.account, address(registry), reportCall(stop(latest), Role.Monitor));
        activateIn(identity("2.0.0", Risk.Low), WARD_3);
        does(stranger.account, address(registry), call);
        same(active(PRODUCTION), proven);
    }

    // Who gave it, and until when

    function testAWarrantCountsToItsLastSecond() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        bytes memory call = _call(ordered, _warrant(emil, Role.SystemOperator, ordered));
        uint40 deadline = time() + SIGN_OFF_TERM;
        vm.warp(deadline + 1);
        _refuses(call, abi.encodeWithSelector(IRules.RulesWarrantExpired.selector, Role.SystemOperator, deadline));
        vm.warp(deadline);
        does(stranger.account, address(registry), call);
    }

    function testASuspensionOrARotationVoidsAWarrant() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        bytes memory call = _call(ordered, _warrant(emil, Role.SystemOperator, ordered));
        uint40 until = time() + 1 days;
        suspend(emil.id, until);
        _refuses(call, abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, emil.id, until));
        reinstate(emil.id);
        _refuses(call, _invalid(emil, Role.SystemOperator));
        call = _call(ordered, _warrant(emil, Role.SystemOperator, ordered));
        Person memory renewed = rotate(emil, "Emil's new key");
        // The key that was given up is taken for ever, by nobody.
        _refuses(call, _unqualified(PersonId.wrap(bytes32(uint256(1))), Role.SystemOperator));
        does(stranger.account, address(registry), _call(ordered, _warrant(renewed, Role.SystemOperator, ordered)));
    }

    function testALapsedCertificateLeavesTheBrakeForThirtyDays() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        bytes memory rollbackWarrant = _warrant(emil, Role.SystemOperator, back);
        bytes memory haltWarrant = _warrant(emil, Role.SystemOperator, stop(latest));
        uint40 until = time() - 30 days;
        certify(emil.id, until);
        bytes memory lapsed = abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, emil.id, until);
        _refuses(_call(back, rollbackWarrant), lapsed);
        _refuses(_call(stop(latest), haltWarrant), lapsed);
        certify(emil.id, until + 1);
        does(stranger.account, address(registry), _call(stop(latest), haltWarrant));
        does(stranger.account, address(registry), _call(back, _warrant(emil, Role.SystemOperator, back)));
    }

    function testOnlyWhoHoldsTheRoleGivesAWarrant() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        _refuses(
            _call(ordered, _warrant(ben, Role.SystemOperator, ordered)),
            _unqualified(ben.id, Role.SystemOperator)
        );
        _refuses(
            _call(ordered, _warrant(stranger, Role.SystemOperator, ordered)),
            _unqualified(NO_PERSON, Role.SystemOperator)
        );
        _refuses(_call(ordered, _warrant(emil, Role.None, ordered)), _unqualified(emil.id, Role.None));
    }

    function testNobodySignsForAnother() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        Warrant memory given = _unpacked(stranger, Role.SystemOperator, ordered);
        given.signer = abi.encodePacked(emil.account);
        _refuses(_call(ordered, pack(given)), _invalid(emil, Role.SystemOperator));
        given.signature = "";
        _refuses(_call(ordered, pack(given)), _invalid(emil, Role.SystemOperator));
        given.signature = hex"00";
        _refuses(_call(ordered, pack(given)), _invalid(emil, Role.SystemOperator));
    }

    function testACommitteeCallsAndSignsNothing() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Role[3] memory roles = [Role.OversightCommittee, Role.EmergencyCommittee, Role.Assembly];
        for (uint256 i; i < 3; ++i) {
            bytes memory warrant = pack(Warrant(roles[i], time(), "", ""));
            bytes memory problem = abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, roles[i], "");
            _refuses(_call(order(latest, proven), warrant), problem);
            _refuses(_call(stop(latest), warrant), problem);
        }
    }

    // Who may order what is the same as by a call

    function testAWarrantReachesNoFurtherThanACall() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.High);
        Rollback memory back = order(latest, proven);
        _refuses(_call(back, _warrant(emil, Role.SystemOperator, back)), _insufficient(Role.SystemOperator, Risk.High));
        _refuses(_call(back, _warrant(ben, Role.TechnicalLead, back)), _insufficient(Role.TechnicalLead, Risk.High));
        Halt memory ordered = stop(latest);
        _refuses(
            _call(ordered, _warrant(emil, Role.SystemOperator, ordered)),
            _insufficient(Role.SystemOperator, Risk.High)
        );
        _refuses(_call(ordered, _warrant(maya, Role.Auditor, ordered)), _insufficient(Role.Auditor, Risk.High));
        does(stranger.account, address(registry), _call(back, _warrant(ada, Role.ResponsibleAIOfficer, back)));
        same(active(PRODUCTION), proven);
    }

    function testAWarrantHasTheOperatorsLimit() public {
        (VersionId proven, VersionId second) = releaseTwo(Risk.Low);
        rollBack(emil, Role.SystemOperator, order(second, proven));
        uint40 next = time() + 24 hours;
        VersionId third = release("3.0.0", Risk.Low);
        Rollback memory back = order(third, proven);
        bytes memory call = _call(back, _warrant(emil, Role.SystemOperator, back));
        _refuses(call, abi.encodeWithSelector(IRegistry.RegistryOperatorLimit.selector, next));
        vm.warp(next);
        does(stranger.account, address(registry), call);
    }

    function testAWarrantForAHaltHasItsLimits() public {
        VersionId id = release("1.0.0", Risk.Low);
        halt(ada, Role.ResponsibleAIOfficer, id);
        Halt memory ordered = stop(id);
        _refuses(
            _call(ordered, _warrant(emil, Role.SystemOperator, ordered)),
            abi.encodeWithSelector(IRegistry.RegistryAlreadyHalted.selector, Role.ResponsibleAIOfficer)
        );
        resume(ada, Role.ResponsibleAIOfficer, id);
        _refuses(
            _call(ordered, _warrant(ada, Role.ResponsibleAIOfficer, ordered)),
            abi.encodeWithSelector(IRegistry.RegistryHaltLimit.selector, Role.ResponsibleAIOfficer, time() + 30 days)
        );
    }

    function testACarriedOrderHoldsWhatACallHolds() public {
        (VersionId proven, VersionId latest) = releaseTwo(Risk.Low);
        Rollback memory back = order(latest, proven);
        back.trigger = Trigger.None;
        _refuses(
            _call(back, _warrant(emil, Role.SystemOperator, back)),
            abi.encodeWithSelector(IRegistry.RegistryNoTrigger.selector)
        );
        back = order(latest, proven);
        back.reason = 0;
        _refuses(
            _call(back, _warrant(emil, Role.SystemOperator, back)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
        Halt memory ordered = stop(latest);
        ordered.trigger = Trigger.None;
        _refuses(
            _call(ordered, _warrant(emil, Role.SystemOperator, ordered)),
            abi.encodeWithSelector(IRegistry.RegistryNoTrigger.selector)
        );
        back = order(NO_VERSION, NO_VERSION);
        _refuses(
            _call(back, _warrant(emil, Role.SystemOperator, back)),
            abi.encodeWithSelector(IRegistry.RegistryNothingActive.selector, model, PRODUCTION)
        );
    }

    // Warrants that are none

    function testRefusesAWarrantThatIsCutOrProlonged() public {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        bytes memory warrant = _warrant(emil, Role.SystemOperator, ordered);
        bytes memory malformed = abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, 0);
        for (uint256 length; length < warrant.length; ++length) {
            _refuses(_call(ordered, _cut(warrant, length)), malformed);
        }
        _refuses(
            _call(ordered, bytes.concat(warrant, hex"00")),
            abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, warrant.length)
        );
        _refuses(
            _call(ordered, bytes.concat(warrant, warrant)),
            abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, warrant.length)
        );
        warrant[0] = bytes1(uint8(type(Role).max) + 1);
        _refuses(_call(ordered, warrant), malformed);
    }

    function testFuzzNoOtherBytesAreAWarrant(bytes memory warrant) public {
        VersionId id = release("1.0.0", Risk.Low);
        (bool accepted, ) = address(registry).call(_call(stop(id), warrant));
        vm.assertEq(accepted, false);
        same(activeWord(PRODUCTION).haltedBy(), Role.None);
    }

    // Every kind of key

    function testAContractAccountGivesAWarrant() public {
        Person memory signer = stranger;
        signer.account = address(new Wallet(stranger.account));
        signer.id = appoint(abi.encodePacked(signer.account), bits(Role.SystemOperator));
        _haltsBy(signer, abi.encodePacked(signer.account));
    }

    function testADelegatedAccountGivesAWarrant() public {
        vm.etch(emil.account, abi.encodePacked(hex"ef0100", new Delegate()));
        _haltsBy(emil, abi.encodePacked(emil.account));
    }

    function testAKeyWithoutAnAccountGivesAWarrant() public {
        Verifier verifier = new Verifier();
        bytes memory key = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        Person memory signer = stranger;
        signer.id = appoint(key, bits(Role.SystemOperator));
        _haltsBy(signer, key);
    }

    function _haltsBy(Person memory signer, bytes memory key) private {
        VersionId id = release("1.0.0", Risk.Low);
        Halt memory ordered = stop(id);
        Warrant memory given = _unpacked(signer, Role.SystemOperator, ordered);
        given.signer = key;
        leaves(
            maya.account,
            address(registry),
            _call(ordered, pack(given)),
            _trace(Action.Halted, signer, Role.SystemOperator, id)
        );
    }

    function _warrant(Person memory signer, Role role, Rollback memory back) private view returns (bytes memory) {
        Warrant memory given = Warrant(role, time() + SIGN_OFF_TERM, abi.encodePacked(signer.account), "");
        return pack(_signed(signer, abi.encode(ROLLBACK, back), given));
    }

    function _warrant(Person memory signer, Role role, Halt memory ordered) private view returns (bytes memory) {
        return pack(_unpacked(signer, role, ordered));
    }

    function _unpacked(Person memory signer, Role role, Halt memory ordered) private view returns (Warrant memory) {
        Warrant memory given = Warrant(role, time() + SIGN_OFF_TERM, abi.encodePacked(signer.account), "");
        return _signed(signer, abi.encode(HALT, ordered), given);
    }

    function _signed(
        Person memory signer,
        bytes memory terms,
        Warrant memory given
    ) private view returns (Warrant memory) {
        bytes32 message = _hash(terms, given, rules.standing(signer.id).signingEpoch);
        bytes32 domain = domainOf("Kedge", address(rules));
        given.signature = sign(signer, keccak256(abi.encodePacked(hex"1901", domain, message)));
        return given;
    }

    /// @dev The sequence is that of what is active in production.
    function _hash(bytes memory terms, Warrant memory given, uint32 signingEpoch) private view returns (bytes32) {
        uint40 current = activeWord(PRODUCTION).sequence();
        return keccak256(bytes.concat(terms, abi.encode(current, given.role, uint256(signingEpoch), given.deadline)));
    }

    function _call(Rollback memory back, bytes memory warrant) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.rollbackBySig, (back, warrant));
    }

    function _call(Halt memory ordered, bytes memory warrant) private pure returns (bytes memory) {
        return abi.encodeCall(IRegistry.haltBySig, (ordered, warrant));
    }

    function _refuses(bytes memory call, bytes memory problem) private {
        refuses(stranger.account, address(registry), call, problem);
    }

    function _cut(bytes memory whole, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i; i < length; ++i) part[i] = whole[i];
    }

    function _invalid(Person memory signer, Role role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, role, abi.encodePacked(signer.account));
    }

    function _unqualified(PersonId person, Role role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesUnqualified.selector, person, role);
    }

    function _insufficient(Role authority, Risk risk) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk);
    }

    function _trace(
        Action action,
        Person memory actor,
        Role authority,
        VersionId subject
    ) private pure returns (Trace memory) {
        return Trace(action, PersonId.unwrap(actor.id), authority, VersionId.unwrap(subject), REASON, 0);
    }
}
