"""The bench of histories fills the tables as capture would, and measures what it says, on a few thousand items."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import curves
import fill
import history

from guomen.trace import chain, queries
from guomen.trace.models import EdgeIn, EdgeOut, Event, EventItem


@pytest.mark.django_db(transaction=True)
def test_what_is_filled_in_has_the_history_that_captured_events_would_have(db):
    maker, shop = fill.organisations()
    fill.fill(fill.IN_BATCH, maker, shop)
    assert EventItem.objects.count() == pytest.approx(fill.PER_ITEM * fill.IN_BATCH, rel=0.01)
    assert EdgeIn.objects.count() == EdgeOut.objects.count()
    found = queries.history(fill.item(4321))
    assert [e.biz_step for e in found.events] == [step for step, *_ in fill.EVENTS]
    assert found.batch == fill.batch(0)
    assert [e.via[-1] for e in found.events][1:3] == [fill.item(4321), fill.case(216)]
    assert history.bare(fill.item(4321)) == len(found.events)
    parts = list(chain.walk(fill.batch(0), "downstream", breadth=fill.IN_BATCH))
    assert parts[-1].things == fill.IN_BATCH
    moves = [p for p in parts if isinstance(p, chain.Move)]
    assert [(m.step, m.things) for m in moves[:1]] == [("shipping", 1000)]
    assert len(moves) == 20
    assert Event.objects.filter(biz_step="commissioning").first().body["epcList"][0].startswith(fill.batch(0))


def test_curves_are_drawn_with_their_figures_in_words(tmp_path):
    path = tmp_path / "x.svg"
    curves.draw(str(path), "Speed", "rows", "ms", {"a": [(100_000, 0.2), (10_000_000, 3)], "b": [(100_000, 0.2)]})
    text = path.read_text()
    assert "10,000,000 rows 3.00 ms" in text
    assert text.count("<path") == 2
