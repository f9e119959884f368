// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Risk, Role, Stage} from "./Types.sol";

/// @dev Which roles must sign off, for each risk and each stage to be entered. Twelve bitmaps of 16 bits:
/// that of (risk, stage) starts at bit 16 * (3 * risk + stage - Validation); bits 192 to 255 are zero.
type Matrix is uint192;

using {required, covers} for Matrix global;

/// @dev The roles that must sign off before a version of this risk enters this stage.
function required(Matrix matrix, Risk risk, Stage stage) pure returns (uint16) {
    return uint16(Matrix.unwrap(matrix) >> bit(risk, stage));
}

/// @dev Whether each bitmap of `floor` is contained in the one at the same place.
function covers(Matrix matrix, Matrix floor) pure returns (bool) {
    return Matrix.unwrap(matrix) & Matrix.unwrap(floor) == Matrix.unwrap(floor);
}

/// @dev Where the bitmap of (risk, stage) starts; stage is Validation, Staging or Production.
function bit(Risk risk, Stage stage) pure returns (uint256) {
    return 16 * (3 * uint256(risk) + uint256(stage) - uint256(Stage.Validation));
}

/// @dev The bitmap that holds one role.
function only(Role role) pure returns (uint16) {
    return uint16(1 << uint8(role));
}

/// @dev The policy's table (5.1): its row to enter Production, the row's first role to enter Validation and Staging.
function policyFloor() pure returns (Matrix) {
    uint256 lead = only(Role.TechnicalLead);
    uint256 officer = only(Role.ResponsibleAIOfficer);
    uint256 high = officer | only(Role.DomainLead);
    uint256 critical = high | only(Role.OversightCommittee);
    return
        Matrix.wrap(
            uint192(
                lead |
                    (lead << 16) |
                    (lead << 32) |
                    (officer << 48) |
                    (officer << 64) |
                    (officer << 80) |
                    (officer << 96) |
                    (officer << 112) |
                    (high << 128) |
                    (officer << 144) |
                    (officer << 160) |
                    (critical << 176)
            )
        );
}
