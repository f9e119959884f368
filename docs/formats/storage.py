"""Slots and packed words: section 5 of docs/formats.md."""

from chain import RISKS, STAGES
from signing import PRODUCTION, SIGN_OFF, VALIDATION, WARD, by_person, terms_of
from tools import cast, keccak
from versions import DAY, NOTE_1, ROWS, SECOND, START as TIME, bits_of, epoch
from world import ADA, BEN, DANA, DOMAIN, MODEL, NEWCOMER, NOTES


def index(slot, *keys):
    for key in keys:
        slot = cast("index", "bytes32", key, slot)
    return slot


def word(*fields):
    """fields: (first bit, value)"""
    return "0x%064x" % sum(int(str(value), 0) << bit for bit, value in fields)


def number(n):
    return "0x%064x" % n


slots = {
    "registry": {
        "head": number(0),
        "modelCount": number(1),
        "model": index(2, MODEL),
        "domain": index(3, MODEL),
        "developer": index(4, MODEL, DANA["id"]),
        "schema": index(5, NOTES, number(1)),
        "label": index(6, MODEL, SECOND["identity"]["label"]),
        "numbered": index(7, MODEL, number(2)),
        "version": index(8, SECOND["id"]),
        "provenFurther": index(9, SECOND["id"], number(96)),
        "active": index(10, MODEL, VALIDATION),
        "required": index(11, MODEL, VALIDATION),
        "incident": index(12, MODEL, VALIDATION),
        "juniorRollback": index(13, NOTES, PRODUCTION),
        "haltTime": index(14, SECOND["id"], VALIDATION, ADA["id"]),
    },
    "rules": {
        "head": number(2),
        "policy": number(3),
        "thresholds": number(4),
        "suspensions": number(6),
        "environments": number(7),
        "environment": keccak(number(7)),
        "personOf": index(8, ADA["key"]),
        "person": index(9, BEN["id"]),
        "leads": index(10, NEWCOMER["id"], DOMAIN),
        "place": index(11, WARD),
        "consent": index(12, by_person(SIGN_OFF, terms_of(NOTE_1, "Validation", "TechnicalLead"), 2)["structHash"], BEN["id"]),
        "epochConsent": index(13, epoch["terms"]),
    },
}
layouts = {
    "ModelWord": {
        "tag": (0, 3), "versions": (32, 7), "sequence": (64, 21), "schemas": (104, 256), "floor": (120, 1),
        "state": (128, 2), "monitored": (136, 1), "introduced": (144, 1),
    },
    "VersionWord": {
        "number": (0, 2), "model": (32, 3), "stage": (64, 4), "declared": (72, 1), "raised": (80, 3), "schema": (88, 7),
        "released": (96, 1), "approved": (97, 2), "operatorRollbacks": (104, 3), "condemnedFrom": (120, TIME),
        "provenIn": (160, "0x800000000000000000000005"),
    },
    "ActiveWord": {
        "number": (0, 6), "sequence": (32, 21), "since": (72, TIME), "timer": (112, TIME + 60), "risk": (152, 3),
        "haltedBy": (160, 2), "soaked": (168, 1), "incident": (169, 1), "place": (176, 2), "newest": (192, 7),
        "previous": (224, 5),
    },
    "StandingWord": {
        "roles": (0, 0x82), "signingEpoch": (16, 4), "suspendedUntil": (48, TIME), "suspendableFrom": (88, TIME + 30 * DAY),
        "versioning": (128, TIME + 1), "rollback": (168, TIME + 2), "incident": (208, TIME + 3), "auditRequired": (248, 1),
    },
    # As the policy's floor, but that Medium needs the technical lead too, and Critical the Assembly.
    "Matrix": {
        f"{risk}.{stage}": (
            16 * (3 * place + column),
            bits_of(names) | (2 if risk == "Medium" else 0) | (2048 if risk == "Critical" and stage == "Production" else 0),
        )
        for place, (risk, row) in enumerate(zip(RISKS, ROWS))
        for column, (stage, names) in enumerate(zip(STAGES[2:5], (row[:1], row[:1], row)))
    },
}
words = {
    name: {**{field: value for field, (_, value) in fields.items()}, "word": word(*fields.values())}
    for name, fields in layouts.items()
}
