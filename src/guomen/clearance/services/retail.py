"""Orders of single buyers: each within the limits of retail imports, the buyer known only by a keyed digest."""

import hmac
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from guomen.clearance import known
from guomen.clearance.form import Form
from guomen.clearance.form.asks import YEAR_LIMIT_CNY
from guomen.clearance.models import Allowance, RetailOrder
from guomen.kit import keys
from guomen.kit.sql import insert_rows


def digest(buyer: str) -> str:
    """What stands for a buyer: nobody who reads the tables learns who it is."""
    tidy = "".join(buyer.split()).upper()
    return hmac.digest(keys.secret("buyers"), tidy.encode(), "sha256").hex() if tidy else ""


def spend(forms: Sequence[Form], consignments: Sequence[known.Consignment]) -> None:
    """Keep the orders of new declarations and count retail imports against each buyer's year.

    An order above what is left becomes a problem of its form. Rows of buyers are locked in one order.
    """
    placed = [
        (form, i, order, digest(order.get("buyer", "")))
        for form in forms
        if form.header["direction"] == "I"
        for i, order in enumerate(form.lists.get("orders", ()))
    ]
    if placed:
        _count(placed)
    rows = [
        RetailOrder(declaration=c.declaration.number, position=i, **order | {"buyer": digest(order.get("buyer") or "")})
        for form, c in zip(forms, consignments, strict=True)
        for i, order in enumerate(form.lists.get("orders", ()), 1)
    ]
    insert_rows(rows)


def _count(placed: Sequence[tuple[Form, int, dict[str, Any], str]]) -> None:
    year = timezone.localdate().year
    buyers = sorted({buyer for *_, buyer in placed if buyer})
    new = [Allowance(buyer=b, year=year, spent_cny=Decimal(0)) for b in buyers]
    Allowance.objects.bulk_create(new, ignore_conflicts=True)
    locked = Allowance.objects.select_for_update().filter(buyer__in=buyers, year=year).order_by("buyer")
    left = {a.buyer: YEAR_LIMIT_CNY - a.spent_cny for a in locked}
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for form, i, order, buyer in placed:
        if not buyer:
            continue
        over = spent[buyer] + order["value_cny"] > left[buyer]
        if over:
            values = {"max": f"{YEAR_LIMIT_CNY:,}", "year": year, "left": f"{left[buyer] - spent[buyer]:,.2f}"}
            form.wrong(f"orders.{i}.value_cny", "over-year-limit", **values)
        else:
            spent[buyer] += order["value_cny"]
    for buyer, value in sorted(spent.items()):
        Allowance.objects.filter(buyer=buyer, year=year).update(spent_cny=F("spent_cny") + value)


def give_back(declaration: str) -> None:
    """The orders of a declaration no longer count; their rows go with its version."""
    orders = list(RetailOrder.objects.filter(declaration=declaration))
    year = timezone.localdate().year
    back: dict[str, Decimal] = defaultdict(Decimal)
    for order in orders:
        if order.buyer:
            back[order.buyer] += order.value_cny
    for buyer, value in sorted(back.items()):
        Allowance.objects.filter(buyer=buyer, year=year, spent_cny__gte=value).update(spent_cny=F("spent_cny") - value)
    RetailOrder.objects.filter(declaration=declaration).delete()
