"""A laboratory makes its report a certificate on its own pages: three persons of it, about its own samples."""

import pytest
from django.test import Client

from guomen.certificates import queries
from guomen.certificates.models import Certificate
from guomen.inspection import services
from guomen.parties.services import add_person
from tests.faces.story import words
from tests.faces.test_laboratory import rival
from tests.inspection.goods import sampled
from tests.inspection.test_samples import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(people):
    made = sampled(people)
    services.receive_sample(people.di.actor, made.number)
    services.enter_results(people.di.actor, made.number, GOOD)
    return made


def colleague(people, name: str) -> Client:
    person = add_person(
        people.di.organisation, f"{name}@example.test", name.title(), "long-enough-password", ["analyst"]
    )
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_three_analysts_make_a_report_from_what_the_sample_says(people, door, sample):
    di, path = door("di"), f"/laboratory/{sample.number}/certificate"
    assert di.get(path).status_code == 404, "its results are not signed yet"
    services.report(people.di.actor, sample.number)
    assert path in di.get(f"/laboratory/{sample.number}").content.decode()
    assert "Formaldehyde" in words(di.get(path))
    assert "检测报告" in words(door("di").get(f"/zh{path}"))
    assert di.post(path, {"produced_on": "never"}).status_code == 422
    typed = {"accreditation.en": "CNAS L0001", "tests.0.found.en": "nothing", "sample": "S-1", "once": "a"}
    for _ in range(2):
        answer = di.post(path, typed)
    one = Certificate.objects.get()
    assert answer.headers["Location"].endswith(f"/laboratory/reports/{one.number}")
    assert (one.kind, one.office, one.facts["sample"]) == ("LR", people.di.organisation, sample.number)
    assert one.facts["accreditation"] == "CNAS L0001"
    assert [t["found"] for t in one.facts["tests"]][:2] == ["< 20 mg/kg", "6.8"]
    assert di.get(path).headers["Location"].endswith(one.number), "there is one report on a sample"
    page = f"/laboratory/reports/{one.number}"
    assert "a colleague reviews it" in words(di.get(page))
    assert "Who drafted may neither review nor sign" in words(di.post(page, {"do": "review"}, follow=True))
    dee, dov = colleague(people, "dee"), colleague(people, "dov")
    assert dee.post(page, {"do": "send-back", "reason": " "}).status_code == 422
    dee.post(page, {"do": "send-back", "reason": "Which accreditation?"})
    assert "Which accreditation?" in words(di.get(page))
    assert di.post(f"{page}/change", {"accreditation.en": "CNAS L0002"}).status_code == 302
    for client, act in ((dee, "review"), (dee, "sign"), (dov, "sign")):
        client.post(page, {"do": act})
        assert Certificate.objects.get().state == ("signed" if client is dov else "reviewed")
    one.refresh_from_db()
    assert queries.verify(one.jws).valid
    assert one.facts["accreditation"] == "CNAS L0002"
    assert one.number in words(di.get("/laboratory/reports/"))
    assert "Shanghai Example Laboratory" in words(door().get(f"/certificates/{one.number}"))
    dee.post(page, {"do": "revoke", "code": "false-facts", "reason": "The samples were exchanged."})
    assert queries.verify(one.number).state == "revoked"
    assert di.get(path).status_code == 200, "a new one can be drafted"


def test_nobody_else_has_these_pages(people, door, sample):
    services.report(people.di.actor, sample.number)
    door("di").post(f"/laboratory/{sample.number}/certificate", {})
    number = Certificate.objects.get().number
    paths = ("reports/", f"{sample.number}/certificate", f"reports/{number}", f"reports/{number}/change")
    for who, status in (("cy", 403), ("bo", 403), ("amy", 403), ("", 401)):
        for path in paths:
            assert door(who).get(f"/laboratory/{path}").status_code == status
    other = rival(people, door)
    assert number not in other.get("/laboratory/reports/").content.decode()
    for path in paths[1:]:
        assert other.get(f"/laboratory/{path}").status_code == 404
        assert other.post(f"/laboratory/{path}", {"do": "review"}).status_code == 404
    assert Certificate.objects.get().state == "draft"
