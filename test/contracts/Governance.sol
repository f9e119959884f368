// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {PersonId} from "../../contracts/types/Types.sol";

// What a caller sees of the committees, their seats and their timelocks. Tests call the deployed artifacts through
// these, so that an edit of a test compiles the test and no contract.

/// @notice As the constructor of Committee takes it.
struct CommitteeSettings {
    uint48 votingDelay;
    uint32 votingPeriod;
    uint48 lateQuorumExtension;
    uint48 expiry;
    uint104 quorum;
    uint104 superQuorum;
    uint40 certificateGrace;
}

/// @notice As the constructor of Committee takes it.
struct Scope {
    address target;
    bytes4[] selectors;
}

interface ICommittee is IGovernor {
    error CommitteeZeroAddress();
    error CommitteeOutOfScope(address target, bytes4 selector);
    error CommitteeTargetWithoutCode(address target);
    error CommitteeValueNotZero(uint256 value);
    error CommitteeInvalidQuorums(uint256 quorum, uint256 superQuorum, uint256 seats);
    error CommitteeTimeTooLong(uint256 given, uint256 longest);
    error CommitteeTimeTooShort(uint256 given, uint256 shortest);
    error CommitteeNoVotes(address account);
    error CommitteeUnsupported();

    event QuorumsSet(uint256 quorum, uint256 superQuorum);

    function setQuorums(uint104 quorum, uint104 superQuorum) external;
    function setVotingDelay(uint48 seconds_) external;
    function setVotingPeriod(uint32 seconds_) external;
    function setProposalThreshold(uint256 votes) external;
    function setLateQuorumVoteExtension(uint48 seconds_) external;
    function updateTimelock(address timelock) external;
    function relay(address target, uint256 value, bytes calldata data) external payable;

    function RULES() external view returns (IRules);
    function ASSEMBLY_TIMELOCK() external view returns (address);
    function EXPIRY() external view returns (uint256);
    function CERTIFICATE_GRACE() external view returns (uint40);
    function fewestSeats() external view returns (uint256);
    function inScope(address target, bytes4 selector) external view returns (bool);
    function lateQuorumVoteExtension() external view returns (uint48);
    function nonces(address voter) external view returns (uint256);
    function proposalVotes(uint256 id) external view returns (uint256 against, uint256 inFavour, uint256 abstaining);
    function superQuorum(uint256 time) external view returns (uint256);
    function timelock() external view returns (address);
    function token() external view returns (address);
}

interface ISeats is IERC721 {
    error SeatsZeroAddress();
    error SeatsUnauthorized(address caller);
    error SeatsNotTransferable();
    error SeatsNotDelegable();
    error SeatsPersonWithoutAccount(PersonId person);
    error SeatsPersonNotCleared(PersonId person);
    error SeatsPersonCleared(PersonId person);
    error SeatsTooFew(uint256 seats, uint256 fewest);

    function grant(PersonId person) external;
    function withdraw(PersonId person) external;
    function clear(PersonId person) external;
    function follow(PersonId person) external;
    function delegate(address delegatee) external;
    function delegateBySig(address delegatee, uint256 nonce, uint256 expiry, uint8 v, bytes32 r, bytes32 s) external;

    function FEWEST_SEATS() external view returns (uint256);
    function RULES() external view returns (IRules);
    function ASSEMBLY() external view returns (bool);
    function COMMITTEE() external view returns (address);
    function CLEARING_GRACE() external view returns (uint40);
    function CLOCK_MODE() external view returns (string memory);
    function clock() external view returns (uint48);
    function delegates(address account) external view returns (address);
    function getPastVotes(address account, uint256 time) external view returns (uint256);
    function getVotes(address account) external view returns (uint256);
    function holds(PersonId person) external view returns (bool);
    function totalSeats() external view returns (uint256);
}

interface ITimelock {
    error TimelockUnauthorizedCaller(address caller);
    error TimelockUnexpectedOperationState(bytes32 id, bytes32 expectedStates);

    event RoleGranted(bytes32 indexed role, address indexed account, address indexed sender);

    function execute(
        address target,
        uint256 value,
        bytes calldata payload,
        bytes32 predecessor,
        bytes32 salt
    ) external payable;
    function grantRole(bytes32 role, address account) external;
    function schedule(
        address target,
        uint256 value,
        bytes calldata data,
        bytes32 predecessor,
        bytes32 salt,
        uint256 delay
    ) external;
    function updateDelay(uint256 newDelay) external;

    function hasRole(bytes32 role, address account) external view returns (bool);
    function getMinDelay() external view returns (uint256);
}
