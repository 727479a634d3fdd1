"""What opening so many units finds: the sentence and the curve agree with counting by hand."""

import re
from math import comb

import pytest

from guomen.core.sampling.curves import acceptance
from guomen.faces.desk import plans
from guomen.inspection.models import Order


def order(lot: int, units: int) -> Order:
    return Order(population=lot, open_units=units)


@pytest.mark.parametrize(("lot", "units"), [(1200, 80), (40, 8), (2, 1), (100_000, 500)])
def test_the_share_that_is_found_out_is_the_least_that_is(lot, units):
    shown = plans.of(order(lot, units))

    def passes(bad):
        return comb(lot - bad, units) / comb(lot, units)

    least = next(bad for bad in range(1, lot + 1) if passes(bad) <= 0.05)
    assert f"{100 * least / lot:.2g} % bad" in shown.words
    assert shown.curve.points[0] == (0, 1)
    for share, chance in shown.curve.points[1::20]:
        assert chance == pytest.approx(passes(round(share * lot)), abs=1e-9)
    xs = [float(x) for x in re.findall(r"([\d.]+),[\d.]+", str(shown.curve).split('points="')[1])]
    assert xs == sorted(xs)


def test_a_whole_lot_has_no_curve_and_nothing_opened_no_plan():
    assert plans.of(order(5, 5)).curve is None
    assert plans.of(order(5, 9)).words == "All 5 units are opened."
    assert plans.of(order(5, 0)) is None
    assert plans.of(None) is None
    assert acceptance(plans.Plan(5, 0, 1), 0.2, distribution="hypergeometric", lot_size=5) == 0
