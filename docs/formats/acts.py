"""Acts, such that each Action is among them: section 8 of docs/formats.md."""

from chain import (
    CHAIN_ID, DEPLOYER, ROLES, STAGES, TRIGGERS, account, act, entry, list_of, log, padded, sent, signed, tuple_of,
)
from signing import (
    DOCUMENT, EVIDENCE, HALT_ORDER, NEW_ADA, NEW_BEN, PLAN, PRODUCTION, REASON, REPORT, ROLLBACK_ORDER, SIGN_OFF,
    STAGING, VALIDATION, WARD, WRONG_BEN, by_person, halt, halt_of, objection, order_of, recovery, registration, rollback,
    rotation, terms_of, warrant_by, warrants,
)
from tools import NONE, cast, encode, sha256
from versions import (
    DAY, DEADLINE, FIRST, IDENTITY, LETTER_1, LETTER_2, LETTER_3, LETTER_4, NOTE_1, NOTE_2, NOTE_3, NOTE_4, SECOND,
    bits_of, epoch, floor, genesis, identity_of, thresholds,
)
from world import (
    ADA, ASSEMBLY, BEN, COMMITTEES, DANA, DOMAIN, EMIL, ENVIRONMENTS, LETTERS, MODEL, NEWCOMER, NOTES, OVERSIGHT,
    PEOPLE, PLACES, POLICY, REGISTRY, RULES, TIMELOCKS,
)


def registry(sender, action, actor, authority, subject, document, signature, *arguments, systems=0, wait=0, pulled=None):
    """pulled: the subject, where the act pulls the review"""
    call = cast("calldata", signature, *arguments)
    entries = [entry("Registry", action, actor, authority, subject, document, systems)]
    if pulled is not None:
        pull = cast("calldata", "pullReview(bytes32)", pulled)
        entries.append(entry("Rules", "ReviewPulled", padded(REGISTRY), "None", pulled, NONE, data=pull))
    act(sender, REGISTRY, call, *entries, wait=wait)


def rules(sender, action, actor, authority, subject, document, signature, *arguments, wait=0):
    call = cast("calldata", signature, *arguments)
    act(sender, RULES, call, entry("Rules", action, actor, authority, subject, document), wait=wait)


def of(person, role):
    """Sender, and by a keyword the rest: a person's own transaction."""
    return account(PLACES[person["name"]]), person["id"], role


def officer(action, subject, document, signature, *arguments, **more):
    sender, actor, role = of(ADA, "ResponsibleAIOfficer")
    registry(sender, action, actor, role, subject, document, signature, *arguments, **more)


def of_committee(contract, body, action, subject, document, signature, *arguments, **more):
    role = body if body == "Assembly" else body + "Committee"
    timelock = TIMELOCKS[body]
    contract(timelock, action, padded(timelock), role, subject, document, signature, *arguments, **more)


def register(one, parent):
    sender, actor, role = of(DANA, "ModelDeveloper")
    signature = f"register({IDENTITY},bytes32)"
    manifest = one["identity"]["manifestDigest"]
    registry(sender, "Registered", actor, role, one["id"], manifest, signature, identity_of(one), parent)


def promote(sender, one, stage, plan, sign_offs, **more):
    signature = f"promote({IDENTITY},uint8,bytes32,bytes32,bytes)"
    arguments = identity_of(one), STAGES.index(stage), EVIDENCE, plan, sign_offs
    registry(sender, "Promoted", padded(sender), "None", one["id"], EVIDENCE, signature, *arguments, **more)


def lead_of(one, stage, plan=NONE):
    """The technical lead's signature."""
    signature = by_person(SIGN_OFF, terms_of(one, stage, "TechnicalLead", plan), 2)["signature"]
    return warrant_by(BEN, "TechnicalLead", signature)


def consent(person, sender, actor, one, stage, role):
    terms = tuple_of(*terms_of(one, stage, role).values())
    signature = "signOff((bytes32,uint8,uint8,bytes32,bytes32,uint32,uint8,uint32,uint40))"
    rules(sender, "SignedOff", actor, role, one["id"], EVIDENCE, signature, terms)


log(
    encode("uint256,address,address,(uint256,address,bytes32)", CHAIN_ID, REGISTRY, RULES, tuple_of(0, "0x" + "00" * 20, NONE)),
    first := entry("Registry", "Genesis", padded(RULES), "None", NONE, POLICY),
)
log(genesis["data"], second := entry("Rules", "Genesis", ASSEMBLY, "Assembly", NONE, POLICY))
genesis["entries"] = [first, second]

