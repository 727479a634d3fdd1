"""A batch of shirts whose declaration Cy lodged."""

import pytest

from tests.tags.goods import BATCH, GTIN, LINE, NUMBER


@pytest.fixture
def lodged(people) -> str:
    from django.db import transaction

    from guomen.kit.ids import Subject
    from guomen.ledger.services import append

    with transaction.atomic():
        append("declaration.lodged", [Subject.declaration(NUMBER), LINE], {"number": NUMBER}, people.cy.actor)
        append("line.screened", [LINE], {"gtin": GTIN, "batch": BATCH}, people.cy.actor)
    return LINE


@pytest.fixture
def made(people, lodged):
    from guomen.tags import services

    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=500, subject=LINE)
