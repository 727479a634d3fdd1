"""Quantities in words: the number with its unit, one or many."""

from decimal import ROUND_HALF_UP, Decimal

from guomen.catalogue import codes
from guomen.kit.web import number
from guomen.kit.words import W


def amount(quantity: Decimal, unit: str) -> W:
    """``quantity`` of a unit of UN/ECE Rec 20/21 as people read it: 18,400 pieces, 18,400 件."""
    shown, table = number(quantity), codes.table("unit")
    if unit not in table:
        return W(f"{shown} {unit}", f"{shown} {unit}")
    row = table.row(unit)
    return W(f"{shown} {row['en' if quantity == 1 else 'many']}", f"{shown} {row['zh']}")


def convert(quantity: Decimal, unit: str, to: str) -> Decimal | None:
    """``quantity`` of ``unit`` in the unit ``to`` (UN/ECE Rec 20), to six decimals; None where they do not compare."""
    if unit == to:
        return quantity
    table = codes.table("unit")
    if unit not in table or to not in table:
        return None
    of, into = table.rows[unit], table.rows[to]
    if of["dimension"] != into["dimension"]:
        return None
    return (quantity * of["factor"] / into["factor"]).quantize(Decimal("0.000001"), ROUND_HALF_UP)
