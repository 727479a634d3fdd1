"""The desks of the control room: who may enter each door, what stands there, and what each button does."""

import re

import pytest

from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.warning import services
from guomen.warning.models import Alert, Recall
from tests.adoption.test_adoption import concluded
from tests.clearance.conftest import example
from tests.warning.story import BATCH, an_alert, an_assessed_alert, injury

pytestmark = pytest.mark.django_db
RECALL = {
    "do": "recall",
    "batches": BATCH,
    "reason_en": "A needle in the collar",
    "reason_zh": "衣领内有断针",
    "advice_en": "Stop using it.",
    "advice_zh": "立即停止使用。",
}


@pytest.fixture
def lodged(people):
    return clearance.lodge(people.cy.actor, example())


@pytest.fixture
def held(people, lodged):
    """Ana holds the shirts."""
    from guomen.inspection import services as inspection

    order = Order.objects.get(declaration=lodged.number, line=1)
    inspection.take(people.ana.actor, order.id)
    clearance.hold_after_inspection(people.ana.actor, order.id, "HOLD-GOODS-DIFFER", "Marks differ")
    return Line.objects.get(declaration=lodged.number, number=1)


def doors(lodged, alert) -> list[str]:
    return [
        "/desk/now",
        f"/desk/declarations/{lodged.number}",
        f"/desk/lines/{lodged.number}/1",
        "/desk/warnings/",
        f"/desk/warnings/{alert.number}",
    ]


def test_the_controller_enters_every_door_in_both_languages(door, lodged):
    alert = an_alert()
    bo = door("bo")
    for path in ["/desk/", *doors(lodged, alert)]:
        for prefix in ("/en", "/zh"):
            assert bo.get(prefix + path).status_code == 200, path


@pytest.mark.parametrize("name", ["ana", "cy", "gao", "eve"])
def test_people_without_the_role_stay_outside(door, lodged, name):
    alert = an_alert()
    visitor = door(name)
    for path in ["/desk/", "/desk/certificates/", *doors(lodged, alert)]:
        assert visitor.get(path).status_code == 403, path


def test_nobody_is_asked_to_sign_in(door, lodged):
    alert = an_alert()
    for path in ["/desk/", "/desk/certificates/", *doors(lodged, alert)]:
        assert door().get(path).status_code == 401, path


def test_the_certifier_is_led_to_the_certificates_and_sees_no_warnings(door, lodged):
    alert = an_alert()
    amy = door("amy")
    assert amy.get("/desk/").headers["Location"] == "/desk/certificates/"
    assert amy.get("/desk/certificates/").status_code == 200
    assert amy.get(f"/desk/lines/{lodged.number}/1").status_code == 200
    assert amy.get(f"/desk/warnings/{alert.number}").status_code == 403
    assert door("bo").get("/desk/certificates/").status_code == 200


@pytest.mark.parametrize("path", ["/desk/lines/224820261000000000/1", "/desk/warnings/W2026-99999"])
def test_what_does_not_exist_is_not_found(door, path):
    assert door("bo").get(path).status_code == 404


def test_an_empty_room_is_calm(door, people):
    text = door("bo").get("/en/desk/").content.decode()
    assert "Nothing waits for a decision." in text
    assert "held, none over its time limit" in text


def test_the_room_counts_and_says_why(door, held):
    injury("r1")
    from guomen.ledger.follow import catch_up

    catch_up()
    text = door("bo").get("/en/desk/now").content.decode()
    numbers = re.findall(r"<b>(\d+)</b>([^<]+)", text)
    assert (numbers[0][0], numbers[0][1]) == ("1", "alert nobody owns")
    assert numbers[1][0] == "2"
    assert numbers[2] == ("1", "held, none over its time limit")
    assert "Held by the inspector; The goods are not those declared" in text
    assert f"/desk/lines/{held.declaration}/1" in text


def test_the_fragment_is_never_kept(door, people):
    assert door("bo").get("/desk/now").headers["Cache-Control"] == "no-store"


def test_no_page_has_inline_script_or_style(door, held):
    alert = an_assessed_alert_of(door)
    for path in ["/desk/", f"/desk/lines/{held.declaration}/1", f"/desk/warnings/{alert.number}"]:
        text = door("bo").get(path).content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)


def an_assessed_alert_of(door):
    alert = an_alert()
    form = {"do": "assess", "s0-words": "A needle", "s0-severity": "2"}
    form |= {"s0-step0-words": "In the seam", "s0-step0-chance": "0.01", "s0-step1-chance": "0.2"}
    assert door("bo").post(f"/desk/warnings/{alert.number}", form).status_code == 302
    alert.refresh_from_db()
    return alert