# silero-vad, of Medium floor: 6.0.0 enters Validation by carried signatures, and is halted there.
CREATE = "createModel(string,bytes32,uint8,bytes32[],bytes32)"
ADD_SCHEMA, REQUIRE = "addSchema(bytes32,bytes32,uint256,bytes32)", "requireSchemas(bytes32,bytes32,uint256,bytes32)"
SCHEMA = "0x" + sha256(b"schema")
officer("ModelCreated", MODEL, REPORT, CREATE, "silero-vad", DOMAIN, 1, list_of(DANA["id"]), REPORT)
officer("SchemaAdded", MODEL, REPORT, ADD_SCHEMA, MODEL, SCHEMA, 0, REPORT, systems=1)
officer("SchemasRequired", MODEL, REPORT, REQUIRE, MODEL, VALIDATION, 1, REPORT, systems=1)
register(FIRST, NONE)
registry(
    DEPLOYER, "Registered", DANA["id"], "ModelDeveloper", SECOND["id"], SECOND["identity"]["manifestDigest"],
    f"registerBySig({IDENTITY},bytes32,bytes)",
    identity_of(SECOND), FIRST["id"], warrant_by(DANA, "ModelDeveloper", registration["signature"]),
)
promote(DEPLOYER, SECOND, "Validation", NONE, warrants[1]["packed"])
HALT_CALL = f"halt({HALT_ORDER},uint8)"
sender, actor, role = of(ADA, "ResponsibleAIOfficer")
stop = tuple_of(*halt_of(MODEL, VALIDATION, SECOND["id"]).values())
officer("Halted", SECOND["id"], REASON, HALT_CALL, stop, ROLES.index(role), systems=1)

# triage-note, of Low floor: its schemas, its developers, its floor, a suspension.
officer("ModelCreated", NOTES, DOCUMENT, CREATE, "triage-note", DOMAIN, 0, list_of(DANA["id"]), DOCUMENT)
officer("SchemaAdded", NOTES, DOCUMENT, ADD_SCHEMA, NOTES, SCHEMA, 0, DOCUMENT, systems=1)
officer("SchemaAdded", NOTES, DOCUMENT, ADD_SCHEMA, NOTES, SCHEMA, 1, DOCUMENT, systems=3)
officer("SchemasRequired", NOTES, DOCUMENT, REQUIRE, NOTES, PRODUCTION, 3, DOCUMENT, systems=3)
officer("SchemasRequired", NOTES, DOCUMENT, REQUIRE, NOTES, WARD, 2, DOCUMENT, systems=2)
grace = PEOPLE["Grace Lindt"]["id"]
officer("DeveloperSet", NOTES, DOCUMENT, "setDeveloper(bytes32,bytes32,bool,bytes32)", NOTES, grace, "true", DOCUMENT)
officer("MonitorSet", NOTES, DOCUMENT, "setMonitored(bytes32,bool,bytes32)", NOTES, "true", DOCUMENT)
SET_FLOOR = "setFloor(bytes32,uint8,uint8,bytes32)"
officer("FloorSet", NOTES, DOCUMENT, SET_FLOOR, NOTES, 1, ROLES.index("ResponsibleAIOfficer"), DOCUMENT)
of_committee(registry, "Assembly", "FloorSet", NOTES, DOCUMENT, SET_FLOOR, NOTES, 0, ROLES.index("Assembly"), DOCUMENT)
for action, name in (("ModelSuspended", "suspendModel"), ("ModelReinstated", "reinstateModel")):
    of_committee(registry, "Assembly", action, NOTES, DOCUMENT, name + "(bytes32,bytes32)", NOTES, DOCUMENT)
register(NOTE_1, NONE)
register(NOTE_2, NOTE_1["id"])
register(NOTE_3, NONE)
register(NOTE_4, NONE)
RAISE, RESTORE = f"raiseRisk({IDENTITY},uint8,bytes32)", f"restoreRisk({IDENTITY},uint8,uint8,bytes32)"
officer("RiskRaised", NOTE_3["id"], DOCUMENT, RAISE, identity_of(NOTE_3), 1, DOCUMENT)
of_committee(
    registry, "Oversight", "RiskRestored", NOTE_3["id"], DOCUMENT, RESTORE, identity_of(NOTE_3), 1, 0, DOCUMENT
)

