"""The bench of queries asks what it says, and its two ways of asking find the same, on a few thousand items."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import fill
import query

from guomen.parties.actors import Actor
from guomen.trace.models import EventValue


@pytest.mark.django_db(transaction=True)
def test_each_question_is_answered_like_its_statement(people):
    maker, shop = fill.organisations()
    fill.fill(fill.IN_BATCH, maker, shop)
    query.season()
    assert EventValue.objects.count() > 1000
    readers = {
        "officer": people.bo.actor,
        "party": Actor("api", maker, None, frozenset({"read", "via-token"})),
    }
    found = query.measure(fill.IN_BATCH, readers, times=5)
    assert found.keys() == query.BARE.keys()
    assert all(len(row[who]) == 2 for row in found.values() for who in ("bare", "officer", "party"))
