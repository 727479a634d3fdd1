"""Models learn from outcomes alone, say on a card how good they are, and rank only when two people want it."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from guomen.catalogue import rulepack
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM, of_person
from guomen.parties.services import add_person
from guomen.risk import learning, queries, rules, selecting, services
from guomen.risk.models import ModelCard, Outcome, Standing, Tally
from guomen.risk.selecting import Goods, judge

pytestmark = pytest.mark.django_db
TERMS = rulepack.newest().risk
LOTS = 420


def outcomes(lots: int = LOTS, *, end: datetime | None = None, probability: str = "0.2") -> list[Outcome]:
    """Lots of twenty makers of whom the first three fail half the time; a lot's price says a little too."""
    rng = random.Random(7)  # reproducible, not a secret
    rows, end = [], end or now()
    for n in range(lots):
        maker, importer = rng.randrange(20), rng.randrange(12)
        bad = rng.random() < (0.5 if maker < 3 else 0.02)
        goods = Goods("620520", ("IT", "VN")[maker % 2], f"M{maker}", f"I{importer if importer < 6 else n}")
        at = end - timedelta(hours=6 * (lots - n))
        rows.append(
            Outcome(
                subject=f"urn:guomen:line:{n:018d}/1",
                screened_at=at,
                concluded_at=at + timedelta(hours=2),
                keys=goods.keys,
                hs=goods.hs,
                origin=goods.origin,
                measured=[f"{rng.gauss(-2.0 if bad else 0.0, 1):.2f}", "5.0"],
                probability=Decimal(probability),
                likelihood=Decimal("0.05"),
                failed=bad,
            )
        )
    return Outcome.objects.bulk_create(rows)


@pytest.fixture
def ben(people):
    """A second officer of the control room."""
    person = add_person(people.bo.organisation, "ben@example.test", "Ben", "correct-horse-battery", ["controller"])
    return of_person(person)


def test_a_lot_is_seen_as_its_like_looked_when_it_was_screened_and_never_with_its_own_outcome() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    rows = outcomes(3, end=at)
    for row, hours in zip(rows, (0, 1, 30), strict=True):
        row.keys, row.screened_at = rows[0].keys, at + timedelta(hours=hours)
        row.concluded_at, row.failed = row.screened_at + timedelta(hours=10), True
    first, second, third = learning.replay(rows, TERMS)
    assert first.by_records == second.by_records == pytest.approx(0.05)
    assert third.by_records > 0.5


