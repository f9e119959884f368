// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistry, Rollback} from "../../contracts/interfaces/IRegistry.sol";
import {
    Action,
    EnvironmentId,
    Identity,
    NO_VERSION,
    PersonId,
    PRODUCTION,
    Risk,
    Role,
    STAGING,
    Stage,
    VALIDATION,
    VersionId
} from "../../contracts/types/Types.sol";
import {Life, Promotion} from "./Life.sol";
import {Trace} from "./Society.sol";
import {vm} from "./Vm.sol";

/// @notice The end of a version: its bytes are released from retention, or it is retired; both never while it is active,
/// and only where there is another to roll back to.
contract RetentionTest is Life {
    Identity private _first;
    VersionId private _one;
    VersionId private _two;
    VersionId private _three;

    /// @dev Version 3 is active; 1 and 2 are proven in validation, staging and production.
    function setUp() public override {
        super.setUp();
        (_one, _two) = releaseTwo(Risk.Low);
        pass(1 hours);
        _three = release("3.0.0", Risk.Low);
        _first = identity("1.0.0", Risk.Low);
    }

    function testTheAssemblyReleasesAVersion() public {
        bytes memory call = releaseCall(_first, inAllStages(_two));
        refusesAllBut(assemblyTimelock, Role.Assembly, call);
        leaves(
            assemblyTimelock,
            address(registry),
            call,
            Trace(Action.Released, voice(assemblyTimelock), Role.Assembly, VersionId.unwrap(_one), DOCUMENT, 0)
        );
        vm.assertEq(word(_one).released(), true);
        same(word(_one).stage(), Stage.Production);
        vm.assertEq(provenCount(_one), 3);
    }

    function testTheOfficerRetiresAVersion() public {
        bytes memory call = retireCall(_first, inAllStages(_two));
        refusesAllBut(ada, Role.ResponsibleAIOfficer, 0, call);
        leaves(
            ada.account,
            address(registry),
            call,
            Trace(Action.Retired, PersonId.unwrap(ada.id), Role.ResponsibleAIOfficer, VersionId.unwrap(_one), REASON, 0)
        );
        same(word(_one).stage(), Stage.Retired);
        vm.assertEq(word(_one).released(), false);
    }

    function testTheAssemblyReleasesByItsVote() public {
        passByAssembly(address(registry), releaseCall(_first, inAllStages(_two)));
        vm.assertEq(word(_one).released(), true);
    }

    function testEachNeedsADocument() public {
        refuses(
            assemblyTimelock,
            address(registry),
            abi.encodeCall(IRegistry.release, (_first, inAllStages(_two), 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyDigest.selector)
        );
        refuses(
            ada.account,
            address(registry),
            abi.encodeCall(IRegistry.retire, (_first, inAllStages(_two), 0)),
            abi.encodeWithSelector(IRegistry.RegistryEmptyReason.selector)
        );
    }

    function testEachHappensOnce() public {
        does(assemblyTimelock, address(registry), releaseCall(_first, inAllStages(_two)));
        refuses(
            assemblyTimelock,
            address(registry),
            releaseCall(_first, inAllStages(_two)),
            abi.encodeWithSelector(IRegistry.RegistryVersionReleased.selector, _one)
        );
        does(ada.account, address(registry), retireCall(_first, new VersionId[](0)));
        refuses(
            ada.account,
            address(registry),
            retireCall(_first, new VersionId[](0)),
            abi.encodeWithSelector(IRegistry.RegistryVersionRetired.selector, _one)
        );
    }

    function testWhatWasRetiredIsReleasedWithoutAlternatives() public {
        does(ada.account, address(registry), retireCall(_first, inAllStages(_two)));
        does(assemblyTimelock, address(registry), releaseCall(_first, new VersionId[](0)));
        vm.assertEq(word(_one).released(), true);
        same(word(_one).stage(), Stage.Retired);
    }

    function testRefusesAnUnknownVersion() public {
        Identity memory unknown = identity("9.9.9", Risk.Low);
        _refusesBoth(
            unknown,
            new VersionId[](0),
            abi.encodeWithSelector(IRegistry.RegistryUnknownVersion.selector, registry.versionId(unknown))
        );
    }

    // Never while it is active

    function testRefusesWhatIsActive() public {
        _refusesBoth(
            identity("3.0.0", Risk.Low),
            inAllStages(_two),
            abi.encodeWithSelector(IRegistry.RegistryVersionActive.selector, _three, VALIDATION)
        );
        activateIn(identity("2.0.0", Risk.Low), WARD_3);
        _refusesBoth(
            identity("2.0.0", Risk.Low),
            inAllStages(_one),
            abi.encodeWithSelector(IRegistry.RegistryVersionActive.selector, _two, WARD_3)
        );
    }

    function testRefusesWhatIsActiveThoughItIsCondemned() public {
        recordDefect(identity("3.0.0", Risk.Low));
        _refusesBoth(
            identity("3.0.0", Risk.Low),
            new VersionId[](0),
            abi.encodeWithSelector(IRegistry.RegistryVersionActive.selector, _three, VALIDATION)
        );
    }

    // Never the last one

    function testTheLastTargetStays() public {
        does(assemblyTimelock, address(registry), releaseCall(_first, inAllStages(_two)));
        Identity memory second = identity("2.0.0", Risk.Low);
        _refusesBoth(second, new VersionId[](0), _noAlternative(_two, VALIDATION, NO_VERSION));
        _refusesBoth(second, inAllStages(_one), _noAlternative(_two, VALIDATION, _one));
        _refusesBoth(second, inAllStages(_three), _noAlternative(_two, VALIDATION, _three));
        _refusesBoth(second, inAllStages(_two), _noAlternative(_two, VALIDATION, _two));
        // It goes once there is another.
        pass(1 hours);
        release("4.0.0", Risk.Low);
        does(ada.account, address(registry), retireCall(second, inAllStages(_three)));
        same(word(_two).stage(), Stage.Retired);
    }

    function testTheLastTargetStaysAfterAWithdrawal() public {
        does(ada.account, address(registry), retireCall(_first, inAllStages(_two)));
        withdraw(ada, Role.ResponsibleAIOfficer, order(_three, NO_VERSION));
        _refusesBoth(identity("2.0.0", Risk.Low), new VersionId[](0), _noAlternative(_two, VALIDATION, NO_VERSION));
        rollBack(ada, Role.ResponsibleAIOfficer, order(NO_VERSION, _two));
        same(active(PRODUCTION), _two);
    }

    function testEveryEnvironmentInWhichItIsProvenNeedsAnother() public {
        VersionId[] memory some = new VersionId[](2);
        (some[0], some[1]) = (_two, _two);
        _refusesBoth(_first, some, _noAlternative(_one, PRODUCTION, NO_VERSION));
        VersionId[] memory more = new VersionId[](5);
        for (uint256 i; i < 5; ++i) more[i] = _two;
        _refusesBoth(_first, more, abi.encodeWithSelector(IRegistry.RegistryAlternativesUnused.selector, _one, 2));
    }

    function testAlternativesComeInTheOrderOfTheEnvironments() public {
        // Version 6 is proven in validation only.
        Identity memory sixth = identity("6.0.0", Risk.Low);
        VersionId six = register(sixth);
        promote(sixth, Stage.Validation);
        pass(1 hours);
        version("7.0.0", Risk.Low, Stage.Validation);
        VersionId[] memory given = inAllStages(_two);
        (given[0], given[1]) = (_two, six);
        _refusesBoth(_first, given, _noAlternative(_one, STAGING, six));
        (given[0], given[1]) = (six, _two);
        does(ada.account, address(registry), retireCall(_first, given));
    }

    function testTheLastTargetOfTheFirstStageStaysToo() public {
        // Of this model nothing ever went further than Validation.
        model = createModel("pathology", Risk.Low);
        addSchema(0);
        Identity memory named = identity("1.0.0", Risk.Low);
        VersionId id = version("1.0.0", Risk.Low, Stage.Validation);
        pass(1 hours);
        version("2.0.0", Risk.Low, Stage.Validation);
        _refusesBoth(named, new VersionId[](0), _noAlternative(id, VALIDATION, NO_VERSION));
    }

    function testAnAlternativeMustBeOneThatCouldBeRolledBackTo() public {
        VersionId[] memory given = inAllStages(_two);
        // Never registered, active, the version itself.
        given[2] = NO_VERSION;
        _refusesBoth(_first, given, _noAlternative(_one, PRODUCTION, NO_VERSION));
        given[2] = _three;
        _refusesBoth(_first, given, _noAlternative(_one, PRODUCTION, _three));
        given[2] = _one;
        _refusesBoth(_first, given, _noAlternative(_one, PRODUCTION, _one));
    }

    function testAnAlternativeMustNotBeActiveThoughItIsProven() public {
        rollBack(ada, Role.ResponsibleAIOfficer, order(_three, _two));
        // In validation and staging one can still roll back to it, in production no longer.
        _refusesBoth(_first, inAllStages(_two), _noAlternative(_one, PRODUCTION, _two));
    }

    function testAnAlternativeMustBeProvenThere() public {
        VersionId fourth = release("4.0.0", Risk.Low);
        pass(30 minutes);
        release("5.0.0", Risk.Low);
        _refusesBoth(_first, inAllStages(fourth), _noAlternative(_one, VALIDATION, fourth));
        // Proven in one environment, it is no alternative in another.
        Identity memory sixth = identity("6.0.0", Risk.Low);
        VersionId six = register(sixth);
        promote(sixth, Stage.Validation);
        pass(1 hours);
        version("7.0.0", Risk.Low, Stage.Validation);
        VersionId[] memory given = inAllStages(_two);
        (given[0], given[1]) = (six, six);
        _refusesBoth(_first, given, _noAlternative(_one, STAGING, six));
        given[1] = _two;
        does(ada.account, address(registry), retireCall(_first, given));
    }

    function testAnAlternativeMustBeFitToRun() public {
        recordDefect(identity("2.0.0", Risk.Low));
        _refusesBoth(_first, inAllStages(_two), _noAlternative(_one, VALIDATION, _two));
    }

    function testAnAlternativeMustNotBeReleasedOrRetired() public {
        pass(1 hours);
        release("4.0.0", Risk.Low);
        does(assemblyTimelock, address(registry), releaseCall(identity("2.0.0", Risk.Low), inAllStages(_three)));
        _refusesBoth(_first, inAllStages(_two), _noAlternative(_one, VALIDATION, _two));
        pass(1 hours);
        release("5.0.0", Risk.Low);
        VersionId fourth = registry.versionId(identity("4.0.0", Risk.Low));
        does(ada.account, address(registry), retireCall(identity("3.0.0", Risk.Low), inAllStages(fourth)));
        _refusesBoth(_first, inAllStages(_three), _noAlternative(_one, VALIDATION, _three));
    }

    function testAnAlternativeMustBeOfTheModel() public {
        model = createModel("another", Risk.Low);
        addSchema(0);
        (VersionId foreign, ) = releaseTwo(Risk.Low);
        _refusesBoth(_first, inAllStages(foreign), _noAlternative(_one, VALIDATION, foreign));
    }

    // What needs no alternative

    function testWhatIsProvenNowhereNeedsNoAlternative() public {
        Identity memory fourth = identity("4.0.0", Risk.Low);
        VersionId four = register(fourth);
        promoteTo(fourth, Stage.Production);
        release("5.0.0", Risk.Low);
        does(assemblyTimelock, address(registry), releaseCall(fourth, new VersionId[](0)));
        does(ada.account, address(registry), retireCall(fourth, new VersionId[](0)));
        same(word(four).stage(), Stage.Retired);
    }

    function testWhatNeverRanNeedsNoAlternative() public {
        Identity memory fourth = identity("4.0.0", Risk.Low);
        VersionId four = register(fourth);
        does(ada.account, address(registry), retireCall(fourth, new VersionId[](0)));
        same(word(four).stage(), Stage.Retired);
    }

    function testWhatIsCondemnedNeedsNoAlternative() public {
        does(ada.account, address(registry), retireCall(_first, inAllStages(_two)));
        Identity memory second = identity("2.0.0", Risk.Low);
        _refusesBoth(second, new VersionId[](0), _noAlternative(_two, VALIDATION, NO_VERSION));
        recordDefect(second);
        does(assemblyTimelock, address(registry), releaseCall(second, new VersionId[](0)));
        vm.assertEq(word(_two).released(), true);
    }

    // What follows

    function testWhatWasReleasedOrRetiredGoesNoFurther() public {
        Identity memory fourth = identity("4.0.0", Risk.Low);
        VersionId four = register(fourth);
        promote(fourth, Stage.Validation);
        version("5.0.0", Risk.Low, Stage.Validation);
        Promotion memory step = promotion(fourth, Stage.Staging, signOffsFor(fourth, Stage.Staging));
        does(assemblyTimelock, address(registry), releaseCall(fourth, new VersionId[](0)));
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(IRegistry.RegistryVersionReleased.selector, four)
        );
        does(ada.account, address(registry), retireCall(fourth, new VersionId[](0)));
        refuses(
            stranger.account,
            address(registry),
            promoteCall(step),
            abi.encodeWithSelector(IRegistry.RegistryStageSkipped.selector, four, Stage.Retired, Stage.Staging)
        );
    }

    function testWhatBelongsToASiteIsCountedToo() public {
        EnvironmentId last = addSites(96);
        activateIn(_first, last);
        pass(1 hours);
        activateIn(identity("2.0.0", Risk.Low), last);
        pass(1 hours);
        activateIn(identity("3.0.0", Risk.Low), last);
        _refusesBoth(_first, inAllStages(_two), _noAlternative(_one, last, NO_VERSION));
        VersionId[] memory all = inAllStages(_two);
        VersionId[] memory given = new VersionId[](4);
        (given[0], given[1], given[2]) = (all[0], all[1], all[2]);
        given[3] = _three;
        _refusesBoth(_first, given, _noAlternative(_one, last, _three));
        given[3] = _two;
        does(assemblyTimelock, address(registry), releaseCall(_first, given));
        Rollback memory back = order(_three, _two);
        back.environment = last;
        rollBack(emil, Role.SystemOperator, back);
        same(active(last), _two);
    }

    function _refusesBoth(Identity memory named, VersionId[] memory alternatives, bytes memory problem) private {
        refuses(assemblyTimelock, address(registry), releaseCall(named, alternatives), problem);
        refuses(ada.account, address(registry), retireCall(named, alternatives), problem);
    }

    function _noAlternative(
        VersionId id,
        EnvironmentId environment,
        VersionId alternative
    ) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRegistry.RegistryNoAlternative.selector, id, environment, alternative);
    }
}
