"""Made-up events of all five kinds, through a real capture and back out of the tables in both syntaxes."""

import uuid
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guomen.core import epcis
from tests.core.epcis.generated import document, events
from tests.trace.goods import robot
from tests.trace.test_rest_capture import EVENTS, XML, job_of, send

encode = msgspec.json.Encoder(decimal_format="number").encode


def told(event: epcis.Event) -> epcis.Event:
    return msgspec.structs.replace(event, context=(), record_time=None)


@pytest.fixture
def firm(people):
    return robot(people.cy, "capture", "read")


@settings(
    deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(found=st.lists(events, min_size=1, max_size=3))
def test_an_event_comes_back_from_the_tables_as_it_was_sent(firm, found: list[dict[str, Any]]) -> None:
    # One transaction holds all of the examples: an event that was made up twice may differ.
    for event in found:
        event["eventID"] = f"urn:uuid:{uuid.uuid4()}"
    sent = epcis.decode(encode(document(found)))
    assert job_of(firm, send(firm, encode(sent).decode()))["success"]
    for event in epcis.parse_document(sent):
        as_json = firm.get(f"{EVENTS}/{event.event_id}")
        assert [told(one) for one in epcis.parse_document(as_json.content)] == [told(event)]
        as_xml = firm.get(f"{EVENTS}/{event.event_id}", headers={"Accept": XML})
        assert [told(one) for one in epcis.parse_xml_document(as_xml.content)] == [told(event)]
