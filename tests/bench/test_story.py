"""The bench of the first story measures what it says, on a handful of declarations."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))

import machine
import story


@pytest.mark.django_db
def test_it_screens_batches_and_writes_the_same_rows_again(people):
    from guomen.clearance.models import Declaration
    from guomen.kit.clock import now
    from guomen.site.traffic import day_of_traffic

    payloads = list(day_of_traffic(12, (now() + timedelta(days=2)).date()))
    wall, ours, _theirs = story.in_batches(payloads, people.cy.actor)
    assert wall > 0
    assert ours > 0
    assert Declaration.objects.count() == 12
    _took, declarations, rows = story.raw()
    assert declarations == 12
    assert rows > 12 * 8


def test_declarations_of_five_lines_have_five_lines():
    long, short = {"lines": list(range(9)), "n": 1}, {"lines": [1], "n": 2}
    assert story.of_five_lines([long, short], 10) == [{"lines": [0, 1, 2, 3, 4], "n": 1}]


def test_a_quantile_is_a_value_that_was_measured():
    assert machine.quantile([5.0, 1.0, 3.0, 2.0], 0.5) == 3.0
    assert machine.quantile([1.0], 0.95) == 1.0
