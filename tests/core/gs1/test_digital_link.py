"""Parsing and writing GS1 Digital Links, and the identity they give."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.gs1 import (
    GS1Error,
    canonical,
    check_digit,
    epc_to_digital_link,
    item_key,
    parse_digital_link,
    to_digital_link,
)

CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
gtins = st.from_regex(r"[0-9][1-9][0-9]{11}", fullmatch=True).map(lambda body: body + check_digit(body))
texts = st.text(CSET82, min_size=1, max_size=20)


def code_and_span(uri: str) -> tuple[str, str]:
    with pytest.raises(GS1Error) as caught:
        parse_digital_link(uri)
    start, end = caught.value.span
    return caught.value.code, uri[start:end]


def test_it_reads_key_qualifiers_attributes_and_other_parameters() -> None:
    link = parse_digital_link("https://example.com/shop/01/9506000134352/10/AB%2F1/21/12?17=250100&linkType=gs1:pip#x")
    assert link.ais == (("01", "09506000134352"), ("10", "AB/1"), ("21", "12"), ("17", "250100"))
    assert link.path == link.ais[:3]
    assert link.attributes == (("17", "250100"),)
    assert (link.stem, link.extra) == ("https://example.com/shop", (("linkType", "gs1:pip"),))
    assert (link.get("21"), link.get("22")) == ("12", None)


def test_it_tolerates_one_trailing_slash_and_an_upper_case_scheme() -> None:
    assert parse_digital_link("HTTPS://id.gs1.org/00/340123451111111111/").key == ("00", "340123451111111111")


@pytest.mark.parametrize(
    ("uri", "code", "blamed"),
    [
        ("https://id.gs1.org/01/09506000134353", "INCORRECT_CHECK_DIGIT", "3"),
        ("https://id.gs1.org/01/9506000134353", "INCORRECT_CHECK_DIGIT", "9506000134353"),
        ("https://id.gs1.org/01/09506000134352/21/1/10/A", "BAD_QUALIFIER", "10"),
        ("https://id.gs1.org/01/09506000134352/22/A/235/B", "BAD_QUALIFIER", "235"),
        ("https://id.gs1.org/01/09506000134352/17/250101", "BAD_QUALIFIER", "17"),
        ("https://id.gs1.org/01/09506000134352/21", "MISSING_VALUE", "21"),
        ("https://id.gs1.org/01/09506000134352/21/A%2", "INVALID_PERCENT_SEQUENCE", "%"),
        ("https://id.gs1.org/01/09506000134352/21/A%7E", "INVALID_CSET82_CHARACTER", "A%7E"),
        ("https://id.gs1.org/01/09506000134352/21/123456789012345678901", "TOO_LONG", "1"),
        ("https://id.gs1.org/01/09506000134352?21=1", "NOT_AN_ATTRIBUTE", "21"),
        ("https://id.gs1.org/01/09506000134352?1234=1", "UNKNOWN_AI", "1234"),
        ("https://id.gs1.org/01/09506000134352?17=251301", "ILLEGAL_MONTH", "13"),
        ("https://id.gs1.org/01/09506000134352?17", "MISSING_VALUE", "17"),
        ("https://id.gs1.org/01/09506000134352?240=a+b", "INVALID_CSET82_CHARACTER", "a+b"),
        ("https://example.com/about", "NOT_A_DIGITAL_LINK", "/about"),
        ("https://id.gs1.org", "NOT_A_DIGITAL_LINK", "https://id.gs1.org"),
        ("ftp://id.gs1.org/01/09506000134352", "NOT_A_DIGITAL_LINK", "ftp://id.gs1.org/01/09506000134352"),
    ],
)
def test_it_says_what_is_wrong_and_where(uri: str, code: str, blamed: str) -> None:
    assert code_and_span(uri) == (code, blamed)


def test_it_reads_other_parameters_as_people_wrote_them() -> None:
    link = parse_digital_link("https://id.gs1.org/01/09506000134352?q=%E8%8C%B6+x&100%=50%&flag")
    assert link.extra == (("q", "茶 x"), ("100%", "50%"), ("flag", ""))


def test_it_refuses_attributes_that_cannot_stand_with_the_key() -> None:
    assert code_and_span("https://id.gs1.org/01/09506000134352?37=5")[0] in {"EXCLUDED_AI", "MISSING_AI"}
    assert code_and_span("https://id.gs1.org/414/9506000134352?3103=001000")[0] == "MISSING_AI"
    assert code_and_span("https://id.gs1.org/01/09506000134352?17=250101&17=250101")[0] == "REPEATED_AI"


def test_it_accepts_old_words_for_identifiers_only_on_request() -> None:
    uri = "https://example.com/gtin/09780345418913/ser/765tz"
    assert parse_digital_link(uri, alphas=True).ais == (("01", "09780345418913"), ("21", "765tz"))
    assert code_and_span(uri)[0] == "NOT_A_DIGITAL_LINK"


def test_it_writes_pairs_in_any_order_as_one_link() -> None:
    pairs = [("21", "a/b"), ("17", "250100"), ("01", "09506000134352"), ("10", "L1"), ("3103", "001250")]
    expected = "https://x.cn/dl/01/09506000134352/10/L1/21/a%2Fb?17=250100&3103=001250"
    assert to_digital_link(pairs, "https://x.cn/dl/") == expected


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("10", "L1")], "NO_PRIMARY_KEY"),
        ([("01", "09506000134352"), ("254", "1")], "NOT_AN_ATTRIBUTE"),
        ([("01", "09506000134352"), ("01", "09506000134352")], "REPEATED_AI"),
        ([("01", "09506000134353")], "INCORRECT_CHECK_DIGIT"),
    ],
)
def test_it_does_not_write_a_link_that_it_would_not_read(pairs: list[tuple[str, str]], code: str) -> None:
    with pytest.raises(GS1Error) as caught:
        to_digital_link(pairs)
    assert caught.value.code == code


@settings(deadline=None)
@given(gtins, texts, texts, st.sampled_from(["https://id.gs1.org", "https://tag.example.cn/some/path"]))
def test_it_reads_back_every_link_that_it_writes(gtin: str, lot: str, serial: str, base: str) -> None:
    pairs = (("01", gtin), ("10", lot), ("21", serial))
    link = parse_digital_link(to_digital_link(pairs, base))
    assert (link.ais, link.stem) == (pairs, base)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_it_never_fails_in_another_way_than_with_a_gs1_error(tail: str) -> None:
    for uri in (tail, "https://id.gs1.org/01/" + tail, "https://id.gs1.org/01/09506000134352?" + tail):
        try:
            parse_digital_link(uri)
        except GS1Error as error:
            start, end = error.span
        else:
            start, end = 0, 0
        assert 0 <= start <= end <= len(uri)


def test_it_gives_one_thing_one_name() -> None:
    names = [
        "urn:epc:id:sgtin:4012345.011111.987",
        "https://id.gs1.org/01/04012345111118/21/987",
        "http://brand.example/p/01/4012345111118/22/2A/10/L7/21/987?17=250100&utm=x",
    ]
    assert {canonical(name) for name in names} == {"https://id.gs1.org/01/04012345111118/21/987"}
    assert len({item_key(name) for name in names}) == 1


def test_it_keeps_lot_and_product_apart() -> None:
    product = canonical("https://x.cn/01/04012345111118/22/A")
    lot = canonical("https://x.cn/01/04012345111118/22/A/10/L1")
    assert (product, lot) == ("https://id.gs1.org/01/04012345111118", "https://id.gs1.org/01/04012345111118/10/L1")
    assert item_key(product) != item_key(lot)


@settings(deadline=None)
@given(gtins, texts)
def test_it_leaves_a_canonical_name_as_it_is(gtin: str, serial: str) -> None:
    name = to_digital_link((("01", gtin), ("21", serial)))
    assert canonical(name) == name


@settings(deadline=None)
@given(gtins, st.text("AZaz09._-~%/", min_size=1, max_size=22), st.sampled_from(["21", "10", "22"]))
def test_the_short_cut_for_plain_links_agrees_with_the_full_parser(gtin: str, value: str, ai: str) -> None:
    def outcome(uri: str) -> str:
        try:
            return canonical(uri)
        except GS1Error as error:
            return error.code

    link = f"https://shop.example/01/{gtin}/{ai}/{value}"
    # A query takes the long way and says nothing about identity.
    assert outcome(link) == outcome(link + "?utm=1")


def test_it_hashes_identifiers_of_other_kinds_as_written_but_refuses_broken_keys() -> None:
    assert item_key("urn:uuid:8f7c").int != item_key("urn:uuid:8f7d").int
    assert item_key("urn:uuid:8f7c") == item_key("urn:uuid:8f7c")
    assert item_key("urn:epc:id:sgtin:bad", strict=False) != item_key("urn:epc:id:sgtin:worse", strict=False)
    for broken in ("https://id.gs1.org/01/09506000134353", "urn:epc:id:sgtin:4012345.0111.987"):
        with pytest.raises(GS1Error):
            item_key(broken)


def test_it_pins_the_key_of_one_thing_for_ever() -> None:
    # Tables hold these keys: a change here orphans every stored history.
    assert str(item_key(epc_to_digital_link("urn:epc:id:sscc:4012345.3111111111"))) == PINNED


PINNED = "c9a8838c-b0c6-1afc-9d0c-ca22d09bbdcd"
