"""A proof as a text of its own: read back as it was written, and refused when anything in it is another."""

import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.merkle import (
    Checkpoint,
    NoteError,
    ProofError,
    TlogProof,
    leaf_hash,
    parse_tlog_proof,
    root,
    sign_note,
    tiles_of_proof,
    vkey,
)
from tests.core.merkle.test_merkle_tiles import filled
from tests.core.merkle.test_merkle_witness import LEAVES, TREE

NAME, KEY = "log.example/one", Ed25519PrivateKey.from_private_bytes(b"5" * 32)
NOTE = sign_note(Checkpoint(NAME, 700, root(LEAVES)).text(), NAME, KEY)
VKEY = vkey(NAME, KEY.public_key())


def proof(index: int, extra: bytes | None = None) -> TlogProof:
    return TlogProof(index, tuple(TREE.inclusion_proof(index, 700)), NOTE, extra)


@pytest.mark.parametrize("index", [0, 255, 256, 699])
@pytest.mark.parametrize("extra", [None, b"", b"entry"])
def test_it_is_read_as_it_was_written_and_holds(index, extra):
    read = parse_tlog_proof(proof(index, extra).text())
    assert read == proof(index, extra)
    assert read.verify(leaf_hash(LEAVES[index]), VKEY).size == 700


def test_it_has_the_form_of_the_specification():
    lines = proof(3, b"x").text().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra eA==", "index 3"]
    assert lines[13:16] == ["", NAME, "700"]


def test_another_leaf_another_place_and_another_key_are_refused():
    with pytest.raises(ProofError):
        proof(3).verify(leaf_hash(LEAVES[4]), VKEY)
    with pytest.raises(ProofError):
        TlogProof(4, proof(3).path, NOTE).verify(leaf_hash(LEAVES[3]), VKEY)
    with pytest.raises(NoteError):
        proof(3).verify(leaf_hash(LEAVES[3]), vkey("log.example/two", KEY.public_key()))


@pytest.mark.parametrize(
    "text",
    ["", "c2sp.org/tlog-proof@v2\nindex 0\n\nx", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
     "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
     "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 43 + "=\n" * 64 + "\nx", "c2sp.org/tlog-proof@v1\nextra eA==\n\nx",
     "c2sp.org/tlog-proof@v1\nindex 0\n\n" + "x" * 70_000],
)  # fmt: skip
def test_what_is_none_is_refused(text):
    with pytest.raises(ProofError):
        parse_tlog_proof(text)


@given(st.text(max_size=300))
def test_any_text_is_a_proof_or_refused(text):
    with contextlib.suppress(ProofError):
        assert parse_tlog_proof(f"c2sp.org/tlog-proof@v1\n{text}").index >= 0


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 3_000, 65_536, 70_000])
def test_the_tiles_of_a_proof_are_those_that_are_read_for_it(size):
    folder, tiles = filled(size)
    for index in {0, size // 3, size - 1, max(0, size - 300)}:
        folder.reads.clear()
        tiles.inclusion_proof(index, size)
        assert set(folder.reads) | {(0, index // 256)} == set(tiles_of_proof(index, size))
        assert len(folder.reads) == len(set(folder.reads))
