"""Orders, answers, photos, samples drawn, conclusions and holds."""

import hashlib
import threading
import uuid

import pytest
from django.db import connections, transaction

from guomen.inspection import queries, services
from guomen.inspection.models import Answer, Order, Photo, Sample
from guomen.kit import blobs
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.models import Entry
from guomen.parties.services import add_person
from tests.inspection.goods import DECLARATION, PNG, order, sampled


def kinds() -> list[str]:
    return list(
        Entry.objects.filter(kind__regex="^(inspection|sample)")
        .order_by("recorded_at", "id")
        .values_list("kind", flat=True)
    )


def colleague(people):
    """Another inspector of Ana's authority."""
    from guomen.parties import actors

    person = add_person(people.ana.organisation, "ada@example.test", "Ada", "long-enough-password", ["inspector"])
    return actors.of_person(person)


def everything(people, made: Order, **wrong) -> None:
    """Answer the whole of the used press's checklist."""
    ana = people.ana.actor
    for item in ("IDENTITY", "PSI", "WASTE", "GUARDS", "LEAK"):
        services.answer(
            ana, made.id, item, wrong.get(item, "conforms"), note="oil below the feeder" if item in wrong else ""
        )
        if item in wrong:
            services.add_photo(ana, made.id, item, PNG + item.encode())
    services.answer(ana, made.id, "DOSE", "", "0.20", "μSv/h", background="0.10")
    services.add_photo(ana, made.id, "PHOTO", PNG)


def test_asking_twice_for_the_same_cause_is_one_order(people):
    first, second = order(), order()
    assert first.id == second.id
    assert kinds() == ["inspection.ordered"]
    other = order(reasons=[{"code": "ANALYTE-OUT-OF-LIMITS", "values": {}}])
    assert other.id != first.id
    assert other.number != first.number
    assert queries.order_for(first.subject) == other


def test_taking_is_written_once_and_a_colleague_may_take_over(people):
    made = order(by=people.ana.actor)
    services.take(people.ana.actor, made.id)
    ada = colleague(people)
    with pytest.raises(Refused) as caught:
        services.answer(ada, made.id, "SEAL", "conforms")
    assert caught.value.code == "taken-by-colleague"
    services.take(ada, made.id)
    services.answer(ada, made.id, "SEAL", "conforms")
    assert kinds() == ["inspection.ordered", "inspection.taken", "inspection.taken", "inspection.answered"]
    taken = Entry.objects.filter(kind="inspection.taken").order_by("recorded_at").last()
    assert taken.facts["from"] == str(people.ana.person.id)


