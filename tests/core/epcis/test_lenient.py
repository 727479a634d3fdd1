"""Sloppy documents: what is put right, what is told of it, and what stays wrong."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from guomen.core.epcis import (
    CONTEXT,
    EpcisError,
    event_to_dict,
    normalise,
    normalise_event,
    parse_document,
    parse_event,
)
from tests.core.epcis.generated import document, events
from tests.core.epcis.test_events import MILK, PORT, shipping


@pytest.mark.parametrize(
    ("sloppy", "right"),
    [
        ({"bizStep": "urn:epcglobal:cbv:bizstep:shipping"}, {"bizStep": "shipping"}),
        ({"bizStep": "https://ref.gs1.org/cbv/BizStep-shipping"}, {"bizStep": "shipping"}),
        ({"bizStep": "cbv:BizStep-shipping"}, {"bizStep": "shipping"}),
        ({"bizStep": " Shipping"}, {"bizStep": "shipping"}),
        ({"disposition": "in-transit"}, {"disposition": "in_transit"}),
        ({"disposition": "https://own.example/lost"}, {"disposition": "https://own.example/lost"}),
        (
            {"bizTransactionList": {"type": "urn:epcglobal:cbv:btt:po", "bizTransaction": "urn:x:1"}},
            {"bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}]},
        ),
        (
            {"persistentDisposition": {"set": "urn:epcglobal:cbv:disp:recalled"}},
            {"persistentDisposition": {"set": ["recalled"]}},
        ),
        ({"epcList": MILK + "1"}, {"epcList": [MILK + "1"]}),
        ({"readPoint": PORT}, {"readPoint": {"id": PORT}}),
        ({"action": "observe"}, {"action": "OBSERVE"}),
        ({"eventTime": "2026-03-01 12:00"}, {"eventTime": "2026-03-01T12:00:00+08:00"}),
        ({"eventTime": "2026-03-01T12:00:00+0800"}, {"eventTime": "2026-03-01T12:00:00+08:00"}),
        ({"eventTimeZoneOffset": "+0800"}, {"eventTimeZoneOffset": "+08:00"}),
        ({"eventTimeZoneOffset": "Z"}, {"eventTimeZoneOffset": "+00:00"}),
        ({"eventTimeZoneOffset": ""}, {"eventTimeZoneOffset": "+08:00"}),
        ({"bizLocation": None, "disposition": ""}, {}),
        (
            {"quantityList": [{"epcClass": MILK + "1", "quantity": "1.50"}]},
            {"quantityList": [{"epcClass": MILK + "1", "quantity": Decimal("1.50")}]},
        ),
        ({"_comment_architecture": ["why"], "$comment": "x", "//": "y"}, {}),
        ({"ex:temperature": {"_comment": "hot", "ex:celsius": 4}}, {"ex:temperature": {"ex:celsius": 4}}),
        ({"comment": "seen"}, {"rdfs:comment": "seen"}),
    ],
)  # fmt: skip
def test_it_puts_right_what_has_one_right_form_and_tells_it(sloppy: dict[str, Any], right: dict[str, Any]) -> None:
    item = shipping() | sloppy
    before = copy.deepcopy(item)
    found, changes = normalise_event(item)
    assert item == before
    wanted = shipping() | right | {"@context": found["@context"]}
    assert found == wanted
    told = [change for change in changes if change.path != "/@context"]
    assert bool(told) == (sloppy != right)
    parse_event(found)


def test_it_says_where_and_how() -> None:
    item = shipping(sourceList=[{"type": "urn:epcglobal:cbv:sdt:location", "source": PORT}])
    found, changes = normalise(document([item]) | {"_comment": "x" * 200})
    assert ("/epcisBody/eventList/0/sourceList/0/type", "urn:epcglobal:cbv:sdt:location", "location") in changes
    assert ("/_comment", "x" * 99 + "…", "") in changes
    assert parse_document(found)


def test_a_prefix_that_nobody_declared_is_kept_under_its_name_or_that_of_the_header() -> None:
    sloppy = document([shipping(**{"eudr:volume": 1, "other:x": {"odd:y": 2}})]) | {
        "@context": ["https://own.example/c"]
    }
    found, _ = normalise(sloppy, {"eudr": "https://eudr.example/"})
    declared = {"ex": "ex:", "eudr": "https://eudr.example/", "other": "other:", "odd": "odd:"}
    assert found["@context"] == [CONTEXT, "https://own.example/c", declared]
    (event,) = parse_document(found)
    assert event.extensions["other:x"] == {"odd:y": 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"epcList": ["https://id.gs1.org/01/04012345111119/21/1"]},
        {"bizStep": "teleporting"},
        {"weight": 3},
        {"eventTime": "yesterday"},
        {"action": None},
        {"quantityList": [{"epcClass": MILK + "1", "quantity": "many"}]},
        {"readPoint": {"id": {"id": {"id": PORT}}}},
    ],
)
def test_it_guesses_nothing(wrong: dict[str, Any]) -> None:
    with pytest.raises(EpcisError):
        parse_event(normalise_event(shipping(**wrong))[0])


@pytest.mark.parametrize("hostile", [None, [], "x", {}, {"epcisBody": []}, {"epcisBody": {"eventList": [1, None, []]}}])
def test_what_is_no_document_is_left_to_the_strict_reader(hostile: Any) -> None:
    with pytest.raises(EpcisError):
        parse_document(normalise(hostile)[0])


@pytest.mark.parametrize("around", [lambda deep: {"readPoint": [deep]}, lambda deep: {"ex:a": deep}])
def test_depth_made_to_hurt_is_left_to_the_strict_reader(around: Callable[[Any], Any]) -> None:
    deep: Any = {}
    for _ in range(900):
        deep = around(deep)
    with pytest.raises(EpcisError):
        parse_event(normalise_event(shipping(readPoint=deep))[0])


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(events)
def test_a_right_event_stays_what_it_is(event: dict[str, Any]) -> None:
    found, changes = normalise(document([event]))
    ours = [change for change in changes if change.path != "/@context"]
    assert ours == []
    assert event_to_dict(parse_document(found)[0]) == event_to_dict(parse_document(document([event]))[0])
