"""Serials of printed codes: what is issued checks, and nothing else does."""

import itertools

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.tagcrypto import SerialError, SerialParts, SerialScheme, normalise
from guomen.core.tagcrypto.lanes import CHUNK
from guomen.core.tagcrypto.serial import MAX_INDEX, MAX_RANGE_ID, MAX_SHORT_INDEX

GTIN = "09521234543213"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SCHEME = SerialScheme(bytes(range(16)), bytes(range(32)))

range_ids = st.integers(0, MAX_RANGE_ID)
indices = st.integers(0, MAX_INDEX)


@given(range_ids, indices)
def test_what_was_issued_checks_and_says_its_range_and_index(range_id: int, index: int) -> None:
    serial = SCHEME.issue(GTIN, range_id, index)
    assert len(serial) == 20
    assert set(serial) <= set(ALPHABET)
    assert SCHEME.check(GTIN, serial) == SerialParts(range_id, index)


@pytest.mark.parametrize(
    ("gtin", "range_id", "index", "serial"),
    [
        (GTIN, 7, 41, "00075M6BDFBCRC1K8DZ6"),
        (GTIN, MAX_RANGE_ID, MAX_INDEX, "ZZZZ1MAH791X7DB9GDWF"),
        ("95210002", 0, 0, "0000QJAXQTHCRHDP7KJA"),
    ],
)
def test_its_form_does_not_change_between_releases(gtin, range_id, index, serial) -> None:
    assert SCHEME.issue(gtin, range_id, index) == serial


def aes_cmac(key: bytes, message: bytes) -> bytes:
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def one_by_one(gtin: str, range_id: int, index: int, half: int = 20, mark: int = 0) -> str:
    """The same code as the documentation describes it, one number at a time and with AES-CMAC as it is."""
    permute, mac = (aes_cmac(key, b"\x01" + range_id.to_bytes(3)) for key in (bytes(range(16)), bytes(range(32))))
    aes = Cipher(algorithms.AES(permute), modes.ECB())
    mask = (1 << half) - 1
    left, right = index >> half, index & mask
    for number in range(8):
        block = bytes(11) + bytes([mark, number]) + right.to_bytes(3)
        left, right = right, left ^ int.from_bytes(aes.encryptor().update(block)[:3]) & mask
    body = range_id << 2 * half | left << half | right
    tag = aes_cmac(mac, (mark << 120 | int(gtin) << 60 | body).to_bytes(16))[:5]
    number = body << 40 | int.from_bytes(tag)
    length = (60 + 2 * half) // 5
    return "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(length)))


@given(range_ids, indices, st.sampled_from([GTIN, "99999999999997", "95210002"]))
def test_a_serial_is_what_its_description_says(range_id: int, index: int, gtin: str) -> None:
    assert SCHEME.issue(gtin, range_id, index) == one_by_one(gtin, range_id, index)
    short = index & MAX_SHORT_INDEX
    assert SCHEME.issue_short_run(range_id, short, 1) == [one_by_one("0", range_id, short, half=10, mark=1)]


@given(range_ids, st.integers(0, MAX_INDEX - 1100), st.sampled_from([0, 1, 2, 40, CHUNK - 1, CHUNK, CHUNK + 1, 1100]))
def test_a_run_gives_the_serials_that_one_by_one_gives(range_id: int, start: int, count: int) -> None:
    run = SCHEME.issue_run(GTIN, range_id, start, count)
    assert len(run) == count
    for at in {0, 1, count // 2, CHUNK - 1, CHUNK, CHUNK + 1, count - 1}:
        if 0 <= at < count:
            assert run[at] == SCHEME.issue(GTIN, range_id, start + at)


def test_a_run_across_chunks_says_its_indices_in_order() -> None:
    run = SCHEME.issue_run(GTIN, 7, 100, 2 * CHUNK + 3)
    assert [SCHEME.check(GTIN, serial).index for serial in run] == list(range(100, 100 + 2 * CHUNK + 3))


def test_a_run_ends_where_the_indices_end() -> None:
    assert len(SCHEME.issue_run(GTIN, 0, MAX_INDEX - 1, 2)) == 2
    for start, count in ((MAX_INDEX, 2), (-1, 1), (0, -1)):
        with pytest.raises(ValueError, match="40 bits"):
            SCHEME.issue_run(GTIN, 0, start, count)


def test_the_range_id_is_readable_by_anyone() -> None:
    assert SCHEME.issue(GTIN, 0, 5)[:4] == "0000"
    assert SCHEME.issue(GTIN, 33, 5)[:4] == "0011"
    assert SCHEME.issue(GTIN, MAX_RANGE_ID, 5)[:4] == "ZZZZ"


def test_ten_thousand_neighbours_have_different_serials_that_tell_no_order() -> None:
    serials = [SCHEME.issue(GTIN, 7, index) for index in range(10_000)]
    assert len({serial[4:12] for serial in serials}) == 10_000
    rising = sum(one < two for one, two in itertools.pairwise(serials))
    assert 4_500 < rising < 5_500


def test_the_same_index_looks_different_in_another_range() -> None:
    assert SCHEME.issue(GTIN, 1, 41)[4:12] != SCHEME.issue(GTIN, 2, 41)[4:12]


@given(range_ids, indices, st.integers(0, 19), st.integers(1, 31))
def test_no_single_changed_character_passes(range_id: int, index: int, at: int, shift: int) -> None:
    serial = SCHEME.issue(GTIN, range_id, index)
    other = ALPHABET[(ALPHABET.index(serial[at]) + shift) % 32]
    with pytest.raises(SerialError) as caught:
        SCHEME.check(GTIN, serial[:at] + other + serial[at + 1 :])
    assert caught.value.reason == "mac"


@given(range_ids, indices)
def test_a_serial_belongs_to_one_product_and_one_pair_of_keys(range_id: int, index: int) -> None:
    serial = SCHEME.issue(GTIN, range_id, index)
    eve = SerialScheme(bytes(range(16)), b"e" * 32)
    for check in (lambda: SCHEME.check("09521234543220", serial), lambda: eve.check(GTIN, serial)):
        with pytest.raises(SerialError, match="mac"):
            check()


def test_the_forms_of_one_gtin_are_one_product() -> None:
    serial = SCHEME.issue("9521234543213", 7, 41)
    assert serial == SCHEME.issue("09521234543213", 7, 41)


@given(range_ids, indices)
def test_people_may_type_it_as_they_like(range_id: int, index: int) -> None:
    serial = SCHEME.issue(GTIN, range_id, index)
    grouped = " ".join(serial[at : at + 4] for at in range(0, 20, 4))
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in serial)
    look_alike = serial.replace("1", "l").replace("0", "o")
    for typed in (
        serial.lower(),
        f" {grouped}\n",
        grouped.replace(" ", "-"),
        full_width,
        look_alike,
        look_alike.upper(),
    ):
        assert SCHEME.check(GTIN, typed) == SerialParts(range_id, index)


