"""Numbers that goods carry: what breaks its grammar, or cannot be of these goods, is named where it was declared."""

import copy
from typing import Any

import pytest

from guomen.clearance import rules
from guomen.clearance.form import read
from tests.clearance.test_form import STORY

VINS = ["WDBEA30D3HA391172", "1M8GDM9AXKP042788"]
CAR = {"hs_code": "8703236110", "ciq_code": "999", "gtin": "", "quantity": "2", "unit": "C62", "origin": "DE"}
PAINT = {"hs_code": "3208100010", "ciq_code": "301", "gtin": "", "un_number": "1263", "packing_group": "2"}
MARK = "1A2/Y100/S/25/DE/EX-02"


def said(line: dict[str, Any], paper: dict[str, str] | None = None, **header: Any) -> dict[str, str]:
    payload = copy.deepcopy(STORY)
    payload["lines"] = [payload["lines"][0] | {"attributes": ["19"], "net_weight_kg": "100"} | line]
    payload["documents"] = [paper] if paper else []
    return {p.field: p.code for p in read(payload | header).problems}


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (CAR | {"vins": VINS}, "", ""),
        (CAR | {"vins": " ".join(VINS)}, "", ""),
        (CAR | {"vins": VINS[:1]}, "lines.0.vins", "vins-differ"),
        (CAR | {"vins": [VINS[0], VINS[0]]}, "lines.0.vins", "vin-twice"),
        (CAR | {"vins": [VINS[0], "WDBEA30D3HA39I172"]}, "lines.0.vins", "not-a-vin"),
        ({"hs_code": "0402210000", "ciq_code": "", "gtin": "", "maker_registration": "NZ-1"}, "m", "not-a-food-maker"),
        ({"hs_code": "0402210000", "ciq_code": "", "gtin": "", "maker_registration": "CNZL06030101010001"}, "", ""),
        (PAINT | {"packing_specification": MARK}, "", ""),
        (PAINT | {"packing_specification": "1A2/Z100/S/25/DE/EX"}, "lines.0.packing_specification", "mark-too-weak"),
        (PAINT | {"packing_specification": "1A2/Y1/S/25/DE/EX"}, "lines.0.packing_specification", "mark-too-light"),
        (PAINT | {"packing_specification": "1H2/Y100/S/19/DE/EX"}, "lines.0.packing_specification", "mark-too-old"),
        (
            PAINT | {"packing_specification": "1A2/Y100/S/79/DE/E"},
            "lines.0.packing_specification",
            "mark-of-the-future",
        ),
        (PAINT | {"packing_specification": "1Q/Y100"}, "lines.0.packing_specification", "not-a-packaging-mark"),
        (PAINT | {"un_number": "1230"}, "lines.0.un_number", "un-of-other-goods"),
        (PAINT | {"hs_code": "2905110000", "un_number": "1230", "packing_group": "1"}, "g", "packing-group-differs"),
        (PAINT | {"un_number": "9999", "packing_group": "1"}, "", ""),
    ],
)
def test_a_number_of_a_line_is_read_and_matched_with_the_goods(line: dict[str, Any], field: str, code: str) -> None:
    field = {"s": "lines.0.packing_specification", "m": "lines.0.maker_registration", "g": "lines.0.packing_group"}.get(
        field, field
    )
    assert said(line) == ({field: code} if code else {})


@pytest.mark.parametrize(
    ("hs", "kind", "number", "code"),
    [
        ("9018909919", "101909", "国械注进20183210123", ""),
        ("9018909919", "101909", "国械注许20183210123", "number-of-other-origin"),
        ("9018909919", "101909", "REG-1", "not-a-device-number"),
        ("3304990039", "101910", "国妆网备进字(沪)2023001234", ""),
        ("3304990039", "101910", "2023001234", "not-a-cosmetics-number"),
        ("9503008900", "101035", "2021012201234567", ""),
        ("9503008900", "101035", "2020011101234567", "ccc-of-other-goods"),
        ("9503008900", "101035", "2020", "not-a-ccc-number"),
    ],
)
def test_a_paper_that_is_known_by_its_number_is_read_by_its_grammar(hs: str, kind: str, number: str, code: str) -> None:
    line = {"hs_code": hs, "ciq_code": "", "gtin": "", "origin": "DE"}
    assert said(line, {"kind": kind, "number": number}) == ({"documents.0.number": code} if code else {})


def test_the_paper_that_says_why_no_ccc_is_needed_has_no_grammar() -> None:
    line = {"hs_code": "9503008900", "ciq_code": "", "gtin": "", "attributes": ["13"]}
    assert said(line, {"kind": "101035", "number": "免办-1"}) == {}


def test_orders_of_single_buyers_need_no_registered_maker() -> None:
    line = {"hs_code": "0402210000", "ciq_code": "", "gtin": "", "maker_registration": "NZ-1"}
    assert said(line, trade_mode="1210", handbook_number="H2248A000001") == {}


@pytest.mark.parametrize(
    ("about", "codes"),
    [
        ({"vins": ("WDBEA30D3HA391172",)}, []),
        ({"vins": ("WDBEA30D4HA391172", "1M8GDM9AXKP042788")}, ["VIN-CHECK-CHARACTER"]),
        ({"maker": "CAUS06030101010001"}, ["MAKER-COUNTRY-DIFFERS"]),
        ({"maker": "Dairy of no number"}, []),
        ({"devices": ("国械注进20203210123",)}, ["REGISTRATION-RENEWED"]),
        ({"devices": ("国械注进20213210123", "国械备20100123号")}, []),
    ],
)
def test_what_only_needs_a_look_is_remarked(about: dict[str, Any], codes: list[str]) -> None:
    blank = {"vins": (), "maker": "CNZL06030101010001", "country": "NZL", "devices": (), "year": 2026}
    assert [r.code for r in rules.remarks(rules.Identifiers(**blank | about))] == codes
