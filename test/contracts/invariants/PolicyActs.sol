// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRules, Thresholds} from "../../../contracts/interfaces/IRules.sol";
import {Matrix} from "../../../contracts/types/Matrix.sol";
import {Action, EnvironmentId, Risk, Role, Stage} from "../../../contracts/types/Types.sol";
import {Try} from "./Court.sol";
import {KeyActs} from "./KeyActs.sol";

/// @title The policy: its epochs, its reviews, and where versions may run
abstract contract PolicyActs is KeyActs {
    uint256 private constant MANY_ENVIRONMENTS = 6;

    uint256 private _environmentsMade;

    function startsEpoch(uint256 seed) external {
        _seed(seed);
        (Thresholds memory next, bool unbounded) = _newThresholds();
        (uint16[12] memory rows, bool low) = _newRows();
        uint192 packed;
        for (uint256 i; i < 12; ++i) packed |= uint192(rows[i]) << uint192(16 * i);
        bytes32 terms = keccak256(
            abi.encode(block.chainid, address(rules), policyEpoch + 1, DOCUMENT, Matrix.wrap(packed), next)
        );
        if (!_oneIn(6)) _consentsToEpoch(terms);
        if (_oneIn(24)) pass(30 days + 1);
        Try memory act = _by(Role.Assembly, false);
        _forbid(act, agreed[terms] < time(), 12, "without the Oversight Committee's consent");
        _forbid(act, unbounded, 6, "a threshold of nothing, or beyond a year");
        _forbid(act, low, 2, "the matrix is below the policy's floor");
        act.call = abi.encodeCall(IRules.startEpoch, (DOCUMENT, Matrix.wrap(packed), next));
        act.trace = _trace(
            Action.EpochStarted,
            voice(act.caller),
            Role.Assembly,
            bytes32(uint256(policyEpoch + 1)),
            DOCUMENT
        );
        if (!_try(act)) return;
        delete agreed[terms];
        ++policyEpoch;
        reviewAt = time() + 365 days;
        matrixRows = rows;
        limits = next;
    }

    function _newThresholds() private returns (Thresholds memory next, bool unbounded) {
        next = thresholds();
        if (_oneIn(2)) next.soak[uint256(Risk.High)] = uint32(12 hours);
        unbounded = _oneIn(8);
        if (unbounded) (_oneIn(2) ? next.soak : next.response)[_roll(4)] = _oneIn(2) ? 0 : uint32(366 days);
    }

    /// @dev Sometimes without what the policy's table asks for, or with a role that there is not.
    function _newRows() private returns (uint16[12] memory rows, bool low) {
        for (uint256 i; i < 12; ++i) rows[i] = floorRow(Risk(i / 3), Stage(2 + (i % 3)));
        if (_oneIn(2)) rows[2] |= bits(Role.ResponsibleAIOfficer);
        if (_oneIn(4)) rows[8] |= bits(Role.OversightCommittee);
        if (_oneIn(6)) (rows[11], low) = (rows[11] & ~bits(Role.OversightCommittee), true);
        if (_oneIn(8)) (rows[_roll(12)], low) = (bits(Role.TechnicalLead) << 13, true);
    }

    function _consentsToEpoch(bytes32 terms) private {
        Try memory act = _by(Role.OversightCommittee, false);
        act.call = abi.encodeCall(IRules.consentToEpoch, (terms));
        act.trace = _trace(Action.EpochConsented, voice(act.caller), Role.OversightCommittee, terms, 0);
        if (_try(act)) agreed[terms] = time() + 30 days;
    }

    function reviews(uint256 seed) external {
        _seed(seed);
        if (_oneIn(2)) return _recordsReview();
        Role role = _oneIn(2) ? Role.Assembly : Role.OversightCommittee;
        if (_oneIn(6)) role = Role.EmergencyCommittee;
        Try memory act = _by(role, false);
        if (role == Role.EmergencyCommittee) act.verdict = no(12, "the committee orders no review");
        act.call = abi.encodeCall(IRules.orderReview, (role, DOCUMENT));
        act.trace = _trace(Action.ReviewPulled, voice(act.caller), role, 0, DOCUMENT);
        if (_try(act)) pullReview();
    }

    function _recordsReview() private {
        Try memory act = _by(Role.OversightCommittee, false);
        act.call = abi.encodeCall(IRules.recordReview, (DOCUMENT));
        act.trace = _trace(Action.ReviewRecorded, voice(act.caller), Role.OversightCommittee, 0, DOCUMENT);
        if (_try(act)) reviewAt = time() + 365 days;
    }

    /// @notice The Assembly's yearly round: whoever has lapsed is certified anew, and the review is held.
    function renews(uint256 seed) external {
        _seed(seed);
        _renews();
    }

    function _renews() internal {
        for (uint256 i = 1; i < people.length; ++i) {
            if (people[i].certifiedUntil <= time() && !_oneIn(8)) _certifies(i, time() + 3 * 365 days, Role.Assembly);
        }
        if (reviewAt <= time()) _recordsReview();
    }

    function addsEnvironment(uint256 seed) external {
        _seed(seed);
        if (environments.length >= MANY_ENVIRONMENTS && !_oneIn(3)) return;
        bool taken = environments.length >= MANY_ENVIRONMENTS || _oneIn(5);
        EnvironmentId id = EnvironmentId.wrap(keccak256(abi.encode("site", ++_environmentsMade)));
        if (taken) id = environments[_roll(environments.length)];
        Stage stage = Stage(_oneIn(6) ? _roll(6) : 4);
        Try memory act = _by(Role.Assembly, false);
        _forbid(act, taken, 12, "the environment exists");
        bool none = stage < Stage.Validation || stage > Stage.Production;
        _forbid(act, none, 12, "a stage in which nothing runs");
        act.call = abi.encodeCall(IRules.addEnvironment, (id, stage, DOCUMENT));
        act.trace = _trace(
            Action.EnvironmentAdded,
            voice(act.caller),
            Role.Assembly,
            EnvironmentId.unwrap(id),
            DOCUMENT
        );
        if (!_try(act)) return;
        environments.push(id);
        stages.push(stage);
    }
}
