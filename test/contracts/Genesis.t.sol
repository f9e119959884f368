// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {Certificate, Committees, Genesis, IRules} from "../../contracts/interfaces/IRules.sol";
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
        IRules founded = IRules(deploy(rulesCode(committees(), address(registry), founding)));
        bytes memory data = abi.encode(block.chainid, address(founded), committees(), address(registry), founding);
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
            abi.encode(block.chainid, address(founded), rules)
        );
        vm.assertEq(address(founded.RULES()), address(rules));
    }

    function testEveryPersonOfTheGenesisHasRolesDomainsAndCertificates() public view {
        vm.assertEq(rules.standingOf(ada.id).roles, bits(Role.ResponsibleAIOfficer));
        vm.assertEq(rules.standingOf(noor.id).certifiedUntil, FOUNDED_AT + 7 days);
        vm.assertEq(rules.standingOf(grace.id).roles, 0);
        vm.assertEq(rules.isCleared(grace.id), true);
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
        bytes memory problem = abi.encodeWithSelector(IRules.RulesZeroAddress.selector);
        Committees memory voices = committees();
        voices.assemblyTimelock = address(0);
        refusesToDeploy(rulesCode(voices, address(registry), genesis()), problem);
        voices = committees();
        voices.oversightTimelock = address(0);
        refusesToDeploy(rulesCode(voices, address(registry), genesis()), problem);
        voices = committees();
        voices.emergencyTimelock = address(0);
        refusesToDeploy(rulesCode(voices, address(registry), genesis()), problem);
        refusesToDeploy(rulesCode(committees(), address(0), genesis()), problem);
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
        refusesToDeploy(seatsCode("Two", false, two), abi.encodeWithSelector(ISeats.SeatsTooFew.selector, 2, 3));
    }

    function testRefusesASeatForNobody() public {
        PersonId[] memory members = oversightMembers();
        members[2] = stranger.id;
        refusesToDeploy(
            seatsCode("Three", false, members),
            abi.encodeWithSelector(ISeats.SeatsPersonWithoutAccount.selector, stranger.id)
        );
    }

    function testRefusesQuorumsThatAreNone() public {
        _refusesQuorums(0, 3);
        _refusesQuorums(3, 2);
        deploy(_committeeOf(3, 3));
    }

    function _refusesQuorums(uint208 quorum, uint208 superQuorum) private {
        refusesToDeploy(
            _committeeOf(quorum, superQuorum),
            abi.encodeWithSelector(ICommittee.CommitteeInvalidQuorums.selector, quorum, superQuorum)
        );
    }

    function _committeeOf(uint208 quorum, uint208 superQuorum) private view returns (bytes memory) {
        return
            committeeCode(
                "Quorums",
                oversightSeats,
                oversightTimelock,
                CommitteeSettings(0, 1 days, 0, 1 days, quorum, superQuorum),
                new Scope[](0)
            );
    }

    function _refusesGenesis(Genesis memory founding, bytes memory problem) private {
        refusesToDeploy(rulesCode(committees(), address(registry), founding), problem);
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
