"""Two controllers change a rule in the browser, on a desk and on a phone; an inspector looks up what a car needs."""

from urllib.parse import urlsplit

import pytest

from tests.clearance.conftest import example
from tests.journeys.conftest import DESK, accessible, narrow_enough, shot, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def look(page, name):
    accessible(page)
    narrow_enough(page)
    shot(page, name)


def test_two_controllers_change_a_rule_and_an_inspector_looks_one_up(visit, people):
    from guomen.clearance import services

    for _ in range(6):
        services.lodge(people.cy.actor, example())
    _bo, _bea, _ana = people.bo, people.bea, people.ana
    bo = visit("/", size=DESK)
    sign_in(bo, "bo")
    bo.goto("/en/desk/rules/")
    look(bo, "rules-index-en")
    bo.click("text=Watch lists")
    bo.click("text=A new row")
    for name, value in {
        "key": "SHIRTS-IT", "f.en": "Shirts of one origin", "f.zh": "某产地衬衫", "f.effect": "hold", "f.hs": "6205",
        "f.origins": "IT", "source": "Notice 7 of this port",
    }.items():  # fmt: skip
        bo.fill(f"[name='{name}']", value)
    bo.click("text=Add to my proposal")
    bo.goto("/en/desk/rules/proposal")
    bo.fill("#title_en", "Hold shirts")
    bo.fill("#title_zh", "暂扣衬衫")
    bo.click("[value=propose]")
    look(bo, "rules-row-wrong-en")
    bo.fill("#why", "Two lots failed.")
    bo.click("[value=propose]")
    bo.wait_for_selector("text=What changes")
    bo.click("text=Simulate on history")
    bo.wait_for_selector("svg.bars")
    look(bo, "rules-change-en")
    bea = visit("/")
    sign_in(bea, "bea")
    bea.goto(bo.url)
    bea.click("text=Approve: try it without effect")
    bea.wait_for_selector("text=In the shadow")
    services.lodge(people.cy.actor, example())
    bea.reload()
    look(bea, "rules-change-phone-en")
    bea.goto(f"/zh{urlsplit(bo.url).path}")
    assert "影子运行" in bea.inner_text("main")
    look(bea, "rules-change-phone-zh")
    ana = visit("/")
    sign_in(ana, "ana")
    ana.goto("/en/desk/requirements/?q=8703236110&number=1M8GDM9AXKP042788")
    assert "VIN: the check character fits." in ana.inner_text("main")
    look(ana, "requirements-phone-en")
    ana.set_viewport_size(DESK)
    ana.goto("/zh/desk/requirements/?q=玩具")
    look(ana, "requirements-zh")
    assert bea.problems + ana.problems == []  # the form that was sent incomplete is a 422 in the console of the first
