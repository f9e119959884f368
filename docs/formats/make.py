"""Makes the vectors of docs/formats.md, here or in another directory: python3 docs/formats/make.py [directory]

It needs Python 3.9 or newer (its standard library alone), sha256sum, and Foundry's cast: the one that npm installs, or
the one that CAST names. It shares no code with the SDK or the contracts, so that a fault of theirs cannot hide in what it makes.
"""

import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
CAST = os.environ.get("CAST") or str(ROOT / "node_modules" / ".bin" / "cast")
MNEMONIC = "test test test test test test test test test test test junk"
CHAIN_ID = 31337
NONE = "0x" + "00" * 32


# The tools.


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def cast(*arguments):
    return run(CAST, *map(str, arguments))


def keccak(text_or_hex):
    return cast("keccak", text_or_hex)


def encode(types, *values):
    return cast("abi-encode", f"f({types})", *values)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sha256sum(path):
    digest = run("sha256sum", str(path)).split()[0].lstrip("\\")
    assert digest == sha256(path.read_bytes()), path
    return digest


# CIDs, dag-pb, UnixFS, HAMT.

CHUNK, WIDTH, LIMIT, FANOUT = 1 << 20, 1024, 256 << 10, 256


def varint(n):
    out = b""
    while n >= 128:
        out += bytes([n % 128 + 128])
        n //= 128
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def cid_bytes(codec, block):
    return bytes([1, codec, 0x12, 32]) + hashlib.sha256(block).digest()


def cid_text(cid):
    return "b" + base64.b32encode(cid).decode().lower().rstrip("=")


def cid_of_digest(digest):
    return cid_text(bytes([1, 0x55, 0x12, 32]) + bytes.fromhex(digest))


def node(links, data):
    """links: (cid, name, tsize), written in this order; returns (cid, tsize, block)"""
    block = b"".join(field(2, field(1, c) + field(2, n.encode()) + field(3, t)) for c, n, t in links)
    block += field(1, data)
    return cid_bytes(0x70, block), len(block) + sum(t for _, _, t in links), block


def file_of(leaves):
    """leaves: (cid, size, tsize) of each chunk in order; returns the same of the file"""
    level = leaves
    while len(level) > 1:
        above = []
        for i in range(0, len(level), WIDTH):
            part = level[i : i + WIDTH]
            size = sum(s for _, s, _ in part)
            data = field(1, 2) + field(3, size) + b"".join(field(4, s) for _, s, _ in part)
            c, t, _ = node([(c, "", t) for c, _, t in part], data)
            above.append((c, size, t))
        level = above
    return level[0]


def file(content):
    parts = [content[i : i + CHUNK] for i in range(0, len(content), CHUNK)] or [b""]
    return file_of([(cid_bytes(0x55, part), len(part), len(part)) for part in parts])


