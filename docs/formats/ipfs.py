"""CIDs, dag-pb, UnixFS, HAMT: section 10 of docs/formats.md."""

import base64
import hashlib

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
