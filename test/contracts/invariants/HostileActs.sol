// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {IRules} from "../../../contracts/interfaces/IRules.sol";
import {ModelId, PersonId} from "../../../contracts/types/Types.sol";
import {ISeats} from "../Governance.sol";
import {CommitteeActs} from "./CommitteeActs.sol";
import {Try} from "./Court.sol";

/// @title Time, and those who have no right to anything
abstract contract HostileActs is CommitteeActs {
    /// @notice Seconds to months.
    function passesTime(uint256 seed) external {
        _seed(seed);
        pass(
            [uint256(1), 1 hours, 6 hours, 1 days, 1 days, 2 days, 2 days, 3 days, 8 days, 31 days, 100 days, 1][
                _roll(12)
            ]
        );
        if (_oneIn(2)) _renews();
    }

    /// @notice What was signed for once is sent again, byte for byte.
    function replays(uint256 seed) external {
        _seed(seed);
        if (carriedCalls.length == 0) return;
        uint256 chosen = _roll(carriedCalls.length);
        Try memory act;
        act.caller = _oneIn(2) ? stranger.account : _accountOrStranger(_anyone());
        act.target = carriedTo[chosen];
        act.call = carriedCalls[chosen];
        act.verdict = no(7, "an authorisation is used twice");
        _try(act);
    }

    /// @notice Whoever has no right, or a thief with an old key, tries every door with whatever arguments.
    function knocks(uint256 seed) external {
        _seed(seed);
        Try memory act;
        act.caller = stranger.account;
        if (relics.length > 0 && _oneIn(2)) act.caller = _addressOf(relics[_roll(relics.length)].signer);
        act.verdict = no(12, "somebody without any right");
        uint256 door = _roll(5);
        if (door == 0) (act.target, act.call) = (address(registry), _registryCall());
        else if (door == 1) (act.target, act.call) = (address(rules), _rulesCall());
        else if (door == 2) (act.target, act.call) = _seatsCall();
        else if (door == 3) (act.target, act.call) = _timelockCall();
        else (act.target, act.call) = (address(rules), abi.encodeCall(IRules.pullReview, (bytes32(seed))));
        _try(act);
    }

    function _registryCall() private returns (bytes memory) {
        bytes4[8] memory selectors = [
            IRegistry.setMonitored.selector,
            IRegistry.setDeveloper.selector,
            IRegistry.addSchema.selector,
            IRegistry.requireSchemas.selector,
            IRegistry.setFloor.selector,
            IRegistry.suspendModel.selector,
            IRegistry.reinstateModel.selector,
            IRegistry.closeIncident.selector
        ];
        return abi.encodePacked(selectors[_roll(8)], _words(models[_anyModel()].id));
    }

    function _rulesCall() private returns (bytes memory) {
        bytes4[8] memory selectors = [
            IRules.setRoles.selector,
            IRules.setDomain.selector,
            IRules.addEnvironment.selector,
            IRules.reinstate.selector,
            IRules.sanction.selector,
            IRules.suspend.selector,
            IRules.recordViolation.selector,
            IRules.acceptAudit.selector
        ];
        return abi.encodePacked(selectors[_roll(8)], people[_anyone()].id, _roll(6), _roll(12), DOCUMENT, DOCUMENT);
    }

    function _words(ModelId id) private returns (bytes memory) {
        return abi.encodePacked(id, _roll(4), _roll(12), DOCUMENT, DOCUMENT);
    }

    function _seatsCall() private returns (address target, bytes memory call) {
        uint256 committee = _roll(3);
        uint256 person = _member(committee);
        target = address(seatsOf[committee]);
        uint256 id = uint256(PersonId.unwrap(people[person].id));
        if (_oneIn(3)) return (target, abi.encodeCall(ISeats.withdraw, (people[person].id)));
        if (_oneIn(2)) return (target, abi.encodeCall(ISeats.grant, (people[_anyone()].id)));
        call = abi.encodeCall(IERC721.transferFrom, (accountOf(person), stranger.account, id));
    }

    function _timelockCall() private returns (address target, bytes memory call) {
        target = timelockOfCommittee[_roll(3)];
        bytes memory inner = abi.encodeCall(IRegistry.suspendModel, (model, DOCUMENT));
        uint256 kind = _roll(3);
        if (kind == 0) {
            call = abi.encodeWithSignature(
                "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
                address(registry),
                0,
                inner,
                bytes32(0),
                bytes32(0),
                30 days
            );
        } else if (kind == 1) {
            call = abi.encodeWithSignature(
                "execute(address,uint256,bytes,bytes32,bytes32)",
                address(registry),
                0,
                inner,
                bytes32(0),
                bytes32(0)
            );
        } else {
            call = abi.encodeWithSignature("updateDelay(uint256)", uint256(0));
        }
    }
}
