// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Votes} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IRules} from "../interfaces/IRules.sol";
import {PersonId, Role} from "../types/Types.sol";

/// @title The seats of a committee
/// @notice One seat belongs to one person: the token's id is the person's id, its owner the person's current key. It
/// cannot be transferred; it follows the person's key.
contract Seats is ERC721Votes {
    error SeatsUnauthorized(address caller);
    error SeatsNotTransferable();
    error SeatsNotDelegable();
    error SeatsPersonWithoutAccount(PersonId person);
    error SeatsPersonCleared(PersonId person);
    error SeatsTooFew(uint256 seats, uint256 fewest);

    /// @notice A committee never has fewer seats than this once it has been set up.
    uint256 public constant FEWEST_SEATS = 3;

    /// @notice The people whose seats these are.
    IRules public immutable RULES;

    /// @notice Whether a seat's vote may be delegated: in the Assembly only.
    bool public immutable DELEGABLE;

    uint256 private _seats;

    constructor(
        string memory name,
        string memory symbol,
        IRules rules,
        bool delegable,
        PersonId[] memory people
    ) ERC721(name, symbol) EIP712(name, "1") {
        if (people.length < FEWEST_SEATS) revert SeatsTooFew(people.length, FEWEST_SEATS);
        RULES = rules;
        DELEGABLE = delegable;
        for (uint256 i; i < people.length; ++i) _grant(people[i]);
    }

    /// @notice The Assembly gives a person a seat.
    function grant(PersonId person) external {
        _onlyAssembly();
        _grant(person);
    }

    /// @notice The Assembly takes a person's seat.
    function withdraw(PersonId person) external {
        _onlyAssembly();
        _take(person);
    }

    /// @notice Anyone clears the seat of a person who is suspended or whose certificate has lapsed.
    function clear(PersonId person) external {
        if (RULES.isCleared(person)) revert SeatsPersonCleared(person);
        _take(person);
    }

    /// @notice Anyone moves a seat to its person's current key. Until then the seat has no vote: the old key is nobody's.
    function follow(PersonId person) external {
        _requireOwned(_tokenOf(person));
        _update(_accountOf(person), _tokenOf(person), address(0));
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
        if (_seats == FEWEST_SEATS) revert SeatsTooFew(_seats - 1, FEWEST_SEATS);
        --_seats;
        _burn(_tokenOf(person));
    }

    /// @dev `auth` is zero in mints, burns and {follow} only; a transfer passes its caller.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        if (auth != address(0)) revert SeatsNotTransferable();
        from = super._update(to, tokenId, auth);
        if (to != address(0) && delegates(to) == address(0)) super._delegate(to, to);
    }

    function _delegate(address account, address delegatee) internal override(Votes) {
        if (!DELEGABLE) revert SeatsNotDelegable();
        super._delegate(account, delegatee);
    }

    function _onlyAssembly() private view {
        if (msg.sender != RULES.committee(Role.Assembly)) revert SeatsUnauthorized(msg.sender);
    }

    function _accountOf(PersonId person) private view returns (address account) {
        account = RULES.accountOf(person);
        if (account == address(0)) revert SeatsPersonWithoutAccount(person);
    }

    function _tokenOf(PersonId person) private pure returns (uint256) {
        return uint256(PersonId.unwrap(person));
    }
}