def test_a_model_is_trained_judged_on_newer_lots_and_kept_with_its_card(people) -> None:
    outcomes()
    row = services.train_model(people.bo.actor)
    card = row.card
    assert (card["data"]["lots"], card["data"]["judged_lots"]) == (LOTS, LOTS // 4)
    assert float(card["model"]["auc"]) > 0.75
    assert float(card["model"]["top_share"]) > 0.3
    assert {g["name"] for g in card["by_size"]} == {"small", "large"}
    assert sum(g["lots"] for g in card["by_origin"]) == sum(b["lots"] for b in card["calibration"]) == LOTS // 4
    assert services.train_model(people.bo.actor).id == row.id
    (entry,) = history(Subject.of("model", row.id))
    assert (entry.kind, entry.facts["sha256"], entry.facts["card"]) == ("model.trained", row.sha256, card)


def test_with_too_little_known_no_model_is_trained(people) -> None:
    outcomes(40)
    with pytest.raises(Refused) as caught:
        services.train_model(people.bo.actor)
    assert caught.value.code == "too-little-known"
    assert not services.training_is_due()


def card() -> ModelCard:
    return ModelCard.objects.create(sha256=f"{uuid7().hex:0>64}", card={"data": {"lots": 1}})


def test_a_model_ranks_only_after_a_second_person_agrees_and_any_former_one_can_come_back(people, ben) -> None:
    bo, one, two = people.bo.actor, card(), card()
    with pytest.raises(Refused) as caught:
        services.activate_model(ben, one.id)
    assert caught.value.code == "not-proposed"
    services.propose_model(bo, one.id)
    with pytest.raises(Refused) as caught:
        services.activate_model(bo, one.id)
    assert caught.value.code == "same-person"
    assert queries.active_model() is None
    services.activate_model(ben, one.id)
    services.activate_model(ben, one.id)
    services.propose_model(ben, two.id)
    services.activate_model(bo, two.id)
    assert queries.active_model().id == two.id
    services.propose_model(bo, one.id)
    services.activate_model(ben, one.id)
    assert queries.active_model().id == one.id
    assert services.stop_model(bo).id == one.id
    assert services.stop_model(bo) is None
    assert set(ModelCard.objects.values_list("state", flat=True)) == {"former"}
    kinds = [e.kind.removeprefix("model.") for e in history(Subject.of("model", one.id))]
    assert kinds == ["proposed", "activated", "proposed", "activated", "stopped"]


def test_only_one_model_is_proposed_at_a_time_and_the_clock_cannot_agree(people, ben) -> None:
    one, two = card(), card()
    services.propose_model(people.bo.actor, one.id)
    services.propose_model(ben, two.id)
    assert ModelCard.objects.get(id=one.id).state == "trained"
    with pytest.raises(Refused):
        services.activate_model(SYSTEM, two.id)
    with pytest.raises(NotFound):
        services.propose_model(ben, uuid7())


@pytest.mark.parametrize("name", ["ana", "cy", "gao", "eve"])
def test_only_the_control_room_trains_proposes_and_stops(people, name) -> None:
    by, one = getattr(people, name).actor, card()
    for act in (lambda: services.propose_model(by, one.id), lambda: services.stop_model(by)):
        with pytest.raises(Forbidden):
            act()
    for see in (queries.cards, queries.learned, services.train_model):
        with pytest.raises(Forbidden):
            see(by)


def test_over_http_models_are_for_the_control_room_and_a_page_says_why_something_was_refused(people, door) -> None:
    outcomes()
    row = services.train_model(people.bo.actor)
    for name, status in (("ana", 403), ("cy", 403), ("eve", 403)):
        for path in ("/desk/models/", f"/desk/models/{row.id}", "/api/risk/models", f"/api/risk/models/{row.id}"):
            assert door(name).get(path).status_code == status, (name, path)
    bo = door("bo")
    answer = bo.get("/api/risk/models").json()
    assert (answer["ranks"], answer["lots"], answer["models"][0]["id"]) == (None, LOTS, str(row.id))
    assert bo.get(f"/api/risk/models/{row.id}").json()["card"] == row.card
    assert bo.get(f"/desk/models/{uuid7()}").status_code == 404
    early = bo.post(f"/desk/models/{row.id}", {"do": "activate", "once": "1"})
    assert (early.status_code, "Somebody must propose it first" in early.content.decode()) == (409, True)
    assert bo.post(f"/desk/models/{row.id}", {"do": "propose", "once": "2"}).status_code == 302
    own = bo.post(f"/desk/models/{row.id}", {"do": "activate", "once": "3"})
    assert (own.status_code, "A second person" in own.content.decode()) == (409, True)
    assert bo.post("/desk/models/", {"do": "activate", "once": "4"}).status_code == 404
    assert "批次如何排序" in bo.get("/desk/models/", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()


SHIRTS = Goods("620520", "IT", "M2", "I3", Decimal(640), "EUR", Decimal(20))


def test_a_model_in_use_ranks_and_without_the_extra_records_alone_do(people, monkeypatch) -> None:
    outcomes()
    digest = services.train_model(people.bo.actor).sha256
    (by_model,) = judge([SHIRTS], {}, now(), TERMS, model=digest)
    assert by_model.model == digest[:12]
    assert by_model.model_odds != 0
    monkeypatch.setattr(selecting, "find_spec", lambda name: None)
    (by_records,) = judge([SHIRTS], {}, now(), TERMS, model=digest)
    assert (by_records.model, by_records.model_odds) == ("", 0)
    assert by_records.likelihood == by_records.by_records == Decimal("0.05")
    with pytest.raises(Refused) as caught:
        services.train_model(people.bo.actor)
    assert caught.value.code == "no-analysis"


def test_a_model_whose_file_is_lost_leaves_the_ranking_to_the_records() -> None:
    (found,) = judge([SHIRTS], {}, now(), TERMS, model="0" * 64)
    assert found.model == ""


def test_what_is_judged_of_a_record_is_what_its_rule_says_of_it() -> None:
    at = now()
    record = rules.Record(recent=Decimal("6.5"), recent_failed=Decimal("2.25"), updated_at=at - timedelta(days=31))
    (found,) = judge([SHIRTS], {SHIRTS.keys["maker"]: record}, at, TERMS)
    (maker,) = [level for level in found.levels if level.name == "maker"]
    exact = rules.recent(record, at, TERMS)
    assert (maker.inspected, maker.failed) == tuple(round(n, 3) for n in exact)
    assert maker.odds > 1
    assert [level.odds for level in found.levels if level.name != "maker"] == [0] * 5


def test_doubt_gives_more_of_the_draw_to_chance_and_the_unknown() -> None:
    usual, doubted = (judge([SHIRTS], {}, now(), TERMS, doubt=Decimal(d))[0].shares for d in ("0", "1"))
    assert usual[0] == Decimal("0.1")
    assert doubted[0] == Decimal("0.3")
    assert doubted[2] < usual[2]


def test_when_chosen_lots_fail_far_less_than_said_records_are_shaken_once_and_doubt_lasts() -> None:
    rows = outcomes(200, end=now() - timedelta(days=8), probability="1")
    Outcome.objects.update(likelihood=Decimal("0.5"), failed=False)
    Tally.objects.create(about="maker:x", recent=Decimal(8), recent_failed=Decimal(4), passes=3)
    found = services.weigh_trust()
    assert (found.doubt, found.shaken_at is not None) == (1, True)
    tally = Tally.objects.get()
    assert (tally.recent, tally.recent_failed, tally.passes) == (2, 1, 3)
    again = services.weigh_trust()
    assert (again.shaken_at, queries.doubt()) == (found.shaken_at, 1)
    (entry,) = history(Subject.of("standing", "trust"))
    assert (entry.kind, entry.facts["found"], len(rows)) == ("records.shaken", 0, 200)


def test_while_scores_hold_nothing_is_doubted() -> None:
    outcomes(200, end=now() - timedelta(days=8), probability="1")
    Outcome.objects.filter(failed=True).update(likelihood=Decimal("0.9"))
    Outcome.objects.filter(failed=False).update(likelihood=Decimal("0.01"))
    assert services.weigh_trust().doubt == 0
    assert Standing.objects.get().shaken_at is None
