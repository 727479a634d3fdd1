"""Fen's phone, with scripts off: she claims what she bought, proves it, and ends the claim."""

import pytest
from playwright.sync_api import expect

from guomen.faces.edge import publishing
from guomen.ledger.follow import catch_up
from guomen.tags import labels, services
from guomen.tags.services import printing
from tests.journeys.conftest import accessible, narrow_enough, shot
from tests.journeys.goods import released
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)


def test_fen_claims_an_item_proves_it_and_ends_the_claim(visit, people) -> None:
    goods = released(people)
    services.order_labels(people.cy.actor, goods.range.code, format="inner")
    while printing.work():
        pass
    catch_up()
    publishing.work_all()
    code = next(labels.run_of(goods.range, 0, 1, inside=True)).inner
    fen = visit(goods.path(), java_script_enabled=False)
    seen = visit(goods.path())
    look(seen, "claim-item")
    fen.click("a.button:has-text('Claim this item')")
    look(visit(fen.url), "claim-form")
    fen.fill("#code", "0000 0000")
    fen.click("main .button.primary")
    expect(fen.locator(".problems")).to_contain_text("not the code from inside this pack")
    narrow_enough(fen)
    shot(fen, "claim-wrong.en.390")
    fen.fill("#code", f"{code[:4]} {code[4:]}".lower())
    fen.click("main .button.primary")
    expect(fen.locator("h1")).to_have_text("This item is yours")
    secret = fen.inner_text(".secret")
    narrow_enough(fen)
    shot(fen, "claim-done.en.390")
    fen.click("text=Prove or end my claim")
    look(visit(fen.url), "claim-mine")
    fen.fill("#secret", secret.lower())
    fen.click("main .button.primary")
    expect(fen.locator("h1")).to_have_text("The claim is proven")
    shot(fen, "claim-proven.en.390")
    # The Chinese page is the answer to a form as well: axe looks at it where scripts may run.
    chinese = visit(f"/zh/claim/mine{goods.path()}")
    chinese.fill("#secret", secret)
    chinese.click("main .button.primary")
    narrow_enough(chinese)
    accessible(chinese)
    shot(chinese, "claim-proven.zh.390")
    seen.goto(goods.path())
    expect(seen.locator("main")).to_contain_text("Its buyer has claimed this item")
    look(seen, "claim-item-claimed")
    fen.click("main .button.danger")
    expect(fen.locator("h1")).to_have_text("The claim has ended")
    shot(fen, "claim-ended.en.390")
    assert fen.context.cookies() == []
    assert all("403" in problem for problem in fen.problems)
