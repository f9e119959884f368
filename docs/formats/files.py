"""Vectors of files and directories in IPFS: section 10 of docs/formats.md."""

from ipfs import CHUNK, cid_bytes, cid_text, directory, file_of, lengths, murmur, names_for, shard


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
