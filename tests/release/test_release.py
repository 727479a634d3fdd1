"""Instructions and receipts, parts of a lot, releases before all checks, and the driver's slip."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guomen.certificates import signing_keys
from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.clearance.rules.waiving import skip
from guomen.core import gateslip, webhook
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.keys import signer
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Entry
from guomen.release import queries, sending, services
from guomen.release.models import Debt, Instruction, Receiver, Sending
from guomen.trace.delivery import Deliverer
from tests.adoption.test_adoption import answered, concluded
from tests.clearance.conftest import example
from tests.people import make
from tests.trace.subscribers import work

pytestmark = pytest.mark.django_db
SECRET = "sixteen characters or more"


def test_what_nobody_may_put_off_is_named_and_the_rest_becomes_a_debt():
    found = skip(
        ["DOCUMENTS", "RADIATION-PORTAL", "QUARANTINE", "INSPECTION", "LABORATORY"], inspected=False, tested=False
    )
    assert (found.skipped, found.forbidden) == (("INSPECTION", "LABORATORY"), ("QUARANTINE",))
    assert skip(["QUARANTINE", "INSPECTION", "LABORATORY"], inspected=True, tested=False).skipped == ("LABORATORY",)
    assert skip(["INSPECTION"], inspected=True, tested=True) == skip([], inspected=False, tested=False)


def receiver_of(people, dest: str) -> Receiver:
    sent = {
        "organisation": people.kai.organisation.code,
        "kind": "port",
        "dest": dest,
        "secret": SECRET,
        "ports": "CNYSA",
    }
    return services.add_receiver(people.bo.actor, sent)


def test_many_entries_are_answered_with_as_few_questions_as_one(people, shirts):
    """Two declarations of three lines each; the same entries in any order, twice, or of lines that are not there."""
    receiver_of(people, "https://port.example/in")
    clearance.lodge_many(people.cy.actor, [example(), example()])
    entries = list(Entry.objects.filter(kind__in=("line.screened", "line.released", "line.held", "line.selected")))
    gone = Entry(id=uuid7(), kind="line.released", facts={"state": "released"}, subjects=[Subject.line("2" * 18, 1)])
    with CaptureQueriesContext(connection) as for_one:
        first = services.instruct([*entries[:1], gone])
    with CaptureQueriesContext(connection) as for_all:
        made = first + services.instruct([*entries, *reversed(entries), gone])
    # Its own savepoint aside, appending to the ledger asks for each batch and not for each entry.
    assert len(for_all) <= len(for_one) + 2
    assert len(made) == len({i.entry for i in made}) == Instruction.objects.count() == Sending.objects.count()
    assert {i.code for i in made} >= {"INSPECT"}
    assert Entry.objects.filter(kind="instruction.issued").count() == len(made)
    assert services.instruct(entries) == []


def test_each_decision_becomes_one_instruction_and_another_port_hears_nothing(people, shirts):
    kai = receiver_of(people, "https://port.example/in")
    Receiver.objects.create(organisation=people.gao.organisation, kind="customs", ports=["CNSHA"], dest="", sealed=b"")
    catch_up()
    concluded(people, shirts)
    catch_up()
    codes = list(Instruction.objects.order_by("sequence").values_list("code", flat=True))
    assert codes == ["INSPECT", "RELEASE"]
    assert set(Sending.objects.values_list("receiver_id", flat=True)) == {kai.id}
    entry = Entry.objects.get(kind="line.released")
    assert services.instruct([entry]) == []
    assert Instruction.objects.count() == len(codes)
    sent = queries.instructions(people.kai.actor)
    assert sent[0].instruction.code == "RELEASE"
    with pytest.raises(Forbidden):
        queries.instructions(people.cy.actor)
    number = sent[0].instruction.number
    with pytest.raises(NotFound):
        services.report_done(people.gao.actor, number, "done")
    with pytest.raises(Invalid):
        services.report_done(people.kai.actor, number, "refused")
    assert services.report_done(people.kai.actor, number, "done").done == "done"
    services.report_done(people.kai.actor, number, "done")
    with pytest.raises(Refused):
        services.report_done(people.kai.actor, number, "refused", "The crane broke.")
    assert Entry.objects.filter(kind="instruction.done").count() == 1


def test_a_receiver_is_named_by_officers_alone_and_every_field_that_is_wrong(people):
    with pytest.raises(Forbidden):
        services.add_receiver(people.kai.actor, {})
    with pytest.raises(Invalid) as caught:
        services.add_receiver(people.bo.actor, {"dest": "http://127.0.0.1/", "secret": "short", "ports": "X"})
    assert {p.field for p in caught.value.problems} == {"organisation", "kind", "dest", "secret", "ports"}


def test_a_part_that_does_not_conform_stops_the_line_and_calls_the_others_back(people, bulk):
    ana, bo, at = people.ana.actor, people.bo.actor, (bulk.declaration, 1)
    assert (bulk.mode, bulk.state) == ("WHILE-UNLOADING", "to_inspect")
    services.start_unloading(ana, *at, "Store 9")
    for quantity in ("400", "300"):
        services.unload_part(ana, *at, quantity, "Barge 1")
    with pytest.raises(Invalid):
        services.unload_part(ana, *at, "301", "Barge 2")
    with pytest.raises(Forbidden):
        services.examine_part(people.cy.actor, *at, 1, "pass")
    services.examine_part(ana, *at, 1, "pass")
    services.examine_part(ana, *at, 2, "fail", "Live weevils.")
    found = queries.unloading(bo, *at)
    assert (found.unloading.state, [p.state for p in found.parts]) == ("stopped", ["recalled", "found"])
    assert Line.objects.get(declaration=bulk.declaration).state == "held"
    with pytest.raises(Refused):
        services.unload_part(ana, *at, "100", "Barge 2")
    with pytest.raises(Refused):
        services.resume_unloading(bo, *at, "Fumigated.")
    services.settle_part(bo, *at, 1, "TREAT", "Methyl bromide, 24 h.")
    services.settle_part(bo, *at, 2, "RETURN", "On the next ship.")
    services.resume_unloading(bo, *at, "Fumigated.")
    services.examine_part(ana, *at, 1, "pass")
    with pytest.raises(Refused):
        services.finish_unloading(ana, *at)
    services.unload_part(ana, *at, "300", "Barge 2")
    services.examine_part(ana, *at, 3, "pass")
    with pytest.raises((Invalid, Refused)):
        services.finish_unloading(ana, *at)
    answered(people, Line.objects.get(declaration=bulk.declaration))
    assert services.finish_unloading(ana, *at).state == "released"
    assert list(Debt.objects.order_by("number").values_list("duty", "outcome")) == [
        ("CALL-BACK", "pass"),
        ("RECALL-READY", ""),
    ]
    catch_up()
    told = list(Instruction.objects.filter(declaration=bulk.declaration, part=2).order_by("sequence"))
    assert [i.code for i in told] == ["HOLD", "RETURN"]


@pytest.fixture
def ben():
    """Bo's colleague in the control room."""
    from tests import people as named

    named.WHO.setdefault("ben", (*named.WHO["bo"][:5], ["controller"]))
    return make("ben").actor


