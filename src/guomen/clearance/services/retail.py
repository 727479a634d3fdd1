"""Orders of single buyers: each within the limits of retail imports, the buyer known only by a keyed digest."""

import hmac
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from guomen.clearance import known
from guomen.clearance.form import Form
from guomen.clearance.form.asks import YEAR_LIMIT_CNY
from guomen.clearance.models import Allowance, RetailOrder
from guomen.kit import keys
from guomen.kit.errors import Invalid, Problem
from guomen.kit.sql import insert_rows
from guomen.kit.words import W

TORN = W("Order {order} is of goods that stay and of goods that go.", "订单 {order} 的货物一部分保留、一部分拆出。")
STAYS = W("The goods of order {order} stay.", "订单 {order} 的货物未拆出。")
UNKNOWN = W("There is no order {order} on this declaration.", "此申报中没有订单 {order}。")
PARCEL = W("Parcel {parcel} would be torn: its orders go together.", "包裹 {parcel} 的订单须一并拆分。")


def digest(buyer: str) -> str:
    """What stands for a buyer: nobody who reads the tables learns who it is."""
    tidy = "".join(buyer.split()).upper()
    return hmac.digest(keys.secret("buyers"), tidy.encode(), "sha256").hex() if tidy else ""


@dataclass(frozen=True, slots=True)
class Carried:
    """What is known of an order that stood on another declaration, or another version: who buys, and in which year."""

    buyer: str
    year: int | None


def carried(declarations: Sequence[str]) -> dict[str, Carried]:
    """Orders of declarations by their numbers, for those that take their place."""
    rows = RetailOrder.objects.filter(declaration__in=declarations)
    return {o.number: Carried(o.buyer, o.year) for o in rows}


def named(payload: Any, known_orders: Mapping[str, Carried]) -> Any:
    """A payload whose orders have their buyers again, where it leaves them out: only their digests are kept."""
    orders = payload.get("orders") if isinstance(payload, dict) else None
    if not known_orders or not isinstance(orders, list):
        return payload

    def one(order: Any) -> Any:
        found = known_orders.get(str(order.get("number", "")).strip()) if isinstance(order, dict) else None
        return order | {"buyer": found.buyer} if found and not order.get("buyer") else order

    return payload | {"orders": [one(order) for order in orders]}


def other_buyers(form: Form, known_orders: Mapping[str, Carried]) -> bool:
    """Whether an order has another buyer than before: the content of a declaration does not tell."""
    return any(
        (buyer := order.get("buyer") or "") != old.buyer and digest(buyer) != old.buyer
        for order in form.lists.get("orders", ())
        if (old := known_orders.get(order["number"]))
    )


def spend(
    forms: Sequence[Form], consignments: Sequence[known.Consignment], before: Mapping[str, Carried] | None = None
) -> None:
    """Keep the orders of new declarations and count retail imports against each buyer's year.

    An order above what is left becomes a problem of its form. ``before``: orders that are carried on; they count in the
    year in which they counted. Rows of buyers are locked in one order.
    """
    before = before or {}
    this_year = timezone.localdate().year
    placed, rows = [], []
    for form, consignment in zip(forms, consignments, strict=True):
        counts = form.header["direction"] == "I"
        for i, order in enumerate(form.lists.get("orders", ())):
            buyer, year = order.get("buyer") or "", this_year
            old = before.get(order["number"])
            if old is not None and old.year:
                year = old.year
            if old is None or buyer != old.buyer:
                buyer = digest(buyer)
            if counts and buyer:
                placed.append((form, i, order["value_cny"], buyer, year))
            kept = order | {"buyer": buyer, "year": year if counts and buyer else None}
            rows.append(RetailOrder(declaration=consignment.declaration.number, position=i + 1, **kept))
    if placed:
        _count(placed)
    insert_rows(rows)


def _count(placed: Sequence[tuple[Form, int, Decimal, str, int]]) -> None:
    wanted = sorted({(buyer, year) for *_, buyer, year in placed})
    new = [Allowance(buyer=b, year=y, spent_cny=Decimal(0)) for b, y in wanted]
    Allowance.objects.bulk_create(new, ignore_conflicts=True)
    rows = Allowance.objects.select_for_update().filter(buyer__in={b for b, _ in wanted}).order_by("buyer", "year")
    left = {(a.buyer, a.year): YEAR_LIMIT_CNY - a.spent_cny for a in rows}
    spent: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for form, i, value, buyer, year in placed:
        rest = left[buyer, year] - spent[buyer, year]
        if value > rest:
            values = {"max": f"{YEAR_LIMIT_CNY:,}", "year": year, "left": f"{rest:,.2f}"}
            form.wrong(f"orders.{i}.value_cny", "over-year-limit", **values)
        else:
            spent[buyer, year] += value
    for (buyer, year), value in sorted(spent.items()):
        Allowance.objects.filter(buyer=buyer, year=year).update(spent_cny=F("spent_cny") + value)


def give_back(declaration: str) -> None:
    """The orders of a declaration no longer count."""
    back: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for order in RetailOrder.objects.filter(declaration=declaration).exclude(year=None):
        back[order.buyer, order.year] += order.value_cny
    for (buyer, year), value in sorted(back.items()):
        Allowance.objects.filter(buyer=buyer, year=year).update(spent_cny=F("spent_cny") - value)
    RetailOrder.objects.filter(declaration=declaration).update(year=None)


def part_of(orders: Sequence[dict[str, Any]], chosen: Collection[str], lines: Collection[int]) -> set[str]:
    """Numbers of the orders that go with ``lines`` into a part that is split off.

    An order goes with its goods; one that does not say which goods it is of goes when it is ``chosen``. A parcel is not
    torn apart. Raises Invalid.
    """
    goes, problems = set(), []
    for order in orders:
        number, of = order["number"], set(order.get("line_numbers", ()))
        inside = of & set(lines)
        if inside and inside != of:
            problems.append(Problem("orders", "order-torn", TORN, (("order", number),)))
        elif of and number in chosen and not inside:
            problems.append(Problem("orders", "order-without-goods", STAYS, (("order", number),)))
        elif inside or (not of and number in chosen):
            goes.add(number)
    if unknown := set(chosen) - {order["number"] for order in orders}:
        problems.append(Problem("orders", "no-such-order", UNKNOWN, (("order", min(unknown)),)))
    stays = {order["parcel"] for order in orders if order["number"] not in goes}
    for order in orders:
        if order["number"] in goes and order["parcel"] in stays:
            problems.append(Problem("orders", "parcel-torn", PARCEL, (("parcel", order["parcel"]),)))
            break
    if problems:
        raise Invalid(problems)
    return goes
