"""The control room says how many officers are on duty."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from guomen.inspection.load import BEGINNINGS, staff
from guomen.inspection.models import Staffing
from guomen.kit.errors import Invalid, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor

MOST = 999


@transaction.atomic
def state_staff(by: Actor, officers: Mapping[int, int], since: date | None = None) -> None:
    """Say how many officers are on duty in each shift (by its first hour) from a day on, until somebody says otherwise.

    Raises Forbidden, and Invalid for an unknown shift, a number outside 0 to 999 or a day in the past.
    """
    by.require("controller")
    today = timezone.localdate()
    day = since or today
    problems = [
        Problem(f"shift-{hour}", "staff-number", W("A whole number from 0 to 999.", "请填写 0 至 999 的整数。"))
        for hour, count in officers.items()
        if hour not in BEGINNINGS or not 0 <= count <= MOST
    ]
    if day < today:
        problems.append(Problem("since", "staff-past", W("A day from today on.", "请填写今天或以后的日期。")))
    if problems:
        raise Invalid(problems)
    before = staff(by, day)
    for hour, count in sorted(officers.items()):
        if before.get(hour) == count:
            continue
        Staffing.objects.update_or_create(
            organisation_id=by.organisation_id, shift=hour, since=day, defaults={"officers": count}
        )
        facts = {"shift": hour, "since": day, "officers": count, "before": before.get(hour)}
        append("staff.stated", [Subject.of("organisation", by.organisation_id or "")], facts, by)
