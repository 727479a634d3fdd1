"""Check proofs: RFC 9162 (December 2021) sections 2.1.3.2 and 2.1.4.2, for the RFC 6962 tree."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from guomen.core.merkle.tree import EMPTY_ROOT, HASH_SIZE


class ProofError(ValueError):
    """A proof does not prove what it was shown for. The message says why."""


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless `leaf_hash` is leaf number `index` (from 0) of the tree of `size` leaves with `root`.

    `proof` holds the 32-byte sibling hashes from the leaf upwards, as in RFC 6962 section 2.1.1.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    _require_hashes(leaf_hash, root, *proof)
    fn, sn, found = index, size - 1, leaf_hash
    for sibling in proof:
        if sn == 0:
            raise ProofError("the proof is longer than the tree is high")
        if fn & 1 or fn == sn:
            found = sha256(b"\x01" + sibling + found).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            found = sha256(b"\x01" + found + sibling).digest()
        fn >>= 1
        sn >>= 1
    if sn:
        raise ProofError("the proof is shorter than the tree is high")
    _require_equal(found, root, "the proof leads to another root")


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Raise ProofError unless the tree (`size2`, `root2`) only adds leaves to the tree (`size1`, `root1`).

    `proof` holds 32-byte hashes as in RFC 6962 section 2.1.2; between equal sizes it must be empty. A growth from the
    empty tree proves nothing and is refused, so that nobody takes it for evidence.
    """
    if not 0 <= size1 <= size2:
        raise ProofError(f"a tree of {size2} leaves cannot continue a tree of {size1} leaves")
    if size1 == size2:
        _require_equal(root1, root2, "the sizes are equal and the roots are not")
        if size1 == 0:
            _require_equal(root1, EMPTY_ROOT, "an empty tree has another root than the empty root")
        if proof:
            raise ProofError("between equal sizes the proof must be empty")
        return
    if size1 == 0:
        raise ProofError("a growth from the empty tree cannot be proven")
    if not proof:
        raise ProofError("the proof is empty")
    _require_hashes(root1, root2, *proof)
    _walk_consistency(size1, size2, proof, root1, root2)


def _walk_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    # A size1 that is a power of two is itself a node of the new tree, so the proof leaves it out.
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    fn, sn = size1 - 1, size2 - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    found1 = found2 = path[0]
    for sibling in path[1:]:
        if sn == 0:
            raise ProofError("the proof is longer than the tree is high")
        if fn & 1 or fn == sn:
            found1 = sha256(b"\x01" + sibling + found1).digest()
            found2 = sha256(b"\x01" + sibling + found2).digest()
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            found2 = sha256(b"\x01" + found2 + sibling).digest()
        fn >>= 1
        sn >>= 1
    if sn:
        raise ProofError("the proof is shorter than the tree is high")
    _require_equal(found1, root1, "the proof leads to another old root")
    _require_equal(found2, root2, "the proof leads to another new root")


def _require_hashes(*hashes: bytes) -> None:
    for value in hashes:
        if len(value) != HASH_SIZE:
            raise ProofError(f"a hash has {len(value)} bytes instead of {HASH_SIZE}")


def _require_equal(found: bytes, wanted: bytes, reason: str) -> None:
    if not hmac.compare_digest(found, wanted):
        raise ProofError(reason)
