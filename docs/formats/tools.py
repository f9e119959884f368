"""What the vectors are made with: sha256sum, Python's hashlib, and Foundry's cast, the one that npm installs or the one
that CAST names.
"""

import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Where the vectors go.
TARGET = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent
CAST = os.environ.get("CAST") or str(ROOT / "node_modules" / ".bin" / "cast")
NONE = "0x" + "00" * 32


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
