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
    to_digital_link,
)

# The examples of TDS 2.3, annex E.3: bits, filter value, path of the Digital Link, length of the company prefix.
EXAMPLES = """
3066C4409047E140075BCD15 3 /01/09506000134352/21/123456789 11
3666C4409047E159B2C2BF100000000000000000000000000000 3 /01/09506000134352/21/32a%2Fb 11
311BA1B300CE0A6A83000000 0 /00/095201234567891235 6
3276451FD46072000000162E 3 /414/9521141123454/254/5678 7
3976451FD46072CD9615F8800000000000000000000000000000 3 /414/9521141123454/254/32a%2Fb 7
3376451FD40C0E400000162E 3 /8003/095211411234545678 7
3776451FD40C0E59B2C2BF1000000000000000000000 3 /8003/0952114112345432a%2Fb 7
3476451FD40000000000162E 3 /8004/95211415678 7
3876451FD59B2C2BF10000000000000000000000000000000000 3 /8004/952114132a%2Fb 7
2D76451FD4499602D2000000 3 /8018/952114112345678906 7
2E76451FD4499602D2000000 3 /8017/952114112345678906 7
2C76451FD46072000000162E 3 /253/95211411234545678 7
3E76451FD7039B061438997367D0C18B266D1AB66EE0 3 /253/9521141987650ABCDefgh012345678 7
3C76451FD400C0E680003039 3 /8010/952114198765/8011/12345 7
3D76451FD75411DEF6B4CC00000003039000 3 /8010/95211415PQ7%2FZ43/8011/12345 7
3F76451FD612640000019907 3 /255/952114167890904711 7
4076451FD40C0E40820000000F54 3 /8006/095211411234540102/21/981 7
4176451FD40C0E4082DBDD8B36600000000000000000000000000000 3 /8006/095211411234540102/21/mw133 7
"""
# The same of the encodings that hold no company prefix: bits, name, filter value, path.
PLUS_EXAMPLES = """
F73795211411234538566CB0AFC4 SGTIN+ 3 /01/79521141123453/21/32a%2Fb
FB342CDE795211411234538566CB0AFC4 DSGTIN+ 3 /01/79521141123453/21/32a%2Fb?17=220630
F90095201234567891235 SSCC+ 0 /00/095201234567891235
F2395211411234548566CB0AFC4 SGLN+ 3 /414/9521141123454/254/32a%2Fb
F13095211411234548566CB0AFC4 GRAI+ 3 /8003/0952114112345432a%2Fb
FA3952114132E83C2BF10 GIAI+ 3 /8004/952114132a%2Fb
F43952114112345678906 GSRN+ 3 /8018/952114112345678906
F53952114112345678906 GSRNP+ 3 /8017/952114112345678906
F6395211411234540458B8 GDTI+ 3 /253/95211411234545678
F0395211415E87A145BAFB4D19A8C0E4 CPI+ 3 /8010/95211415PQ7%2FZ43/8011/12345
F839521141678909509338 SGCN+ 3 /255/952114167890904711
F3309521141123454010266AE27FDF35 ITIP+ 3 /8006/095211411234540102/21/rif981
"""
# Bits that another implementation reads as these names.
VECTORS = [
    ("3034187CB964638000000005", "urn:epc:id:sgtin:0401198.364942.5"),
    ("322648A76BDB300001975C92", "urn:epc:id:sgln:78470930137.8.26696850"),
    ("3728FBF5CD2B147D0000000000000000000000000000", "urn:epc:id:grai:4227190059.81.z"),
    ("382CA549FDE62C7CF972E60C3F00000000000000000000000000", "urn:epc:id:giai:173318110.11yy99ACx"),
    ("2E2096EAEC38B97668000000", "urn:epc:id:gsrnp:162046610990.95848"),
    ("2C2130547BC2F0000587C1FB", "urn:epc:id:gdti:326771863740..92783099"),
    ("3F28F4F7D72D1000001D512B", "urn:epc:id:sgcn:4109883181.08.921323"),
    ("40287AA3DDAE0157B10147B4BC54", "urn:epc:id:itip:2057559470.005.47.49.1374498581"),
]
ID = "https://id.gs1.org"


@pytest.mark.parametrize("example", EXAMPLES.split("\n")[1:-1])
def test_it_agrees_with_every_example_of_the_standard(example: str) -> None:
    epc, filter_value, path, prefix = example.split()
    assert epc_hex_to_digital_link(epc) == ID + path
    written = digital_link_to_epc_hex(ID + path, filter_value=int(filter_value), company_prefix_length=int(prefix))
    assert written == epc


@pytest.mark.parametrize("example", PLUS_EXAMPLES.split("\n")[1:-1])
def test_it_agrees_with_every_example_of_the_encodings_with_a_plus(example: str) -> None:
    epc, name, filter_value, path = example.split()
    assert epc_hex_to_digital_link(epc) == ID + path
    written = digital_link_to_epc_hex(ID + path, name, filter_value=int(filter_value))
    assert (written.rstrip("0"), len(written) % 4) == (epc.rstrip("0"), 0)


@settings(deadline=None, max_examples=60)
@given(st.text("0123456789", min_size=1, max_size=20) | st.text("09AFaf-_.:/Z", min_size=1, max_size=20))
def test_a_serial_comes_back_whatever_alphabet_it_takes(serial: str) -> None:
    link = to_digital_link((("01", "79521141123453"), ("21", serial)))
    assert epc_hex_to_digital_link(digital_link_to_epc_hex(link, "SGTIN+")) == link
    asset = to_digital_link((("8004", f"9521141{serial}"),))
    assert epc_hex_to_digital_link(digital_link_to_epc_hex(asset, "GIAI+")) == asset


def test_a_place_without_an_extension_is_one_with_the_extension_zero() -> None:
    epc = digital_link_to_epc_hex(f"{ID}/414/9521141123454", "SGLN+")
    assert epc_hex_to_digital_link(epc) == f"{ID}/414/9521141123454"


def test_data_that_follows_an_epc_is_no_part_of_it() -> None:
    assert epc_hex_to_digital_link("F98095201234567891235" + "123") == f"{ID}/00/095201234567891235"
    with pytest.raises(GS1Error, match="after its end"):
        epc_hex_to_digital_link("F90095201234567891235" + "123")


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
        ("https://id.gs1.org/01/00614141123452", "SGTIN+", "NO_EPC"),
        ("https://id.gs1.org/01/00614141123452/21/1", "DSGTIN+", "NO_EPC"),
        ("https://id.gs1.org/253/9521141123454", "GDTI+", "NO_EPC"),
        ("https://id.gs1.org/255/9521141678909", "SGCN+", "NO_EPC"),
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
        ("F737952114112345E8566CB0AFC4", "BAD_EPC"),
        ("F737952114112345C0", "BAD_EPC"),
        ("FB3F2CDE795211411234538566CB0AFC4", "BAD_EPC"),
        ("F237952114112345485", "BAD_EPC"),
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
    assert len(EPC_SCHEMES) == len(set(EPC_SCHEMES)) == 30
