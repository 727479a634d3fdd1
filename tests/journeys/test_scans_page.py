"""Cy looks where codes of his goods are checked, Bo undoes a false alarm: readable for everybody in both languages."""

from datetime import timedelta

import pytest

from guomen.kit.clock import now
from guomen.tags.models import Alarm, Seen
from guomen.tags.services.digesting import digest
from tests.journeys.conftest import DESK, sign_in
from tests.journeys.goods import released
from tests.journeys.look import look
from tests.tags.looking import crowd
from tests.tags.looking import look as scan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CITIES = ("CNSHA", "CNBJS", "CNCTU", "CNCAN", "CNURC")


def test_a_firm_sees_its_scans_and_a_controller_undoes_an_alarm(people, visit):
    goods = released(people)
    one, begin = goods.range, now() + timedelta(minutes=1)
    for day in range(25):
        for n in range(1 + day * 7 % 11):
            at = begin - timedelta(days=day)
            scan(one, 20 + n, 100 * day + n, place=CITIES[n % 3], at=at)
    crowd(one, 3, phones=14, place="CNURC", at=begin)
    scan(one, 3, 77, place="CNCAN", at=begin + timedelta(hours=5))
    digest()
    assert people.bo
    cy = visit("/")
    sign_in(cy, "cy")
    cy.click("nav >> text=Scans")
    assert "The public checked these codes" in cy.inner_text("main")
    assert cy.locator("svg.map circle").count() >= 4
    look(cy, "scans.index")
    cy.click("text=Cities as a table")
    assert "Urumqi" in cy.inner_text("details[open]")
    cy.fill("#batch", one.batch)
    cy.click("main form button")
    assert f"batch={one.batch}" in cy.url
    cy.goto("/scans/alarms/")
    look(cy, "scans.alarms")
    cy.goto("/scans/alarms/" + str(Alarm.objects.filter(rule="TAG-MANY-DEVICES").get().id) + "/")
    assert "Only the authority can undo this alarm" in cy.inner_text("main")
    bo = visit("/", size=DESK)
    sign_in(bo, "bo")
    bo.click("nav >> text=Scans")
    bo.click("text=All alarms")
    bo.click("a.card >> nth=0")
    look(bo, "scans.alarm")
    bo.goto("/scans/alarms/")
    look(bo, "scans.alarms-to-undo")
    bo.click("text=Undo the chosen alarms")
    assert "Choose at least one alarm" in bo.inner_text(".problems")
    one_by_one, *others = Alarm.objects.all()
    for alarm in [one_by_one]:
        bo.goto(f"/scans/alarms/{alarm.id}/")
        bo.click("text=Undo the alarm")
        assert "Some fields need attention" in bo.inner_text("main")
        bo.select_option("#cause", "display")
        bo.fill("#why", "It stands on the counter of the shop.")
        bo.click("text=Undo the alarm")
        assert "It stands on the counter of the shop." in bo.inner_text("main")
    bo.goto("/scans/alarms/")
    for alarm in others:
        bo.check(f"input[value='{alarm.id}']")
    bo.select_option("#cause", "display")
    bo.fill("#why", "They stand on the counter of the shop.")
    bo.click("text=Undo the chosen alarms")
    assert "undone" in bo.inner_text(".notice")
    assert not Seen.objects.exclude(alarms=[]).exists()
    assert cy.problems == []
    assert all("422" in p for p in bo.problems)


def test_what_we_know_of_visitors_is_readable_for_everybody(visit, people):
    fen = visit("/privacy", java_script_enabled=False)
    assert "What we know of you" in fen.inner_text("h1")
    assert fen.context.cookies() == []
    look(visit("/privacy"), "privacy")
