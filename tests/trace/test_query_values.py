"""Parameters that compare: quantities, sensor values and times, error declarations, extensions; and master data."""

from decimal import Decimal

import pytest
from django.db import connection

from guomen.core import epcis
from guomen.trace import jobs, masterdata, ordering, services
from guomen.trace.asked import read
from guomen.trace.matching import TooComplex
from guomen.trace.models import Event, EventValue, MasterData
from tests.trace.goods import BATCH, ITEM, day, document, robot, seen

EVENTS = "/epcis/v2/events"
YARD, SHED, DOOR = (f"https://id.gs1.org/414/{gln}" for gln in ("9506000134352", "9506000134369", "9506000134376"))
CONTEXT = [{"ex": "https://example.test/ns#"}]
EXTENSIONS = {"GS1-Extensions": "ex=https://example.test/ns#"}


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [e.event_id.removeprefix("urn:e:") for e in epcis.parse_document(answer.content)]


def measured(n: int, name: str, *reports: dict, **metadata) -> dict:
    element = {"sensorMetadata": metadata, "sensorReport": list(reports)}
    return seen(n, "storing", ITEM, event_id=f"urn:e:{name}") | {"sensorElementList": [element]}


@pytest.fixture
def firm(people):
    plain = [
        epcis.event_to_dict(
            epcis.object_event(
                day(0), "OBSERVE", classes=[(BATCH, 10, None), (f"{BATCH}8", Decimal("2.5"), "KGM")],
                event_id="urn:e:lots", read_point=DOOR, biz_location=YARD,
            )
        ),
        measured(1, "cold",
                 {"type": "Temperature", "value": Decimal("4.5"), "uom": "CEL", "time": "2026-10-02T08:00:00Z"},
                 {"type": "RelativeHumidity", "value": 60, "uom": "A93", "ex:probe": 3},
                 startTime="2026-10-01T00:00:00Z", endTime="2026-10-02T00:00:00+08:00"),
        measured(2, "warm", {"type": "Temperature", "minValue": 3, "maxValue": Decimal("9.5"), "meanValue": 6,
                             "sDev": 1, "percRank": 90, "percValue": 8, "uom": "CEL"},
                 {"type": "DewPoint", "value": 12, "uom": "CEL", "component": "x"}),
        seen(3, "storing", ITEM, event_id="urn:e:wrong")
        | {"errorDeclaration": {"declarationTime": "2026-10-09T08:00:00+08:00", "ex:by": 7}},
        epcis.event_to_dict(
            epcis.object_event(
                day(4), "ADD", epcs=[ITEM], event_id="urn:e:made",
                ilmd={"ex:litres": Decimal("225.50"), "ex:kept": {"ex:until": "2027-01-01T00:00:00Z"}},
            )
        )
        | {"ex:grade": "12", "ex:checked": "2026-10-05T10:00:00+02:00", "ex:deep": {"ex:level": [1, 5]},
           "readPoint": {"id": SHED, "ex:gate": 4}},
    ]  # fmt: skip
    services.record(people.cy.actor, plain, CONTEXT)
    return robot(people.cy, "read")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"EQ_quantity": "10"}, "lots"),
        ({"EQ_quantity": "2.50,7"}, "lots"),
        ({"EQ_quantity": "7"}, ""),
        ({"GT_quantity": "10"}, ""),
        ({"GE_quantity": "10"}, "lots"),
        ({"LT_quantity": "2.5"}, ""),
        ({"LE_quantity": "2.5"}, "lots"),
        ({"GE_quantity": "3", "LE_quantity": "9"}, ""),
        ({"EQ_quantity_KGM": "2.5"}, "lots"),
        ({"GE_quantity_KGM": "3"}, ""),
        ({"EQ_value_CEL": "4.5"}, "cold"),
        ({"EQ_value_FAH": "4.5"}, ""),
        ({"GE_value_CEL": "4.5"}, "cold warm"),
        ({"GT_value_CEL": "4.5"}, "warm"),
        ({"LT_value_CEL": "4.5"}, ""),
        ({"LE_value_A93": "60"}, "cold"),
        ({"EQ_type": "Temperature", "GT_value_CEL": "5"}, ""),
        ({"EQ_type": "Temperature,DewPoint", "GT_value_CEL": "5"}, "warm"),
        ({"EQ_type": "Temperature", "GE_value_CEL": "4", "LE_value_CEL": "5"}, "cold"),
        ({"GE_minValue_CEL": "3", "GT_maxValue_CEL": "9"}, "warm"),
        ({"GE_minValue_CEL": "3", "GT_value_CEL": "9"}, ""),
        ({"LT_minValue_CEL": "3"}, ""),
        ({"LE_meanValue_CEL": "6"}, "warm"),
        ({"GT_meanValue_CEL": "6"}, ""),
        ({"GE_sDev_CEL": "1"}, "warm"),
        ({"LT_sDev_CEL": "1"}, ""),
        ({"GE_percRank": "90"}, "warm"),
        ({"GT_percRank": "90"}, ""),
        ({"GE_percValue_CEL": "8"}, "warm"),
        ({"LT_percValue_CEL": "8"}, ""),
        ({"GE_time": "2026-10-02T08:00:00Z"}, "cold"),
        ({"LT_time": "2026-10-02T08:00:00Z"}, ""),
        ({"GE_startTime": "2026-10-01T00:00:00Z"}, "cold"),
        ({"LT_startTime": "2026-10-01T00:00:00Z"}, ""),
        ({"LT_endTime": "2026-10-01T16:00:01Z"}, "cold"),
        ({"GE_endTime": "2026-10-01T16:00:01Z"}, ""),
        ({"EXISTS_sensorElementList": ""}, "cold warm"),
        ({"EQ_component": "x"}, "warm"),
        ({"GE_errorDeclarationTime": "2026-10-09T00:00:00Z"}, "wrong"),
        ({"LT_errorDeclarationTime": "2026-10-09T00:00:00Z"}, ""),
        ({"GE_errorDeclaration_Time": "2026-10-09T00:00:00Z"}, "wrong"),
        ({"EQ_ERROR_DECLARATION_ex:by": "7"}, "wrong"),
        ({"EXISTS_ERROR_DECLARATION_ex:by": ""}, "wrong"),
        ({"GT_ERROR_DECLARATION_ex:by": "7"}, ""),
        ({"LE_ERROR_DECLARATION_ex:by": "7"}, "wrong"),
        ({"GE_ILMD_ex:litres": "225.5"}, "made"),
        ({"GT_ILMD_ex:litres": "225.5"}, ""),
        ({"LT_INNER_ILMD_ex:until": "2027-01-01T01:00:00+01:00"}, ""),
        ({"LE_INNER_ILMD_ex:until": "2027-01-01T01:00:00+01:00"}, "made"),
        ({"EQ_INNER_ILMD_ex:until": "2027-01-01T01:00:00+01:00"}, "made"),
        ({"GE_ex:grade": "12"}, "made"),
        ({"LT_ex:grade": "12"}, ""),
        ({"GE_ex:checked": "2026-10-05T08:00:00Z"}, "made"),
        ({"GT_ex:checked": "2026-10-05T08:00:00Z"}, ""),
        ({"EQ_ex:checked": "2026-10-05T08:00:00Z"}, "made"),
        ({"GT_INNER_ex:level": "4"}, "made"),
        ({"GT_INNER_ex:level": "5"}, ""),
        ({"GE_INNER_ex:level": "2", "LE_INNER_ex:level": "4"}, ""),
        ({"EQ_readPoint_ex:gate": "4"}, "made"),
        ({"EQ_bizLocation_ex:gate": "4"}, ""),
        ({"EXISTS_SENSORREPORT_ex:probe": ""}, "cold"),
        ({"EQ_SENSORREPORT_ex:probe": "3"}, "cold"),
        ({"GE_SENSORREPORT_ex:probe": "4"}, ""),
        ({"EXISTS_SENSORELEMENT_ex:probe": ""}, ""),
    ],
)
def test_a_comparison_finds_what_it_asks_for_and_nothing_else(firm, query, expected):
    assert ids(firm.get(EVENTS, query, headers=EXTENSIONS)) == expected.split()


