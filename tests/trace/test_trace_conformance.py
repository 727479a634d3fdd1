"""Documents that nobody here wrote: captured, read back, and every event is still the same event."""

import json

import pytest

from guomen.core import epcis
from guomen.kit.errors import Invalid
from guomen.trace import jobs, queries
from guomen.trace.models import Event

FOLDER = "epcis/openepcis-test-resources/core/src/main/resources/2.0/EPCIS/JSON/Capture"


def existing(folder):
    if not folder.is_dir():
        pytest.skip(f"conformance material is not at {folder}")
    return folder


@pytest.mark.conformance
def test_every_valid_document_is_read_back_as_it_was_sent(shared_data, people):
    captured, conflicts = 0, []
    for path in sorted(existing(shared_data / FOLDER / "Documents").glob("*.json")):
        document = epcis.decode(path.read_bytes())
        try:
            job = jobs.accept(people.cy.actor, document)
        except Invalid:
            # What the model of the standard refuses is the business of its own conformance tests.
            with pytest.raises(epcis.EpcisError):
                epcis.parse_document(document)
            continue
        if not job.success:
            # Some of these documents reuse an event id for another event.
            conflicts.append(path.name)
            continue
        captured += 1
        for sent, event in zip(epcis.event_objects(document)[1], epcis.parse_document(document), strict=True):
            name = epcis.event_hash(sent, context=event.context)
            kept = Event.objects.filter(uri=event.event_id or name, declares_error=event.error_declaration is not None)
            body = kept.get().body
            assert epcis.event_hash(body, context=event.context) == name, path.name
            for thing in epcis.epcs(event):
                assert body in queries.events_of(None, thing.uri), (path.name, thing.uri)
    reused = ["AssociationEvent_with_sensorData.json", "TransformationEvent_with_error_declaration.json"]
    assert (captured, conflicts) == (34, reused)


@pytest.mark.conformance
def test_no_invalid_document_gets_in(shared_data, people):
    for path in sorted(existing(shared_data / FOLDER / "Invalid").glob("*.json")):
        with pytest.raises(Invalid):
            jobs.accept(people.cy.actor, json.loads(path.read_text()))
    assert not Event.objects.exists()
