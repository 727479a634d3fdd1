"""Cy shows the shop what happened to a batch, from a phone without script, and stops again."""

import pytest
from playwright.sync_api import expect

from guomen.catalogue.services import register_product
from guomen.trace import services, sharing
from tests.catalogue.test_products_api import SHIRT
from tests.journeys.conftest import sign_in
from tests.journeys.look import look
from tests.trace.goods import seen

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/portal/shares/"
SHIRTS = f"https://id.gs1.org/01/{SHIRT['gtin']}/10/L7"


def test_cy_shares_a_batch_sam_reads_it_and_cy_stops(visit, people) -> None:
    register_product(people.cy.actor, **SHIRT)
    services.record(people.cy.actor, [seen(n, "storing", f"{SHIRTS}/21/{n}") for n in range(3)])
    sharing.share_thing(people.sam.actor, f"{SHIRTS}/21/0", people.cy.organisation.code)
    cy = visit("/accounts/login/", java_script_enabled=False)
    sign_in(cy, "cy")
    cy.goto("/portal/")
    cy.click("summary:has-text('More')")
    cy.click("text=Shared events")
    expect(cy.locator("main")).to_contain_text("You share nothing.")
    cy.fill("#thing", "not a code")
    cy.click("button:text-is('Share')")
    expect(cy.locator(".problems")).to_contain_text("no code that we can read")
    looking = visit("/accounts/login/")
    sign_in(looking, "cy")
    looking.goto(HERE)
    look(looking, "portal-shares-empty")
    cy.fill("#thing", SHIRTS)
    cy.fill("#with", people.sam.organisation.code)
    cy.click("button:text-is('Share')")
    expect(cy.locator("main")).to_contain_text("with Corner Shop since")
    sam = visit("/accounts/login/", java_script_enabled=False)
    sign_in(sam, "sam")
    sam.goto(HERE)
    sam.click("text=Batch L7")
    expect(sam.locator("h1")).to_contain_text("Batch L7")
    sharing.share_query(people.cy.actor, {"EQ_bizStep": ["storing"], "MATCH_epc": [f"{SHIRTS}/21/1"]}, "SHOP-1")
    cy.goto(HERE)
    cy.locator("section", has_text="Batch L7").get_by_role("button", name="Stop sharing").click()
    expect(cy.locator("main")).to_contain_text("No longer shared by you")
    looking.goto(HERE)
    look(looking, "portal-shares")
    sam.goto(HERE)
    expect(sam.locator("main")).not_to_contain_text("Batch L7")
