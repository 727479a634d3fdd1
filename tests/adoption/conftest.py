"""Declarations whose first two lines no draw takes, by choosing their number as a lucky declarant would."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from tests.clearance.conftest import story

__all__ = ["story"]


@pytest.fixture
def undrawn(people):
    """Lodge as Cy under the next number that is not drawn even at half of all."""
    from guomen.clearance import services
    from guomen.clearance.services.rows import CUSTOMS
    from guomen.core.sampling import draw
    from guomen.kit.clock import now
    from guomen.kit.ids import Subject
    from guomen.risk.services import committed_seed

    last = 0

    def lucky() -> None:
        """The next declaration gets a number that no draw takes."""
        nonlocal last
        seed = committed_seed(now().date())
        while True:
            last += 1
            number = f"{CUSTOMS}{now().year:04d}1{last:09d}"
            if not any(draw(seed, Subject.line(number, n), Decimal("0.5")) for n in (1, 2)):
                break
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('clearance_number', %s, false)", [last])

    def lodge(payload: dict[str, Any]):
        lucky()
        return services.lodge(people.cy.actor, payload)

    lodge.lucky = lucky
    return lodge


def earned(line: Any, lots: int = 6) -> None:
    """Lots of the same maker, importer, product and origin were inspected before and passed."""
    from dataclasses import replace

    from guomen.clearance.known import goods
    from guomen.clearance.models import Declaration
    from guomen.parties.actors import SYSTEM
    from guomen.risk.services import record_outcome

    code = Declaration.objects.get(number=line.declaration).importer_code
    for _ in range(lots):
        record_outcome(SYSTEM, replace(goods(line, code), value=line.value), failed=False)
