// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lens} from "../../contracts/Lens.sol";
import {IRegistry, Predecessor} from "../../contracts/interfaces/IRegistry.sol";
import {Body, Certificate, Committees, Genesis, IRules} from "../../contracts/interfaces/IRules.sol";
import {AuditChain} from "../../contracts/libraries/AuditChain.sol";
import {Matrix, policyFloor} from "../../contracts/types/Matrix.sol";
import {Action, EnvironmentId, PRODUCTION, PersonId, Role, Stage} from "../../contracts/types/Types.sol";
import {CommitteeSettings, ICommittee, ISeats, ITimelock, Scope} from "./Governance.sol";
import {Society, Trace} from "./Society.sol";
import {RecordedLog, vm} from "./Vm.sol";

/// @notice What the constructors refuse, and what they commit to.
contract GenesisTest is Society {
    function testTheGenesisOfRulesCommitsToEverything() public {
        Genesis memory founding = genesis();
        vm.recordLogs();
        IRules founded = IRules(deploy(rulesCode(committees, address(registry), founding)));
        bytes memory data = abi.encode(block.chainid, address(founded), committees, address(registry), founding);
        _leftOnly(
            address(founded),
            founded.head(),
            Trace(Action.Genesis, voice(assemblyTimelock), Role.Assembly, 0, DOCUMENT, 0),
            data
        );
    }

    function testTheGenesisOfTheRegistryCommitsToItsRules() public {
        vm.recordLogs();
        IRegistry founded = IRegistry(deploy(registryCode(rules, DOCUMENT)));
        _leftOnly(
            address(founded),
            founded.head(),
            Trace(Action.Genesis, voice(address(rules)), Role.None, 0, DOCUMENT, 0),
            abi.encode(block.chainid, address(founded), rules, Predecessor(0, address(0), 0))
        );
        vm.assertEq(address(founded.RULES()), address(rules));
    }

    function testTheGenesisOfASuccessorCommitsToItsPredecessorsHead() public {
        Predecessor memory predecessor = Predecessor(1, address(registry), registry.head());
        vm.recordLogs();
        IRegistry founded = IRegistry(
            deploy(
                abi.encodePacked(
                    vm.getCode("contracts/Registry.sol:Registry"),
                    abi.encode(rules, DOCUMENT, predecessor)
                )
            )
        );
        _leftOnly(
            address(founded),
            founded.head(),
            Trace(Action.Genesis, voice(address(rules)), Role.None, 0, DOCUMENT, 0),
            abi.encode(block.chainid, address(founded), rules, predecessor)
        );
    }

    function testEveryPersonOfTheGenesisHasRolesDomainsAndCertificates() public view {
        vm.assertEq(rules.standing(ada.id).roles, bits(Role.ResponsibleAIOfficer));
        vm.assertEq(expiryOf(noor.id), FOUNDED_AT + 7 days);
        vm.assertEq(rules.standing(grace.id).roles, 0);
        vm.assertEq(isCleared(grace.id), true);
        vm.assertEq(rules.leads(chloe.id, SPEECH), true);
        vm.assertEq(rules.leads(ada.id, SPEECH), false);
    }

    function testACommitteeSpeaksThroughItsTimelock() public view {
        vm.assertEq(rules.committee(Role.Assembly), assemblyTimelock);
        vm.assertEq(rules.committee(Role.OversightCommittee), oversightTimelock);
        vm.assertEq(rules.committee(Role.EmergencyCommittee), emergencyTimelock);
        vm.assertEq(rules.committee(Role.ResponsibleAIOfficer), address(0));
        vm.assertEq(rules.committee(Role.None), address(0));
    }

    function testNobodyButItsCommitteeHasARightOverATimelock() public view {
        _governedBy(assemblyTimelock, address(assemblyCommittee), 1 days);
        _governedBy(oversightTimelock, address(oversightCommittee), 1 hours);
        _governedBy(emergencyTimelock, address(emergencyCommittee), 0);
    }

    // Rules

    function testRefusesAnAddressThatIsNone() public {
        _refusesBodyAt(0);
        _refusesBodyAt(1);
        _refusesBodyAt(2);
        bytes memory problem = abi.encodeWithSelector(IRules.RulesZeroAddress.selector);
        refusesToDeploy(rulesCode(committees, address(0), genesis()), problem);
        refusesToDeploy(
            registryCode(IRules(address(0)), DOCUMENT),
            abi.encodeWithSelector(IRegistry.RegistryZeroAddress.selector)
        );
        refusesToDeploy(
            abi.encodePacked(vm.getCode("contracts/Lens.sol:Lens"), abi.encode(address(0))),
            abi.encodeWithSelector(Lens.LensZeroAddress.selector)
        );
        refusesToDeploy(
            seatsCode("None", address(0), false, oversightMembers()),
            abi.encodeWithSelector(ISeats.SeatsZeroAddress.selector)
        );
        refusesToDeploy(
            abi.encodePacked(
                vm.getCode("contracts/governance/Seats.sol:Seats"),
                abi.encode("None", "KEDGE", address(0), oversightCommittee, false, oversightMembers())
            ),
            abi.encodeWithSelector(ISeats.SeatsZeroAddress.selector)
        );
        _refusesCommittee(ISeats(address(0)), oversightTimelock, assemblyTimelock);
        _refusesCommittee(oversightSeats, address(0), assemblyTimelock);
        _refusesCommittee(oversightSeats, oversightTimelock, address(0));
    }

    function testRefusesListsThatDoNotMatch() public {
        Genesis memory founding = genesis();
        founding.stages = new Stage[](0);
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesLengthMismatch.selector, 1, 0));
        founding = genesis();
        founding.environments = new EnvironmentId[](0);
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesLengthMismatch.selector, 0, 1));
        founding = genesis();
        uint256 people = founding.people.length;
        founding.certificates = new Certificate[](0);
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesLengthMismatch.selector, people, 0));
    }

    function testRefusesAnEnvironmentOfTheGenesisTwiceOrWithoutAStage() public {
        Genesis memory founding = genesis();
        founding.environments[0] = PRODUCTION;
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesEnvironmentExists.selector, PRODUCTION));
        founding = genesis();
        founding.stages[0] = Stage.Development;
        _refusesGenesis(
            founding,
            abi.encodeWithSelector(IRules.RulesStageWithoutEnvironment.selector, Stage.Development)
        );
    }

    function testRefusesAMatrixOfTheGenesisBelowTheFloorOrOfUnknownRoles() public {
        Genesis memory founding = genesis();
        founding.matrix = Matrix.wrap(Matrix.unwrap(policyFloor()) & ~uint192(bits(Role.TechnicalLead)));
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesMatrixBelowFloor.selector, founding.matrix));
        founding.matrix = Matrix.wrap(Matrix.unwrap(policyFloor()) | 1);
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesMatrixUnknownRoles.selector, founding.matrix));
    }

    function testRefusesPeopleOfTheGenesisAsItRefusesAppointments() public {
        Genesis memory founding = genesis();
        founding.people[1].signer = founding.people[0].signer;
        _refusesGenesis(
            founding,
            abi.encodeWithSelector(IRules.RulesKeyTaken.selector, keccak256(founding.people[0].signer))
        );
        founding = genesis();
        founding.people[1].signer = "";
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesMalformedSigner.selector, bytes("")));
        founding = genesis();
        founding.people[1].roles = bits(Role.Assembly);
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesUnknownRoles.selector, bits(Role.Assembly)));
    }

    function testRefusesAGenesisWithoutAPolicy() public {
        Genesis memory founding = genesis();
        founding.document = 0;
        _refusesGenesis(founding, abi.encodeWithSelector(IRules.RulesEmptyDocument.selector));
        refusesToDeploy(registryCode(rules, 0), abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector));
    }

    // Committees and seats

    function testRefusesACommitteeOfFewerThanThree() public {
        PersonId[] memory two = new PersonId[](2);
        (two[0], two[1]) = (ada.id, ben.id);
        refusesToDeploy(
            seatsCode("Two", address(oversightCommittee), false, two),
            abi.encodeWithSelector(ISeats.SeatsTooFew.selector, 2, 3)
        );
    }

    function testRefusesASeatForNobody() public {
        PersonId[] memory members = oversightMembers();
        members[2] = stranger.id;
        refusesToDeploy(
            seatsCode("Three", address(oversightCommittee), false, members),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, stranger.id)
        );
    }

    function testRefusesQuorumsThatAreNone() public {
        _refusesQuorums(0, 3);
        // Nobody is a committee alone.
        _refusesQuorums(1, 1);
        _refusesQuorums(1, 3);
        _refusesQuorums(2, 1);
        // At most a majority of the seats, and at most all of them.
        _refusesQuorums(3, 3);
        _refusesQuorums(2, 4);
        deploy(_committeeOf(2, 3));
        deploy(_committeeOf(2, 2));
    }

    /// @dev Each of a committee's three addresses.
    function _refusesBodyAt(uint256 committee) private {
        for (uint256 part; part < 3; ++part) {
            Committees memory voices = committees;
            Body memory body = voices.assemblyBody;
            if (committee == 1) body = voices.oversightBody;
            if (committee == 2) body = voices.emergencyBody;
            if (part == 0) body.timelock = address(0);
            if (part == 1) body.governor = address(0);
            if (part == 2) body.seats = address(0);
            refusesToDeploy(
                rulesCode(voices, address(registry), genesis()),
                abi.encodeWithSelector(IRules.RulesZeroAddress.selector)
            );
        }
    }

    function _refusesQuorums(uint104 quorum, uint104 superQuorum) private {
        refusesToDeploy(
            _committeeOf(quorum, superQuorum),
            abi.encodeWithSelector(ICommittee.CommitteeInvalidQuorums.selector, quorum, superQuorum, 3)
        );
    }

    function _refusesCommittee(ISeats seats, address timelock, address governing) private {
        CommitteeSettings memory settings = CommitteeSettings(0, 1 days, 0, 1 days, 2, 3, 0);
        refusesToDeploy(
            abi.encodePacked(
                vm.getCode("contracts/governance/Committee.sol:Committee"),
                abi.encode("None", seats, timelock, governing, settings, new Scope[](0))
            ),
            abi.encodeWithSelector(ICommittee.CommitteeZeroAddress.selector)
        );
    }

    function _committeeOf(uint104 quorum, uint104 superQuorum) private view returns (bytes memory) {
        return
            committeeCode(
                "Quorums",
                oversightSeats,
                oversightTimelock,
                CommitteeSettings(0, 1 days, 0, 1 days, quorum, superQuorum, 0),
                new Scope[](0)
            );
    }

    function _refusesGenesis(Genesis memory founding, bytes memory problem) private {
        refusesToDeploy(rulesCode(committees, address(registry), founding), problem);
    }

    function _governedBy(address timelock, address committee, uint256 delay) private view {
        bytes32[3] memory rights = [
            keccak256("PROPOSER_ROLE"),
            keccak256("EXECUTOR_ROLE"),
            keccak256("CANCELLER_ROLE")
        ];
        address[5] memory others = [address(this), ada.account, address(0), timelock, assemblyTimelock];
        for (uint256 i; i < rights.length; ++i) {
            vm.assertEq(ITimelock(timelock).hasRole(rights[i], committee), true);
            for (uint256 j; j < others.length; ++j) {
                vm.assertEq(ITimelock(timelock).hasRole(rights[i], others[j]), false);
            }
        }
        vm.assertEq(ITimelock(timelock).hasRole(0, address(this)), false);
        vm.assertEq(ITimelock(timelock).hasRole(0, committee), false);
        vm.assertEq(ITimelock(timelock).hasRole(0, timelock), true);
        vm.assertEq(ITimelock(timelock).getMinDelay(), delay);
    }

    function _leftOnly(address log, bytes32 head, Trace memory trace, bytes memory data) private {
        RecordedLog[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1);
        vm.assertEq(logs[0].emitter, log);
        vm.assertEq(logs[0].topics[0], AuditChain.Logged.selector);
        vm.assertEq(logs[0].topics[1], bytes32(uint256(trace.action)));
        vm.assertEq(logs[0].topics[2], trace.actor);
        vm.assertEq(logs[0].topics[3], trace.subject);
        vm.assertEq(logs[0].data, abi.encode(trace.authority, trace.document, trace.systems, data));
        vm.assertEq(head, headAfter(0, trace, data));
    }
}
