"""Results that were found elsewhere, from their announcement to the line that they release."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from guomen.adoption import services
from guomen.adoption.models import Body, Evidence, Standing
from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Entry
from tests.faces.portal_form import PDF, PNG

pytestmark = pytest.mark.django_db
SHIRTS = {
    "gtin": "08012345000012",
    "hs_code": "6205200090",
    "maker_name": "Camiceria Esempio S.r.l.",
    "batch": "S2609",
    "goods": "Men's cotton shirts",
    "quantity": "2000",
    "unit": "C62",
}


def shirts(story: dict[str, Any], **change: Any) -> dict[str, Any]:
    """The story's shirts alone. Their container has no electronic seal: an officer says which goods they are."""
    line = story["lines"][0] | change
    return story | {"lines": [line], "documents": story["documents"][:1]}


def line_of(lodged: Any) -> Line:
    return Line.objects.get(declaration=lodged.number)


def listed(people, kind: str = "home") -> Body:
    assert people.di.organisation.code == "LAB-1"
    day = now().date()
    sent = {
        "organisation": "LAB-1",
        "kind": kind,
        "licence": "CMA 210012, CNAS L0001",
        "scope": "6205 GB 18401-2010\n6205 GB 31701-2015",
        "valid_from": str(day - timedelta(days=30)),
        "valid_until": str(day + timedelta(days=300)),
    }
    return services.list_body(people.bo.actor, sent)


def reported(people, *, verdict: str = "pass", days_ago: int = 0, **more: Any):
    asked = services.ask_report(people.cy.actor, SHIRTS | {"body": "LAB-1"} | more)
    day = str(now().date() - timedelta(days=days_ago))
    sent = {"verdict": verdict, "tested_on": day, "standards": "GB 18401-2010"}
    return services.file_report(people.di.actor, asked.number, sent, PDF)


def concluded(people, line: Line, *, good: bool = True) -> Line:
    """Ana goes through the line's checklist and decides."""
    return clearance.release_after_inspection(people.ana.actor, answered(people, line, good=good).id)


def answered(people, line: Line, *, good: bool = True) -> Order:
    """Ana goes through the line's checklist."""
    from guomen.inspection import packs

    ana, order = people.ana.actor, Order.objects.filter(subject=line.subject).order_by("-number").first()
    inspection.take(ana, order.id)
    for item in packs.items_of(order):
        if item.kind == "choice":
            bad = not good and item.code == "IDENTITY"
            choice, note = ("does-not", "Another batch.") if bad else ("conforms", "")
            inspection.answer(ana, order.id, item.code, choice=choice, note=note)
            if bad:
                inspection.add_photo(ana, order.id, item.code, PNG)
        elif item.kind == "photo":
            inspection.add_photo(ana, order.id, item.code, PNG + b"2")
    return order


def test_a_listed_bodys_report_stands_for_our_inspection_and_is_written_off(people, story, undrawn):
    body = listed(people)
    reported(people)
    first = line_of(undrawn(shirts(story)))
    assert (first.mode, first.level, first.state) == ("THIRD-PARTY", "identity", "to_inspect")
    evidence = Evidence.objects.get()
    assert (evidence.mode, evidence.used, evidence.quantity) == ("THIRD-PARTY", 1200, 2000)
    # 800 are left: the second consignment of 1,200 finds too little.
    second = line_of(undrawn(shirts(story)))
    assert second.mode == "ON-THE-SPOT"
    services.delist_body(people.bo.actor, body.id, "It sold its stamp.")
    assert Evidence.objects.get().ended_by == "BODY-NOT-LISTED"
    third = line_of(undrawn(shirts(story, quantity="10")))
    assert third.mode == "ON-THE-SPOT"
    assert Entry.objects.filter(kind="evidence.used").count() == 1


