"""The story's declaration as a starting point, and a shortcut to change it."""

import copy
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "declarations"


def example(name: str = "story") -> dict[str, Any]:
    from guomen.kit.clock import now

    payload = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    payload["departed_on"] = (now() - timedelta(days=20)).date().isoformat()
    payload["arrives_at"] = (now() + timedelta(days=2)).isoformat()
    return payload


@pytest.fixture
def story() -> dict[str, Any]:
    """The three lines: shirts, infant formula, a used press."""
    return copy.deepcopy(example())


def next_number(*, drawn: bool, again: bool | None = None, lines: int = 1, run: int = 1) -> str:
    """Let the next import get a number whose first line is drawn at any rate, or not even at half of all.

    ``lines``: those after the first are not drawn. ``run``: the same of so many numbers in a row. ``again``: that of
    the second version of the declaration. The day's seed is asked as nobody outside could.
    """
    from django.db import connection

    from guomen.clearance.rules import ticket
    from guomen.clearance.services.rows import CUSTOMS, numbers
    from guomen.core.sampling import draw
    from guomen.kit.clock import now
    from guomen.kit.ids import Subject
    from guomen.risk.services import committed_seed

    seed = committed_seed(now().date())
    serial = int(numbers(["I"], now())[0][-9:])

    def is_drawn(number: str, line: int, version: int, wanted: bool) -> bool:
        rate = Decimal("0.01") if wanted else Decimal("0.5")
        return draw(seed, ticket(Subject.line(number, line), version), rate)

    def fits(number: str) -> bool:
        return (
            is_drawn(number, 1, 1, drawn) == drawn
            and (again is None or is_drawn(number, 1, 2, again) == again)
            and not any(is_drawn(number, n, 1, False) for n in range(2, lines + 1))
        )

    while True:
        serial += 1
        numbers_ = [f"{CUSTOMS}{now().year:04d}1{serial + n:09d}" for n in range(run)]
        number = numbers_[0]
        if all(map(fits, numbers_)):
            break
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('clearance_number', %s, false)", [serial])
    return number


@pytest.fixture
def lodged(people, story):
    """The story's declaration, lodged by Cy."""
    from guomen.clearance import services

    return services.lodge(people.cy.actor, story)
