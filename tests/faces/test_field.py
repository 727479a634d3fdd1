"""The inspector's pages: who may, what is refused, what a repeat changes, and a whole inspection with plain forms."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.inspection import services
from guomen.inspection.models import Answer, Order, Photo, Sample
from guomen.ledger.models import Entry
from guomen.parties.services import add_person
from guomen.seals.queries import journey
from guomen.seals.services import arm
from tests.clearance.conftest import example
from tests.inspection.goods import PNG, order

pytestmark = pytest.mark.django_db

PRESS = ("IDENTITY", "PSI", "WASTE", "GUARDS", "LEAK")


@pytest.fixture
def story(people) -> dict[int, Order]:
    """The orders of the story's three lines, by line number."""
    people.di  # noqa: B018
    lodged = clearance.lodge(people.cy.actor, example())
    return {o.line: o for o in Order.objects.filter(declaration=lodged.number)}


def send(client: Client, made: Order, what: str, **fields):
    return client.post(f"/field/{made.id}/{what}", fields)


def answer(client: Client, made: Order, item: str, **fields):
    return send(client, made, "answer", item=item, once=str(uuid.uuid4()), **fields)


def picture(content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.png", content, "image/png")


def inspect_press(client: Client, made: Order) -> None:
    send(client, made, "take")
    for item in PRESS:
        answer(client, made, item, choice="conforms")
    answer(client, made, "DOSE", value="0.20", background="0.10", unit="μSv/h")
    send(client, made, "photo", item="PHOTO", photo=picture())


def ada(people) -> Client:
    """Another inspector of Ana's authority."""
    person = add_person(people.ana.organisation, "ada@example.test", "Ada", "long-enough-password", ["inspector"])
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


WRITES = ("take", "answer", "photo", "sample", "second", "hold", "release")


@pytest.mark.parametrize("who", ["cy", "cal", "di", "kai", "gao", "eve"])
def test_only_the_authority_sees_tasks(people, door, who):
    made = order(by=people.ana.actor)
    digest = services.add_photo(people.ana.actor, made.id, "PHOTO", PNG)
    client = door(who)
    for path in ("", made.id, f"{made.id}/hold", f"{made.id}/receipt", f"{made.id}/photos/{digest}"):
        assert client.get(f"/field/{path}").status_code == 403
    before = Entry.objects.count()
    for what in WRITES:
        assert send(client, made, what, item="SEAL", choice="conforms", photo=picture()).status_code == 403
    assert Entry.objects.count() == before


def test_nobody_is_asked_to_sign_in(people, door):
    made, client = order(by=people.ana.actor), door()
    for path in ("", made.id, f"{made.id}/hold", f"{made.id}/receipt", f"{made.id}/photos/{'0' * 64}"):
        assert client.get(f"/field/{path}").status_code == 401
    for what in WRITES:
        assert send(client, made, what, item="SEAL").status_code == 401


def test_the_control_room_reads_but_does_not_write(people, door):
    made, client = order(by=people.ana.actor), door("bo")
    page = client.get(f"/field/{made.id}")
    assert page.status_code == 200
    assert b"/answer" not in page.content
    for what in WRITES:
        assert send(client, made, what, item="SEAL", choice="conforms", photo=picture()).status_code == 403


def test_a_colleague_reads_and_must_take_over_before_writing(people, door):
    made, client = order(by=people.ana.actor), ada(people)
    assert "Ana has this task." in client.get(f"/field/{made.id}").content.decode()
    refused = answer(client, made, "SEAL", choice="conforms")
    assert refused.status_code == 409
    assert "A colleague has this task" in refused.content.decode()
    assert not Answer.objects.exists()
    send(client, made, "take")
    assert answer(client, made, "SEAL", choice="conforms").status_code == 302
    assert answer(door("ana"), made, "SEAL", choice="does-not").status_code == 409


def test_an_unknown_task_or_photo_is_not_found(people, door):
    made, client = order(by=people.ana.actor), door("ana")
    assert client.get(f"/field/{uuid.uuid4()}").status_code == 404
    assert client.get(f"/field/{made.id}/photos/{'0' * 64}").status_code == 404
    assert client.get(f"/field/{made.id}/photos/..%2f..%2fkeys").status_code == 404
    assert answer(client, made, "NOTHING", choice="conforms").status_code == 404


def test_the_task_says_why_the_goods_were_selected_and_what_is_declared(people, door, story):
    text = door("ana").get(f"/field/{story[2].id}").content.decode()
    assert "Selected because:" in text
    assert "Goods for infants are inspected and tested first." in text
    assert story[2].seal in text
    chinese = door("ana").get(f"/zh/field/{story[2].id}").content.decode()
    assert "选查原因" in chinese
    assert "婴幼儿用品先检后放" in chinese


def test_an_empty_list_says_so(people, door):
    assert "Nothing to inspect now" in door("ana").get("/field/").content.decode()
    assert "暂无查验任务" in door("ana").get("/zh/field/").content.decode()


def test_the_list_puts_own_tasks_first(people, door, story):
    services.take(people.ana.actor, story[3].id)
    text = door("ana").get("/field/").content.decode()
    assert text.index("In your hands") < text.index(str(story[3].number)) < text.index("Waiting")


def test_the_same_form_sent_twice_is_one_write_and_the_other_button_is_another(people, door):
    made, client = order(by=people.ana.actor), door("ana")
    for choice in ("conforms", "conforms", "does-not", "does-not", "conforms"):
        send(client, made, "answer", item="SEAL", choice=choice, once="k1")
    entries = Entry.objects.filter(kind="inspection.answered").order_by("recorded_at")
    assert [e.facts["choice"] for e in entries] == ["conforms", "does-not"]
    for _ in range(2):
        send(client, made, "photo", item="PHOTO", photo=picture(), once="k2")
    assert Photo.objects.count() == 1


def test_does_not_asks_for_words_and_a_picture_and_nothing_else_does(people, door):
    made, client = order(by=people.ana.actor), door("ana")
    answer(client, made, "SEAL", choice="conforms")
    assert b"note-SEAL" not in client.get(f"/field/{made.id}").content
    answer(client, made, "SEAL", choice="does-not")
    assert b'id="note-SEAL"' in client.get(f"/field/{made.id}").content
    answer(client, made, "SEAL", choice="does-not", note="<b>cut</b>")
    assert "&lt;b&gt;cut&lt;/b&gt;" in client.get(f"/field/{made.id}").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"value": "0.3", "unit": "μSv/h"}, "Enter the background reading too"),
        ({"value": "0.3", "unit": "mSv/h", "background": "0.1"}, "the value was given in mSv/h"),
        ({"value": "a lot", "unit": "μSv/h", "background": "0.1"}, "Enter a number"),
        ({"value": "", "unit": "μSv/h"}, "Enter a value."),
    ],
)
def test_a_measurement_that_cannot_be_judged_is_answered_with_a_sentence(people, door, fields, sentence):
    made, client = order("press", people.ana.actor), door("ana")
    page = answer(client, made, "DOSE", **fields)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Answer.objects.exists()


