"""Short codes, inner codes, and what the keys of a single range can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.tagcrypto import SerialError, SerialParts, SerialScheme
from guomen.core.tagcrypto.codes import ALPHABET, number_of
from guomen.core.tagcrypto.ranges import SHORT
from guomen.core.tagcrypto.serial import MAX_RANGE_ID, MAX_SHORT_INDEX, RangeKeys, head_of, open_range

GTIN = "09521234543213"
SCHEME = SerialScheme(bytes(range(16)), bytes(range(32)))

range_ids = st.integers(0, MAX_RANGE_ID)
indices = st.integers(0, MAX_SHORT_INDEX)


def reason(call, *args) -> str:
    with pytest.raises(SerialError) as caught:
        call(*args)
    return caught.value.reason


@given(range_ids, indices)
def test_a_short_code_says_its_range_and_index(range_id, index) -> None:
    (code,) = SCHEME.issue_short_run(range_id, index, 1)
    assert len(code) == 16
    assert SCHEME.check_short(code) == SerialParts(range_id, index)
    assert SCHEME.check_short(f" {code[:8]}-{code[8:]}".lower()) == SerialParts(range_id, index)


def test_the_short_codes_of_a_whole_range_are_all_different_and_in_order() -> None:
    codes = SCHEME.issue_short_run(7, 0, MAX_SHORT_INDEX + 1)
    assert len({code[4:8] for code in codes}) == len(codes) == 1 << 20
    for index in (0, 1, 511, 512, 777_777, MAX_SHORT_INDEX):
        assert SCHEME.check_short(codes[index]).index == index


@given(range_ids, indices, st.integers(0, 15), st.integers(1, 31))
def test_no_changed_character_of_a_short_code_passes(range_id, index, at, shift) -> None:
    (code,) = SCHEME.issue_short_run(range_id, index, 1)
    other = ALPHABET[(ALPHABET.index(code[at]) + shift) % 32]
    assert reason(SCHEME.check_short, code[:at] + other + code[at + 1 :]) == "mac"


def test_a_short_code_is_no_serial_cut_off() -> None:
    serial = SCHEME.issue(GTIN, 7, 41)
    assert reason(SCHEME.check_short, serial[:16]) == "mac"
    assert reason(SCHEME.check_short, serial) == "length"
    assert reason(SCHEME.check_short, "certificates-abc") == "length"
    assert reason(SCHEME.check_short, "U" * 16) == "alphabet"
    for start, count in ((MAX_SHORT_INDEX, 2), (-1, 1)):
        with pytest.raises(ValueError, match="20 bits"):
            SCHEME.issue_short_run(7, start, count)


@given(range_ids, indices, indices)
def test_an_inner_code_belongs_to_one_item(range_id, index, other) -> None:
    serial = SCHEME.issue(GTIN, range_id, index)
    inner = SCHEME.inner(GTIN, serial)
    assert len(inner) == 8
    SCHEME.check_inner(GTIN, serial, f"{inner[:4]} {inner[4:]}".lower())
    if other != index:
        assert reason(SCHEME.check_inner, GTIN, SCHEME.issue(GTIN, range_id, other), inner) == "mac"
    assert reason(SCHEME.check_inner, "09521234543220", serial, inner) == "mac"
    assert inner != serial[-8:]


def test_an_inner_code_that_is_none_says_why() -> None:
    serial = SCHEME.issue(GTIN, 7, 41)
    assert SCHEME.inner(GTIN, serial) == "E2JBDSE9"
    assert reason(SCHEME.check_inner, GTIN, serial, "") == "length"
    assert reason(SCHEME.check_inner, GTIN, serial, "UUUUUUUU") == "alphabet"
    assert reason(SCHEME.check_inner, GTIN, serial, "00000000") == "mac"


@given(range_ids, st.integers(0, 1 << 39))
def test_a_ranges_keys_check_its_serials_and_no_others(range_id, index) -> None:
    codes = open_range(range_id, SCHEME.range_keys(range_id))
    serial = SCHEME.issue(GTIN, range_id, index)
    assert codes.check(head_of(GTIN), number_of(serial, 20)) == SerialParts(range_id, index)
    neighbour = (range_id + 1) % (MAX_RANGE_ID + 1)
    foreign = number_of(SCHEME.issue(GTIN, neighbour, index), 20)
    assert reason(codes.check, head_of(GTIN), foreign) == "mac"
    assert codes.read(foreign).index != index
    # A holder of the range's keys can make its codes, but none that lies under a seal.
    assert codes.run(head_of(GTIN), index, 1) == [serial]
    assert codes.run(0, index, 1)[0][-8:] != SCHEME.inner(GTIN, serial)


@given(range_ids, indices)
def test_a_ranges_keys_check_its_short_codes(range_id, index) -> None:
    codes = open_range(range_id, SCHEME.range_keys(range_id), SHORT)
    (code,) = SCHEME.issue_short_run(range_id, index, 1)
    assert codes.check(0, number_of(code, 16)) == SerialParts(range_id, index)
    serial = SCHEME.issue(GTIN, range_id, index)
    assert code[4:8] != serial[8:12] or code[8:] != serial[12:]


def test_without_the_mac_key_a_serials_index_is_read_and_nothing_is_believed() -> None:
    permute = SCHEME.range_keys(7).permute
    codes = open_range(7, RangeKeys(permute, None))
    number = number_of(SCHEME.issue(GTIN, 7, 41), 20)
    assert codes.read(number) == SerialParts(7, 41)
    with pytest.raises(ValueError, match="MAC key"):
        codes.check(head_of(GTIN), number)


def test_keys_of_ranges_hide_in_repr() -> None:
    keys = SCHEME.range_keys(7)
    assert keys.mac is not None
    assert len({keys.permute, keys.mac, *SCHEME.range_keys(8)}) == 4
    for shown in (repr(keys), str(keys), repr(open_range(7, keys)), f"{keys}"):
        assert keys.permute.hex() not in shown
        assert repr(keys.permute) not in shown
        assert repr(keys.mac) not in shown
