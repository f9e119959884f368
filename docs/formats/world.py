"""The fresh local chain that the vectors are of: its addresses, its people, its names."""

from chain import account, created, padded
from tools import ROOT, encode, keccak, sha256sum


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

MODEL, NOTES, LETTERS = (keccak(name) for name in ("silero-vad", "triage-note", "discharge-letter"))
DOMAIN = keccak("speech")
ENVIRONMENTS = {name: keccak(name) for name in ("validation", "staging", "production", "ward-3", "ward-4")}