@pytest.fixture
def graded(people):
    notes = {"a": "10", "b": 9.5, "c": "2026-10-01T00:00:00Z", "d": "zebra", "e": "Ape", "f": None, "g": {"ex:x": 1}}
    events = [
        seen(0, "storing", ITEM, event_id=f"urn:e:{name}") | ({} if note is None else {"ex:note": note})
        for name, note in notes.items()
    ]
    services.record(people.cy.actor, events, CONTEXT)
    return robot(people.cy, "read")


@pytest.mark.parametrize(("direction", "expected"), [("ASC", "bacedfg"), ("DESC", "decabfg")])
def test_results_come_in_the_order_of_an_extension_field(graded, direction, expected):
    query = {"orderBy": "ex:note", "orderDirection": direction, "perPage": 3}
    page = graded.get(EVENTS, query, headers=EXTENSIONS)
    found = ids(page)
    while "Link" in page.headers:
        page = graded.get(page.headers["Link"].split(">")[0].strip("<"), headers=EXTENSIONS)
        found += ids(page)
    assert "".join(found[:5]) == expected[:5]
    assert set(found[5:]) == {"f", "g"}
    limited = graded.get(EVENTS, query | {"eventCountLimit": 2}, headers=EXTENSIONS)
    assert ids(limited) == list(expected[:2])
    assert "Link" not in limited.headers
    bad = graded.get(EVENTS, query | {"nextPageToken": "x"}, headers=EXTENSIONS)
    assert bad.status_code == 404


