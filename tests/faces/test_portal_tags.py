"""The traders' pages of an order of tags: files, states, bond, parcels; and the officers' page of orders that wait."""

import pytest

from guomen.clearance.models import Line
from guomen.ledger.models import Entry
from guomen.risk.models import Measure
from guomen.tags import labels
from guomen.tags.models import BondedStock, LabelJob, Parcel, Range
from guomen.tags.services import printing
from tests.faces.portal_form import key, lodge, named, text

pytestmark = pytest.mark.django_db
EVERYONE = ("cy", "cal", "eve", "ana", "sam", "")


@pytest.fixture
def number(door) -> str:
    """A declaration of Cy's whose first line has GTIN and batch."""
    return lodge(door("cy"))


def ordered(door, number: str, channel: str = "general", count: str = "60") -> str:
    said = {"count": count, "channel": channel, "carrier": "print", "markets": "CN"}
    door("cy").post(f"/portal/declarations/{number}/1/tags/", said | key())
    return f"/portal/tags/{Range.objects.get().code}/"


def ask(client, page: str, **more):
    said = {"file": "csv", "from": "1", "until": "60", "dpi": "203"}
    return client.post(f"{page}labels", said | key() | more)


def test_files_are_asked_for_once_watched_and_fetched(door, number):
    cy, page, same = door("cy"), ordered(door, number), key()
    assert [ask(cy, page, **same)["Location"] for _ in range(2)] == [page] * 2
    job = LabelJob.objects.get()
    waiting = text(cy.get(f"{page}files"))
    assert 'hx-trigger="every 2s"' in waiting
    assert "<progress" in waiting
    assert cy.get(f"/portal/labels/{job.id}").status_code == 409
    while printing.work():
        pass
    ready = text(cy.get(f"/zh{page}files"))
    assert "hx-trigger" not in ready
    assert "编码清单（CSV）" in ready
    answer = cy.get(f"/portal/labels/{job.id}")
    assert answer["Content-Disposition"].startswith('attachment; filename="labels-')
    assert b"".join(answer.streaming_content).count(b"\r\n") == 61


def test_a_job_is_stopped_by_its_firm(door, number):
    page = ordered(door, number)
    ask(door("cy"), page)
    stop = f"/portal/labels/{LabelJob.objects.get().id}/cancel"
    assert {n: door(n).post(stop, key()).status_code for n in ("eve", "ana", "sam", "")} == {
        "eve": 404,
        "ana": 403,
        "sam": 403,
        "": 401,
    }
    assert door("cal").post(stop, key())["Location"] == page
    assert "Stopped" in text(door("cy").get(page))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"file": "exe"}, "file"),
        ({"file": "zpl A4-40"}, "file"),
        ({"from": "0"}, "from"),
        ({"from": "²"}, "from"),
        ({"until": "61"}, "until"),
        ({"from": "9", "until": "8"}, "from"),
        ({"dpi": "204"}, "dpi"),
    ],
)
def test_what_cannot_be_made_is_named_at_its_field(door, number, wrong, field):
    refused = ask(door("cy"), ordered(door, number), **wrong)
    assert (refused.status_code, set(named(refused))) == (422, {field})
    assert not LabelJob.objects.exists()


def test_a_stretch_changes_once_and_a_wrong_one_is_named(door, number):
    cy, page, same = door("cy"), ordered(door, number), key()
    said = {"to": "spoiled", "first": "11", "last": "20", "place": "cnsha", "why": "smeared"}
    for _ in range(2):
        assert cy.post(page, said | same)["Location"] == page
    assert Entry.objects.filter(kind="tags.changed").count() == 1
    shown = text(cy.get(page))
    assert "11 to 20: spoiled label" in shown
    assert "11 至 20：标签作废" in text(cy.get(f"/zh{page}"))
    again = cy.post(page, said | {"to": "shipped"} | key())
    assert (again.status_code, set(named(again))) == (409, {"to"})
    for wrong, field in (
        ({"to": "sold"}, "to"),
        ({"last": "61"}, "last"),
        ({"last": ""}, "last"),
        ({"place": "XX"}, "place"),
    ):
        refused = cy.post(page, {"to": "shipped", "first": "1", "last": "2"} | wrong | key())
        assert (refused.status_code, set(named(refused))) == (422, {field})


