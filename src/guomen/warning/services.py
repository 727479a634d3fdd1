"""What people can do about dangerous products: report, take, assess, recall, acknowledge, lift."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.warning import rules
from guomen.warning.about import alert_subjects, locked
from guomen.warning.intake import erase, report, weigh
from guomen.warning.models import Alert, Assessment
from guomen.warning.recalls import acknowledge, complete, order_recall

__all__ = ["acknowledge", "assess", "erase", "lift", "order_recall", "report", "take", "weigh"]


@transaction.atomic
def take(by: Actor, alert: str) -> Alert:
    """Take alert ``alert`` (a number) as one's own. Taking it again changes nothing."""
    row = locked(by, alert)
    if row.owner_id != by.person_id:
        facts = {"alert": row.number, "before": row.owner_id}
        row.owner_id = by.person_id
        row.save(update_fields=["owner_id"])
        append("alert.taken", alert_subjects(row), facts, by)
    return row


@transaction.atomic
def assess(by: Actor, alert: str, scenarios: Sequence[dict[str, Any]]) -> Assessment:
    """Judge alert ``alert`` by injury scenarios; the highest level counts and sets the level of the alert.

    Each scenario is {"words", "steps": [{"words", "chance": decimal 0 to 1}], "severity": 1 to 4}. Raises Invalid.
    """
    row = locked(by, alert)
    stories: list[rules.Story] = []
    problems = []
    for number, data in enumerate(scenarios):
        try:
            stories.append(rules.story(data))
        except ValueError:
            words = W(
                "Give every step a chance, and the scenario a severity.", "请为每一步选择可能性，并选择严重程度。"
            )
            problems.append(Problem(f"scenarios.{number}", "incomplete", words))
    if not scenarios:
        words = W("Describe at least one way in which people are hurt.", "请至少描述一种伤害情形。")
        problems.append(Problem("scenarios.0", "missing", words))
    if problems:
        raise Invalid(problems)
    judged = rules.judge(stories)
    changes = [
        {"scenario": c.scenario, "step": c.step, "direction": c.direction, "level": c.level.value}
        for c in judged.sensitivity.changes
    ]
    made = Assessment.objects.create(
        alert=row.number,
        sequence=Assessment.objects.filter(alert=row.number).count() + 1,
        scenarios=[s.plain() for s in stories],
        risk=judged.level.value,
        worst=judged.worst,
        changes=changes,
        person_id=by.person_id,
    )
    row.level = rules.LEVEL_OF_RISK[made.risk]
    row.state = "assessed" if row.state == "open" else row.state
    row.review_on = (now() + timedelta(days=rules.REVIEW_DAYS[row.level])).date()
    row.save(update_fields=["level", "state", "review_on"])
    worst = made.scenarios[made.worst]
    facts = {
        "alert": row.number,
        "risk": made.risk,
        "level": row.level,
        "severity": worst["severity"],
        "probability": worst["probability"],
        "firm": not changes,
        "scenarios": [
            {"severity": s["severity"], "chances": [t["chance"] for t in s["steps"]]} for s in made.scenarios
        ],
    }
    append("alert.assessed", alert_subjects(row), facts, by)
    return made


@transaction.atomic
def lift(by: Actor, alert: str) -> Alert:
    """Lift an alert: its measures end, its recalls are completed. Recalled items stay recalled."""
    row = locked(by, alert)
    row.state, row.lifted_at = "lifted", now()
    row.save(update_fields=["state", "lifted_at"])
    append("alert.lifted", alert_subjects(row), {"alert": row.number, "recalls": complete(by, row)}, by)
    return row
