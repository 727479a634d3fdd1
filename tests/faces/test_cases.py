"""The pages of joint cases: who may enter, what each agency can do there."""

import pytest

from guomen.cases import services
from guomen.cases.models import Case, Message, Participant
from guomen.kit.words import W
from tests.warning.story import GTIN, injury

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people):
    injury("r1", text="A needle")
    return services.open_case(
        people.bo.actor,
        title=W("Needles in shirts", "衬衫断针"),
        kind="recall",
        subjects=[f"https://id.gs1.org/01/{GTIN}"],
        participants=[people.gao.organisation],
    )


@pytest.mark.parametrize("name", ["bo", "gao"])
def test_the_agencies_of_a_case_read_it_in_both_languages(door, case, name):
    agency = door(name)
    assert "Needles in shirts" in agency.get("/en/cases/").content.decode()
    assert "衬衫断针" in agency.get(f"/zh/cases/{case.number}").content.decode()
    assert "Signal received" in agency.get(f"/en/cases/{case.number}").content.decode()


@pytest.mark.parametrize(
    ("name", "list_status", "case_status"), [("ana", 403, 403), ("cy", 403, 404), ("eve", 403, 404), ("", 401, 401)]
)
def test_others_stay_outside(door, case, name, list_status, case_status):
    visitor = door(name)
    assert visitor.get("/cases/").status_code == list_status
    assert visitor.get(f"/cases/{case.number}").status_code == case_status
    for do in ("decide", "withdraw", "post", "close"):
        form = {"do": do, "decision": "none", "text": "hello"}
        assert visitor.post(f"/cases/{case.number}", form).status_code == case_status
    assert not Message.objects.exists()


def test_an_agency_without_cases_sees_a_calm_page(door, people):
    assert "No cases." in door("gao").get("/en/cases/").content.decode()


def test_gao_decides_talks_and_withdraws_by_the_page(door, people, case):
    gao, path = door("gao"), f"/en/cases/{case.number}"
    form = {"do": "decide", "decision": "examine", "note": "We visit the maker", "once": "k1"}
    assert gao.post(path, form).status_code == 302
    assert gao.post(path, {"do": "post", "text": "On our way", "once": "k2"}).status_code == 302
    assert gao.post(path, {"do": "post", "text": "On our way", "once": "k2"}).status_code == 302
    text = door("bo").get(path).content.decode()
    assert "We visit the maker" in text
    assert Message.objects.count() == 1
    gao.post(path, {"do": "withdraw"})
    mine = Participant.objects.get(case=case.number, organisation=people.gao.organisation)
    assert mine.decision == ""


@pytest.mark.parametrize(
    ("form", "sentence"),
    [({"do": "decide", "decision": ""}, "Choose a decision from the list."), ({"do": "post"}, "Write a message.")],
)
def test_what_is_missing_is_named(door, case, form, sentence):
    answer = door("gao").post(f"/en/cases/{case.number}", form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_only_the_agency_that_opened_it_closes_it(door, people, case):
    path = f"/cases/{case.number}"
    for name in ("bo", "gao"):
        door(name).post(path, {"do": "decide", "decision": "watch"})
    assert door("gao").post(path, {"do": "close"}).status_code == 403
    assert door("bo").post(path, {"do": "close"}).status_code == 302
    assert Case.objects.get().state == "closed"


def test_an_unknown_button_is_not_found(door, case):
    assert door("gao").post(f"/cases/{case.number}", {"do": "dance"}).status_code == 404