# 1.0.0 goes into Production, once by a consent that was called; two hours later 2.0.0 does, with a committee's consent too.
sender, actor, role = of(BEN, "TechnicalLead")
consent(BEN, sender, actor, NOTE_1, "Validation", role)
emil = account(PLACES["Emil Novak"])
promote(emil, NOTE_1, "Validation", NONE, warrants[0]["packed"])
promote(emil, NOTE_1, "Staging", NONE, lead_of(NOTE_1, "Staging"))
promote(emil, NOTE_1, "Production", PLAN, lead_of(NOTE_1, "Production", PLAN), systems=2)
promote(emil, NOTE_2, "Validation", NONE, lead_of(NOTE_2, "Validation"), wait=7200)
promote(emil, NOTE_2, "Staging", NONE, lead_of(NOTE_2, "Staging"))
consent(None, TIMELOCKS["Oversight"], OVERSIGHT, NOTE_2, "Production", "OversightCommittee")
both = lead_of(NOTE_2, "Production") + warrants[3]["packed"][2:]
promote(emil, NOTE_2, "Production", NONE, both)
operator = of(EMIL, "SystemOperator")
registry(
    emil, "Activated", *operator[1:], NOTE_1["id"], PLAN, f"activate({IDENTITY},bytes32,bytes32)",
    identity_of(NOTE_1), WARD, PLAN, systems=2,
)

# An operator rolls back, the RAIO overrules it, the Emergency Committee condemns what is not active any more.
ROLL_BACK = f"rollback({ROLLBACK_ORDER},uint8)"
back = tuple_of(*order_of(NOTE_2["id"], NOTE_1["id"], PLAN).values())
forth = tuple_of(*order_of(NOTE_1["id"], NOTE_2["id"], NONE).values())
other = tuple_of(*order_of(NOTE_3["id"], NOTE_1["id"], NONE).values())
registry(emil, "RolledBack", *operator[1:], NOTE_2["id"], REASON, ROLL_BACK, back, 5, systems=2)
officer("Overruled", NOTE_1["id"], REASON, f"overrule({ROLLBACK_ORDER})", forth)
of_committee(registry, "Emergency", "Condemned", NOTE_3["id"], REASON, ROLL_BACK, other, 6)

# A Monitor halts, it lapses; the RAIO halts by a carried signature, the Oversight Committee resumes.
watch = of(PEOPLE["Watch Post 1"], "Monitor")
stop = tuple_of(*halt_of(NOTES, PRODUCTION, NOTE_2["id"]).values())
registry(watch[0], "Halted", *watch[1:], NOTE_2["id"], REASON, HALT_CALL, stop, 8, systems=3)
anyone = account(PLACES["Grace Lindt"])
registry(
    anyone, "Lapsed", padded(anyone), "None", NOTE_2["id"], NONE, "lapse(bytes32,bytes32)", NOTES, PRODUCTION,
    systems=3, wait=3 * DAY,
)
registry(
    DEPLOYER, "Halted", ADA["id"], "ResponsibleAIOfficer", NOTE_2["id"], REASON, f"haltBySig({HALT_ORDER},bytes)",
    stop, warrant_by(ADA, "ResponsibleAIOfficer", halt["signature"]), systems=3,
)
RESUME = f"resume({HALT_ORDER},uint40,uint8)"
of_committee(registry, "Oversight", "Resumed", NOTE_2["id"], REASON, RESUME, stop, 12, 4, systems=3)

# Triggers: one that is closed; a directive, which pulls the review, and which the withdrawal answers.
REPORT_TRIGGER = f"reportTrigger({HALT_ORDER},uint8)"
directive = tuple_of(*halt_of(NOTES, PRODUCTION, NOTE_2["id"], TRIGGERS.index("Directive")).values())
registry(watch[0], "TriggerReported", *watch[1:], NOTE_2["id"], REASON, REPORT_TRIGGER, stop, 8, systems=3)
officer("IncidentClosed", NOTE_2["id"], REASON, "closeIncident(bytes32,bytes32,bytes32)", NOTES, PRODUCTION, REASON)
of_committee(
    registry, "Oversight", "TriggerReported", NOTE_2["id"], REASON, REPORT_TRIGGER, directive, 4,
    systems=3, pulled=NOTE_2["id"],
)
away = tuple_of(*order_of(NOTE_2["id"], NONE, PLAN).values())
officer("Withdrawn", NOTE_2["id"], REASON, f"withdraw({ROLLBACK_ORDER},uint8)", away, 2, systems=3)
again = tuple_of(*order_of(NONE, NOTE_1["id"], PLAN).values())
registry(
    DEPLOYER, "RolledBack", ADA["id"], "ResponsibleAIOfficer", NONE, REASON, f"rollbackBySig({ROLLBACK_ORDER},bytes)",
    again, warrant_by(ADA, "ResponsibleAIOfficer", rollback["signature"]), systems=2,
)

