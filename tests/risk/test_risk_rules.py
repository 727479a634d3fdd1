"""Scores and matching on values alone."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from guomen.catalogue import rulepack
from guomen.risk.queries import LEVELS
from guomen.risk.rules import (
    Drawing,
    Judged,
    Level,
    Record,
    Score,
    Signs,
    after,
    continued,
    decay,
    deviation,
    drawing_rate,
    fails_oftener,
    line_rate,
    matches,
    priced,
    rate_reasons,
    score,
    to_earn,
)

TERMS = rulepack.newest().risk


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


AT = datetime(2026, 11, 1, tzinfo=UTC)


def seen(*failed: bool, weight: str | None = None, days: int = 0) -> Record:
    """The record of lots inspected one after the other."""
    found = Record(updated_at=AT)
    for n, bad in enumerate(failed):
        found = after(found, AT + timedelta(days=n * days), bad, TERMS, weight=weight and Decimal(weight))
    return found


def test_a_record_of_thirty_good_lots_forgets_all_but_ten_and_turns_bad_with_the_next() -> None:
    good = seen(*[False] * 30)
    assert (good.inspected, good.recent, good.passes) == (30, 11, 30)
    bad = after(good, AT, True, TERMS)
    assert (bad.recent, bad.recent_failed, bad.passes) == (11, 1, 0)


def test_the_short_memory_halves_in_twelve_weeks_and_the_long_one_in_a_year() -> None:
    one = after(seen(True), AT + timedelta(days=84), False, TERMS)
    assert (one.recent, one.recent_failed) == (Decimal("1.5"), Decimal("0.5"))
    assert one.inspected > Decimal("1.85")


def test_a_lot_that_was_drawn_at_a_fiftieth_stands_for_fifty_in_the_rate_of_all() -> None:
    assert seen(True, weight="50").recent == 50


def test_the_record_of_all_lots_forgets_none_of_those_that_were_opened_for_certain() -> None:
    assert seen(*[True] * 30, weight="1").recent == 30
    assert seen(*[True] * 30).recent == 11


def test_after_a_failure_every_lot_is_opened_until_five_passed_in_a_row() -> None:
    terms = TERMS["continuous"]
    record = continued(Record(), True, "B", terms)
    for left in (5, 4, 3, 2, 1):
        assert to_earn(record, terms) == left
        record = continued(record, False, "B", terms)
    assert to_earn(record, terms) == 0


def test_better_classes_are_forgiven_one_failure_and_class_a_under_a_close_look() -> None:
    terms = TERMS["continuous"]
    once = {credit: continued(Record(), True, credit, terms) for credit in ("AA", "A", "B")}
    assert {credit: to_earn(record, terms) for credit, record in once.items()} == {"AA": 0, "A": 4, "B": 5}
    assert to_earn(continued(once["AA"], True, "AA", terms), terms) == 5


def test_a_price_far_from_its_like_is_told_once_enough_lots_are_known() -> None:
    record = Record()
    for n in range(8):
        record = priced(record, Decimal(3) + Decimal(n % 2) / 10)
    assert abs(deviation(record, Decimal("3.05"), TERMS["price"])) < 1
    assert deviation(record, Decimal(1), TERMS["price"]) < -9
    assert deviation(replace(record, passes=4), Decimal(1), TERMS["price"]) == 0
    assert deviation(None, Decimal(1), TERMS["price"]) == 0


UNKNOWN = Judged(
    base=Decimal("0.05"),
    by_records=Decimal("0.05"),
    likelihood=Decimal("0.05"),
    model_odds=Decimal(0),
    model="",
    novelty=Decimal(0),
    levels=(),
    measured=(Decimal(0), Decimal(0)),
    shares=(Decimal("0.1"), Decimal("0.1"), Decimal("0.8")),
)


def level(name: str, odds: str) -> Level:
    return Level(name, Decimal("8.0"), Decimal("4.0"), Decimal(odds))


def signs(**change: object) -> Signs:
    values: dict[str, object] = {
        "base": 20,
        "origin": "IT",
        "chapter": "62",
        "credit": "B",
        "judged": UNKNOWN,
        "signals": 0,
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

    levels = {f"HISTORY-{name.upper()}" for name in LEVELS}
    known = {"BASE-RISK", "COUNTRY-RISK", "CREDIT-CLASS", "MODEL", "NOVELTY", "SIGNALS", *levels, *TERMS["points"]}
    assert known <= REASONS.keys()


def points(found: Score) -> dict[str, int]:
    return {f.code: f.points for f in found.factors}


def test_records_signals_and_the_unknown_each_are_a_factor_with_its_numbers() -> None:
    judged = replace(UNKNOWN, levels=(level("maker", "2.4"), level("pair", "-1.2"), level("origin", "0.1")))
    found = score(signs(judged=replace(judged, novelty=Decimal("0.6")), signals=2), TERMS)
    assert points(found) == {"BASE-RISK": 20, "HISTORY-MAKER": 5, "HISTORY-PAIR": -2, "SIGNALS": 10, "NOVELTY": 3}
    maker = next(f for f in found.factors if f.code == "HISTORY-MAKER")
    assert maker.values == {"inspected": "8.0", "failed": "4.0"}


@pytest.mark.parametrize(("odds", "worth"), [("2.5", 5), ("-2.5", -5), ("40", 15), ("-40", -15)])
def test_a_model_adds_what_it_knows_beyond_the_records_and_never_more_than_its_share(odds, worth) -> None:
    judged = replace(UNKNOWN, model="0123456789ab", model_odds=Decimal(odds))
    assert points(score(signs(judged=judged), TERMS))["MODEL"] == worth


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


USUAL = Drawing("B", False, 0, 0, (Decimal("0.1"), Decimal("0.1"), Decimal("0.8")))


@pytest.mark.parametrize(
    ("change", "rate"),
    [
        ({}, "0.05"),
        ({"signals": 3}, "0.1"),
        ({"shares": (Decimal("0.1"), Decimal(0), Decimal(0))}, "0.01"),
        ({"shares": (Decimal("0.1"), Decimal("0.3"), Decimal("2.4"))}, "0.14"),
        ({"oftener": True, "signals": 1, "shares": (Decimal(1), Decimal(1), Decimal(1))}, "0.5"),
        ({"earn": 2}, "1"),
    ],
    ids=["usual", "reported", "never below the floor", "likely to fail", "never above the ceiling", "to be earned"],
)
def test_a_line_is_drawn_by_its_risk_between_floor_and_ceiling(change, rate) -> None:
    assert line_rate(Decimal("0.05"), replace(USUAL, **change), RATES) == Decimal(rate)


def test_a_mode_that_opens_all_or_none_draws_nothing() -> None:
    assert [line_rate(Decimal(base), replace(USUAL, earn=3), RATES) for base in (0, 1)] == [0, 1]


def test_each_change_of_the_rate_is_a_reason_with_words() -> None:
    from guomen.risk.words import REASONS

    said = []
    for how in (
        replace(USUAL, earn=3),
        replace(USUAL, credit="AA", signals=2),
        replace(USUAL, oftener=True, shares=(Decimal("0.1"), Decimal("0.1"), Decimal("2.4"))),
    ):
        found = rate_reasons(how, UNKNOWN, {"origin": "IT", "failed": "3.0", "inspected": "20.0"}, RATES)
        said.append([(code, REASONS[code].en.format(**values)) for code, values in found])
    assert [[code for code, _ in some] for some in said] == [
        ["RATE-TO-EARN"],
        ["RATE-OF-CLASS", "RATE-REPORTED"],
        ["RATE-STEPPED-UP", "RATE-BY-RISK"],
    ]
    assert "2.6 times the usual rate: 5.0 % likely to fail" in said[2][1][1]


def test_what_set_a_rate_can_be_kept_and_read_again() -> None:
    how = replace(USUAL, credit="A", oftener=True, signals=2, earn=1)
    assert Drawing.read(how.plain()) == how
    for wrong in ({}, {**how.plain(), "shares": ["1"]}, {**how.plain(), "signals": "many"}):
        with pytest.raises((KeyError, ValueError)):
            Drawing.read(wrong)
