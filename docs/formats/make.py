"""Makes the vectors of docs/formats.md, here or in another directory: python3 docs/formats/make.py [directory]

It needs Python 3.9 or newer (its standard library alone), sha256sum, and Foundry's cast: the one that npm installs, or
the one that CAST names. It shares no code with the SDK or the contracts, so that a fault of theirs cannot hide in what it makes.
"""

import json
import pathlib
import sys

# No cache of compiled modules beside the vectors.
sys.dont_write_bytecode = True

from chain import (
    CHAIN_ID, DEPLOYER, RISKS, ROLES, STAGES, TRIGGERS, account, act, acts, created, entry, list_of, log, padded,
    signed, tuple_of, typed, warrant,
)
from ipfs import CHUNK, cid_bytes, cid_of_digest, cid_text, directory, file_of, lengths, murmur, names_for, shard, tree
from tools import NONE, ROOT, cast, encode, keccak, sha256, sha256sum

HERE = pathlib.Path(__file__).resolve().parent
TARGET = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE


# Hashing gigabytes of zeros takes minutes here; so each length of leaf is hashed once.
GIB = 1 << 30
hashed = {n: cid_bytes(0x55, bytes(n)) for n in (0, 1, CHUNK - 1, CHUNK)}
files = []
for size in (
    0, 1, CHUNK - 1, CHUNK, CHUNK + 1, GIB, GIB + 1,
    2**31 - 1, 2**31, 2**31 + 1, 3 * GIB + 1, 2**32 - 1, 2**32,
):
    c, _, t = file_of([(hashed[n], n, n) for n in lengths(size)])
    files.append({"zeros": str(size), "cid": cid_text(c), "tsize": str(t)})

EMPTY = cid_bytes(0x55, b"")
directories = []
for what, names in (
    ("no entry", []),
    ("U+1F600, U+FFFD, .a", ["\U0001f600", "\ufffd", ".a"]),
    ("a block of 262144 bytes", names_for(262144)),
    ("a block of 262145 bytes", names_for(262145)),
    ("model-00000.bin to model-09999.bin", ["model-%05d.bin" % i for i in range(10000)]),
):
    c, t = directory([(name, EMPTY, 0) for name in names])
    directories.append({"entries": what, "cid": cid_text(c), "tsize": str(t)})
c, t, blocks = shard([(name, EMPTY, 0) for name in ("file-17", "file-30", "config.json")], 0)
hamt = {"names": ["file-17", "file-30", "config.json"], "cid": cid_text(c), "tsize": str(t)}
hamt["blocks"] = ["0x" + block.hex() for block in blocks]
murmurs = [
    {"text": text, "hash": murmur(text.encode()).hex()}
    for text in ("", "hello", "Größe", "file-17", "file-30", "config.json", "0123456789abcdefghijklmnop")
]


# Canonical JSON. Python writes strings as RFC 8785 wants them; the order of keys (by UTF-16 unit) is mended here.


def jcs(value):
    def order(v):
        if isinstance(v, dict):
            return {k: order(v[k]) for k in sorted(v, key=lambda k: k.encode("utf-16-be"))}
        return [order(x) for x in v] if isinstance(v, list) else v

    return json.dumps(order(value), ensure_ascii=False, separators=(",", ":")).encode()


