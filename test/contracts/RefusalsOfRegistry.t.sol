// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Halt, IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {
    DomainId,
    EnvironmentId,
    Identity,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    Stage,
    Trigger,
    VersionId
} from "../../contracts/types/Types.sol";
import {Promotion, Warrant} from "./Life.sol";
import {Refusals} from "./Refusals.sol";
import {Person} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice 2.0.0 is active in production, and 1.0.0 proven there; both are of Low risk.
contract RefusalsOfRegistryTest is Refusals {
    bytes32 private constant REGISTRATION = keccak256(
        "Registration(bytes32 version,bytes32 parentVersion,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    bytes32 private constant ROLLBACK = keccak256(
        "Rollback(bytes32 model,bytes32 environment,bytes32 from,bytes32 to,uint8 trigger,bytes32 reason,bytes32 plan,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );
    bytes32 private constant HALT = keccak256(
        "Halt(bytes32 model,bytes32 environment,bytes32 version,uint8 trigger,bytes32 reason,uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
    );

    Identity private _named;
    VersionId private _proven;
    VersionId private _latest;

    function setUp() public override {
        super.setUp();
        target = address(registry);
        _named = identity("2.0.0", Risk.Low);
        (_proven, _latest) = releaseTwo(Risk.Low);
    }

    // The RAIO

    function testFuzzCreateModelIsRefused(
        address caller,
        string calldata name,
        bytes32 domain,
        uint8 floor,
        uint8 developers,
        bytes32 document
    ) external {
        PersonId[] memory people = new PersonId[](developers % 17);
        for (uint8 i; i < people.length; ++i) people[i] = member(i).id;
        bytes memory call = abi.encodeCall(
            IRegistry.createModel,
            (string.concat("new ", name), DomainId.wrap(some(domain)), Risk(floor % 4), people, some(document))
        );
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    function testFuzzSetDeveloperIsRefused(address caller, uint8 person, bool allowed, bytes32 document) external {
        bytes memory call = abi.encodeCall(IRegistry.setDeveloper, (model, member(person).id, allowed, some(document)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    function testFuzzAddSchemaIsRefused(address caller, bytes32 digest, uint8 satisfies, bytes32 document) external {
        bytes memory call = abi.encodeCall(IRegistry.addSchema, (model, some(digest), satisfies % 2, some(document)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    function testFuzzRequireSchemasIsRefused(
        address caller,
        uint8 environment,
        uint8 schemas,
        bytes32 document
    ) external {
        EnvironmentId chosen = rules.environments()[environment % 4];
        bytes memory call = abi.encodeCall(IRegistry.requireSchemas, (model, chosen, schemas % 2, some(document)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    function testFuzzSetMonitoredIsRefused(address caller, bool monitored, bytes32 document) external {
        bytes memory call = abi.encodeCall(IRegistry.setMonitored, (model, monitored, some(document)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    /// @dev Up by the RAIO, anywhere by the Assembly, and by nobody in another role.
    function testFuzzSetFloorIsRefused(address caller, uint8 floor, uint8 chosen, bytes32 document) external {
        Role role = anyRole(chosen);
        Risk risk = Risk(role == Role.ResponsibleAIOfficer ? between(floor, 1, 3) : floor % 4);
        bytes memory call = abi.encodeCall(IRegistry.setFloor, (model, risk, role, some(document)));
        if (role == Role.ResponsibleAIOfficer || role == Role.Assembly) {
            return onlyFor(role, caller, call);
        }
        refused(anyone(caller), call, _insufficient(role, risk));
        refused(holderOf(role), call, _insufficient(role, risk));
    }

    function testFuzzRaiseRiskIsRefused(address caller, uint8 risk, bytes32 document) external {
        bytes memory call = abi.encodeCall(IRegistry.raiseRisk, (_named, Risk(between(risk, 1, 3)), some(document)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    function testFuzzRetireIsRefused(address caller, bytes32 reason) external {
        Identity memory spare = identity("3.0.0", Risk.Low);
        register(spare);
        bytes memory call = abi.encodeCall(IRegistry.retire, (spare, new VersionId[](0), some(reason)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    function testFuzzOverruleIsRefused(
        address caller,
        uint8 trigger,
        bytes32 reason,
        bytes32 anyPlan,
        uint256 wait
    ) external {
        rollBack(emil, Role.SystemOperator, order(_latest, _proven));
        pass(wait % 24 hours);
        Rollback memory undo = _order(_proven, _latest, trigger, reason, anyPlan);
        onlyFor(Role.ResponsibleAIOfficer, caller, overruleCall(undo));
    }

    function testFuzzCloseIncidentIsRefused(address caller, uint8 trigger, bytes32 reason) external {
        accepted(maya.account, reportCall(_stop(trigger, REASON), Role.Auditor));
        bytes memory call = abi.encodeCall(IRegistry.closeIncident, (model, PRODUCTION, some(reason)));
        onlyFor(Role.ResponsibleAIOfficer, caller, call);
    }

    // The Oversight Committee and the Assembly

    function testFuzzRestoreRiskIsRefused(address caller, uint8 raised, uint8 risk, bytes32 document) external {
        Risk from = Risk(between(raised, 1, 3));
        raiseRisk(_named, from);
        bytes memory call = abi.encodeCall(
            IRegistry.restoreRisk,
            (_named, from, Risk(risk % uint8(from)), some(document))
        );
        onlyFor(Role.OversightCommittee, caller, call);
    }

    function testFuzzRecordDefectIsRefused(address caller, bytes32 document) external {
        onlyFor(Role.OversightCommittee, caller, abi.encodeCall(IRegistry.recordDefect, (_named, some(document))));
    }

    function testFuzzSuspendModelIsRefused(address caller, bytes32 document) external {
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRegistry.suspendModel, (model, some(document))));
    }

    function testFuzzReinstateModelIsRefused(address caller, bytes32 document) external {
        suspendModel();
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRegistry.reinstateModel, (model, some(document))));
    }

    function testFuzzMoveModelIsRefused(address caller, uint256 chainId, address elsewhere, bytes32 document) external {
        if (chainId == 0 || chainId == block.chainid) chainId = block.chainid + 1;
        if (elsewhere == address(0)) elsewhere = address(registry);
        bytes memory call = abi.encodeCall(IRegistry.moveModel, (model, chainId, elsewhere, some(document)));
        onlyFor(Role.Assembly, caller, call);
    }

    function testFuzzReleaseIsRefused(address caller, bytes32 document) external {
        Identity memory spare = identity("3.0.0", Risk.Low);
        register(spare);
        onlyFor(Role.Assembly, caller, abi.encodeCall(IRegistry.release, (spare, new VersionId[](0), some(document))));
    }

    // Model developers, and anyone with the sign-offs

    function testFuzzRegisterIsRefused(address caller, bytes32[3] calldata digests, uint8 risk, bool child) external {
        (Identity memory next, VersionId parentVersion) = _next(digests, risk, child);
        onlyFor(Role.ModelDeveloper, caller, abi.encodeCall(IRegistry.register, (next, parentVersion)));
    }

    /// @dev Nobody promotes while one sign-off is missing, is somebody's without the role, or by another's hand.
    function testFuzzPromoteIsRefused(
        address caller,
        uint8[3] calldata chosen,
        bytes32 anyPlan,
        uint256 forger
    ) external {
        caller = anyone(caller);
        Identity memory next = identity("3.0.0", Risk(chosen[0] % 4));
        Stage stage = Stage(between(chosen[1], uint8(Stage.Validation), uint8(Stage.Production)));
        VersionId id = register(next);
        promoteTo(next, Stage(uint8(stage) - 1));
        plan = anyPlan;
        Promotion memory whole = promotion(next, stage, signOffsFor(next, stage));
        uint256 index = chosen[2] % whole.signOffs.length;
        Warrant memory good = whole.signOffs[index];
        refused(
            caller,
            promoteCall(_without(whole, index)),
            abi.encodeWithSelector(IRules.RulesSignOffMissing.selector, id, stage, bits(good.role))
        );
        bytes memory other = abi.encodePacked(maya.account);
        whole.signOffs[index] = Warrant(good.role, good.deadline, other, good.signature);
        bool collective = good.role == Role.OversightCommittee;
        refused(caller, promoteCall(whole), collective ? _invalid(good.role, other) : _unqualified(maya.id, good.role));
        whole.signOffs[index] = Warrant(good.role, good.deadline, good.signer, sign(newcomer(forger), DOCUMENT));
        refused(caller, promoteCall(whole), _invalid(good.role, good.signer));
        whole.signOffs[index] = good;
        accepted(caller, promoteCall(whole));
    }

    // System Operators, and all who brake

    function testFuzzActivateIsRefused(address caller, bytes32 anyPlan) external {
        onlyFor(Role.SystemOperator, caller, abi.encodeCall(IRegistry.activate, (_named, WARD_3, anyPlan)));
    }

    function testFuzzRollbackIsRefused(
        address caller,
        uint8 chosen,
        uint8 trigger,
        bytes32 reason,
        bytes32 anyPlan
    ) external {
        setMonitored(true);
        Role role = anyRole(chosen);
        onlyForEach(
            _whoRollBack() | bits(Role.Monitor),
            role,
            caller,
            rollbackCall(_order(_latest, _proven, trigger, reason, anyPlan), role),
            _insufficient(role, Risk.Low)
        );
    }

    function testFuzzWithdrawIsRefused(
        address caller,
        uint8 chosen,
        uint8 trigger,
        bytes32 reason,
        bytes32 anyPlan
    ) external {
        setMonitored(true);
        Role role = anyRole(chosen);
        onlyForEach(
            _whoRollBack(),
            role,
            caller,
            withdrawCall(_order(_latest, NO_VERSION, trigger, reason, anyPlan), role),
            role == Role.Monitor
                ? abi.encodeWithSelector(IRegistry.RegistryNotPredecessor.selector, NO_VERSION, 0, 1)
                : _insufficient(role, Risk.Low)
        );
    }

    function testFuzzHaltIsRefused(address caller, uint8 chosen, uint8 trigger, bytes32 reason) external {
        Role role = anyRole(chosen);
        onlyForEach(
            _whoRollBack() | bits(Role.Monitor) | bits(Role.OversightCommittee),
            role,
            caller,
            haltCall(_stop(trigger, reason), role),
            _insufficient(role, Risk.Low)
        );
    }

    /// @dev Nor by an operator, once it has become too dangerous for one.
    function testFuzzResumeIsRefused(
        address caller,
        uint8 chosen,
        uint8 trigger,
        bytes32 reason,
        uint8 raised
    ) external {
        halt(emil, Role.SystemOperator, _latest);
        Risk risk = Risk(raised % 4);
        if (risk > Risk.Low) raiseRisk(_named, risk);
        Role role = anyRole(chosen);
        uint16 able = _whoRollBack() | bits(Role.OversightCommittee);
        if (risk > Risk.Medium) able ^= bits(Role.SystemOperator);
        onlyForEach(
            able,
            role,
            caller,
            resumeCall(_stop(trigger, reason), role),
            _insufficient(role, role == Role.SystemOperator ? risk : Risk.Low)
        );
    }

    /// @dev Before its 72 hours are over nobody ends a halt so, then anyone does.
    function testFuzzLapseIsRefused(address caller, uint256 wait) external {
        caller = anyone(caller);
        halt(emil, Role.SystemOperator, _latest);
        uint256 lapsesAt = time() + 72 hours;
        pass(wait % 72 hours);
        bytes memory call = abi.encodeCall(IRegistry.lapse, (model, PRODUCTION));
        refused(caller, call, abi.encodeWithSelector(IRegistry.RegistryNotLapsed.selector, lapsesAt));
        vm.warp(lapsesAt);
        accepted(caller, call);
    }

    /// @dev Everybody with a role reports; a directive comes from who may give one.
    function testFuzzReportTriggerIsRefused(address caller, uint8 chosen, uint8 trigger, bytes32 reason) external {
        Role role = anyRole(chosen);
        Halt memory report = _stop(trigger, reason);
        uint16 able = type(uint16).max ^ bits(Role.None);
        if (report.trigger == Trigger.Directive) {
            able =
                bits(Role.Auditor) |
                bits(Role.ResponsibleAIOfficer) |
                bits(Role.OversightCommittee) |
                bits(Role.EmergencyCommittee) |
                bits(Role.Assembly);
        }
        onlyForEach(able, role, caller, reportCall(report, role), _insufficient(role, Risk.Low));
    }

    // By a warrant that anyone carries: neither one of who has not the role, nor one that somebody else signed

    function testFuzzRegisterBySigIsRefused(
        address caller,
        bytes32[3] calldata digests,
        uint8 risk,
        bool child,
        uint8 other,
        uint256 forger
    ) external {
        caller = anyone(caller);
        (Identity memory next, VersionId parentVersion) = _next(digests, risk, child);
        bytes memory terms = abi.encode(REGISTRATION, registry.versionId(next), parentVersion);
        // Dana is a Technical Lead too, but registers nothing as such.
        refused(
            caller,
            abi.encodeCall(
                IRegistry.registerBySig,
                (next, parentVersion, _warrant(Role.TechnicalLead, dana, dana, terms))
            ),
            _insufficient(Role.TechnicalLead, next.risk)
        );
        bytes[3] memory warrants = _warrants(Role.ModelDeveloper, dana, other, forger, terms);
        bytes[3] memory calls;
        for (uint256 i; i < 3; ++i) {
            calls[i] = abi.encodeCall(IRegistry.registerBySig, (next, parentVersion, warrants[i]));
        }
        _onlyBySig(Role.ModelDeveloper, dana, other, caller, calls);
    }

    function testFuzzRollbackBySigIsRefused(
        address caller,
        uint8 trigger,
        bytes32 reason,
        bool withdrawn,
        uint8 other,
        uint256 forger
    ) external {
        caller = anyone(caller);
        Rollback memory ordered = _order(_latest, withdrawn ? NO_VERSION : _proven, trigger, reason, 0);
        bytes memory terms = abi.encode(ROLLBACK, ordered, activeWord(PRODUCTION).sequence());
        bytes[3] memory warrants = _warrants(Role.SystemOperator, emil, other, forger, terms);
        bytes[3] memory calls;
        for (uint256 i; i < 3; ++i) calls[i] = abi.encodeCall(IRegistry.rollbackBySig, (ordered, warrants[i]));
        _onlyBySig(Role.SystemOperator, emil, other, caller, calls);
    }

    function testFuzzHaltBySigIsRefused(
        address caller,
        uint8 trigger,
        bytes32 reason,
        uint8 other,
        uint256 forger
    ) external {
        caller = anyone(caller);
        Halt memory ordered = _stop(trigger, reason);
        bytes memory terms = abi.encode(HALT, ordered, activeWord(PRODUCTION).sequence());
        bytes[3] memory warrants = _warrants(Role.SystemOperator, emil, other, forger, terms);
        bytes[3] memory calls;
        for (uint256 i; i < 3; ++i) calls[i] = abi.encodeCall(IRegistry.haltBySig, (ordered, warrants[i]));
        _onlyBySig(Role.SystemOperator, emil, other, caller, calls);
    }

    /// @dev Each field of a good warrant matters: one bit elsewhere, or one byte less, and it is none.
    function testFuzzAWarrantWithOneBitWrongIsRefused(address caller, uint256 bit, bool cut) external {
        bytes memory warrant = _haltWarrant();
        if (cut) {
            assembly ("memory-safe") {
                mstore(warrant, mod(bit, mload(warrant)))
            }
        } else {
            uint256 place = bit % (8 * warrant.length);
            warrant[place / 8] = warrant[place / 8] ^ bytes1(uint8(1 << (place % 8)));
        }
        bytes memory call = abi.encodeCall(IRegistry.haltBySig, (stop(_latest), warrant));
        vm.assertFalse(answered(anyone(caller), call), "accepted what it must refuse");
    }

    function testFuzzMoreThanOneWarrantIsRefused(address caller, bytes calldata more) external {
        bytes memory warrant = _haltWarrant();
        bytes memory call = abi.encodeCall(
            IRegistry.haltBySig,
            (stop(_latest), abi.encodePacked(warrant, more, bytes1(0)))
        );
        refused(anyone(caller), call, abi.encodeWithSelector(IRules.RulesWarrantMalformed.selector, warrant.length));
    }

    // Any arguments, from who has the role

    function testFuzzAnyRollbackIsAnswered(
        bytes32[3] calldata digests,
        uint8[4] calldata chosen,
        bytes calldata warrant
    ) external {
        Role role = anyRole(chosen[0]);
        Rollback memory ordered = Rollback(
            model,
            rules.environments()[chosen[1] % 4],
            _any(chosen[2], digests[0]),
            _any(chosen[3], digests[0]),
            Trigger(chosen[1] % 6),
            digests[1],
            digests[2]
        );
        vm.assertFalse(
            answered(holderOf(role), abi.encodeCall(IRegistry.rollbackBySig, (ordered, warrant))),
            "took anything for a warrant"
        );
        answered(holderOf(role), rollbackCall(ordered, role));
        answered(holderOf(role), withdrawCall(ordered, role));
        answered(ada.account, overruleCall(ordered));
    }

    function testFuzzAnyHaltIsAnswered(
        bytes32[2] calldata digests,
        uint8[3] calldata chosen,
        uint40 sequence,
        bytes calldata warrant
    ) external {
        Role role = anyRole(chosen[0]);
        Halt memory ordered = Halt(
            model,
            rules.environments()[chosen[1] % 4],
            _any(chosen[2], digests[0]),
            Trigger(chosen[1] % 6),
            digests[1]
        );
        vm.assertFalse(
            answered(holderOf(role), abi.encodeCall(IRegistry.haltBySig, (ordered, warrant))),
            "took anything for a warrant"
        );
        answered(holderOf(role), haltCall(ordered, role));
        answered(holderOf(role), abi.encodeCall(IRegistry.resume, (ordered, sequence, role)));
        answered(holderOf(role), reportCall(ordered, role));
    }

    function testFuzzAnyIdentityIsAnswered(
        bytes32[5] calldata digests,
        uint8[3] calldata chosen,
        bytes calldata warrant
    ) external {
        Identity memory any = Identity(
            model,
            digests[0],
            digests[1],
            digests[2],
            digests[3],
            chosen[0],
            Risk(chosen[1] % 4),
            dana.id
        );
        VersionId parentVersion = _any(chosen[2], digests[4]);
        vm.assertFalse(
            answered(dana.account, abi.encodeCall(IRegistry.registerBySig, (any, parentVersion, warrant))),
            "took anything for a warrant"
        );
        answered(dana.account, abi.encodeCall(IRegistry.register, (any, parentVersion)));
        answered(dana.account, abi.encodeCall(IRegistry.register, (any, NO_VERSION)));
        answered(emil.account, abi.encodeCall(IRegistry.activate, (any, WARD_3, digests[4])));
    }

    function testFuzzAnySignOffsAreAnswered(
        address caller,
        uint8 stage,
        bytes32 anyEvidence,
        bytes calldata signOffs
    ) external {
        Identity memory next = identity("3.0.0", Risk.High);
        register(next);
        bytes memory call = abi.encodeCall(IRegistry.promote, (next, Stage(stage % 6), anyEvidence, 0, signOffs));
        vm.assertFalse(answered(anyone(caller), call), "took anything for sign-offs");
    }

    function testFuzzAnyAlternativesAreAnswered(uint8 version_, VersionId[] calldata alternatives) external {
        Identity memory any = identity(version_ % 2 == 0 ? "1.0.0" : "2.0.0", Risk.Low);
        address[2] memory callers = [ada.account, assemblyTimelock];
        bytes[2] memory calls = [retireCall(any, alternatives), releaseCall(any, alternatives)];
        for (uint256 i; i < 2; ++i) {
            vm.assertFalse(answered(callers[i], calls[i]), "ended what one could roll back to");
        }
    }

    // The constructor

    function testFuzzIsNotBornWithoutRulesOrDocument(bytes32 document) external {
        refusesToDeploy(
            registryCode(IRules(address(0)), document),
            abi.encodeWithSelector(IRegistry.RegistryZeroAddress.selector)
        );
        refusesToDeploy(registryCode(rules, 0), abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector));
        deploy(registryCode(rules, some(document)));
    }

    function testFuzzIsNotBornOfGarbage(bytes calldata garbage) external {
        bytes memory code = vm.getCode("contracts/Registry.sol:Registry");
        unborn(abi.encodePacked(code, bytes12(type(uint96).max), garbage));
    }

    // Good arguments

    function _order(
        VersionId from,
        VersionId to,
        uint8 trigger,
        bytes32 reason,
        bytes32 anyPlan
    ) private view returns (Rollback memory) {
        return Rollback(model, PRODUCTION, from, to, Trigger(between(trigger, 1, 5)), some(reason), anyPlan);
    }

    function _stop(uint8 trigger, bytes32 reason) private view returns (Halt memory) {
        return Halt(model, PRODUCTION, _latest, Trigger(between(trigger, 1, 5)), some(reason));
    }

    /// @dev A version to register: an orphan, or a child of 2.0.0.
    function _next(
        bytes32[3] calldata digests,
        uint8 risk,
        bool child
    ) private view returns (Identity memory next, VersionId parentVersion) {
        next = identity("3.0.0", Risk(risk % 4));
        (next.label, next.manifestDigest) = (some(digests[0]), some(digests[1]));
        next.artifactDigest = some(digests[2]);
        if (child) (next.parent, parentVersion) = (_named.manifestDigest, _latest);
    }

    /// @dev A version that there is, none, or whatever chance says.
    function _any(uint8 choice, bytes32 id) private view returns (VersionId) {
        VersionId[4] memory versions = [_proven, _latest, NO_VERSION, VersionId.wrap(id)];
        return versions[choice % 4];
    }

    // Rights

    function _whoRollBack() private pure returns (uint16) {
        return
            bits(Role.SystemOperator) |
            bits(Role.ResponsibleAIOfficer) |
            bits(Role.EmergencyCommittee) |
            bits(Role.Assembly);
    }

    function _insufficient(Role authority, Risk risk) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryInsufficientAuthority.selector, authority, risk);
    }

    function _unqualified(PersonId person, Role role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesUnqualified.selector, person, role);
    }

    function _invalid(Role role, bytes memory signer) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesInvalidSignature.selector, role, signer);
    }

    function _without(Promotion memory whole, uint256 index) private pure returns (Promotion memory) {
        Warrant[] memory left = new Warrant[](whole.signOffs.length - 1);
        for (uint256 i; i < left.length; ++i) left[i] = whole.signOffs[i < index ? i : i + 1];
        return Promotion(whole.identity, whole.stage, whole.evidence, whole.plan, left);
    }

    // Warrants

    function _onlyBySig(Role role, Person memory rightful, uint8 other, address caller, bytes[3] memory calls) private {
        refused(caller, calls[0], _unqualified(_otherThan(role, other).id, role));
        refused(caller, calls[1], _invalid(role, abi.encodePacked(rightful.account)));
        accepted(caller, calls[2]);
    }

    /// @dev That of someone without the role, that of who has it but by another's hand, and the good one.
    function _warrants(
        Role role,
        Person memory rightful,
        uint8 other,
        uint256 forger,
        bytes memory terms
    ) private view returns (bytes[3] memory) {
        Person memory unqualified = _otherThan(role, other);
        return
            [
                _warrant(role, unqualified, unqualified, terms),
                _warrant(role, rightful, newcomer(forger), terms),
                _warrant(role, rightful, rightful, terms)
            ];
    }

    function _haltWarrant() private view returns (bytes memory) {
        bytes memory terms = abi.encode(HALT, stop(_latest), activeWord(PRODUCTION).sequence());
        return _warrant(Role.SystemOperator, emil, emil, terms);
    }

    function _warrant(
        Role role,
        Person memory signer,
        Person memory hand,
        bytes memory terms
    ) private view returns (bytes memory) {
        uint40 deadline = time() + 1 hours;
        bytes32 message = keccak256(bytes.concat(terms, abi.encode(role, signingEpoch(signer.id), deadline)));
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domainOf("Kedge", address(rules)), message));
        return pack(Warrant(role, deadline, abi.encodePacked(signer.account), sign(hand, digest)));
    }

    function _otherThan(Role role, uint8 choice) private view returns (Person memory other) {
        other = member(choice);
        if (holds(other.account, role)) return maya;
    }
}
