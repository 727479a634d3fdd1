"""EPCs in hexadecimal and the Digital Links that say the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.gs1 import (
    EPC_SCHEMES,
    GS1Error,
    digital_link_to_epc_hex,
    epc_hex_to_digital_link,
    epc_to_digital_link,
)

# The tag of the standard's own examples, and bits worked out by an implementation that is not ours.
VECTORS = [
    ("3074257BF7194E4000001A85", "urn:epc:id:sgtin:0614141.812345.6789"),
    ("3034187CB964638000000005", "urn:epc:id:sgtin:0401198.364942.5"),
    ("313657BAEE1CE6F97C000000", "urn:epc:id:sscc:9825979.9074833788"),
    ("322648A76BDB300001975C92", "urn:epc:id:sgln:78470930137.8.26696850"),
    ("3934F2156DF315E90F982858B061E80000000000000000000000", "urn:epc:id:sgln:3966299.63882.z!yA!100z"),
    ("3339512F80E0E6000AC507E8", "urn:epc:id:grai:345278.230296.180684776"),
    ("3728FBF5CD2B147D0000000000000000000000000000", "urn:epc:id:grai:4227190059.81.z"),
    ("3429BAED56480000000CEA66", "urn:epc:id:giai:7431083592.846438"),
    ("382CA549FDE62C7CF972E60C3F00000000000000000000000000", "urn:epc:id:giai:173318110.11yy99ACx"),
    ("2D29F87639900A9B1D000000", "urn:epc:id:gsrn:8463464848.0695069"),
    ("2E2096EAEC38B97668000000", "urn:epc:id:gsrnp:162046610990.95848"),
    ("2C2130547BC2F0000587C1FB", "urn:epc:id:gdti:326771863740..92783099"),
    ("3E38A6331006C9EBCF8F4C2143730570000000000000", "urn:epc:id:gdti:170188.525156.zyxz0BC9A."),
    ("3F28F4F7D72D1000001D512B", "urn:epc:id:sgcn:4109883181.08.921323"),
    ("40287AA3DDAE0157B10147B4BC54", "urn:epc:id:itip:2057559470.005.47.49.1374498581"),
    ("3C295F7C16890164538E504E", "urn:epc:id:cpi:5896935049.712.1401835598"),
]


def length(urn: str) -> int:
    return len(urn.rpartition(":")[2].split(".")[0])


@pytest.mark.parametrize(("epc", "urn"), VECTORS)
def test_it_translates_both_ways(epc: str, urn: str) -> None:
    link = epc_to_digital_link(urn)
    assert epc_hex_to_digital_link(epc) == epc_hex_to_digital_link(f"0x{epc.lower()}") == link
    filter_value = int(epc[2], 16) >> 1
    assert digital_link_to_epc_hex(link, filter_value=filter_value, company_prefix_length=length(urn)) == epc


def test_it_takes_the_shortest_encoding_that_holds_the_key_or_the_one_that_is_asked_for() -> None:
    link = "https://id.gs1.org/01/00614141123452/21/"
    assert digital_link_to_epc_hex(link + "5")[:2] == "30"
    assert digital_link_to_epc_hex(link + "5", "SGTIN-198")[:2] == "36"
    # A leading zero, a letter, and more than 38 bits need text.
    assert {digital_link_to_epc_hex(link + serial)[:2] for serial in ("05", "A", str(2**38))} == {"36"}
    assert digital_link_to_epc_hex(link + str(2**38 - 1))[:2] == "30"


@pytest.mark.parametrize(
    ("link", "scheme", "code"),
    [
        ("https://id.gs1.org/01/00614141123452", None, "NO_EPC"),
        ("https://id.gs1.org/01/00614141123452/10/L", None, "NO_EPC"),
        ("https://id.gs1.org/01/00614141123452/21/A", "SGTIN-96", "NO_EPC"),
        ("https://id.gs1.org/01/00614141123452/21/1", "SSCC-96", "NO_EPC"),
        ("https://id.gs1.org/01/00614141123453/21/1", None, "INCORRECT_CHECK_DIGIT"),
        ("https://example.com/", None, "NOT_A_DIGITAL_LINK"),
    ],
)
def test_what_cannot_be_encoded_is_refused(link: str, scheme: str | None, code: str) -> None:
    with pytest.raises(GS1Error) as caught:
        digital_link_to_epc_hex(link, scheme)
    assert caught.value.code == code
    with pytest.raises(GS1Error, match="filter"):
        digital_link_to_epc_hex(link, filter_value=8)


@pytest.mark.parametrize(
    ("epc", "code"),
    [
        ("", "NOT_HEX"),
        ("3", "NOT_HEX"),
        ("30G4", "NOT_HEX"),
        ("30" * 600, "NOT_HEX"),
        ("E2801160600002054CC", "UNKNOWN_EPC_HEADER"),
        ("3074257BF7194E", "BAD_EPC"),
        ("307C257BF7194E4000001A85", "BAD_EPC"),
        ("3077FFFFFFFFFFFFFFFFFFFF", "BAD_EPC"),
        ("3074257BF7194E4000001A850001", "BAD_EPC"),
        ("313657BAEE1CE6F97C000001", "BAD_EPC"),
        ("3728FBF5CD2B147D0000000000000000000000000001", "BAD_EPC"),
    ],
)
def test_bits_that_mean_no_key_are_refused(epc: str, code: str) -> None:
    with pytest.raises(GS1Error) as caught:
        epc_hex_to_digital_link(epc)
    assert caught.value.code == code
    assert 0 <= caught.value.span[0] <= caught.value.span[1] <= len(epc)


def test_zeros_that_fill_up_the_last_word_are_ignored() -> None:
    epc = digital_link_to_epc_hex("https://id.gs1.org/01/00614141123452/21/A")
    assert len(epc) == 52
    assert epc_hex_to_digital_link(epc + "0000") == "https://id.gs1.org/01/00614141123452/21/A"


@settings(deadline=None, max_examples=60)
@given(st.text("0123456789ABCDEF", max_size=56))
def test_it_never_fails_in_another_way_than_with_a_gs1_error(tail: str) -> None:
    for header in (
        "30",
        "36",
        "31",
        "32",
        "39",
        "33",
        "37",
        "34",
        "38",
        "2D",
        "2C",
        "3E",
        "3F",
        "40",
        "41",
        "3C",
        "3D",
    ):
        try:
            link = epc_hex_to_digital_link(header + tail)
        except GS1Error:
            continue
        assert link.startswith("https://id.gs1.org/")


def test_each_encoding_has_a_name() -> None:
    assert len(EPC_SCHEMES) == len(set(EPC_SCHEMES)) == 18
