"""What Fen reports: injuries and problems, without an account."""

import io
import json
import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from guomen.demo.stage import photo as picture
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden
from guomen.kit.pictures import without_metadata
from guomen.tags.models import Tally
from guomen.warning.models import Signal, Told
from guomen.warning.services import erase
from tests.faces.story import words

pytestmark = pytest.mark.django_db
PNG = picture(1)


def key(seconds: float = 60, n: int = 1) -> str:
    """The key of a form that was opened so many seconds ago."""
    moment = int((now().timestamp() - seconds) * 1000)
    return str(UUID(int=moment << 80 | 7 << 76 | 2 << 62 | n))


KEY = key()


def report(client, goods, kind="injury", **fields):
    sent = {"text": "A rash on the neck", "hazard": "chemical", "severity": "2", "once": KEY} | fields
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
    assert blobs.get(told.photo) == without_metadata(PNG)
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
    ("content", "sentence"),
    [
        (b"MZ program", "JPEG, PNG or WebP"),
        (PNG[:-9], "Send a whole JPEG"),
        (PNG + bytes(8 << 20), "at most 8 MB"),
    ],
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
    answers = [report(door(), shirts, text=f"Report {n}", once=key(n=n)) for n in range(5)]
    assert [a.status_code for a in answers] == [302, 302, 302, 429, 429]
    assert Signal.objects.count() == 3
    assert Tally.objects.get().count == 5


def test_reports_about_nothing_are_not_found(people, door):
    assert door().get("/report/injury/01/08001234567890").status_code == 404
    assert door().get("/report/gossip/01/08001234567897").status_code == 404


@pytest.mark.parametrize("once", [1, -3600, 3 * 86_400, "k1", "", str(UUID(int=0)), "x" * 300])
def test_a_form_that_no_hand_can_have_filled_is_asked_for_again_and_nothing_is_lost(door, shirts, once):
    page = report(door(), shirts, once=once if isinstance(once, str) else key(once))
    assert page.status_code == 422
    assert "send it again" in words(page)
    assert "A rash on the neck" in words(page)
    assert Signal.objects.count() == 0
    again = re.search(r'name="once" value="([^"]+)"', page.content.decode()).group(1)
    assert UUID(again).version == 7


def test_a_photo_says_nothing_about_who_took_it_where(door, shirts):
    image, out = Image.new("RGB", (8, 8), "red"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Fen's phone"
    image.save(out, "JPEG", exif=exif)
    report(door(), shirts, photo=SimpleUploadedFile("IMG_0001.jpg", out.getvalue()))
    kept = blobs.get(Told.objects.get().photo)
    assert b"Fen" in out.getvalue()
    assert b"Fen" not in kept
    assert Image.open(io.BytesIO(kept)).size == (8, 8)


@pytest.mark.django_db(transaction=True)
def test_erasing_a_report_erases_its_photo_unless_another_report_has_it(people, door, shirts):
    for n in range(2):
        report(door(), shirts, text=f"Report {n}", once=key(n=n), photo=SimpleUploadedFile("a.png", PNG))
    digest = Told.objects.first().photo
    first, second = Signal.objects.all()
    with pytest.raises(Forbidden):
        erase(people.ana.actor, first.id)
    erase(people.bo.actor, first.id)
    assert blobs.get(digest)
    erase(people.bo.actor, second.id)
    with pytest.raises(FileNotFoundError):
        blobs.get(digest)
    assert (Told.objects.count(), Signal.objects.count()) == (0, 2)


def test_controllers_alone_see_the_photo_of_a_report(people, door, shirts):
    report(door(), shirts, photo=SimpleUploadedFile("a.png", PNG))
    path = f"/desk/warnings/photos/{Signal.objects.get().id}"
    for who, status in (("", 302), ("eve", 403), ("cy", 403), ("ana", 403), ("bo", 200)):
        assert door(who).get(path, headers={"Accept": "text/html"}).status_code == status, who
    answer = door("bo").get(path)
    assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert door("bo").get("/desk/warnings/photos/00000000-0000-4000-8000-000000000000").status_code == 404
