"""The laboratory's pages and its programs' API: own samples only, judged results, a report that cannot be changed."""

import json

import pytest

from guomen.inspection.models import Result, Sample
from guomen.ledger.models import Entry
from guomen.parties.services import add_person, issue_token, register_organisation
from tests.inspection.goods import order, sampled
from tests.inspection.test_samples import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(people) -> Sample:
    return sampled(people)


def fields(**changed) -> dict[str, str]:
    """The result form, filled with conforming values."""
    filled = {}
    for one in GOOD:
        filled[f"operator-{one['analyte']}"] = one.get("operator", "=")
        filled[f"value-{one['analyte']}"] = one.get("value", "5")
        filled[f"unit-{one['analyte']}"] = one["unit"]
    return filled | {name.replace("_", "-"): value for name, value in changed.items()}


def rival(people, door):
    """An analyst of another laboratory, at the door."""
    from django.test import Client

    other = register_organisation("laboratory", "Other Laboratory", "另一实验室", "CN", "LAB-2")
    person = add_person(other, "dan@example.test", "Dan", "long-enough-password", ["analyst"])
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(("who", "status"), [("cy", 403), ("cal", 403), ("gao", 403), ("eve", 403), ("", 401)])
def test_strangers_see_no_sample_and_write_nothing(people, door, sample, who, status):
    client, before = door(who), Entry.objects.count()
    for path in ("", sample.number):
        assert client.get(f"/laboratory/{path}").status_code == status
    for what in ("receive", "results", "report"):
        assert client.post(f"/laboratory/{sample.number}/{what}", fields()).status_code == status
    assert Entry.objects.count() == before


def test_another_laboratory_does_not_learn_that_the_sample_exists(people, door, sample):
    client = rival(people, door)
    assert sample.number not in client.get("/laboratory/").content.decode()
    assert client.get(f"/laboratory/{sample.number}").status_code == 404
    for what in ("receive", "results", "report"):
        assert client.post(f"/laboratory/{sample.number}/{what}", fields()).status_code == 404


def test_officers_read_samples_but_do_not_write_results(people, door, sample):
    client = door("ana")
    page = client.get(f"/laboratory/{sample.number}")
    assert page.status_code == 200
    assert b"/receive" not in page.content
    for what in ("receive", "results", "report"):
        assert client.post(f"/laboratory/{sample.number}/{what}", fields()).status_code == 403


def test_an_empty_inbox_says_so(people, door):
    assert "No sample is on its way." in door("di").get("/laboratory/").content.decode()
    assert "没有在途样品" in door("di").get("/zh/laboratory/").content.decode()


def test_a_sample_goes_from_drawn_to_reported_each_step_once(people, door, sample):
    client, path = door("di"), f"/laboratory/{sample.number}"
    assert sample.number in client.get("/laboratory/").content.decode()
    for _ in range(2):
        assert client.post(f"{path}/receive", {"once": "a"}).status_code == 302
    text = client.get(path).content.decode()
    assert "5 results are missing." in text
    for _ in range(2):
        assert client.post(f"{path}/results", fields(once="b")).status_code == 302
    assert "You sign for Shanghai Example Laboratory." in client.get(path).content.decode()
    for _ in range(2):
        assert client.post(f"{path}/report", {"once": "c"}).status_code == 302
    kinds = ["sample.received", "sample.measured", "sample.reported"]
    assert [Entry.objects.filter(kind=k).count() for k in kinds] == [1, 1, 1]
    text = client.get(path).content.decode()
    assert "Reported: the sample passes." in text
    assert "3-4" in text
    late = client.post(f"{path}/results", fields(value_ph="9"))
    assert late.status_code == 409
    assert "The report is signed." in late.content.decode()


