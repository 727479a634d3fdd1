"""An auditor repeats the draws of a day from the ledger, and finds whatever was changed."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from guomen.clearance.draws import Report, audit_day
from guomen.clearance.models import Decision
from guomen.clearance.services import lodge_many
from guomen.kit.clock import now
from guomen.ledger.models import Entry
from guomen.risk.models import Seed
from guomen.risk.services import seed_of
from tests.clearance.test_again import elsewhere

pytestmark = pytest.mark.django_db
HANDBAGS = "4202210090"


@pytest.fixture
def drawn(people, story) -> None:
    """Twelve declarations of one line outside the statutory list, which is left to the draw, and one of three lines."""
    one = copy.deepcopy(story)
    one["lines"] = [story["lines"][0] | {"hs_code": HANDBAGS, "attributes": ["19"], "gtin": ""}]
    lodge_many(people.cy.actor, [elsewhere(one, f"CSQU{n:06d}") for n in range(12)] + [story])


def audit() -> Report:
    day = now().date()
    return audit_day(day, seed_of(day))


def test_every_draw_of_a_day_can_be_repeated(drawn) -> None:
    found = audit()
    assert found.findings == []
    assert (found.lines, found.draws) == (15, 12)
    assert 0 < found.expected < 6
    rows = Entry.objects.filter(kind="line.screened", facts__mode="NO-INSPECTION")
    assert all(r.facts["probability"] == r.facts["drawn_at"] != "0" for r in rows)


def test_an_amended_declaration_is_repeated_in_each_of_its_versions(people, story) -> None:
    from guomen.clearance.services import amend, lodge

    lodged = lodge(people.cy.actor, story)
    amend(people.cy.actor, lodged.number, story | {"marks": "N/M 2"}, "The marks were wrong.")
    found = audit()
    assert (found.lines, found.findings) == (6, [])
    Entry.objects.filter(kind="line.screened", facts__version=2)[0].delete()
    assert [f.code for f in audit().findings] == ["missing"]


def flip(facts: dict[str, Any]) -> None:
    other = {"DRAWN": "NOT-DRAWN", "NOT-DRAWN": "DRAWN"}
    for reason in facts["reasons"]:
        reason["code"] = other.get(reason["code"], reason["code"])


def lower(facts: dict[str, Any]) -> None:
    facts["drawn_at"] = facts["probability"] = "0.000001"


def spare(facts: dict[str, Any]) -> None:
    facts["drawn_at"], facts["probability"] = None, "0"


def forgive(facts: dict[str, Any]) -> None:
    facts["drawing"] |= {"signals": 1}


def garble(facts: dict[str, Any]) -> None:
    facts["drawing"] = {"shares": ["much"]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (flip, "other-result"),
        (lower, "other-rate"),
        (spare, "not-drawn-at-all"),
        (forgive, "other-rate"),
        (garble, "unreadable"),
    ],
    ids=["result", "rate", "no draw", "facts", "garbled"],
)
def test_a_planted_change_of_one_line_is_found(drawn, change: Callable[[dict[str, Any]], None], code) -> None:
    rows = Entry.objects.filter(kind="line.screened", facts__mode="NO-INSPECTION")
    entry = next(e for e in rows if e.facts["reasons"][-1]["code"] == "NOT-DRAWN")
    change(entry.facts)
    Entry.objects.filter(id=entry.id).update(facts=entry.facts)
    found = audit().findings
    assert {f.subject for f in found} == {entry.subjects[0]}
    assert code in {f.code for f in found}


def test_a_decision_that_was_changed_afterwards_is_found(drawn) -> None:
    Decision.objects.filter(sequence=1, mode="INSPECT-FIRST").update(state="released")
    assert [f.code for f in audit().findings] == ["other-decision"]


def test_a_line_that_disappeared_is_found(drawn) -> None:
    gone = Entry.objects.filter(kind="line.screened", facts__mode="NO-INSPECTION")[3]
    Entry.objects.filter(id=gone.id).delete()
    assert [(f.subject, f.code) for f in audit().findings] == [(gone.subjects[0], "missing")]


def test_another_seed_than_the_committed_one_is_found(drawn) -> None:
    found = audit_day(now().date(), bytes(32))
    assert "other-seed" in {f.code for f in found.findings}
    Entry.objects.filter(kind="draw.committed").delete()
    Seed.objects.all().delete()
    assert "no-commitment" in {f.code for f in audit().findings}
