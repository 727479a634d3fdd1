"""Named queries: kept, listed, asked and deleted over REST, and whose they are."""

import json

import pytest

from guomen.core import epcis
from guomen.ledger.models import Entry
from guomen.trace import named, services
from guomen.trace.models import NamedQuery
from tests.trace.goods import BATCH, ITEM, OTHER_ITEM, robot, seen

QUERIES = "/epcis/v2/queries"


def keep(client, name, query, **headers):
    return client.post(QUERIES, json.dumps({"name": name, "query": query}), "application/json", headers=headers)


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [e.event_id.removeprefix("urn:e:") for e in epcis.parse_document(answer.content)]


@pytest.fixture
def firm(people):
    events = [
        seen(0, "storing", ITEM, event_id="urn:e:a"),
        seen(1, "shipping", ITEM, event_id="urn:e:b"),
        seen(2, "shipping", OTHER_ITEM, event_id="urn:e:c") | {"ex:n": 5, "ex:note": "red, blue"},
    ]
    services.record(people.cy.actor, events, [{"ex": "https://example.test/ns#"}])
    return robot(people.cy, "read")


def test_a_query_is_kept_and_asked_by_its_name(firm):
    made = keep(firm, "Shipped", {"EQ_bizStep": ["shipping"], "orderBy": "eventTime", "orderDirection": "ASC"})
    assert (made.status_code, made.headers["Location"]) == (201, f"{QUERIES}/Shipped")
    one = firm.get(f"{QUERIES}/Shipped").json()
    assert one == {
        "name": "Shipped",
        "query": {"EQ_bizStep": ["shipping"], "orderBy": "eventTime", "orderDirection": "ASC"},
    }
    found = firm.get(f"{QUERIES}/Shipped/events")
    assert found.json()["epcisBody"]["queryResults"]["queryName"] == "Shipped"
    assert ids(found) == ["b", "c"]
    assert ids(firm.get(f"{QUERIES}/Shipped/events", {"MATCH_epc": ITEM})) == ["b"]
    assert ids(firm.get(f"{QUERIES}/Shipped/events", {"EQ_bizStep": "storing"})) == []
    assert ids(firm.get(f"{QUERIES}/Shipped/events", {"orderDirection": "DESC"})) == ["c", "b"]


def test_results_of_a_named_query_come_in_pages(firm):
    keep(firm, "All", {})
    page, found = firm.get(f"{QUERIES}/All/events", {"perPage": 2}), []
    while True:
        found += ids(page)
        if "Link" not in page.headers:
            break
        page = firm.get(page.headers["Link"].split(">")[0].strip("<"))
    assert found == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"EQ_ex:n": 5}, "c"),
        ({"EQ_ex:n": [5, 6]}, "c"),
        ({"EQ_ex:note": "red, blue"}, "c"),
        ({"EQ_ex:note": ["red"]}, ""),
        ({"EXISTS_ex:n": None}, "c"),
        ({"EXISTS_ex:n": 1}, "c"),
        ({"@context": [{"other": "https://example.test/ns#"}], "EXISTS_other:n": None}, "c"),
        ({"MATCH_epc": [ITEM, OTHER_ITEM], "orderBy": "eventTime", "eventCountLimit": 1}, "c"),
        ({"GE_eventTime": "2026-10-02T08:00:00Z", "eventType": ["ObjectEvent"]}, "b c"),
    ],
)
def test_the_json_forms_of_the_parameters_are_read(firm, query, expected):
    made = keep(firm, "q", query, **{"GS1-Extensions": "ex=https://example.test/ns#"})
    assert made.status_code == 201, made.content
    assert ids(firm.get(f"{QUERIES}/q/events")) == expected.split()


@pytest.mark.parametrize(
    ("name", "query", "exception"),
    [
        ("x", {"EQ_color": ["red"]}, "QueryParameterException"),
        ("x", {"EQ_action": ["EAT"]}, "QueryParameterException"),
        ("x", {"EQ_bizStep": {"a": 1}}, "QueryParameterException"),
        ("x", {"EQ_bizStep": None}, "QueryParameterException"),
        ("x", ["EQ_bizStep"], "QueryParameterException"),
        ("x", None, "QueryParameterException"),
        ("x", {f"EQ_a:{n}": "1" for n in range(201)}, "QueryParameterException"),
        ("", {}, "ValidationException"),
        ("../x", {}, "ValidationException"),
        ("x" * 101, {}, "ValidationException"),
        (7, {}, "ValidationException"),
    ],
)
def test_what_is_no_query_is_not_kept(firm, name, query, exception):
    answer = keep(firm, name, query)
    assert (answer.status_code, answer.json()["type"]) == (400, f"epcisException:{exception}")
    assert not NamedQuery.objects.exists()


