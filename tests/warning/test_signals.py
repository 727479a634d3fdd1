"""Signals: who may file them, what the ledger keeps of them, and when they add up to an alert."""

import json

import pytest
from django.db import transaction

from guomen.catalogue import codes
from guomen.kit.errors import Forbidden, Invalid
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Cursor, Entry
from guomen.ledger.services import append
from guomen.parties.actors import PUBLIC, SYSTEM
from guomen.warning.followers import file_failure
from guomen.warning.models import Alert, Signal, Told
from guomen.warning.rules import hazard_of
from guomen.warning.services import erase, lift, report
from tests.warning.story import BATCH, GTIN, ITEM, injury

pytestmark = pytest.mark.django_db


def test_it_keeps_what_a_reporter_wrote_out_of_the_ledger():
    signal = injury("r1", text="My son Max bled", contact="fen@example.test", place="Corner Shop, Nanjing Road")
    entry = Entry.objects.get(kind="signal.received")
    written = json.dumps([entry.facts, entry.subjects, entry.actor])
    for secret in ("Max", "fen@", "Nanjing", "r1"):
        assert secret not in written
    assert entry.facts["commitment"] == signal.commitment
    assert Told.objects.get(signal_id=signal.id).text == "My son Max bled"


def test_it_can_erase_the_text_and_the_signal_still_counts(people):
    signal = injury("r1", text="private")
    erase(people.bo.actor, signal.id)
    erase(people.bo.actor, signal.id)
    assert not Told.objects.exists()
    assert Entry.objects.filter(kind="signal.erased").count() == 1
    catch_up()
    assert Alert.objects.get().signal_level == "IV"


def test_only_a_controller_erases(people):
    signal = injury("r1")
    for name in ("ana", "cy", "gao", "eve"):
        with pytest.raises(Forbidden):
            erase(getattr(people, name).actor, signal.id)


def test_the_same_report_sent_twice_is_one_signal():
    assert injury("r1", text="ouch").id == injury("r1", text="ouch").id
    assert injury("r1", text="ouch again").id != injury("r1", text="ouch").id
    assert Entry.objects.filter(kind="signal.received").count() == 2


def test_it_reads_product_and_batch_from_the_item():
    signal = report(PUBLIC, source="complaint", gtin="", item=ITEM, hazard="cuts")
    assert (signal.gtin, signal.batch) == (GTIN, BATCH)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("gtin", "09506000134353"), ("gtin", ""), ("hazard", "boredom"), ("severity", 5), ("source", "gossip")],
)
def test_it_names_the_field_that_is_wrong(field, wrong):
    with pytest.raises(Invalid) as error:
        injury("r1", **{field: wrong})
    assert field in {p.field for p in error.value.problems}
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    ("name", "source"),
    [("eve", "laboratory"), ("cy", "authority"), ("di", "authority"), ("gao", "laboratory"), ("sam", "media")],
)
def test_nobody_speaks_for_others(people, name, source):
    with pytest.raises(Forbidden):
        report(getattr(people, name).actor, source=source, gtin=GTIN, hazard="cuts")


def test_the_public_cannot_speak_for_an_authority():
    with pytest.raises(Forbidden):
        report(PUBLIC, source="authority", gtin=GTIN, hazard="cuts")


def test_a_single_complaint_is_no_alert_and_two_people_are():
    injury("r1", source="complaint")
    catch_up()
    assert not Alert.objects.exists()
    injury("r2", source="complaint")
    catch_up()
    alert = Alert.objects.get()
    assert (alert.level, alert.state, alert.batches) == ("IV", "open", [BATCH])
    assert Signal.objects.filter(alert=alert.number).count() == 2


def test_one_person_who_repeats_raises_nothing():
    for n in range(5):
        injury("r1", source="complaint", text=f"again {n}")
    catch_up()
    assert not Alert.objects.exists()


def test_more_reports_raise_the_same_alert():
    for n in range(5):
        injury(f"r{n}")
        catch_up()
    alert = Alert.objects.get()
    assert alert.level == "I"
    kinds = [e.kind for e in Entry.objects.filter(kind__startswith="alert.").order_by("id")]
    assert kinds == ["alert.opened", "alert.raised", "alert.raised", "alert.raised"]


def test_people_who_cannot_name_the_danger_are_heard_too():
    for reporter in ("r1", "r2"):
        injury(reporter, hazard="other", text="My child became ill")
    catch_up()
    assert Alert.objects.get().hazard == "other"


def test_another_hazard_or_product_is_another_alert():
    injury("r1")
    injury("r2", hazard="burns")
    injury("r3", gtin="09506000134369")
    catch_up()
    assert Alert.objects.count() == 3


def test_reading_the_ledger_again_opens_nothing_twice():
    injury("r1")
    catch_up()
    Cursor.objects.filter(name="warning.weigh").update(position=0)
    catch_up()
    assert Alert.objects.count() == 1
    assert Entry.objects.filter(kind="alert.opened").count() == 1


def test_signals_of_a_lifted_alert_do_not_count_again(people):
    injury("r1")
    catch_up()
    lift(people.bo.actor, Alert.objects.get().number)
    injury("r2", source="complaint")
    catch_up()
    assert Alert.objects.count() == 1


def test_a_failed_sample_of_an_unknown_line_is_left_alone():
    with transaction.atomic():
        id = append("sample.reported", ["urn:guomen:line:1/1"], {"verdict": "fail", "failed": ["lead"]}, SYSTEM)
    file_failure(Entry.objects.get(id=id))
    assert not Signal.objects.exists()


@pytest.mark.parametrize(
    ("reasons", "hazard"),
    [
        (["formaldehyde"], "chemical"),
        (["ph"], "chemical"),
        (["cronobacter", "lead"], "microbiological"),
        (["GUARD-MISSING"], "injuries"),
        (["SHARPS-FOUND"], "cuts"),
        (["LABEL-INCOMPLETE"], "mislabelling"),
        (["SOMETHING-NEW"], "other"),
        ([], "other"),
    ],
)
def test_it_reads_the_hazard_from_what_failed(reasons, hazard):
    assert hazard_of(reasons) == hazard
    assert hazard in codes.table("hazard")