def test_what_fails_is_said_plainly_before_and_after_the_signature(people, door, sample):
    client, path = door("di"), f"/laboratory/{sample.number}"
    client.post(f"{path}/receive")
    client.post(f"{path}/results", fields() | {"operator-formaldehyde": "=", "value-formaldehyde": "110"})
    text = client.get(path).content.decode()
    assert "Formaldehyde: found 110 mg/kg, at most 75 mg/kg." in text
    assert "Sign and report: fails" in text
    client.post(f"{path}/report")
    assert "Reported: the sample fails." in client.get(path).content.decode()
    assert "不合格" in client.get(f"/zh{path}").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"value-formaldehyde": "many"}, "Enter a number"),
        ({"unit-formaldehyde": "g/kg"}, "This limit is in mg/kg"),
        ({"operator-formaldehyde": "?"}, "Choose = or &lt;."),
    ],
)
def test_a_wrong_result_is_named_where_it_stands_and_what_was_typed_stays(people, door, sample, wrong, sentence):
    client, path = door("di"), f"/laboratory/{sample.number}"
    client.post(f"{path}/receive")
    page = client.post(f"{path}/results", fields() | {"value-ph": "7.77"} | wrong)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="7.77"' in page.content.decode()
    assert not Result.objects.exists()


def test_a_report_with_missing_results_is_refused(people, door, sample):
    client, path = door("di"), f"/laboratory/{sample.number}"
    client.post(f"{path}/receive")
    assert client.post(f"{path}/report").status_code == 422
    assert not Entry.objects.filter(kind="sample.reported").exists()


def call(client, method: str, path: str, token: str = "", body=None, key: str = ""):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if key:
        headers["Idempotency-Key"] = key
    data = None if body is None else json.dumps(body)
    return client.generic(method, f"/api{path}", data or "", content_type="application/json", headers=headers)


def lab_token(people, scopes: list[str]) -> str:
    from guomen.parties import actors

    boss = add_person(people.di.organisation, "dora@example.test", "Dora", "long-enough-password", ["admin"])
    return issue_token("LIMS", scopes, actors.of_person(boss))[1]


def test_a_laboratorys_program_receives_measures_and_reports_once(people, client, sample):
    token = lab_token(people, ["results"])
    assert [s["number"] for s in call(client, "GET", "/samples", token).json()] == [sample.number]
    path = f"/samples/{sample.number}"
    assert call(client, "POST", f"{path}/receive", token, key="1").json()["state"] == "received"
    for _ in range(2):
        answer = call(client, "POST", f"{path}/results", token, GOOD, key="2")
        assert {r["verdict"] for r in answer.json()["results"]} == {"within"}
    assert call(client, "POST", f"{path}/report", token, key="3").json()["verdict"] == "pass"
    assert call(client, "GET", path, token).json()["results"][3]["value"] == "3.5"
    assert Entry.objects.filter(kind="sample.measured").count() == 1


def test_a_program_without_the_scope_or_with_a_number_instead_of_text_is_refused(people, client, sample):
    reader = lab_token(people, ["read"])
    assert call(client, "GET", "/samples", reader).status_code == 403
    assert call(client, "POST", f"/samples/{sample.number}/receive", reader).status_code == 403
    assert call(client, "GET", "/samples").status_code == 401
    di = issue_di(people)
    body = [{"analyte": "ph", "value": 6.8, "unit": "1"}]
    assert call(client, "POST", f"/samples/{sample.number}/results", di, body).status_code == 422


def issue_di(people) -> str:
    from guomen.parties import actors
    from guomen.parties.models import Person

    return issue_token("LIMS", ["results"], actors.of_person(Person.objects.get(email="dora@example.test")))[1]


def test_inspections_are_read_by_officers_and_answered_by_the_one_who_has_them(people, door):
    made = order("press", people.ana.actor)
    assert door("ana").get("/api/inspections").json()[0]["number"] == made.number
    for who, status in (("bo", 200), ("cy", 403), ("di", 403), ("eve", 403), ("", 401)):
        assert door(who).get("/api/inspections").status_code == status
        assert door(who).get(f"/api/inspections/{made.id}").status_code == status
    path, body = f"/api/inspections/{made.id}/answers", {"item": "LEAK", "choice": "conforms"}
    for who, status in (("cy", 403), ("bo", 403), ("", 401), ("ana", 200)):
        assert door(who).post(path, body, content_type="application/json").status_code == status
    shown = door("ana").get(f"/api/inspections/{made.id}").json()
    assert [a["item"] for a in shown["answers"]] == ["LEAK"]
