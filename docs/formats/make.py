"""Makes the vectors of docs/formats.md, here or in another directory: python3 docs/formats/make.py [directory]

It needs Python 3.9 or newer (its standard library alone), sha256sum, and Foundry's cast: the one that npm installs, or
the one that CAST names. It shares no code with the SDK or the contracts, so that a fault of theirs cannot hide in what it makes.
"""

import json
import sys

# No cache of compiled modules beside the vectors.
sys.dont_write_bytecode = True

from acts import sent
from chain import CHAIN_ID, DEPLOYER
from documents import FILES, canonical, documents, root, tree_cid
from files import directories, files, hamt, murmurs
from signing import proposal, typed_data, warrants
from storage import slots, words
from tools import TARGET, keccak
from versions import START, epoch, genesis, matrix, versions
from world import (
    ADA, COMMITTEES, DANA, DOMAIN, ENVIRONMENTS, LETTERS, MODEL, NOTES, PASSKEY, POLICY, REGISTRY, RULES, SEATS, TIMELOCKS,
)


WIDTH = 110


def layout(value, indent="", before=0):
    """As the repository's formatter would. before: how much stands on the line already, besides the indentation"""
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
        "start": START,
        "deployer": DEPLOYER,
        "rules": RULES,
        "registry": REGISTRY,
        "timelocks": list(TIMELOCKS.values()),
        "seats": list(SEATS.values()),
        "committees": list(COMMITTEES.values()),
        "policy": POLICY,
    },
    "models": {"silero-vad": MODEL, "triage-note": NOTES, "discharge-letter": LETTERS},
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
    "acts": sent,
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
