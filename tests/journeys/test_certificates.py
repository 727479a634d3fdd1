"""A certificate's life in a browser: a firm asks, an officer drafts, another reviews, a third signs."""

import pytest
from playwright.sync_api import expect

from guomen.certificates import services, signing_keys
from guomen.certificates.models import Certificate
from guomen.clearance import services as clearance
from guomen.inspection import services as inspection
from guomen.kit.ids import Subject
from guomen.parties.actors import SYSTEM
from tests.certificates.kinds import PACKAGING, USE, WHOLE
from tests.certificates.making import decided, draft, sign
from tests.clearance.conftest import example
from tests.inspection.goods import sampled
from tests.inspection.test_samples import GOOD
from tests.journeys.conftest import DESK, sign_in
from tests.journeys.look import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_firm_asks_and_three_officers_answer(visit, people) -> None:
    for name in ("bo", "ari", "amy"):
        getattr(people, name)
    line = Subject.line(clearance.lodge(people.cy.actor, example()).number, 1)
    decided("line.released", line)
    cy = visit("/accounts/login/")
    sign_in(cy, "cy")
    cy.goto("/portal/certificates/ask")
    look(cy, "portal-ask-certificate")
    cy.select_option("#kind", "21")
    cy.select_option("#subject", line)
    cy.click("button:text-is('Ask for it')")
    expect(cy.locator("main")).to_contain_text("Asked for")
    look(cy, "portal-certificates")
    bo = visit("/accounts/login/", size=DESK)
    sign_in(bo, "bo")
    bo.goto("/desk/certificates/")
    look(bo, "desk-certificates")
    bo.click("a:has-text('Inspection and quarantine certificate of entry goods')")
    bo.fill("#decision\\.en", "The goods meet the requirements.")
    bo.fill("#decision\\.zh", "上述货物经检验合格。")
    look(bo, "desk-certificate-form")
    bo.fill("#decision\\.en", "The goods meet the requirements.")
    bo.click("button:text-is('Save the draft')")
    number = Certificate.objects.get().number
    for name, button in (("ari", "Yes, ready to be signed"), ("amy", "Sign this certificate")):
        one = visit("/accounts/login/", size=DESK)
        sign_in(one, name)
        one.goto(f"/desk/certificates/{number}")
        look(one, f"desk-certificate-{name}")
        one.click(f"button:text-is('{button}')")
    expect(one.locator("main")).to_contain_text("Signed. The certificate can be checked by anyone now.")
    look(one, "desk-certificate-signed")
    fen = visit(f"/certificates/{number}")
    expect(fen.locator("main")).to_contain_text("This certificate is valid")
    look(fen, "certificate-valid")
    for page in (cy, bo, one, fen):
        assert page.problems == []


def with_results(people) -> str:
    """The number of a sample whose results Di signed."""
    made = sampled(people)
    inspection.receive_sample(people.di.actor, made.number)
    inspection.enter_results(people.di.actor, made.number, GOOD)
    return inspection.report(people.di.actor, made.number).number


def first_key() -> str:
    """The id of the keys that signed until two others took their turns."""
    for _ in range(2):
        services.rotate_keys(SYSTEM, reason="Yearly rotation")
    return signing_keys.public(signing_keys.every()[0]).id


def test_forms_and_pages_of_other_kinds_can_be_used_by_everybody(visit, people) -> None:
    boxes = "urn:guomen:packaging:C231234"
    performance = sign(people, draft(people, boxes, kind="PP", facts=PACKAGING, valid_days=100))
    sign(people, draft(people, boxes, kind="PU", facts=USE | {"performance": performance.number}, valid_days=50))
    plants = sign(people, draft(people, boxes, kind="18", facts=WHOLE["18"]))
    line = Subject.line(clearance.lodge(people.cy.actor, example()).number, 1)
    word = services.declare(people.cy.actor, line, WHOLE["CD"])
    services.suspend(people.amy.actor, plants.number, "The treatment is being looked into.", "investigation")
    bo = visit("/accounts/login/")
    assert people.bo
    sign_in(bo, "bo")
    for path, name in (
        ("/desk/certificates/new", "desk-certificate-kinds"),
        ("/desk/certificates/new?kind=18", "desk-form-phyto"),
        (f"/desk/certificates/{performance.number}", "desk-certificate-packages"),
        (f"/certificates/{performance.number}", "certificate-packages"),
        (f"/certificates/{plants.number}", "certificate-suspended"),
        (f"/certificates/{word.number}", "certificate-own-word"),
    ):
        bo.goto(path)
        look(bo, name)
    bo.goto("/desk/certificates/new?kind=18")
    bo.fill("#subject", "urn:guomen:consignment:1")
    bo.fill("#holder", "nobody")
    bo.click("button:text-is('Save the draft')")
    expect(bo.locator(".problems")).to_contain_text("No organisation is registered under this code.")
    look(bo, "desk-form-wrong")
    cy = visit("/accounts/login/")
    sign_in(cy, "cy")
    cy.goto("/portal/certificates/declare")
    look(cy, "portal-declare-conformity")
    sample = with_results(people)
    services.distrust_key(SYSTEM, first_key(), reason="A copy was found")
    di = visit("/accounts/login/")
    sign_in(di, "di")
    di.goto(f"/laboratory/{sample}")
    look(di, "laboratory-sample-reported")
    di.click("a:text-is('Report as a certificate')")
    look(di, "laboratory-report-form")
    di.fill("#accreditation\\.en", "CNAS L0001")
    di.click("button:text-is('Save the draft')")
    expect(di.locator("main")).to_contain_text("You drafted it: a colleague reviews it.")
    look(di, "laboratory-report")
    for path, name in (("/laboratory/reports/", "laboratory-reports"), ("/certificates/keys", "certificate-keys")):
        di.goto(path)
        look(di, name)
    assert di.problems == []
    assert bo.problems == ["Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"]
