"""A rule pack tried on history writes balances off as they stood, and says what it does not repeat."""

from typing import Any

import pytest

from guomen.clearance import services
from guomen.clearance.models import Decision
from tests.adoption.conftest import undrawn
from tests.adoption.test_adoption import concluded, line_of, shirts
from tests.clearance.test_packs import WATCH, proposed

pytestmark = pytest.mark.django_db
__all__ = ["undrawn"]
BAGS = {"key": "BAGS", "value": WATCH["value"] | {"hs": ["4202"]}}


def tried(people: Any, *rows: dict[str, Any], title: str) -> dict[str, Any]:
    version = proposed(people, *rows, title=title).version
    return services.simulate_pack(people.bo.actor, version).simulation


def test_what_stands_is_repeated_as_it_was_though_balances_are_used_up_since(people, story, undrawn) -> None:
    line = line_of(undrawn(shirts(story)))
    concluded(people, line)
    undrawn(shirts(story) | {"arrival_port": "CNNGB"})
    services.open_balance(people.bo.actor, line.declaration, 1)
    for quantity in ("700", "500", "1"):
        undrawn(shirts(story, quantity=quantity))
    first = Decision.objects.filter(sequence=1).order_by("decided_at")
    said = [(d.mode, d.reasons[0]["code"] == "PRE-INSPECTED") for d in first]
    assert [written for _mode, written in said] == [False, False, True, True, False]
    found = tried(people, WATCH | BAGS, title="Bags")
    assert (found["lines"], found["flips"], found["differing"]) == (5, 0, 0)
    assert found["before"]["units"] == found["after"]["units"] == sum(d.facts["open_units"] for d in first)
    assert found["left_out"] == {"licences": 0, "selected": 0, "people": 0}


def test_each_pack_writes_off_for_itself(people, story, undrawn) -> None:
    line = line_of(undrawn(shirts(story)))
    concluded(people, line)
    services.open_balance(people.bo.actor, line.declaration, 1)
    for _ in range(2):
        undrawn(shirts(story, quantity="700"))
    found = tried(people, WATCH | BAGS, title="Bags")
    assert (found["lines"], found["flips"]) == (3, 0)
    # The second finds 500 of the 1200 left, by either pack: it is opened.
    units = [d.facts["open_units"] for d in Decision.objects.filter(sequence=1).order_by("decided_at")]
    assert found["before"]["units"] == found["after"]["units"] == sum(units)
    assert units[1] == 1 < units[2]
