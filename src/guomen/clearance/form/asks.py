"""What a kind of trade asks of a declaration. Pure: no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from guomen.catalogue import codes

if TYPE_CHECKING:
    from guomen.clearance.form import Form

ORDER_LIMIT_CNY = Decimal(5000)
YEAR_LIMIT_CNY = Decimal(26000)
"""Limits of retail imports by one order and by one person in a year: notice Cai Guan Shui [2018] No. 49 of the
Ministry of Finance, the General Administration of Customs and the State Taxation Administration, from 2019-01-01. One
article may cost more than the first limit if the year's limit holds."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What one trade mode is for and asks: ``fields`` must be filled in; ``retail``: orders of single buyers."""

    kind: str
    directions: str
    fields: tuple[str, ...]

    @property
    def retail(self) -> bool:
        return self.kind == "retail"


def asks(trade_mode: str) -> Asks:
    """What a trade mode of the code table asks. Raises KeyError."""
    row = codes.table("trade_mode").rows[trade_mode]
    return Asks(row["kind"], row["directions"], tuple(row["asks"].split()))


def check(form: "Form") -> None:
    """Name what the direction and the trade mode ask for and the form does not hold."""
    h = form.header
    direction, mode = h.get("direction"), h.get("trade_mode")
    named = {p.field for p in form.problems}
    if direction == "E":
        _check_export(form, h, named)
    _check_times(form, h)
    if not mode or not direction:
        return
    wanted = asks(mode)
    if direction not in wanted.directions:
        form.wrong("trade_mode", "not-in-this-direction")
        return
    for name in wanted.fields:
        given = form.lists.get(name) if name in form.lists else h.get(name)
        if not given and name not in named and not any(f.startswith(f"{name}.") for f in named):
            form.wrong(name, "asked-by-trade-mode")
    _check_orders(form, wanted, retail_import=wanted.retail and direction == "I")


def _check_export(form: "Form", h: Mapping[str, Any], named: set[str]) -> None:
    if not h.get("destination_country") and "destination_country" not in named:
        form.wrong("destination_country", "asked-for-exports")
    port = h.get("departure_port")
    if port and codes.table("port").rows[port]["country"] != "CN":
        form.wrong("departure_port", "not-a-port-here")


def _check_times(form: "Form", h: Mapping[str, Any]) -> None:
    departed, arrives = h.get("departed_on"), h.get("arrives_at")
    if not (isinstance(departed, date) and isinstance(arrives, datetime)):
        return
    # A ship may leave and land on the same day by its two clocks: only whole days count.
    apart = arrives.date() - departed
    if abs(apart) > timedelta(days=366):
        form.wrong("arrives_at", "too-far-apart")
    elif h.get("direction") == "E":
        if apart > timedelta(days=1):
            form.wrong("arrives_at", "after-departure")
    elif apart < timedelta(0):
        form.wrong("arrives_at", "before-departure")


def _check_orders(form: "Form", wanted: Asks, *, retail_import: bool) -> None:
    seen: set[str] = set()
    for i, order in enumerate(form.lists.get("orders", ())):
        number, value = order.get("number"), order.get("value_cny")
        if number and number in seen:
            form.wrong(f"orders.{i}.number", "twice")
        seen.add(number or "")
        if any(n > len(form.lines) for n in order.get("line_numbers", ())):
            form.wrong(f"orders.{i}.line_numbers", "no-such-line")
        if not retail_import:
            continue
        if not order.get("buyer"):
            form.wrong(f"orders.{i}.buyer", "asked-by-trade-mode")
        if isinstance(value, Decimal) and value > ORDER_LIMIT_CNY and order.get("units") != 1:
            form.wrong(f"orders.{i}.value_cny", "over-order-limit", max=f"{ORDER_LIMIT_CNY:,}")