def test_the_line_shows_the_reasons_the_rule_pack_and_what_happened(door, held):
    text = door("bo").get(f"/en/desk/lines/{held.declaration}/1").content.decode()
    for part in ("The goods are not those declared", "Rule pack 2026.2", "Marks differ"):
        assert part in text
    assert "Goods held" in text


@pytest.mark.parametrize(("outcome", "state"), [("release", "held"), ("inspect", "to_inspect"), ("refuse", "refused")])
def test_the_controller_decides_a_held_line_and_releases_none_whose_inspection_was_not_concluded(
    door, held, outcome, state
):
    path = f"/desk/lines/{held.declaration}/1"
    answer = door("bo").post(
        path, {"do": "decide", "outcome": outcome, "reason": "Papers were corrected", "once": "k1"}
    )
    assert answer.status_code == 302
    assert Line.objects.get(declaration=held.declaration, number=1).state == state


def test_a_decision_without_a_reason_is_named_at_the_field(door, held):
    path = f"/en/desk/lines/{held.declaration}/1"
    answer = door("bo").post(path, {"do": "decide", "outcome": "release", "reason": ""})
    assert answer.status_code == 422
    assert "Say why, in a sentence." in answer.content.decode()
    assert Line.objects.get(declaration=held.declaration, number=1).state == "held"


def test_refused_goods_get_an_outcome(door, people, held):
    clearance.decide_held(people.bo.actor, held.declaration, 1, "refuse", "Not the goods declared")
    path = f"/desk/lines/{held.declaration}/1"
    answer = door("bo").post(path, {"do": "outcome", "outcome": "RETURN", "reason": "The firm asked for it"})
    assert answer.status_code == 302
    assert Line.objects.get(declaration=held.declaration, number=1).outcome == "RETURN"


@pytest.mark.parametrize(
    ("name", "status"), [("amy", 403), ("ana", 403), ("cy", 403), ("gao", 403), ("eve", 403), ("", 401)]
)
def test_nobody_else_decides_a_held_line(door, held, name, status):
    path = f"/desk/lines/{held.declaration}/1"
    answer = door(name).post(path, {"do": "decide", "outcome": "release", "reason": "please"})
    assert answer.status_code == status
    assert Line.objects.get(declaration=held.declaration, number=1).state == "held"


def test_bo_takes_assesses_and_recalls_by_the_page(door, people):
    alert = an_alert()
    bo, path = door("bo"), f"/en/desk/warnings/{alert.number}"
    bo.post(path, {"do": "take"})
    an_assessed = an_assessed_alert_form(bo, path)
    assert "The answer is not firm" in an_assessed
    assert 'aria-current="true"' in an_assessed
    assert "The assessment sets the level to" in an_assessed
    assert bo.post(path, RECALL | {"once": "k"}).status_code == 302
    assert bo.post(path, RECALL | {"once": "k"}).status_code == 302
    recall = Recall.objects.get()
    assert recall.batches == [BATCH]
    alert.refresh_from_db()
    assert (alert.owner_id, alert.state) == (people.bo.person.id, "measures")
    assert recall.number in bo.get(path).content.decode()


def an_assessed_alert_form(bo, path) -> str:
    form = {"do": "assess", "s0-words": "A needle", "s0-severity": "2", "s0-step0-words": "In the seam"}
    bo.post(path, form | {"s0-step0-chance": "0.01", "s0-step1-words": "It pricks", "s0-step1-chance": "0.2"})
    return bo.get(path).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"batches": ""}, "Choose batches, or say that it is the whole product."),
        ({"advice_zh": ""}, "Write the same number of steps in both languages."),
        ({"reason_zh": ""}, "Give the reason in English and in Chinese."),
    ],
)
def test_an_incomplete_recall_is_named_at_the_field(door, people, change, sentence):
    alert = an_assessed_alert(people.bo.actor)
    answer = door("bo").post(f"/en/desk/warnings/{alert.number}", RECALL | change)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Recall.objects.exists()