def test_the_form_of_an_order_begins_with_what_is_declared_and_knows_of_the_release(door, number):
    cy, line = door("cy"), Line.objects.get(declaration=number, number=1)
    form = f"/portal/declarations/{number}/1/tags/"
    assert f'value="{line.quantity:.0f}"' in text(cy.get(form))
    assert "released, not before" in text(cy.get(form))
    Line.objects.filter(declaration=number).update(unit="KGM", state="released")
    weighed = text(cy.get(form))
    assert f'value="{line.quantity:.0f}"' not in weighed
    assert "These goods are released" in weighed
    ordered(door, number)
    Line.objects.filter(declaration=number).update(state="refused")
    assert "they get no tags" in text(cy.get(form))
    assert 'name="count"' not in text(cy.get(form))
    assert "Goods refused" in text(cy.get("/portal/tags/"))


def test_an_order_can_be_cancelled_until_labels_are_made(door, number):
    page = ordered(door, number)
    assert "Cancel this order" in text(door("cy").get(page))
    door("cy").post(page, {"cancel": "1"} | key())
    assert Range.objects.get().state == "cancelled"
    assert "Make the files" not in text(door("cy").get(page))


def test_bonded_moves_show_and_too_many_are_refused_at_the_field(door, number):
    cy, page = door("cy"), ordered(door, number, "bonded")
    said = {"kind": "in", "hall": "wgq-1", "quantity": "9"}
    assert cy.post(f"{page}bonded", said | key())["Location"] == page
    assert BondedStock.objects.get().quantity == 9
    refused = cy.post(f"{page}bonded", said | {"kind": "back", "quantity": "10"} | key())
    assert named(refused) == {"quantity": "Only 9 items of this order are in this hall."}


def test_parcels_are_packed_by_scanning_and_forgotten(door, number):
    cy = door("cy")
    ordered(door, number, "cross-border")
    urls = [label.url for label in labels.run_of(Range.objects.get(), 0, 2)]
    said = {"parcel": "LP0012345CN", "order": "O-17", "codes": "\r\n".join(urls)}
    assert cy.post("/portal/parcels/", said | key())["Location"] == "/portal/parcels/"
    assert "LP0012345CN" in text(cy.get("/portal/parcels/?order=O-17"))
    assert "LP0012345CN" not in text(cy.get("/portal/parcels/?order=O-18"))
    wrong = cy.post("/portal/parcels/", said | {"codes": "hello"} | key())
    assert named(wrong) == {"codes": "This is not the code of one item. Scan the tag again."}
    erase = f"/portal/parcels/{Parcel.objects.get().id}/erase"
    assert {n: door(n).post(erase, key()).status_code for n in ("eve", "ana", "")} == {"eve": 404, "ana": 403, "": 401}
    cy.post(erase, key())
    assert "LP0012345CN" not in text(cy.get("/portal/parcels/"))


def test_who_may_open_the_pages_of_an_order(door, number):
    page = ordered(door, number, "bonded")
    for path in (page, f"{page}files"):
        found = {n: door(n).get(path).status_code for n in EVERYONE}
        assert found == {"cy": 200, "cal": 200, "eve": 404, "ana": 403, "sam": 403, "": 401}, path
    for path in (f"{page}labels", f"{page}bonded", page):
        found = {n: door(n).post(path, key()).status_code for n in ("eve", "ana", "sam", "")}
        assert found == {"eve": 404, "ana": 403, "sam": 403, "": 401}, path


# --- the officers' page


@pytest.fixture
def asked(door, number) -> str:
    Measure.objects.create(effect="full", gtin="08012345000012", reason_code="ALERT", source="urn:guomen:alert:A-1")
    ordered(door, number)
    return Range.objects.get().code


def test_an_officer_approves_or_says_why_not(door, people, asked):
    bo = door("bo")
    assert "A measure is in force for this product." in text(bo.get("/desk/tags/"))
    refused = bo.post("/desk/tags/", {"range": asked, "decision": "refuse", "why": ""} | key())
    assert named(refused) == {f"why-{asked}": "Say why, in a sentence."}
    assert bo.post("/desk/tags/", {"range": asked, "decision": "approve"} | key()).status_code == 302
    assert Range.objects.get().state == "ordered"
    assert "没有待审批的订单" in text(bo.get("/zh/desk/tags/"))


def test_who_may_decide_about_orders(door, asked):
    for method in ("get", "post"):
        found = {n: getattr(door(n), method)("/desk/tags/").status_code for n in ("cy", "eve", "ana", "amy", "sam", "")}
        assert found == {"cy": 403, "eve": 403, "ana": 403, "amy": 403, "sam": 403, "": 401}
    assert door("bo").post("/desk/tags/", {"range": "ZZZZ", "decision": "approve"} | key()).status_code == 404
