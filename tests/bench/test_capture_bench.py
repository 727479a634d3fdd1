"""The bench of capture sends what it says and measures it, on one document."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import capture

from guomen.trace import jobs


@pytest.mark.parametrize(("kind", "items"), [("ObjectEvent", 20), ("AggregationEvent", 21)])
@pytest.mark.django_db(transaction=True)
def test_its_documents_are_captured_and_the_yardstick_writes_the_same_rows(people, kind, items):
    parts = [capture.template(kind).replace(capture.HASH, b"%08d" % n) for n in (1, 2)]
    assert 1400 < len(parts[0]) / capture.SIZE < 1800
    for part in parts:
        assert jobs.accept(people.cy.actor, json.loads(part)).new == capture.SIZE
    capture._BINARY.update(capture._kinds())
    for writers in (1, 2):
        rate, _cost = capture.raw(sample=600, writers=writers)
        assert rate > 0
    size, _, events, there = capture.sizes()
    assert (events, there) == (2 * capture.SIZE, 2 * capture.SIZE * items)
    assert size > 1_000_000
