"""The short way to an item's name says what the full reader says."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guomen.core.gs1 import (
    GS1Error,
    canonical,
    epc_to_ais,
    known_item,
    known_items,
    parse_digital_link,
    to_digital_link,
)

GTIN = "09506000134352"
SSCC = "095060001343520008"
HEADS = st.sampled_from(
    [
        f"https://id.gs1.org/01/{GTIN}/21/",
        f"https://id.gs1.org/01/{GTIN}/10/L7/21/",
        f"https://id.gs1.org/01/{GTIN}/22/V/10/00/21/",
        f"https://id.gs1.org/01/{GTIN}/21/0?a=/21/",
        f"https://id.gs1.org/01/{GTIN}/21/0#/21/",
        f"https://id.gs1.org/01/{GTIN}/21/0/21/",
        f"HTTPS://Shop.example:8080/a/21/b/01/{GTIN[1:]}/21/",
        "https://id.gs1.org/01/09506000134353/21/",
        f"https://id.gs1.org/8006/{GTIN}0102/21/",
        f"https://id.gs1.org/00/{SSCC}/21/",
        "https://example.test/21/",
        "urn:epc:id:sgtin:9506000.013435.",
        "urn:epc:id:sgtin:9506000.013435.S.",
        "urn:epc:id:sgtin:9506000.0134350.",
        "urn:epc:id:sgtin:",
        "urn:epc:id:sscc:9506000.",
        "",
    ]
)
SERIALS = st.one_of(
    st.text("0123456789ABCabc", min_size=1, max_size=22),
    st.text("0aZ.-_/%21?#&=+ é中٣\n", max_size=6),
)


def full(uri: str) -> str | None:
    """The canonical name by the parsers alone; None for what has none."""
    finest = {"01": ("21", "235", "10"), "8006": ("21", "10"), "414": ("254", "7040")}
    try:
        if uri.startswith("urn:epc:"):
            return to_digital_link(epc_to_ais(uri))
        key, *qualifiers = parse_digital_link(uri, associations=False).path
        if key[0] not in finest:
            return to_digital_link((key, *qualifiers))
        chosen = next(((ai, dict(qualifiers)[ai]) for ai in finest[key[0]] if ai in dict(qualifiers)), None)
        return to_digital_link((key, chosen) if chosen else (key,))
    except GS1Error:
        return None


@given(HEADS, SERIALS)
@example(f"https://id.gs1.org/01/{GTIN}/21/0?a=/21/", "7")
def test_the_short_way_names_a_thing_as_the_parsers_do(head, serial):
    uri = head + serial
    try:
        named = canonical(uri)
    except GS1Error:
        named = None
    assert named == full(uri)


@given(HEADS, st.lists(SERIALS, min_size=1, max_size=4), st.one_of(st.none(), st.tuples(HEADS, SERIALS)))
@example(f"https://id.gs1.org/01/{GTIN}/21/", ["7", "A9"], None)
@example("urn:epc:id:sgtin:9506000.013435.", ["7", "8"], None)
@example(f"https://id.gs1.org/01/{GTIN}/21/", [f"7\nhttps://id.gs1.org/01/{GTIN}/21/8", "9"], None)
@example(f"https://id.gs1.org/01/{GTIN}/21/", ["0"], ("", "0"))
@example("", ["", ""], None)
def test_many_are_named_together_as_each_alone(head, serials, odd):
    uris = [head + serial for serial in serials] + ([odd[0] + odd[1]] if odd else [])
    together = known_items(uris)
    assert together is None or together == [known_item(uri) for uri in uris]


def test_items_that_differ_in_their_serials_are_named_together():
    for head in (f"https://id.gs1.org/01/{GTIN}/21/", f"https://shop.example/01/{GTIN}/10/L7/21/"):
        uris = [f"{head}S{n}" for n in range(20)]
        assert known_items(uris) == [f"https://id.gs1.org/01/{GTIN}/21/S{n}" for n in range(20)]
    assert known_items([]) is None


@pytest.mark.parametrize("uri", [5, None, ["x"]])
def test_what_is_no_text_has_no_name(uri):
    with pytest.raises((TypeError, AttributeError)):
        canonical(uri)
