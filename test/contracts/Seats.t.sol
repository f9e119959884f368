// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {PersonId} from "../../contracts/types/Types.sol";
import {ISeats} from "./Governance.sol";
import {Person, Society} from "./Society.sol";
import {vm} from "./Vm.sol";
import {Verifier} from "./Wallets.sol";

contract SeatsTest is Society {
    function testEveryMemberHasOneSeatAndOneVote() public view {
        vm.assertEq(assemblySeats.totalSeats(), 12);
        vm.assertEq(oversightSeats.totalSeats(), 3);
        vm.assertEq(emergencySeats.totalSeats(), 4);
        PersonId[] memory members = oversightMembers();
        for (uint256 i; i < members.length; ++i) {
            address account = rules.accountOf(members[i]);
            vm.assertEq(oversightSeats.ownerOf(_tokenOf(members[i])), account);
            vm.assertEq(oversightSeats.getVotes(account), 1);
            vm.assertEq(oversightSeats.delegates(account), account);
        }
        vm.assertEq(address(oversightSeats.RULES()), address(rules));
        vm.assertEq(oversightSeats.FEWEST_SEATS(), 3);
        vm.assertEq(assemblySeats.DELEGABLE(), true);
        vm.assertEq(oversightSeats.DELEGABLE(), false);
    }

    function testVotesAreCountedByTime() public {
        vm.assertEq(oversightSeats.CLOCK_MODE(), "mode=timestamp");
        vm.assertEq(oversightSeats.clock(), time());
        pass(1);
        vm.assertEq(oversightSeats.getPastVotes(grace.account, FOUNDED_AT), 1);
    }

    // Grants

    function testTheAssemblyGrantsASeat() public {
        bytes memory call = abi.encodeCall(ISeats.grant, (maya.id));
        _refusesAllButTheAssembly(call);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        vm.assertEq(oversightSeats.totalSeats(), 4);
        vm.assertEq(oversightSeats.ownerOf(_tokenOf(maya.id)), maya.account);
        vm.assertEq(oversightSeats.getVotes(maya.account), 1);
        vm.assertEq(oversightSeats.delegates(maya.account), maya.account);
    }

    function testAPersonHasOneSeatInACommittee() public {
        _refuses(
            assemblyTimelock,
            abi.encodeCall(ISeats.grant, (grace.id)),
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidSender.selector, address(0))
        );
        vm.assertEq(oversightSeats.totalSeats(), 3);
    }

    function testRefusesASeatForWhoHasNoAccount() public {
        _refuses(
            assemblyTimelock,
            abi.encodeCall(ISeats.grant, (stranger.id)),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, stranger.id)
        );
        PersonId withoutAccount = appoint(abi.encodePacked(new Verifier(), keccak256("key")), 0);
        _refuses(
            assemblyTimelock,
            abi.encodeCall(ISeats.grant, (withoutAccount)),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, withoutAccount)
        );
    }

    // Withdrawals

    function testTheAssemblyWithdrawsASeat() public {
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        bytes memory call = abi.encodeCall(ISeats.withdraw, (hiro.id));
        _refusesAllButTheAssembly(call);
        vm.prank(assemblyTimelock);
        oversightSeats.withdraw(hiro.id);
        vm.assertEq(oversightSeats.totalSeats(), 3);
        vm.assertEq(oversightSeats.getVotes(hiro.account), 0);
        _refuses(
            stranger.account,
            abi.encodeCall(IERC721.ownerOf, (_tokenOf(hiro.id))),
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _tokenOf(hiro.id))
        );
    }

    function testNeverFewerThanThree() public {
        bytes memory tooFew = abi.encodeWithSelector(ISeats.SeatsTooFew.selector, 2, 3);
        _refuses(assemblyTimelock, abi.encodeCall(ISeats.withdraw, (hiro.id)), tooFew);
        suspend(hiro.id, FOR_GOOD);
        _refuses(stranger.account, abi.encodeCall(ISeats.clear, (hiro.id)), tooFew);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        oversightSeats.clear(hiro.id);
        _refuses(assemblyTimelock, abi.encodeCall(ISeats.withdraw, (maya.id)), tooFew);
    }

    function testRefusesToWithdrawASeatThatIsNone() public {
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        _refuses(
            assemblyTimelock,
            abi.encodeCall(ISeats.withdraw, (ben.id)),
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _tokenOf(ben.id))
        );
        vm.assertEq(oversightSeats.totalSeats(), 4);
    }

    // Clearing

    function testAnyoneClearsTheSeatOfWhoIsSuspendedOrLapsed() public {
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(ben.id);
        suspend(hiro.id, time() + 1 days);
        certify(ines.id, time());
        vm.prank(stranger.account);
        oversightSeats.clear(hiro.id);
        vm.prank(stranger.account);
        oversightSeats.clear(ines.id);
        vm.assertEq(oversightSeats.totalSeats(), 3);
        vm.assertEq(oversightSeats.getVotes(hiro.account), 0);
        vm.assertEq(oversightSeats.getVotes(ines.account), 0);
        // The other committees' seats are not touched.
        vm.assertEq(emergencySeats.getVotes(ines.account), 1);
    }

    function testRefusesToClearTheSeatOfWhoIsCleared() public {
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        _refuses(
            stranger.account,
            abi.encodeCall(ISeats.clear, (hiro.id)),
            abi.encodeWithSelector(ISeats.SeatsPersonCleared.selector, hiro.id)
        );
        // Nobody has no seat that could be cleared.
        _refuses(
            stranger.account,
            abi.encodeCall(ISeats.clear, (stranger.id)),
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _tokenOf(stranger.id))
        );
        vm.assertEq(oversightSeats.totalSeats(), 4);
    }

    // Following the key

    function testASeatFollowsItsPersonsKey() public {
        Person memory renewed = rotate(hiro, "Hiro's new key");
        vm.assertEq(oversightSeats.getVotes(hiro.account), 1);
        vm.prank(stranger.account);
        oversightSeats.follow(hiro.id);
        vm.assertEq(oversightSeats.ownerOf(_tokenOf(hiro.id)), renewed.account);
        vm.assertEq(oversightSeats.getVotes(hiro.account), 0);
        vm.assertEq(oversightSeats.getVotes(renewed.account), 1);
        vm.assertEq(oversightSeats.delegates(renewed.account), renewed.account);
        vm.assertEq(oversightSeats.totalSeats(), 3);
        // A second time it has nowhere to go.
        oversightSeats.follow(hiro.id);
        vm.assertEq(oversightSeats.getVotes(renewed.account), 1);
    }

    function testAPersonWithoutASeatIsGivenNone() public {
        _refuses(
            dana.account,
            abi.encodeCall(ISeats.follow, (dana.id)),
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _tokenOf(dana.id))
        );
        vm.assertEq(oversightSeats.getVotes(dana.account), 0);
        vm.assertEq(oversightSeats.balanceOf(dana.account), 0);
    }

    function testASeatThatWasWithdrawnDoesNotComeBack() public {
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        vm.prank(assemblyTimelock);
        oversightSeats.withdraw(hiro.id);
        _refuses(
            hiro.account,
            abi.encodeCall(ISeats.follow, (hiro.id)),
            abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, _tokenOf(hiro.id))
        );
    }

    function testASeatDoesNotFollowToAKeyWithoutAnAccount() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        bytes memory signature = sign(stranger, rules.rotationDigest(hiro.id, signer, 0));
        does(hiro.account, address(rules), abi.encodeCall(IRules.rotate, (signer, signature)));
        _refuses(
            stranger.account,
            abi.encodeCall(ISeats.follow, (hiro.id)),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, hiro.id)
        );
    }

    function testAKeyThatDelegatedBeforeItSatDownKeepsItsChoice() public {
        Person memory renewed = someone("Ada's new key");
        vm.prank(renewed.account);
        assemblySeats.delegate(ben.account);
        rotate(ada, "Ada's new key");
        assemblySeats.follow(ada.id);
        vm.assertEq(assemblySeats.delegates(renewed.account), ben.account);
        vm.assertEq(assemblySeats.getVotes(ben.account), 2);
    }

    // Transfers

    function testNobodyTransfersASeat() public {
        bytes memory problem = abi.encodeWithSelector(ISeats.SeatsNotTransferable.selector);
        uint256 token = _tokenOf(hiro.id);
        bytes memory transfer = abi.encodeCall(IERC721.transferFrom, (hiro.account, maya.account, token));
        _refuses(hiro.account, transfer, problem);
        bytes4 plain = bytes4(keccak256("safeTransferFrom(address,address,uint256)"));
        _refuses(hiro.account, abi.encodeWithSelector(plain, hiro.account, maya.account, token), problem);
        bytes4 withData = bytes4(keccak256("safeTransferFrom(address,address,uint256,bytes)"));
        _refuses(hiro.account, abi.encodeWithSelector(withData, hiro.account, maya.account, token, ""), problem);
        vm.prank(hiro.account);
        oversightSeats.approve(maya.account, token);
        _refuses(maya.account, transfer, problem);
        vm.prank(hiro.account);
        oversightSeats.setApprovalForAll(liam.account, true);
        _refuses(liam.account, transfer, problem);
        vm.assertEq(oversightSeats.ownerOf(token), hiro.account);
    }

    // Delegation

    function testAVoteIsDelegatedInTheAssembly() public {
        vm.prank(ada.account);
        assemblySeats.delegate(ben.account);
        vm.assertEq(assemblySeats.getVotes(ada.account), 0);
        vm.assertEq(assemblySeats.getVotes(ben.account), 2);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            chloe.key,
            _delegationDigest("Kedge Assembly", assemblySeats, ben.account)
        );
        assemblySeats.delegateBySig(ben.account, 0, time(), v, r, s);
        vm.assertEq(assemblySeats.getVotes(ben.account), 3);
    }

    function testNoVoteIsDelegatedElsewhere() public {
        bytes memory problem = abi.encodeWithSelector(ISeats.SeatsNotDelegable.selector);
        _refuses(hiro.account, abi.encodeCall(ISeats.delegate, (grace.account)), problem);
        _refuses(hiro.account, abi.encodeCall(ISeats.delegate, (hiro.account)), problem);
        _refuses(hiro.account, abi.encodeCall(ISeats.delegate, (address(0))), problem);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            hiro.key,
            _delegationDigest("Kedge Oversight Committee", oversightSeats, grace.account)
        );
        _refuses(stranger.account, abi.encodeCall(ISeats.delegateBySig, (grace.account, 0, time(), v, r, s)), problem);
        vm.assertEq(oversightSeats.getVotes(grace.account), 1);
    }

    function _refuses(address caller, bytes memory call, bytes memory problem) private {
        refuses(caller, address(oversightSeats), call, problem);
    }

    function _refusesAllButTheAssembly(bytes memory call) private {
        address[4] memory callers = [oversightTimelock, emergencyTimelock, ada.account, address(assemblyCommittee)];
        for (uint256 i; i < callers.length; ++i) {
            _refuses(callers[i], call, abi.encodeWithSelector(ISeats.SeatsUnauthorized.selector, callers[i]));
        }
    }

    function _tokenOf(PersonId person) private pure returns (uint256) {
        return uint256(PersonId.unwrap(person));
    }

    function _delegationDigest(string memory name, ISeats seats, address delegatee) private view returns (bytes32) {
        bytes32 domain = domainOf(name, address(seats));
        bytes32 message = keccak256(
            abi.encode(
                keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)"),
                delegatee,
                0,
                uint256(time())
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, message));
    }
}