canonical = [
    {"text": jcs(value).decode(), "sha256": sha256(jcs(value)), "value": value}
    for value in (
        {}, [], "", None, True, 0, -1, 9007199254740991,
        {"b": 1, "a": [2, {"d": None, "c": False}]},
        {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
        {"\ue000": 1, "\U00010000": 2, "\ufffd": 3, "\ud7ff": 4},
        "".join(map(chr, range(0x20))) + "\x7f\x80\u2028\u2029\"\\/",
        {"": {"": [[[]]]}, "aa": 1, "a": 2, "A": 3, "a\x00": 4, "10": 5, "9": 6},
    )
]


# The local chain: its addresses, its people.

TIMELOCKS = dict(zip(("Assembly", "Oversight", "Emergency"), map(created, range(0, 3))))
RULES, REGISTRY = created(3), created(4)
SEATS = dict(zip(TIMELOCKS, map(created, range(5, 8))))
COMMITTEES = dict(zip(TIMELOCKS, map(created, range(8, 11))))
ASSEMBLY, OVERSIGHT, EMERGENCY = (padded(timelock) for timelock in TIMELOCKS.values())
POLICY = "0x" + sha256sum(ROOT / "deployments" / "local" / "policy.md")


def person(name, signer):
    key, salt = keccak(signer), keccak(name)
    signer = signer.lower()
    return {"name": name, "signer": signer, "key": key, "salt": salt, "id": keccak(encode("bytes32,bytes32", key, salt))}


# Who has which account: the place in the parameters file.
PLACES = {
    "Ada Osei": 1, "Ben Ito": 2, "Dana Cruz": 4, "Emil Novak": 5, "Faisal Khan": 6, "Grace Lindt": 7, "Watch Post 1": 16,
}
PEOPLE = {name: person(name, account(place)) for name, place in PLACES.items()}
ADA, BEN, DANA, EMIL = (PEOPLE[name] for name in ("Ada Osei", "Ben Ito", "Dana Cruz", "Emil Novak"))
PASSKEY = person("Noor Haddad", "0x" + "c0" * 20 + "11" * 32 + "22" * 32)
NEWCOMER = person("Quinn Reyes", "0x" + "11" * 20)

MODEL, NOTES, DOMAIN = keccak("silero-vad"), keccak("triage-note"), keccak("speech")
ENVIRONMENTS = {name: keccak(name) for name in ("validation", "staging", "production", "ward-3", "ward-4")}


# Documents A, B and C.


def statement(subject, predicate_type, predicate):
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": predicate_type,
        "predicate": predicate,
    }


def elsewhere(name):
    """A digest of something that is not part of the vectors."""
    return {"sha256": sha256(name.encode())}


documents = []


def write(name, value):
    path = TARGET / name
    path.write_bytes(jcs(value))
    digest = sha256sum(path)
    documents.append({"file": name, "sha256": digest, "cid": cid_of_digest(digest)})
    return digest


# In no particular order; an empty one, one beyond the basic plane, a dot file.
FILES = {
    "weights/model.onnx": "weights",
    "weights.json": "{}\n",
    "inference/run.py": "print(1)\n",
    "metrics/\U0001f600.json": '{"f1":"0.93"}\n',
    "metrics/\uff5e.json": '{"f1":"0.91"}\n',
    "config.json": '{"a":1}\n',
    ".empty": "",
}
contents = {path: text.encode() for path, text in FILES.items()}
paths = sorted(contents, key=lambda path: path.encode())
digests = [sha256(contents[path]) for path in paths]
root = sha256(b"".join(map(bytes.fromhex, digests)))
tree_cid = cid_text(tree(contents)[0])
artifact_digest = write(
    "a.jcs",
    statement(
        [{"name": "silero-vad", "digest": {"sha256": root}}],
        "https://model_signing/signature/v1.0",
        {
            "resources": [
                {"name": path, "digest": digest, "algorithm": "sha256"} for path, digest in zip(paths, digests)
            ],
            "serialization": {
                "method": "files",
                "hash_type": "sha256",
                "allow_symlinks": False,
                "ignore_paths": [".git", ".gitattributes", ".github", ".gitignore", "model.sig"],
            },
        },
    ),
)

