"""Scores and matching on values alone."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from guomen.catalogue import rulepack
from guomen.risk.rules import (
    Record,
    Signs,
    decay,
    drawing_rate,
    fails_oftener,
    failure_rate,
    history_points,
    matches,
    score,
)

TERMS = rulepack.current().risk


@dataclass
class Scope:
    gtin: str = ""
    batch: str = ""
    hs_prefix: str = ""
    origin: str = ""
    maker: str = ""


GOODS = {"gtin": "08012345000012", "batch": "S2609", "hs": "6205200090", "origin": "IT", "maker": "Camiceria Esempio"}


def test_a_measure_covers_goods_that_agree_in_every_field_it_names() -> None:
    assert matches(Scope(gtin="08012345000012"), **GOODS)
    assert matches(Scope(gtin="08012345000012", batch="S2609"), **GOODS)
    assert matches(Scope(hs_prefix="6205", origin="IT"), **GOODS)
    assert matches(Scope(maker="CAMICERIA ESEMPIO"), **GOODS)
    assert not matches(Scope(gtin="08012345000012", batch="S2610"), **GOODS)
    assert not matches(Scope(hs_prefix="6206"), **GOODS)
    assert not matches(Scope(hs_prefix="6205", origin="FR"), **GOODS)


def test_half_of_the_weight_is_left_after_a_half_life() -> None:
    assert decay(Decimal(8), Decimal(365), 365) == 4
    assert decay(Decimal(8), Decimal(0), 365) == 8
    assert decay(Decimal(8), Decimal(730), 365) == 2


def test_one_failure_of_one_lot_is_shrunk_towards_the_prior() -> None:
    rate = failure_rate(Record(Decimal(1), Decimal(1)), Decimal("0.05"), Decimal(10))
    assert rate == Decimal("1.5") / Decimal(11)
    assert failure_rate(Record(), Decimal("0.05"), Decimal(10)) == Decimal("0.05")


def test_a_bad_record_costs_points_and_a_good_one_earns_some() -> None:
    bad, _ = history_points([Record(Decimal(20), Decimal(10))], TERMS["history"])
    none, _ = history_points([], TERMS["history"])
    good, _ = history_points([Record(Decimal(200), Decimal(0), 200)], TERMS["history"])
    assert bad == TERMS["history"]["most"]
    assert none == 0
    assert good < 0


def signs(**change: object) -> Signs:
    values: dict[str, object] = {
        "base": 20,
        "origin": "IT",
        "chapter": "62",
        "credit": "B",
        "records": (),
        "flags": {},
    }
    return Signs(**(values | change))  # type: ignore[arg-type]


def test_the_score_is_the_sum_of_its_factors_between_0_and_100() -> None:
    found = score(signs(flags={"FIRST-IMPORT": {}}), TERMS)
    assert found.points == sum(f.points for f in found.factors) == 35
    assert [f.code for f in found.factors] == ["BASE-RISK", "FIRST-IMPORT"]
    everything = score(signs(base=90, credit="D", flags={"ACTIVE-ALERT": {"source": "A1"}}), TERMS)
    assert everything.points == 100
    assert score(signs(base=0, credit="AA"), TERMS).points == 0


def test_a_country_counts_only_for_the_goods_it_is_known_for() -> None:
    assert score(signs(origin="TR", chapter="08"), TERMS).points == 30
    assert score(signs(origin="TR", chapter="62"), TERMS).points == 20


def test_every_factor_has_words() -> None:
    from guomen.risk.words import REASONS

    known = {"BASE-RISK", "COUNTRY-RISK", "CREDIT-CLASS", "HISTORY", *TERMS["points"]}
    assert known <= REASONS.keys()


RATES = TERMS["rates"]


def record(inspected: int, failed: int) -> Record:
    return Record(Decimal(inspected), Decimal(failed))


@pytest.mark.parametrize(
    ("of_origin", "of_all", "oftener"),
    [
        (record(20, 2), record(200, 10), True),
        (record(20, 1), record(200, 10), False),
        (record(100, 6), record(1000, 50), False),
        (record(100, 7), record(1000, 50), True),
        (record(9, 9), record(200, 10), False),
        (record(20, 1), record(20, 1), False),
        (record(20, 0), record(0, 0), False),
    ],
)
def test_an_origin_fails_oftener_when_it_is_a_third_above_all_on_enough_lots(of_origin, of_all, oftener) -> None:
    assert fails_oftener(of_origin, of_all, RATES) is oftener


@pytest.mark.parametrize(
    ("base", "credit", "oftener", "rate"),
    [
        ("0.05", "B", False, "0.05"),
        ("0.05", "A", False, "0.0375"),
        ("0.05", "AA", False, "0.025"),
        ("0.01", "AA", False, "0.01"),
        ("0.05", "B", True, "0.15"),
        ("0.05", "AA", True, "0.15"),
        ("0.03", "A", True, "0.05"),
        ("0.50", "B", True, "1"),
        ("1", "AA", True, "1"),
        ("0", "B", True, "0"),
    ],
)
def test_what_is_drawn_follows_the_class_and_steps_up(base, credit, oftener, rate) -> None:
    assert drawing_rate(Decimal(base), credit, oftener, RATES) == Decimal(rate)
