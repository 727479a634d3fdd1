"""Cy attaches a certificate from abroad, Bo and Amy decide whom to believe, both on a phone and at a desk."""

import json

import pytest
from django.db import transaction

from guomen.clearance import services as clearance
from tests.certificates.issuing import ISSUER, as_jose, as_sd_jwt, jwks
from tests.clearance.conftest import example
from tests.journeys.conftest import sign_in
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_certificate_from_abroad_is_attached_and_believed_after_two_persons_agree(visit, people) -> None:
    people.amy, people.bo, people.di  # noqa: B018
    with transaction.atomic():
        number = clearance.lodge(people.cy.actor, example()).number
    bo = visit()
    sign_in(bo, "bo")
    bo.goto("/foreign/issuers/")
    look(bo, "issuers-empty")
    bo.click("text=Propose an issuer")
    look(bo, "issuer-propose")
    bo.fill("#identifier", ISSUER)
    bo.fill("#name_en", "Plant Health Office")
    bo.fill("#name_zh", "植物卫生局")
    bo.select_option("#country", "NZ")
    bo.fill("#kinds", "PhytosanitaryCertificate\nurn:plants:phyto")
    bo.fill("#valid_from", "2026-01-01")
    bo.fill("#valid_until", "2036-01-01")
    bo.fill("#keys", json.dumps(json.loads(jwks()), indent=1))
    bo.fill("#status_addresses", "https://plants.example/status/")
    bo.click("main .button.primary")
    assert "Proposed. A colleague confirms it." in bo.inner_text("body")
    bo.click("main a:has-text('Plant Health Office')")
    look(bo, "issuer-proposed")
    page = bo.url
    amy = visit()
    sign_in(amy, "amy")
    amy.goto(page)
    amy.click("text=Confirm: put it on the list")
    assert "The issuer is on the trust list." in amy.inner_text("body")
    look(amy, "issuer-trusted")
    amy.goto("/foreign/issuers/")
    look(amy, "issuers")
    cy = visit()
    sign_in(cy, "cy")
    cy.goto(f"/portal/declarations/{number}/")
    cy.click("text=Certificates of other issuers >> nth=0")
    cy.set_input_files("#file", {"name": "a.jwt", "mimeType": "application/vc+jwt", "buffer": as_jose()})
    cy.click("main .button.primary")
    cy.fill("#text", as_sd_jwt().decode())
    cy.click("main .button.primary")
    assert "Signature: Passed" in cy.inner_text("main")
    assert "The issuer's list of states has not been fetched yet." in cy.inner_text("main")
    look(cy, "foreign-broker")
    bo.goto(f"/foreign/{number}/1/")
    look(bo, "foreign-officer")
    for person in (bo, amy, cy):
        assert person.problems == []
