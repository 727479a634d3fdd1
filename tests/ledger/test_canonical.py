"""The fast canonical JSON is RFC 8785, byte for byte: otherwise nobody else could check an entry's hash."""

import pytest
import rfc8785
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guomen.ledger.canonical import canonical

TEXT = st.text(max_size=12)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(LEAVES, lambda v: st.lists(v, max_size=4) | st.dictionaries(TEXT, v, max_size=5), max_leaves=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(TEXT, VALUES, max_size=6))
@example({"\ufb33": 1, "\U0001f600": 2, "€": 3, "ö": 4, "\x80": 5, "1": 6, "\r": 7})
@example({"\uffff": 1, "\U00010000": 2})
@example({"all": "".join(map(chr, range(0x100))) + "\u2028\u2029\ufffe"})
@example({"n": [0, -1, 2**53 - 1, -(2**53) + 1], "b": {}, "c": []})
def test_it_writes_the_same_bytes_as_the_reference(content):
    assert canonical(content) == rfc8785.dumps(content)


@pytest.mark.parametrize("value", [2**53, {1: 2}, object(), "\ud800"])
def test_it_refuses_what_the_reference_refuses(value):
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"value": value})
