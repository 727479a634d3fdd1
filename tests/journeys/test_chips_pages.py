"""Chips in a browser: Cy names a house and registers chips, the house fetches what to write and the keys."""

import json

import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import expect

from guomen.tags import services
from guomen.tags.models import Range
from guomen.tags.services import chip_files
from tests.journeys.conftest import accessible, narrow_enough, shot, sign_in
from tests.journeys.goods import lodged
from tests.journeys.look import look
from tests.tags.test_chips import rows, uid

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_cy_registers_chips_and_the_house_writes_them(visit, people, monkeypatch) -> None:
    declared = lodged(people)
    house = people.eve.organisation.code
    services.approve_house(people.bo.actor, house, json.dumps(ECKey.generate_key("P-256").as_dict(private=False)))
    cy = visit("/accounts/login/")
    sign_in(cy, "cy")
    cy.goto(f"/portal/declarations/{declared.number}/1/tags/")
    look(cy, "portal-order-tags")
    cy.fill("#count", "300")
    cy.select_option("#carrier", "chip")
    cy.click("main .button.primary")
    cy.wait_for_url("**/portal/tags/")
    look(cy, "portal-tags")
    one = Range.objects.get()
    cy.goto(f"/portal/tags/{one.code}/chips/")
    look(cy, "portal-chips-empty")
    cy.select_option("#house", house)
    cy.click("button[value=house]")
    expect(cy.locator(".notice").first).to_contain_text("Encoding house named")
    content = "".join([*rows(one, 120), "zz,zz\n"]).encode()
    file = {"name": "chips.csv", "mimeType": "text/csv", "buffer": content}
    cy.set_input_files("#file", file)
    cy.click("button[value=upload]")
    expect(cy.locator("main")).to_contain_text("What became of the file")
    narrow_enough(cy)
    accessible(cy)
    shot(cy, "portal-chips-report.en.390")
    cy.goto(f"/portal/tags/{one.code}/chips/")
    look(cy, "portal-chips")
    monkeypatch.setattr(chip_files, "SMALL", 100)
    more = "".join([*rows(one, 40, 150), f"{uid(190)},zz\n"]).encode()
    cy.set_input_files("#file", {"name": "more.csv", "mimeType": "text/csv", "buffer": more})
    cy.click("button[value=upload]")
    cy.wait_for_selector("#files progress")
    look(cy, "portal-chip-file-waiting")
    chip_files.work()
    cy.wait_for_selector("#files details")
    expect(cy.locator("#files")).to_contain_text("Registered 40")
    look(cy, "portal-chip-file-done")
    eve = visit("/accounts/login/")
    sign_in(eve, "eve")
    eve.goto("/portal/encoding/")
    look(eve, "portal-encoding")
    eve.click("a.card")
    look(eve, "portal-chips-house")
    eve.select_option("#written", "ntag424tt")
    with eve.expect_download() as got:
        eve.click("button[value=provisioning]")
    assert "{enc}" in got.value.path().read_text()
    with eve.expect_download() as keys:
        eve.click("button[value=keys]")
    assert keys.value.path().read_text().startswith("ey")
    assert cy.problems == eve.problems == []
