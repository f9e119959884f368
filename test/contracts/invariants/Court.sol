// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Appointment} from "../../../contracts/interfaces/IRules.sol";
import {AuditChain} from "../../../contracts/libraries/AuditChain.sol";
import {
    Action,
    ModelState,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    VALIDATION
} from "../../../contracts/types/Types.sol";
import {ITimelock} from "../Governance.sol";
import {Person, Trace} from "../Society.sol";
import {RecordedLog, vm} from "../Vm.sol";
import {Verifier, Wallet} from "../Wallets.sol";
import {Ghost, GhostModel, GhostPerson, Verdict} from "./Ghost.sol";

/// @notice A try: what the ghost says to it, and what it must leave if it is permitted.
/// @param home The invariant that is broken if it is permitted and refused.
/// @param trace The entry it leaves in its target's audit chain; an action of Genesis means none.
/// @param pulls Whether it also pulls the policy's review forward.
struct Try {
    address caller;
    address target;
    bytes call;
    Verdict verdict;
    uint8 home;
    Trace trace;
    bool pulls;
}

/// @notice An account that was someone's, and whose key a thief keeps.
struct Relic {
    bytes signer;
    uint256 key;
    uint256 person;
}

/// @title The court: tries each act, and holds what happened against the ghost
abstract contract Court is Ghost {
    uint256 internal constant INVARIANTS = 12;
    uint256 internal constant MANY_CARRIED = 24;

    bytes4 private constant PANIC = bytes4(keccak256("Panic(uint256)"));

    /// @notice The first thing that broke each invariant.
    string[13] internal broken;

    bytes32 internal registryHead;
    bytes32 internal rulesHead;
    Relic[] internal relics;
    bytes[] internal carriedCalls;
    address[] internal carriedTo;
    mapping(address account => bool) internal isWallet;
    mapping(Action act => uint256) internal happened;
    mapping(Action act => uint256) internal refused;
    mapping(bytes4 selector => uint256) internal granted;
    mapping(bytes4 selector => uint256) internal denied;
    mapping(bytes32 why => uint256) internal forbade;
    address internal verifier;

    bool private _begun;
    uint256 private _dice;
    uint256 private _keys;

    function setUp() public virtual override {
        vm.recordLogs();
        super.setUp();
        verifier = address(new Verifier());
        people.push();
        models.push();
        versions.push();
        _meetTheCast();
        environments = [VALIDATION, STAGING, PRODUCTION, WARD_3];
        stages = [Stage.Validation, Stage.Staging, Stage.Production, Stage.Production];
        policyEpoch = 1;
        reviewAt = FOUNDED_AT + 365 days;
        limits = thresholds();
        for (uint256 risk; risk < 4; ++risk) {
            for (uint256 i; i < 3; ++i) matrixRows[3 * risk + i] = floorRow(Risk(risk), Stage(2 + i));
        }
        _meetTheModel();
        _fold(vm.getRecordedLogs());
    }

    function _meetTheCast() private {
        Person[16] memory cast = [
            ada,
            ben,
            chloe,
            dana,
            emil,
            faisal,
            grace,
            hiro,
            ines,
            jonas,
            kira,
            liam,
            maya,
            noor,
            pia,
            watchPost
        ];
        Appointment[] memory appointed = genesis().people;
        for (uint256 i; i < cast.length; ++i) {
            uint256 person = people.length;
            people.push();
            GhostPerson storage known = people[person];
            known.id = cast[i].id;
            known.signer = appointed[i].signer;
            known.key = cast[i].key;
            known.roles = appointed[i].roles;
            known.leads = appointed[i].domains.length > 0;
            known.certifiedUntil = FOUNDED_AT + (cast[i].account == noor.account ? 7 days : 365 days);
            owner[keccak256(known.signer)] = person;
        }
    }

    /// @dev The one that Life creates.
    function _meetTheModel() private {
        models.push();
        GhostModel storage known = models[1];
        known.id = model;
        known.name = "silero-vad";
        known.domain = SPEECH;
        known.state = ModelState.Open;
        known.satisfies.push(1);
        developers[1][personAt(dana.account)] = true;
    }

    // Chance

    function _seed(uint256 seed) internal {
        _dice = uint256(keccak256(abi.encode(seed, time())));
    }

    /// @notice A number below `sides`.
    function _roll(uint256 sides) internal returns (uint256) {
        _dice = uint256(keccak256(abi.encode(_dice)));
        return _dice % sides;
    }

    function _oneIn(uint256 sides) internal returns (bool) {
        return _roll(sides) == 0;
    }

    /// @notice Time only passes.
    function _awaits(uint256 moment) internal {
        if (moment > time()) vm.warp(moment);
    }

    // Keys

    /// @notice A key that nobody had: of an account mostly, of a contract account, or of none.
    function _newSigner() internal returns (bytes memory signer, uint256 key) {
        key = uint256(keccak256(abi.encode("key", ++_keys)));
        address account = vm.addr(key);
        uint256 kind = _roll(6);
        if (kind == 0) {
            account = address(new Wallet(account));
            isWallet[account] = true;
        }
        signer = abi.encodePacked(account);
        if (kind == 1) signer = abi.encodePacked(verifier, Verifier(verifier).keyOf(account));
    }

    function _signWith(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _digest(bytes32 hash, uint256 chain) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domainOf("Kedge", address(rules), chain), hash));
    }

    // Callers

    /// @notice Any person, even nobody's index is never returned.
    function _anyone() internal returns (uint256) {
        return 1 + _roll(people.length - 1);
    }

    /// @notice A holder of the role, cleared if there is one; sometimes anyone.
    function _holder(Role role) internal returns (uint256 person) {
        uint256 first = _roll(people.length);
        uint256 fallback_ = _anyone();
        for (uint256 i; i < people.length; ++i) {
            person = (first + i) % people.length;
            if (people[person].roles & bits(role) == 0) continue;
            if (clearance(person, false).broken == 0) return person;
            fallback_ = person;
        }
        return fallback_;
    }

    function _timelock() internal returns (address) {
        return timelockOf([Role.Assembly, Role.OversightCommittee, Role.EmergencyCommittee][_roll(3)]);
    }

    /// @notice A holder of the role who may not act now, if there is one.
    function _barredHolder(Role role) internal returns (uint256 person) {
        uint256 first = _roll(people.length);
        for (uint256 i; i < people.length; ++i) {
            person = (first + i) % people.length;
            if (people[person].roles & bits(role) != 0 && clearance(person, false).broken != 0) return person;
        }
        return _holder(role);
    }

    /// @notice Mostly who holds the role; sometimes someone else, a thief with an old key, a stranger, a committee, who
    /// lapsed or is suspended.
    function _caller(Role role) internal returns (address) {
        uint256 kind = _roll(12);
        if (kind == 3 && !isCollective(role)) return _accountOrStranger(_barredHolder(role));
        if (kind == 0) return _accountOrStranger(_anyone());
        if (kind == 1 && relics.length > 0) return _addressOf(relics[_roll(relics.length)].signer);
        if (kind == 2) return _oneIn(2) ? stranger.account : _timelock();
        return isCollective(role) ? timelockOf(role) : _accountOrStranger(_holder(role));
    }

    function _accountOrStranger(uint256 person) internal view returns (address account) {
        account = accountOf(person);
        if (account == address(0)) account = stranger.account;
    }

    function _addressOf(bytes memory signer) internal view returns (address) {
        return signer.length == 20 ? address(bytes20(signer)) : stranger.account;
    }

    // Verdicts meet facts

    /// @dev What happens while the town is furnished must be right at once: it might wait for ever for what went wrong.
    function _blame(uint8 number, string memory why) internal {
        require(_begun, _named(number, why));
        if (bytes(broken[number]).length == 0) broken[number] = why;
    }

    /// @notice From now on whatever breaks an invariant is remembered, for that invariant to say.
    function _begins() internal {
        _begun = true;
    }

    function _named(uint8 number, string memory why) internal pure returns (string memory) {
        return string.concat("invariant ", _digits(number), ": ", why);
    }

    /// @notice Tries an act. Whether it happened; the caller then lets it happen in the ghost.
    function _try(Try memory act) internal returns (bool accepted) {
        vm.getRecordedLogs();
        vm.prank(act.caller);
        bytes memory answer;
        (accepted, answer) = act.target.call(act.call);
        RecordedLog[] memory logs = vm.getRecordedLogs();
        _judge(act, accepted);
        ++(accepted ? happened : refused)[act.trace.action];
        ++(accepted ? granted : denied)[bytes4(act.call)];
        if (act.verdict.broken != 0) ++forbade[keccak256(bytes(act.verdict.why))];
        if (!accepted) {
            bool named = answer.length >= 4 && bytes4(answer) != PANIC;
            if (!named) _blame(12, string.concat("refused without an error of its own: ", _nameOf(act)));
            return false;
        }
        _fold(logs);
        _seeNoGrant(logs);
        _readEntries(act, logs);
        if (act.pulls) pullReview();
    }

    /// @notice A success that the ghost forbids, or a refusal of what it permits.
    function _judge(Try memory act, bool accepted) internal virtual {
        if (accepted && act.verdict.broken != 0) {
            _blame(act.verdict.broken, string.concat("accepted although ", act.verdict.why));
        }
        if (!accepted && act.verdict.broken == 0) {
            _blame(act.home, string.concat("refused what the policy permits: ", _nameOf(act)));
        }
    }

    /// @notice The acts of the audit chain, without the calls that leave no entry.
    function _nameOf(Try memory act) private pure returns (string memory) {
        return string.concat("act ", _digits(uint256(act.trace.action)));
    }

    function _digits(uint256 number) internal pure returns (string memory) {
        return string(abi.encodePacked(bytes1(uint8(48 + number / 10)), bytes1(uint8(48 + (number % 10)))));
    }

    /// @dev Recomputes both heads from the events alone.
    function _fold(RecordedLog[] memory logs) internal {
        for (uint256 i; i < logs.length; ++i) {
            RecordedLog memory log = logs[i];
            if (log.topics.length == 0 || log.topics[0] != AuditChain.Logged.selector) continue;
            if (log.emitter == address(registry)) registryHead = _next(registryHead, log);
            else if (log.emitter == address(rules)) rulesHead = _next(rulesHead, log);
        }
    }

    /// @dev No timelock ever obeys anybody whom it did not obey from the beginning.
    function _seeNoGrant(RecordedLog[] memory logs) private {
        for (uint256 i; i < logs.length; ++i) {
            bool granting = logs[i].topics.length > 0 && logs[i].topics[0] == ITimelock.RoleGranted.selector;
            if (granting) _blame(12, "a timelock gives somebody a role");
        }
    }

    function _next(bytes32 head, RecordedLog memory log) private pure returns (bytes32) {
        (Role authority, bytes32 document, uint256 systems, bytes memory data) = abi.decode(
            log.data,
            (Role, bytes32, uint256, bytes)
        );
        return
            keccak256(
                abi.encode(
                    head,
                    log.topics[1],
                    log.topics[2],
                    authority,
                    log.topics[3],
                    document,
                    systems,
                    keccak256(data)
                )
            );
    }

    /// @dev Exactly the entry that the act must leave: who, in which role, about what, why, and the call itself.
    function _readEntries(Try memory act, RecordedLog[] memory logs) private {
        uint256 entries;
        uint256 pulled;
        for (uint256 i; i < logs.length; ++i) {
            RecordedLog memory log = logs[i];
            if (log.topics.length == 0 || log.topics[0] != AuditChain.Logged.selector) continue;
            if (log.emitter == address(rules) && _isPull(act, log)) {
                ++pulled;
                continue;
            }
            ++entries;
            bytes memory expected = abi.encode(
                act.trace.authority,
                act.trace.document,
                act.trace.systems,
                _callOf(act)
            );
            if (
                log.topics[1] != bytes32(uint256(act.trace.action)) ||
                log.topics[2] != act.trace.actor ||
                log.topics[3] != act.trace.subject ||
                keccak256(log.data) != keccak256(expected)
            ) _blame(6, string.concat("another entry than the act's: ", _nameOf(act)));
        }
        uint256 due = act.trace.action == Action.Genesis ? 0 : 1;
        if (entries != due) _blame(6, string.concat("not exactly one entry: ", _nameOf(act)));
        if (pulled != (act.pulls ? 1 : 0)) _blame(10, string.concat("the review, wrongly pulled: ", _nameOf(act)));
    }

    function _isPull(Try memory act, RecordedLog memory log) private view returns (bool) {
        bool itself = act.target == address(rules) && act.trace.action == Action.ReviewPulled;
        return !itself && log.topics[1] == bytes32(uint256(Action.ReviewPulled));
    }

    /// @dev What the entry must carry: a committee's executed proposal carries the proposed call.
    function _callOf(Try memory act) internal view virtual returns (bytes memory) {
        return act.call;
    }

    function _trace(
        Action action,
        bytes32 actor,
        Role authority,
        bytes32 subject,
        bytes32 document
    ) internal pure returns (Trace memory) {
        return Trace(action, actor, authority, subject, document, 0);
    }

    /// @notice Keeps a call that carried a signature: nobody may use it a second time. Where there are many it takes the
    /// place of any, so that acts of every kind are among them.
    function _keep(address target, bytes memory call) internal {
        if (carriedCalls.length < MANY_CARRIED) {
            carriedCalls.push(call);
            carriedTo.push(target);
        } else {
            uint256 slot = _roll(MANY_CARRIED);
            (carriedCalls[slot], carriedTo[slot]) = (call, target);
        }
    }

    function _documentOrNone() internal returns (bytes32) {
        return _oneIn(24) ? bytes32(0) : DOCUMENT;
    }

    // Tries of those who hold a role

    function _by(Role role, bool brake) internal returns (Try memory act) {
        act.caller = _caller(role);
        act.target = address(rules);
        act.home = 9;
        act.verdict = mayAct(act.caller, role, brake);
    }

    function _about(Try memory act, Action action, Role role, uint256 person) internal view {
        act.trace = _trace(
            action,
            role == Role.None ? bytes32(0) : actorOf(act.caller, role),
            role,
            PersonId.unwrap(people[person].id),
            DOCUMENT
        );
    }

    /// @notice Forbids an act, unless it is forbidden already.
    function _forbid(Try memory act, bool when, uint8 number, string memory why) internal pure {
        if (when && act.verdict.broken == 0) act.verdict = no(number, why);
    }
}
