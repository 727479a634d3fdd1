"""The same event, whatever way it went: JSON, model, XML."""

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guomen.core.epcis import (
    Event,
    decode,
    document_hashes,
    document_to_xml,
    event_to_dict,
    parse_document,
    parse_xml_document,
    xml_to_document,
)
from tests.core.epcis.generated import document, events

encode = msgspec.json.Encoder(decimal_format="number").encode
some_events = st.lists(events, min_size=1, max_size=3)
thorough = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def told(found: list[Event]) -> list[Event]:
    """Events without the context that they came with: XML declares only the prefixes that it uses."""
    return [msgspec.structs.replace(event, context=()) for event in found]


def as_json(found: Any) -> Any:
    return decode(encode(found))


@thorough
@given(some_events)
def test_json_comes_back_from_the_model_as_it_was(found: list[dict[str, Any]]) -> None:
    sent = as_json(document(found))
    read = parse_document(sent)
    assert as_json([event_to_dict(event) for event in read]) == sent["epcisBody"]["eventList"]


@thorough
@given(some_events)
def test_xml_tells_the_same_events_as_json(found: list[dict[str, Any]]) -> None:
    sent = as_json(document(found))
    xml = document_to_xml(sent)
    assert told(parse_xml_document(xml)) == told(parse_document(sent))
    for version in ("CBV2.0", "CBV2.1"):
        assert document_hashes(xml_to_document(xml), version) == document_hashes(sent, version)
