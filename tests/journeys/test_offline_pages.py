"""Pages for checks without a network in a browser: Cy names a shop, Sam and Ana fetch files, Bo signs and approves."""

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import expect

from guomen.client import OfflineChecker
from guomen.tags import labels
from tests.journeys.conftest import accessible, narrow_enough, shot, sign_in
from tests.journeys.goods import released
from tests.journeys.look import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_firm_names_a_shop_whose_device_then_knows_its_goods(visit, people) -> None:
    goods = released(people)
    people.sam  # noqa: B018 - the shop has to be there
    cy = visit("/accounts/login/")
    sign_in(cy, "cy")
    cy.goto("/offline/")
    look(cy, "offline-firm-empty")
    cy.fill("#code", "SHOP-1")
    cy.click("button[value=name]")
    expect(cy.locator(".notice").first).to_contain_text("may check your goods")
    look(cy, "offline-firm")
    sam = visit("/accounts/login/")
    sign_in(sam, "sam")
    sam.click("text=Checks without a network")
    expect(sam.locator("main")).to_contain_text("Harbour Imports")
    look(sam, "offline-shop")
    with sam.expect_download() as got:
        sam.click("main .button.primary")
    checks = OfflineChecker(got.value.path().read_bytes(), [sam.inner_text("code.long")])
    assert checks.check(labels.serials(goods.range, 0, 1)[0]).state == "fine"
    people.ana  # noqa: B018
    ana = visit("/accounts/login/")
    sign_in(ana, "ana")
    ana.goto("/offline/")
    look(ana, "offline-inspector")
    assert cy.problems == sam.problems == ana.problems == []


def test_the_control_room_signs_codes_and_approves_houses(visit, people) -> None:
    people.eve, people.bo  # noqa: B018
    bo = visit("/accounts/login/")
    sign_in(bo, "bo")
    bo.goto("/desk/codes/")
    look(bo, "desk-codes-empty")
    bo.fill("#subject", "https://id.gs1.org/00/080012345000000016")
    bo.fill("#days", "90")
    bo.click("button[value=sign]")
    bo.click("text=Show the code")
    expect(bo.locator(".qr svg")).to_be_visible()
    narrow_enough(bo)
    accessible(bo)
    shot(bo, "desk-codes-open.en.390")
    look(bo, "desk-codes")
    bo.click("summary:has-text('Revoke')")
    bo.click("button[value=revoke]")
    expect(bo.locator(".problems")).to_contain_text("in 3 to 300 characters")
    bo.fill("input[name=why]", "printed twice")
    bo.click("button[value=revoke]")
    expect(bo.locator("main")).to_contain_text("printed twice")
    bo.goto("/desk/houses/")
    look(bo, "desk-houses-empty")
    bo.fill("#house", people.eve.organisation.code)
    bo.fill("#key", ECKey.generate_key("P-256").as_pem(private=False).decode())
    bo.click("button[value=approve]")
    expect(bo.locator("article h2")).to_have_text("Somebody Else")
    look(bo, "desk-houses")
    assert all("422" in said for said in bo.problems)
