// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Appointment} from "../../../contracts/interfaces/IRules.sol";
import {Rollback} from "../../../contracts/interfaces/IRegistry.sol";
import {ActiveWord} from "../../../contracts/types/ActiveWord.sol";
import {Matrix} from "../../../contracts/types/Matrix.sol";
import {
    DomainId,
    Incident,
    Model,
    PersonId,
    Risk,
    Role,
    Stage,
    Standing,
    Trigger,
    VersionId
} from "../../../contracts/types/Types.sol";
import {VersionWord} from "../../../contracts/types/VersionWord.sol";
import {ICommittee, ISeats, ITimelock} from "../Governance.sol";
import {Motion} from "../Society.sol";
import {vm} from "../Vm.sol";
import {Aim} from "./Aims.sol";
import {GhostPerson, GhostPlace, GhostVersion} from "./Ghost.sol";
import {HostileActs} from "./HostileActs.sol";

/// @title The contracts held against the ghost, for each invariant
abstract contract Invariants is HostileActs {
    bytes32 private constant ADMIN = 0;
    bytes32 private constant PROPOSER = keccak256("PROPOSER_ROLE");
    bytes32 private constant CANCELLER = keccak256("CANCELLER_ROLE");
    bytes32 private constant EXECUTOR = keccak256("EXECUTOR_ROLE");

    function setUp() public override {
        super.setUp();
        _seed(1);
        _furnish();
    }

    /// @dev A town that has lived a while, so that runs begin where it matters.
    function _furnish() private {
        for (uint256 i; models.length < 4; ++i) this.createsModel(i);
        for (uint256 i; i < 24; ++i) this.configuresModel(i);
        for (uint256 i; versions.length < 10; ++i) this.registers(i);
        for (uint256 i; _inProduction() < 6; ++i) {
            this.promotes(i);
            if (i % 4 == 0) pass(8 hours);
            if (i % 4 == 2) this.activates(i);
        }
        for (uint256 i; versions.length < 14; ++i) this.registers(100 + i);
        // A model that nothing has run of.
        for (uint256 i; models.length < 5; ++i) this.createsModel(100 + i);
        for (uint256 i; !_allHaveSchemas(); ++i) this.configuresModel(100 + i);
        for (uint256 i; relics.length < 3; ++i) this.rotates(i);
        for (uint256 i; people.length < 20; ++i) this.appoints(i);
        for (uint256 i; _developers() < 2; ++i) this.changesRoles(100 + i);
        for (uint256 i; !_leadsElsewhere(); ++i) this.changesRoles(i);
        _bringsSomethingNew();
        _begins();
        // What has been carried until now are registrations, steps and rotations: what a run itself carries is sent again.
        delete carriedCalls;
        delete carriedTo;
    }

    /// @dev A version of high risk, the first of its model, that stands before Production.
    function _bringsSomethingNew() private {
        uint256 novel;
        for (uint256 i = 200; novel == 0; ++i) {
            this.registers(i);
            uint256 last = versions.length - 1;
            bool free = labels[versions[last].model][versions[last].identity.label] == 0;
            if (free && !models[versions[last].model].introduced && versions[last].stage == Stage.Development)
                novel = last;
        }
        while (effective(novel) < Risk.High) _raises(novel);
        while (versions[novel].stage < Stage.Staging) _promote(novel);
    }

    function _allHaveSchemas() private view returns (bool) {
        for (uint256 i = 1; i < models.length; ++i) if (models[i].satisfies.length == 0) return false;
        return true;
    }

    function _leadsElsewhere() private view returns (bool) {
        for (uint256 i = 1; i < people.length; ++i) {
            if (mayServe(i, Role.DomainLead, false).broken == 0 && !people[i].leads) return true;
        }
        return false;
    }

    function _developers() private view returns (uint256 count) {
        for (uint256 i = 1; i < people.length; ++i) if (mayServe(i, Role.ModelDeveloper, false).broken == 0) ++count;
    }

    function _inProduction() private view returns (uint256 count) {
        for (uint256 i = 1; i < versions.length; ++i) if (versions[i].stage == Stage.Production) ++count;
    }

    // What the machine may call

    function acts() public pure returns (bytes4[] memory all) {
        bytes4[37] memory listed = [
            this.createsModel.selector,
            this.configuresModel.selector,
            this.closesModel.selector,
            this.registers.selector,
            this.promotes.selector,
            this.promotesAgain.selector,
            this.consents.selector,
            this.changesRisk.selector,
            this.recordsDefect.selector,
            this.endsVersion.selector,
            this.activates.selector,
            this.rollsBack.selector,
            this.overrules.selector,
            this.halts.selector,
            this.resumes.selector,
            this.lapses.selector,
            this.reports.selector,
            this.closesIncident.selector,
            this.appoints.selector,
            this.changesRoles.selector,
            this.certifies.selector,
            this.renews.selector,
            this.suspends.selector,
            this.reinstates.selector,
            this.recordsViolation.selector,
            this.sanctions.selector,
            this.rotates.selector,
            this.recovers.selector,
            this.startsEpoch.selector,
            this.reviews.selector,
            this.addsEnvironment.selector,
            this.changesSeats.selector,
            this.proposes.selector,
            this.votes.selector,
            this.executes.selector,
            this.passesTime.selector,
            this.replays.selector
        ];
        all = new bytes4[](listed.length + 2);
        for (uint256 i; i < listed.length; ++i) all[i] = listed[i];
        all[listed.length] = this.knocks.selector;
        all[listed.length + 1] = this.meddles.selector;
    }

    // The invariants

    function versionsNeverChange() public view {
        _requireWhole(1);
        for (uint256 i = 1; i < versions.length; ++i) {
            GhostVersion storage known = versions[i];
            (bytes32 manifestDigest, VersionWord found) = registry.version(known.id);
            // Under the ghost's own hash of everything: parent, digests and author are what the id commits to.
            vm.assertEq(manifestDigest, known.identity.manifestDigest, "manifest digest");
            vm.assertEq(found.number(), known.number, "number");
            vm.assertEq(found.schema(), known.identity.schema, "schema");
            vm.assertEq(found.model(), known.model, "model");
            bool named = labels[known.model][known.identity.label] == i;
            if (named) same(registry.numbered(known.identity.model, known.number), known.id);
            if (named) same(registry.labelHolder(known.identity.model, known.identity.label), known.id);
        }
        for (uint256 i = 1; i < models.length; ++i) {
            Model memory found = modelOf(models[i].id);
            (, DomainId domain) = registry.model(models[i].id);
            vm.assertEq(found.versions, models[i].versions, "count of versions");
            vm.assertEq(found.schemas, models[i].satisfies.length, "count of schemas");
            vm.assertEq(found.tag, i, "tag");
            vm.assertEq(DomainId.unwrap(domain), DomainId.unwrap(models[i].domain));
        }
    }

    function stagesMoveByOneWithSignOffs() public view {
        _requireWhole(2);
        for (uint256 i = 1; i < versions.length; ++i) {
            same(word(versions[i].id).stage(), versions[i].stage);
            same(word(versions[i].id).approved(), versions[i].approved);
        }
        (uint32 epoch, Matrix matrix, uint40 due) = rules.policy();
        vm.assertEq(epoch, policyEpoch, "policy epoch");
        vm.assertEq(due, reviewAt, "review");
        for (uint256 i; i < 12; ++i) {
            uint16 row = uint16(Matrix.unwrap(matrix) >> (16 * i));
            uint16 floor = floorRow(Risk(i / 3), Stage(2 + (i % 3)));
            vm.assertEq(row, matrixRows[i], "row of the matrix");
            vm.assertEq(row & floor, floor, "row below the policy's floor");
        }
    }

    function signersWereIndependentAndCleared() public view {
        _requireWhole(3);
        for (uint256 i = 1; i < people.length; ++i) {
            GhostPerson storage known = people[i];
            Standing memory found = rules.standing(known.id);
            vm.assertEq(found.roles, known.roles, "roles");
            vm.assertEq(found.signingEpoch, known.epoch, "signing epoch");
            vm.assertEq(found.suspendedUntil, known.suspendedUntil, "suspended until");
            vm.assertEq(found.suspendableFrom, known.spareUntil, "spared until");
            uint40 until = found.versioning < found.rollback ? found.versioning : found.rollback;
            vm.assertEq(until < found.incident ? until : found.incident, known.certifiedUntil, "certified until");
            vm.assertEq(found.auditRequired, known.auditRequired);
            vm.assertEq(rules.leads(known.id, SPEECH), known.leads);
        }
    }

    function riskIsNeverBelowFloorAndDeclared() public view {
        _requireWhole(4);
        for (uint256 i = 1; i < models.length; ++i) {
            Model memory found = modelOf(models[i].id);
            same(found.floor, models[i].floor);
        }
        for (uint256 i = 1; i < versions.length; ++i) {
            GhostVersion storage known = versions[i];
            VersionWord found = word(known.id);
            same(found.declared(), known.identity.risk);
            same(found.raised(), known.raised);
            Risk floor = models[known.model].floor;
            Risk risk = found.effective(floor);
            same(risk, effective(i));
            vm.assertTrue(risk >= known.identity.risk && risk >= floor, "risk below its floors");
        }
    }

    function onlyTheFitAreActive() public view {
        _requireWhole(5);
        for (uint256 i = 1; i < versions.length; ++i) {
            VersionWord found = word(versions[i].id);
            vm.assertEq(found.condemnedFrom(), versions[i].condemnedFrom, "condemned from");
            vm.assertEq(found.operatorRollbacks(), versions[i].juniors, "operators' rollbacks");
            vm.assertEq(found.released(), versions[i].released);
        }
        for (uint256 i = 1; i < models.length; ++i) {
            Model memory found = modelOf(models[i].id);
            vm.assertEq(uint256(found.state), uint256(models[i].state), "state of the model");
            vm.assertEq(found.introduced, models[i].introduced);
            vm.assertEq(found.monitored, models[i].monitored);
            for (uint256 place; place < environments.length; ++place) _requireFit(i, place);
        }
    }

    function _requireFit(uint256 model_, uint256 place) private view {
        uint256 running = places[model_][place].running;
        (VersionId active_, ActiveWord found) = registry.active(models[model_].id, environments[place]);
        same(active_, versions[running].id);
        vm.assertEq(found.number(), versions[running].number, "number of the active version");
        vm.assertEq(found.newest(), places[model_][place].newest, "newest");
        vm.assertEq(found.previous(), versions[places[model_][place].before].number, "previous");
        if (running == 0) return;
        vm.assertEq(versions[running].model, model_, "another model's version");
        vm.assertTrue(
            versions[running].stage >= stages[place] && versions[running].stage != Stage.Retired,
            "a version that has not reached the stage"
        );
    }

    function targetsWereProven() public view {
        _requireWhole(6);
        for (uint256 i = 1; i < versions.length; ++i) {
            VersionWord found = word(versions[i].id);
            for (uint256 place; place < environments.length; ++place) {
                vm.assertEq(found.provenIn(place), proven[i][place]);
            }
        }
        for (uint256 i = 1; i < models.length; ++i) {
            for (uint256 place; place < environments.length; ++place) _requireClock(i, place);
        }
    }

    function _requireClock(uint256 model_, uint256 place) private view {
        GhostPlace storage known = places[model_][place];
        (, ActiveWord found) = registry.active(models[model_].id, environments[place]);
        vm.assertEq(found.since(), known.since, "since");
        vm.assertEq(found.timer(), known.clock, "the clock of its soak time");
        vm.assertEq(found.soaked(), known.soaked);
        vm.assertEq(
            registry.operatorRollbackTime(models[model_].id, environments[place]),
            known.juniorAt,
            "an operator's rollback"
        );
    }

    function nothingCountsTwice() public view {
        _requireWhole(7);
        for (uint256 i; i < bills.length; ++i) {
            (uint256 against, uint256 inFavour, uint256 abstaining) = committeeOf[bills[i].committee].proposalVotes(
                bills[i].id
            );
            vm.assertEq(against, bills[i].votes[0], "votes against");
            vm.assertEq(inFavour, bills[i].votes[1], "votes for");
            vm.assertEq(abstaining, bills[i].votes[2], "abstentions");
        }
        for (uint256 i = 1; i < models.length; ++i) {
            for (uint256 place; place < environments.length; ++place) {
                uint256 running = places[i][place].running;
                (, ActiveWord found) = registry.active(models[i].id, environments[place]);
                same(found.haltedBy(), places[i][place].haltedBy);
                if (running == 0 || found.haltedBy() == Role.None) continue;
                vm.assertEq(
                    registry.haltTime(versions[running].id, environments[place], places[i][place].halter),
                    haltedAt[running][place][places[i][place].halter],
                    "time of the halt"
                );
            }
        }
    }

    function nothingOutlivesItsExpiryOrScope() public view {
        _requireWhole(8);
        for (uint256 i; i < bills.length; ++i) {
            bool executed = committeeOf[bills[i].committee].state(bills[i].id) == IGovernor.ProposalState.Executed;
            vm.assertEq(executed, bills[i].executed);
        }
        for (uint256 i = 1; i < models.length; ++i) {
            for (uint256 place; place < environments.length; ++place) {
                Incident memory found = registry.incident(models[i].id, environments[place]);
                GhostPlace storage known = places[i][place];
                vm.assertEq(found.respondBy, known.incident ? known.respondBy : 0, "deadline of an incident");
            }
        }
    }

    function everythingCanBeStopped() public {
        _requireWhole(9);
        for (uint256 i; i < 3; ++i) {
            vm.assertTrue(seatCount[i] >= fewestOf(i), "fewer seats than a decision needs");
        }
        // The whole way through a committee takes 200 times as long as an act; each state is as good as another for it.
        uint256 chance = uint256(registryHead ^ rulesHead) % 32;
        if (chance == 0) _stopsByVote(0);
        else if (chance == 1) _stopsByVote(2);
        else _stopsByEmergency();
        _restores();
    }

    /// @dev Somewhere; the next state asks elsewhere.
    function _stopsByEmergency() private {
        uint256 first = uint256(registryHead) % environments.length;
        for (uint256 i = 1; i < models.length; ++i) {
            for (uint256 j; j < environments.length; ++j) {
                uint256 place = (first + j) % environments.length;
                if (places[i][place].running == 0) continue;
                vm.prank(emergencyTimelock);
                registry.withdraw(_withdrawal(i, place), Role.EmergencyCommittee);
                _requireStopped(i, place);
                break;
            }
        }
    }

    /// @dev By the votes of all who have one, with the keys they have now: in the Assembly whoever has lapsed, in the
    /// Emergency Committee if those who are cleared are its quorum. Wherever something runs, if anything does.
    function _stopsByVote(uint256 committee) internal {
        pass(1);
        (uint256[] memory voters, uint256 count) = _voters(committee);
        if (committee != 0 && count < quorumOf[committee]) return _stopsByVote(0);
        (uint256 model_, uint256 place) = _somewhere(uint256(registryHead));
        if (model_ == 0) return;
        uint40 begun = time();
        Role role = committee == 0 ? Role.Assembly : Role.EmergencyCommittee;
        ICommittee voting = committeeOf[committee];
        Motion memory stopping = motion(voting, address(registry), withdrawCall(_withdrawal(model_, place), role));
        does(accountOf(voters[0]), address(voting), proposeCall(stopping));
        uint256 id = proposalId(stopping);
        vm.warp(voting.proposalSnapshot(id) + 1);
        for (uint256 i; i < count && voting.state(id) == IGovernor.ProposalState.Active; ++i) {
            vm.prank(accountOf(voters[i]));
            voting.castVote(id, 1);
        }
        // A quorum that is no super-quorum waits for the deadline.
        if (voting.state(id) == IGovernor.ProposalState.Active) vm.warp(voting.proposalDeadline(id) + 1);
        queue(stopping);
        execute(stopping);
        vm.assertTrue(time() <= begun + (committee == 0 ? 72 hours : 5 hours), "it was not stopped in time");
        _requireStopped(model_, place);
    }

    /// @dev Who has a seat whose vote weighs.
    function _voters(uint256 committee) private view returns (uint256[] memory voters, uint256 count) {
        voters = new uint256[](people.length);
        for (uint256 i = 1; i < people.length; ++i) {
            if (!seated[committee][i]) continue;
            if (committee == 0 || clearance(i, true).broken == 0) voters[count++] = i;
        }
    }

    /// @notice Where something runs, if anywhere; the model is zero otherwise.
    function _somewhere(uint256 chance) internal view returns (uint256 model_, uint256 place) {
        uint256 all = (models.length - 1) * environments.length;
        for (uint256 i; i < all; ++i) {
            uint256 asked = ((chance % all) + i) % all;
            (model_, place) = (1 + asked / environments.length, asked % environments.length);
            if (places[model_][place].running != 0) return (model_, place);
        }
        return (0, 0);
    }

    function _withdrawal(uint256 model_, uint256 place) private view returns (Rollback memory) {
        return
            _orderOf(Aim(model_, place, places[model_][place].running, 0, Role.None, Trigger.SafetyRisk, REASON, PLAN));
    }

    function _requireStopped(uint256 model_, uint256 place) private view {
        (VersionId active_, ) = registry.active(models[model_].id, environments[place]);
        same(active_, VersionId.wrap(0));
    }

    /// @dev A newcomer gets every role and a seat in the two committees that need a certificate.
    function _restores() private {
        address account = vm.addr(uint256(keccak256("newcomer")));
        DomainId[] memory domains = new DomainId[](1);
        domains[0] = SPEECH;
        uint16 roles = 0x7ae;
        vm.prank(assemblyTimelock);
        PersonId id = rules.appoint(Appointment(abi.encodePacked(account), bytes32(0), roles, domains), DOCUMENT);
        certify(id, time() + 1 days);
        vm.prank(assemblyTimelock);
        oversightSeats.grant(id);
        vm.prank(assemblyTimelock);
        emergencySeats.grant(id);
        for (uint256 role = 1; role < 11; ++role) {
            if (isCollective(Role(role))) continue;
            rules.authorize(account, Role(role), false);
        }
    }

    function eventsReproduceBothHeads() public view {
        _requireWhole(10);
        vm.assertEq(registry.head(), registryHead, "the head of Registry");
        vm.assertEq(rules.head(), rulesHead, "the head of Rules");
        for (uint256 i = 1; i < models.length; ++i) {
            for (uint256 place; place < environments.length; ++place) {
                vm.assertEq(
                    registry.requiredSchemas(models[i].id, environments[place]),
                    places[i][place].required,
                    "required schemas"
                );
            }
            for (uint8 schema; schema < models[i].satisfies.length; ++schema) {
                (, uint256 satisfies) = registry.schema(models[i].id, schema);
                vm.assertEq(satisfies, models[i].satisfies[schema], "what a schema satisfies");
            }
        }
        vm.assertEq(rules.environments().length, environments.length, "count of environments");
    }

    function sequencesGrowAndSeatsAreSingle() public view {
        _requireWhole(11);
        for (uint256 i = 1; i < models.length; ++i) {
            Model memory found = modelOf(models[i].id);
            vm.assertEq(found.sequence, models[i].sequence, "sequence of the model");
            for (uint256 place; place < environments.length; ++place) {
                (, ActiveWord word_) = registry.active(models[i].id, environments[place]);
                vm.assertEq(word_.sequence(), places[i][place].sequence, "sequence of the place");
                same(word_.risk(), places[i][place].risk);
            }
        }
        for (uint256 committee; committee < 3; ++committee) {
            ISeats seats = seatsOf[committee];
            vm.assertEq(seats.totalSeats(), seatCount[committee], "count of seats");
            // There are no more than these, so nobody else has one.
            for (uint256 i = 1; i < people.length; ++i) {
                if (!seated[committee][i]) continue;
                vm.assertTrue(seats.holds(people[i].id), "a seat that was taken from nobody");
                vm.assertEq(seats.balanceOf(accountOf(i)), 1, "seats of a person");
            }
        }
    }

    function nobodyElseChangesAnything() public view {
        _requireWhole(12);
        for (uint256 i = 1; i < people.length; ++i) {
            (bytes32 key, address account) = rules.keyOf(people[i].id);
            vm.assertEq(key, keccak256(people[i].signer), "somebody's key");
            vm.assertEq(account, accountOf(i));
            same(rules.personOf(key), people[i].id);
        }
        for (uint256 i; i < relics.length; ++i) same(whoseKey(relics[i].signer), PersonId.wrap(0));
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(committeeOf[i].quorum(time()), quorumOf[i], "quorum");
            vm.assertEq(committeeOf[i].superQuorum(time()), superQuorumOf[i], "super-quorum");
            _requireVoice(i);
        }
    }

    /// @dev A timelock obeys its committee, and nobody besides but itself.
    function _requireVoice(uint256 committee) private view {
        ITimelock timelock = ITimelock(timelockOfCommittee[committee]);
        bytes32[3] memory roles = [PROPOSER, CANCELLER, EXECUTOR];
        for (uint256 i; i < 3; ++i) {
            vm.assertTrue(timelock.hasRole(roles[i], address(committeeOf[committee])), "a committee without its voice");
        }
        vm.assertTrue(timelock.hasRole(ADMIN, address(timelock)), "a timelock that obeys somebody else");
        vm.assertFalse(timelock.hasRole(ADMIN, address(committeeOf[committee])), "a committee that is no timelock");
        _requireMute(timelock, stranger.account);
        // As who may execute it would mean anybody.
        _requireMute(timelock, address(0));
        for (uint256 i; i < 3; ++i) if (i != committee) _requireMute(timelock, address(committeeOf[i]));
        // That a timelock gives no role to anybody is seen with each act; whom it obeys, in one state of eight.
        if (uint256(registryHead ^ rulesHead) % 8 != 0) return;
        for (uint256 i = 1; i < people.length; ++i) _requireMute(timelock, accountOf(i));
        for (uint256 i; i < relics.length; ++i) _requireMute(timelock, _addressOf(relics[i].signer));
    }

    function _requireMute(ITimelock timelock, address account) private view {
        bool mute =
            !timelock.hasRole(ADMIN, account) &&
                !timelock.hasRole(PROPOSER, account) &&
                !timelock.hasRole(CANCELLER, account) &&
                !timelock.hasRole(EXECUTOR, account);
        if (!mute) vm.assertTrue(false, "somebody else's voice");
    }

    function _requireWhole(uint8 number) private view {
        require(bytes(broken[number]).length == 0, broken[number]);
    }
}