# discharge-letter: four versions one after the other, the first three in Staging too; two hours between them prove each.
officer("ModelCreated", LETTERS, DOCUMENT, CREATE, "discharge-letter", DOMAIN, 0, list_of(DANA["id"]), DOCUMENT)
officer("SchemaAdded", LETTERS, DOCUMENT, ADD_SCHEMA, LETTERS, SCHEMA, 0, DOCUMENT, systems=1)
for letter in (LETTER_1, LETTER_2, LETTER_3, LETTER_4):
    register(letter, NONE)
for letter in (LETTER_1, LETTER_2, LETTER_3):
    promote(emil, letter, "Validation", NONE, lead_of(letter, "Validation"), wait=7200)
    promote(emil, letter, "Staging", NONE, lead_of(letter, "Staging"))
promote(emil, LETTER_4, "Validation", NONE, lead_of(LETTER_4, "Validation"), wait=7200)


def letters(environment, source, target):
    return tuple_of(*order_of(source, target, NONE, LETTERS, environment).values())


# An operator takes 0.3.0 out of staging; the Emergency Committee goes back to it in validation, which lifts its condemnation.
back = letters(STAGING, LETTER_3["id"], LETTER_2["id"])
registry(emil, "RolledBack", *operator[1:], LETTER_3["id"], REASON, ROLL_BACK, back, 5)
back = letters(VALIDATION, LETTER_4["id"], LETTER_3["id"])
of_committee(registry, "Emergency", "RolledBack", LETTER_4["id"], REASON, ROLL_BACK, back, 6)
# So it is an alternative in staging, as 0.2.0 is in validation.
RETIRE = f"retire({IDENTITY},bytes32[],bytes32)"
others = list_of(LETTER_2["id"], LETTER_3["id"])
officer("Retired", LETTER_1["id"], REASON, RETIRE, identity_of(LETTER_1), others, REASON)
# The Emergency Committee's target is retired meanwhile: a withdrawal, and it needs no plan. Above it is the Assembly.
officer("SchemasRequired", LETTERS, DOCUMENT, REQUIRE, LETTERS, VALIDATION, 1, DOCUMENT, systems=1)
back = letters(VALIDATION, LETTER_3["id"], LETTER_1["id"])
of_committee(registry, "Emergency", "Withdrawn", LETTER_3["id"], REASON, ROLL_BACK, back, 6, systems=1)
back = letters(VALIDATION, NONE, LETTER_2["id"])
of_committee(registry, "Assembly", "RolledBack", NONE, REASON, ROLL_BACK, back, 11)

# The ends: of versions, and of the model here.
of_committee(
    registry, "Oversight", "DefectRecorded", NOTE_4["id"], DOCUMENT, f"recordDefect({IDENTITY},bytes32)",
    identity_of(NOTE_4), DOCUMENT,
)
officer("Retired", NOTE_3["id"], REASON, RETIRE, identity_of(NOTE_3), "[]", REASON)
of_committee(
    registry, "Assembly", "Released", NOTE_4["id"], DOCUMENT, f"release({IDENTITY},bytes32[],bytes32)",
    identity_of(NOTE_4), "[]", DOCUMENT,
)
of_committee(
    registry, "Assembly", "ModelMoved", NOTES, DOCUMENT, "moveModel(bytes32,uint256,address,bytes32)",
    NOTES, 1, "0x" + "a1" * 20, DOCUMENT,
)


def assembly(action, subject, document, signature, *arguments, **more):
    of_committee(rules, "Assembly", action, subject, document, signature, *arguments, **more)


def oversight(action, subject, document, signature, *arguments):
    of_committee(rules, "Oversight", action, subject, document, signature, *arguments)