manifest_digest = write(
    "b.jcs",
    statement(
        [{"name": "silero-vad", "digest": {"sha256": artifact_digest}}],
        "https://kedge.dev/manifest/v1",
        {
            "schemaVersion": 1,
            "model": "silero-vad",
            "label": "6.0.0",
            "architecture": "stft-conv-lstm",
            "parent": sha256(b"parent"),
            "artifact": {
                "sha256": artifact_digest,
                "cid": cid_of_digest(artifact_digest),
                "treeCid": tree_cid,
                "fileCount": str(len(contents)),
                "totalBytes": str(sum(map(len, contents.values()))),
                "encryption": None,
            },
            "kinds": {
                "weights": {"paths": ["weights", "weights.json"]},
                "training-code": {
                    "external": {
                        "uri": "git+https://example.org/silero-vad@v6.0.0",
                        "digest": elsewhere("training-code"),
                    }
                },
                "inference-code": {"paths": [".empty", "config.json", "inference"]},
                "prompts": {"absent": "The model takes audio, not text."},
                "pre-processing": {"absent": "The model takes raw samples."},
                "post-processing": {"absent": "Thresholds belong to the caller."},
                "metrics": {"paths": ["metrics"]},
                "benchmarks": {"absent": "Run after registration; they come as evidence."},
            },
            "training": {
                "data": {"snapshots": [{"id": "speech-2026-01", "digest": elsewhere("speech-2026-01")}]},
                "hyperparameters": {"values": {"epochs": 40, "learningRate": "0.0003", "shuffle": True}},
                "configuration": {"name": "train.yaml", "digest": elsewhere("train.yaml")},
            },
            "featureSchema": {
                "number": 0,
                "name": "silero-vad-state",
                "digest": elsewhere("schema"),
                "inputs": [
                    {"name": "input", "type": "float32", "shape": ["batch", 512]},
                    {"name": "state", "type": "float32", "shape": [2, "batch", 128]},
                    {"name": "sr", "type": "int64", "shape": []},
                ],
                "outputs": [
                    {"name": "output", "type": "float32", "shape": ["batch", 1]},
                    {"name": "stateN", "type": "float32", "shape": [2, "batch", 128]},
                ],
            },
            "preprocessingVersion": "1.0.0",
            "runtime": {
                "image": {"absent": "Runs in the browser."},
                "lockfile": {"name": "package-lock.json", "digest": elsewhere("package-lock.json")},
                "framework": {"name": "onnxruntime-web", "version": "1.30.0"},
                "accelerator": "cpu",
            },
            "closure": {"baseModels": [], "remoteCode": []},
            "evaluation": {
                "criteria": {"name": "criteria.md", "digest": elsewhere("criteria.md")},
                "results": {"documents": [{"name": "results.json", "digest": elsewhere("results.json")}]},
            },
            "schema": 0,
            "risk": "High",
            "createdAt": "2026-01-31T09:30:00Z",
            "author": DANA["id"],
            "approvingAuthority": {
                "Validation": ["ResponsibleAIOfficer"],
                "Staging": ["ResponsibleAIOfficer"],
                "Production": ["ResponsibleAIOfficer", "DomainLead"],
            },
        },
    ),
)

the_version = {"name": "silero-vad@6.0.0", "digest": {"sha256": manifest_digest}}
attachment = sha256(b"log")
reason = {
    "schemaVersion": 1,
    "kind": "reason",
    "model": "silero-vad",
    "text": "Misses quiet speech in the ward.\nBack to 5.1.2 until it is understood.",
    "attachments": [{"name": "log.txt", "sha256": attachment, "cid": cid_of_digest(attachment)}],
    "nonce": "000102030405060708090a0b0c0d0e0f",
}
evidence_digest = write(
    "c-evidence.jcs",
    statement(
        [the_version],
        "https://in-toto.io/attestation/test-result/v0.1",
        {
            "result": "WARNED",
            "configuration": [{"name": "criteria.md", "digest": elsewhere("criteria.md")}],
            "url": "https://ci.example.org/runs/17",
            "passedTests": ["recall >= 0.95", "false alarms <= 0.02"],
            "warnedTests": ["latency p99 <= 30 ms"],
            "failedTests": [],
            "kedge": {**reason, "kind": "evidence", "text": "Held-out set of January.", "attachments": []},
        },
    ),
)
reason_digest = write("c-reason.jcs", statement([the_version], "https://kedge.dev/document/v1", reason))
report_digest = write(
    "c-report.jcs",
    statement(
        [
            {"name": "silero-vad", "digest": {"keccak256": MODEL[2:]}},
            {"name": "person:" + DANA["id"], "digest": {"keccak256": DANA["id"][2:]}},
        ],
        "https://kedge.dev/document/v1",
        {**reason, "kind": "report", "text": "Dana Cruz develops the model.", "attachments": []},
    ),
)
(TARGET / "SHA256SUMS").write_text("".join(f"{d['sha256']}  {d['file']}\n" for d in documents))


