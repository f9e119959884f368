// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Appointment,
    Certificate,
    Genesis,
    IRules,
    SignOff,
    Step,
    Thresholds
} from "../../contracts/interfaces/IRules.sol";
import {Matrix, policyFloor} from "../../contracts/types/Matrix.sol";
import {DomainId, EnvironmentId, PersonId, Risk, Role, Stage, VersionId} from "../../contracts/types/Types.sol";
import {Refusals} from "./Refusals.sol";
import {Person} from "./Society.sol";
import {vm} from "./Vm.sol";

contract RefusalsOfRulesTest is Refusals {
    function setUp() public override {
        super.setUp();
        target = address(rules);
    }

    // The Assembly

    function testFuzzAppointIsRefused(
        address caller,
        bytes32 key,
        bytes32 salt,
        uint16 roles,
        bytes32 domain,
        bytes32 document
    ) external {
        DomainId[] memory domains = new DomainId[](1);
        domains[0] = DomainId.wrap(some(domain));
        Appointment memory appointment = Appointment(
            abi.encodePacked(stranger.account, key),
            salt,
            roles & _personalRoles(),
            domains
        );
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRules.appoint, (appointment, some(document))));
    }

    function testFuzzSetRolesIsRefused(address caller, uint8 person, uint16 roles, bytes32 document) external {
        bytes memory call = abi.encodeCall(
            IRules.setRoles,
            (member(person).id, roles & _personalRoles(), some(document))
        );
        onlyFor(Role.Assembly, caller, call);
    }

    function testFuzzSetDomainIsRefused(
        address caller,
        uint8 person,
        bytes32 domain,
        bool leads,
        bytes32 document
    ) external {
        bytes memory call = abi.encodeCall(
            IRules.setDomain,
            (member(person).id, DomainId.wrap(some(domain)), leads, some(document))
        );
        onlyFor(Role.Assembly, caller, call);
    }

    function testFuzzAddEnvironmentIsRefused(address caller, bytes32 name, uint8 stage, bytes32 document) external {
        EnvironmentId environment = EnvironmentId.wrap(keccak256(abi.encode(name)));
        Stage runs = Stage(between(stage, uint8(Stage.Validation), uint8(Stage.Production)));
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRules.addEnvironment, (environment, runs, some(document))));
    }

    /// @dev Nor by the Assembly alone, until the Oversight Committee consents.
    function testFuzzStartEpochIsRefused(
        address caller,
        uint192 more,
        uint32[8] calldata times,
        bytes32 document
    ) external {
        Matrix matrix = _matrix(more);
        Thresholds memory limits = _limits(times);
        (uint32 epoch, , ) = rules.policy();
        bytes32 terms = rules.epochTerms(epoch + 1, some(document), matrix, limits);
        bytes memory call = abi.encodeCall(IRules.startEpoch, (some(document), matrix, limits));
        refused(assemblyTimelock, call, abi.encodeWithSelector(IRules.RulesNoConsent.selector, terms));
        accepted(oversightTimelock, abi.encodeCall(IRules.consentToEpoch, (terms)));
        onlyFor(Role.Assembly, caller, call);
    }

    function testFuzzReinstateIsRefused(address caller, uint8 person, bytes32 document) external {
        PersonId suspended = member(person).id;
        suspend(suspended, FOR_GOOD);
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRules.reinstate, (suspended, some(document))));
    }

    function testFuzzSanctionIsRefused(address caller, uint8 person, bytes32 document) external {
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRules.sanction, (member(person).id, some(document))));
    }

    function testFuzzStartRecoveryIsRefused(address caller, uint8 person, uint256 key, bytes32 document) external {
        bytes memory call = abi.encodeCall(
            IRules.startRecovery,
            (member(person).id, _signer(newcomer(key)), some(document))
        );
        onlyFor(Role.Assembly, caller, call);
    }

    // The Assembly or one other, in whose stead it may act

    function testFuzzSuspendIsRefused(
        address caller,
        uint8 person,
        uint40 until,
        uint8 chosen,
        bytes32 document
    ) external {
        Person[3] memory suspendable = [maya, noor, watchPost];
        uint40 end = time() + uint40(between(until, 7 days, 14 days));
        Role role = anyRole(chosen);
        _onlyForTheAssemblyOr(
            Role.ResponsibleAIOfficer,
            role,
            caller,
            abi.encodeCall(IRules.suspend, (suspendable[person % 3].id, end, role, some(document)))
        );
    }

    function testFuzzCertifyIsRefused(
        address caller,
        uint8 person,
        uint40[3] calldata expiries,
        uint8 chosen,
        bytes32 document
    ) external {
        // Nobody certifies themselves.
        PersonId certified = member(person).id == faisal.id ? ben.id : member(person).id;
        uint40 now_ = time();
        Certificate memory certificate = Certificate(
            uint40(between(expiries[0], now_, FOR_GOOD)),
            uint40(between(expiries[1], now_, FOR_GOOD)),
            uint40(between(expiries[2], now_, FOR_GOOD))
        );
        Role role = anyRole(chosen);
        _onlyForTheAssemblyOr(
            Role.TrainingOfficer,
            role,
            caller,
            abi.encodeCall(IRules.certify, (certified, certificate, role, some(document)))
        );
    }

    function testFuzzOrderReviewIsRefused(address caller, uint8 chosen, bytes32 document) external {
        Role role = anyRole(chosen);
        _onlyForTheAssemblyOr(
            Role.OversightCommittee,
            role,
            caller,
            abi.encodeCall(IRules.orderReview, (role, some(document)))
        );
    }

    // The Oversight Committee

    function testFuzzConsentToEpochIsRefused(address caller, bytes32 terms) external {
        onlyFor(Role.OversightCommittee, caller, abi.encodeCall(IRules.consentToEpoch, (some(terms))));
    }

    function testFuzzRecordReviewIsRefused(address caller, bytes32 document) external {
        onlyFor(Role.OversightCommittee, caller, abi.encodeCall(IRules.recordReview, (some(document))));
    }

    function testFuzzRecordViolationIsRefused(address caller, uint8 person, bytes32 document) external {
        bytes memory call = abi.encodeCall(IRules.recordViolation, (member(person).id, some(document)));
        onlyFor(Role.OversightCommittee, caller, call);
    }

    function testFuzzAcceptAuditIsRefused(address caller, uint8 person, bytes32 document) external {
        PersonId audited = member(person).id;
        for (uint256 i; i < 3; ++i) recordViolation(audited);
        onlyFor(Role.OversightCommittee, caller, abi.encodeCall(IRules.acceptAudit, (audited, some(document))));
    }

    // Whoever has the role that is named

    function testFuzzSignOffIsRefused(
        address caller,
        bytes32[3] calldata about,
        uint8[3] calldata chosen,
        uint40 term
    ) external {
        Role role = anyRole(chosen[0]);
        (uint32 epoch, , ) = rules.policy();
        SignOff memory terms = SignOff({
            version: VersionId.wrap(about[0]),
            stage: Stage(chosen[1] % 6),
            risk: Risk(chosen[2] % 4),
            evidence: about[1],
            plan: about[2],
            policyEpoch: epoch,
            role: role,
            signingEpoch: 0,
            deadline: time() + uint40(between(term, 0, 30 days))
        });
        bytes memory call = abi.encodeCall(IRules.signOff, (terms));
        onlyForEach(type(uint16).max ^ bits(Role.None), role, caller, call, "");
    }

    function testFuzzAuthorizeIsRefused(address caller, uint8 chosen, bool brake) external {
        Role role = anyRole(chosen);
        caller = anyoneWithout(role, caller);
        refused(caller, abi.encodeCall(IRules.authorize, (caller, role, brake)), unauthorized(caller, role));
        if (role != Role.None) accepted(caller, abi.encodeCall(IRules.authorize, (holderOf(role), role, brake)));
    }

    // Anyone, with the consent of whose key it is

    /// @dev It takes both keys: the present one by call or signature, the new one by signature.
    function testFuzzRotateIsRefused(address caller, uint8 person, uint256 key, bool carried) external {
        Person memory holder = member(person);
        Person memory renewed = newcomer(key);
        Person memory thief = newcomer(~key);
        (bytes memory current, bytes memory signer) = (_signer(holder), _signer(renewed));
        bytes32 digest = rules.rotationDigest(holder.id, signer, 0);
        caller = anyoneElse(holder.account, caller);
        bytes memory consent = sign(renewed, digest);
        bytes memory invalid = abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.None, current);
        refused(caller, _rotateCall(current, "", signer, consent), invalid);
        refused(caller, _rotateCall(current, sign(thief, digest), signer, consent), invalid);
        bytes memory own = carried ? sign(holder, digest) : bytes("");
        if (!carried) caller = holder.account;
        refused(
            caller,
            _rotateCall(current, own, signer, sign(thief, digest)),
            abi.encodeWithSelector(IRules.RulesInvalidRotation.selector, keccak256(signer))
        );
        accepted(caller, _rotateCall(current, own, signer, consent));
    }

    /// @dev Only to a recovery that was started, with the key that is in use, by call or signature.
    function testFuzzObjectToRecoveryIsRefused(address caller, uint8 person, uint256 key, bool carried) external {
        Person memory holder = member(person);
        Person memory renewed = newcomer(key);
        Person memory thief = newcomer(~key);
        caller = anyoneElse(holder.account, caller);
        bytes32 digest = rules.objectionDigest(holder.id, keccak256(_signer(renewed)), 0);
        bytes memory objection = sign(holder, digest);
        refused(
            caller,
            _objectCall(holder, holder, objection),
            abi.encodeWithSelector(IRules.RulesNoRecovery.selector, holder.id)
        );
        _startRecovery(holder, renewed);
        refused(caller, _objectCall(holder, thief, sign(thief, digest)), _invalid(thief));
        refused(caller, _objectCall(holder, holder, sign(thief, digest)), _invalid(holder));
        refused(caller, _objectCall(holder, holder, ""), _invalid(holder));
        if (carried) accepted(caller, _objectCall(holder, holder, objection));
        else accepted(holder.account, _objectCall(holder, holder, ""));
    }

    /// @dev Only after seven days, to the key for which it was started, with its signature.
    function testFuzzRecoverIsRefused(address caller, uint8 person, uint256 key, uint256 wait) external {
        Person memory holder = member(person);
        Person memory renewed = newcomer(key);
        Person memory thief = newcomer(~key);
        caller = anyone(caller);
        bytes32 digest = rules.rotationDigest(holder.id, _signer(renewed), 0);
        bytes32 toTheThief = rules.rotationDigest(holder.id, _signer(thief), 0);
        bytes memory none = abi.encodeWithSelector(IRules.RulesNoRecovery.selector, holder.id);
        bytes memory whole = _recoverCall(holder, renewed, sign(renewed, digest));
        refused(caller, whole, none);
        uint40 readyAt = _startRecovery(holder, renewed);
        pass(wait % 7 days);
        refused(caller, whole, abi.encodeWithSelector(IRules.RulesRecoveryNotReady.selector, holder.id, readyAt));
        vm.warp(readyAt);
        refused(caller, _recoverCall(holder, thief, sign(thief, toTheThief)), none);
        refused(
            caller,
            _recoverCall(holder, renewed, sign(thief, digest)),
            abi.encodeWithSelector(IRules.RulesInvalidRotation.selector, keccak256(_signer(renewed)))
        );
        accepted(caller, whole);
    }

    // The Registry and the committees

    function testFuzzPullReviewIsRefused(address caller, bytes32 subject, uint8 chosen) external {
        address[4] memory parts = [
            address(registry),
            address(assemblyCommittee),
            address(oversightCommittee),
            address(emergencyCommittee)
        ];
        caller = anyone(caller);
        for (uint256 i; i < 4; ++i) if (caller == parts[i]) caller = stranger.account;
        bytes memory call = abi.encodeCall(IRules.pullReview, (subject));
        refused(caller, call, unauthorized(caller, Role.None));
        accepted(parts[chosen % 4], call);
    }

    // Any arguments, from who has the role

    function testFuzzAnyPersonIsAnswered(
        PersonId person,
        uint8[2] calldata chosen,
        uint40[3] calldata times,
        uint16 roles,
        bytes32[2] calldata digests
    ) external {
        if (chosen[0] % 2 == 0) person = member(chosen[0] / 2).id;
        Certificate memory certificate = Certificate(times[0], times[1], times[2]);
        (DomainId domain, bytes32 document) = (DomainId.wrap(digests[0]), digests[1]);
        bool known = accountOf(person) != address(0);
        bytes[8] memory calls = [
            abi.encodeCall(IRules.setRoles, (person, roles, document)),
            abi.encodeCall(IRules.setDomain, (person, domain, chosen[1] % 2 == 0, document)),
            abi.encodeCall(IRules.suspend, (person, times[0], Role.Assembly, document)),
            abi.encodeCall(IRules.certify, (person, certificate, Role.Assembly, document)),
            abi.encodeCall(IRules.reinstate, (person, document)),
            abi.encodeCall(IRules.sanction, (person, document)),
            abi.encodeCall(IRules.recordViolation, (person, document)),
            abi.encodeCall(IRules.acceptAudit, (person, document))
        ];
        for (uint256 i; i < 8; ++i) {
            bool done = answered(i < 6 ? assemblyTimelock : oversightTimelock, calls[i]);
            vm.assertFalse(done && !known, "did something to nobody");
        }
        answered(ada.account, abi.encodeCall(IRules.suspend, (person, times[1], Role.ResponsibleAIOfficer, document)));
        answered(faisal.account, abi.encodeCall(IRules.certify, (person, certificate, Role.TrainingOfficer, document)));
    }

    function testFuzzAnyPolicyIsAnswered(
        Appointment calldata appointment,
        EnvironmentId environment,
        uint8 stage,
        uint192 matrix,
        Thresholds calldata limits,
        bytes32 document
    ) external {
        bytes[3] memory calls = [
            abi.encodeCall(IRules.appoint, (appointment, document)),
            abi.encodeCall(IRules.addEnvironment, (environment, Stage(stage % 6), document)),
            abi.encodeCall(IRules.startEpoch, (document, Matrix.wrap(matrix), limits))
        ];
        (uint32 epoch, , ) = rules.policy();
        bytes32 terms = rules.epochTerms(epoch + 1, document, Matrix.wrap(matrix), limits);
        accepted(oversightTimelock, abi.encodeCall(IRules.consentToEpoch, (terms)));
        for (uint256 i; i < 3; ++i) answered(assemblyTimelock, calls[i]);
    }

    function testFuzzAnySignOffIsAnswered(
        bytes32[3] calldata about,
        uint8[3] calldata chosen,
        uint32[2] calldata epochs,
        uint40 deadline
    ) external {
        Role role = anyRole(chosen[0]);
        (uint32 epoch, , ) = rules.policy();
        SignOff memory terms = SignOff({
            version: VersionId.wrap(about[0]),
            stage: Stage(chosen[1] % 6),
            risk: Risk(chosen[2] % 4),
            evidence: about[1],
            plan: about[2],
            policyEpoch: epochs[0] % 2 == 0 ? epoch : epochs[0],
            role: role,
            signingEpoch: epochs[1] % 2 == 0 ? 0 : epochs[1],
            deadline: deadline
        });
        answered(holderOf(role), abi.encodeCall(IRules.signOff, (terms)));
    }

    function testFuzzAnySignatureIsRefused(
        address caller,
        uint8 person,
        uint256 key,
        bytes calldata signer,
        bytes[2] calldata signatures
    ) external {
        Person memory holder = member(person);
        caller = anyoneElse(holder.account, caller);
        _startRecovery(holder, newcomer(key));
        bytes memory renewed = _signer(newcomer(key));
        bytes[6] memory calls = [
            _rotateCall(_signer(holder), signatures[0], renewed, signatures[1]),
            _rotateCall(_signer(holder), signatures[0], signer, signatures[1]),
            _rotateCall(signer, signatures[0], renewed, signatures[1]),
            _objectCall(holder, holder, signatures[0]),
            abi.encodeCall(IRules.recover, (holder.id, signer, signatures[0])),
            abi.encodeCall(IRules.recover, (holder.id, renewed, signatures[0]))
        ];
        pass(7 days);
        for (uint256 i; i < 6; ++i) {
            vm.assertFalse(answered(caller, calls[i]), "took anything for a signature");
        }
    }

    function testFuzzAnyWarrantIsRefused(
        address caller,
        bytes calldata terms,
        bytes calldata warrants,
        bool brake
    ) external {
        bytes memory call = abi.encodeCall(IRules.authorizeBySig, (terms, warrants, brake));
        vm.assertFalse(answered(anyone(caller), call), "took anything for a warrant");
        Step memory step = Step(
            VersionId.wrap(keccak256(terms)),
            Stage.Production,
            Risk(warrants.length % 4),
            DOCUMENT,
            0,
            dana.id,
            SPEECH
        );
        call = abi.encodeCall(IRules.requireSignOffs, (step, warrants));
        vm.assertFalse(answered(anyone(caller), call), "took anything for sign-offs");
    }

    // The constructor

    function testFuzzIsNotBornOfArraysOfOtherLengths(uint8 people, uint8 places) external {
        Genesis memory founding = genesis();
        (people, places) = (people % 32, places % 8);
        founding.certificates = new Certificate[](people);
        founding.stages = new Stage[](places);
        for (uint256 i; i < places; ++i) founding.stages[i] = Stage.Production;
        bytes memory code = rulesCode(committees, address(registry), founding);
        if (places != 1) return refusesToDeploy(code, _mismatch(1, places));
        if (people != 16) return refusesToDeploy(code, _mismatch(16, people));
        deploy(code);
    }

    function testFuzzIsNotBornWithoutAPart(uint8 missing) external {
        bytes memory code = rulesCode(committees, address(registry), genesis());
        bytes memory constructed = vm.getCode("contracts/Rules.sol:Rules");
        uint256 part = constructed.length + 32 * (1 + (uint256(missing) % 10));
        assembly ("memory-safe") {
            mstore(add(code, part), 0)
        }
        refusesToDeploy(code, abi.encodeWithSelector(IRules.RulesZeroAddress.selector));
    }

    function testFuzzIsNotBornOfGarbage(bytes calldata garbage) external {
        unborn(abi.encodePacked(vm.getCode("contracts/Rules.sol:Rules"), garbage));
    }

    // Refusals

    function _onlyForTheAssemblyOr(Role other, Role role, address chance, bytes memory call) private {
        if (role == other || role == Role.Assembly) return onlyFor(role, chance, call);
        address caller = anyone(chance);
        refused(caller, call, unauthorized(caller, other));
        refused(holderOf(role), call, unauthorized(holderOf(role), other));
    }

    function _invalid(Person memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, Role.None, _signer(signer));
    }

    function _mismatch(uint256 left, uint256 right) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesLengthMismatch.selector, left, right);
    }

    // Arguments

    function _personalRoles() private pure returns (uint16) {
        uint16 others = bits(Role.OversightCommittee) | bits(Role.EmergencyCommittee) | bits(Role.Assembly);
        return 0x0ffe & ~others;
    }

    /// @dev The policy's own table, with more roles of those that sign off.
    function _matrix(uint192 more) private pure returns (Matrix) {
        uint192 signing = _personalRoles() | bits(Role.OversightCommittee) | bits(Role.Assembly);
        for (uint256 i; i < 4; ++i) signing |= signing << uint8(16 << i);
        return Matrix.wrap(Matrix.unwrap(policyFloor()) | (more & signing));
    }

    function _limits(uint32[8] calldata times) private pure returns (Thresholds memory limits) {
        for (uint256 i; i < 4; ++i) {
            limits.soak[i] = uint32(between(times[i], 1, 365 days));
            limits.response[i] = uint32(between(times[4 + i], 1, 365 days));
        }
    }

    function _startRecovery(Person memory holder, Person memory renewed) private returns (uint40 readyAt) {
        accepted(assemblyTimelock, abi.encodeCall(IRules.startRecovery, (holder.id, _signer(renewed), DOCUMENT)));
        (, readyAt) = rules.recovery(holder.id);
    }

    function _rotateCall(
        bytes memory current,
        bytes memory currentSignature,
        bytes memory signer,
        bytes memory signature
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.rotate, (current, currentSignature, signer, signature));
    }

    function _objectCall(
        Person memory holder,
        Person memory objector,
        bytes memory signature
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.objectToRecovery, (holder.id, _signer(objector), signature));
    }

    function _recoverCall(
        Person memory holder,
        Person memory renewed,
        bytes memory signature
    ) private pure returns (bytes memory) {
        return abi.encodeCall(IRules.recover, (holder.id, _signer(renewed), signature));
    }

    function _signer(Person memory person) private pure returns (bytes memory) {
        return abi.encodePacked(person.account);
    }
}