def lengths(size):
    """The lengths of a file's chunks; an empty file has one, of length 0."""
    return [CHUNK] * (size // CHUNK) + ([size % CHUNK] if size % CHUNK or size == 0 else [])


M = (1 << 64) - 1


def rotl(x, r):
    return (x << r | x >> (64 - r)) & M


def fmix(k):
    k = (k ^ k >> 33) * 0xFF51AFD7ED558CCD & M
    k = (k ^ k >> 33) * 0xC4CEB9FE1A85EC53 & M
    return k ^ k >> 33


def murmur(data):
    """MurmurHash3 x64-128, seed 0; the first 64 bits, most significant byte first"""
    c1, c2, h1, h2 = 0x87C37B91114253D5, 0x4CF5AD432745937F, 0, 0
    padded = data + bytes(-len(data) % 16)
    for i in range(0, len(padded), 16):
        k1, k2 = (int.from_bytes(padded[i + j : i + j + 8], "little") for j in (0, 8))
        h1 ^= rotl(k1 * c1 & M, 31) * c2 & M
        if i + 16 <= len(data):
            h1 = ((rotl(h1, 27) + h2) * 5 + 0x52DCE729) & M
        h2 ^= rotl(k2 * c2 & M, 33) * c1 & M
        if i + 16 <= len(data):
            h2 = ((rotl(h2, 31) + h1) * 5 + 0x38495AB5) & M
    h1 ^= len(data)
    h2 ^= len(data)
    h1 = (h1 + h2) & M
    h2 = (h2 + h1) & M
    return ((fmix(h1) + fmix(h2)) & M).to_bytes(8, "big")


def shard(entries, level):
    """entries: (name, cid, tsize); returns (cid, tsize, blocks)"""
    links, slots, blocks = [], {}, []
    for name, c, t in entries:
        slots.setdefault(murmur(name.encode())[level], []).append((name, c, t))
    for slot, inside in sorted(slots.items()):
        if len(inside) == 1:
            name, c, t = inside[0]
            links.append((c, "%02X" % slot + name, t))
        else:
            c, t, below = shard(inside, level + 1)
            blocks += below
            links.append((c, "%02X" % slot, t))
    bits = sum(1 << s for s in slots)
    bitmap = bits.to_bytes((bits.bit_length() + 7) // 8, "big")
    c, t, block = node(links, field(1, 5) + field(2, bitmap) + field(5, 0x22) + field(6, FANOUT))
    return c, t, [block, *blocks]


def directory(entries):
    """entries: (name, cid, tsize); returns (cid, tsize)"""
    links = sorted(((c, n, t) for n, c, t in entries), key=lambda link: link[1].encode())
    c, t, block = node(links, field(1, 1))
    return (c, t) if len(block) <= LIMIT else shard(entries, 0)[:2]


def tree(files):
    """files: content by path; returns the CID and the cumulative size of the root"""
    names = {}
    for path, content in files.items():
        first, _, rest = path.partition("/")
        names.setdefault(first, {})[rest] = content
    entries = []
    for name, inside in names.items():
        c, t = tree(inside) if "" not in inside else file(inside[""])[::2]
        entries.append((name, c, t))
    return directory(entries)


def names_for(size):
    """Names of 76 and 77 bytes for a directory block of exactly `size` bytes."""
    longer = (size - 4) % 120
    return ["%06d" % i + "x" * (71 if i < longer else 70) for i in range((size - 4) // 120)]


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


# The local chain: its accounts, its addresses, its people.


def account(index):
    return cast("wallet", "address", "--mnemonic", MNEMONIC, "--mnemonic-index", index)


def key_of(index):
    return cast("wallet", "private-key", MNEMONIC, index)


def created(nonce):
    return cast("compute-address", DEPLOYER, "--nonce", nonce).split()[-1]


def padded(address):
    return "0x" + address[2:].lower().rjust(64, "0")


DEPLOYER = account(0)
RULES, REGISTRY = created(3), created(4)
EMERGENCY_TIMELOCK, EMERGENCY = created(2), created(10)
EMERGENCY_NAME = "Kedge Emergency Committee"
POLICY = "0x" + sha256sum(ROOT / "deployments" / "local" / "policy.md")


def person(name, signer):
    key, salt = keccak(signer), keccak(name)
    signer = signer.lower()
    return {"name": name, "signer": signer, "key": key, "salt": salt, "id": keccak(encode("bytes32,bytes32", key, salt))}


ADA, DANA = person("Ada Osei", account(1)), person("Dana Cruz", account(4))
PASSKEY = person("Noor Haddad", "0x" + "c0" * 20 + "11" * 32 + "22" * 32)

MODEL, DOMAIN = keccak("silero-vad"), keccak("speech")
ENVIRONMENTS = {name: keccak(name) for name in ("validation", "staging", "production", "ward-3")}


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

IDENTITY = "bytes32,bytes32,bytes32,bytes32,bytes32,uint8,uint8,bytes32"


def version(label, manifest, artifact, parent, risk):
    """risk: 0 is Low"""
    identity = {
        "model": MODEL,
        "label": keccak(label),
        "manifestDigest": "0x" + manifest,
        "artifactDigest": "0x" + artifact,
        "parent": parent,
        "schema": 0,
        "risk": risk,
        "author": DANA["id"],
    }
    preimage = encode("uint256,address," + IDENTITY, CHAIN_ID, REGISTRY, *identity.values())
    return {"labelText": label, "identity": identity, "preimage": preimage, "id": keccak(preimage)}


FIRST = version("5.0.0", sha256(b"parent"), sha256(b"parent artifact"), NONE, 1)
SECOND = version("6.0.0", manifest_digest, artifact_digest, "0x" + sha256(b"parent"), 2)


def tuple_of(values):
    return "(" + ",".join(map(str, values)) + ")"


# The matrix of the policy's floor, and the terms of an epoch.

ROLES = ["TechnicalLead", "ResponsibleAIOfficer", "DomainLead", "OversightCommittee"]
ROWS = [["TechnicalLead"], ["ResponsibleAIOfficer"], ["ResponsibleAIOfficer", "DomainLead"], ROLES[1:]]
floor = 0
for risk, row in enumerate(ROWS):
    for column, names in enumerate((row[:1], row[:1], row)):
        bitmap = sum(1 << (ROLES.index(name) + 1) for name in names)
        floor |= bitmap << 16 * (3 * risk + column)
matrix = "0x%048x" % floor

DAY = 86400
SOAK, RESPONSE = [3600, 6 * 3600, DAY, 2 * DAY], [3 * DAY, 2 * DAY, DAY, 4 * 3600]
epoch = {"epoch": 2, "document": POLICY, "matrix": matrix, "soak": SOAK, "response": RESPONSE}
thresholds = "(" + json.dumps(SOAK) + "," + json.dumps(RESPONSE) + ")"
epoch["terms"] = keccak(
    encode(
        "uint256,address,uint32,bytes32,uint192,(uint32[4],uint32[4])",
        CHAIN_ID, RULES, 2, POLICY, floor, thresholds,
    )
)


# Typed data, by the parts and by cast's own encoder.


def typed(name, contract, type_text, message, signer, arguments=None):
    """arguments: the values as they stand in the struct's encoding, where they differ from the message's"""
    primary, _, inside = type_text.rstrip(")").partition("(")
    members = [dict(zip(("type", "name"), member.split(" "))) for member in inside.split(",")]
    domain_text = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    separator = keccak(
        encode("bytes32,bytes32,bytes32,uint256,address", keccak(domain_text), keccak(name), keccak("1"), CHAIN_ID, contract)
    )
    kinds = ["bytes32" if member["type"] == "bytes" else member["type"] for member in members]
    struct = keccak(encode(",".join(["bytes32", *kinds]), keccak(type_text), *(arguments or message.values())))
    digest = keccak("0x1901" + separator[2:] + struct[2:])
    domain = {"name": name, "version": "1", "chainId": CHAIN_ID, "verifyingContract": contract}
    types = {"EIP712Domain": [dict(zip(("type", "name"), m.split(" "))) for m in domain_text[13:-1].split(",")]}
    data = {"types": {**types, primary: members}, "primaryType": primary, "domain": domain, "message": message}
    key = key_of(signer)
    signature = cast("wallet", "sign", "--private-key", key, "--data", json.dumps(data))
    assert signature == cast("wallet", "sign", "--private-key", key, "--no-hash", digest), primary
    return {
        "type": type_text,
        "domain": domain,
        "message": message,
        "typeHash": keccak(type_text),
        "domainSeparator": separator,
        "structHash": struct,
        "digest": digest,
        "signer": account(signer),
        "signature": signature,
    }


# The last second in which it may be used: that of 2100-01-01T00:00:00Z.
DEADLINE = 4102444800
sign_off = typed(
    "Kedge Registry",
    REGISTRY,
    "SignOff(bytes32 version,uint8 role,uint8 stage,uint8 risk,bytes32 evidence,uint32 policyEpoch,uint32 signingEpoch,uint40 deadline)",
    {
        "version": SECOND["id"],
        "role": 2,
        "stage": 2,
        "risk": 2,
        "evidence": "0x" + evidence_digest,
        "policyEpoch": 1,
        "signingEpoch": 0,
        "deadline": DEADLINE,
    },
    1,
)
new_key = account(20).lower()
rotation = typed(
    "Kedge Rules",
    RULES,
    "Rotation(bytes32 person,bytes signer,uint32 signingEpoch)",
    {"person": ADA["id"], "signer": new_key, "signingEpoch": 0},
    20,
    [ADA["id"], keccak(new_key), 0],
)


# Audit entries: what the registry of a fresh local chain logs when these calls are made in this order.

head = NONE
audit = []


def log(number, actor, authority, subject, document, systems, data):
    global head
    head = keccak(
        encode(
            "bytes32,uint8,bytes32,uint8,bytes32,bytes32,uint256,bytes32",
            head, number, actor, authority, subject, document, systems, keccak(data),
        )
    )
    entry = {"action": number, "actor": actor, "authority": authority, "subject": subject}
    audit.append({**entry, "document": document, "systems": str(systems), "data": data, "head": head})


REPORT, EVIDENCE, REASON = ("0x" + digest for digest in (report_digest, evidence_digest, reason_digest))
log(0, padded(RULES), 0, NONE, POLICY, 0, encode("uint256,address,address", CHAIN_ID, REGISTRY, RULES))
call = cast(
    "calldata", "createModel(string,bytes32,uint8,bytes32[],bytes32)",
    "silero-vad", DOMAIN, 1, f"[{DANA['id']}]", REPORT,
)
log(1, ADA["id"], 2, MODEL, REPORT, 0, call)
schema = "0x" + sha256(b"schema")
call = cast("calldata", "addSchema(bytes32,bytes32,uint256,bytes32)", MODEL, schema, 0, REPORT)
log(2, ADA["id"], 2, MODEL, REPORT, 1, call)
call = cast(
    "calldata", "requireSchemas(bytes32,bytes32,uint256,bytes32)", MODEL, ENVIRONMENTS["validation"], 1, REPORT
)
log(3, ADA["id"], 2, MODEL, REPORT, 1, call)
for one, parent in ((FIRST, NONE), (SECOND, FIRST["id"])):
    call = cast("calldata", f"register(({IDENTITY}),bytes32)", tuple_of(one["identity"].values()), parent)
    log(7, DANA["id"], 7, one["id"], one["identity"]["manifestDigest"], 0, call)
approval = tuple_of([2, DEADLINE, ADA["signer"], sign_off["signature"]])
call = cast(
    "calldata",
    f"promote((({IDENTITY}),uint8,bytes32,bytes32,(uint8,uint40,bytes,bytes)[]))",
    tuple_of([tuple_of(SECOND["identity"].values()), 2, EVIDENCE, NONE, f"[{approval}]"]),
)
log(10, padded(DEPLOYER), 0, SECOND["id"], EVIDENCE, 0, call)
order = tuple_of([MODEL, ENVIRONMENTS["validation"], SECOND["id"], 3, REASON])
log(16, ADA["id"], 2, SECOND["id"], REASON, 1, cast("calldata", "halt((bytes32,bytes32,bytes32,uint8,bytes32),uint8)", order, 2))


# A proposal of the Emergency Committee, its operation in the timelock, and a ballot.

order = tuple_of([MODEL, ENVIRONMENTS["production"], SECOND["id"], FIRST["id"], 3, REASON, NONE])
call = cast("calldata", "rollback((bytes32,bytes32,bytes32,bytes32,uint8,bytes32,bytes32),uint8)", order, 6)
description = "# Back to 5.0.0\n\n#proposer=" + account(9).lower()
description_hash = keccak("0x" + description.encode().hex())
proposal_id = keccak(
    encode("address[],uint256[],bytes[],bytes32", f"[{REGISTRY}]", "[0]", f"[{call}]", description_hash)
)
salt = "0x" + (int(description_hash, 16) ^ int(EMERGENCY, 16) << 96).to_bytes(32, "big").hex()
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
ballot = typed(
    EMERGENCY_NAME,
    EMERGENCY,
    "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)",
    {"proposalId": proposal_id, "support": 1, "voter": account(10), "nonce": 0},
    10,
)


# Storage.


def index(slot, *keys):
    for key in keys:
        slot = cast("index", "bytes32", key, slot)
    return slot


def word(*fields):
    """fields: (first bit, value)"""
    return "0x%064x" % sum(value << bit for bit, value in fields)


slots = {
    "registry": {
        "head": "0x%064x" % 2,
        "model": index(3, MODEL),
        "version": index(8, SECOND["id"]),
        "active": index(10, MODEL, ENVIRONMENTS["validation"]),
        "required": index(11, MODEL, ENVIRONMENTS["validation"]),
    },
    "rules": {
        "head": "0x%064x" % 2,
        "policy": "0x%064x" % 3,
        "personOf": index(7, ADA["key"]),
        "person": index(8, ADA["id"]),
        "stageOf": index(10, ENVIRONMENTS["ward-3"]),
    },
}
words = {
    "version": {
        "number": 2, "stage": 4, "declared": 1, "raised": 3, "schema": 7, "activeIn": 2,
        "registeredAt": 1767225600, "stageSince": 1769904000, "condemnedFrom": 1772323200,
        "operatorRollbacks": 3,
    },
    "active": {
        "number": 2, "sequence": 9, "activation": 5, "since": 1769904000,
        "risk": 3, "haltedBy": 2, "haltedAt": 1772323200,
    },
}
for name, bits in (
    ("version", (0, 32, 40, 48, 56, 64, 80, 120, 160, 200)),
    ("active", (0, 32, 96, 160, 200, 208, 216)),
):
    words[name]["word"] = word(*zip(bits, words[name].values()))


# The file, laid out as the repository's formatter would.


def layout(value, indent="", room=110):
    one_line = json.dumps(value, ensure_ascii=True)
    if isinstance(value, dict) and value:
        inner = indent + "  "
        lines = [
            f"{inner}{json.dumps(key)}: {layout(item, inner, room - len(json.dumps(key)) - 2)}"
            for key, item in value.items()
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and value:
        flat = all(not isinstance(item, dict) and (not isinstance(item, list) or len(item) < 2) for item in value)
        if flat and len(indent) + len(one_line) + 1 <= room:
            return one_line
        inner = indent + "  "
        return "[\n" + ",\n".join(inner + layout(item, inner, room) for item in value) + f"\n{indent}]"
    return one_line


vectors = {
    "chain": {
        "chainId": CHAIN_ID,
        "deployer": DEPLOYER,
        "rules": RULES,
        "registry": REGISTRY,
        "emergencyTimelock": EMERGENCY_TIMELOCK,
        "emergencyCommittee": EMERGENCY,
        "policy": POLICY,
    },
    "models": {"silero-vad": MODEL},
    "labels": {"5.0.0": FIRST["identity"]["label"], "6.0.0": SECOND["identity"]["label"]},
    "domains": {"speech": DOMAIN},
    "environments": ENVIRONMENTS,
    "people": [ADA, DANA, PASSKEY],
    "versions": [FIRST, SECOND],
    "floor": matrix,
    "epoch": epoch,
    "typedData": [sign_off, rotation, ballot],
    "proposal": proposal,
    "topics": {
        "Logged": keccak("Logged(uint8,bytes32,bytes32,uint8,bytes32,uint256,bytes)"),
        "Checkpoint": keccak("Checkpoint(bytes32)"),
    },
    "audit": audit,
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