def test_an_incomplete_assessment_is_named_and_nothing_is_lost(door, people):
    alert = an_alert()
    form = {"do": "assess", "s0-words": "A needle breaks the skin", "s0-step0-words": "In the seam"}
    answer = door("bo").post(f"/en/desk/warnings/{alert.number}", form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Give every step a chance" in text
    assert "A needle breaks the skin" in text


@pytest.mark.parametrize(
    ("name", "status"), [("amy", 403), ("ana", 403), ("cy", 403), ("gao", 403), ("eve", 403), ("", 401)]
)
def test_nobody_else_recalls(door, people, name, status):
    alert = an_assessed_alert(people.bo.actor)
    assert door(name).post(f"/desk/warnings/{alert.number}", RECALL).status_code == status
    assert not Recall.objects.exists()


def test_an_unknown_button_is_not_found(door, people):
    alert = an_alert()
    assert door("bo").post(f"/desk/warnings/{alert.number}", {"do": "dance"}).status_code == 404


@pytest.fixture
def released(people, held):
    clearance.decide_held(people.bo.actor, held.declaration, 1, "inspect", "Papers were corrected")
    concluded(people, held)
    return Line.objects.get(declaration=held.declaration, number=1)


def test_bo_drafts_ari_reviews_and_amy_signs_a_certificate(door, people, released):
    from guomen.certificates.models import Certificate

    page = f"/desk/lines/{released.declaration}/1"
    answer = door("bo").post(page, {"do": "draft", "kind": a_kind()})
    assert answer.status_code == 302
    certificate = Certificate.objects.get()
    assert certificate.subject == released.subject
    assert people.ana.person.id in certificate.excluded_persons
    amy = door("amy")
    assert certificate.number in amy.get("/desk/certificates/").content.decode()
    its = f"/desk/certificates/{certificate.number}"
    assert its in door("bo").get(page).content.decode()
    assert door("ari").post(its, {"do": "review"}).status_code == 302
    assert amy.post(its, {"do": "sign"}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.state == "signed"
    assert certificate.number in door("bo").get(page).content.decode()


def a_kind() -> str:
    return "21"


def test_only_a_certifier_signs(door, people, released):
    from guomen.certificates.models import Certificate
    from guomen.faces.desk.drafting import draft_for_line

    certificate = draft_for_line(people.bo.actor, released.declaration, 1, a_kind())
    its = f"/desk/certificates/{certificate.number}"
    assert door("ari").post(its, {"do": "review"}).status_code == 302
    for name in ("bo", "ana", "cy", "gao", "eve"):
        assert door(name).post(its, {"do": "sign"}).status_code == 403
    assert door("").post(its, {"do": "sign"}).status_code == 401
    assert door("amy").post(its, {"do": "no-such-thing"}).status_code == 404
    assert Certificate.objects.get().state == "reviewed"


def test_goods_that_are_not_released_get_no_certificate(door, people, held):
    from guomen.certificates.models import Certificate

    door("bo").post(f"/desk/lines/{held.declaration}/1", {"do": "draft", "kind": a_kind()})
    assert not Certificate.objects.exists()


def test_the_public_list_of_recalls_needs_no_account(door, people):
    assert "No product is recalled at the moment." in door().get("/en/recalls").content.decode()
    assert door().get("/api/recalls").json() == {"recalls": []}
    alert = an_assessed_alert(people.bo.actor)
    recall = services.order_recall(
        people.bo.actor,
        alert.number,
        batches=[BATCH],
        reason=W("A needle in the collar", "衣领内有断针"),
        advice=[W("Stop using it.", "立即停止使用。")],
    )
    assert "A needle in the collar" in door().get("/en/recalls").content.decode()
    assert "衣领内有断针" in door().get("/zh/recalls").content.decode()
    data = door().get("/api/recalls").json()["recalls"]
    assert [r["number"] for r in data] == [recall.number]
    assert data[0]["reason"] == {"en": "A needle in the collar", "zh": "衣领内有断针"}
    assert door().get("/api/recalls?gtin=4006381333931").json() == {"recalls": []}


def test_a_held_line_over_its_time_is_counted_and_marked(door, held):
    from datetime import timedelta

    late = now() - timedelta(hours=25)
    Line.objects.filter(declaration=held.declaration, number=1).update(decided_at=late)
    text = door("bo").get("/en/desk/now").content.decode()
    assert "held, 1 over its time limit" in text
    assert "Late" in text


def test_an_alert_is_lifted_by_the_page(door, people):
    alert = an_assessed_alert(people.bo.actor)
    door("bo").post(f"/desk/warnings/{alert.number}", {"do": "lift"})
    assert Alert.objects.get().state == "lifted"
    assert Entry.objects.filter(kind="alert.lifted").count() == 1
