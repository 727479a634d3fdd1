"""Markup and braces in every free text that strangers may send: shown as text on every page, by whoever it is read."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from guomen.adoption import services as adoption
from guomen.clearance import services as clearance
from guomen.clearance.form import HEADER, LINE
from guomen.clearance.models import Line
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.release import services as release
from tests.adoption.test_adoption import SHIRTS
from tests.clearance.conftest import example

pytestmark = pytest.mark.django_db
MARKED = "<img src=x onerror=alert(1)>\"'{{7*7}}{0}{x}%s"
HEADERS = ("consignor_name", "consignor_address", "goods_place", "vessel", "marks", "exhibition", "overseas_warehouse")
LINES = (
    "name", "name_en", "ciq_name", "origin_region", "maker_name", "brand", "model", "elements", "specification",
    "ingredients", "supervision", "maker_registered_name",
)  # fmt: skip
PAGES = {
    "cy": (
        "portal/", "portal/declarations/{n}/", "portal/declarations/{n}/change", "portal/declarations/{n}/versions",
        "portal/declarations/merge", "portal/evidence/", "slip/{slip}", "portal/licences/",
        "portal/declarations/{n}/1/tags/", "portal/notices/", "portal/certificates/ask",
    ),
    "bo": (
        "desk/", "desk/now", "desk/declarations/{n}", "desk/declarations/{n}/matches", "desk/lines/{n}/1",
        "desk/lines/{n}/1/override", "desk/lines/{n}/1/parts", "desk/evidence/", "desk/releases/", "desk/debts/",
        "desk/modes/", "desk/load/", "desk/performance/", "desk/certificates/new?subject=urn:guomen:line:{n}/1",
    ),
    "ana": ("field/", "field/{order}"),
    "di": ("laboratory/", "laboratory/{sample}", "laboratory/announced/"),
}  # fmt: skip


@pytest.fixture
def names(people) -> dict[str, Any]:
    """A declaration, a report, an air sample, a standing, an override and an answer, with such text in all of them."""
    cy, bo, ana, story = people.cy.actor, people.bo.actor, people.ana.actor, example()
    assert people.di.organisation.code == "LAB-1"
    line = story["lines"][0] | dict.fromkeys(LINES, MARKED) | {"batch": "A<B>{0}"[:4]}
    assert set(HEADERS) <= set(HEADER)
    assert set(LINES) <= set(LINE)
    lodged = clearance.lodge(cy, story | dict.fromkeys(HEADERS, MARKED) | {"lines": [line]})
    day, lot = now().date(), SHIRTS | {"goods": MARKED, "maker_name": MARKED}
    body = {"organisation": "LAB-1", "kind": "home", "licence": MARKED, "scope": "6205 GB<img src=x>{0}"}
    adoption.list_body(bo, body | {"valid_from": str(day), "valid_until": str(day + timedelta(days=9))})
    adoption.ask_report(cy, lot | {"body": "LAB-1"})
    air = adoption.declare_air_sample(cy, lot | {"origin": "IT", "waybill": MARKED[:40], "arrives_on": str(day)})
    sealed = {"laboratory": "LAB-1", "quantity": "3", "unit": "C62", "seal_number": "<img src=x>{0}"}
    sample = adoption.forward_air_sample(ana, air.number, sealed).sample
    adoption.ask_standing(cy, "AIR-SAMPLE", MARKED)
    release.propose_override(bo, lodged.number, 1, {"reason": MARKED, "days": "5", "destination": MARKED})
    order = Order.objects.get(declaration=lodged.number)
    inspection.take(ana, order.id)
    inspection.answer(ana, order.id, "IDENTITY", choice="conforms", note=MARKED)
    catch_up()
    assert Line.objects.get(declaration=lodged.number).name == MARKED
    slip = release.slips.address(release.issue_slip(cy, lodged.number, "MSKU1234565"))
    return {"n": lodged.number, "order": order.id, "sample": sample, "slip": slip}


def test_text_with_markup_and_braces_is_only_text_on_every_page(door, names):
    seen, wrong = set(), []
    for who, pages in PAGES.items():
        client: Client = door(who)
        for page in pages:
            for language in ("en", "zh"):
                path = f"/{language}/{page.format(**names)}"
                answer = client.get(path, HTTP_ACCEPT="text/html")
                text = answer.content.decode()
                if answer.status_code != 200 or "<img src=x" in text or "49{0}" in text:
                    wrong.append(f"{who} {path}: {answer.status_code}")
                if "&lt;img src=x" in text:
                    seen.add(page)
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 10, "most pages show some of it"
