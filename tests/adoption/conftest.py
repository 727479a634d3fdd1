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

    def lodge(payload: dict[str, Any]):
        nonlocal last
        seed = committed_seed(now().date())
        while True:
            last += 1
            number = f"{CUSTOMS}{now().year:04d}1{last:09d}"
            if not any(draw(seed, Subject.line(number, n), Decimal("0.5")) for n in (1, 2)):
                break
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('clearance_number', %s, false)", [last])
        return services.lodge(people.cy.actor, payload)

    return lodge
