"""Marks of the kinds that the Model Regulations show, and one thing wrong in each."""

from decimal import Decimal

import pytest

from guomen.core.codes import parse_packaging_mark


def test_a_mark_for_solids_says_what_a_package_may_weigh() -> None:
    mark = parse_packaging_mark("4G/Y145/S/02/NL/VL823")
    assert (mark.code, mark.solids, mark.gross_kg, mark.year, mark.state) == ("4G", True, Decimal(145), 2002, "NL")
    assert mark.groups == ("II", "III")
    assert parse_packaging_mark("UN 4GV/X20.5/S/26/CN/C231234 PI:012").groups == ("I", "II", "III")


def test_a_mark_for_liquids_says_density_and_pressure() -> None:
    mark = parse_packaging_mark("1A1/Y1.4/150/98/NL/VL824")
    assert (mark.density, mark.pressure_kpa, mark.gross_kg) == (Decimal("1.4"), 150, None)
    assert parse_packaging_mark("6HA1/Z/100/26/CN/C231234").density == Decimal("1.2")


@pytest.mark.parametrize(
    "wrong",
    [
        "", "4G", "4G/Y20/S/26/CN", "4G/W20/S/26/CN/C1", "4G/Y/S/26/CN/C1", "4G/Y20/S/2026/CN/C1", "4Q/Y20/S/26/CN/C1",
        "2A/Y20/S/26/CN/C1", "3G/Y20/S/26/CN/C1", "4g/y20/s/26/cn/c1", "4G/Y20/S/26/CN/C1\n4G", "4G/Y20/S/٢٦/CN/C1",
    ],
)  # fmt: skip
def test_it_refuses_marks_with_one_thing_wrong(wrong: str) -> None:
    with pytest.raises(ValueError):
        parse_packaging_mark(wrong)
