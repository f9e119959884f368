// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {Predecessor} from "../../contracts/interfaces/IRegistry.sol";
import {
    Appointment,
    Body,
    Certificate,
    Committees,
    Genesis,
    IRules,
    Thresholds
} from "../../contracts/interfaces/IRules.sol";
import {AuditChain} from "../../contracts/libraries/AuditChain.sol";
import {Matrix, policyFloor} from "../../contracts/types/Matrix.sol";
import {
    Action,
    DomainId,
    EnvironmentId,
    ModelId,
    PersonId,
    Risk,
    Role,
    Stage,
    VersionId
} from "../../contracts/types/Types.sol";
import {CommitteeSettings, ICommittee, ISeats, Scope} from "./Governance.sol";
import {RecordedLog, vm} from "./Vm.sol";

/// @notice Somebody of the cast, with the key of the account.
struct Person {
    uint256 key;
    address account;
    PersonId id;
}

/// @notice A proposal, as a committee identifies it.
struct Motion {
    ICommittee committee;
    address[] targets;
    uint256[] values;
    bytes[] calls;
    string description;
}

/// @notice What an act must leave in the audit chain; its data is the call itself.
struct Trace {
    Action action;
    bytes32 actor;
    Role authority;
    bytes32 subject;
    bytes32 document;
    uint256 systems;
}