# Versions.

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


def note(label, schema, parent=NONE):
    """A version of triage-note, of which nothing matters but that it is another one."""
    return version(label, *(sha256(f"{part} of {label}".encode()) for part in ("B", "A")), parent, 0, NOTES, schema)


FIRST = version("5.0.0", sha256(b"parent"), sha256(b"parent artifact"), NONE, 1)
SECOND = version("6.0.0", manifest_digest, artifact_digest, "0x" + sha256(b"parent"), 2)
NOTE_1 = note("1.0.0", 0)
NOTE_2 = note("2.0.0", 1, NOTE_1["identity"]["manifestDigest"])
NOTE_3, NOTE_4 = note("3.0.0", 1), note("4.0.0", 1)
versions = [FIRST, SECOND, NOTE_1, NOTE_2, NOTE_3, NOTE_4]


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


# What people sign.

EVIDENCE, REASON, REPORT = ("0x" + digest for digest in (evidence_digest, reason_digest, report_digest))
DOCUMENT, PLAN = ("0x" + sha256(text) for text in (b"a document", b"a plan"))
SIGN_OFF = (
    "SignOff(bytes32 version,uint8 stage,uint8 risk,bytes32 evidence,bytes32 plan,uint32 policyEpoch,uint8 role,"
    "uint32 signingEpoch,uint40 deadline)"
)
REGISTRATION = "Registration(bytes32 version,bytes32 parentVersion,uint8 role,uint32 signingEpoch,uint40 deadline)"
ROLLBACK = (
    "Rollback(bytes32 model,bytes32 environment,bytes32 from,bytes32 to,uint8 trigger,bytes32 reason,bytes32 plan,"
    "uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
)
HALT = (
    "Halt(bytes32 model,bytes32 environment,bytes32 version,uint8 trigger,bytes32 reason,"
    "uint40 sequence,uint8 role,uint32 signingEpoch,uint40 deadline)"
)
ROTATION = "Rotation(bytes32 person,bytes signer,uint32 signingEpoch)"
OBJECTION = "Objection(bytes32 person,bytes32 key,uint32 signingEpoch)"
BALLOT = "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"
EXTENDED_BALLOT = (
    "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)"
)
DELEGATION = "Delegation(address delegatee,uint256 nonce,uint256 expiry)"


def by_person(type_text, message, signer):
    return typed("Kedge", RULES, type_text, message, signer)


def ending(role):
    """How each type ends that a warrant answers; of someone who never rotated and was never suspended."""
    return {"role": ROLES.index(role), "signingEpoch": 0, "deadline": DEADLINE}


def terms_of(one, stage, role, plan=NONE):
    return {
        "version": one["id"],
        "stage": STAGES.index(stage),
        "risk": one["identity"]["risk"],
        "evidence": EVIDENCE,
        "plan": plan,
        "policyEpoch": 1,
        **ending(role),
    }


def warrant_by(person, role, signature):
    return warrant(role, DEADLINE, person["signer"], signature)


