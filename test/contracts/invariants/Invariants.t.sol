// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Invariants} from "./Invariants.sol";

/// @title The twelve invariants
/// @notice The machine calls the acts in any order; after each of them the contracts are held against the ghost. What an
/// invariant itself does to see whether it could be done is forgotten when it ends.
contract InvariantsTest is Invariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(this);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(this), acts());
    }

    /// @notice Id, digests, parent, number, author of a version never change; counts never fall.
    function invariant_01_versionsNeverChange() external view {
        versionsNeverChange();
    }

    /// @notice A stage moves by +1 only, with evidence and sign-offs that satisfied the matrix of the epoch at
    /// execution; the matrix is never below the policy's floor.
    function invariant_02_stagesMoveByOneWithSignOffs() external view {
        stagesMoveByOneWithSignOffs();
    }

    /// @notice At execution, who signed were distinct, appointed, certified, unsuspended persons, none the author, one
    /// seat each; committees consented by executed proposals.
    function invariant_03_signersWereIndependentAndCleared() external view {
        signersWereIndependentAndCleared();
    }

    /// @notice Effective risk >= max(floor, declared).
    function invariant_04_riskIsNeverBelowFloorAndDeclared() external view {
        riskIsNeverBelowFloorAndDeclared();
    }

    /// @notice What was condemned, retired or withdrawn as defective is never newly active; `active` is none or a version
    /// of that model that reached that environment's stage.
    function invariant_05_onlyTheFitAreActive() external view {
        onlyTheFitAreActive();
    }

    /// @notice A rollback's target had been active there for its soak time, or is none; each wrote exactly one entry
    /// with trigger, reason, from, to.
    function invariant_06_targetsWereProven() external view {
        targetsWereProven();
    }

    /// @notice No sign-off, vote, halt, resumption or rollback authorisation counts twice, nor on another chain,
    /// contract, stage, risk, epoch, evidence or sequence.
    function invariant_07_nothingCountsTwice() external view {
        nothingCountsTwice();
    }

    /// @notice Nothing executes after its expiry; no proposal reaches outside its committee's scope.
    function invariant_08_nothingOutlivesItsExpiryOrScope() external view {
        nothingOutlivesItsExpiryOrScope();
    }

    /// @notice Liveness: from every reachable state named actors can stop any active version within 72 h, and the
    /// Assembly can restore every role.
    function invariant_09_everythingCanBeStopped() external {
        everythingCanBeStopped();
    }

    /// @notice Replaying the events reproduces both heads and all of Registry's and Rules' state.
    function invariant_10_eventsReproduceBothHeads() external view {
        eventsReproduceBothHeads();
    }

    /// @notice `sequence` only grows; lapsed, suspended, revoked persons never authorise (carriers may be anyone); one
    /// seat per person and committee; the last eligible target is retained.
    function invariant_11_sequencesGrowAndSeatsAreSingle() external view {
        sequencesGrowAndSeatsAreSingle();
    }

    /// @notice No key outside the three timelocks and the roles above can change anything after deployment.
    function invariant_12_nobodyElseChangesAnything() external view {
        nobodyElseChangesAnything();
    }
}
