// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {PersonId, Role} from "../../contracts/types/Types.sol";
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
            (, address account) = rules.keyOf(members[i]);
            vm.assertEq(oversightSeats.ownerOf(_tokenOf(members[i])), account);
            vm.assertEq(oversightSeats.getVotes(account), 1);
            vm.assertEq(oversightSeats.delegates(account), account);
        }
        vm.assertEq(address(oversightSeats.RULES()), address(rules));
        vm.assertEq(oversightSeats.FEWEST_SEATS(), 3);
        vm.assertEq(oversightSeats.CLEARING_GRACE(), 30 days);
        vm.assertEq(oversightSeats.COMMITTEE(), address(oversightCommittee));
        vm.assertEq(assemblySeats.ASSEMBLY(), true);
        vm.assertEq(oversightSeats.ASSEMBLY(), false);
        vm.assertEq(oversightSeats.holds(grace.id), true);
        vm.assertEq(oversightSeats.holds(jonas.id), false);
        vm.assertEq(oversightSeats.holds(PersonId.wrap(0)), false);
    }

    function testVotesAreCountedByTime() public {
        vm.assertEq(oversightSeats.CLOCK_MODE(), "mode=timestamp");
        vm.assertEq(oversightSeats.clock(), time());
        pass(1);
        vm.assertEq(oversightSeats.getPastVotes(grace.account, FOUNDED_AT), 1);
    }

    function testNoCommitteeIsFoundedWithFewerThanThreeSeats() public {
        PersonId[] memory two = new PersonId[](2);
        (two[0], two[1]) = (grace.id, hiro.id);
        refusesToDeploy(
            seatsCode("Two", address(oversightCommittee), false, two),
            abi.encodeWithSelector(ISeats.SeatsTooFew.selector, 2, 3)
        );
        PersonId[] memory twice = oversightMembers();
        twice[1] = twice[0];
        refusesToDeploy(
            seatsCode("Twice", address(oversightCommittee), false, twice),
            abi.encodeWithSelector(IERC721Errors.ERC721InvalidSender.selector, address(0))
        );
    }

    // Grants

    function testTheAssemblyGrantsASeat() public {
        bytes memory call = abi.encodeCall(ISeats.grant, (maya.id));
        _refusesAllButTheAssembly(call);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        vm.assertEq(oversightSeats.totalSeats(), 4);
        vm.assertEq(oversightSeats.holds(maya.id), true);
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
            abi.encodeWithSelector(ISeats.SeatsPersonNotCleared.selector, stranger.id)
        );
        PersonId withoutAccount = appoint(abi.encodePacked(new Verifier(), keccak256("key")), 0);
        certify(withoutAccount, FOR_GOOD);
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
        vm.assertEq(oversightSeats.holds(hiro.id), false);
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

    function testNeverFewerThanTheCommitteeNeedsToDecide() public {
        // Five of nine are its majority; eight of nine its super-quorum.
        vm.assertEq(assemblyCommittee.fewestSeats(), 9);
        PersonId[] memory members = assemblyMembers();
        for (uint256 i; i < 3; ++i) {
            vm.prank(assemblyTimelock);
            assemblySeats.withdraw(members[i]);
        }
        bytes memory tooFew = abi.encodeWithSelector(ISeats.SeatsTooFew.selector, 8, 9);
        bytes memory call = abi.encodeCall(ISeats.withdraw, (members[3]));
        refuses(assemblyTimelock, address(assemblySeats), call, tooFew);
        // Suspended in the Assembly, the fourth would lose the seat too.
        refuses(
            assemblyTimelock,
            address(rules),
            abi.encodeCall(IRules.suspend, (members[3], FOR_GOOD, Role.Assembly, DOCUMENT)),
            tooFew
        );
        // The super-quorum alone may ask for more than the majority does.
        vm.prank(assemblyTimelock);
        assemblyCommittee.setQuorums(3, 9);
        vm.assertEq(assemblyCommittee.fewestSeats(), 9);
        refuses(assemblyTimelock, address(assemblySeats), call, tooFew);
        vm.prank(assemblyTimelock);
        assemblyCommittee.setQuorums(3, 8);
        vm.assertEq(assemblyCommittee.fewestSeats(), 8);
        does(assemblyTimelock, address(assemblySeats), call);
        vm.assertEq(assemblySeats.totalSeats(), 8);
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
        suspend(hiro.id, FOR_GOOD);
        vm.prank(stranger.account);
        oversightSeats.clear(hiro.id);
        certify(ines.id, time());
        pass(30 days - 1);
        _refuses(
            stranger.account,
            abi.encodeCall(ISeats.clear, (ines.id)),
            abi.encodeWithSelector(ISeats.SeatsPersonCleared.selector, ines.id)
        );
        pass(1);
        vm.prank(stranger.account);
        oversightSeats.clear(ines.id);
        vm.assertEq(oversightSeats.totalSeats(), 3);
        vm.assertEq(oversightSeats.getVotes(hiro.account), 0);
        vm.assertEq(oversightSeats.getVotes(ines.account), 0);
        // The other committees' seats are not touched.
        vm.assertEq(emergencySeats.getVotes(ines.account), 1);
    }

    function testASeatOfTheAssemblyNeedsNoCertificate() public {
        certify(ada.id, time());
        pass(1000 days);
        bytes memory call = abi.encodeCall(ISeats.clear, (ada.id));
        refuses(
            stranger.account,
            address(assemblySeats),
            call,
            abi.encodeWithSelector(ISeats.SeatsPersonCleared.selector, ada.id)
        );
    }

    function testASuspensionInTheAssemblyTakesTheSeatAtOnce() public {
        suspend(ada.id, time() + 1);
        vm.assertEq(assemblySeats.holds(ada.id), false);
        vm.assertEq(assemblySeats.totalSeats(), 11);
        vm.assertEq(assemblySeats.getVotes(ada.account), 0);
        // It is the Assembly's to give back, once the suspension is over.
        bytes memory call = abi.encodeCall(ISeats.grant, (ada.id));
        bytes memory problem = abi.encodeWithSelector(ISeats.SeatsPersonNotCleared.selector, ada.id);
        refuses(assemblyTimelock, address(assemblySeats), call, problem);
        pass(1);
        does(assemblyTimelock, address(assemblySeats), call);
        vm.assertEq(assemblySeats.holds(ada.id), true);
    }

    function testGrantsNoSeatThatAnyoneCouldClear() public {
        certify(maya.id, time() - 30 days);
        _refuses(
            assemblyTimelock,
            abi.encodeCall(ISeats.grant, (maya.id)),
            abi.encodeWithSelector(ISeats.SeatsPersonNotCleared.selector, maya.id)
        );
        certify(maya.id, time() - 30 days + 1);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(maya.id);
        vm.assertEq(oversightSeats.holds(maya.id), true);
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

    function testEverySeatFollowsItsPersonsKeyAtOnce() public {
        Person memory renewed = rotate(ines, "Ines's new key");
        ISeats[3] memory all = [assemblySeats, oversightSeats, emergencySeats];
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(all[i].ownerOf(_tokenOf(ines.id)), renewed.account);
            vm.assertEq(all[i].getVotes(ines.account), 0);
            vm.assertEq(all[i].balanceOf(ines.account), 0);
            vm.assertEq(all[i].getVotes(renewed.account), 1);
            vm.assertEq(all[i].delegates(renewed.account), renewed.account);
        }
        vm.assertEq(oversightSeats.totalSeats(), 3);
        // By hand it has nowhere to go.
        vm.prank(stranger.account);
        oversightSeats.follow(ines.id);
        vm.assertEq(oversightSeats.getVotes(renewed.account), 1);
    }

    function testTheSeatsOfOthersStayWhereTheyAre() public {
        rotate(hiro, "Hiro's new key");
        vm.assertEq(oversightSeats.ownerOf(_tokenOf(grace.id)), grace.account);
        vm.assertEq(emergencySeats.holds(hiro.id), false);
        vm.assertEq(emergencySeats.totalSeats(), 4);
    }

    function testASeatFollowsARecoveredKey() public {
        Person memory renewed = someone("Hiro's new key");
        bytes memory signer = abi.encodePacked(renewed.account);
        vm.prank(assemblyTimelock);
        rules.startRecovery(hiro.id, signer, DOCUMENT);
        pass(7 days);
        rules.recover(hiro.id, signer, sign(renewed, rules.rotationDigest(hiro.id, signer, 0)));
        vm.assertEq(oversightSeats.ownerOf(_tokenOf(hiro.id)), renewed.account);
        vm.assertEq(assemblySeats.ownerOf(_tokenOf(hiro.id)), renewed.account);
        vm.assertEq(oversightSeats.getVotes(hiro.account), 0);
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

    function testWhoHasASeatChangesToAnAccountOnly() public {
        Verifier verifier = new Verifier();
        bytes memory signer = abi.encodePacked(verifier, verifier.keyOf(stranger.account));
        Person[2] memory people = [hiro, liam];
        for (uint256 i; i < 2; ++i) {
            bytes memory signature = sign(stranger, rules.rotationDigest(people[i].id, signer, 0));
            bytes memory current = abi.encodePacked(people[i].account);
            refuses(
                people[i].account,
                address(rules),
                abi.encodeCall(IRules.rotate, (current, "", signer, signature)),
                abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, people[i].id)
            );
            vm.assertEq(assemblySeats.getVotes(people[i].account), 1);
        }
        // Without a seat any key will do.
        bytes memory consent = sign(stranger, rules.rotationDigest(maya.id, signer, 0));
        bytes memory own = abi.encodePacked(maya.account);
        does(maya.account, address(rules), abi.encodeCall(IRules.rotate, (own, "", signer, consent)));
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

    function testNoVoteIsDelegated() public {
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
