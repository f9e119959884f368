// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Votes} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IRules} from "../interfaces/IRules.sol";
import {PersonId, Role} from "../types/Types.sol";

/// @notice What a committee's seats need to know of it.
interface IQuorums {
    /// @notice The fewest seats with which it can decide.
    function fewestSeats() external view returns (uint256);
}

/// @title The seats of a committee
/// @notice One seat belongs to one person: the token's id is the person's id, its owner the person's current key. It
/// cannot be transferred; it follows the person's key.
contract Seats is ERC721Votes {
    error SeatsZeroAddress();
    error SeatsUnauthorized(address caller);
    error SeatsNotTransferable();
    error SeatsNotDelegable();
    error SeatsPersonWithoutAccount(PersonId person);
    error SeatsPersonNotCleared(PersonId person);
    error SeatsPersonCleared(PersonId person);
    error SeatsTooFew(uint256 seats, uint256 fewest);

    /// @notice A committee never has fewer seats than this.
    uint256 public constant FEWEST_SEATS = 3;

    /// @notice How long after a certificate has lapsed its holder's seat is safe.
    uint40 public constant CLEARING_GRACE = 30 days;

    /// @notice The people whose seats these are.
    IRules public immutable RULES;

    /// @notice Where the seats vote: it knows how many it needs.
    IQuorums public immutable COMMITTEE;

    /// @notice Whether these are the Assembly's. They need no certificate: were it otherwise, certificates that lapse
    /// together would leave nobody to renew them.
    bool public immutable ASSEMBLY;

    uint256 private _seats;

    constructor(
        string memory name,
        string memory symbol,
        IRules rules,
        IQuorums committee,
        bool assembly_,
        PersonId[] memory people
    ) ERC721(name, symbol) EIP712(name, "1") {
        if (address(rules) == address(0) || address(committee) == address(0)) revert SeatsZeroAddress();
        if (people.length < FEWEST_SEATS) revert SeatsTooFew(people.length, FEWEST_SEATS);
        RULES = rules;
        COMMITTEE = committee;
        ASSEMBLY = assembly_;
        for (uint256 i; i < people.length; ++i) _grant(people[i]);
    }

    /// @notice The Assembly gives a person a seat, unless anyone could clear it at once.
    function grant(PersonId person) external {
        _onlyAssembly();
        if (!_isSafe(person)) revert SeatsPersonNotCleared(person);
        _grant(person);
    }

    /// @notice The Assembly takes a person's seat.
    function withdraw(PersonId person) external {
        _onlyAssembly();
        _take(person);
    }

    /// @notice Anyone takes, by clearing it, the seat of a person who is not cleared: suspended or, except in the Assembly, with
    /// a certificate that lapsed 30 days ago or earlier. Rules does so itself when the Assembly suspends one of its own.
    function clear(PersonId person) external {
        if (_isSafe(person)) revert SeatsPersonCleared(person);
        _take(person);
    }

    /// @notice Anyone moves a seat to its person's current key. Rules does so whenever a key changes.
    function follow(PersonId person) external {
        _requireOwned(_tokenOf(person));
        _update(_accountOf(person), _tokenOf(person), address(0));
    }

    /// @notice Whether a person holds a seat.
    function holds(PersonId person) external view returns (bool) {
        return _ownerOf(_tokenOf(person)) != address(0);
    }

    /// @notice How many seats there are.
    function totalSeats() external view returns (uint256) {
        return _seats;
    }

    /// @notice Votes are counted by time (ERC-6372): block times differ from chain to chain.
    function clock() public view override returns (uint48) {
        return SafeCast.toUint48(block.timestamp);
    }

    /// @notice See ERC-6372.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function _grant(PersonId person) private {
        ++_seats;
        _mint(_accountOf(person), _tokenOf(person));
    }

    function _take(PersonId person) private {
        uint256 fewest = Math.max(FEWEST_SEATS, COMMITTEE.fewestSeats());
        if (_seats <= fewest) revert SeatsTooFew(_seats - 1, fewest);
        --_seats;
        _burn(_tokenOf(person));
    }

    /// @dev `auth` is zero in mints, burns and {follow} only; a transfer passes its caller.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        if (auth != address(0)) revert SeatsNotTransferable();
        from = super._update(to, tokenId, auth);
        if (to != address(0) && delegates(to) == address(0)) super._delegate(to, to);
    }

    /// @dev Nobody lends a vote: who has voted could lend it to someone else, where it would count again.
    function _delegate(address, address) internal pure override(Votes) {
        revert SeatsNotDelegable();
    }

    function _isSafe(PersonId person) private view returns (bool) {
        return RULES.isCleared(person, ASSEMBLY ? type(uint40).max : CLEARING_GRACE);
    }

    function _onlyAssembly() private view {
        if (msg.sender != RULES.committee(Role.Assembly)) revert SeatsUnauthorized(msg.sender);
    }

    function _accountOf(PersonId person) private view returns (address account) {
        (, account) = RULES.keyOf(person);
        if (account == address(0)) revert SeatsPersonWithoutAccount(person);
    }

    function _tokenOf(PersonId person) private pure returns (uint256) {
        return uint256(PersonId.unwrap(person));
    }
}