/// @title A society: the contracts, deployed as scripts/deployment does it, and the people of
/// deployments/local/parameters.json
/// @notice The deployed bytecode is that of the build, fetched by name. A single act of a committee is played by its
/// timelock, whose address is the committee's voice; {passBy} goes the whole way through proposal and votes.
abstract contract Society {
    uint40 internal constant FOUNDED_AT = 1_767_225_600;
    uint40 internal constant FOR_GOOD = type(uint40).max;
    bytes32 internal constant DOCUMENT = keccak256("a document C");
    DomainId internal constant SPEECH = DomainId.wrap(keccak256("speech"));
    DomainId internal constant RADIOLOGY = DomainId.wrap(keccak256("radiology"));
    EnvironmentId internal constant WARD_3 = EnvironmentId.wrap(keccak256("ward-3"));

    Person internal ada; // Responsible AI Officer
    Person internal ben; // Technical Lead
    Person internal chloe; // Domain Lead of speech
    Person internal dana; // Model Developer and Technical Lead
    Person internal emil; // System Operator
    Person internal faisal; // Training Officer
    Person internal grace; // seats: Assembly, Oversight
    Person internal hiro; // seats: Assembly, Oversight
    Person internal ines; // seats: Assembly, Oversight, Emergency
    Person internal jonas; // seats: Assembly, Emergency
    Person internal kira; // seats: Assembly, Emergency
    Person internal liam; // seats: Assembly, Emergency
    Person internal maya; // Auditor
    Person internal noor; // Technical Lead, certified for a week
    Person internal pia; // Responsible AI Officer and Domain Lead of speech
    Person internal watchPost; // Monitor
    Person internal stranger; // nobody

    IRules internal rules;
    IRegistry internal registry;
    address internal lens;
    ICommittee internal assemblyCommittee;
    ICommittee internal oversightCommittee;
    ICommittee internal emergencyCommittee;
    ISeats internal assemblySeats;
    ISeats internal oversightSeats;
    ISeats internal emergencySeats;
    address internal assemblyTimelock;
    address internal oversightTimelock;
    address internal emergencyTimelock;
    Committees internal committees;

    Appointment[] private _appointments;
    Certificate[] private _certificates;
    uint256 private _motions;

    function setUp() public virtual {
        vm.warp(FOUNDED_AT);
        _gather();
        _found();
    }

    // The founding

    function _gather() private {
        uint40 year = FOUNDED_AT + 365 days;
        ada = _join("Ada Osei", bits(Role.ResponsibleAIOfficer), year);
        ben = _join("Ben Ito", bits(Role.TechnicalLead), year);
        chloe = _join("Chloe Martin", bits(Role.DomainLead), year);
        dana = _join("Dana Cruz", bits(Role.ModelDeveloper) | bits(Role.TechnicalLead), year);
        emil = _join("Emil Novak", bits(Role.SystemOperator), year);
        faisal = _join("Faisal Khan", bits(Role.TrainingOfficer), year);
        grace = _join("Grace Lindt", 0, year);
        hiro = _join("Hiro Tan", 0, year);
        ines = _join("Ines Roth", 0, year);
        jonas = _join("Jonas Vale", 0, year);
        kira = _join("Kira Boon", 0, year);
        liam = _join("Liam Frost", 0, year);
        maya = _join("Maya Stone", bits(Role.Auditor), year);
        noor = _join("Noor Haddad", bits(Role.TechnicalLead), FOUNDED_AT + 7 days);
        pia = _join("Pia Weber", bits(Role.ResponsibleAIOfficer) | bits(Role.DomainLead), year);
        watchPost = _join("Watch Post 1", bits(Role.Monitor), year);
        stranger = someone("Nobody");
    }

    function _join(string memory name, uint16 roles, uint40 certifiedUntil) private returns (Person memory person) {
        person = someone(name);
        DomainId[] memory domains;
        if (roles & bits(Role.DomainLead) != 0) {
            domains = new DomainId[](1);
            domains[0] = SPEECH;
        }
        _appointments.push(Appointment(abi.encodePacked(person.account), keccak256(bytes(name)), roles, domains));
        _certificates.push(Certificate(certifiedUntil, certifiedUntil, certifiedUntil));
    }

    function _found() private {
        uint256 nonce = vm.getNonce(address(this));
        address[12] memory next;
        for (uint256 i; i < next.length; ++i) next[i] = vm.computeCreateAddress(address(this), nonce + i);
        assemblyTimelock = deploy(timelockCode(1 days, next[8]));
        oversightTimelock = deploy(timelockCode(1 hours, next[9]));
        emergencyTimelock = deploy(timelockCode(0, next[10]));
        committees.assemblyBody = Body(assemblyTimelock, next[8], next[5]);
        committees.oversightBody = Body(oversightTimelock, next[9], next[6]);
        committees.emergencyBody = Body(emergencyTimelock, next[10], next[7]);
        rules = IRules(deploy(rulesCode(committees, next[4], genesis())));
        registry = IRegistry(deploy(registryCode(rules, DOCUMENT)));
        assemblySeats = ISeats(deploy(seatsCode("Kedge Assembly", next[8], true, assemblyMembers())));
        oversightSeats = ISeats(deploy(seatsCode("Kedge Oversight Committee", next[9], false, oversightMembers())));
        emergencySeats = ISeats(deploy(seatsCode("Kedge Emergency Committee", next[10], false, emergencyMembers())));
        assemblyCommittee = ICommittee(
            deploy(
                committeeCode(
                    "Kedge Assembly",
                    assemblySeats,
                    assemblyTimelock,
                    CommitteeSettings(4 hours, 3 days, 12 hours, 14 days, 5, 8, FOR_GOOD),
                    _assemblyScope([next[8], next[9], next[10]])
                )
            )
        );
        oversightCommittee = ICommittee(
            deploy(
                committeeCode(
                    "Kedge Oversight Committee",
                    oversightSeats,
                    oversightTimelock,
                    CommitteeSettings(1 hours, 1 days, 4 hours, 7 days, 2, 3, 0),
                    _oversightScope()
                )
            )
        );
        emergencyCommittee = ICommittee(
            deploy(
                committeeCode(
                    "Kedge Emergency Committee",
                    emergencySeats,
                    emergencyTimelock,
                    CommitteeSettings(0, 4 hours, 30 minutes, 12 hours, 2, 3, 30 days),
                    _emergencyScope()
                )
            )
        );
        lens = deploy(abi.encodePacked(vm.getCode("contracts/Lens.sol:Lens"), abi.encode(registry)));
        vm.assertEq(address(registry), next[4]);
        vm.assertEq(address(emergencyCommittee), next[10]);
    }

    function genesis() internal view returns (Genesis memory founding) {
        founding.people = _appointments;
        founding.certificates = _certificates;
        founding.environments = new EnvironmentId[](1);
        founding.environments[0] = WARD_3;
        founding.stages = new Stage[](1);
        founding.stages[0] = Stage.Production;
        founding.matrix = policyFloor();
        founding.thresholds = thresholds();
        founding.document = DOCUMENT;
    }

    function thresholds() internal pure returns (Thresholds memory) {
        return
            Thresholds({
                soak: [uint32(1 hours), 6 hours, 1 days, 2 days],
                response: [uint32(72 hours), 48 hours, 24 hours, 4 hours]
            });
    }

    function assemblyMembers() internal view returns (PersonId[] memory members) {
        members = new PersonId[](12);
        Person[12] memory people = [ada, ben, chloe, dana, emil, faisal, grace, hiro, ines, jonas, kira, liam];
        for (uint256 i; i < people.length; ++i) members[i] = people[i].id;
    }

    function oversightMembers() internal view returns (PersonId[] memory members) {
        members = new PersonId[](3);
        (members[0], members[1], members[2]) = (grace.id, hiro.id, ines.id);
    }

    function emergencyMembers() internal view returns (PersonId[] memory members) {
        members = new PersonId[](4);
        (members[0], members[1], members[2], members[3]) = (ines.id, jonas.id, kira.id, liam.id);
    }

    function _assemblyScope(address[3] memory governed) private view returns (Scope[] memory scope) {
        scope = new Scope[](8);
        scope[0].target = address(rules);
        scope[0].selectors = new bytes4[](12);
        scope[0].selectors[0] = IRules.appoint.selector;
        scope[0].selectors[1] = IRules.setRoles.selector;
        scope[0].selectors[2] = IRules.setDomain.selector;
        scope[0].selectors[3] = IRules.certify.selector;
        scope[0].selectors[4] = IRules.suspend.selector;
        scope[0].selectors[5] = IRules.reinstate.selector;
        scope[0].selectors[6] = IRules.addEnvironment.selector;
        scope[0].selectors[7] = IRules.startEpoch.selector;
        scope[0].selectors[8] = IRules.sanction.selector;
        scope[0].selectors[9] = IRules.startRecovery.selector;
        scope[0].selectors[10] = IRules.orderReview.selector;
        scope[0].selectors[11] = IRules.signOff.selector;
        scope[1].target = address(registry);
        scope[1].selectors = new bytes4[](10);
        scope[1].selectors[0] = IRegistry.rollback.selector;
        scope[1].selectors[1] = IRegistry.withdraw.selector;
        scope[1].selectors[2] = IRegistry.halt.selector;
        scope[1].selectors[3] = IRegistry.resume.selector;
        scope[1].selectors[4] = IRegistry.setFloor.selector;
        scope[1].selectors[8] = IRegistry.moveModel.selector;
        scope[1].selectors[9] = IRegistry.release.selector;
        scope[1].selectors[5] = IRegistry.suspendModel.selector;
        scope[1].selectors[6] = IRegistry.reinstateModel.selector;
        scope[1].selectors[7] = IRegistry.reportTrigger.selector;
        address[3] memory seats = [address(assemblySeats), address(oversightSeats), address(emergencySeats)];
        for (uint256 i; i < 3; ++i) {
            scope[2 + i].target = seats[i];
            scope[2 + i].selectors = new bytes4[](2);
            scope[2 + i].selectors[0] = ISeats.grant.selector;
            scope[2 + i].selectors[1] = ISeats.withdraw.selector;
            scope[5 + i].target = governed[i];
            scope[5 + i].selectors = new bytes4[](4);
            scope[5 + i].selectors[0] = ICommittee.setQuorums.selector;
            scope[5 + i].selectors[1] = ICommittee.setVotingDelay.selector;
            scope[5 + i].selectors[2] = ICommittee.setVotingPeriod.selector;
            scope[5 + i].selectors[3] = ICommittee.setLateQuorumVoteExtension.selector;
        }
    }

    function _oversightScope() private view returns (Scope[] memory scope) {
        scope = new Scope[](2);
        scope[0].target = address(rules);
        scope[0].selectors = new bytes4[](6);
        scope[0].selectors[0] = IRules.consentToEpoch.selector;
        scope[0].selectors[1] = IRules.recordReview.selector;
        scope[0].selectors[2] = IRules.recordViolation.selector;
        scope[0].selectors[3] = IRules.acceptAudit.selector;
        scope[0].selectors[4] = IRules.orderReview.selector;
        scope[0].selectors[5] = IRules.signOff.selector;
        scope[1].target = address(registry);
        scope[1].selectors = new bytes4[](5);
        scope[1].selectors[0] = IRegistry.restoreRisk.selector;
        scope[1].selectors[4] = IRegistry.recordDefect.selector;
        scope[1].selectors[1] = IRegistry.halt.selector;
        scope[1].selectors[2] = IRegistry.resume.selector;
        scope[1].selectors[3] = IRegistry.reportTrigger.selector;
    }

    function _emergencyScope() private view returns (Scope[] memory scope) {
        scope = new Scope[](1);
        scope[0].target = address(registry);
        scope[0].selectors = new bytes4[](4);
        scope[0].selectors[0] = IRegistry.rollback.selector;
        scope[0].selectors[1] = IRegistry.withdraw.selector;
        scope[0].selectors[2] = IRegistry.halt.selector;
        scope[0].selectors[3] = IRegistry.resume.selector;
    }

    // Deployment

    function rulesCode(
        Committees memory voices,
        address registryOfRules,
        Genesis memory founding
    ) internal view returns (bytes memory) {
        return abi.encodePacked(vm.getCode("contracts/Rules.sol:Rules"), abi.encode(voices, registryOfRules, founding));
    }

    function registryCode(IRules rulesOfRegistry, bytes32 document) internal view returns (bytes memory) {
        return
            abi.encodePacked(
                vm.getCode("contracts/Registry.sol:Registry"),
                abi.encode(rulesOfRegistry, document, Predecessor(0, address(0), 0))
            );
    }

    function seatsCode(
        string memory name,
        address committee,
        bool assembly_,
        PersonId[] memory members
    ) internal view returns (bytes memory) {
        return
            abi.encodePacked(
                vm.getCode("contracts/governance/Seats.sol:Seats"),
                abi.encode(name, "KEDGE", rules, committee, assembly_, members)
            );
    }

    function committeeCode(
        string memory name,
        ISeats seats,
        address timelock,
        CommitteeSettings memory settings,
        Scope[] memory scope
    ) internal view returns (bytes memory) {
        return
            abi.encodePacked(
                vm.getCode("contracts/governance/Committee.sol:Committee"),
                abi.encode(name, seats, timelock, assemblyTimelock, settings, scope)
            );
    }

    function timelockCode(uint256 delay, address committee) internal view returns (bytes memory) {
        address[] memory voices = new address[](1);
        voices[0] = committee;
        return abi.encodePacked(vm.getCode("TimelockController"), abi.encode(delay, voices, voices, address(0)));
    }

    function deploy(bytes memory code) internal returns (address deployed) {
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        if (deployed == address(0)) _bubble();
    }

    /// @notice A contract that refuses to come into being, with exactly this error.
    function refusesToDeploy(bytes memory code, bytes memory problem) internal {
        address deployed;
        assembly ("memory-safe") {
            deployed := create(0, add(code, 32), mload(code))
        }
        bytes memory answer = _answer();
        vm.assertEq(deployed, address(0));
        vm.assertEq(answer, problem);
    }

    function _answer() private pure returns (bytes memory answer) {
        assembly ("memory-safe") {
            answer := mload(0x40)
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 32), 0, returndatasize())
            mstore(0x40, and(add(add(answer, returndatasize()), 63), not(31)))
        }
    }

    function _bubble() private pure {
        bytes memory answer = _answer();
        assembly ("memory-safe") {
            revert(add(answer, 32), mload(answer))
        }
    }

    // People

    function someone(string memory name) internal returns (Person memory person) {
        person.key = uint256(keccak256(bytes(name)));
        person.account = vm.addr(person.key);
        person.id = idOf(abi.encodePacked(person.account), keccak256(bytes(name)));
        vm.label(person.account, name);
    }

    function idOf(bytes memory signer, bytes32 salt) internal pure returns (PersonId) {
        return PersonId.wrap(keccak256(abi.encode(keccak256(signer), salt)));
    }

    function appoint(bytes memory signer, uint16 roles) internal returns (PersonId person) {
        DomainId[] memory none;
        vm.prank(assemblyTimelock);
        person = rules.appoint(Appointment(signer, keccak256(signer), roles, none), DOCUMENT);
        certify(person, FOR_GOOD);
    }

    function certify(PersonId person, uint40 until) internal {
        vm.prank(assemblyTimelock);
        rules.certify(person, Certificate(until, until, until), Role.Assembly, DOCUMENT);
    }

    function suspend(PersonId person, uint40 until) internal {
        vm.prank(assemblyTimelock);
        rules.suspend(person, until, Role.Assembly, DOCUMENT);
    }

    function reinstate(PersonId person) internal {
        vm.prank(assemblyTimelock);
        rules.reinstate(person, DOCUMENT);
    }

    function setRoles(PersonId person, uint16 roles) internal {
        vm.prank(assemblyTimelock);
        rules.setRoles(person, roles, DOCUMENT);
    }

    function recordViolation(PersonId person) internal {
        vm.prank(oversightTimelock);
        rules.recordViolation(person, DOCUMENT);
    }

    function acceptAudit(PersonId person) internal {
        vm.prank(oversightTimelock);
        rules.acceptAudit(person, DOCUMENT);
    }

    /// @notice The Assembly starts the next epoch with the Oversight Committee's consent.
    function startEpoch(bytes32 document, Matrix matrix, Thresholds memory limits) internal {
        (uint32 epoch, , ) = rules.policy();
        bytes32 terms = rules.epochTerms(epoch + 1, document, matrix, limits);
        vm.prank(oversightTimelock);
        rules.consentToEpoch(terms);
        vm.prank(assemblyTimelock);
        rules.startEpoch(document, matrix, limits);
    }

    /// @notice Gives a person a new key.
    function rotate(Person memory person, string memory newName) internal returns (Person memory renewed) {
        renewed = someone(newName);
        renewed.id = person.id;
        bytes memory signer = abi.encodePacked(renewed.account);
        uint32 epoch = rules.standing(person.id).signingEpoch;
        bytes memory signature = sign(renewed, rules.rotationDigest(person.id, signer, epoch));
        vm.prank(person.account);
        rules.rotate(abi.encodePacked(person.account), "", signer, signature);
    }

    function sign(Person memory person, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(person.key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice The EIP-712 domain separator of a contract of this chain, at version 1.
    function domainOf(string memory name, address verifier) internal view returns (bytes32) {
        return domainOf(name, verifier, block.chainid);
    }

    function domainOf(string memory name, address verifier, uint256 chain) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256(bytes(name)),
                    keccak256("1"),
                    chain,
                    verifier
                )
            );
    }

    function voice(address timelock) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(timelock)));
    }

    function bits(Role role) internal pure returns (uint16) {
        return uint16(1 << uint8(role));
    }

    function accountOf(PersonId person) internal view returns (address account) {
        (, account) = rules.keyOf(person);
    }

    function whoseKey(bytes memory signer) internal view returns (PersonId) {
        return rules.personOf(keccak256(signer));
    }

    function expiryOf(PersonId person) internal view returns (uint40) {
        return rules.certifiedUntil(person);
    }

    function signingEpoch(PersonId person) internal view returns (uint32) {
        return rules.standing(person).signingEpoch;
    }

    function isCleared(PersonId person) internal view returns (bool) {
        return rules.isCleared(person, 0);
    }

    function reviewDueAt() internal view returns (uint40 due) {
        (, , due) = rules.policy();
    }

    function stageOf(EnvironmentId environment) internal view returns (Stage stage) {
        (stage, ) = rules.place(environment);
    }

    function recordReview() internal {
        vm.prank(oversightTimelock);
        rules.recordReview(DOCUMENT);
    }

    /// @notice The index of an environment.
    function placeOf(EnvironmentId environment) internal view returns (uint16 index) {
        (, index) = rules.place(environment);
    }

    // Time. The optimiser may read block.timestamp anew after a warp; the machine's own answer does not move.

    function time() internal view returns (uint40) {
        return uint40(vm.getBlockTimestamp());
    }

    function pass(uint256 duration) internal {
        vm.warp(vm.getBlockTimestamp() + duration);
    }

    // Committees

    function motion(ICommittee committee, address target, bytes memory call) internal returns (Motion memory proposed) {
        proposed.committee = committee;
        proposed.targets = new address[](1);
        proposed.targets[0] = target;
        proposed.values = new uint256[](1);
        proposed.calls = new bytes[](1);
        proposed.calls[0] = call;
        proposed.description = string(abi.encodePacked("Motion ", bytes1(uint8(48 + _motions++))));
    }

    function proposalId(Motion memory proposed) internal pure returns (uint256) {
        return
            uint256(
                keccak256(
                    abi.encode(
                        proposed.targets,
                        proposed.values,
                        proposed.calls,
                        keccak256(bytes(proposed.description))
                    )
                )
            );
    }

    function proposeCall(Motion memory proposed) internal pure returns (bytes memory) {
        return
            abi.encodeCall(
                IGovernor.propose,
                (proposed.targets, proposed.values, proposed.calls, proposed.description)
            );
    }

    function queueCall(Motion memory proposed) internal pure returns (bytes memory) {
        return
            abi.encodeCall(
                IGovernor.queue,
                (proposed.targets, proposed.values, proposed.calls, keccak256(bytes(proposed.description)))
            );
    }

    function executeCall(Motion memory proposed) internal pure returns (bytes memory) {
        return
            abi.encodeCall(
                IGovernor.execute,
                (proposed.targets, proposed.values, proposed.calls, keccak256(bytes(proposed.description)))
            );
    }

    function cancelCall(Motion memory proposed) internal pure returns (bytes memory) {
        return
            abi.encodeCall(
                IGovernor.cancel,
                (proposed.targets, proposed.values, proposed.calls, keccak256(bytes(proposed.description)))
            );
    }

    function propose(Motion memory proposed, Person memory proposer) internal returns (uint256 id) {
        id = abi.decode(does(proposer.account, address(proposed.committee), proposeCall(proposed)), (uint256));
    }

    /// @notice Proposes, and waits until votes count.
    function open(Motion memory proposed, Person memory proposer) internal returns (uint256 id) {
        id = propose(proposed, proposer);
        vm.warp(proposed.committee.proposalSnapshot(id) + 1);
    }

    function vote(Motion memory proposed, Person memory voter, uint8 support) internal {
        uint256 id = proposalId(proposed);
        vm.prank(voter.account);
        proposed.committee.castVote(id, support);
    }

    function queue(Motion memory proposed) internal {
        does(stranger.account, address(proposed.committee), queueCall(proposed));
    }

    /// @notice Waits for the delay, and executes.
    function execute(Motion memory proposed) internal {
        uint256 eta = proposed.committee.proposalEta(proposalId(proposed));
        if (eta > time()) vm.warp(eta);
        does(stranger.account, address(proposed.committee), executeCall(proposed));
    }

    /// @notice The whole way: proposal, delay, votes, period, queue, delay, execution.
    function passBy(Motion memory proposed, Person[] memory voters) internal {
        uint256 id = open(proposed, voters[0]);
        for (uint256 i; i < voters.length; ++i) vote(proposed, voters[i], 1);
        if (proposed.committee.state(id) == IGovernor.ProposalState.Active) {
            vm.warp(proposed.committee.proposalDeadline(id) + 1);
        }
        queue(proposed);
        execute(proposed);
    }

    function passByAssembly(address target, bytes memory call) internal {
        Person[] memory voters = new Person[](5);
        (voters[0], voters[1], voters[2], voters[3], voters[4]) = (ada, ben, chloe, dana, emil);
        passBy(motion(assemblyCommittee, target, call), voters);
    }

    function passByOversight(address target, bytes memory call) internal {
        Person[] memory voters = new Person[](2);
        (voters[0], voters[1]) = (grace, hiro);
        passBy(motion(oversightCommittee, target, call), voters);
    }

    function passByEmergency(address target, bytes memory call) internal {
        Person[] memory voters = new Person[](3);
        (voters[0], voters[1], voters[2]) = (jonas, kira, liam);
        passBy(motion(emergencyCommittee, target, call), voters);
    }

    // Acts and refusals

    function does(address caller, address target, bytes memory call) internal returns (bytes memory answer) {
        bool accepted;
        vm.prank(caller);
        (accepted, answer) = target.call(call);
        if (!accepted) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }

    function refuses(address caller, address target, bytes memory call, bytes memory problem) internal {
        vm.prank(caller);
        (bool accepted, bytes memory answer) = target.call(call);
        vm.assertFalse(accepted, "accepted what it must refuse");
        vm.assertEq(answer, problem);
    }

    /// @notice Does it, and checks that it left exactly this one entry, in the event and in the head alike.
    function leaves(
        address caller,
        address target,
        bytes memory call,
        Trace memory trace
    ) internal returns (bytes memory answer) {
        bytes32 before = _headOf(target);
        vm.recordLogs();
        answer = does(caller, target, call);
        RecordedLog[] memory logs = vm.getRecordedLogs();
        uint256 found;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != target || logs[i].topics[0] != AuditChain.Logged.selector) continue;
            ++found;
            vm.assertEq(logs[i].topics[1], bytes32(uint256(trace.action)), "the action that was logged");
            vm.assertEq(logs[i].topics[2], trace.actor, "the actor that was logged");
            vm.assertEq(logs[i].topics[3], trace.subject, "the subject that was logged");
            vm.assertEq(
                logs[i].data,
                abi.encode(trace.authority, trace.document, trace.systems, call),
                "authority, document, systems and call as they were logged"
            );
        }
        vm.assertEq(found, 1, "entries");
        vm.assertEq(_headOf(target), headAfter(before, trace, call), "the head");
    }

    function headAfter(bytes32 before, Trace memory trace, bytes memory data) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    before,
                    trace.action,
                    trace.actor,
                    trace.authority,
                    trace.subject,
                    trace.document,
                    trace.systems,
                    keccak256(data)
                )
            );
    }

    function _headOf(address log) private view returns (bytes32) {
        return log == address(rules) ? rules.head() : registry.head();
    }

    /// @notice An act of Registry that one person may do: refused to everyone else, while suspended, and once the
    /// certificate lapsed `leeway` ago. The certificate is left at the last second in which it still counts.
    function refusesAllBut(Person memory person, Role role, uint40 leeway, bytes memory call) internal {
        refuses(stranger.account, address(registry), call, unauthorized(stranger, role));
        refuses(maya.account, address(registry), call, unauthorized(maya, role));
        uint40 until = time() + 1 days;
        suspend(person.id, until);
        refuses(
            person.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRules.RulesPersonSuspended.selector, person.id, until)
        );
        reinstate(person.id);
        certify(person.id, time() - leeway);
        refuses(
            person.account,
            address(registry),
            call,
            abi.encodeWithSelector(IRules.RulesCertificateLapsed.selector, person.id, time() - leeway)
        );
        certify(person.id, time() - leeway + 1);
    }

    /// @notice An act of Registry that one committee may do.
    function refusesAllBut(address timelock, Role role, bytes memory call) internal {
        address[3] memory timelocks = [assemblyTimelock, oversightTimelock, emergencyTimelock];
        for (uint256 i; i < 3; ++i) {
            if (timelocks[i] == timelock) continue;
            refuses(timelocks[i], address(registry), call, _unauthorized(timelocks[i], role));
        }
        refuses(ada.account, address(registry), call, unauthorized(ada, role));
    }

    function unauthorized(Person memory person, Role role) internal pure returns (bytes memory) {
        return _unauthorized(person.account, role);
    }

    function _unauthorized(address account, Role role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRules.RulesUnauthorized.selector, account, role);
    }

    // Comparisons of the project's own types

    function same(VersionId left, VersionId right) internal pure {
        vm.assertEq(VersionId.unwrap(left), VersionId.unwrap(right));
    }

    function same(ModelId left, ModelId right) internal pure {
        vm.assertEq(ModelId.unwrap(left), ModelId.unwrap(right));
    }

    function same(PersonId left, PersonId right) internal pure {
        vm.assertEq(PersonId.unwrap(left), PersonId.unwrap(right));
    }

    function same(Risk left, Risk right) internal pure {
        vm.assertEq(uint256(left), uint256(right));
    }

    function same(Role left, Role right) internal pure {
        vm.assertEq(uint256(left), uint256(right));
    }

    function same(Stage left, Stage right) internal pure {
        vm.assertEq(uint256(left), uint256(right));
    }
}
