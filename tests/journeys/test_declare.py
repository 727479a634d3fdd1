"""Step 1 of the story: Cy declares on a phone, in a real Chromium; axe finds nothing in either language."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from guomen.clearance.models import Declaration, Draft
from guomen.faces.portal.sections import GOODS, Section, read, sections
from tests.faces.portal_form import PDF, PNG, a_notice, story
from tests.journeys.conftest import accessible, shot, sign_in
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)


def answer(page: Page, section: Section, data: dict, prefix: str = "") -> None:
    """Fill in a section as a person does, field by field."""
    for field in section.fields:
        value = read(data, prefix + field.name)
        control = page.locator(f'[name="{prefix}{field.name}"]')
        if field.kind == "codes":
            for code in value:
                page.check(f'[name="{prefix}{field.name}"][value="{code}"]')
        elif control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value or "")
    page.click("main form:first-of-type .button.primary")


def test_cy_declares_on_a_phone(visit, people, tmp_path: Path) -> None:
    people.cy  # noqa: B018
    page = visit("/portal/")
    assert "/accounts/login/" in page.url
    sign_in(page, "cy")
    page.goto("/portal/")
    look(page, "portal-home-empty")
    page.click("text=Declare an import")
    draft = page.url
    back = re.compile(r"/portal/declare/[0-9a-f-]{36}/(#.*)?$")  # a browser keeps the fragment over a redirect
    look(page, "portal-tasks-empty")

    data = story()
    for section in sections({}):
        page.goto(draft)
        page.click(f"text={section.title.en}")
        look(page, f"portal-{section.key}")
        if section.key == "packing":
            wrong = {"containers": [{"number": "MSKU1234564", "seal": "MSK558201"}]}
            answer(page, section, data | wrong)
            assert page.locator(".problems").is_visible()
            assert "check digit" in page.inner_text(".problems")
            assert [p for p in page.problems if "422" not in p] == []
            page.problems.clear()  # a browser notes a refused form as an error; nothing else may be noted
            look(page, "portal-packing-wrong")
            page.click(".problems a")
            assert page.evaluate("document.activeElement.id") == "containers.0.number"
        answer(page, section, data)
        page.wait_for_url(back)
    for index in range(len(data["lines"])):
        page.click("text=Add a goods line")
        if index == 0:
            look(page, "portal-goods")
        answer(page, GOODS, data, f"lines.{index}.")
        page.wait_for_url(back)
    page.click("text=Attach a document")
    look(page, "portal-documents")
    paper = tmp_path / "psi.pdf"
    paper.write_bytes(PDF)
    page.select_option("#kind", "101018")
    page.fill("#number", "PSI-DE-2026-0377")
    page.set_input_files("#file", paper)
    page.click("main .button.primary")
    page.wait_for_url(back)
    assert "Every question is answered" in page.inner_text("main")
    look(page, "portal-tasks-ready")

    page.click("text=Send the declaration")
    page.wait_for_url("**/portal/declarations/**")
    assert "Declaration lodged." in page.inner_text("main")
    look(page, "portal-declaration")
    lodged = Declaration.objects.get()
    assert lodged.number in page.url
    assert not Draft.objects.exists()
    page.goto("/portal/")
    look(page, "portal-home")
    assert page.problems == []


def test_cy_registers_a_product_and_orders_tags_on_a_phone(visit, people, tmp_path: Path) -> None:
    from guomen.clearance import services
    from tests.clearance.conftest import example

    lodged = services.lodge(people.cy.actor, example())
    page = visit("/accounts/login/")
    sign_in(page, "cy")
    page.goto("/portal/products/")
    look(page, "portal-products-empty")
    page.click("text=Register a product")
    look(page, "portal-product-add")
    for name, value in {
        "gtin": "08012345000012",
        "name_en": "Men's cotton shirt",
        "name_zh": "男式棉衬衫",
        "brand": "Esempio",
        "hs_code": "6205200090",
        "maker_name": "Camiceria Esempio S.r.l.",
    }.items():
        page.fill(f"#{name}", value)
    page.select_option("#maker_country", "IT")
    picture = tmp_path / "front.png"
    picture.write_bytes(PNG)
    page.set_input_files("#image", picture)
    page.click("main .button.primary")
    page.wait_for_url("**/portal/products/")
    look(page, "portal-products")
    page.goto(f"/portal/declarations/{lodged.number}/1/tags/")
    look(page, "portal-order-tags")
    page.click("main .button.primary")
    page.wait_for_url("**/portal/tags/")
    assert "1,200 tags" in page.inner_text("main")
    look(page, "portal-tags")
    page.goto("/portal/notices/")
    look(page, "portal-notices-empty")
    assert page.problems == []


def test_a_shop_and_an_importer_answer_on_a_phone(visit, people) -> None:
    people.sam  # noqa: B018
    notice = a_notice(people)
    page = visit("/accounts/login/")
    sign_in(page, "cy")
    page.goto("/portal/")
    look(page, "portal-home-recall")
    page.click("text=Read the notice")
    look(page, "portal-notices")
    page.fill(f"#units-{notice.id}", "1150")
    page.click("main .button.primary")
    page.wait_for_url("**/portal/notices/")
    assert "Confirmed" in page.inner_text("main")
    look(page, "portal-notices-answered")

    page = visit("/accounts/login/")
    sign_in(page, "sam")
    page.goto("/portal/")
    look(page, "portal-home-shop")
    page.click("text=Record a sale")
    look(page, "portal-sell")
    page.fill("#code", "hello")
    page.click("main .button.primary")
    page.wait_for_selector(".problems")
    accessible(page)
    shot(page, "portal-sell-wrong.en.390")