def test_a_measurement_is_judged_beside_its_limit(people, door):
    made, client = order("press", people.ana.actor), door("ana")
    answer(client, made, "DOSE", value="0.83", unit="µGy/h", background="0.10")
    text = client.get(f"/field/{made.id}").content.decode()
    assert "Above background: 0.73 µGy/h." in text
    assert "Outside limit" in text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"<html>hello", "not a photo"), (PNG + bytes(8 * 1024 * 1024), "larger than 8 MB")],
)
def test_a_file_that_is_no_photo_or_too_large_is_answered_with_a_sentence(people, door, content, sentence):
    made = order(by=people.ana.actor)
    page = send(door("ana"), made, "photo", item="PHOTO", photo=picture(content))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert send(door("ana"), made, "photo", item="PHOTO").status_code == 422
    assert not Photo.objects.exists()


def test_a_photo_is_shown_as_what_it_is(people, door):
    made, client = order(by=people.ana.actor), door("ana")
    send(client, made, "photo", item="PHOTO", photo=picture())
    shown = client.get(f"/field/{made.id}/photos/{Photo.objects.get().sha256}")
    assert shown.content == PNG
    assert shown["Content-Type"] == "image/png"
    assert shown["X-Content-Type-Options"] == "nosniff"


def test_releasing_too_early_releases_nothing(people, door, story):
    client = door("ana")
    send(client, story[3], "take")
    page = send(client, story[3], "release")
    assert page.status_code == 422
    assert Line.objects.get(declaration=story[3].declaration, number=3).state == "to_inspect"
    assert not Entry.objects.filter(kind__in=["inspection.concluded", "line.released"]).exists()


def test_what_conforms_is_released_on_the_spot_once_with_a_receipt_for_the_gate(people, door, story):
    made, client = story[3], door("ana")
    inspect_press(client, made)
    assert "Everything conforms." in client.get(f"/field/{made.id}").content.decode()
    for _ in range(2):
        done = send(client, made, "release", once="release")
        assert done.status_code == 302
    assert Line.objects.get(declaration=made.declaration, number=3).state == "released"
    assert Entry.objects.filter(kind="line.released").count() == 1
    receipt = client.get(done["Location"]).content.decode()
    assert "Released" in receipt
    assert "data:image/svg+xml" in receipt
    assert made.container in receipt
    assert client.get(f"/field/{made.id}").status_code == 302
    late = answer(client, made, "LEAK", choice="does-not")
    assert late.status_code == 409
    assert "This inspection has ended" in late.content.decode()