DRIFT = TRIGGERS.index("DriftOrIntegrity")
VALIDATION, PRODUCTION, WARD = (ENVIRONMENTS[name] for name in ("validation", "production", "ward-3"))


def order_of(source, target, plan):
    """A way back, or none, of triage-note in production."""
    order = {"model": NOTES, "environment": PRODUCTION, "from": source, "to": target, "trigger": DRIFT}
    return {**order, "reason": REASON, "plan": plan}


def halt_of(model, environment, version, trigger=DRIFT):
    return {"model": model, "environment": environment, "version": version, "trigger": trigger, "reason": REASON}


sign_off = by_person(SIGN_OFF, terms_of(SECOND, "Validation", "ResponsibleAIOfficer"), 1)
registration = by_person(
    REGISTRATION, {"version": SECOND["id"], "parentVersion": FIRST["id"], **ending("ModelDeveloper")}, 4
)
# The sequence is that of the active word when it is carried, see the acts below.
halt = by_person(
    HALT, {**halt_of(NOTES, PRODUCTION, NOTE_2["id"]), "sequence": 11, **ending("ResponsibleAIOfficer")}, 1
)
rollback = by_person(ROLLBACK, {**order_of(NONE, NOTE_1["id"], PLAN), "sequence": 14, **ending("SystemOperator")}, 5)
NEW_ADA, NEW_BEN, WRONG_BEN = (account(place).lower() for place in (20, 21, 22))
rotation = by_person(ROTATION, {"person": ADA["id"], "signer": NEW_ADA, "signingEpoch": 0}, 20)
objection = by_person(OBJECTION, {"person": BEN["id"], "key": keccak(WRONG_BEN), "signingEpoch": 0}, 2)
recovery = by_person(ROTATION, {"person": BEN["id"], "signer": NEW_BEN, "signingEpoch": 1}, 21)

packed = [
    {"role": "TechnicalLead", "deadline": DEADLINE, "signer": BEN["signer"], "signature": "0x"},
    {"role": "ResponsibleAIOfficer", "deadline": DEADLINE, "signer": ADA["signer"], "signature": sign_off["signature"]},
    {"role": "DomainLead", "deadline": DEADLINE, "signer": PASSKEY["signer"], "signature": "0x" + "33" * 300},
    {"role": "OversightCommittee", "deadline": DEADLINE, "signer": "0x", "signature": "0x"},
]
warrants = [{"terms": terms, "packed": warrant(*terms.values())} for terms in packed]


# A proposal of the Emergency Committee, its operation in the timelock, and ballots.

ROLLBACK_ORDER = "(bytes32,bytes32,bytes32,bytes32,uint8,bytes32,bytes32)"
HALT_ORDER = "(bytes32,bytes32,bytes32,uint8,bytes32)"

order = tuple_of(MODEL, PRODUCTION, SECOND["id"], FIRST["id"], DRIFT, REASON, NONE)
call = cast("calldata", f"rollback({ROLLBACK_ORDER},uint8)", order, ROLES.index("EmergencyCommittee"))
description = "# Back to 5.0.0\n\n#proposer=" + account(9).lower()
description_hash = keccak("0x" + description.encode().hex())
proposal_id = keccak(
    encode("address[],uint256[],bytes[],bytes32", f"[{REGISTRY}]", "[0]", f"[{call}]", description_hash)
)
salt = "0x" + (int(description_hash, 16) ^ int(COMMITTEES["Emergency"], 16) << 96).to_bytes(32, "big").hex()
operation = keccak(
    encode("address[],uint256[],bytes[],bytes32,bytes32", f"[{REGISTRY}]", "[0]", f"[{call}]", NONE, salt)
)
proposal = {
    "calls": [{"to": REGISTRY, "data": call}],
    "description": description,
    "id": proposal_id,
    "salt": salt,
    "operation": operation,
}
ballot_terms = {"proposalId": proposal_id, "support": 1, "voter": account(10), "nonce": 0}
EMERGENCY_DOMAIN = "Kedge Emergency Committee", COMMITTEES["Emergency"]
ballot = typed(*EMERGENCY_DOMAIN, BALLOT, ballot_terms, 10)
extended_ballot = typed(
    *EMERGENCY_DOMAIN, EXTENDED_BALLOT, {**ballot_terms, "reason": "It misses quiet speech.", "params": "0x"}, 10
)
delegation = typed(
    "Kedge Assembly", SEATS["Assembly"], DELEGATION, {"delegatee": account(2), "nonce": 0, "expiry": DEADLINE}, 1
)
typed_data = {
    one["type"].partition("(")[0]: one
    for one in (
        sign_off, registration, rollback, halt, rotation, objection, ballot, extended_ballot, delegation,
    )
}


