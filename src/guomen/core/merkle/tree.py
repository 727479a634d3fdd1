"""The hash tree of RFC 6962 (June 2013) section 2.1, unchanged in RFC 9162 section 2.1, with SHA-256."""

from collections.abc import Iterable
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(0x00 || data), 32 bytes. The prefix keeps a leaf from being read as a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right), 32 bytes."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash of leaf data, 32 bytes; of no leaves: SHA-256 of nothing."""
    return root_of_hashes(leaf_hash(leaf) for leaf in leaves)


def root_of_hashes(hashes: Iterable[bytes]) -> bytes:
    """Return the Merkle tree hash over leaf hashes (32 bytes each).

    RFC 6962 splits at the largest power of two below the size. Pairing neighbours level by level and carrying an odd
    last one up unchanged gives the same tree without recursion.
    """
    level = list(hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]