def test_only_the_body_itself_files_within_its_scope_and_eve_finds_nothing(people, story):
    listed(people)
    asked = services.ask_report(people.cy.actor, SHIRTS | {"body": "LAB-1"})
    good = {"verdict": "pass", "tested_on": str(now().date()), "standards": "GB 18401-2010"}
    with pytest.raises(Forbidden):
        services.file_report(people.cy.actor, asked.number, good, PDF)
    bad = {"verdict": "maybe", "tested_on": "2001-01-01", "standards": "GB 9999-2001"}
    with pytest.raises(Invalid) as caught:
        services.file_report(people.di.actor, asked.number, bad, b"no pdf")
    assert {p.field for p in caught.value.problems} == {"verdict", "tested_on", "standards", "file"}
    with pytest.raises(NotFound):
        services.notify_late(people.eve.actor, asked.number, "Slow.", (now() + timedelta(days=9)).isoformat())
    filed = services.file_report(people.di.actor, asked.number, good, PDF)
    assert services.file_report(people.di.actor, asked.number, good, PDF).filed_at == filed.filed_at
    assert Evidence.objects.count() == 1
    with pytest.raises(Forbidden):
        services.delist_body(people.cy.actor, Body.objects.get().id, "No.")
    with pytest.raises(Invalid) as caught:
        services.ask_report(people.eve.actor, {"body": "LAB-1", "quantity": "-1", "gtin": "123"})
    assert {"gtin", "hs_code", "batch", "quantity", "unit"} <= {p.field for p in caught.value.problems}


def test_a_report_from_abroad_that_is_late_suspends_the_importer_at_once(people, story, undrawn):
    listed(people, "overseas")
    services.ask_standing(people.cy.actor, "TESTED-ABROAD", "We keep the chain of every lot and call it back.")
    services.admit(people.bo.actor, people.cy.organisation.code, "TESTED-ABROAD", now().date() + timedelta(days=90))
    due = (now() + timedelta(days=1)).isoformat()
    reported(people, days_ago=25, due_at=due)
    proven = line_of(undrawn(shirts(story)))
    assert proven.mode == "TESTED-ABROAD"
    late = services.ask_report(people.cy.actor, SHIRTS | {"body": "LAB-1", "due_at": due, "batch": "S2610"})
    type(late).objects.filter(number=late.number).update(due_at=now() - timedelta(seconds=1))
    # In the moment of screening, before the clock has come round.
    assert line_of(undrawn(shirts(story, quantity="5"))).mode == "ON-THE-SPOT"
    assert (services.find_late(), services.find_late()) == (1, 0)
    standing = Standing.objects.get(mode="TESTED-ABROAD")
    assert (standing.state, standing.reasons[0]["code"]) == ("suspended", "REPORT-LATE")
    with pytest.raises(Refused):
        services.ask_standing(people.cy.actor, "TESTED-ABROAD", "We are very sorry about this.")


def test_goods_that_are_not_those_that_were_tested_are_held_and_end_the_mode(people, story, undrawn):
    listed(people)
    reported(people)
    line = line_of(undrawn(shirts(story)))
    assert (line.level, line.state) == ("identity", "to_inspect")
    found = concluded(people, line, good=False)
    assert (found.state, found.reasons[0]["code"]) == ("held", "IDENTITY-DIFFERS")
    assert Standing.objects.get(mode="THIRD-PARTY").state == "suspended"
    clearance.decide_held(people.bo.actor, line.declaration, 1, "refuse", "Another batch than was tested.")
    assert Evidence.objects.get().used == 0


