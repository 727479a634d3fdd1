"""Steps 9 and 10 of the story: reports add up, Bo orders the recall, and everybody concerned sees it on a page."""

import re

import pytest
from playwright.sync_api import Page, expect

from guomen.clearance import services as clearance
from guomen.ledger.follow import catch_up
from guomen.parties.actors import PUBLIC
from guomen.tags import services as tags
from guomen.warning import services as warning
from guomen.warning.models import Alert, Notice, Recall
from tests.clearance.conftest import example
from tests.faces import story
from tests.journeys.conftest import DESK, sign_in
from tests.journeys.goods import released
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)


def at_work(visit, people, name: str, path: str, **options) -> Page:
    """The named person's page, after they signed in."""
    getattr(people, name)
    page = visit("/accounts/login/", **options)
    sign_in(page, name)
    page.goto(path)
    return page


def shoppers(goods: story.Goods) -> None:
    """Four people tell the same story."""
    for who, text in (
        ("a", "Fever"),
        ("b", "Diarrhoea"),
        ("c", "Fever and vomiting"),
        ("d", "In hospital since Monday"),
    ):
        about = {"gtin": goods.range.gtin, "batch": goods.range.batch, "hazard": "microbiological", "severity": 3}
        warning.report(PUBLIC, source="injury", text=text, reporter_hash=who * 16, **about)
    catch_up()


def test_bo_takes_the_alert_assesses_it_and_orders_the_recall(visit, people) -> None:
    goods = released(people)
    shoppers(goods)
    page = at_work(visit, people, "bo", "/desk/", size=DESK)
    expect(page.locator(".kpi")).to_contain_text("alert nobody owns")
    page.goto("/desk/warnings/")
    look(page, "desk-warnings")
    page.click("table a")
    look(page, "desk-alert-new")
    page.click("text=Take this alert")
    expect(page.locator("dl")).to_contain_text("Bo")
    page.fill("[name=s0-words]", "Bacteria in the powder make an infant ill")
    page.fill("[name=s0-step0-words]", "The tin carries Cronobacter")
    page.select_option("[name=s0-step0-chance]", index=2)
    page.fill("[name=s0-step1-words]", "The bottle is not made hot enough")
    page.select_option("[name=s0-step1-chance]", index=2)
    page.check("[name=s0-severity][value='4']")
    page.click("text=Record the assessment")
    expect(page.locator("main")).to_contain_text("Severity: Life")
    look(page, "desk-alert-assessed")
    page.fill("[name=reason_en]", "Cronobacter was found.")
    page.fill("[name=reason_zh]", "检出克罗诺杆菌。")
    page.click("button:has-text('Order the recall')")
    expect(page.locator(".notice.bad")).to_contain_text("Cronobacter was found.")
    recall = Recall.objects.get()
    assert recall.batches == [goods.range.batch]
    assert Alert.objects.get().owner_id == people.bo.person.id
    look(page, "desk-alert-recalled")
    fen = visit(goods.path(), java_script_enabled=False)
    expect(fen.locator("h1")).to_have_text("Do not use. Recalled.")
    assert page.problems == fen.problems == []


def test_everybody_concerned_sees_the_recall(visit, people) -> None:
    goods = released(people)
    people.gao  # noqa: B018 - cases are shared with the agencies that are there
    tags.sell(people.sam.actor, goods.range.gtin, goods.serial())
    story.recalled(people, goods)

    for locale, verdict in (("en", "Do not use. Recalled."), ("zh-CN", "召回")):
        fen = visit(goods.path(), locale=locale, java_script_enabled=False)
        expect(fen.locator("h1")).to_contain_text(verdict)
        assert fen.problems == []
    seen = visit(goods.path())
    look(seen, "verify-recalled")
    seen.goto("/recalls")
    assert goods.range.batch in seen.inner_text("main")
    look(seen, "recalls")

    clearance.lodge(people.cy.actor, example())
    bo = at_work(visit, people, "bo", "/desk/", size=DESK)
    row = bo.locator("tr:has-text('Infant formula')")
    expect(row).to_contain_text("Held")
    look(bo, "desk-room-held")
    row.locator("a").click()
    expect(bo.locator("main")).to_contain_text(re.compile("recall", re.IGNORECASE))
    look(bo, "desk-line-held")

    cy = at_work(visit, people, "cy", "/portal/notices/")
    expect(cy.locator("main")).to_contain_text("Cronobacter was found.")
    look(cy, "portal-notices")
    sam = at_work(visit, people, "sam", "/portal/notices/")
    sam.fill("[name=units]", "7")
    sam.click("text=We have stopped the sale of these goods")
    expect(sam.locator("main")).to_contain_text("Confirmed")
    assert Notice.objects.get(organisation=people.sam.organisation).units_recovered == 7

    gao = at_work(visit, people, "gao", "/cases/", size=DESK)
    expect(gao.locator("main")).to_contain_text("Your decision is missing")
    look(gao, "cases")
    gao.click("a.card")
    gao.select_option("#decision", index=1)
    gao.fill("#note", "We visit the maker.")
    gao.click("button:has-text('Decide')")
    expect(gao.locator("main")).to_contain_text("We visit the maker.")
    look(gao, "case-decided")
    for page in (seen, bo, cy, sam, gao):
        assert page.problems == []
