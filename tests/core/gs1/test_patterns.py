"""EPC pure identity patterns: what they find and what they do not, however a name is written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.gs1 import GS1Error, canonical, epc_to_digital_link
from guomen.core.gs1.patterns import class_of, families, read_pattern

_URNS = """sgtin:0614141.112345.400 sgtin:0614141.112345.4.0 sgtin:0614141.012345.400 sgtin:0614142.112345.400
upui:0614141.112345.51qI itip:0614141.112345.04.04.12 itip:0614141.112345.01.04.12 itip:0614141.012345.01.04.12
sscc:0614141.1234567890 sscc:0614141.0234567890 sscc:0614142.1234567890 sgln:0614141.12345.400 sgln:0614141.12345.0
sgln:0614141.12346.0 pgln:0614141.12345 grai:0614141.12345.400 grai:0614141.12346.400 grai:0614142.12345.4
giai:0614141.12345400 giai:0614141.A5 giai:0614142.A5 gsrn:0614141.1234567890 gsrnp:0614141.1234567890
gdti:0614141.12345.400 gdti:0614141.12346.400 cpi:0614141.5PQ7%2FZ43.12345 cpi:0614141.5PQ7.1 sgcn:0614141.67890.04711
ginc:0614141.xyz3311cba gsin:0614141.123456789 gid:95100000.12345.400 gid:95100000.12346.400 gid:95100001.12345.400
usdod:2S194.12345678901 adi:2S194.PO1.34 imovn:9176187"""
URNS = _URNS.split()
PARTS = {"itip": 5, "imovn": 1, **dict.fromkeys(("sscc", "pgln", "giai", "gsrn", "gsrnp", "ginc", "gsin", "usdod"), 2)}


OTHERS = tuple(f"urn:epc:id:{scheme}:" for scheme in ("gid", "usdod", "adi", "imovn"))


def name_of(urn: str) -> str:
    return urn if urn.startswith(OTHERS) else canonical(urn)


def finds(pattern: str, urn: str) -> bool:
    """As queries look: by the families of the name, and by the classes that are known."""
    head, asked = name_of(urn).partition("/21/")[0], read_pattern(f"urn:epc:idpat:{pattern}")
    if asked.classes:
        return (asked.scheme, class_of(head)) in families(head) and bool(re.match(asked.classes, class_of(head)))
    return bool(set(families(head)) & set(asked.families))


def patterns(urn: str) -> set[str]:
    """Those that the grammar makes of one name: one star or more at its end."""
    scheme, body = urn.split(":")
    count = PARTS.get(scheme, 3)
    parts = body.split(".", count - 1)
    return {f"{scheme}:" + ".".join([*parts[:n], *"*" * (count - n)]) for n in range(count)}


@pytest.mark.parametrize("pattern", sorted(set.union(*map(patterns, URNS))))
def test_a_pattern_finds_what_begins_as_it_does(pattern):
    found = {urn for urn in URNS if finds(pattern, f"urn:epc:id:{urn}")}
    kept = pattern.partition("*")[0]
    assert found == {urn for urn in URNS if urn.startswith(kept)}
    assert found


@given(st.integers(6, 12), st.text("0123456789", min_size=17, max_size=17), st.integers(6, 12), st.booleans())
def test_where_a_name_was_cut_does_not_matter(cut, digits, other_cut, as_giai):
    body = digits[1:] if as_giai else digits[1 : cut + 1] + digits[0] + digits[cut + 1 :]
    urn = f"urn:epc:id:{'giai' if as_giai else 'sscc'}:{body[:cut]}.{body[cut:]}"
    company = digits[1 : other_cut + 1]
    pattern = f"{urn.split(':')[3]}:{company}.*"
    assert finds(pattern, urn)
    assert finds(pattern, epc_to_digital_link(urn))
    another = company[:-1] + str((int(company[-1]) + 1) % 10)
    assert not finds(pattern.replace(company, another), urn)


def test_a_pattern_without_a_star_is_the_thing_itself():
    assert read_pattern("urn:epc:idpat:sgtin:0614141.112345.4.0").whole == "urn:epc:id:sgtin:0614141.112345.4.0"
    assert read_pattern("urn:epc:idpat:lgtin:0614141.112345.L7").whole == "urn:epc:class:lgtin:0614141.112345.L7"


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("https://id.gs1.org/01/09506000134352/21/S1", "https://id.gs1.org/01/09506000134352"),
        ("https://id.gs1.org/01/09506000134352/10/L7", "https://id.gs1.org/01/09506000134352"),
        ("https://id.gs1.org/8003/09506000134352A1", "https://id.gs1.org/8003/09506000134352"),
        ("https://id.gs1.org/253/9506000134352A1", "https://id.gs1.org/253/9506000134352"),
        ("https://id.gs1.org/8010/9506000AB%2F1/8011/7", "https://id.gs1.org/8010/9506000AB%2F1"),
        ("https://id.gs1.org/00/095060001340000012", ""),
        ("https://elsewhere.test/01/09506000134352/21/S1", ""),
        ("urn:guomen:container:CSQU3054383", ""),
    ],
)
def test_names_have_the_class_that_their_key_tells(name, of):
    assert class_of(name) == of
    assert not of or class_of(of) == of


@pytest.mark.parametrize(
    "pattern",
    ["sgtin:0614141.*.400", "sgtin:0614141.*", "sgtin:0614141.112345.*.*", "sgtin:06141.*.*", "sscc:*", "sscc:*.1",
     "x:*", "sgtin:0614141.11234.*", "sgtin:0614141.11234x.*", "itip:0614141.1.04.*.*",
     "itip:0614141.112345.4.*.*",
     "sgtin", "sgtin:", "sgtin:0614141", "sgtin:0614141..*", "sgtin:*.*.*.*"],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(pattern):
    with pytest.raises(GS1Error):
        read_pattern(f"urn:epc:idpat:{pattern}")
