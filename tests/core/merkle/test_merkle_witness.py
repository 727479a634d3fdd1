"""Witnesses: what they cosign and what they refuse, what a cosignature says, and how many are enough."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.merkle import (
    Checkpoint,
    NoteError,
    PolicyError,
    Tiles,
    WitnessError,
    leaf_hash,
    parse_policy,
    root,
    sign_note,
    verify_cosignature,
    vkey,
    witness_vkey,
)
from guomen.core.merkle.witness import Request, answer, judge, parse_request

ORIGIN = "log.example/one"
LOG, WITNESS = Ed25519PrivateKey.from_private_bytes(b"1" * 32), Ed25519PrivateKey.from_private_bytes(b"2" * 32)
LOGS = {ORIGIN: [vkey(ORIGIN, LOG.public_key())]}
LEAVES = [b"%d" % n for n in range(700)]


def tree(leaves: list[bytes]) -> Tiles:
    found: dict[tuple[int, int], bytes] = {}
    tiles = Tiles(lambda level, index: found.get((level, index), b""))
    found |= tiles.append(0, [leaf_hash(leaf) for leaf in leaves])[0]
    return tiles


TREE = tree(LEAVES)


def request(old: int, size: int, *, leaves: list[bytes] | None = None, key: Ed25519PrivateKey = LOG) -> Request:
    leaves = leaves or LEAVES
    note = sign_note(Checkpoint(ORIGIN, size, root(leaves[:size])).text(), ORIGIN, key)
    return Request(old, tuple(tree(leaves).consistency_proof(old, size)), note)


def seen(size: int):
    return lambda _origin: (size, root(LEAVES[:size]))


@pytest.mark.parametrize(("old", "new"), [(0, 1), (0, 700), (1, 2), (255, 257), (256, 512), (300, 300), (699, 700)])
def test_a_log_that_only_grew_is_cosigned(old, new):
    asked = request(old, new)
    assert parse_request(asked.text().encode()) == asked
    checkpoint = judge(asked, LOGS, seen(old))
    note = asked.note + answer(checkpoint, "witness.example", WITNESS, 1_800_000_000)
    assert verify_cosignature(note, witness_vkey("witness.example", WITNESS.public_key())) == 1_800_000_000


@pytest.mark.parametrize(
    ("asked", "latest", "status"),
    [
        (request(3, 5), 4, 409),
        (request(0, 5), 4, 409),
        (request(300, 700, leaves=[b"x", *LEAVES[1:]]), 300, 422),
        (request(300, 300, leaves=[b"x", *LEAVES[1:]]), 300, 409),
        (request(300, 700, key=WITNESS), 300, 403),
        (Request(9, (), request(0, 5).note), 9, 400),
        (Request(300, (), request(300, 700).note), 300, 422),
        (Request(0, (b"x" * 32,), request(0, 5).note), 0, 422),
        (Request(0, (), request(0, 5).note.replace(ORIGIN, "log.example/other")), 0, 404),
    ],
)
def test_a_fork_a_rollback_and_a_foreign_log_are_not(asked, latest, status):
    with pytest.raises(WitnessError) as refused:
        judge(asked, LOGS, seen(latest))
    assert refused.value.status == status
    assert (refused.value.size == latest) == (status == 409)


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_no_body_breaks_a_witness(body):
    with pytest.raises(WitnessError):
        judge(parse_request(body), LOGS, seen(0))


def test_a_cosignature_of_another_text_time_or_key_is_wrong():
    asked = request(0, 5)
    note = asked.note + answer(judge(asked, LOGS, seen(0)), "w", WITNESS, 7)
    key = witness_vkey("w", WITNESS.public_key())
    assert verify_cosignature(note, key) == 7
    with pytest.raises(NoteError, match="wrong"):
        verify_cosignature(note.replace("\n5\n", "\n6\n"), key)
    with pytest.raises(NoteError, match="no signature"):
        verify_cosignature(asked.note, key)
    with pytest.raises(NoteError, match="not a witness's"):
        verify_cosignature(note, vkey("w", WITNESS.public_key()))


def policy(quorum: str) -> str:
    names = "abc"
    keys = [witness_vkey(n, Ed25519PrivateKey.from_private_bytes(n.encode() * 32).public_key()) for n in names]
    lines = [f"witness {n} {key} https://{n}.example" for n, key in zip(names, keys, strict=True)]
    return "\n".join(["# who watches", "", *lines, "group two 2 a b c", "group nested all two a", f"quorum {quorum}"])


@pytest.mark.parametrize(
    ("quorum", "enough", "short"),
    [("two", "ab", "a"), ("nested", "ac", "bc"), ("b", "b", "ac"), ("none", "", None)],
)
def test_a_quorum_counts_witnesses(quorum, enough, short):
    found = parse_policy(policy(quorum))
    assert found.is_met(set(enough))
    assert short is None or not found.is_met(set(short))


@pytest.mark.parametrize(
    "text",
    [
        "quorum x",
        "witness a b",
        policy("two") + "\nquorum a",
        policy("two").replace("group two 2", "group two 4"),
        policy("two").replace("group two", "group a"),
        policy("two").replace("a b c", "a a c"),
        policy("two").rpartition("\n")[0],
        "surprise",
    ],
)
def test_a_policy_that_is_none_is_refused(text):
    with pytest.raises(PolicyError):
        parse_policy(text)


def test_only_good_cosignatures_count():
    found = parse_policy(policy("two"))
    note = request(0, 5).note
    for name, at in (("a", 5), ("b", 6)):
        key = Ed25519PrivateKey.from_private_bytes(name.encode() * 32)
        note += answer(Checkpoint(ORIGIN, 5, root(LEAVES[:5])), name, key, at)
    note += answer(Checkpoint(ORIGIN, 4, root(LEAVES[:4])), "c", Ed25519PrivateKey.from_private_bytes(b"c" * 32), 7)
    assert found.cosigned(note) == {"a": 5, "b": 6}
