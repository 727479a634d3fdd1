"""The tree and its proofs against each other, for every shape of tree up to a size and for random ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.merkle import (
    EMPTY_ROOT,
    ProofError,
    Tiles,
    leaf_hash,
    node_hash,
    root,
    root_of_hashes,
    verify_consistency,
    verify_inclusion,
)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def recursive_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1 word for word: split at the largest power of two below the size."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(recursive_root(hashes[:split]), recursive_root(hashes[split:]))


def tiles_of(hashes: list[bytes]) -> Tiles:
    stored, _, _ = Tiles(lambda level, index: b"").append(0, hashes)
    return Tiles(lambda level, index: stored[level, index])


def test_it_builds_the_tree_that_the_recursive_definition_builds() -> None:
    for size in range(70):
        assert root_of_hashes(leaves(size)) == recursive_root(leaves(size))


def test_it_hashes_leaf_data_before_building_the_tree() -> None:
    assert root([b"a", b"b"]) == node_hash(leaf_hash(b"a"), leaf_hash(b"b"))
    assert root([]) == EMPTY_ROOT


def test_it_proves_every_leaf_of_every_small_tree() -> None:
    for size in range(1, 40):
        hashes = leaves(size)
        tiles, top = tiles_of(hashes), root_of_hashes(hashes)
        for index in range(size):
            verify_inclusion(index, size, hashes[index], tiles.inclusion_proof(index, size), top)


def test_it_proves_every_growth_of_every_small_tree() -> None:
    hashes = leaves(40)
    tiles = tiles_of(hashes)
    for size2 in range(41):
        for size1 in range(1, size2 + 1):
            proof = tiles.consistency_proof(size1, size2)
            verify_consistency(size1, size2, proof, root_of_hashes(hashes[:size1]), root_of_hashes(hashes[:size2]))


@given(size=st.integers(2, 700), data=st.data())
def test_no_flipped_bit_in_an_inclusion_proof_passes(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof = tiles_of(hashes).inclusion_proof(index, size)
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[at] = (int.from_bytes(proof[at]) ^ 1 << bit).to_bytes(32)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, hashes[index], proof, root_of_hashes(hashes))


@given(size=st.integers(2, 300), data=st.data())
def test_a_proof_for_one_leaf_does_not_prove_another(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    index, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    proof = tiles_of(hashes).inclusion_proof(index, size)
    with pytest.raises(ProofError):
        verify_inclusion(other, size, hashes[index], proof, root_of_hashes(hashes))


@given(size2=st.integers(2, 700), data=st.data())
def test_a_changed_history_is_not_consistent(size2: int, data: st.DataObject) -> None:
    size1 = data.draw(st.integers(1, size2 - 1))
    changed = data.draw(st.integers(0, size1 - 1))
    honest = leaves(size2)
    forged = [*honest[:changed], leaf_hash(b"Eve was here"), *honest[changed + 1 :]]
    proof = tiles_of(forged).consistency_proof(size1, size2)
    with pytest.raises(ProofError):
        verify_consistency(size1, size2, proof, root_of_hashes(honest[:size1]), root_of_hashes(forged))


def test_a_growth_from_the_empty_tree_is_no_evidence() -> None:
    verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    with pytest.raises(ProofError, match="empty tree"):
        verify_consistency(0, 1, [], EMPTY_ROOT, leaf_hash(b""))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(ProofError, match="is not in a tree"):
        verify_inclusion(index, size, EMPTY_ROOT, [], EMPTY_ROOT)


def test_a_hash_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ProofError, match="31 bytes"):
        verify_inclusion(0, 2, EMPTY_ROOT, [EMPTY_ROOT[:31]], EMPTY_ROOT)
