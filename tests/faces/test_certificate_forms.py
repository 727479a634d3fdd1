"""Forms for certificates: an officer drafts any kind, a firm asks and declares, and each sees only its own."""

import re

import pytest

from guomen.certificates import kinds, services
from guomen.certificates.models import Asked, Certificate
from guomen.clearance import services as clearance
from guomen.faces import fact_forms
from guomen.kit.ids import Subject
from tests.certificates.kinds import WHOLE
from tests.certificates.making import decided, draft, sign
from tests.clearance.conftest import example
from tests.faces.story import words

pytestmark = pytest.mark.django_db
NEW = "/desk/certificates/new"


@pytest.fixture
def line(people) -> str:
    return Subject.line(clearance.lodge(people.cy.actor, example()).number, 1)


def filled(code: str) -> dict[str, str]:
    """What a browser sends for the complete facts of a kind."""
    found: dict[str, str] = {}

    def put(name: str, value: object) -> None:
        if isinstance(value, dict):
            inner = {"": value["code"]} if "code" in value else value
            for key, one in inner.items():
                if key not in {"en", "zh"} or "unit" not in value:
                    put(f"{name}.{key}".rstrip("."), one)
        elif isinstance(value, list):
            for i, row in enumerate(value):
                for key, one in row.items():
                    put(f"{name}.{i}.{key}", one)
        else:
            found[name] = str(value)

    kept, _ = kinds.read(kinds.kind(code), WHOLE[code])
    for name, value in kept.items():
        field = kinds.FIELDS[name]
        put(f"{name}.en" if field.type.widget == "both" and isinstance(value, str) else name, value)
    return found


@pytest.mark.parametrize("code", [c for c in kinds.issued_by("authority") if c != "PU"])
def test_a_form_gives_the_same_facts_as_a_program(code):
    one = kinds.kind(code)
    expected, _ = kinds.read(one, WHOLE[code])
    found, problems = kinds.read(one, fact_forms.sent(one, _rows_named(one, filled(code))))
    assert problems == []
    assert found == expected


def _rows_named(one: kinds.Kind, sent: dict[str, str]) -> dict[str, str]:
    """Texts of rows that are the same in both languages stand in the English field."""
    texts = {f"{f.name}.": {c.name for c in f.type.columns if c.type.widget == "both"} for f in fact_forms.shown(one)
             if f.type.widget == "rows"}  # fmt: skip
    named = {}
    for name, value in sent.items():
        before, _, rest = name.partition(".")
        column = rest.partition(".")[2]
        named[f"{name}.en" if column in texts.get(f"{before}.", set()) else name] = value
    return named


def test_an_officer_drafts_a_phytosanitary_certificate_by_form(door, people):
    bo, code = door("bo"), people.cy.organisation.code
    assert "植物检疫证书" in words(bo.get(f"/zh{NEW}"))
    page = bo.get(f"{NEW}?kind=18")
    assert 'name="plants.0.botanical.en"' in page.content.decode()
    wrong = bo.post(f"{NEW}?kind=18", {"subject": "", "holder": "nobody", "import_country": "XX"})
    assert wrong.status_code == 422
    assert re.search(r'href="#holder".*href="#subject".*href="#import_country"', wrong.content.decode(), re.S)
    sent = {"subject": "urn:guomen:consignment:1", "holder": code} | _rows_named(kinds.kind("18"), filled("18"))
    for _ in range(2):
        answer = bo.post(f"{NEW}?kind=18", sent | {"once": "k"})
    one = Certificate.objects.get()
    assert answer.headers["Location"] == f"/desk/certificates/{one.number}"
    assert (one.kind, one.holder.code, one.facts["plants"][0]["packages"]) == ("18", code, 1000)
    assert "Musa acuminata" in words(bo.get(f"/desk/certificates/{one.number}"))


def test_a_draft_that_was_sent_back_is_corrected_by_form(door, people):
    one = draft(people)
    services.send_back(people.ari.actor, one.number, "Which batch?")
    path = f"/desk/certificates/{one.number}/change"
    assert "Cotton shirts, white" in door("amy").get(path).content.decode()
    sent = filled("21") | {"batch.en": "M-9"}
    assert door("amy").post(path, sent).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.facts["batch"]) == ("draft", "M-9")
    assert one.facts["tests"], "what the form does not ask for is kept"
    for name, status in (("cy", 403), ("ana", 403), ("", 401)):
        assert door(name).get(path).status_code == status


def test_one_certificate_is_drafted_in_place_of_another(door, people):
    decided("line.released")
    old = sign(people, draft(people))
    page = door("bo").get(f"{NEW}?replaces={old.number}")
    assert old.number in words(page)
    assert door("bo").post(f"{NEW}?replaces={old.number}", filled("21")).status_code == 302
    assert Certificate.objects.get(replaces=old.number).subject == old.subject
    assert door("bo").get(f"{NEW}?replaces=21-2026-000000-XXXXXX").status_code == 404


def test_a_firm_asks_and_an_officer_takes_it_up_or_declines(door, people, line):
    cy, bo = door("cy"), door("bo")
    page = cy.get("/portal/certificates/ask")
    assert line in page.content.decode()
    assert cy.post("/portal/certificates/ask", {"kind": "", "subject": line}).status_code == 422
    assert cy.post("/portal/certificates/ask", {"kind": "21", "subject": "urn:guomen:line:1/1"}).status_code == 422
    for kind in ("21", "11"):
        assert cy.post("/portal/certificates/ask", {"kind": kind, "subject": line}).status_code == 302
    one, other = Asked.objects.order_by("kind")
    assert "Harbour Imports" in words(bo.get("/desk/certificates/"))
    assert "Asked for" in words(door("cal").get("/portal/certificates/"))
    assert Asked.objects.count() == 2
    declined = bo.post(f"{NEW}?asked={one.id}", {"do": "decline", "reason": "No standard applies."})
    assert declined.headers["Location"] == "/desk/certificates/"
    assert "No standard applies." in words(cy.get("/portal/certificates/"))
    assert "No standard applies." not in words(door("eve").get("/portal/certificates/"))
    form = bo.get(f"{NEW}?asked={other.id}")
    assert "Harbour Imports" in words(form)
    assert bo.post(f"{NEW}?asked={other.id}", filled("21")).status_code == 302
    other.refresh_from_db()
    assert (other.state, other.certificate) == ("drafted", Certificate.objects.get().number)
    assert bo.get(f"{NEW}?asked={other.id}").status_code == 404


def test_a_firm_declares_on_its_own_word(door, people, line):
    cy = door("cy")
    sent = {"subject": line, "goods.en": "Shirts", "standard.en": "GB 18401-2010", "statement.zh": "符合该标准。"}
    assert cy.post("/portal/certificates/declare", sent).status_code == 422
    assert not Certificate.objects.exists()
    missing = cy.post("/portal/certificates/declare", {"subject": line, "true": "yes", "goods.en": "Shirts"})
    assert 'href="#statement"' in missing.content.decode()
    for _ in range(2):
        assert cy.post("/portal/certificates/declare", sent | {"true": "yes", "once": "d"}).status_code == 302
    one = Certificate.objects.get()
    page = words(door().get(f"/certificates/{one.number}"))
    assert "A firm's own declaration" in page
    assert "has not checked it" in page
    assert door("eve").post("/portal/certificates/declare", sent | {"true": "yes"}).status_code == 422
    for name, status in (("bo", 403), ("di", 403), ("", 401)):
        for path in ("", "ask", "declare"):
            assert door(name).get(f"/portal/certificates/{path}").status_code == status
    assert Certificate.objects.count() == 1
