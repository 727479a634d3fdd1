"""Reading, writing and building events, and what they are about."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.epcis import (
    BIZ_STEP,
    CONTEXT,
    DISPOSITION,
    AggregationEvent,
    EpcisError,
    ObjectEvent,
    Thing,
    TransformationEvent,
    aggregation_event,
    bare_name,
    decode,
    document_hashes,
    epcs,
    event_hash,
    event_to_dict,
    object_event,
    parse_document,
    parse_event,
    to_document,
    transformation_event,
    web_uri,
)

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=8)))
MILK = "https://id.gs1.org/01/04012345111118/21/"
LOT = "https://id.gs1.org/01/04012345111118/10/L7"
PALLET = "https://id.gs1.org/00/340123451111111111"
PORT = "https://id.gs1.org/414/4012345000054"


def shipping(**changes: Any) -> dict[str, Any]:
    event = {
        "type": "ObjectEvent",
        "eventTime": "2026-03-01T12:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "epcList": [MILK + "1"],
        "action": "OBSERVE",
        "bizStep": "shipping",
        "readPoint": {"id": PORT, "ex:gate": "7"},
        "ex:temperature": {"ex:celsius": [4, 5.50]},
    }
    event.update(changes)
    return {key: value for key, value in event.items() if value is not None}


def document(*events: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": [CONTEXT, {"ex": "https://ns.example.com/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T12:00:00Z",
        "epcisBody": {"eventList": list(events)},
    }


def problems(item: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(EpcisError) as caught:
        parse_event(item)
    return [(problem.path, problem.rule) for problem in caught.value.problems]


def test_it_reads_an_event_and_keeps_what_it_does_not_know() -> None:
    (event,) = parse_document(document(shipping()))
    assert isinstance(event, ObjectEvent)
    assert (event.action, event.biz_step, event.epc_list) == ("OBSERVE", "shipping", (MILK + "1",))
    assert event.happened_at == NOON
    assert event.read_point is not None
    assert event.read_point.extensions == {"ex:gate": "7"}
    assert event_to_dict(event) == shipping()


def test_it_reads_bytes_with_decimals_kept_exact() -> None:
    item = shipping(quantityList=[{"epcClass": LOT, "quantity": 0.1, "uom": "KGM"}])
    (event,) = parse_document(orjson.dumps(document(item)))
    assert isinstance(event, ObjectEvent)
    assert event.quantity_list[0].quantity == Decimal("0.1")


@pytest.mark.parametrize(
    ("changes", "path", "rule"),
    [
        ({"action": "MOVE"}, "/action", "must be ADD, OBSERVE or DELETE"),
        ({"action": None}, "/action", "must be present"),
        ({"eventTime": "2026-03-01T12:00:00"}, "/eventTime", "must be a date and time with a zone"),
        ({"eventTime": "2026-02-30T12:00:00Z"}, "/eventTime", "must be a date and time with a zone"),
        ({"eventTimeZoneOffset": "+15:00"}, "/eventTimeZoneOffset", "must be an offset from UTC"),
        ({"epcList": "x"}, "/epcList", "must be a list"),
        ({"epcList": ["no uri"]}, "/epcList/0", "must be a URI"),
        ({"epcList": ["https://id.gs1.org/01/04012345111119/21/1"]}, "/epcList/0", "must be a right GS1 key"),
        ({"epcList": []}, "", "an ObjectEvent needs an epcList"),
        ({"bizStep": "teleporting"}, "/bizStep", "must be a standard name of CBV 2.0"),
        ({"bizStep": "urn:epcglobal:cbv:bizstep:shipping"}, "/bizStep", "must be a standard name of CBV 2.0"),
        ({"weight": 3}, "/weight", "must be a field of the standard or have a namespace prefix"),
        ({"readPoint": {"id": PORT, "gate": 7}}, "/readPoint/gate", "must be a field of the standard"),
        ({"ilmd": {"ex:a": 1}}, "/ilmd", "an ObjectEvent carries ILMD only when its action is ADD"),
        ({"action": "ADD", "ilmd": {"a": 1}}, "/ilmd/a", "must have a namespace prefix"),
        ({"quantityList": [{"epcClass": LOT, "quantity": "1"}]}, "/quantityList/0/quantity", "must be a number"),
        ({"quantityList": [{"epcClass": LOT, "uom": "kilo"}]}, "/quantityList/0/uom", "must be a unit code"),
        ({"sourceList": [{"source": PORT}]}, "/sourceList/0/type", "must be present"),
        ({"persistentDisposition": {}}, "/persistentDisposition", "needs set or unset"),
        ({"type": "MoveEvent"}, "/type", "must be one of ObjectEvent"),
    ],
)
def test_it_names_place_and_rule_of_what_is_wrong(changes: dict[str, Any], path: str, rule: str) -> None:
    ((found_path, found_rule),) = problems(shipping(**changes))
    assert found_path == path
    assert found_rule.startswith(rule)


def test_it_names_all_problems_at_once_with_their_values() -> None:
    with pytest.raises(EpcisError) as caught:
        parse_document(document(shipping(action="MOVE"), shipping(), shipping(bizStep=7)))
    assert [problem[:3] for problem in caught.value.problems] == [
        ("/epcisBody/eventList/0/action", "must be ADD, OBSERVE or DELETE", "'MOVE'"),
        (
            "/epcisBody/eventList/2/bizStep",
            "must be a standard name of CBV 2.0 or a URI of your own vocabulary",
            "7",
        ),
    ]


@pytest.mark.parametrize(
    ("item", "path"),
    [
        ({"type": "AggregationEvent", "action": "ADD", "childEPCs": [MILK + "1"]}, "/parentID"),
        ({"type": "AggregationEvent", "action": "ADD", "parentID": PALLET}, ""),
        ({"type": "AssociationEvent", "action": "OBSERVE", "childEPCs": [MILK + "1"]}, "/parentID"),
        ({"type": "TransactionEvent", "action": "ADD", "epcList": [MILK + "1"]}, "/bizTransactionList"),
        ({"type": "TransformationEvent", "inputEPCList": [MILK + "1"]}, ""),
    ],
)
def test_it_knows_what_each_kind_of_event_cannot_do_without(item: dict[str, Any], path: str) -> None:
    times = {"eventTime": "2026-03-01T12:00:00Z", "eventTimeZoneOffset": "+00:00"}
    assert [found for found, _ in problems({**times, **item})] == [path]


def test_it_refuses_prefixes_that_no_context_declares() -> None:
    with pytest.raises(EpcisError) as caught:
        parse_document(document(shipping(**{"other:field": 1})))
    assert caught.value.problems[0].path == "/epcisBody/eventList/0/other:field"


def test_it_refuses_a_context_with_terms_without_end() -> None:
    many = document(shipping())
    many["@context"].append({f"p{n}": "https://x.example/" for n in range(1001)})
    with pytest.raises(EpcisError, match="more than 1000 terms"):
        parse_document(many)


@pytest.mark.parametrize("data", [b"", b"[1", b"\xff\xfe", b"[]", b"null", b"{}", b'{"type": "EPCISDocument"}'])
def test_it_refuses_what_is_no_document(data: bytes) -> None:
    with pytest.raises(EpcisError):
        parse_document(data)


@pytest.mark.parametrize(
    "nested",
    ["[" * 5000 + "]" * 5000, "[" * 400 + "]" * 400, "[" * 33 + "]" * 33, "1e999999", "9" * 5000, "-1e-999999"],
)
def test_it_refuses_nesting_and_numbers_made_to_hurt(nested: str) -> None:
    template = orjson.dumps(document(shipping(**{"ex:a": 0}))).decode()
    with pytest.raises(EpcisError):
        parse_document(template.replace('"ex:a":0', f'"ex:a":{nested}'))
    with pytest.raises(EpcisError):
        parse_document(template.replace('"ex:a":0', f'"quantityList":[{{"epcClass":"{LOT}","quantity":{nested}}}]'))


def test_it_writes_extension_numbers_as_numbers() -> None:
    template = orjson.dumps(document(shipping(**{"ex:a": 0}))).decode()
    (event,) = parse_document(template.replace('"ex:a":0', '"ex:a":[0.10, {"ex:b": 12345678901234567890}, 3.0]'))
    written = decode(orjson.dumps(event_to_dict(event)))
    assert [float(number) for number in (written["ex:a"][0], written["ex:a"][2])] == [0.1, 3.0]
    assert written["ex:a"][1]["ex:b"] == 12345678901234567890


def test_it_takes_wrong_keys_only_when_told_to() -> None:
    item = shipping(epcList=["https://id.gs1.org/01/04012345111119/21/1"])
    assert problems(item)[0][0] == "/epcList/0"
    assert parse_event(item, check_keys=False).type == "ObjectEvent"


def test_it_builds_the_events_of_a_trade_story() -> None:
    born = object_event(
        NOON, "ADD", epcs=[MILK + "1", MILK + "2"], biz_step="commissioning", disposition="active",
        read_point=PORT, ilmd={"cbvmda:lotNumber": "L7"},
    )  # fmt: skip
    packed = aggregation_event(
        NOON, "ADD", PALLET, children=[MILK + "1"], classes=[(LOT, Decimal("12.5"), "KGM")], biz_step="packing"
    )
    shipped = object_event(
        NOON, "OBSERVE", epcs=[PALLET], biz_step="shipping", disposition="in_transit",
        biz_transactions=[("po", "urn:epcglobal:cbv:bt:4012345000054:1")],
        sources=[("possessing_party", "https://id.gs1.org/417/4012345000009")],
        destinations=[("location", PORT)],
    )  # fmt: skip
    recalled = object_event(
        NOON, "OBSERVE", classes=[(LOT, None, None)], biz_step="holding", persistent_set=["recalled"]
    )
    cooked = transformation_event(NOON, inputs=[MILK + "1"], output_classes=[(LOT, 3, None)])
    story = [born, packed, shipped, recalled, cooked]
    written = to_document(story, datetime(2026, 3, 2, tzinfo=UTC))
    assert parse_document(orjson.dumps(written)) == [
        parse_event(event_to_dict(event), written["@context"]) for event in story
    ]
    assert written["creationDate"] == "2026-03-02T00:00:00.000+00:00"
    assert written["epcisBody"]["eventList"][1]["childQuantityList"] == [
        {"epcClass": LOT, "quantity": 12.5, "uom": "KGM"}
    ]
    assert [event.type for event in story] == ["ObjectEvent", "AggregationEvent"] + ["ObjectEvent"] * 2 + [
        "TransformationEvent"
    ]


def test_it_refuses_to_build_what_it_would_not_read() -> None:
    with pytest.raises(EpcisError):
        object_event(NOON, "OBSERVE", epcs=[MILK + "1"], biz_step="teleporting")
    with pytest.raises(ValueError, match="zone"):
        object_event(NOON.replace(tzinfo=None), "OBSERVE", epcs=[MILK + "1"])
    with pytest.raises(ValueError, match="zone"):
        to_document([], NOON.replace(tzinfo=None))


def test_it_does_not_join_documents_whose_prefixes_mean_different_things() -> None:
    one = parse_event(shipping(), [{"ex": "https://one.example/"}])
    two = parse_event(shipping(), [{"ex": "https://two.example/"}])
    with pytest.raises(ValueError, match="two meanings"):
        to_document([one, two], NOON)


def test_it_tells_what_an_event_is_about_and_in_what_role() -> None:
    packed = aggregation_event(NOON, "ADD", PALLET, children=[MILK + "1"], classes=[(LOT, 5, None)])
    assert epcs(packed) == [
        Thing(PALLET, "parent"),
        Thing(MILK + "1", "child"),
        Thing(LOT, "child", True, Decimal(5), None),
    ]
    cooked = transformation_event(NOON, inputs=[MILK + "1"], output_classes=[(LOT, Decimal("2.5"), "KGM")])
    assert [(thing.role, thing.is_class) for thing in epcs(cooked)] == [("input", False), ("output", True)]
    assert isinstance(packed, AggregationEvent)
    assert isinstance(cooked, TransformationEvent)


def test_it_spells_standard_names_three_ways() -> None:
    assert web_uri(BIZ_STEP, "shipping") == "https://ref.gs1.org/cbv/BizStep-shipping"
    assert web_uri(BIZ_STEP, "urn:epcglobal:cbv:bizstep:shipping") == "https://ref.gs1.org/cbv/BizStep-shipping"
    assert bare_name(DISPOSITION, "https://ref.gs1.org/cbv/Disp-recalled") == "recalled"
    assert bare_name(DISPOSITION, "https://my.example/lost") == "https://my.example/lost"


serials = st.lists(st.text("ABC019-_/%", min_size=1, max_size=20), min_size=1, max_size=5, unique=True)


@settings(deadline=None)
@given(serials, st.sampled_from(sorted(BIZ_STEP.names)), st.datetimes(timezones=st.just(UTC)), st.text(max_size=20))
def test_writing_and_reading_again_gives_the_same_events(
    names: list[str], step: str, when: datetime, note: str
) -> None:
    from guomen.core.gs1 import to_digital_link

    epc_list = [to_digital_link((("01", "04012345111118"), ("21", name))) for name in names]
    context = (CONTEXT, {"ex": "https://ns.example.com/"})
    event = object_event(when, "OBSERVE", epcs=epc_list, biz_step=step, extensions={"ex:note": [note]}, context=context)
    written = orjson.dumps(to_document([event], NOON))
    assert parse_document(written) == [event]
    assert document_hashes(decode(written)) == [event_hash(event_to_dict(event), context=context)]
