"""Signed notes and checkpoints, with the published key and note of Go's golang.org/x/mod/sumdb/note documentation."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.merkle import (
    EMPTY_ROOT,
    Checkpoint,
    CheckpointError,
    NoteError,
    parse_checkpoint,
    sign_note,
    verify_note,
    vkey,
)

GO_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ER"
    "YNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "log.guomen.example"
VKEY = vkey(NAME, KEY.public_key())
TEXT = Checkpoint(NAME, 42, EMPTY_ROOT).text()


def test_it_signs_the_note_that_another_implementation_published() -> None:
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(GO_SEED)[1:])
    assert vkey("PeterNeumann", key.public_key()) == GO_VKEY
    assert sign_note(GO_TEXT, "PeterNeumann", key) == GO_NOTE
    assert verify_note(GO_NOTE, GO_VKEY) == GO_TEXT


def test_it_verifies_the_example_of_the_specification() -> None:
    assert verify_note(SPEC_NOTE, SPEC_VKEY) == "This is an example message.\n"


def test_a_changed_text_is_refused() -> None:
    note = sign_note(TEXT, NAME, KEY)
    with pytest.raises(NoteError, match="is wrong"):
        verify_note(note.replace("42", "43"), VKEY)


def test_a_note_signed_by_eve_under_the_same_name_is_refused() -> None:
    note = sign_note(TEXT, NAME, Ed25519PrivateKey.from_private_bytes(b"e" * 32))
    with pytest.raises(NoteError, match="carries no signature"):
        verify_note(note, VKEY)


def test_signatures_of_unknown_keys_beside_a_good_one_do_no_harm() -> None:
    other = sign_note(TEXT, "witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32)).splitlines()[-1]
    assert verify_note(sign_note(TEXT, NAME, KEY) + other + "\n", VKEY) == TEXT


def test_a_text_with_empty_lines_is_signed_whole() -> None:
    text = "first\n\nsecond\n\n"
    assert verify_note(sign_note(text, NAME, KEY), VKEY) == text


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        sign_note(TEXT, NAME, KEY).removesuffix("\n"),
        sign_note(TEXT, NAME, KEY) + "a line that is no signature\n",
        sign_note(TEXT, NAME, KEY).replace("\u2014", "-"),
        TEXT + f"\n\u2014 {NAME} AAAA\n",
        TEXT + f"\n\u2014 {NAME} not-base64\n",
        sign_note(TEXT, NAME, KEY) + sign_note(TEXT, "w", KEY).splitlines()[-1] * 2 + "\n",
        TEXT + "\n" + (sign_note(TEXT, NAME, KEY).splitlines()[-1] + "\n") * 101,
        "bell\a" + sign_note(TEXT, NAME, KEY),
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(NoteError):
        verify_note(note, VKEY)


@pytest.mark.parametrize(
    "key",
    ["", "name", "a b" + VKEY, VKEY.replace("+", "+0", 1), "other" + VKEY, VKEY[:-4], NAME + "+00000000+Aw=="],
)
def test_a_malformed_verifier_key_is_refused(key: str) -> None:
    with pytest.raises(NoteError):
        verify_note(sign_note(TEXT, NAME, KEY), key)


@pytest.mark.parametrize("name", ["", "two words", "plus+plus", "line\nbreak"])
def test_a_key_name_that_would_break_the_format_is_refused(name: str) -> None:
    with pytest.raises(NoteError, match="key name"):
        sign_note(TEXT, name, KEY)


def test_a_text_without_a_last_newline_cannot_be_signed() -> None:
    with pytest.raises(NoteError, match="newline"):
        sign_note("no newline", NAME, KEY)


@given(st.integers(0, 2**63), st.binary(min_size=32, max_size=32), st.lists(st.sampled_from(["ext 1", "x"])))
def test_a_checkpoint_reads_back_what_was_written(size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(NAME, size, root, tuple(extensions))
    assert parse_checkpoint(checkpoint.text()) == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        TEXT.removesuffix("\n"),
        TEXT.replace("42", "042"),
        TEXT.replace("42", "-1"),
        TEXT.replace("42", "four"),
        TEXT.replace("uFU=", "uFV="),
        TEXT.replace("42", "٤٢"),
        TEXT.replace(NAME, ""),
        TEXT + "\n",
        "origin\n1\nAAAA\n",
        "origin\n1\n###\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        parse_checkpoint(text)


def test_a_checkpoint_cannot_hold_a_wrong_root_or_a_broken_line() -> None:
    for wrong in (
        lambda: Checkpoint(NAME, 1, b"short"),
        lambda: Checkpoint("two\nlines", 1, EMPTY_ROOT),
        lambda: Checkpoint(NAME, -1, EMPTY_ROOT),
    ):
        with pytest.raises(CheckpointError):
            wrong()
