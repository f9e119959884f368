// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A log as {Vm-getRecordedLogs} returns it.
struct RecordedLog {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// @title What these tests ask of the machine that runs them
/// @notice The cheatcodes of Hardhat's runner, as far as they are used here.
interface Vm {
    // Who calls, and when

    function prank(address caller) external;
    function warp(uint256 time) external;
    function getBlockTimestamp() external view returns (uint256);

    // Keys

    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function publicKeyP256(uint256 key) external pure returns (uint256 x, uint256 y);
    function signP256(uint256 key, bytes32 digest) external pure returns (bytes32 r, bytes32 s);

    // Code and addresses

    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function etch(address account, bytes calldata code) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function getNonce(address account) external view returns (uint64);
    function label(address account, string calldata name) external;

    // Files

    function readFile(string calldata path) external view returns (string memory);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);

    // Logs

    function recordLogs() external;
    function getRecordedLogs() external returns (RecordedLog[] memory);

    // Assertions

    function assertTrue(bool condition, string calldata message) external pure;
    function assertFalse(bool condition, string calldata message) external pure;
    function assertEq(address left, address right) external pure;
    function assertEq(bool left, bool right) external pure;
    function assertEq(bytes32 left, bytes32 right) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata message) external pure;
    function assertEq(bytes calldata left, bytes calldata right) external pure;
    function assertEq(bytes calldata left, bytes calldata right, string calldata message) external pure;
    function assertEq(string calldata left, string calldata right) external pure;
    function assertEq(uint256 left, uint256 right) external pure;
    function assertEq(uint256 left, uint256 right, string calldata message) external pure;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
