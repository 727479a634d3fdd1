"""The query side of the EPCIS 2.0 REST binding: each parameter, pages, top-level resources, and who sees what."""

from decimal import Decimal
from urllib.parse import quote

import pytest
from django.db import connection

from guomen.core import epcis
from guomen.core.gs1 import check_digit
from guomen.trace import services
from guomen.trace.models import Event, EventValue, Term
from tests.trace.goods import BATCH, GTIN, ITEM, ITEM_WITH_LOT, OTHER_ITEM, day, robot, seen

EVENTS = "/epcis/v2/events"
NOTE = "https://example.test/ns#note"
GLN = "https://id.gs1.org/414/9506000134352"
DOCK = f"{GLN}/254/D1"
OTHER_GLN = "https://id.gs1.org/414/9506000134369"
CASE = "https://id.gs1.org/00/09506000134000001" + check_digit("09506000134000001")
PO, BOL = "https://example.test/po/1", "https://example.test/bol/1"
CONTEXT = [{"ex": "https://example.test/ns#", "wine": "urn:wine:"}]


def sent(event: epcis.Event) -> dict:
    return epcis.event_to_dict(event)


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [e.event_id.removeprefix("urn:e:") for e in epcis.parse_document(answer.content)]


@pytest.fixture
def firm(people):
    """A firm with one event of each sort, named by what it is."""
    sensor = [{"sensorMetadata": {"deviceID": "urn:device:7"}, "sensorReport": [{"type": "Temperature", "value": 4}]}]
    events = [
        sent(
            epcis.object_event(
                day(0), "ADD", epcs=[ITEM_WITH_LOT, OTHER_ITEM], biz_step="commissioning", disposition="active",
                read_point=DOCK, biz_location=GLN, event_id="urn:e:made", context=CONTEXT,
                ilmd={"cbvmda:lotNumber": "L7", "wine:barrel": {"wine:litres": Decimal("225.50")}},
            )
        ),
        sent(epcis.object_event(day(1), "OBSERVE", classes=[(BATCH, 10, None)], event_id="urn:e:class",
                                biz_step="storing", read_point=GLN)),
        sent(epcis.aggregation_event(day(2), "ADD", CASE, children=[ITEM], event_id="urn:e:packed",
                                     biz_step="packing", classes=[(BATCH, 1, None)])),
        sent(epcis.transformation_event(day(3), inputs=[ITEM], outputs=[OTHER_ITEM], input_classes=[(BATCH, 2, None)],
                                        event_id="urn:e:cooked")) | {"transformationID": "urn:t:1"},
        seen(4, "shipping", CASE, event_id="urn:e:shipped", disposition="in_transit",
             biz_transactions=[("po", PO), (None, BOL)], sources=[("owning_party", OTHER_GLN)],
             destinations=[("possessing_party", GLN)], persistent_set=["completeness_verified"],
             persistent_unset=["recalled"]),
        seen(5, "shipping", CASE, event_id="urn:e:noted") | {
            "ex:temperature": Decimal("4.50"), "ex:note": {"ex:by": "Ana"}, "sensorElementList": sensor,
        },
        seen(6, "storing", ITEM, event_id="urn:e:wrong") | {
            "errorDeclaration": {"declarationTime": "2026-10-09T00:00:00Z", "reason": "incorrect_data",
                                 "correctiveEventIDs": ["urn:e:right"]},
        },
    ]  # fmt: skip
    services.record(people.cy.actor, events, CONTEXT)
    return robot(people.cy, "read")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "made class packed cooked shipped noted wrong"),
        ({"eventType": "AggregationEvent,TransformationEvent"}, "packed cooked"),
        ({"EQ_action": "ADD"}, "made packed"),
        ({"EQ_bizStep": ["storing", "packing"]}, "class packed wrong"),
        ({"EQ_bizStep": "https://ref.gs1.org/cbv/BizStep-packing"}, "packed"),
        ({"EQ_bizStep": "urn:epcglobal:cbv:bizstep:packing"}, "packed"),
        ({"EQ_disposition": "in_transit"}, "shipped"),
        ({"EQ_persistentDisposition_set": "completeness_verified"}, "shipped"),
        ({"EQ_persistentDisposition_unset": "recalled"}, "shipped"),
        ({"EQ_readPoint": GLN}, "class"),
        ({"EQ_readPoint": "urn:epc:id:sgln:9506000.13435.D1"}, "made"),
        ({"WD_readPoint": GLN}, "made class"),
        ({"WD_readPoint": DOCK}, "made"),
        ({"EQ_bizLocation": GLN}, "made"),
        ({"WD_bizLocation": OTHER_GLN}, ""),
        ({"GE_eventTime": day(2).isoformat(), "LT_eventTime": day(4).isoformat()}, "packed cooked"),
        ({"LT_recordTime": day(0).isoformat()}, ""),
        ({"MATCH_epc": ITEM}, "made packed wrong"),
        ({"MATCH_epc": f"urn:epc:id:sgtin:9506000.013435.S1,{CASE}"}, "made packed shipped noted wrong"),
        ({"MATCH_epc": BATCH}, ""),
        ({"MATCH_parentID": CASE}, "packed"),
        ({"MATCH_anyEPC": CASE}, "packed shipped noted"),
        ({"MATCH_inputEPC": ITEM}, "cooked"),
        ({"MATCH_outputEPC": ITEM}, ""),
        ({"MATCH_outputEPC": OTHER_ITEM}, "cooked"),
        ({"MATCH_epcClass": BATCH}, "class packed"),
        ({"MATCH_anyEPCClass": "urn:epc:class:lgtin:9506000.013435.L7"}, "class packed cooked"),
        ({"MATCH_inputEPCClass": BATCH}, "cooked"),
        ({"MATCH_outputEPCClass": BATCH}, ""),
        ({"EQ_bizTransaction_po": PO}, "shipped"),
        ({"EQ_bizTransaction_bol": PO}, ""),
        ({"EQ_source_owning_party": OTHER_GLN}, "shipped"),
        ({"EQ_source_owning_party": GLN}, ""),
        ({"EQ_destination_possessing_party": GLN}, "shipped"),
        ({"EQ_transformationID": "urn:t:1"}, "cooked"),
        ({"EQ_eventID": "urn:e:made,urn:e:wrong,urn:e:none"}, "made wrong"),
        ({"EXISTS_errorDeclaration": ""}, "wrong"),
        ({"EQ_errorReason": "incorrect_data"}, "wrong"),
        ({"EQ_correctiveEventID": "urn:e:right"}, "wrong"),
        ({"EXISTS_ILMD_cbvmda:lotNumber": "true"}, "made"),
        ({"EQ_ILMD_cbvmda:lotNumber": "L7"}, "made"),
        ({"EQ_ILMD_cbvmda:lotNumber": "L8"}, ""),
        ({"EQ_INNER_ILMD_urn:wine:#litres": "225.5"}, "made"),
        ({"EXISTS_INNER_ILMD_urn:wine:#litres": ""}, "made"),
        ({"EXISTS_ILMD_urn:wine:#litres": ""}, ""),
        ({"EQ_ex:temperature": "4.5"}, "noted"),
        ({"EQ_https://example.test/ns#temperature": "4.500"}, "noted"),
        ({"EXISTS_ex:temperature": ""}, "noted"),
        ({"EQ_INNER_ex:by": "Ana"}, "noted"),
        ({"EQ_deviceID": "urn:device:7"}, "noted"),
        ({"EQ_type": "Temperature"}, "noted"),
        ({"EQ_bizStep": "shipping", "MATCH_epc": CASE, "EQ_type": "Temperature"}, "noted"),
        ({"orderBy": "eventTime", "eventCountLimit": "2"}, "wrong noted"),
        ({"orderBy": "eventTime", "orderDirection": "ASC", "eventCountLimit": "2"}, "made class"),
        ({"EQ_bizStep": "storing|packing"}, "class packed wrong"),
        ({"MATCH_epc": f"{ITEM}|{CASE}"}, "made packed shipped noted wrong"),
        ({"EXISTS_errorDeclaration": "false", "MATCH_epc": ITEM}, "made packed wrong"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.013435.*"}, "made packed wrong"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.*.*"}, "made packed wrong"),
        ({"MATCH_epc": ["urn:epc:idpat:sgtin:9506000.013435.*", CASE]}, "made packed shipped noted wrong"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.013436.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506001.*.*"}, ""),
        ({"MATCH_inputEPC": "urn:epc:idpat:sgtin:9506000.013435.*"}, "cooked"),
        ({"MATCH_parentID": "urn:epc:idpat:sgtin:9506000.013435.*"}, ""),
        ({"MATCH_epcClass": "urn:epc:idpat:lgtin:9506000.013435.*"}, "class packed"),
        ({"MATCH_outputEPCClass": "urn:epc:idpat:lgtin:9506000.013435.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.013435.S1"}, "made packed wrong"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:*.*.*"}, "made packed wrong"),
        ({"MATCH_epc": f"https://id.gs1.org/01/{GTIN}"}, "made packed wrong"),
        ({"MATCH_epc": f"https://brand.test/x/01/{GTIN[1:]}?linkType=all"}, "made packed wrong"),
        ({"MATCH_epc": "https://id.gs1.org/8003/09506000134352"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:upui:*.*.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:sscc:9506000.*"}, "shipped noted"),
        ({"MATCH_epc": "urn:epc:idpat:sscc:950600013.*"}, "shipped noted"),
        ({"MATCH_epc": "urn:epc:idpat:sscc:950600.*"}, "shipped noted"),
        ({"MATCH_epc": "urn:epc:idpat:sscc:950600013400.*"}, "shipped noted"),
        ({"MATCH_epc": "urn:epc:idpat:sscc:950600013401.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:sscc:9506001.*"}, ""),
        ({"MATCH_anyEPC": "urn:epc:idpat:sscc:*.*"}, "packed shipped noted"),
        ({"MATCH_parentID": ["urn:epc:idpat:sscc:9506000.*", ITEM]}, "packed"),
        ({"MATCH_inputEPC": "urn:epc:idpat:sscc:9506000.*"}, ""),
        ({"MATCH_epcClass": "urn:epc:idpat:lgtin:9506000.*.*"}, "class packed"),
        ({"MATCH_anyEPCClass": "urn:epc:idpat:lgtin:*.*.*"}, "class packed cooked"),
        ({"MATCH_epcClass": "urn:epc:idpat:lgtin:9506000.013435.L7"}, "class packed"),
        ({"MATCH_epcClass": "urn:epc:idpat:sgtin:9506000.*.*"}, ""),
        ({"MATCH_epcClass": f"https://id.gs1.org/01/{GTIN}"}, ""),
        ({"maxEventCount": "7"}, "made class packed cooked shipped noted wrong"),
    ],
)
def test_a_parameter_finds_what_it_asks_for_and_nothing_else(firm, query, expected):
    answer = firm.get(EVENTS, query, headers={"GS1-Extensions": "ex=https://example.test/ns#"})
    assert ids(answer) == expected.split()


@pytest.mark.parametrize(
    ("query", "status", "name"),
    [
        ({"bizStep": "storing"}, 400, "QueryParameterException"),
        ({"EQ_bizStep": ""}, 400, "QueryParameterException"),
        ({"EQ_action": "EAT"}, 400, "QueryParameterException"),
        ({"GE_eventTime": "2026-10-01T00:00:00"}, 400, "QueryParameterException"),
        ({"eventCountLimit": "0", "orderBy": "eventTime"}, 400, "QueryParameterException"),
        ({"eventCountLimit": "1"}, 400, "QueryParameterException"),
        ({"EQ_bizStep": "x" * 17_000}, 414, "URITooLongException"),
        ({"eventCountLimit": "1", "orderBy": "eventTime", "maxEventCount": "1"}, 400, "QueryParameterException"),
        ({"orderDirection": "UP"}, 400, "QueryParameterException"),
        ({"MATCH_epc": "https://id.gs1.org/01/123"}, 400, "ValidationException"),
        ({"perPage": "501"}, 400, "ValidationException"),
        ({"nextPageToken": "nonsense"}, 404, "NoSuchResourceException"),
        ({"maxEventCount": "6"}, 413, "QueryTooLargeException"),
        ({"GT_quantity": "many"}, 400, "QueryParameterException"),
        ({"GT_quantity": "1e400"}, 400, "QueryParameterException"),
        ({"GE_value": "5"}, 400, "QueryParameterException"),
        ({"GE_percRank_CEL": "5"}, 400, "QueryParameterException"),
        ({"GE_time": "2026-10-01"}, 400, "QueryParameterException"),
        ({"GE_errorDeclarationTime": "yesterday"}, 400, "QueryParameterException"),
        ({"GE_ex:n": "big"}, 400, "QueryParameterException"),
        ({"EQATTR_x_y": "5"}, 400, "QueryParameterException"),
        ({"HASATTR_action": "ex:y"}, 400, "QueryParameterException"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.*"}, 400, "QueryParameterException"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.*.S1"}, 400, "QueryParameterException"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.1.*"}, 400, "ValidationException"),
        ({"MATCH_epcClass": "urn:epc:idpat:nothing:*"}, 400, "QueryParameterException"),
        ({"orderBy": "quantity"}, 400, "QueryParameterException"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_the_standards_name(firm, query, status, name):
    answer = firm.get(EVENTS, query)
    assert (answer.status_code, answer.json()["type"]) == (status, f"epcisException:{name}")


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("order", ["eventTime", "recordTime"])
def test_pages_neither_repeat_nor_shift_while_others_capture(people, firm, order, direction):
    query = {"perPage": "2", "orderBy": order, "orderDirection": direction, "eventCountLimit": "5"}
    whole = ids(firm.get(EVENTS, {**query, "perPage": "30"}))
    page = firm.get(EVENTS, query)
    found = ids(page)
    for n in range(5):
        if "Link" not in page.headers:
            break
        services.record(people.cy.actor, [seen(n, "storing", ITEM), seen(-n, "storing", CASE)])
        page = firm.get(page.headers["Link"].split(">")[0].strip("<"))
        found += ids(page)
    assert found == whole
    assert len(found) == 5


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("EQ_ex:note=red%2C%20blue", "1"),
        ("EQ_ex:note=red,green", "2"),
        ("EQ_ex:note=green|red%2C%20blue", "1 2"),
        ("EQ_ex:note=a|b&EQ_ex:note=red,%20blue", "1 3"),
        ("EQ_bizTransaction_po=urn:po:1,2", "1"),
        ("EQ_bizTransaction_po=urn:po:1,2,urn:po:3", "1 2"),
        ("EQ_bizTransaction_po=urn%3Apo%3A1%2C2%2Curn%3Apo%3A3", "1 2"),
        ("EQ_bizTransaction_po=urn:po:4,urn:x&EQ_bizTransaction_po=urn:po:3", "2 3"),
    ],
)
def test_values_may_hold_what_separates_values(people, query, expected):
    notes = {"1": ("red, blue", "urn:po:1,2"), "2": ("green", "urn:po:3"), "3": ("a|b", "urn:po:4,urn:x")}
    events = [
        seen(int(n), "storing", ITEM, event_id=f"urn:e:{n}", biz_transactions=[("po", po)]) | {"ex:note": note}
        for n, (note, po) in notes.items()
    ]
    services.record(people.cy.actor, events, CONTEXT)
    answer = robot(people.cy, "read").get(
        f"{EVENTS}?{query}", headers={"GS1-Extensions": "ex=https://example.test/ns#"}
    )
    assert ids(answer) == expected.split()


def test_a_token_of_one_query_is_none_of_another(firm):
    token = firm.get(EVENTS, {"perPage": 1}).headers["GS1-Next-Page-Token"]
    assert firm.get(EVENTS, {"perPage": 3, "nextPageToken": token}).status_code == 200
    assert firm.get(EVENTS, {"EQ_action": "ADD", "nextPageToken": token}).status_code == 404


@pytest.mark.parametrize(
    ("resource", "value", "events", "members"),
    [
        ("eventTypes", "AggregationEvent", "packed", ["AggregationEvent", "ObjectEvent", "TransformationEvent"]),
        ("bizSteps", "packing", "packed", ["commissioning", "packing", "shipping", "storing"]),
        ("dispositions", "in_transit", "shipped", ["active", "in_transit"]),
        ("readPoints", DOCK, "made", [GLN, DOCK]),
        ("bizLocations", GLN, "made", [GLN]),
        ("epcs", CASE, "packed shipped noted", [ITEM, OTHER_ITEM.replace("/10/L7", ""), BATCH, CASE]),
    ],
)
def test_a_top_level_resource_lists_its_values_and_their_events(firm, resource, value, events, members):
    quoted = value.replace(":", "%3A").replace("/", "%2F")
    assert ids(firm.get(f"/epcis/v2/{resource}/{quoted}/events")) == events.split()
    assert ids(firm.get(f"/epcis/v2/{resource}/{quoted}/events", {"EQ_action": "DELETE"})) == []
    assert firm.get(f"/epcis/v2/{resource}/{quoted}").json()["member"] == ["events"]
    for path in (resource, f"{resource}/{quoted}", f"{resource}/{quoted}/events"):
        assert firm.options(f"/epcis/v2/{path}").headers["Allow"] == "GET, OPTIONS"
    listed = firm.get(f"/epcis/v2/{resource}")
    assert listed.json()["member"] == members
    page = firm.get(f"/epcis/v2/{resource}", {"perPage": 1})
    found = page.json()["member"]
    while "Link" in page.headers:
        page = firm.get(page.headers["Link"].split(">")[0].strip("<"))
        found += page.json()["member"]
    assert found == members
    assert firm.get("/epcis/v2/elsewhere").status_code == 404


@pytest.mark.parametrize("spelling", ["No_Preference", "Always_EPC_URN"])
@pytest.mark.parametrize("resource", ["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"])
def test_every_value_that_is_listed_has_the_events_that_name_it(firm, resource, spelling):
    everything = firm.get(EVENTS).json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    left = {event["eventID"] for event in everything}
    listed = firm.get(f"/epcis/v2/{resource}", headers={"GS1-EPC-Format": spelling}).json()["member"]
    assert listed
    for value in listed:
        found = ids(firm.get(f"/epcis/v2/{resource}/{quote(value, safe='')}/events"))
        assert found, value
        left -= {f"urn:e:{name}" for name in found}
    # All events have a type and a thing; the other fields may be left out.
    assert not left or resource not in ("eventTypes", "epcs")


@pytest.mark.parametrize(
    ("value", "events"),
    [
        (BATCH, "class packed cooked"),
        ("https://id.gs1.org/01/09506000134352", "made class packed cooked wrong"),
        ("https://example.org/01/09506000134352", "made class packed cooked wrong"),
        ("urn:epc:idpat:sgtin:9506000.013435.*", "made packed cooked wrong"),
        ("urn:epc:class:lgtin:9506000.013435.L7", "class packed cooked"),
        ("urn:epc:idpat:sscc:*.*", "packed shipped noted"),
        (f"{BATCH}/21/none-such", ""),
        ("https://id.gs1.org/01/0952132100001" + check_digit("0952132100001"), ""),
    ],
)
def test_a_class_among_the_epcs_is_where_it_stands_and_where_its_items_are(firm, value, events):
    assert ids(firm.get(f"/epcis/v2/epcs/{quote(value, safe='')}/events")) == events.split()


def test_a_name_among_the_epcs_that_breaks_gs1s_rules_is_refused(firm):
    wrong = quote("https://id.gs1.org/01/09506000134353", safe="")
    answer = firm.get(f"/epcis/v2/epcs/{wrong}/events")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "epc")
    assert firm.get("/epcis/v2/epcs/urn%3Aepc%3Aidpat%3Asgtin%3A*.1.*/events").status_code == 400
    # It is no parameter of the event query.
    assert firm.get(EVENTS, {"epc": ITEM}).status_code == 400


def test_events_and_values_are_for_their_firm_and_the_authority(people, door, firm):
    found = {}
    for name in ("cy", "cal", "bo", "eve", ""):
        answer = door(name).get(EVENTS, {"MATCH_epc": ITEM})
        found[name] = len(ids(answer)) if answer.status_code == 200 else answer.status_code
        values = door(name).get("/epcis/v2/bizSteps")
        assert values.status_code == 401 if not name else bool(values.json()["member"]) == bool(found[name])
    assert found == {"cy": 3, "cal": 3, "bo": 3, "eve": 0, "": 401}
    assert robot(people.cy, "seal").get(EVENTS).status_code == 404
    assert firm.get(EVENTS, headers={"Accept": "image/png"}).status_code == 406


def test_a_rare_facet_and_a_thing_are_found_by_their_indexes(people, firm):
    services.record(people.cy.actor, [seen(n % 28, "storing", f"{BATCH}/21/{n}") for n in range(1900)])
    pattern = "urn:epc:idpat:sgtin:9506000.013435.*"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE trace_event, trace_eventitem")
        for query, indexes in (
            ({"EQ_type": ["Temperature"]}, ["trace_event_facets"]),
            ({"MATCH_epc": [CASE]}, ["trace_item", "event_pkey"]),
            ({"MATCH_epc": ["urn:epc:idpat:sscc:9506000.*"]}, ["trace_event_facets"]),
            ({"MATCH_parentID": ["urn:epc:idpat:sscc:*.*"]}, ["trace_event_facets"]),
            (
                {"MATCH_epc": [CASE, pattern.replace("13435", "13436")]},
                ["trace_item", "event_facets", "event_pkey"],
            ),
            ({f"EQ_{NOTE}": ["2026-10-01T00:00:00Z"]}, ["event_facets", "event_pkey"]),
        ):
            found = plan(cursor, query)
            assert [index for index in indexes if index not in found] == [], found
            assert "Seq Scan on trace_event " not in found


def plan(cursor, query: dict[str, list[str]]) -> str:
    from guomen.trace.asked import read

    found = Event.objects.filter(*read(query).conditions).order_by("happened_at", "event_id")[:31]
    sql, values = found.query.sql_with_params()
    cursor.execute(f"EXPLAIN {sql}", values)
    return "\n".join(row[0] for row in cursor.fetchall())


def test_events_of_before_the_index_get_their_facets(people, firm):
    from importlib import import_module

    from django.apps import apps

    def indexed():
        return (
            sorted(Event.objects.values_list("event_id", "facets")),
            sorted(EventValue.objects.values_list("event_id", "field", "report", "number")),
            sorted(Term.objects.values_list("field", "value")),
        )

    before = indexed()
    Event.objects.update(facets=[])
    EventValue.objects.all().delete()
    Term.objects.all().delete()
    for migration in ("0008_event_values", "0012_families_of_things"):
        import_module(f"guomen.trace.migrations.{migration}").fill(apps, None)
    for now, then in zip(indexed(), before, strict=True):
        assert now == then
    assert all(before)
