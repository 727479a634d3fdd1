"""The proof of print: what a firm's own events say of its labels, and what others' events do not."""

import json
from datetime import UTC, datetime

import pytest
from joserfc.jwk import ECKey

from guomen.core import epcis
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Entry
from guomen.tags import balances, labels, services
from guomen.tags.models import Range, Segment
from guomen.tags.scheme import address, item_uri
from guomen.tags.services.events import CONTEXT
from guomen.trace.services import capture
from tests.tags.goods import BATCH, GTIN

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def uris(one: Range, *indices: int) -> list[str]:
    return [item_uri(GTIN, labels.serials(one, n, 1)[0]) for n in indices]


def say(by, step: str, action: str, *, more: dict | None = None, context=(), **about) -> None:
    event = epcis.object_event(NOON, action, biz_step=step, extensions=more, context=context, **about)
    capture(by, [epcis.event_to_dict(event)], context)
    catch_up()


def stretch(by, one: Range, step: str, action: str, first: int, last: int, prefix: str = "guomen") -> None:
    fields = {f"{prefix}:range": one.code, f"{prefix}:first": first, f"{prefix}:last": last}
    goods = [(f"https://id.gs1.org/01/{GTIN}/10/{BATCH}", max(1, last - first + 1), None)]
    say(by, step, action, classes=goods, more=fields, context=[{prefix: CONTEXT["guomen"]}])


def states(one: Range) -> dict[str, int]:
    return balances.by_state(Range.objects.get(number=one.number))


def test_items_that_are_named_are_printed_then_applied(people, made):
    cy = people.cy.actor
    say(cy, "encoding", "OBSERVE", epcs=uris(made, 0, 1, 2, 7))
    assert states(made) == {"printed": 4, "ordered": 496}
    assert Segment.objects.count() == 2
    say(cy, "commissioning", "ADD", epcs=uris(made, 1, 2, 3))
    assert states(made) == {"applied": 3, "printed": 2, "ordered": 495}
    assert [e.facts["count"] for e in Entry.objects.filter(kind="tags.commissioned").order_by("recorded_at")] == [4, 3]


def test_a_stretch_is_one_row_and_one_entry_however_long(people, lodged):
    one = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=1_000_000, subject=lodged)
    stretch(people.cy.actor, one, "encoding", "OBSERVE", 0, 999_999)
    stretch(people.cy.actor, one, "commissioning", "ADD", 0, 899_999, prefix="gm")
    assert states(one) == {"applied": 900_000, "printed": 100_000}
    assert Segment.objects.count() == 1
    assert Entry.objects.filter(kind="tags.commissioned").count() == 2


def test_the_address_on_the_label_is_understood_too(people, made):
    serial = labels.serials(made, 4, 1)[0]
    say(people.cy.actor, "commissioning", "ADD", epcs=[address(GTIN, BATCH, serial)])
    assert states(made) == {"applied": 1, "ordered": 499}


def test_the_same_proof_again_and_a_late_one_change_nothing(people, made):
    cy = people.cy.actor
    say(cy, "commissioning", "ADD", epcs=uris(made, 0))
    say(cy, "commissioning", "ADD", epcs=uris(made, 0))
    say(cy, "encoding", "OBSERVE", epcs=uris(made, 0))
    services.change_items(cy, [(GTIN, labels.serials(made, 0, 1)[0])], "stolen")
    say(cy, "commissioning", "ADD", epcs=uris(made, 0), disposition="active")
    assert states(made) == {"stolen": 1, "ordered": 499}
    assert Entry.objects.filter(kind="tags.commissioned").count() == 1


def test_what_others_say_proves_nothing(people, made):
    say(people.eve.actor, "commissioning", "ADD", epcs=uris(made, 0, 1))
    stretch(people.eve.actor, made, "commissioning", "ADD", 0, 99)
    stretch(people.sam.actor, made, "commissioning", "ADD", 0, 99)
    assert states(made) == {"ordered": 500}


def test_our_own_events_are_not_read_as_somebodys_proof(people, made):
    services.change_stretch(people.cy.actor, made.code, "applied", last=9)
    catch_up()
    assert Entry.objects.filter(kind="tags.commissioned").count() == 0
    assert states(made) == {"applied": 10, "ordered": 490}


@pytest.mark.parametrize(("first", "last"), [(-5, 3), (10, 2), (600, 700), (0, 2**60), (499, 10**12)])
def test_stretches_that_do_not_exist_do_no_harm(people, made, first, last):
    stretch(people.cy.actor, made, "encoding", "OBSERVE", first, last)
    assert states(made).get("printed", 0) in {0, 1, 500}
    assert sum(states(made).values()) == 500


@pytest.mark.parametrize(
    "epc", ["https://id.gs1.org/00/095060001343500019", "urn:uuid:9f2a1c1e-0000-4000-8000-000000000000"]
)
def test_things_that_are_no_items_of_ours_are_passed_over(people, made, epc):
    say(people.cy.actor, "commissioning", "ADD", epcs=[epc, *uris(made, 3)])
    assert states(made) == {"applied": 1, "ordered": 499}


@pytest.mark.parametrize(("step", "action"), [("commissioning", "OBSERVE"), ("packing", "ADD"), ("encoding", "DELETE")])
def test_other_steps_say_nothing_of_labels(people, made, step, action):
    say(people.cy.actor, step, action, epcs=uris(made, 0))
    assert states(made) == {"ordered": 500}


def test_the_word_of_the_named_and_approved_encoding_house_counts_for_its_range_alone(people, lodged):
    named = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=500, subject=lodged, carrier="chip")
    other = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=500, subject=lodged, carrier="chip")
    eve = people.eve
    say(eve.actor, "encoding", "OBSERVE", epcs=uris(named, 0))
    key = json.dumps(ECKey.generate_key("P-256").as_dict(private=False))
    services.approve_house(people.bo.actor, eve.organisation.code, key)
    services.name_house(people.cy.actor, named.code, eve.organisation.code)
    say(eve.actor, "encoding", "OBSERVE", epcs=uris(named, 1, 2) + uris(other, 1))
    stretch(eve.actor, named, "commissioning", "ADD", 2, 99)
    stretch(eve.actor, other, "commissioning", "ADD", 0, 99)
    assert states(named) == {"printed": 1, "applied": 98, "ordered": 401}
    assert states(other) == {"ordered": 500}
    told = Entry.objects.filter(kind="tags.commissioned")
    assert {e.actor["organisation"] for e in told} == {str(eve.organisation.id)}
    services.withdraw_house(people.bo.actor, eve.organisation.code, "Keys were seen elsewhere")
    stretch(eve.actor, named, "commissioning", "ADD", 0, 199)
    assert states(named) == {"printed": 1, "applied": 98, "ordered": 401}
