"""Orders of single buyers when their declaration is amended, split, merged or withdrawn."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from guomen.clearance import services, versions
from guomen.clearance.models import Allowance, RetailOrder
from guomen.kit.errors import Invalid
from tests.clearance.test_any_order import BUYER, parcels

pytestmark = pytest.mark.django_db
OTHER = "310101198505050000"
PART = {"lines": [2], "packages": "4", "gross_weight_kg": "14.5"}


def orders(number: str) -> list[tuple[str, str, list[int], bool]]:
    """Number, parcel, lines, and whether its buyer's year counts it."""
    rows = RetailOrder.objects.filter(declaration=number).order_by("position")
    return [(o.number, o.parcel, o.line_numbers, o.year is not None) for o in rows]


def spent() -> dict[int, Decimal]:
    return {a.year: a.spent_cny for a in Allowance.objects.order_by("year")}


def wrong(act: Any) -> list[str]:
    with pytest.raises(Invalid) as caught:
        act()
    return [p.code for p in caught.value.problems]


def test_orders_go_with_their_goods_and_a_buyer_spends_no_more_than_before(people) -> None:
    by, (whole, _other), year = people.cy.actor, parcels(), timezone.localdate().year
    whole["orders"].append(
        whole["orders"][1] | {"number": "O-9", "parcel": "B-9", "value_cny": "24", "line_numbers": []}
    )
    lodged = services.lodge(by, whole)
    assert spent() == {year: 1424}
    first, second = services.split(by, lodged.number, PART | {"orders": ["O-9"]}, "Two lorries.")
    assert orders(first.number) == [("O-1", "B-1", [1], True)]
    assert orders(second.number) == [("O-2", "B-2", [1], True), ("O-9", "B-9", [], True)]
    assert [o[3] for o in orders(lodged.number)] == [False, False, False]
    assert spent() == {year: 1424}
    one = services.merge(by, [second.number, first.number], "One lorry after all.")
    assert [(o[0], o[2]) for o in orders(one.number)] == [("O-2", [1]), ("O-9", []), ("O-1", [2])]
    assert spent() == {year: 1424}
    assert RetailOrder.objects.values("buyer").distinct().count() == 1
    services.withdraw(people.bo.actor, one.number, "Cancelled.")
    assert spent() == {year: 0}
    content = versions.versions(by, one.number)[0].content
    assert len(content["orders"]) == 3
    assert BUYER not in str(content)


def test_no_order_is_torn_and_no_parcel_either(people) -> None:
    by, (whole, _other) = people.cy.actor, parcels()
    whole["orders"][0]["line_numbers"] = [1, 2]
    lodged = services.lodge(by, whole)
    assert wrong(lambda: services.split(by, lodged.number, PART, "x")) == ["order-torn"]
    whole["orders"][0] |= {"line_numbers": [1], "parcel": "B-2"}
    services.amend(by, lodged.number, whole, "One parcel.")
    assert wrong(lambda: services.split(by, lodged.number, PART, "x")) == ["parcel-torn"]
    assert wrong(lambda: services.split(by, lodged.number, PART | {"orders": ["O-1", "O-7"]}, "x")) == [
        "order-without-goods", "no-such-order", "parcel-torn",
    ]  # fmt: skip
    assert wrong(lambda: services.lodge(by, whole | {"orders": [whole["orders"][0] | {"line_numbers": [9]}]})) == [
        "no-such-line"
    ]
    assert spent() == {timezone.localdate().year: 1400}


def test_the_same_order_on_two_declarations_is_named_when_they_are_merged(people) -> None:
    by, (whole, other) = people.cy.actor, parcels()
    other["orders"][0]["number"] = "O-1"
    made = [services.lodge(by, one).number for one in (whole, other)]
    assert wrong(lambda: services.merge(by, made, "x")) == ["twice"]
    other["platform_code"] = "91310000MA1FL0007C"
    made[1] = services.lodge(by, other).number
    assert wrong(lambda: services.merge(by, made, "x")) == ["differs"]


def test_who_bought_need_not_be_said_again_and_may_be_corrected(people) -> None:
    by, (whole, _other), year = people.cy.actor, parcels(), timezone.localdate().year
    lodged = services.lodge(by, whole)
    content = versions.versions(by, lodged.number)[0].content
    assert services.amend(by, lodged.number, content | {"marks": "B"}, "Marks.").version == 2
    assert spent() == {year: 1400}
    corrected = whole | {"marks": "B", "orders": [whole["orders"][0] | {"buyer": OTHER}, whole["orders"][1]]}
    assert services.amend(by, lodged.number, corrected, "Another buyer.").version == 3
    assert sorted(a.spent_cny for a in Allowance.objects.all()) == [700, 700]
    assert services.amend(by, lodged.number, corrected, "Again.").version == 3


def test_an_order_counts_in_the_year_in_which_it_was_declared(people) -> None:
    by, (whole, _other), year = people.cy.actor, parcels(), timezone.localdate().year
    lodged = services.lodge(by, whole)
    RetailOrder.objects.update(year=year - 1)
    Allowance.objects.update(year=year - 1)
    first, _second = services.split(by, lodged.number, PART, "Two lorries.")
    assert spent() == {year - 1: 1400}
    services.withdraw(people.bo.actor, first.number, "Cancelled.")
    assert spent() == {year - 1: 700}
