"""Reading a payload: each problem named at its field."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.clearance.form import SAY, read

STORY = json.loads((Path(__file__).resolve().parents[2] / "examples/declarations/story.json").read_text("utf-8"))


def problems(payload: Any) -> dict[str, str]:
    return {p.field: p.code for p in read(payload).problems}


def changed(path: str, value: Any) -> dict[str, Any]:
    payload = copy.deepcopy(STORY)
    here: Any = payload
    *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    for part in way:
        here = here[part]
    here[last] = value
    return payload


@pytest.mark.parametrize("name", ["story", "second"])
def test_the_examples_have_no_problem(name: str) -> None:
    path = Path(__file__).resolve().parents[2] / f"examples/declarations/{name}.json"
    assert problems(json.loads(path.read_text("utf-8"))) == {}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("lines.0.gtin", "08012345000013", "bad-check-digit"),
        ("lines.0.gtin", 8012345000012, "not-text"),
        ("containers.0.number", "MSKU1234564", "bad-check-digit"),
        ("containers.0.number", "", "no-container"),
        ("lines.0.hs_code", "0000000000", "unknown-code"),
        ("lines.0.ciq_code", "777", "unknown-code"),
        ("lines.0.origin", "XX", "unknown-code"),
        ("lines.0.unit", "", "missing-unit"),
        ("lines.0.unit", "PCS", "unknown-code"),
        ("lines.0.attributes", ["19", "99"], "unknown-code"),
        ("lines.0.attributes", "19", "not-a-list"),
        ("lines.0.quantity", "0", "not-positive"),
        ("lines.0.quantity", "-1", "not-positive"),
        ("lines.0.quantity", 1.5, "not-a-number"),
        ("lines.0.quantity", True, "not-a-number"),
        ("lines.0.quantity", "NaN", "not-a-number"),
        ("lines.0.quantity", "Infinity", "not-a-number"),
        ("lines.0.quantity", "1e400", "not-a-number"),
        ("lines.0.quantity", "1.1234567", "not-a-number"),
        ("lines.0.value", "", "missing"),
        ("lines.0.batch", "a b c", "bad-batch"),
        ("lines.0.batch", "X" * 21, "too-long"),
        ("lines.0.name", "x" * 201, "too-long"),
        ("lines.0.name", "a\x00b", "not-text"),
        ("lines.1.expires_on", "2026-06-29", "before-production"),
        ("departed_on", "18.10.2026", "not-a-date"),
        ("arrives_at", "2026-11-12T08:00:00", "not-a-moment"),
        ("departed_on", "9999-12-31", "not-a-date"),
        ("arrives_at", "9999-12-31T23:00:00-08:00", "not-a-moment"),
        ("arrives_at", "2026-10-17T23:00:00+08:00", "before-departure"),
        ("arrives_at", "2027-11-12T08:00:00+08:00", "too-far-apart"),
        ("net_weight_kg", "14861", "net-above-gross"),
        ("packages", "1.5", "not-whole"),
        ("trade_mode", "9810", "not-in-this-direction"),
        ("transit_port", "XXXXX", "unknown-code"),
        ("original_container", "perhaps", "not-a-flag"),
        ("special_business", ["8"], "unknown-code"),
        ("correlation_number", "12", "not-a-declaration"),
        ("owner_code", "12", "not-a-registration"),
        ("users", {}, "not-a-list"),
        ("lines.0.vins", ["WDBEA30D3HA39117I"], "not-a-vin"),
        ("lines.0.un_number", "UN12", "not-a-un-number"),
        ("documents.0.line", "9", "no-such-line"),
        ("direction", "X", "unknown-code"),
        ("trade_mode", "9999", "unknown-code"),
        ("gtni", "1", "unknown-field"),
        ("lines.0.colour", "white", "unknown-field"),
        ("lines", [], "no-lines"),
        ("lines", {}, "not-a-list"),
        ("documents.0.kind", "1", "unknown-code"),
        ("documents.0.sha256", "abc", "not-a-hash"),
    ],
)
def test_a_wrong_value_is_named_at_its_field(path: str, value: Any, code: str) -> None:
    assert problems(changed(path, value)) == {path: code}


def exported(**change: Any) -> dict[str, Any]:
    """The story the other way round."""
    way = {"direction": "E", "departure_country": "CN", "departure_port": "CNYSA", "arrival_port": "ITGOA"}
    times = {"arrives_at": "2026-11-10T08:00:00+08:00", "departed_on": "2026-11-12"}
    return copy.deepcopy(STORY) | way | times | {"destination_country": "IT"} | change


def test_an_export_leaves_through_a_port_here_for_a_named_country_and_is_at_the_port_before_the_ship_sails() -> None:
    assert problems(exported()) == {}
    assert problems(exported(destination_country="")) == {"destination_country": "asked-for-exports"}
    assert problems(exported(departure_port="ITGOA")) == {"departure_port": "not-a-port-here"}
    assert problems(exported(departed_on="2026-11-01")) == {"arrives_at": "after-departure"}


@pytest.mark.parametrize(
    ("mode", "direction", "asked"),
    [
        ("0110", "I", set()),
        ("0214", "I", {"handbook_number"}),
        ("0615", "E", {"handbook_number"}),
        ("1210", "I", {"handbook_number"}),
        ("9610", "I", {"platform_code", "orders"}),
        ("9710", "E", {"platform_code"}),
        ("9810", "E", {"platform_code", "overseas_warehouse"}),
        ("1233", "E", {"handbook_number"}),
        ("5100", "I", {"handbook_number"}),
        ("2600", "I", {"return_by"}),
        ("2700", "E", {"return_by", "exhibition"}),
        ("3010", "I", set()),
        ("4561", "I", {"correlation_number", "correlation_reason"}),
    ],
)
def test_each_kind_of_trade_asks_for_what_it_needs(mode: str, direction: str, asked: set[str]) -> None:
    payload = exported(trade_mode=mode) if direction == "E" else changed("trade_mode", mode)
    assert problems(payload) == dict.fromkeys(asked, "asked-by-trade-mode")


def test_orders_of_single_buyers_have_limits_and_buyers_and_numbers_of_their_own() -> None:
    order = {"number": "O-1", "parcel": "P-1", "buyer": "a person", "units": "2", "value_cny": "5000"}

    def found(*orders: dict[str, Any], **more: Any) -> dict[str, str]:
        mode = {"trade_mode": "9610", "platform_code": "91310115MA1K4NAB5L", "orders": list(orders)}
        return problems(copy.deepcopy(STORY) | mode | more)

    assert found(order) == {}
    assert found(order | {"value_cny": "5000.01"}) == {"orders.0.value_cny": "over-order-limit"}
    assert found(order | {"value_cny": "9000", "units": "1"}) == {}
    assert found(order, order) == {"orders.1.number": "twice"}
    assert found(order | {"buyer": ""}) == {"orders.0.buyer": "asked-by-trade-mode"}
    assert (
        problems(exported(trade_mode="9610", platform_code="91310115MA1K4NAB5L", orders=[order | {"buyer": ""}])) == {}
    )


def test_the_201st_line_is_too_many() -> None:
    light = STORY["lines"][0] | {"net_weight_kg": "1"}
    assert problems(changed("lines", [light] * 200)) == {}
    assert problems(changed("lines", [light] * 201)) == {"lines": "too-many"}


def test_lines_heavier_than_the_declaration_are_named() -> None:
    assert problems(changed("lines.0.net_weight_kg", "2000")) == {"net_weight_kg": "lines-above-net"}


def test_a_container_may_be_typed_with_blanks_and_hyphens_but_not_twice() -> None:
    boxes = [{"number": "msku 123456-5", "seal": "msk 558201"}, {"number": "MSKU1234565"}]
    form = read(changed("containers", boxes))
    assert form.containers[0] == {"number": "MSKU1234565", "seal": "MSK558201"}
    assert [(p.field, p.code) for p in form.problems] == [("containers.1.number", "twice")]


def test_an_empty_container_row_of_a_form_is_no_container() -> None:
    assert problems(changed("containers", [{"number": "", "seal": ""}])) == {"containers.0.number": "no-container"}
    by_air = changed("containers", [{"number": "", "seal": ""}]) | {"transport_mode": "5"}
    assert problems(by_air) == {}


@pytest.mark.parametrize("payload", [None, [], "text", 7, {}])
def test_what_is_no_declaration_is_answered_with_problems(payload: Any) -> None:
    assert problems(payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([*STORY, "lines.0", "containers.0", "documents.0", *[f"lines.0.{k}" for k in STORY["lines"][0]]]),
    JSON,
)
def test_no_value_anywhere_breaks_the_reader_and_every_problem_has_words(path: str, value: Any) -> None:
    for problem in read(changed(path, value)).problems:
        assert problem.code in SAY
        assert str(problem)