OVERRIDE = {"reason": "The hospital needs them today.", "days": "14", "destination": "Hospital, Pudong"}
GUARANTEE = {"guarantor": "Bank of Ports", "guarantee": "G-1", "amount": "12500.00", "currency": "EUR"}


def test_two_officers_release_before_the_checks_and_leave_debts_that_take_it_back_when_they_fail(people, shirts, ben):
    bo, at = people.bo.actor, (shirts.declaration, 1)
    until = str(now().date() + timedelta(days=30))
    with pytest.raises(Invalid) as caught:
        services.propose_override(bo, *at, {"reason": "x", "days": "99", "amount": "-1"})
    assert {p.field for p in caught.value.problems} >= {"reason", "days", "destination", "guarantor", "amount"}
    services.propose_override(bo, *at, OVERRIDE | GUARANTEE | {"guaranteed_until": until})
    with pytest.raises(Refused) as refused:
        services.approve_override(bo, *at)
    assert refused.value.code == "same-person"
    line = services.approve_override(ben, *at)
    assert (line.state, line.reasons[0]["code"]) == ("released", "RELEASED-ON-CONDITIONS")
    owed = list(Debt.objects.order_by("number"))
    assert [d.duty for d in owed] == ["INSPECTION", "DESTINATION-CHECK", "RECALL-READY"]
    assert queries.debt_numbers(bo) == {"owed": 3, "overdue": 0}
    assert OVERRIDE["reason"] not in json.dumps([e.facts for e in Entry.objects.all()])
    services.pay_debt(people.ana.actor, *at, 1, "pass", "Looked at on the truck.")
    with pytest.raises(NotFound):
        services.pay_debt(people.cy.actor, *at, 2, "pass", "Fine.")
    services.pay_debt(people.ana.actor, *at, 2, "fail", "Wrong labels at the destination.")
    assert Line.objects.get(declaration=shirts.declaration).state == "to_inspect"
    assert queries.debt_numbers(bo)["owed"] == 1


