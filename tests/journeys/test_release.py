"""A large lot in parts with a stop, a driver's slip from the phone to the gate, and the desk's pages beside it."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from guomen.adoption import services as adoption
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.release import services
from tests.adoption.test_adoption import SHIRTS, listed, reported
from tests.journeys.conftest import DESK, SHOTS, sign_in
from tests.journeys.look import look
from tests.journeys.test_certificate_check import CAMERA, READER
from tests.release.conftest import bulk, shirts, story
from tests.release.test_release import receiver_of

__all__ = ["bulk", "shirts", "story"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_ana_stops_a_lot_and_cys_driver_shows_a_slip_that_the_gate_reads(visit, people, bulk, shirts) -> None:
    bo, cy = people.bo.actor, people.cy.actor
    receiver_of(people, "https://port.example/in")
    listed(people)
    reported(people)
    adoption.declare_air_sample(
        cy, SHIRTS | {"batch": "S2610", "origin": "IT", "waybill": "020-12345675", "arrives_on": str(now().date())}
    )
    adoption.ask_standing(cy, "AIR-SAMPLE", "The sample and the bulk are of one batch.")
    catch_up()
    ana = visit("/accounts/login/", size=DESK, java_script_enabled=False)
    sign_in(ana, "ana")
    parts = f"/desk/lines/{bulk.declaration}/1/parts"
    ana.goto(parts)
    ana.fill("#store", "Store 9, Lingang")
    ana.click("text=Start unloading")
    for quantity in ("400", "300"):
        ana.fill("#quantity", quantity)
        ana.fill("#place", "Barge 1")
        ana.click("button:has-text('Write down')")
    ana.click("[aria-label='Conforms, release: part 1']")
    ana.locator("summary", has_text="Does not conform").click()
    ana.locator("details[open] #note").fill("Live weevils in the third bag.")
    ana.click("text=Stop the line")
    expect(ana.locator(".stop")).to_contain_text("Live weevils")
    expect(ana.locator(".chip.wait")).to_have_text("Called back")
    boss = visit("/accounts/login/", size=DESK)
    sign_in(boss, "bo")
    boss.goto(parts)
    look(boss, "parts")
    catch_up()
    phone = visit("/accounts/login/")
    sign_in(phone, "cy")
    phone.goto(f"/portal/declarations/{shirts.declaration}/")
    phone.click("text=Slip for MSKU1234565")
    expect(phone.locator(".gate-word")).to_have_text("Released")
    look(phone, "slip")
    text = services.issue_slip(cy, shirts.declaration, "MSKU1234565")
    boss.goto("/gate/slips/")
    expect(boss.locator("#no-reader")).to_be_visible()
    # A hand scanner is a keyboard: it types into the field that waits for it and ends with Enter.
    boss.keyboard.type("MSKU 123456 5\n")
    expect(boss.locator("#text-problem")).to_be_visible()
    boss.keyboard.type(f"{text}\n")
    expect(boss.locator(".gate-word")).to_have_text("May leave")
    look(boss, "gate-read")
    boss.add_init_script(READER % text + CAMERA)
    boss.goto("/gate/slips/")
    boss.click("#scan")
    expect(boss.locator("#container")).to_be_focused()
    boss.keyboard.type("MSKU0000000")
    boss.click("#scan")
    expect(boss.locator(".gate-word")).to_have_text("Stop")
    boss.goto("/desk/modes/")
    look(boss, "modes")
    boss.goto("/desk/evidence/")
    look(boss, "evidence")
    phone.goto("/portal/evidence/")
    look(phone, "own-evidence")
    phone.goto("/portal/receipts/")
    look(phone, "receipts")
    if SHOTS:
        more(visit, people, boss, bo, bulk)


def more(visit, people, boss, bo, bulk) -> None:
    """Pictures of the other pages."""
    from guomen.release.models import Debt

    for path, name in (("/desk/releases/", "releases"), ("/inspection-bodies/", "bodies"), ("/gate/slips/", "gate")):
        boss.goto(path)
        look(boss, name)
    Debt.objects.create(
        declaration=bulk.declaration, line=1, number=1, duty="INSPECTION", due_at=now() - timedelta(1), place="Pudong"
    )
    boss.goto("/desk/debts/")
    look(boss, "debts")
    boss.goto(f"/desk/lines/{bulk.declaration}/1/override")
    look(boss, "override")
    di = visit("/accounts/login/", size=DESK)
    sign_in(di, "di")
    di.goto("/laboratory/announced/")
    look(di, "body-reports")
