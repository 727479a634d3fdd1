"""Rows inserted as one JSON parameter are the rows that the ORM writes."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from guomen.clearance.models import Container, Line
from guomen.kit.sql import insert_rows

AWKWARD = 'O\'Brien \\ "x" 衬衫 😀 %s %% \t\n{}'


def line(people, number: int) -> Line:
    moment = datetime(2026, 11, 12, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    firm = people.cy.organisation
    return Line(
        declaration="224820261000000099",
        number=number,
        organisation=firm,
        importer=firm,
        departure_country="IT",
        name=AWKWARD,
        hs_code="6205200010",
        origin="IT",
        maker_name=AWKWARD,
        quantity=Decimal("1E+3"),
        unit="C62",
        net_weight_kg=Decimal("0.000001"),
        value=Decimal("9999999999999.999999"),
        currency="EUR",
        attributes=["19", AWKWARD],
        produced_on=date(2026, 2, 28),
        state="screened",
        mode="ON-THE-SPOT",
        level="physical",
        reasons=[{"code": "NEW-PAIR", "values": {"a": AWKWARD, "b": None}}],
        arrives_at=moment,
        lodged_at=moment,
        decided_at=moment,
    )


@pytest.mark.django_db
def test_rows_come_back_as_those_that_the_orm_writes(people):
    Line.objects.bulk_create([line(people, 1)])
    insert_rows([line(people, 2), line(people, 3)])
    columns = [f.attname for f in Line._meta.concrete_fields if f.attname != "number"]
    first, second, third = Line.objects.order_by("number").values(*columns)
    assert first == second == third
    assert first["value"] == Decimal("9999999999999.999999")
    assert first["arrives_at"] == datetime(2026, 11, 12, 0, 0, 0, 123456, tzinfo=UTC)
    assert first["name"] == AWKWARD


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_refused_and_so_are_all_of_its_batch(people):
    insert_rows([Container(declaration="1", number="MSKU0000001")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows([Container(declaration="1", number=f"MSKU000000{n}") for n in (2, 1)])
    assert Container.objects.count() == 1


@pytest.mark.django_db
def test_an_inserted_row_can_be_changed_and_saved(people):
    row = line(people, 1)
    insert_rows([row])
    row.state = "held"
    row.save()
    assert Line.objects.get().state == "held"
