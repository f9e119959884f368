"""What people sign, warrants, proposals and ballots: sections 6 and 7 of docs/formats.md."""

from chain import ROLES, STAGES, TRIGGERS, account, tuple_of, typed, warrant
from documents import evidence_digest, reason_digest, report_digest
from tools import NONE, cast, encode, keccak, sha256
from versions import CONSENT_DEADLINE, DEADLINE, FIRST, NOTE_1, NOTE_2, SECOND
from world import ADA, BEN, COMMITTEES, ENVIRONMENTS, MODEL, NOTES, PASSKEY, REGISTRY, RULES


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


def by_person(type_text, message, signer):
    return typed("Kedge", RULES, type_text, message, signer)


def ending(role):
    """How each type ends that a warrant answers; of someone who never rotated and was never suspended."""
    deadline = CONSENT_DEADLINE if role == "OversightCommittee" else DEADLINE
    return {"role": ROLES.index(role), "signingEpoch": 0, "deadline": deadline}


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
VALIDATION, STAGING, PRODUCTION, WARD = (
    ENVIRONMENTS[name] for name in ("validation", "staging", "production", "ward-3")
)


def order_of(source, target, plan, model=NOTES, environment=PRODUCTION):
    """A way back, or none; of triage-note in production, where nothing else is said."""
    order = {"model": model, "environment": environment, "from": source, "to": target, "trigger": DRIFT}
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
rollback = by_person(
    ROLLBACK, {**order_of(NONE, NOTE_1["id"], PLAN), "sequence": 14, **ending("ResponsibleAIOfficer")}, 1
)
NEW_ADA, NEW_BEN, WRONG_BEN = (account(place).lower() for place in (20, 21, 22))
rotation = by_person(ROTATION, {"person": ADA["id"], "signer": NEW_ADA, "signingEpoch": 0}, 20)
objection = by_person(OBJECTION, {"person": BEN["id"], "key": keccak(WRONG_BEN), "signingEpoch": 0}, 2)
recovery = by_person(ROTATION, {"person": BEN["id"], "signer": NEW_BEN, "signingEpoch": 1}, 21)

packed = [
    {"role": "TechnicalLead", "deadline": DEADLINE, "signer": BEN["signer"], "signature": "0x"},
    {"role": "ResponsibleAIOfficer", "deadline": DEADLINE, "signer": ADA["signer"], "signature": sign_off["signature"]},
    {"role": "DomainLead", "deadline": DEADLINE, "signer": PASSKEY["signer"], "signature": "0x" + "33" * 300},
    {"role": "OversightCommittee", "deadline": CONSENT_DEADLINE, "signer": "0x", "signature": "0x"},
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
typed_data = {
    one["type"].partition("(")[0]: one
    for one in (sign_off, registration, rollback, halt, rotation, objection, ballot, extended_ballot)
}
