"""The journey of one seal, as officers see it."""

from datetime import timedelta

import pytest

from guomen.clearance import services as clearance
from guomen.kit.clock import now
from guomen.seals import services
from tests.clearance.conftest import example

pytestmark = pytest.mark.django_db
SEAL, BOX = "MSK558201", "MSKU1234565"
PATH = f"/desk/seals/{SEAL}"


@pytest.fixture
def sailed(people) -> None:
    """From Genoa, opened on the way, presented at Yangshan in another state."""
    kai, start = people.kai.actor, now() - timedelta(days=20)
    services.arm(kai, seal=SEAL, container=BOX, place="ITGOA", at=start)
    readings = [
        {"at": start + timedelta(hours=n), "lat": "44.40", "lon": "8.92", "sealed": n < 60, "counter": 1 + (n >= 60)}
        for n in range(1, 61)
    ]
    services.report(kai, SEAL, readings)
    services.verify(people.bo.actor, seal=SEAL, container=BOX, intact=False, place="CNYSA")


def test_an_officer_sees_the_way_what_was_wrong_and_who_checked(door, sailed):
    for name in ("bo", "ana"):
        page = door(name).get(PATH).content.decode()
        assert 'class="track"' in page
        assert "The seal reported that it was opened without authority." in page
        assert "The seal is visibly broken or missing." in page
        assert "Genoa" in page
        assert "Yangshan" in page
    assert page.count('data-label="Position"') == 50
    assert "10 older readings are not shown." in page


def test_the_page_is_complete_in_chinese(door, sailed):
    page = door("bo").get("/zh" + PATH).content.decode()
    assert "封志报告未经授权被开启。" in page
    assert "另有 10 条较早的读数未显示。" in page


@pytest.mark.parametrize("name", ["cy", "eve", "kai", "di", "sam", "gao"])
def test_nobody_outside_the_authority_opens_it(door, sailed, name):
    assert door(name).get(PATH).status_code in {403, 404}


def test_nobody_is_asked_to_sign_in_and_an_unknown_seal_is_not_found(door, sailed):
    assert door().get(PATH).status_code == 401
    assert door("bo").get("/desk/seals/NONE1").status_code == 404


def test_the_control_room_and_the_declaration_lead_to_it(door, people, sailed):
    lodged = clearance.lodge(people.cy.actor, example())
    assert f'href="{PATH}"' in door("bo").get("/desk/").content.decode()
    assert f'href="{PATH}"' in door("bo").get(f"/desk/declarations/{lodged.number}").content.decode()