# Acts, such that each Action is there: what a fresh local chain logs when these calls are made in this order.


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
RISK = f"({IDENTITY},uint8,bytes32)"
officer("RiskRaised", NOTE_3["id"], DOCUMENT, "raiseRisk" + RISK, identity_of(NOTE_3), 1, DOCUMENT)
of_committee(
    registry, "Oversight", "RiskRestored", NOTE_3["id"], DOCUMENT, "restoreRisk" + RISK, identity_of(NOTE_3), 0, DOCUMENT
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
of_committee(registry, "Oversight", "Resumed", NOTE_2["id"], REASON, f"resume({HALT_ORDER},uint8)", stop, 4, systems=3)

# Triggers: one that is closed; a directive, which pulls the review, and which the withdrawal answers.
REPORT_TRIGGER = f"reportTrigger({HALT_ORDER},uint8)"
directive = tuple_of(*halt_of(NOTES, PRODUCTION, NOTE_2["id"], TRIGGERS.index("Directive")).values())
registry(watch[0], "TriggerReported", *watch[1:], NOTE_2["id"], REASON, REPORT_TRIGGER, stop, 8, systems=3)
officer("IncidentClosed", NOTES, REASON, "closeIncident(bytes32,bytes32,bytes32)", NOTES, PRODUCTION, REASON)
of_committee(
    registry, "Oversight", "TriggerReported", NOTE_2["id"], REASON, REPORT_TRIGGER, directive, 4,
    systems=3, pulled=NOTE_2["id"],
)
away = tuple_of(*order_of(NOTE_2["id"], NONE, PLAN).values())
officer("Withdrawn", NOTE_2["id"], REASON, f"withdraw({ROLLBACK_ORDER},uint8)", away, 2, systems=3)
again = tuple_of(*order_of(NONE, NOTE_1["id"], PLAN).values())
registry(
    DEPLOYER, "RolledBack", EMIL["id"], "SystemOperator", NONE, REASON, f"rollbackBySig({ROLLBACK_ORDER},bytes)",
    again, warrant_by(EMIL, "SystemOperator", rollback["signature"]), systems=2,
)

# The ends: of versions, and of the model here.
of_committee(
    registry, "Oversight", "DefectRecorded", NOTE_4["id"], DOCUMENT, f"recordDefect({IDENTITY},bytes32)",
    identity_of(NOTE_4), DOCUMENT,
)
officer("Retired", NOTE_3["id"], REASON, f"retire({IDENTITY},bytes32[],bytes32)", identity_of(NOTE_3), "[]", REASON)
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


# Storage.


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
        "operatorRollback": index(13, NOTES, PRODUCTION),
        "haltTimes": index(14, SECOND["id"], VALIDATION),
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
TIME = 1767225600
layouts = {
    "ModelWord": {
        "tag": (0, 3), "versions": (32, 7), "sequence": (64, 21), "schemas": (104, 256), "floor": (120, 1),
        "state": (128, 2), "monitored": (136, 1), "introduced": (144, 1),
    },
    "VersionWord": {
        "number": (0, 2), "model": (32, 3), "stage": (64, 4), "declared": (72, 1), "raised": (80, 3), "schema": (88, 7),
        "released": (96, 1), "operatorRollbacks": (104, 3), "condemnedFrom": (120, TIME),
        "provenIn": (160, "0x800000000000000000000005"),
    },
    "ActiveWord": {
        "number": (0, 6), "sequence": (32, 21), "since": (72, TIME), "timer": (112, TIME + 60), "risk": (152, 3),
        "haltedBy": (160, 2), "soaked": (168, 1), "incident": (169, 1), "stopped": (170, 1), "place": (176, 2), "newest": (192, 7),
        "previous": (224, 5),
    },
    "StandingWord": {
        "roles": (0, 0x82), "signingEpoch": (16, 4), "suspendedUntil": (48, TIME), "suspendableFrom": (88, TIME + 30 * DAY),
        "versioning": (128, TIME + 1), "rollback": (168, TIME + 2), "incident": (208, TIME + 3), "auditRequired": (248, 1),
    },
    # As the policy's floor, but that Medium needs the technical lead too, and Critical the Emergency Committee.
    "Matrix": {
        f"{risk}.{stage}": (
            16 * (3 * place + column),
            bits_of(names) | (2 if risk == "Medium" else 0) | (64 if risk == "Critical" and stage == "Production" else 0),
        )
        for place, (risk, row) in enumerate(zip(RISKS, ROWS))
        for column, (stage, names) in enumerate(zip(STAGES[2:5], (row[:1], row[:1], row)))
    },
}
words = {
    name: {**{field: value for field, (_, value) in fields.items()}, "word": word(*fields.values())}
    for name, fields in layouts.items()
}

# The file, laid out as the repository's formatter would.


WIDTH = 110


def layout(value, indent="", before=0):
    """before: how much stands on the line already, besides the indentation"""
    one_line = json.dumps(value, ensure_ascii=True)
    inner = indent + "  "
    if isinstance(value, dict) and value:
        keys = {key: json.dumps(key) + ": " for key in value}
        lines = [inner + keys[key] + layout(item, inner, len(keys[key])) for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        flat = all(not isinstance(item, dict) and (not isinstance(item, list) or len(item) < 2) for item in value)
        if flat and len(indent) + before + len(one_line) + 1 <= WIDTH:
            return one_line
        return "[\n" + ",\n".join(inner + layout(item, inner) for item in value) + f"\n{indent}]"
    return one_line


vectors = {
    "chain": {
        "chainId": CHAIN_ID,
        "deployer": DEPLOYER,
        "rules": RULES,
        "registry": REGISTRY,
        "timelocks": list(TIMELOCKS.values()),
        "seats": list(SEATS.values()),
        "committees": list(COMMITTEES.values()),
        "policy": POLICY,
    },
    "models": {"silero-vad": MODEL, "triage-note": NOTES},
    "labels": {one["labelText"]: one["identity"]["label"] for one in versions},
    "domains": {"speech": DOMAIN},
    "environments": ENVIRONMENTS,
    "people": [ADA, DANA, PASSKEY],
    "versions": versions,
    "floor": matrix,
    "epoch": epoch,
    "typedData": typed_data,
    "warrants": warrants,
    "proposal": proposal,
    "topics": {
        "Logged": keccak("Logged(uint8,bytes32,bytes32,uint8,bytes32,uint256,bytes)"),
        "Checkpoint": keccak("Checkpoint(bytes32)"),
    },
    "genesis": genesis,
    "acts": acts,
    "slots": slots,
    "words": words,
    "documents": documents,
    "artifact": {"files": FILES, "root": root, "treeCid": tree_cid},
    "canonical": canonical,
    "files": files,
    "directories": directories,
    "hamt": hamt,
    "murmur3": murmurs,
}
(TARGET / "vectors.json").write_text(layout(vectors) + "\n")
