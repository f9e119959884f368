"""The local chain of the vectors: accounts, addresses, what people sign, and what is sent and logged."""

import functools
import json

from tools import NONE, cast, encode, keccak


MNEMONIC = "test test test test test test test test test test test junk"
CHAIN_ID = 31337

RISKS = ["Low", "Medium", "High", "Critical"]
STAGES = ["None", "Development", "Validation", "Staging", "Production", "Retired"]
ROLES = [
    "None", "TechnicalLead", "ResponsibleAIOfficer", "DomainLead", "OversightCommittee", "SystemOperator",
    "EmergencyCommittee", "ModelDeveloper", "Monitor", "TrainingOfficer", "Auditor", "Assembly",
]
TRIGGERS = ["None", "SafetyRisk", "PerformanceRegression", "DriftOrIntegrity", "Directive", "Incident"]
ACTIONS = [
    "Genesis",
    "ModelCreated", "FloorSet", "DeveloperSet", "SchemaAdded", "SchemasRequired", "MonitorSet", "ModelSuspended",
    "ModelReinstated", "ModelMoved", "Registered", "RiskRaised", "RiskRestored", "DefectRecorded", "Promoted",
    "Activated", "RolledBack", "Withdrawn", "Overruled", "Halted", "Resumed", "Lapsed", "TriggerReported",
    "IncidentClosed", "Retired", "Released",
    "Appointed", "RolesChanged", "DomainSet", "Certified", "Suspended", "Reinstated", "Sanctioned",
    "ViolationRecorded", "AuditAccepted", "Rotated", "RecoveryStarted", "RecoveryObjected", "Recovered",
    "EnvironmentAdded", "SignedOff", "EpochConsented", "EpochStarted", "ReviewRecorded", "ReviewPulled",
    "Condemned",
]


@functools.cache
def account(index):
    return cast("wallet", "address", "--mnemonic", MNEMONIC, "--mnemonic-index", index)


@functools.cache
def key_of(index):
    return cast("wallet", "private-key", MNEMONIC, index)


DEPLOYER = account(0)


def created(nonce):
    """The address of what the deployer creates with this nonce."""
    return cast("compute-address", DEPLOYER, "--nonce", nonce).split()[-1]


def padded(address):
    return "0x" + address[2:].lower().rjust(64, "0")


def tuple_of(*values):
    return "(" + ",".join(map(str, values)) + ")"


def list_of(*values):
    return "[" + ",".join(map(str, values)) + "]"


# Typed data, by the parts and by cast's own encoder.

DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def in_struct(kind, value):
    """How a member stands in the encoding of its struct: those without a fixed size by their hash."""
    if kind == "string":
        return "bytes32", keccak("0x" + value.encode().hex())
    return ("bytes32", keccak(value)) if kind == "bytes" else (kind, value)


@functools.cache
def separator_of(name, contract):
    arguments = keccak(DOMAIN_TYPE), keccak(name), keccak("1"), CHAIN_ID, contract
    return keccak(encode("bytes32,bytes32,bytes32,uint256,address", *arguments))


def typed(name, contract, type_text, message, signer):
    """What the account of this index signs for a contract whose domain has this name."""
    primary, _, inside = type_text.rstrip(")").partition("(")
    members = [dict(zip(("type", "name"), member.split(" "))) for member in inside.split(",")]
    kinds, values = zip(*(in_struct(member["type"], message[member["name"]]) for member in members))
    struct = keccak(encode(",".join(["bytes32", *kinds]), keccak(type_text), *values))
    digest = keccak("0x1901" + separator_of(name, contract)[2:] + struct[2:])
    domain = {"name": name, "version": "1", "chainId": CHAIN_ID, "verifyingContract": contract}
    types = {"EIP712Domain": [dict(zip(("type", "name"), m.split(" "))) for m in DOMAIN_TYPE[13:-1].split(",")]}
    data = {"types": {**types, primary: members}, "primaryType": primary, "domain": domain, "message": message}
    signature = cast("wallet", "sign", "--private-key", key_of(signer), "--data", json.dumps(data))
    assert signature == signed(digest, signer), primary
    return {
        "type": type_text,
        "domain": domain,
        "message": message,
        "typeHash": keccak(type_text),
        "domainSeparator": separator_of(name, contract),
        "structHash": struct,
        "digest": digest,
        "signer": account(signer),
        "signature": signature,
    }


def signed(digest, signer):
    return cast("wallet", "sign", "--private-key", key_of(signer), "--no-hash", digest)


def warrant(role, deadline, signer, signature):
    """role: its name; signer and signature: hex"""
    fields = (
        bytes([ROLES.index(role)]),
        deadline.to_bytes(5, "big"),
        len(bytes.fromhex(signer[2:])).to_bytes(2, "big"),
        bytes.fromhex(signer[2:]),
        len(bytes.fromhex(signature[2:])).to_bytes(2, "big"),
        bytes.fromhex(signature[2:]),
    )
    return "0x" + b"".join(fields).hex()


# What is sent, and the entries that it leaves.

heads = {"Registry": NONE, "Rules": NONE}
sent = []


def entry(contract, action, actor, authority, subject, document, systems=0, data=None):
    """An entry, as yet without a head; data: None is the call itself."""
    return {
        "contract": contract,
        "action": ACTIONS.index(action),
        "actor": actor,
        "authority": ROLES.index(authority),
        "subject": subject,
        "document": document,
        "systems": str(systems),
        "data": data,
    }


def log(call, *entries):
    """Moves the heads."""
    for one in entries:
        one["data"] = one["data"] or call
        members = [one[name] for name in ("action", "actor", "authority", "subject", "document", "systems")]
        types = "bytes32,uint8,bytes32,uint8,bytes32,bytes32,uint256,bytes32"
        one["head"] = keccak(encode(types, heads[one["contract"]], *members, keccak(one["data"])))
        heads[one["contract"]] = one["head"]
    return list(entries)


def act(sender, to, call, *entries, wait=0):
    """wait: seconds that pass before it"""
    sent.append({"wait": wait, "from": sender, "to": to, "data": call, "entries": log(call, *entries)})
