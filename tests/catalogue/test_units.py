"""Quantities in words."""

from decimal import Decimal

import pytest

from guomen.catalogue.codes import table
from guomen.catalogue.units import amount
from guomen.kit.words import W


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        ("18400.000000", "C62", W("18,400 pieces", "18,400 件")),
        ("1", "C62", W("1 piece", "1 件")),
        ("2.50", "KGM", W("2.5 kilograms", "2.5 千克")),
        ("3", "BX", W("3 boxes", "3 盒")),
        ("7", "??", W("7 ??", "7 ??")),
    ],
)
def test_a_quantity_is_written_with_separators_and_its_unit_in_the_right_number(quantity, unit, words) -> None:
    assert amount(Decimal(quantity), unit) == words


def test_every_unit_has_words_for_one_and_for_many() -> None:
    assert all(row["many"] and row["many"] != row["en"] for row in table("unit").rows.values())
