// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {PersonId} from "../../contracts/types/Types.sol";
import {ISeats} from "./Governance.sol";
import {Refusals} from "./Refusals.sol";
import {Person} from "./Society.sol";
import {vm} from "./Vm.sol";

contract RefusalsOfSeatsTest is Refusals {
    function setUp() public override {
        super.setUp();
        target = address(assemblySeats);
    }

    // The Assembly

    function testFuzzGrantIsRefused(address caller, uint8 chosen) external {
        Person[4] memory seatless = [maya, noor, pia, watchPost];
        target = _seats(chosen);
        bytes memory call = abi.encodeCall(ISeats.grant, (seatless[(chosen / 3) % 4].id));
        onlyFor(assemblyTimelock, caller, call, ISeats.SeatsUnauthorized.selector);
    }

    /// @dev The Oversight Committee has no seat too many.
    function testFuzzWithdrawIsRefused(address caller, uint8 chosen, bool inAssembly) external {
        PersonId[] memory members = inAssembly ? assemblyMembers() : emergencyMembers();
        target = address(inAssembly ? assemblySeats : emergencySeats);
        bytes memory call = abi.encodeCall(ISeats.withdraw, (members[chosen % members.length]));
        onlyFor(assemblyTimelock, caller, call, ISeats.SeatsUnauthorized.selector);
    }

    // Anyone

    /// @dev Not the seat of who is cleared; once suspended it is anyone's to clear.
    function testFuzzClearIsRefused(address caller, uint8 chosen) external {
        caller = anyone(caller);
        target = address(emergencySeats);
        PersonId person = emergencyMembers()[chosen % 4];
        bytes memory call = abi.encodeCall(ISeats.clear, (person));
        bytes memory problem = abi.encodeWithSelector(ISeats.SeatsPersonCleared.selector, person);
        refused(caller, call, problem);
        suspend(person, FOR_GOOD);
        accepted(caller, call);
    }

    /// @dev Not where there is no seat; where there is one, anyone.
    function testFuzzFollowIsRefused(address caller, uint8 chosen, PersonId nobody) external {
        caller = anyone(caller);
        PersonId person = assemblyMembers()[chosen % 12];
        if (assemblySeats.holds(nobody)) nobody = maya.id;
        refused(
            caller,
            abi.encodeCall(ISeats.follow, (nobody)),
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, nobody)
        );
        accepted(caller, abi.encodeCall(ISeats.follow, (person)));
    }

    // Nobody lends a vote or gives a seat away

    function testFuzzDelegateIsRefused(address caller, address to, uint8 chosen) external {
        target = _seats(chosen);
        bytes memory call = abi.encodeCall(ISeats.delegate, (to));
        bytes memory problem = abi.encodeWithSelector(ISeats.SeatsNotDelegable.selector);
        refused(anyone(caller), call, problem);
        refused(ines.account, call, problem);
    }

    /// @dev Though the holder of the seat has signed it.
    function testFuzzDelegateBySigIsRefused(address caller, address to, uint256 term, uint8 chosen) external {
        string[3] memory names = ["Kedge Assembly", "Kedge Oversight Committee", "Kedge Emergency Committee"];
        target = _seats(chosen);
        bytes32 domain = domainOf(names[chosen % 3], target);
        uint256 expiry = between(term, time(), type(uint256).max - 1);
        bytes32 message = keccak256(
            abi.encode(keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)"), to, 0, expiry)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ines.key, keccak256(abi.encodePacked(hex"1901", domain, message)));
        refused(
            anyone(caller),
            abi.encodeCall(ISeats.delegateBySig, (to, 0, expiry, v, r, s)),
            abi.encodeWithSelector(ISeats.SeatsNotDelegable.selector)
        );
    }

    /// @dev Others approve nothing; whom the holder approves moves no seat.
    function testFuzzApproveIsRefused(address caller, address friend, address to, uint8 chosen) external {
        (uint256 seat, address holder) = _seat(chosen);
        caller = anyoneElse(holder, caller);
        friend = anyone(friend);
        bytes memory call = abi.encodeCall(IERC721.approve, (friend, seat));
        refused(caller, call, abi.encodeWithSelector(IERC721Errors.ERC721InvalidApprover.selector, caller));
        accepted(holder, call);
        _refusesTransfer(friend, abi.encodeCall(IERC721.transferFrom, (holder, _somebody(to), seat)));
    }

    function testFuzzSetApprovalForAllIsRefused(address friend, address to, uint8 chosen) external {
        (uint256 seat, address holder) = _seat(chosen);
        friend = anyone(friend);
        refused(
            holder,
            abi.encodeCall(IERC721.setApprovalForAll, (address(0), true)),
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidOperator.selector, address(0))
        );
        accepted(holder, abi.encodeCall(IERC721.setApprovalForAll, (friend, true)));
        _refusesTransfer(friend, abi.encodeCall(IERC721.transferFrom, (holder, _somebody(to), seat)));
    }

    function testFuzzTransferFromIsRefused(address caller, address to, uint8 chosen) external {
        (uint256 seat, address holder) = _seat(chosen);
        bytes memory call = abi.encodeCall(IERC721.transferFrom, (holder, _somebody(to), seat));
        _refusesTransfer(anyone(caller), call);
        _refusesTransfer(holder, call);
    }

    function testFuzzSafeTransferFromIsRefused(address caller, address to, uint8 chosen, bytes calldata data) external {
        (uint256 seat, address holder) = _seat(chosen);
        bytes[2] memory calls = [
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", holder, _somebody(to), seat),
            abi.encodeWithSignature(
                "safeTransferFrom(address,address,uint256,bytes)",
                holder,
                _somebody(to),
                seat,
                data
            )
        ];
        for (uint256 i; i < 2; ++i) {
            _refusesTransfer(anyone(caller), calls[i]);
            _refusesTransfer(holder, calls[i]);
        }
    }

    // Any arguments, from the Assembly and from who has a seat

    function testFuzzAnySeatIsAnswered(
        PersonId person,
        address to,
        uint256[2] calldata numbers,
        uint8 v,
        bytes32[2] calldata rs
    ) external {
        bytes[4] memory calls = [
            abi.encodeCall(ISeats.grant, (person)),
            abi.encodeCall(ISeats.withdraw, (person)),
            abi.encodeCall(ISeats.clear, (person)),
            abi.encodeCall(ISeats.delegateBySig, (to, numbers[0], numbers[1], v, rs[0], rs[1]))
        ];
        for (uint256 i; i < 4; ++i) {
            vm.assertFalse(answered(assemblyTimelock, calls[i]), "a seat of nobody");
        }
        answered(ines.account, abi.encodeCall(IERC721.approve, (to, numbers[0])));
    }

    // The constructor

    function testFuzzAreNotBornOfStrangers(uint8 count, bytes32 salt) external {
        PersonId[] memory people = new PersonId[](count % 32);
        for (uint256 i; i < people.length; ++i) people[i] = PersonId.wrap(keccak256(abi.encode(salt, i)));
        refusesToDeploy(
            seatsCode("Kedge Assembly", address(assemblyCommittee), true, people),
            people.length < 3
                ? abi.encodeWithSelector(ISeats.SeatsTooFew.selector, people.length, 3)
                : abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, people[0])
        );
    }

    function testFuzzAreNotBornOfGarbage(bytes calldata garbage) external {
        unborn(abi.encodePacked(vm.getCode("contracts/governance/Seats.sol:Seats"), garbage));
    }

    function _refusesTransfer(address caller, bytes memory call) private {
        refused(caller, call, abi.encodeWithSelector(ISeats.SeatsNotTransferable.selector));
    }

    /// @dev Ines has one of each.
    function _seats(uint8 choice) private view returns (address) {
        ISeats[3] memory all = [assemblySeats, oversightSeats, emergencySeats];
        return address(all[choice % 3]);
    }

    function _seat(uint8 choice) private view returns (uint256 seat, address holder) {
        seat = uint256(PersonId.unwrap(assemblyMembers()[choice % 12]));
        holder = assemblySeats.ownerOf(seat);
    }

    /// @dev A token cannot be sent to the zero address.
    function _somebody(address to) private view returns (address) {
        return to == address(0) ? stranger.account : to;
    }
}