def test_too_many_events_are_not_ordered_by_an_extension_field(graded, monkeypatch):
    monkeypatch.setattr(ordering, "MOST_SORTED", 6)
    answer = graded.get(EVENTS, {"orderBy": "ex:note"}, headers=EXTENSIONS)
    assert (answer.status_code, answer.json()["type"]) == (413, "epcisException:QueryTooComplexException")


def test_thousands_of_events_are_ordered_by_an_extension_field_page_by_page(people):
    for start in (0, 1500):
        numbers = [(7919 * n) % 3001 for n in range(start, start + 1500)]
        events = [seen(0, "storing", ITEM, event_id=f"urn:e:{n}") | {"ex:note": n} for n in numbers]
        services.record(people.cy.actor, events, CONTEXT)
    reader, query = robot(people.cy, "read"), {"orderBy": "ex:note", "orderDirection": "ASC", "perPage": 500}
    page = reader.get(EVENTS, query, headers=EXTENSIONS)
    found = [ids(page)]
    while "Link" in page.headers:
        page = reader.get(page.headers["Link"].split(">")[0].strip("<"), headers=EXTENSIONS)
        found.append(ids(page))
    assert [len(one) for one in found] == [500] * 6
    got = [int(n) for one in found for n in one]
    assert got == sorted((7919 * n) % 3001 for n in range(3000))


def test_an_officer_finds_the_things_of_a_company_by_its_pattern(people, firm):
    pattern = {"MATCH_epc": "urn:epc:idpat:sgtin:9506000.*.*"}
    assert ids(robot(people.bo, "read").get(EVENTS, pattern)) == ["cold", "warm", "wrong", "made"]
    assert ids(robot(people.eve, "read").get(EVENTS, pattern)) == []


def test_what_cannot_be_compared_is_captured_all_the_same(people):
    odd = {"ex:huge": "1e300", "ex:huger": "1e99999999", "ex:tiny": "1e-99999999", "ex:no": "NaN"}
    event = seen(0, "storing", ITEM) | odd | {"ex:never": "9999-12-31T23:59:59Z", "ex:long": f"0.{'3' * 100_000}"}
    services.record(people.cy.actor, [event, seen(1, "storing", ITEM)], CONTEXT)
    assert sorted(EventValue.objects.values_list("number", flat=True))[:2] == [0, Decimal(f"0.{'3' * 24}")]
    assert EventValue.objects.count() == 3
    reader = robot(people.cy, "read")
    assert len(ids(reader.get(EVENTS, {"GE_ex:never": "9999-01-01T00:00:00Z"}, headers=EXTENSIONS))) == 1