def test_bodies_that_are_no_json_object_are_refused(firm):
    assert firm.post(QUERIES, "[]", "application/json").status_code == 400
    assert firm.post(QUERIES, "{", "application/json").status_code == 400
    assert firm.post(QUERIES, '{"name": "x\\u0000", "query": {}}', "application/json").status_code == 400
    assert firm.post(QUERIES, "<q/>", "application/xml").status_code == 415


def test_a_name_is_taken_once_and_free_again_after_deletion(firm):
    assert keep(firm, "q", {}).status_code == 201
    again = keep(firm, "q", {"EQ_action": ["ADD"]})
    assert (again.status_code, again.json()["type"]) == (409, "epcisException:ResourceAlreadyExistsException")
    assert firm.get(f"{QUERIES}/q").json()["query"] == {}
    assert keep(firm, "SimpleEventQuery", {}).status_code == 409
    assert firm.delete(f"{QUERIES}/q").status_code == 204
    missing = firm.delete(f"{QUERIES}/q")
    assert (missing.status_code, missing.json()["type"]) == (404, "epcisException:NoSuchResourceException")
    assert firm.get(f"{QUERIES}/q/events").status_code == 404
    assert keep(firm, "q", {}).status_code == 201


def test_a_repeated_request_keeps_one_query(firm):
    first, second = (keep(firm, "q", {}, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert Entry.objects.filter(kind="query.named").count() == 1


def test_queries_are_listed_by_name_page_by_page(firm):
    for name in ("b", "a", "c"):
        keep(firm, name, {})
    page = firm.get(QUERIES, {"perPage": 2})
    assert [q["name"] for q in page.json()] == ["a", "b"]
    rest = firm.get(page.headers["Link"].split(">")[0].strip("<"))
    assert [q["name"] for q in rest.json()] == ["c"]
    assert "Link" not in rest.headers


def test_the_ledger_tells_of_a_query_without_its_name(people, firm):
    keep(firm, "Fens-goods", {})
    id = NamedQuery.objects.get().id
    firm.delete(f"{QUERIES}/Fens-goods")
    entries = Entry.objects.filter(kind__startswith="query.").order_by("id")
    assert [(e.kind, e.facts) for e in entries] == [
        ("query.named", {"query": str(id)}),
        ("query.forgotten", {"query": str(id)}),
    ]


def test_an_organisation_keeps_a_bounded_number(people, firm, monkeypatch):
    monkeypatch.setattr(named, "MOST_QUERIES", 1)
    keep(firm, "a", {})
    assert keep(firm, "b", {}).status_code == 409


def test_a_query_is_its_organisations_alone(people, door, firm):
    keep(firm, "q", {"EQ_bizStep": ["shipping"]})
    seen_by = {}
    for name in ("cy", "cal", "bo", "eve", ""):
        person = door(name)
        seen_by[name] = [person.get(f"{QUERIES}/q{end}").status_code for end in ("", "/events")]
        listed = person.get(QUERIES)
        assert listed.status_code == 401 if not name else bool(listed.json()) == (name in ("cy", "cal"))
        if name not in ("cy", "cal"):
            assert person.delete(f"{QUERIES}/q").status_code == (404 if name else 401)
    assert seen_by == {"cy": [200, 200], "cal": [200, 200], "bo": [404, 404], "eve": [404, 404], "": [401, 401]}
    assert robot(people.cy, "seal").get(f"{QUERIES}/q").status_code == 404
    stranger = robot(people.eve, "read")
    assert keep(stranger, "q", {}).status_code == 201
    assert ids(stranger.get(f"{QUERIES}/q/events")) == []


def test_the_authoritys_query_finds_everybodys_events(people, firm):
    officer = robot(people.bo, "read")
    keep(officer, "all", {"MATCH_anyEPC": [ITEM]})
    assert ids(officer.get(f"{QUERIES}/all/events")) == ["a", "b"]
    assert BATCH not in str(officer.get(QUERIES).json())
