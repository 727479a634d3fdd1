"""Cy says on a phone where codes lead; Fen, without script, is led there or to the authority's page."""

import pytest
from playwright.sync_api import expect

from guomen.catalogue.models import Link
from guomen.catalogue.rules import Target
from guomen.catalogue.services import add_link, register_product
from tests.catalogue.test_products_api import SHIRT
from tests.journeys.conftest import DESK, sign_in
from tests.journeys.goods import released
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)
HERE = f"/portal/products/{SHIRT['gtin']}/links/"


def test_cy_leads_codes_to_the_firms_pages_and_fen_chooses_between_two(visit, people) -> None:
    register_product(people.cy.actor, **SHIRT)
    cy = visit("/accounts/login/", java_script_enabled=False)
    sign_in(cy, "cy")
    cy.goto("/portal/products/")
    cy.click("text=Links")
    expect(cy.locator("main")).to_contain_text("No links yet.")
    looking = visit("/accounts/login/", size=DESK)
    sign_in(looking, "cy")
    looking.goto(HERE)
    look(looking, "portal-links-empty")
    cy.click("text=Add a link")
    looking.goto(f"{HERE}add/")
    look(looking, "portal-link-add")
    cy.click("text=Save")
    expect(cy.locator(".problems")).to_contain_text("attention")
    for n, (title, batch) in enumerate((("Care of the shirt", ""), ("How this batch was made", "B1"))):
        cy.goto(f"{HERE}add/")
        cy.select_option("#link_type", "instructions")
        cy.fill("#title", title)
        cy.fill("#href", f"https://a-rather-long-name-of-a-firm.example/products/08012345000012/instructions/{n}")
        cy.fill("#languages", "en, zh")
        cy.fill("#batch", batch)
        cy.click("text=Save")
        expect(cy.locator("main")).to_contain_text(title)
    cy.locator("button", has_text="Lead codes here").first.click()
    expect(cy.locator(".chip")).to_have_text("Codes lead here")
    looking.goto(HERE)
    look(looking, "portal-links")
    looking.click("main .item a.button")
    look(looking, "portal-link-change")
    assert Link.objects.get(is_default=True).title == "Care of the shirt"
    other = Link.objects.get(is_default=True)
    Link.objects.create(of=other.of, anchor=other.anchor, type="pip", href="https://firm.example/1", title="Front")
    Link.objects.create(of=other.of, anchor=other.anchor, type="pip", href="https://firm.example/2", title="Back")
    fen = visit(f"/01/{SHIRT['gtin']}?linkType=gs1:pip", java_script_enabled=False)
    expect(fen.locator("h1")).to_have_text("Choose where to go")
    seen = visit(f"/01/{SHIRT['gtin']}?linkType=gs1:pip")
    look(seen, "choose-link")
    seen.goto(f"/01/{SHIRT['gtin']}?linkType=gs1:dpp")
    look(seen, "no-such-link")
    seen.goto("/01/08012345000013")
    look(seen, "wrong-code")
    goods = released(people)
    target = Target("instructions", "https://firm.example/use", "How to prepare it safely", ("en",))
    add_link(people.cy.actor, f"01/{goods.range.gtin}", target)
    fen.goto(goods.path())
    expect(fen.locator("main")).to_contain_text("Passed inspection")
    expect(fen.locator("main")).to_contain_text("How to prepare it safely")
    seen.goto(goods.path())
    look(seen, "item-with-links")
