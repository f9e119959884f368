"""Canonical JSON, and documents A, B and C: section 9 of docs/formats.md. They are written where the vectors go."""

import json

from ipfs import cid_of_digest, cid_text, tree
from tools import TARGET, sha256, sha256sum
from world import DANA, MODEL


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
