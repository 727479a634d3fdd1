"""Check digits, element strings, AI values and EPC URNs."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.gs1 import (
    AIS,
    LINTERS,
    GS1Error,
    check_associations,
    check_digit,
    check_pair,
    check_value,
    digital_link_to_epc,
    epc_to_digital_link,
    gtin14,
    lint,
    parse_element_string,
    printed_gtin,
    to_element_string,
    valid_gln,
    valid_gtin,
    valid_sscc,
)


@pytest.mark.parametrize("gtin", ["96385074", "036000291452", "4006381333931", "09506000134352"])
def test_it_accepts_each_length_of_gtin_and_no_other_last_digit(gtin: str) -> None:
    assert valid_gtin(gtin)
    assert gtin14(gtin) == gtin.zfill(14)
    assert [last for last in string.digits if valid_gtin(gtin[:-1] + last)] == [gtin[-1]]


def test_it_knows_shipping_containers_and_locations() -> None:
    assert valid_sscc("340123451111111111")
    assert not valid_sscc("340123451111111112")
    assert valid_gln("4012345000054")
    assert not valid_gln("04012345000054")
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"


@pytest.mark.parametrize("bad", ["", "12a4", "4006381333932", "１２３４５６７０"])
def test_it_refuses_what_is_no_gtin(bad: str) -> None:
    assert not valid_gtin(bad)
    with pytest.raises(ValueError, match="not a GTIN"):
        gtin14(bad)


@settings(deadline=None)
@given(st.text(string.digits, min_size=1, max_size=20), st.data())
def test_a_check_digit_catches_every_single_wrong_digit(body: str, data: st.DataObject) -> None:
    whole = body + check_digit(body)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from([digit for digit in string.digits if digit != whole[at]]))
    changed = whole[:at] + other + whole[at + 1 :]
    assert check_digit(changed[:-1]) != changed[-1]


def test_it_knows_all_identifiers_and_has_every_linter_that_they_name() -> None:
    assert len(AIS) == 541
    used = {name for entry in AIS.values() for part in entry.components for name in part.linters}
    assert used <= LINTERS
    assert AIS["01"].qualifiers == (("22", "10", "21"), ("235",))
    assert (AIS["3103"].title, AIS["3103"].fixed_length) == ("NET WEIGHT (kg)", True)


@pytest.mark.parametrize("size", range(8))
def test_a_company_prefix_needs_four_digits(size: int) -> None:
    # The loops of the reference tests for gcppos1 and gcppos2, whose inputs no case file holds.
    for name, front in (("gcppos1", ""), ("gcppos2", "I")):
        value = front + "01234567"[:size]
        if size >= 4:
            lint(name, value)
            continue
        with pytest.raises(GS1Error) as caught:
            lint(name, value)
        start = len(front) if size else 0
        assert (caught.value.code, caught.value.span) == ("TOO_SHORT_FOR_GCP", (start, len(value)))
        letters = value + "A" * (6 - size)
        with pytest.raises(GS1Error) as caught:
            lint(name, letters)
        assert (caught.value.code, caught.value.span) == ("INVALID_GCP_PREFIX", (len(value), len(value) + 1))


def test_it_asks_whether_a_company_prefix_is_allocated_when_it_can() -> None:
    check_value("00", "340123451111111111", lambda prefix: prefix.startswith("4012345"))
    with pytest.raises(GS1Error) as caught:
        check_value("00", "340123451111111111", lambda prefix: False)
    assert (caught.value.code, caught.value.span) == ("INVALID_GCP_PREFIX", (1, 18))


@pytest.mark.parametrize(
    "scan",
    [
        "]d20109506000134352172501001012345\x1d21ABC",
        "\x1d0109506000134352172501001012345\x1d21ABC",
        "^0109506000134352^17250100^1012345^21ABC",
        "^0109506000134352172501001012345^21ABC",
    ],
)
def test_it_reads_element_strings_as_scanners_give_them(scan: str) -> None:
    assert parse_element_string(scan) == (("01", "09506000134352"), ("17", "250100"), ("10", "12345"), ("21", "ABC"))


@pytest.mark.parametrize("scan", ["96385074", "036000291452", "4006381333931", "]E04006381333931"])
def test_it_reads_plain_retail_codes_as_a_gtin(scan: str) -> None:
    assert parse_element_string(scan) == (("01", scan.removeprefix("]E0").zfill(14)),)


@pytest.mark.parametrize(
    ("scan", "code", "span"),
    [
        ("^0109506000134353", "INCORRECT_CHECK_DIGIT", (16, 17)),
        ("]C10109506000134353", "INCORRECT_CHECK_DIGIT", (18, 19)),
        ("^0509506000134352", "UNKNOWN_AI", (1, 5)),
        ("^1012345^", "TRAILING_SEPARATOR", (8, 9)),
        ("^10", "EMPTY_VALUE", (3, 3)),
        ("^", "EMPTY_ELEMENT_STRING", (0, 1)),
        ("", "EMPTY_ELEMENT_STRING", (0, 0)),
        ("^010950600013", "TOO_SHORT", (3, 13)),
    ],
)
def test_it_says_where_an_element_string_is_wrong(scan: str, code: str, span: tuple[int, int]) -> None:
    with pytest.raises(GS1Error) as caught:
        parse_element_string(scan)
    assert (caught.value.code, caught.value.span) == (code, span)


@settings(deadline=None)
@given(st.text("ABC0189/%", min_size=1, max_size=20), st.text("xyz-_1", min_size=1, max_size=20))
def test_it_reads_back_every_element_string_that_it_writes(lot: str, serial: str) -> None:
    pairs = (("10", lot), ("01", "09506000134352"), ("21", serial), ("17", "250100"))
    for separator in ("\x1d", "^"):
        assert parse_element_string(to_element_string(pairs, separator)) == pairs


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ([("02", "09506000134352")], "MISSING_AI"),
        ([("01", "09506000134352"), ("02", "09506000134352")], "EXCLUDED_AI"),
        ([("21", "A")], "MISSING_AI"),
        ([("01", "09506000134352"), ("3102", "000100"), ("3103", "001000")], "EXCLUDED_AI"),
        ([("10", "A"), ("10", "B")], "REPEATED_AI"),
        ([("05", "A")], "UNKNOWN_AI"),
    ],
)
def test_it_knows_which_identifiers_belong_together(pairs: list[tuple[str, str]], code: str) -> None:
    check_associations([("01", "09506000134352"), ("21", "A"), ("250", "B"), ("3103", "001000")])
    with pytest.raises(GS1Error) as caught:
        check_associations(pairs)
    assert caught.value.code == code


EPCS = [
    ("urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()", "01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29"),
    ("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111"),
    ("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
    ("urn:epc:id:sgln:4012345.00005.122", "414/4012345000054/254/122"),
    ("urn:epc:id:grai:4012345.00022.334455", "8003/04012345000221334455"),
    ("urn:epc:id:giai:4012345.ABC345", "8004/4012345ABC345"),
    ("urn:epc:id:gsrn:4012345.0000006765", "8018/401234500000067657"),
    ("urn:epc:id:gsrnp:4012345.0000000007", "8017/401234500000000074"),
    ("urn:epc:id:gdti:4012345.00009.PO-4711", "253/4012345000092PO-4711"),
    ("urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234", "8010/061414111111111111111-A%23%2F/8011/1234"),
    ("urn:epc:id:ginc:0614141.xyz47%2F11", "401/0614141xyz47%2F11"),
    ("urn:epc:id:gsin:4012345.222333444", "402/40123452223334442"),
    ("urn:epc:id:itip:4012345.011111.01.02.987", "8006/040123451111180102/21/987"),
    ("urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB", "01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7%27SDB"),
    ("urn:epc:id:pgln:4000001.00000", "417/4000001000005"),
    ("urn:epc:id:sgcn:4012345.99999.44", "255/401234599999044"),
    ("urn:epc:class:lgtin:4012345.012345.Lot987", "01/04012345123456/10/Lot987"),
    ("urn:epc:idpat:sgtin:4012345.044444.*", "01/04012345444445"),
    ("urn:epc:idpat:grai:4012345.66666.*", "8003/04012345666663"),
    ("urn:epc:idpat:cpi:4012345.ABC.*", "8010/4012345ABC"),
    ("urn:epc:idpat:itip:4012345.012345.01.02.*", "8006/040123451234560102"),
]


@pytest.mark.parametrize(("urn", "path"), EPCS)
def test_it_translates_epc_urns_to_links_and_back(urn: str, path: str) -> None:
    link = "https://id.gs1.org/" + path
    assert epc_to_digital_link(urn) == link
    assert digital_link_to_epc(link, company_prefix_length=7) == urn


def test_it_translates_prefixes_that_leave_no_reference() -> None:
    link = epc_to_digital_link("urn:epc:id:pgln:999999999999.")
    assert link == "https://id.gs1.org/417/9999999999994"
    assert digital_link_to_epc(link, company_prefix_length=12) == "urn:epc:id:pgln:999999999999."


@pytest.mark.parametrize(
    "urn",
    [
        "urn:epc:id:sgtin:4012345.0111.987",
        "urn:epc:id:sgtin:4012345.011111",
        "urn:epc:id:sgtin:40123.01111111.987",
        "urn:epc:id:sscc:4012345.3111111111.1",
        "urn:epc:idpat:sgtin:4012345.044444.12",
        "urn:epc:id:sgtin:4012345.011111.%zz",
        "urn:epc:id:itip:4012345.011111.03.02.987",
        "urn:epc:id:gid:1.2.3",
        "urn:epc:id:sgtin:4012345.01111a.987",
    ],
)
def test_it_refuses_wrong_epc_urns(urn: str) -> None:
    with pytest.raises(GS1Error):
        epc_to_digital_link(urn)


def test_it_says_when_no_epc_fits_a_link() -> None:
    with pytest.raises(GS1Error) as caught:
        digital_link_to_epc("https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K")
    assert caught.value.code == "NO_EPC"
    with pytest.raises(GS1Error):
        digital_link_to_epc("https://id.gs1.org/00/340123451111111111", company_prefix_length=5)


@pytest.mark.parametrize("gtin", ["95011013", "036000291452", "9501101530003", "19501101530000", "no number"])
def test_a_gtin_is_shown_as_it_stands_below_the_bar_code(gtin):
    assert printed_gtin(gtin.zfill(14) if gtin.isdigit() else gtin) == gtin
