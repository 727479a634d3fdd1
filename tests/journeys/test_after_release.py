"""After the release: Cy's duties and Bo's list; Ana at the port with a task that Bo gave her, and a fast test."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.release import services
from guomen.release.models import Debt
from tests.adoption.conftest import earned, undrawn
from tests.adoption.test_adoption import line_of, shirts
from tests.clearance.conftest import story
from tests.clearance.test_deciding import answer_all
from tests.clearance.test_exports import leaving
from tests.clearance.test_ten_modes import GUARANTEE, milk
from tests.journeys.conftest import DESK, sign_in
from tests.journeys.look import look

__all__ = ["story", "undrawn"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_cy_keeps_what_was_promised_and_bo_sees_what_is_overdue(visit, people, story, undrawn) -> None:
    bo, payload = people.bo.actor, shirts(story)
    earned(line_of(undrawn(payload)))
    payload["documents"] = [*payload["documents"], GUARANTEE]
    first, second = line_of(undrawn(payload)), line_of(undrawn(payload))
    assert {first.mode, second.mode} == {"NO-INSPECTION"}
    catch_up()
    Debt.objects.filter(declaration=second.declaration).update(due_at=now() - timedelta(days=1))
    services.find_overdue()
    phone = visit("/accounts/login/")
    sign_in(phone, "cy")
    phone.goto("/portal/")
    phone.locator("summary", has_text="More").click()
    phone.click("text=Duties after release")
    expect(phone.locator(".notice.bad")).to_contain_text("suspended from Release without inspection")
    look(phone, "duties")
    card = phone.locator("article", has_text=f"{first.declaration}/1")
    card.locator("summary").click()
    card.locator("input[value=pass]").check()
    card.locator("input[name=note]").fill("Asked twelve shops; nobody complained.")
    card.locator("button").click()
    expect(phone.locator("article")).to_have_count(1)
    desk = visit("/accounts/login/", size=DESK)
    sign_in(desk, "bo")
    desk.goto("/desk/debts/")
    expect(desk.locator("main")).to_contain_text("Owed by Harbour Imports")
    look(desk, "debts")
    assert bo.is_officer


def test_bo_gives_ana_the_ports_check_and_she_does_it_and_a_fast_test_on_her_phone(visit, people, story) -> None:
    assert (people.di.organisation.code, people.bo.actor.is_authority) == ("LAB-1", True)
    export = clearance.lodge(people.cy.actor, leaving(lines=leaving()["lines"][:1]))
    made = Order.objects.get(declaration=export.number)
    answer_all(people, made)
    clearance.release_after_inspection(people.ana.actor, made.id)
    desk = visit("/accounts/login/", size=DESK)
    sign_in(desk, "bo")
    desk.goto(f"/desk/lines/{export.number}/1")
    desk.click("text=Give it to an inspector")
    desk.select_option("#inspector", "ana@example.test")
    look(desk, "give")
    desk.click("text=Give it to an inspector")
    desk.select_option("#inspector", "ana@example.test")
    desk.click("button:has-text('Give the task')")
    expect(desk.locator("main")).to_contain_text("Ana")
    task = Order.objects.get(declaration=export.number, state="taken")
    phone = visit("/accounts/login/")
    sign_in(phone, "ana")
    phone.goto(f"/field/{task.id}")
    look(phone, "port-check")
    answer_all(people, task)
    phone.goto(f"/field/{task.id}")
    phone.click("button:has-text('Release')")
    expect(phone.locator("main")).to_contain_text("Released")
    assert Line.objects.get(declaration=export.number).state == "released"
    lodged = clearance.lodge(people.cy.actor, milk(story))
    fast = Order.objects.get(declaration=lodged.number)
    answer_all(people, fast)
    phone.goto(f"/field/{fast.id}")
    phone.fill("#quantity", "5")
    phone.fill("#seal_number", "S-1")
    phone.click("text=Sample is drawn and sealed")
    phone.fill("#fast_method", "Strip for beta-lactams")
    phone.click("button:has-text('Negative')")
    expect(phone.locator("button:has-text('Negative')")).to_have_attribute("aria-pressed", "true")
    look(phone, "fast-test")
