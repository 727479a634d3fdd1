"""The bench of capture sends what it says and measures it, on one document."""

import json
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import capture
import inserted

from guomen.trace import jobs
from guomen.trace.models import EdgeIn, EdgeOut, Event, EventItem


@pytest.mark.parametrize(("kind", "items"), [("ObjectEvent", 20), ("AggregationEvent", 21)])
@pytest.mark.django_db(transaction=True)
def test_its_documents_are_captured_and_the_yardstick_writes_the_same_rows(people, kind, items):
    parts = [capture.template(kind).replace(capture.HASH, b"%08d" % n) for n in (1, 2)]
    assert 1400 < len(parts[0]) / capture.SIZE < 1800
    for part in parts:
        assert jobs.accept(people.cy.actor, json.loads(part)).new == capture.SIZE
    for writers in (1, 2):
        rate, _cost = inserted.insert(600, writers, time.process_time)
        assert rate > 0
    size, _, events, there = capture.sizes()
    assert (events, there) == (2 * capture.SIZE + 1200, (2 * capture.SIZE + 1200) * items)
    assert size > 1_000_000


@pytest.mark.django_db(transaction=True)
def test_tables_are_filled_with_events_like_those_that_are_there(people):
    part = capture.template("AggregationEvent").replace(capture.HASH, b"00000001")
    assert jobs.accept(people.cy.actor, json.loads(part)).new == capture.SIZE
    inserted.multiply(2, sample=100)
    assert Event.objects.count() == capture.SIZE + 200
    assert EventItem.objects.values("item").distinct().count() == (capture.SIZE + 200) * 21
    for edges in (EdgeIn, EdgeOut):
        assert edges.objects.values("parent", "child").distinct().count() == (capture.SIZE + 200) * 20