@pytest.mark.parametrize("who", ["cy", "di", "bo", "amy", "gao", "eve", "kai"])
def test_only_inspectors_of_the_authority_write(people, who):
    made, actor = order(by=people.ana.actor), getattr(people, who).actor
    for attempt in (
        lambda: services.take(actor, made.id),
        lambda: services.answer(actor, made.id, "SEAL", "conforms"),
        lambda: services.add_photo(actor, made.id, "SEAL", PNG),
        lambda: services.conclude(actor, made.id),
        lambda: services.hold(actor, made.id, "HOLD-SEAL"),
        lambda: services.accompany(actor, made.id, ""),
        lambda: services.draw_sample(actor, made.id, laboratory_code="L", quantity="1", unit="C62", seal_number="1"),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert kinds() == ["inspection.ordered", "inspection.taken"]


def test_answers_before_the_task_is_taken_are_refused(people):
    with pytest.raises(Refused) as caught:
        services.answer(people.ana.actor, order().id, "SEAL", "conforms")
    assert caught.value.code == "not-taken"
    with pytest.raises(NotFound):
        services.take(people.ana.actor, uuid.uuid4())


def test_the_same_answer_again_changes_nothing_and_a_correction_keeps_both_in_the_ledger(people):
    made, ana = order(by=people.ana.actor), people.ana.actor
    services.answer(ana, made.id, "SEAL", "conforms")
    services.answer(ana, made.id, "SEAL", "conforms")
    services.answer(ana, made.id, "SEAL", "does-not", note="Mr Li says the seal was cut")
    entries = Entry.objects.filter(kind="inspection.answered").order_by("recorded_at")
    assert [e.facts["choice"] for e in entries] == ["conforms", "does-not"]
    assert "Mr Li" not in str(entries[1].facts)
    stored = Answer.objects.get(order_id=made.id, item="SEAL")
    commitment = hashlib.sha256(f"{stored.note_salt}{stored.note}".encode()).hexdigest()
    assert entries[1].facts["note"] == commitment


def test_a_measurement_is_judged_and_kept_as_read_with_its_background(people):
    made = order("press", people.ana.actor)
    judged = services.answer(people.ana.actor, made.id, "DOSE", "", "0.42", "μSv/h", background="0.12")
    assert judged.verdict == "within"
    stored = Answer.objects.get(order_id=made.id, item="DOSE")
    assert (str(stored.value), stored.unit, str(stored.background)) == ("0.420000000", "μSv/h", "0.120000000")
    assert stored.judged == judged.value
    facts = Entry.objects.get(kind="inspection.answered").facts
    assert facts["judged"] == "0.2500"
    assert facts["limit"]["high"] == "0.25"


@pytest.mark.parametrize(
    ("value", "unit", "background", "code"),
    [
        ("0.3", "mGy/h", "0.1", "wrong-unit"),
        ("0.3", "", "0.1", "wrong-unit"),
        ("0.3", "μSv/h", None, "no-background"),
        ("much", "μSv/h", "0.1", "not-a-number"),
        ("", "μSv/h", "0.1", "missing"),
    ],
)
def test_a_measurement_that_cannot_be_judged_is_named_and_not_kept(people, value, unit, background, code):
    made = order("press", people.ana.actor)
    with pytest.raises(Invalid) as caught:
        services.answer(people.ana.actor, made.id, "DOSE", "", value, unit, background=background)
    assert caught.value.problems[0].code == code
    assert not Answer.objects.exists()


def test_a_photo_is_in_the_ledger_from_the_moment_it_is_taken(people):
    made = order(by=people.ana.actor)
    digest = services.add_photo(people.ana.actor, made.id, "LABEL", PNG)
    services.add_photo(people.ana.actor, made.id, "LABEL", PNG)
    assert blobs.get(digest) == PNG
    assert Entry.objects.get(kind="inspection.photographed").facts["sha256"] == digest
    services.answer(people.ana.actor, made.id, "LABEL", "conforms")
    assert Entry.objects.get(kind="inspection.answered").facts["photos"] == [digest]


def test_one_photo_may_show_two_items(people):
    made = order(by=people.ana.actor)
    for item in ("LABEL", "SEAL"):
        services.add_photo(people.ana.actor, made.id, item, PNG)
    assert set(queries.photos(made)) == {"LABEL", "SEAL"}


def test_a_file_that_is_not_a_photo_or_too_large_is_refused(people):
    made = order(by=people.ana.actor)
    for content, code in ((b"<html>", "not-an-image"), (PNG + bytes(8 * 1024 * 1024), "photo-too-large")):
        with pytest.raises(Invalid) as caught:
            services.add_photo(people.ana.actor, made.id, "LABEL", content)
        assert caught.value.problems[0].code == code
    assert not Photo.objects.exists()


def test_an_order_has_one_sample(people):
    first = sampled(people)
    again = sampled(people)
    assert first.number == again.number
    assert first.seal_number == "LS 0091"
    with pytest.raises(Refused) as caught:
        services.draw_sample(
            people.ana.actor,
            first.order_id,
            laboratory_code=people.di.organisation.code,
            quantity="1",
            unit="C62",
            seal_number="other",
        )
    assert caught.value.code == "already-drawn"
    assert kinds().count("sample.drawn") == 1


def test_every_wrong_field_of_a_sample_is_named(people):
    made = order(by=people.ana.actor)
    with pytest.raises(Invalid) as caught:
        services.draw_sample(people.ana.actor, made.id, laboratory_code="?", quantity="-1", unit="", seal_number=" ")
    assert {p.field for p in caught.value.problems} == {"laboratory", "quantity", "unit", "seal_number"}
    assert not Sample.objects.exists()


def test_an_incomplete_inspection_names_what_is_missing_and_stays_open(people):
    made = order("press", people.ana.actor)
    conclusion = services.conclude(people.ana.actor, made.id)
    assert conclusion.state == "incomplete"
    assert len(conclusion.missing) == 7
    assert "inspection.concluded" not in kinds()
    made.refresh_from_db()
    assert made.state == "taken"


def test_everything_conforms_and_the_conclusion_says_by_which_rules(people):
    made = order("press", people.ana.actor)
    everything(people, made)
    assert services.conclude(people.ana.actor, made.id).state == "pass"
    assert services.conclude(people.ana.actor, made.id).state == "pass"
    [entry] = Entry.objects.filter(kind="inspection.concluded")
    assert entry.facts["reasons"] == ["CHECKS-CONFORM"]
    assert entry.facts["rule_pack"]
    assert entry.facts["answers"]["DOSE"]["judged"] == "0.083300000"
    assert entry.actor["person"] == str(people.ana.person.id)
    rows = queries.on_site_checks_of(made.subject)
    assert [str(r["found"]) for r in rows if r["test"].en.startswith("Dose")] == ["0.0833 µGy/h"]


def test_a_failed_check_fails_the_goods_with_its_own_reason(people):
    made = order("press", people.ana.actor)
    everything(people, made, LEAK="does-not")
    conclusion = services.conclude(people.ana.actor, made.id)
    assert (conclusion.state, conclusion.reasons) == ("fail", ["LEAK-OR-SOIL-FOUND"])


def test_nothing_can_be_recorded_after_the_conclusion(people):
    made, ana = order("press", people.ana.actor), people.ana.actor
    everything(people, made)
    services.conclude(ana, made.id)
    before = kinds()
    for attempt in (
        lambda: services.answer(ana, made.id, "LEAK", "does-not"),
        lambda: services.add_photo(ana, made.id, "LEAK", PNG + b"2"),
        lambda: services.hold(ana, made.id, "HOLD-SEAL"),
        lambda: services.take(ana, made.id),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "inspection-ended"
    assert kinds() == before


def test_a_hold_needs_a_reason_and_ends_the_inspection(people):
    made = order(by=people.ana.actor)
    for reason in ("", "BAD-MOOD", "HOLD-OTHER"):
        with pytest.raises(Invalid):
            services.hold(people.ana.actor, made.id, reason)
    services.hold(people.ana.actor, made.id, "HOLD-SEAL", "number ends in 7")
    services.hold(people.ana.actor, made.id, "HOLD-SEAL", "number ends in 7")
    assert kinds().count("inspection.held") == 1
    assert queries.counts()["held"] == 1
    assert queries.tasks(people.ana.actor) == []


def test_the_second_officer_is_another_inspector(people):
    made, ada = order(by=people.ana.actor), colleague(people)
    for address in ("ana@example.test", "cy@example.test", "nobody@example.test"):
        with pytest.raises(Invalid):
            services.accompany(people.ana.actor, made.id, address)
    services.accompany(people.ana.actor, made.id, "Ada@example.test")
    assert Order.objects.get(id=made.id).second_officer_id == ada.person_id
    services.accompany(people.ana.actor, made.id, "")
    assert Order.objects.get(id=made.id).second_officer_id is None


def test_own_tasks_come_first_and_counts_tell_what_waits(people):
    order("shirts")
    mine = order("press", people.ana.actor)
    assert queries.tasks(people.ana.actor)[0] == mine
    numbers = queries.counts()
    assert (numbers["waiting"], numbers["taken"], numbers["overdue"]) == (1, 1, 2)
    for who in ("cy", "di", "eve", "gao"):
        with pytest.raises(Forbidden):
            queries.tasks(getattr(people, who).actor)
        with pytest.raises(Forbidden):
            queries.order(getattr(people, who).actor, mine.id)
    assert queries.order(people.bo.actor, mine.id).declaration == DECLARATION


@pytest.mark.django_db(transaction=True)
def test_two_who_order_the_same_inspection_at_the_same_moment_get_one_order(people):
    made, other = [], threading.Thread(target=lambda: (made.append(order()), connections.close_all()))
    with transaction.atomic():
        first = order()
        other.start()
        other.join(0.3)
        assert made == [], "the second waits until the first is certain"
    other.join()
    assert [o.id for o in made] == [first.id]
    assert (made[0].number, Order.objects.count(), kinds()) == (first.number, 1, ["inspection.ordered"])