def test_goods_for_the_laboratory_wait_for_it(people, door, story):
    made, client = story[2], door("ana")
    send(client, made, "take")
    for item in ("SEAL", "CONTAINER", "IDENTITY", "MAKER", "LABEL", "PACKAGE", "LIFE"):
        answer(client, made, item, choice="conforms")
    answer(client, made, "TEMPERATURE", value="21.4", unit="°C")
    send(client, made, "photo", item="PHOTO", photo=picture())
    assert "Draw the sample: 9." in client.get(f"/field/{made.id}").content.decode()
    wrong = send(client, made, "sample", laboratory="", quantity="0", unit="C62", seal_number="")
    assert wrong.status_code == 422
    assert "Choose a laboratory." in wrong.content.decode()
    lab = people.di.organisation.code
    for _ in range(2):
        send(client, made, "sample", laboratory=lab, quantity="5", unit="C62", seal_number="LS 1", once="s")
    assert Sample.objects.count() == 1
    assert "The laboratory decides the rest" in client.get(f"/field/{made.id}").content.decode()
    done = send(client, made, "release")
    assert Line.objects.get(declaration=made.declaration, number=2).state == "sampled"
    receipt = client.get(done["Location"]).content.decode()
    assert "Waiting for the laboratory" in receipt
    assert "Code for the gate" not in receipt


def test_goods_that_fail_are_refused_with_the_check_as_reason(people, door, story):
    made, client = story[3], door("ana")
    inspect_press(client, made)
    answer(client, made, "LEAK", choice="does-not", note="Oil under the feeder")
    send(client, made, "photo", item="LEAK", photo=picture(PNG + b"oil"))
    page = client.get(f"/field/{made.id}").content.decode()
    assert "One check does not conform." in page
    assert "Refuse the goods" in page
    done = send(client, made, "release")
    assert Line.objects.get(declaration=made.declaration, number=3).state == "refused"
    assert "Leaking oil" in client.get(done["Location"]).content.decode()


def test_a_hold_needs_a_reason_and_is_done_once(people, door, story):
    made, client = story[3], door("ana")
    send(client, made, "take")
    assert client.get(f"/field/{made.id}/hold").status_code == 200
    page = send(client, made, "hold", note="strange")
    assert page.status_code == 422
    assert "Choose why the goods are held." in page.content.decode()
    for _ in range(2):
        done = send(client, made, "hold", reason="HOLD-DANGER", note="Smell of gas", once="h")
    assert done.status_code == 302
    assert Line.objects.get(declaration=made.declaration, number=3).state == "held"
    assert Entry.objects.filter(kind="inspection.held").count() == 1
    assert "may be dangerous" in client.get(done["Location"]).content.decode()
    assert answer(client, made, "LEAK", choice="conforms").status_code == 409


def test_the_second_officer_must_be_a_colleague(people, door):
    made, client = order(by=people.ana.actor), door("ana")
    page = send(client, made, "second", second="cy@example.test")
    assert page.status_code == 422
    assert "not the address of a colleague" in page.content.decode()
    ada(people)
    assert send(client, made, "second", second="ada@example.test").status_code == 302
    assert "Second officer: Ada" in client.get(f"/field/{made.id}").content.decode()


def test_every_form_of_the_task_page_carries_a_key_and_no_inline_script_or_style(people, door):
    made = order("formula", people.ana.actor)
    text = door("ana").get(f"/field/{made.id}").content.decode()
    forms = re.findall(r"<form.*?</form>", text, re.S)
    assert len(forms) >= 10
    assert all('name="once"' in form for form in forms)
    assert 'style="' not in text
    assert "onclick" not in text


def test_a_seal_found_as_declared_comes_off_and_its_journey_ends(people, door):
    arm(people.kai.actor, seal="GM4711", container="CSQU3054383", place="ITGOA")
    made = order(by=people.ana.actor, container="CSQU3054383", seal="GM4711")
    client = door("ana")
    send(client, made, "take")
    answer(client, made, "SEAL", choice="does-not", note="Another number.")
    assert journey("GM4711").state == "armed"
    answer(client, made, "SEAL", choice="conforms")
    assert journey("GM4711").state == "disarmed"