def test_values_are_found_by_their_index(people, firm):
    many = [measured(n % 28, f"m{n}", {"type": "Temperature", "value": n, "uom": "CEL"}) for n in range(1500)]
    services.record(people.cy.actor, many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE trace_event, trace_eventvalue")
        asked = read({"GE_value_CEL": ["1490"], "EQ_type": ["Temperature"]})
        sql, values = Event.objects.filter(*asked.conditions).query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        assert "trace_value_by_number" in "\n".join(row[0] for row in cursor.fetchall())


def vocabulary(kind: str, *elements: dict) -> dict:
    listed = {"type": f"urn:epcglobal:epcis:vtype:{kind}", "vocabularyElementList": list(elements)}
    return {"@context": CONTEXT, "epcisHeader": {"epcisMasterData": {"vocabularyList": [listed]}}}


PLACES = vocabulary(
    "BusinessLocation",
    {"id": YARD, "children": ["urn:epc:id:sgln:9506000.13436.0"],
     "attributes": [{"id": "cbvmda:site", "attribute": "North"}, {"id": "ex:area", "attribute": 7}]},
    {"id": SHED, "children": [DOOR]},
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"WD_readPoint": YARD}, "lots made"),
        ({"WD_readPoint": SHED}, "lots made"),
        ({"WD_readPoint": DOOR}, "lots"),
        ({"WD_bizLocation": SHED}, ""),
        ({"WD_bizLocation": YARD}, "lots"),
        ({"HASATTR_bizLocation": "cbvmda:site"}, "lots"),
        ({"HASATTR_bizLocation": "ex:site"}, ""),
        ({"HASATTR_readPoint": "cbvmda:site"}, ""),
        ({"EQATTR_bizLocation_cbvmda:site": "North"}, "lots"),
        ({"EQATTR_bizLocation_urn:epcglobal:cbv:mda#site": "North|South"}, "lots"),
        ({"EQ_ATTR_bizLocation_ex:area": "7"}, "lots"),
        ({"EQATTR_bizLocation_cbvmda:site": "South"}, ""),
    ],
)
def test_master_data_tells_what_belongs_to_a_place_and_what_it_is_like(people, firm, query, expected):
    masterdata.keep(people.cy.organisation.id, PLACES)
    assert ids(firm.get(EVENTS, query, headers=EXTENSIONS)) == expected.split()


def test_nobody_asks_by_what_another_says_of_places(people, firm):
    masterdata.keep(people.eve.organisation.id, PLACES)
    assert ids(firm.get(EVENTS, {"WD_readPoint": YARD})) == []
    assert ids(firm.get(EVENTS, {"HASATTR_bizLocation": "cbvmda:site"})) == []


def test_the_last_word_on_a_place_counts_and_circles_end(people, firm):
    circle = vocabulary("BusinessLocation", {"id": YARD, "children": [SHED]}, {"id": SHED, "children": [YARD, DOOR]})
    masterdata.keep(people.cy.organisation.id, PLACES)
    assert masterdata.keep(people.cy.organisation.id, circle) == 2
    assert ids(firm.get(EVENTS, {"WD_readPoint": YARD})) == ["lots", "made"]
    assert ids(firm.get(EVENTS, {"HASATTR_bizLocation": "cbvmda:site"})) == []


@pytest.mark.parametrize("later", [False, True])
def test_a_document_brings_master_data_along(people, later):
    accept = jobs.accept_later if later else jobs.accept
    body = document(seen(1, "storing", ITEM, event_id="urn:e:1", read_point=DOOR))
    accept(people.cy.actor, body | {"epcisHeader": PLACES["epcisHeader"]})
    while later and jobs.work():
        continue
    assert ids(robot(people.cy, "read").get(EVENTS, {"WD_readPoint": YARD})) == ["1"]
    many = [{"id": f"urn:place:{n}"} for n in range(masterdata.MOST_ELEMENTS + 1)]
    with pytest.raises(TooComplex):
        accept(people.cy.actor, body | {"epcisHeader": vocabulary("ReadPoint", *many)["epcisHeader"]})


def test_a_document_that_fails_brings_nothing_along(people):
    services.record(people.cy.actor, [seen(1, "storing", ITEM, event_id="urn:e:1")])
    other = document(seen(2, "storing", ITEM, event_id="urn:e:1")) | {"epcisHeader": PLACES["epcisHeader"]}
    assert jobs.accept(people.cy.actor, other).success is False
    assert not MasterData.objects.exists()


@pytest.mark.parametrize(
    "header",
    [None, [], {"epcisMasterData": 1}, {"epcisMasterData": {"vocabularyList": [1, {"type": 2}]}},
     {"epcisMasterData": {"vocabularyList": [{"type": "t", "vocabularyElementList": [{"id": 3}, {"id": ""}, 4]}]}}],
)  # fmt: skip
def test_what_is_no_master_data_is_left_out(people, header):
    assert masterdata.keep(people.cy.organisation.id, {"epcisHeader": header}) == 0
    assert not MasterData.objects.exists()