@given(st.text(" -\t\u2013\u200b09AZailoILO\uff10\uff21\uff4c", max_size=40))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("serial", "reason"),
    [
        ("", "length"),
        ("0" * 19, "length"),
        ("0" * 21, "length"),
        ("U" + "0" * 19, "alphabet"),
        ("0" * 19 + "\u00e9", "alphabet"),
        ("\u0660" * 20, "alphabet"),
        ("_" + "0" * 19, "alphabet"),
        ("+" + "0" * 19, "alphabet"),
        ("0" * 10 + "_" + "0" * 9, "alphabet"),
        ("0" * 19 + "\udc80", "alphabet"),
        ("0" * 20, "mac"),
    ],
)
def test_a_refusal_says_its_reason(serial: str, reason: str) -> None:
    with pytest.raises(SerialError) as caught:
        SCHEME.check(GTIN, serial)
    assert caught.value.reason == reason


@given(st.text(max_size=30))
def test_any_text_is_answered_with_a_reason(text: str) -> None:
    with pytest.raises(SerialError):
        SCHEME.check(GTIN, text)


@pytest.mark.parametrize(
    ("gtin", "range_id", "index"),
    [
        (GTIN, -1, 0),
        (GTIN, MAX_RANGE_ID + 1, 0),
        (GTIN, 0, -1),
        (GTIN, 0, MAX_INDEX + 1),
        ("12345", 0, 0),
        ("x" * 14, 0, 0),
    ],
)
def test_what_does_not_fit_is_never_issued(gtin: str, range_id: int, index: int) -> None:
    with pytest.raises(ValueError, match=r"bits|digits"):
        SCHEME.issue(gtin, range_id, index)


@pytest.mark.parametrize(
    ("permute_key", "mac_key"),
    [(b"k" * 15, b"m" * 32), (b"k" * 24, b"m" * 32), (b"k" * 16, b"m" * 15), (b"k" * 16, b"")],
)
def test_a_weak_key_is_refused(permute_key: bytes, mac_key: bytes) -> None:
    with pytest.raises(ValueError, match="key must have"):
        SerialScheme(permute_key, mac_key)


def test_parts_are_compared_and_shown_by_what_they_say() -> None:
    parts = SCHEME.check(GTIN, SCHEME.issue(GTIN, 7, 41))
    assert repr(parts) == "SerialParts(range_id=7, index=41)"
    assert parts == SerialParts(7, 41) != SerialParts(7, 42)
    assert len({parts, SerialParts(7, 41), SCHEME.check(GTIN, SCHEME.issue(GTIN, 7, 41))}) == 1
    assert parts != (7, 41)


def test_keys_show_neither_in_repr_nor_in_an_error() -> None:
    scheme = SerialScheme(b"permutation-key!", b"the mac key is thirty-two bytes!")
    with pytest.raises(SerialError) as caught:
        scheme.check(GTIN, "0" * 20)
    for shown in (repr(scheme), str(scheme), str(caught.value), repr(caught.value)):
        assert "key!" not in shown
        assert "mac key" not in shown
