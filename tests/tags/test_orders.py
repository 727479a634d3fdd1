"""Orders of tags: when an officer must look, who decides, what cannot be ordered or cancelled."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM
from guomen.risk.models import Measure
from guomen.tags import labels, queries, services
from guomen.tags.models import Range
from guomen.tags.rules.approval import OrderFacts, needs_approval
from guomen.trace.models import Event
from tests.tags.goods import BATCH, GTIN, LINE

WANTED = {"gtin": GTIN, "batch": BATCH, "count": 100, "subject": LINE}


def facts(**changes) -> OrderFacts:
    plain = {"count": 100, "ordered_before": 0, "declared": 100, "credit": "B", "watched": False, "carrier": "print"}
    return OrderFacts(**plain | changes)


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({}, ()),
        ({"count": 105}, ()),
        ({"count": 106}, ("TAG-ORDER-ABOVE-DECLARED",)),
        ({"count": 6, "ordered_before": 100}, ("TAG-ORDER-ABOVE-DECLARED",)),
        ({"count": 1_000_000, "declared": None}, ()),
        ({"watched": True}, ("TAG-ORDER-WATCHED", "TAG-ORDER-COPYABLE")),
        ({"watched": True, "carrier": "chip"}, ("TAG-ORDER-WATCHED",)),
        ({"credit": "A"}, ()),
        ({"credit": "C"}, ("TAG-ORDER-CREDIT",)),
        ({"credit": "D", "count": 200}, ("TAG-ORDER-ABOVE-DECLARED", "TAG-ORDER-CREDIT")),
    ],
)
def test_when_an_order_needs_approval(given, reasons):
    assert needs_approval(facts(**given)) == reasons


@pytest.fixture
def watched(people, lodged) -> Range:
    """An order that waits: a measure of the control room is in force for the product."""
    Measure.objects.create(effect="full", gtin=GTIN, reason_code="ALERT", source="urn:guomen:alert:A-1")
    return services.order(people.cy.actor, **WANTED)


def test_an_order_that_waits_has_no_codes_yet(people, watched):
    assert (watched.state, watched.asked_because) == ("asked", ["TAG-ORDER-WATCHED", "TAG-ORDER-COPYABLE"])
    serial = labels.serials(watched, 0, 1)[0]
    assert queries.item(GTIN, serial) is None
    with pytest.raises(Refused) as caught:
        services.order_labels(people.cy.actor, watched.code, format="csv")
    assert caught.value.code == "order-not-approved"
    services.decide(people.bo.actor, watched.code, approve=True)
    assert queries.item(GTIN, serial).kept == "ordered"
    assert [e.kind for e in history(Subject.of("range", watched.code))] == ["tags.ordered", "tags.approved"]


def test_only_a_controller_decides_and_a_refusal_says_why(people, watched):
    for other in (people.cy.actor, people.cal.actor, people.ana.actor, people.eve.actor, people.sam.actor):
        with pytest.raises(Forbidden):
            services.decide(other, watched.code, approve=True)
    with pytest.raises(Invalid):
        services.decide(people.bo.actor, watched.code, approve=False, why="  ")
    with pytest.raises(Invalid):
        services.decide(people.bo.actor, watched.code, approve=False, why="x" * 1001)
    made = services.decide(people.bo.actor, watched.code, approve=False, why="The samples failed.")
    assert (made.state, made.decision) == ("refused", "The samples failed.")
    assert services.decide(people.bo.actor, watched.code, approve=False, why="again").decision == "The samples failed."
    with pytest.raises(Refused):
        services.decide(people.bo.actor, watched.code, approve=True)
    assert queries.item(GTIN, labels.serials(watched, 0, 1)[0]) is None


def test_who_ordered_never_approves(people, watched):
    Range.objects.filter(number=watched.number).update(ordered_by=people.bo.person.id)
    with pytest.raises(Forbidden):
        services.decide(people.bo.actor, watched.code, approve=True)


def test_more_tags_than_declared_goods_wait_also_in_several_orders(people, lodged):
    with transaction.atomic():
        more = {"gtin": GTIN, "batch": "COUNTED", "quantity": "1000", "unit": "C62"}
        append("line.screened", [LINE], more, people.cy.actor)
    wanted = WANTED | {"batch": "COUNTED", "count": 1000}
    assert services.order(people.cy.actor, **wanted).state == "ordered"
    assert services.order(people.cy.actor, **wanted | {"count": 50}).state == "ordered"
    late = services.order(people.cy.actor, **wanted | {"count": 1})
    assert late.asked_because == ["TAG-ORDER-ABOVE-DECLARED"]
    services.decide(people.bo.actor, late.code, approve=False, why="Enough.")
    assert services.order(people.cy.actor, **wanted | {"count": 1}).state == "asked"
    services.rotate_keys(SYSTEM, reason="Found on a stolen laptop")
    services.retire_keys(SYSTEM, late.key_version, reason="Found on a stolen laptop")
    assert services.order(people.cy.actor, **wanted).state == "ordered"


def test_an_order_is_cancelled_by_its_firm_while_no_label_exists(people, made, watched):
    for other, refusal in ((people.eve.actor, NotFound), (people.bo.actor, Forbidden), (people.sam.actor, Forbidden)):
        with pytest.raises(refusal):
            services.cancel(other, watched.code)
    assert services.cancel(people.cal.actor, watched.code, "Not needed").state == "cancelled"
    assert services.cancel(people.cal.actor, watched.code).decision == "Not needed"
    services.order_labels(people.cy.actor, made.code, format="csv")
    with pytest.raises(Refused) as caught:
        services.cancel(people.cy.actor, made.code)
    assert caught.value.code == "labels-made"


def test_tags_ordered_after_the_release_join_it_when_their_codes_exist(people, lodged, watched):
    released = now() - timedelta(days=3)
    services.activate(people.ana.actor, subject=LINE, at=released)
    assert [e.kind for e in history(Subject.of("range", watched.code))] == ["tags.ordered"]
    Measure.objects.all().delete()
    late = services.order(people.cy.actor, **WANTED)
    services.decide(people.bo.actor, watched.code, approve=True)
    services.decide(people.bo.actor, watched.code, approve=True)
    for one, before in ((late, ["tags.ordered"]), (watched, ["tags.ordered", "tags.approved"])):
        entries = history(Subject.of("range", one.code))
        assert [e.kind for e in entries] == [*before, "tags.activated"]
        assert entries[-1].facts["ranges"] == [one.code]
        assert datetime.fromisoformat(entries[-1].facts["since"]) == released
        assert queries.active_since(one) == released
    told = [e.body for e in Event.objects.filter(happened_at__gt=released + timedelta(days=1))]
    assert {(b["bizStep"], b["guomen:range"], b["guomen:last"]) for b in told} == {
        ("accepting", late.code, 99),
        ("accepting", watched.code, 99),
    }


def test_tags_ordered_after_a_release_was_taken_back_join_nothing(people, lodged):
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.deactivate(people.ana.actor, subject=LINE, reason="wrong papers")
    late = services.order(people.cy.actor, **WANTED)
    assert [e.kind for e in history(Subject.of("range", late.code))] == ["tags.ordered"]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"channel": "smuggling"}, "channel"),
        ({"carrier": "stone"}, "carrier"),
        ({"markets": ["XX"]}, "markets"),
        ({"markets": ["CN"] + [f"{a}{b}" for a in "ABCDEFGH" for b in "QXZJKLMN"]}, "markets"),
    ],
)
def test_a_wrong_way_to_the_market_is_named_at_its_field(people, lodged, wrong, field):
    with pytest.raises(Invalid) as caught:
        services.order(people.cy.actor, **WANTED | wrong)
    assert {p.field for p in caught.value.problems} == {field}


def test_refused_goods_get_no_tags_until_they_are_released_after_all(people, lodged):
    def told(kind: str) -> None:
        with transaction.atomic():
            append(kind, [LINE], {}, people.ana.actor)

    told("line.selected")
    told("line.refused")
    with pytest.raises(Invalid) as caught:
        services.order(people.cy.actor, **WANTED)
    assert [p.code for p in caught.value.problems] == ["goods-refused"]
    told("line.released")
    assert services.order(people.cy.actor, **WANTED).state == "ordered"


def test_markets_are_kept_once_and_in_order(people, lodged):
    assert services.order(people.cy.actor, **WANTED, markets=["it", "CN", " cn"]).markets == ["CN", "IT"]