def test_goods_that_must_be_inspected_first_and_quarantine_are_released_by_nobody(people, story):
    lodged = clearance.lodge(people.cy.actor, story | {"lines": story["lines"][1:2]})
    with pytest.raises(Refused) as caught:
        services.propose_override(people.bo.actor, lodged.number, 1, OVERRIDE)
    assert {"QUARANTINE", "INSPECT-FIRST"} <= set(caught.value.values["reasons"])


def test_a_slip_is_checked_without_a_network_and_the_gate_sees_what_changed_since(people, shirts):
    box = "MSKU1234565"
    with pytest.raises(NotFound):
        services.issue_slip(people.eve.actor, shirts.declaration, box)
    early = services.issue_slip(people.cy.actor, shirts.declaration, box)
    concluded(people, shirts)
    catch_up()
    text = services.issue_slip(people.cy.actor, shirts.declaration, box)
    slip = gateslip.read(text, [signing_keys.signing().public_key()])
    assert (slip.container, slip.releases_all) == (box, True)
    with pytest.raises(gateslip.SlipError):
        gateslip.read(text, [signer("another").public_key()])
    changed = text[:-2] + ("0" if text[-2] != "0" else "1") + text[-1]
    ana = people.ana.actor
    assert services.read_slip(ana, text, "msku 123456-5", "Gate 3").good
    assert services.read_slip(ana, early, box, "3").reasons == ("SLIP-SUPERSEDED",)
    assert services.read_slip(ana, text, "MSKU0000000", "3").reasons == ("SLIP-OTHER-CONTAINER",)
    assert services.read_slip(ana, changed, box, "3").reasons == ("SLIP-UNREADABLE",)
    with pytest.raises(Forbidden):
        services.read_slip(people.cy.actor, text, box, "3")


def test_instructions_come_signed_again_until_they_are_received_with_the_receivers_receipt(
    people, shirts, receiver, loopback
):
    one = receiver_of(people, receiver.url)
    deliverer = Deliverer(seconds=5, source=sending, lock=sending.LOCK)
    receiver.answers = [503, (200, {}, b'{"receipt": "PORT-7"}')]
    try:
        work(deliverer)
        Receiver.objects.update(next_try_at=now())
        work(deliverer)
    finally:
        deliverer.stop()
    first, second = receiver.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    webhook.verify(SECRET, second.headers[webhook.HEADER], second.body, now())
    assert [i["code"] for i in json.loads(second.body)["instructions"]] == ["INSPECT"]
    row = Sending.objects.get()
    assert (row.receipt, row.received_at is not None) == ("PORT-7", True)
    assert sending.ready(now(), []) == []
    assert Entry.objects.filter(kind="instruction.received").count() == 1
    assert Receiver.objects.get(id=one.id).failures == 0
