"""Another inspection on request (复验): other people, another laboratory; what it finds counts from then on."""

from typing import Any

import pytest

from guomen.adoption.models import Evidence, Standing
from guomen.clearance import services
from guomen.clearance.models import Decision, Line
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.kit.errors import Invalid, Refused
from guomen.ledger.models import Entry
from guomen.parties.actors import Actor, of_person
from guomen.parties.services import add_person, register_organisation
from guomen.risk import queries as risk
from guomen.risk.models import Outcome
from tests.adoption.conftest import undrawn
from tests.adoption.test_adoption import concluded, line_of, listed, reported, shirts
from tests.clearance.test_changing import another_inspector
from tests.clearance.test_deciding import answer_all, order, report

__all__ = ["undrawn"]
pytestmark = pytest.mark.django_db


def another_laboratory() -> Actor:
    firm = register_organisation("laboratory", "Second Laboratory", "第二实验室", "CN", "LAB-2")
    return of_person(add_person(firm, "dee@example.test", "Dee", "correct-horse-battery", ["analyst"]))


def inspected_again(people: Any, line: Line, *, wrong: str = "") -> Order:
    """Abe, who was not there the first time, goes through the checklist."""
    import dataclasses

    again = Order.objects.filter(subject=line.subject).order_by("-number").first()

    class Others:
        ana = dataclasses.replace(people.ana, actor=another_inspector(people))

    answer_all(Others, again, wrong)
    again.refresh_from_db()
    services.release_after_inspection(Others.ana.actor, again.id) if not again.wants_sample else None
    return again


def test_a_sample_that_failed_is_tested_again_at_another_laboratory_whose_result_counts(people, lodged) -> None:
    one, ana = order(lodged, 2), people.ana.actor
    answer_all(people, one)
    sealed = {"quantity": "5", "unit": "CA", "seal_number": "S-1"}
    first = inspection.draw_sample(ana, one.id, laboratory_code=people.di.organisation.code, **sealed)
    services.release_after_inspection(ana, one.id)
    report(people, first.number, {"cronobacter": "1"})
    line = Line.objects.get(declaration=lodged.number, number=2)
    assert (line.state, Outcome.objects.get(subject=line.subject).failed) == ("refused", True)
    services.request_reinspection(people.cy.actor, lodged.number, 2, "The sample was warm.")
    again, dee = inspected_again(people, line), another_laboratory()
    abe = of_person(again and people.ana.person.__class__.objects.get(id=again.officer_id))
    with pytest.raises(Invalid) as caught:
        inspection.draw_sample(abe, again.id, laboratory_code="LAB-1", **sealed | {"seal_number": "S-2"})
    assert [(p.field, p.code) for p in caught.value.problems] == [("laboratory", "tested-before")]
    second = inspection.draw_sample(abe, again.id, laboratory_code="LAB-2", **sealed | {"seal_number": "S-2"})
    assert services.release_after_inspection(abe, again.id).state == "sampled"

    class There:
        class di:  # noqa: N801
            actor = dee

    report(There, second.number, {})
    line.refresh_from_db()
    assert (line.state, line.reasons[0]["code"]) == ("released", "LABORATORY-PASSED")
    assert not Outcome.objects.get(subject=line.subject).failed
    states = Decision.objects.filter(declaration=lodged.number, line=2).order_by("sequence")
    assert list(states.values_list("state", flat=True))[-5:] == [
        "sampled",
        "refused",
        "to_inspect",
        "sampled",
        "released",
    ]
    assert Sample.objects.get(number=first.number).verdict == "fail"


def test_an_overturned_refusal_takes_back_what_followed_from_it(people, story, undrawn) -> None:
    """The body that had vouched, the lot elsewhere, the importer's standing, its record: all as if it had passed."""
    body = listed(people)
    reported(people)
    payload = shirts(story)
    line = line_of(undrawn(payload))
    assert line.mode == "THIRD-PARTY"
    services.gate.select(
        people.bo.actor, line, *reversed(services.deciding.facts_of(line)), services.gate.Reason("DRAWN", {"rate": "x"})
    )
    line.mode = "THIRD-PARTY"
    line.save(update_fields=["mode"])
    answer_all(people, Order.objects.filter(subject=line.subject).order_by("-number").first(), wrong="SHARPS")
    newest = Order.objects.filter(subject=line.subject).order_by("-number").first()
    assert services.release_after_inspection(people.ana.actor, newest.id).state == "refused"
    body.refresh_from_db()
    assert (body.state, body.disagreed) == ("suspended", 1)
    assert Standing.objects.get(mode="THIRD-PARTY").state == "suspended"
    assert Evidence.objects.get(mode="THIRD-PARTY").ended_by == "LOT-FAILED"
    assert line_of(undrawn(payload)).reasons[0]["code"] == "LOT-FAILED-ELSEWHERE"
    services.request_reinspection(people.cy.actor, line.declaration, 1, "That was no needle.")
    inspected_again(people, line)
    line.refresh_from_db()
    assert line.state == "released"
    body.refresh_from_db()
    assert (body.state, body.checked, body.disagreed) == ("listed", 1, 0)
    assert Standing.objects.get(mode="THIRD-PARTY").state == "ended"
    assert not Evidence.objects.get(mode="THIRD-PARTY").ended_by
    elsewhere = Evidence.objects.filter(mode="ACCEPTED-EVERYWHERE", source=line.subject).order_by("opened_at")
    assert [(e.verdict, e.ended_by) for e in elsewhere] == [("fail", "OVERTURNED"), ("pass", "")]
    keys = risk.about(hs=line.hs_code, origin="IT", maker=line.maker_name, importer=payload["importer_code"])
    assert risk.tallies([keys["pair"]])[keys["pair"]].passes == 1
    assert line_of(undrawn(payload)).reasons[0]["code"] != "LOT-FAILED-ELSEWHERE"
    assert Entry.objects.filter(kind="outcome.corrected").count() == 1


def test_a_refusal_without_an_inspection_can_be_questioned_only_once_too(people, lodged) -> None:
    one = order(lodged, 1)
    inspection.take(people.ana.actor, one.id)
    services.hold_after_inspection(people.ana.actor, one.id, "HOLD-PAPERS")
    services.decide_held(people.bo.actor, lodged.number, 1, "refuse", "Not these goods.")
    services.request_reinspection(people.cy.actor, lodged.number, 1, "They are.")
    again = Order.objects.filter(subject=one.subject).order_by("-number").first()
    assert {people.ana.person.id, people.bo.person.id} <= set(again.not_for)
    inspected_again(people, Line.objects.get(declaration=lodged.number, number=1), wrong="SHARPS")
    assert Line.objects.get(declaration=lodged.number, number=1).state == "refused"
    with pytest.raises(Refused) as caught:
        services.request_reinspection(people.cy.actor, lodged.number, 1, "Once more.")
    assert caught.value.code == "asked-before"


def test_goods_selected_again_for_the_same_reason_are_inspected_again(people, story) -> None:
    """The order of the first time is concluded: it must not stand for the second."""
    lodged = services.lodge(people.cy.actor, story | {"lines": story["lines"][:1]})
    line = Line.objects.get(declaration=lodged.number)
    assert concluded(people, line).state == "released"
    for n in (1, 2):
        why = services.gate.Reason("DEBT-FAILED", {})
        services.take_back(people.bo.actor, lodged.number, 1, why, "Wrong labels.")
        waiting = Order.objects.filter(subject=line.subject, state="waiting")
        assert (waiting.count(), Order.objects.filter(subject=line.subject).count()) == (1, n + 1)
        assert concluded(people, line).state == "released"
