"""JSON documents made to hurt: refused after a bounded part of them, however large they are."""

import json

import pytest

from guomen.core import epcis
from guomen.core.epcis.errors import MANY, MOST_OF_ONE, MOST_VALUES, shown

HEAD = {"@context": [epcis.CONTEXT, {"ex": "urn:ex:"}], "type": "EPCISDocument", "schemaVersion": "2.0"}
EVENT = {
    "type": "ObjectEvent", "eventTime": "2026-10-01T08:00:00Z", "eventTimeZoneOffset": "+00:00", "action": "OBSERVE",
    "epcList": ["urn:x:1"],
}  # fmt: skip


def opened(*events: object) -> epcis.Opened:
    return epcis.open_document(HEAD | {"creationDate": "2026-10-01T08:00:00Z", "epcisBody": {"eventList": [*events]}})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("epcList", ["no uri"] * 200_000),
        ("epcList", [f"https://id.gs1.org/01/09506000134353/21/{n}" for n in range(50_000)]),
        ("quantityList", [{}] * 200_000),
        ("bizTransactionList", [1] * 200_000),
    ],
)
def test_of_a_list_of_wrong_things_the_first_hundred_are_told(field, value):
    events, problems = epcis.read_events(opened(EVENT | {field: value}))
    assert events == [None]
    assert len(problems) == MOST_OF_ONE
    assert problems[-1].path.startswith(f"/epcisBody/eventList/0/{field}/")
    with pytest.raises(epcis.EpcisError) as caught:
        epcis.parse_event(EVENT | {field: value})
    assert len(caught.value.problems) == MOST_OF_ONE


def test_of_many_wrong_events_each_is_told_at_least_once_and_right_ones_are_read():
    wrong = EVENT | {"epcList": ["no uri"] * 50}
    events, problems = epcis.read_events(opened(*[wrong] * 500, EVENT, *[wrong] * 500, EVENT))
    assert [n for n, event in enumerate(events) if event] == [500, 1001]
    told = [int(problem.path.split("/")[3]) for problem in problems]
    assert sorted(set(told)) == [*range(500), *range(501, 1001)]
    assert len(told) <= MANY + MOST_OF_ONE + 1000


@pytest.mark.parametrize(
    "extension",
    [
        {"ex:a": [1] * (MOST_VALUES + 1)},
        {"ex:a": [{}] * MOST_VALUES},
        {f"ex:{n}": n for n in range(MOST_VALUES + 1)},
        {"ilmd": {f"ex:{n}": n for n in range(MOST_VALUES + 1)}, "action": "ADD"},
        {"readPoint": {"id": "urn:p:1", **{f"ex:{n}": n for n in range(MOST_VALUES + 1)}}},
        {"sensorElementList": [{"sensorReport": [{"ex:a": [1] * 3000, "type": "Mass", "value": 1}] * 10}]},
    ],
)
def test_extensions_of_an_event_hold_only_so_many_values(extension):
    with pytest.raises(epcis.EpcisError, match=f"more than {MOST_VALUES} values"):
        epcis.parse_event(EVENT | extension, HEAD["@context"])
    # Each event may have as many.
    fewer = {"ex:a": [1] * (MOST_VALUES - 1)}
    assert all(epcis.read_events(opened(EVENT | fewer, EVENT | fewer))[0])


@pytest.mark.parametrize("number", ["1e" + "9" * 1000, "1e-" + "9" * 1000, "-1E+99999999999999999999"])
def test_a_number_that_no_machine_can_compute_with_is_refused(number):
    with pytest.raises(epcis.EpcisError, match=r"must be JSON .a number is beyond") as caught:
        epcis.decode('{"a": ' + number + "}")
    assert "数字超出可计算的范围" in caught.value.problems[0].zh


@pytest.mark.parametrize("value", ["x" * 10**6, ["x" * 10**6] * 1000, {"x": [[[[["y"]]]]] * 10**6}, "{}{0}", "'"])
def test_what_stood_there_is_told_shortly(value):
    assert len(shown(value)) < 2000
    assert len(json.dumps(shown(value))) < 3000