def test_an_air_sample_that_passed_releases_its_lot_at_sea_and_a_failure_suspends(people, story, undrawn):
    cy, ana = people.cy.actor, people.ana.actor
    assert people.di.organisation.code == "LAB-1"
    services.ask_standing(cy, "AIR-SAMPLE", "The sample and the bulk are of one batch.")
    services.admit(people.bo.actor, people.cy.organisation.code, "AIR-SAMPLE", now().date() + timedelta(days=90))
    flight = {"origin": "IT", "waybill": "020-12345675", "arrives_on": str(now().date())}
    one = services.declare_air_sample(cy, SHIRTS | flight)
    sealed = {"laboratory": "LAB-1", "quantity": "3", "unit": "C62", "seal_number": "AS1"}
    with pytest.raises(Forbidden):
        services.forward_air_sample(cy, one.number, sealed)
    services.forward_air_sample(ana, one.number, sealed)
    with pytest.raises(Refused):
        services.forward_air_sample(ana, one.number, sealed)
    assert line_of(undrawn(shirts(story, quantity="5"))).mode == "ON-THE-SPOT"
    analysed(people, Sample.objects.get(), good=True)
    line = line_of(undrawn(shirts(story)))
    assert (line.mode, line.level) == ("AIR-SAMPLE", "identity")
    assert concluded(people, line).state == "released"
    other = services.declare_air_sample(cy, SHIRTS | flight | {"batch": "S2610"})
    services.forward_air_sample(ana, other.number, sealed | {"seal_number": "AS2"})
    analysed(people, Sample.objects.get(seal_number="AS2"), good=False)
    assert Standing.objects.get(mode="AIR-SAMPLE").state == "suspended"
    failed = line_of(undrawn(shirts(story, batch="S2610")))
    assert (failed.mode, failed.reasons[0]["code"]) == ("INSPECT-FIRST", "LOT-FAILED-ELSEWHERE")


def analysed(people, sample: Sample, *, good: bool) -> None:
    """Di tests the sample; the followers judge it."""
    from guomen.inspection import packs

    di = people.di.actor
    inspection.receive_sample(di, sample.number)
    rows = []
    for n, test in enumerate(packs.panel_of(sample)):
        within = test.low if test.low is not None else (test.high or Decimal(0))
        value = within if good or n else (test.high or Decimal(1)) * 1000
        rows.append({"analyte": test.analyte, "value": str(value), "unit": test.unit})
    inspection.enter_results(di, sample.number, rows)
    inspection.report(di, sample.number)
    catch_up()


def test_a_lot_that_another_office_inspected_is_not_inspected_again_and_leaves_the_zone_by_write_off(
    people, story, undrawn
):
    cy = people.cy.actor
    line = line_of(undrawn(shirts(story)))
    with pytest.raises(Refused):
        clearance.open_balance(people.bo.actor, line.declaration, 1)
    assert concluded(people, line).state == "released"
    here = line_of(undrawn(shirts(story)))
    assert here.mode != "ACCEPTED-EVERYWHERE"
    there = line_of(undrawn(shirts(story) | {"arrival_port": "CNNGB"}))
    assert (there.mode, there.level) == ("ACCEPTED-EVERYWHERE", "identity")
    with pytest.raises(Forbidden):
        clearance.open_balance(cy, line.declaration, 1)
    balance = clearance.open_balance(people.bo.actor, line.declaration, 1)
    assert clearance.open_balance(people.bo.actor, line.declaration, 1).number == balance.number
    for quantity, left in (("700", 500), ("500", 0)):
        exit_ = line_of(undrawn(shirts(story, quantity=quantity)))
        assert (exit_.mode, exit_.reasons[0]["code"]) == ("INSPECT-FIRST", "PRE-INSPECTED")
        assert Evidence.objects.get(number=balance.number).left == left
    assert line_of(undrawn(shirts(story, quantity="1"))).reasons[0]["code"] != "PRE-INSPECTED"


def test_two_lines_of_one_declaration_cannot_write_off_the_same_rest(people, story, undrawn):
    listed(people)
    reported(people)
    payload = shirts(story)
    lodged = undrawn(payload | {"lines": payload["lines"] * 2})
    modes = list(Line.objects.filter(declaration=lodged.number).order_by("number").values_list("mode", flat=True))
    assert modes == ["THIRD-PARTY", "ON-THE-SPOT"]
    assert Evidence.objects.get().used == 1200
