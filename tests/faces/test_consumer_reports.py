"""What Fen reports: injuries and problems, without an account."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.kit import blobs
from guomen.tags.models import Tally
from guomen.warning.models import Signal, Told
from tests.faces.story import words
from tests.inspection.goods import PNG

pytestmark = pytest.mark.django_db


def report(client, goods, kind="injury", **fields):
    sent = {"text": "A rash on the neck", "hazard": "chemical", "severity": "2", "once": "k1"} | fields
    return client.post(f"/report/{kind}{goods.path()}", sent)


def test_a_report_becomes_a_signal_and_gets_a_number(people, door, shirts):
    page = door().get(f"/report/injury{shirts.path()}")
    assert page.status_code == 200
    assert not page.cookies
    photo = SimpleUploadedFile("a.png", PNG, "image/png")
    answer = report(door(), shirts, photo=photo, contact="fen@example.test", when="2026-11-01")
    assert answer.status_code == 302
    assert not answer.cookies
    signal, told = Signal.objects.get(), Told.objects.get()
    assert (signal.source, signal.severity, signal.batch) == ("injury", 2, shirts.range.batch)
    assert (told.contact, told.text) == ("fen@example.test", "2026-11-01: A rash on the neck")
    assert blobs.get(told.photo) == PNG
    thanks = words(door().get(answer.headers["Location"]))
    assert signal.id.hex[-4:].upper() in thanks
    assert "See a doctor" in thanks


def test_what_a_reporter_wrote_is_not_in_the_ledger(door, shirts):
    from guomen.ledger.models import Entry

    report(door(), shirts, contact="fen@example.test")
    entry = Entry.objects.get(kind="signal.received")
    written = json.dumps([entry.facts, entry.actor, entry.subjects])
    assert "fen@" not in written
    assert "rash" not in written


def test_the_same_form_sent_twice_is_one_report(door, shirts):
    places = {report(door(), shirts).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Signal.objects.count() == 1


def test_a_problem_is_a_complaint(door, shirts):
    assert report(door(), shirts, kind="problem", severity="").status_code == 302
    assert Signal.objects.get().source == "complaint"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": " "}, "Tell us what happened."),
        ({"text": "x" * 4001}, "Use at most 4000 characters."),
        ({"hazard": "dragons"}, "Choose what the danger is."),
        ({"severity": ""}, "Choose how bad it was."),
        ({"when": "2099-01-01"}, "Give a date that is not in the future."),
        ({"when": "soon"}, "Give a date that is not in the future."),
    ],
)
def test_each_wrong_field_is_named_and_nothing_is_lost(door, shirts, fields, sentence):
    page = report(door(), shirts, **fields)
    assert page.status_code == 422
    assert sentence in words(page)
    if "text" not in fields:
        assert "A rash on the neck" in words(page)
    assert Signal.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"MZ program", "JPEG, PNG or WebP"), (PNG + bytes(8 << 20), "at most 8 MB")]
)
def test_a_file_that_is_no_small_photo_is_refused(door, shirts, content, sentence):
    page = report(door(), shirts, photo=SimpleUploadedFile("a.png", content))
    assert page.status_code == 422
    assert sentence in words(page)


def test_machines_that_fill_the_hidden_field_change_nothing(door, shirts):
    assert report(door(), shirts, website="https://spam.example").status_code == 302
    assert Signal.objects.count() == 0


def test_one_connection_cannot_flood_the_reports(door, shirts, monkeypatch):
    from guomen.faces.consumer import reports

    monkeypatch.setattr(reports, "MOST_A_DAY", 3)
    answers = [report(door(), shirts, text=f"Report {n}", once=f"k{n}") for n in range(5)]
    assert [a.status_code for a in answers] == [302, 302, 302, 429, 429]
    assert Signal.objects.count() == 3
    assert Tally.objects.get().count == 5


def test_reports_about_nothing_are_not_found(people, door):
    assert door().get("/report/injury/01/08001234567890").status_code == 404
    assert door().get("/report/gossip/01/08001234567897").status_code == 404
