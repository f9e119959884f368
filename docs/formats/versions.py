"""Versions, the matrix, epochs and the genesis of Rules: sections 2, 4 and 8 of docs/formats.md."""

import json

from chain import CHAIN_ID, ROLES, STAGES, list_of, tuple_of
from documents import artifact_digest, manifest_digest
from tools import NONE, encode, keccak, sha256
from world import (
    ADA, COMMITTEES, DANA, DOMAIN, ENVIRONMENTS, LETTERS, MODEL, NOTES, PASSKEY, POLICY, REGISTRY, RULES, SEATS, TIMELOCKS,
)


IDENTITY = "(bytes32,bytes32,bytes32,bytes32,bytes32,uint8,uint8,bytes32)"


def version(label, manifest, artifact, parent, risk, model=MODEL, schema=0):
    """risk: 0 is Low"""
    identity = {
        "model": model,
        "label": keccak(label),
        "manifestDigest": "0x" + manifest,
        "artifactDigest": "0x" + artifact,
        "parent": parent,
        "schema": schema,
        "risk": risk,
        "author": DANA["id"],
    }
    preimage = encode("uint256,address," + IDENTITY[1:-1], CHAIN_ID, REGISTRY, *identity.values())
    return {"labelText": label, "identity": identity, "preimage": preimage, "id": keccak(preimage)}


def another(label, schema, parent=NONE, model=NOTES):
    """A version of Low risk, of which nothing matters but that it is another one."""
    return version(label, *(sha256(f"{part} of {label}".encode()) for part in ("B", "A")), parent, 0, model, schema)


FIRST = version("5.0.0", sha256(b"parent"), sha256(b"parent artifact"), NONE, 1)
SECOND = version("6.0.0", manifest_digest, artifact_digest, "0x" + sha256(b"parent"), 2)
NOTE_1 = another("1.0.0", 0)
NOTE_2 = another("2.0.0", 1, NOTE_1["identity"]["manifestDigest"])
NOTE_3, NOTE_4 = another("3.0.0", 1), another("4.0.0", 1)
LETTER_1, LETTER_2, LETTER_3, LETTER_4 = (another(f"0.{n}.0", 0, model=LETTERS) for n in (1, 2, 3, 4))
versions = [FIRST, SECOND, NOTE_1, NOTE_2, NOTE_3, NOTE_4, LETTER_1, LETTER_2, LETTER_3, LETTER_4]


def identity_of(one):
    return tuple_of(*one["identity"].values())


# The matrix of the policy's floor, the terms of an epoch, the genesis of Rules.

ROWS = [
    ["TechnicalLead"],
    ["ResponsibleAIOfficer"],
    ["ResponsibleAIOfficer", "DomainLead"],
    ["ResponsibleAIOfficer", "DomainLead", "OversightCommittee"],
]


def bits_of(names):
    return sum(1 << ROLES.index(name) for name in names)


floor = 0
for risk, row in enumerate(ROWS):
    for column, names in enumerate((row[:1], row[:1], row)):
        floor |= bits_of(names) << 16 * (3 * risk + column)
matrix = "0x%048x" % floor

DAY = 86400
SOAK, RESPONSE = [3600, 6 * 3600, DAY, 2 * DAY], [3 * DAY, 2 * DAY, DAY, 4 * 3600]
epoch = {"epoch": 2, "document": POLICY, "matrix": matrix, "soak": SOAK, "response": RESPONSE}
thresholds = tuple_of(json.dumps(SOAK), json.dumps(RESPONSE))
epoch["terms"] = keccak(
    encode(
        "uint256,address,uint32,bytes32,uint192,(uint32[4],uint32[4])",
        CHAIN_ID, RULES, 2, POLICY, floor, thresholds,
    )
)

# The last second in which it may be used: that of 2100-01-01T00:00:00Z.
DEADLINE = 4102444800
# When the chain begins, 2026-01-01T00:00:00Z: a committee's consent is good for 30 days at most.
START = 1767225600
CONSENT_DEADLINE = START + 15 * DAY
BODY = "(address,address,address)"
GENESIS = (
    "((bytes,bytes32,uint16,bytes32[])[],(uint40,uint40,uint40)[],bytes32[],uint8[],uint192,"
    "(uint32[4],uint32[4]),bytes32)"
)
genesis = {
    "bodies": [
        {"timelock": timelock, "governor": governor, "seats": seats}
        for timelock, governor, seats in zip(TIMELOCKS.values(), COMMITTEES.values(), SEATS.values())
    ],
    "people": [
        {"signer": ADA["signer"], "salt": ADA["salt"], "roles": bits_of(["ResponsibleAIOfficer"]), "domains": []},
        {"signer": PASSKEY["signer"], "salt": PASSKEY["salt"], "roles": bits_of(["DomainLead"]), "domains": [DOMAIN]},
    ],
    "certificates": [
        {"versioning": DEADLINE, "rollback": DEADLINE + 1, "incident": DEADLINE + 2},
        {"versioning": DEADLINE, "rollback": DEADLINE, "incident": DEADLINE},
    ],
    "environments": [ENVIRONMENTS["ward-3"]],
    "stages": [STAGES.index("Production")],
}
genesis["data"] = encode(
    f"uint256,address,({BODY},{BODY},{BODY}),address,{GENESIS}",
    CHAIN_ID,
    RULES,
    tuple_of(*(tuple_of(*body.values()) for body in genesis["bodies"])),
    REGISTRY,
    tuple_of(
        list_of(*(tuple_of(one["signer"], one["salt"], one["roles"], list_of(*one["domains"])) for one in genesis["people"])),
        list_of(*(tuple_of(*certificate.values()) for certificate in genesis["certificates"])),
        list_of(*genesis["environments"]),
        list_of(*genesis["stages"]),
        floor,
        thresholds,
        POLICY,
    ),
)