# A person: appointed, certified, suspended, sanctioned, audited.
who = NEWCOMER["id"]
appointment = tuple_of(NEWCOMER["signer"], NEWCOMER["salt"], bits_of(["TechnicalLead"]), "[]")
assembly("Appointed", who, DOCUMENT, "appoint((bytes,bytes32,uint16,bytes32[]),bytes32)", appointment, DOCUMENT)
assembly("RolesChanged", who, DOCUMENT, "setRoles(bytes32,uint16,bytes32)", who, bits_of(["DomainLead"]), DOCUMENT)
assembly("DomainSet", who, DOCUMENT, "setDomain(bytes32,bytes32,bool,bytes32)", who, DOMAIN, "true", DOCUMENT)
CERTIFY = "certify(bytes32,(uint40,uint40,uint40),uint8,bytes32)"
certificate = tuple_of(DEADLINE, DEADLINE + 1, DEADLINE + 2)
assembly("Certified", who, DOCUMENT, CERTIFY, who, certificate, ROLES.index("Assembly"), DOCUMENT)
trainer = of(PEOPLE["Faisal Khan"], "TrainingOfficer")
rules(trainer[0], "Certified", *trainer[1:], who, DOCUMENT, CERTIFY, who, certificate, ROLES.index(trainer[2]), DOCUMENT)
SUSPEND = "suspend(bytes32,uint40,uint8,bytes32)"
assembly("Suspended", who, DOCUMENT, SUSPEND, who, DEADLINE, ROLES.index("Assembly"), DOCUMENT)
assembly("Reinstated", who, DOCUMENT, "reinstate(bytes32,bytes32)", who, DOCUMENT)
assembly("Sanctioned", who, DOCUMENT, "sanction(bytes32,bytes32)", who, DOCUMENT)
for _ in range(3):
    oversight("ViolationRecorded", who, DOCUMENT, "recordViolation(bytes32,bytes32)", who, DOCUMENT)
oversight("AuditAccepted", who, DOCUMENT, "acceptAudit(bytes32,bytes32)", who, DOCUMENT)

# The policy: an environment, an epoch, reviews; one that a committee's new settings pull.
ward_4 = ENVIRONMENTS["ward-4"]
assembly(
    "EnvironmentAdded", ward_4, DOCUMENT, "addEnvironment(bytes32,uint8,bytes32)", ward_4, STAGES.index("Staging"), DOCUMENT
)
oversight("EpochConsented", epoch["terms"], NONE, "consentToEpoch(bytes32)", epoch["terms"])
assembly(
    "EpochStarted", "0x%064x" % 2, POLICY, "startEpoch(bytes32,uint192,(uint32[4],uint32[4]))", POLICY, floor, thresholds
)
assembly("ReviewPulled", NONE, DOCUMENT, "orderReview(uint8,bytes32)", ROLES.index("Assembly"), DOCUMENT)
oversight("ReviewRecorded", NONE, DOCUMENT, "recordReview(bytes32)", DOCUMENT)
voice = padded(COMMITTEES["Emergency"])
pull = cast("calldata", "pullReview(bytes32)", voice)
act(
    TIMELOCKS["Assembly"], COMMITTEES["Emergency"], cast("calldata", "setQuorums(uint104,uint104)", 2, 3),
    entry("Rules", "ReviewPulled", voice, "None", voice, NONE, data=pull),
)

# Keys: a rotation by carried signatures; a recovery that the old key stops, and one that it does not.
ROTATE = "rotate(bytes,bytes,bytes,bytes)"
rules(
    DEPLOYER, "Rotated", ADA["id"], "None", ADA["id"], NONE, ROTATE,
    ADA["signer"], signed(rotation["digest"], 1), NEW_ADA, rotation["signature"],
)
START = "startRecovery(bytes32,bytes,bytes32)"
assembly("RecoveryStarted", BEN["id"], DOCUMENT, START, BEN["id"], WRONG_BEN, DOCUMENT)
rules(
    DEPLOYER, "RecoveryObjected", BEN["id"], "None", BEN["id"], NONE, "objectToRecovery(bytes32,bytes,bytes)",
    BEN["id"], BEN["signer"], objection["signature"],
)
assembly("RecoveryStarted", BEN["id"], DOCUMENT, START, BEN["id"], NEW_BEN, DOCUMENT)
rules(
    DEPLOYER, "Recovered", BEN["id"], "None", BEN["id"], NONE, "recover(bytes32,bytes,bytes)",
    BEN["id"], NEW_BEN, recovery["signature"], wait=7 * DAY,
)
