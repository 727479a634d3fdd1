"""Measures, outcomes and the committed draw on the real database."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from guomen.core.sampling import commitment
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM
from guomen.risk import queries, services
from guomen.risk.models import Measure, Outcome, Seed
from guomen.risk.selecting import Goods

pytestmark = pytest.mark.django_db
GOODS = Goods("6205200090", "IT", "Camiceria", "91310115MA1K4NAB05", Decimal(6400), "EUR", Decimal(200))


def impose(by, **change):
    given = {"effect": "hold", "reason_code": "RECALL", "source": Subject.of("recall", "R1"), "gtin": "8012345000012"}
    return services.impose_measure(by, **(given | change))


def test_a_measure_is_in_force_from_now_until_it_is_lifted(people) -> None:
    measure = impose(people.bo.actor)
    assert [m.id for m in queries.active_measures(gtin="08012345000012")] == [measure.id]
    assert queries.active_measures(gtin="09420100000129") == []
    services.lift_measure(people.bo.actor, measure.id)
    services.lift_measure(people.bo.actor, measure.id)
    assert queries.active_measures(gtin="08012345000012") == []
    kinds = [e.kind for e in history(Subject.of("measure", measure.id))]
    assert kinds == ["measure.imposed", "measure.lifted"]
    assert kinds == [e.kind for e in history("https://id.gs1.org/01/08012345000012")]


def test_a_measure_ends_by_itself(people) -> None:
    impose(people.bo.actor, ends_at=now() - timedelta(seconds=1))
    assert queries.active_measures() == []


def test_a_measure_without_goods_or_with_an_unknown_effect_is_refused(people) -> None:
    with pytest.raises(Invalid) as caught:
        impose(people.bo.actor, gtin="", effect="burn")
    assert [p.field for p in caught.value.problems] == ["effect", "gtin"]
    assert not Measure.objects.exists()


def test_only_the_control_room_imposes_and_lifts(people) -> None:
    for name in ("cy", "ana", "eve", "gao", "di"):
        with pytest.raises(Forbidden):
            impose(getattr(people, name).actor)
    measure = impose(SYSTEM)
    with pytest.raises(Forbidden):
        services.lift_measure(people.eve.actor, measure.id)
    with pytest.raises(NotFound):
        services.lift_measure(people.bo.actor, uuid7())


def test_outcomes_add_up_per_product_maker_importer_and_pair() -> None:
    for failed in (False, False, True):
        services.record_outcome(SYSTEM, GOODS, failed=failed)
    found = queries.tallies(GOODS.all_keys)
    assert set(found) == {*GOODS.all_keys, "all"}
    pair = found[GOODS.keys["pair"]]
    assert (pair.inspected, pair.failed, pair.passes) == (Decimal(3), Decimal(1), 0)
    assert (pair.recent, pair.recent_failed, pair.sampling) == (Decimal(3), Decimal(1), False)
    price = found[queries.price_key(GOODS.hs, "EUR")]
    assert (price.passes, round(price.price, 4), price.price_variance) == (2, Decimal("3.4657"), 0)
    services.record_outcome(SYSTEM, replace(GOODS, maker="Other"), failed=False)
    found = queries.tallies(GOODS.all_keys)
    assert found[GOODS.keys["pair"]].inspected == 3
    assert found[GOODS.keys["importer"]].inspected == 4


def screened(subject: str = "urn:guomen:line:1/1", probability: str = "0.05") -> services.Screened:
    return services.Screened(subject, now(), Decimal("0.03"), ["0", "5.3"], Decimal(probability))


def test_what_was_drawn_stands_for_others_in_the_rate_of_all_lots_and_is_kept_with_its_probability() -> None:
    services.record_outcome(SYSTEM, GOODS, failed=True, screened=screened())
    found = queries.tallies(GOODS.all_keys)
    assert (found["all"].recent, found["all"].recent_failed) == (20, 20)
    assert found[GOODS.keys["maker"]].recent == 1
    kept = Outcome.objects.get()
    assert (kept.probability, kept.failed, kept.keys) == (Decimal("0.05"), True, GOODS.keys)


def test_a_line_that_is_concluded_twice_is_learned_once() -> None:
    for _ in range(2):
        services.record_outcome(SYSTEM, GOODS, failed=True, screened=screened())
    assert queries.tallies(GOODS.all_keys)[GOODS.keys["pair"]].inspected == 1
    assert Outcome.objects.get().failed


@pytest.mark.parametrize("overturned", [0, 3, 14])
def test_records_after_a_result_was_overturned_are_those_of_the_last_word(overturned: int) -> None:
    last_word = [n in (2, 9) for n in range(15)]
    last_word[overturned] = not last_word[overturned]

    def port(goods: Goods, first: bool) -> None:
        for n, failed in enumerate(last_word):
            said = failed != (first and n == overturned)
            services.record_outcome(SYSTEM, goods, failed=said, credit="A", screened=screened(f"{goods.origin}/{n}"))

    other = replace(GOODS, hs="4202210090", origin="FR", maker="Another", importer="Other")
    port(GOODS, first=True)
    before = queries.tallies([])["all"]
    for _ in range(2):
        services.record_outcome(
            SYSTEM, GOODS, failed=last_word[overturned], credit="A", screened=screened(f"IT/{overturned}")
        )
    after = queries.tallies([])["all"]
    assert (after.inspected, round(abs(after.recent_failed - before.recent_failed), 3)) == (before.inspected, 20)
    port(other, first=False)
    ours, theirs = queries.tallies(GOODS.all_keys), queries.tallies(other.all_keys)
    names = ("inspected", "failed", "passes", "recent", "recent_failed", "sampling", "passed", "warned", "close")
    for (_level, key), like in zip(GOODS.keys.items(), other.keys.values(), strict=True):
        for name in names:
            a, b = getattr(ours[key], name), getattr(theirs[like], name)
            assert round(a, 3) == round(b, 3) if isinstance(a, Decimal) else a == b, (key, name)
    kept = Outcome.objects.get(subject=f"IT/{overturned}")
    assert (kept.failed, kept.corrected_at is not None) == (last_word[overturned], True)
    price, same = (queries.price_key(g.hs, "EUR") for g in (GOODS, other))
    assert (ours[price].passes, ours[price].price) == (theirs[same].passes, theirs[same].price)


def test_a_broken_seal_has_every_lot_opened_until_lots_have_passed_in_a_row() -> None:
    for _ in range(2):
        services.require_earning(SYSTEM, GOODS, "SEAL-NOT-VERIFIED", "urn:guomen:line:1/1")
    found = queries.tallies(GOODS.all_keys)[GOODS.keys["pair"]]
    assert (found.sampling, found.failed, found.inspected) == (False, 0, 0)
    assert Entry.objects.filter(kind="rate.raised").count() == 1


def test_keys_of_outcomes_name_no_firm_in_clear() -> None:
    assert not any("Camiceria" in key or GOODS.importer in key for key in GOODS.all_keys)


def test_a_seed_is_committed_in_the_ledger_a_day_ahead_and_once() -> None:
    day = date(2026, 11, 12)
    seed = services.committed_seed(day)
    assert services.committed_seed(day) == seed
    assert services.committed_seed(day + timedelta(days=1)) != seed
    entries = Entry.objects.filter(kind="draw.committed").order_by("recorded_at")
    assert [e.facts["day"] for e in entries] == ["2026-11-12", "2026-11-13", "2026-11-14"]
    assert entries[0].facts["commitment"] == commitment(seed)
    assert seed.hex() not in str([e.facts for e in entries])


def test_another_key_than_the_committed_one_is_noticed() -> None:
    day = date(2026, 11, 12)
    Seed.objects.create(day=day, commitment="0" * 64)
    with pytest.raises(RuntimeError):
        services.committed_seed(day)


def test_a_seed_is_disclosed_once_and_only_when_its_day_is_over(people) -> None:
    today = now().date()
    yesterday = today - timedelta(days=1)
    services.committed_seed(yesterday)
    with pytest.raises(Refused):
        services.disclose_seed(people.bo.actor, today)
    seed = services.disclose_seed(people.bo.actor, yesterday)
    assert services.disclose_seed(SYSTEM, yesterday) == seed
    (told,) = Entry.objects.filter(kind="draw.disclosed")
    assert commitment(bytes.fromhex(told.facts["seed"])) == told.facts["commitment"]
    with pytest.raises(Forbidden):
        services.disclose_seed(people.ana.actor, yesterday)
    with pytest.raises(NotFound):
        services.disclose_seed(SYSTEM, date(2020, 1, 1))


def test_a_signal_counts_in_the_score_until_it_is_withdrawn(people) -> None:
    from guomen.ledger.follow import catch_up
    from guomen.warning.intake import report, withdraw

    signal = report(SYSTEM, source="media", gtin="8012345000012", hazard="chemical", severity=2)
    catch_up()
    catch_up()
    assert queries.reported(["08012345000012", "09420100000129"], 90) == {"08012345000012": 1}
    withdraw(SYSTEM, signal.id)
    catch_up()
    assert queries.reported(["08012345000012"], 90) == {}
