"""Pages of release and of results from elsewhere: what officers, firms, strangers and nobody can do there."""

import io

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from guomen.adoption.models import AirSample, Body, Evidence, Report, Standing
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.release.models import Debt, Override, Receiver, Unloading
from guomen.release.services import slips
from tests.adoption.test_adoption import SHIRTS, concluded
from tests.faces.portal_form import PDF
from tests.release.conftest import bulk, shirts, story
from tests.release.test_release import OVERRIDE, ben

__all__ = ["ben", "bulk", "shirts", "story"]
pytestmark = pytest.mark.django_db


def test_a_body_is_listed_by_bo_files_its_report_and_everybody_reads_the_list(door, people):
    assert people.di.organisation.code == "LAB-1"
    bo, day = door("bo"), now().date()
    wrong = bo.post("/desk/evidence/", {"do": "list", "organisation": "LAB-1", "scope": "x"})
    assert wrong.status_code == 422
    assert b'id="scope-problem"' in wrong.content
    sent = {"do": "list", "organisation": "LAB-1", "kind": "home", "licence": "CMA 1", "scope": "6205 GB 18401-2010"}
    assert bo.post("/desk/evidence/", sent | {"valid_from": str(day), "valid_until": "2099-01-01"}).status_code == 302
    assert "Shanghai Example Laboratory" in door().get("/inspection-bodies/").content.decode()
    cy = door("cy")
    bad = cy.post("/portal/evidence/", {"do": "report", "body": "LAB-1", "quantity": "x"})
    assert bad.status_code == 422
    assert b'id="quantity-problem"' in bad.content
    assert cy.post("/portal/evidence/", SHIRTS | {"do": "report", "body": "LAB-1"}).status_code == 302
    number = Report.objects.get().number
    assert SHIRTS["batch"] in door("di").get("/laboratory/announced/").content.decode()
    result = {"report": number, "verdict": "pass", "tested_on": str(day), "standards": "GB 18401-2010"}
    assert door("di").post("/laboratory/announced/", result).status_code == 422
    upload = SimpleUploadedFile("r.pdf", PDF, "application/pdf")
    assert door("di").post("/laboratory/announced/", result | {"file": upload}).status_code == 302
    assert Report.objects.get().state == "filed"
    seen = cy.get("/portal/evidence/").content.decode()
    assert "2,000" in seen
    assert SHIRTS["batch"] in seen
    assert SHIRTS["batch"] not in door("eve").get("/portal/evidence/").content.decode()
    body = Body.objects.get()
    delist = {"do": "delist", "body": str(body.id), "at": f"-{body.id}"}
    assert bo.post("/desk/evidence/", delist).status_code == 422
    assert bo.post("/desk/evidence/", delist | {"reason": "It sold its stamp."}).status_code == 302
    assert Body.objects.get().state == "delisted"


def test_a_firm_asks_bo_admits_and_ana_sends_the_air_sample_on(door, people):
    assert people.di.organisation.code == "LAB-1"
    cy, code = door("cy"), people.cy.organisation.code
    asked = {"do": "standing", "mode": "AIR-SAMPLE", "guarantee": "We call every lot back."}
    assert cy.post("/portal/evidence/", asked).status_code == 302
    admit = {"do": "admit", "importer": code, "mode": "AIR-SAMPLE", "at": f"-{code}-AIR-SAMPLE"}
    assert door("bo").post("/desk/evidence/", admit | {"valid_until": "x"}).status_code == 422
    assert door("ana").post("/desk/evidence/", admit | {"valid_until": "2099-01-01"}).status_code == 403
    assert door("bo").post("/desk/evidence/", admit | {"valid_until": "2099-01-01"}).status_code == 302
    assert Standing.objects.get().state == "admitted"
    flight = {"do": "sample", "origin": "IT", "waybill": "020-1", "arrives_on": str(now().date())}
    assert cy.post("/portal/evidence/", SHIRTS | flight).status_code == 302
    number = AirSample.objects.get().number
    sealed = {"do": "forward", "sample": number, "at": f"-{number}", "laboratory": "LAB-1", "unit": "C62"}
    refused = door("ana").post("/desk/evidence/", sealed)
    assert f'id="seal_number-{number}-problem"' in refused.content.decode()
    assert door("ana").post("/desk/evidence/", sealed | {"quantity": "3", "seal_number": "AS1"}).status_code == 302
    assert AirSample.objects.get().state == "tested"


def test_two_officers_release_before_the_checks_on_their_page_and_the_debt_is_paid_on_another(door, shirts, ben):
    here, at = f"/desk/lines/{shirts.declaration}/1/override", {"do": "propose"}
    wrong = door("bo").post(here, at | {"reason": "x"})
    assert wrong.status_code == 422
    assert b'id="destination-problem"' in wrong.content
    assert door("bo").post(here, at | OVERRIDE).status_code == 302
    assert "Somebody else decides" in door("bo").get(here).content.decode()
    door("bo").post(here, {"do": "approve"})
    assert Override.objects.get().state == "proposed"
    from django.test import Client

    second = Client()
    from guomen.parties.models import Person

    person = Person.objects.get(id=ben.person_id)
    second.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert second.post(here, {"do": "approve"}).status_code == 302
    assert Override.objects.get().state == "approved"
    debt = {"declaration": shirts.declaration, "line": "1", "debt": "1", "outcome": "pass"}
    assert door("ana").post("/desk/debts/", debt).status_code == 422
    assert door("cy").post("/desk/debts/", debt | {"note": "Fine."}).status_code == 403
    assert door("ana").post("/desk/debts/", debt | {"note": "Looked at."}).status_code == 302
    assert Debt.objects.get(number=1).outcome == "pass"


def test_receivers_instructions_and_the_modes_stand_at_the_desk(door, people, shirts):
    assert people.kai.organisation.code == "SEA-1"
    bo = door("bo")
    sent = {"do": "add", "organisation": "SEA-1", "kind": "port", "dest": "https://port.example/in", "secret": "x"}
    assert bo.post("/desk/releases/", sent).status_code == 422
    assert bo.post("/desk/releases/", sent | {"secret": "sixteen characters"}).status_code == 302
    catch_up()
    seen = bo.get("/desk/releases/").content.decode()
    assert "on its way" in seen
    assert "sixteen" not in seen
    assert bo.post("/desk/releases/", {"do": "end", "receiver": str(Receiver.objects.get().id)}).status_code == 302
    assert Receiver.objects.get().ended_at
    modes = bo.get("/desk/modes/").content.decode()
    assert modes.count("reconstructed") >= 9
    assert "unverified" in modes
    for name in ("cy", "di", "eve"):
        assert door(name).get("/desk/modes/").status_code == 403


def test_a_slip_shows_without_an_account_and_a_made_up_one_is_not_found(door, shirts):
    here = f"/portal/declarations/{shirts.declaration}/slips/"
    assert door("eve").post(here, {"container": "MSKU1234565"}).status_code == 404
    made = door("cy").post(here, {"container": "MSKU1234565"})
    assert made.status_code == 302
    seen = door().get(made["Location"]).content.decode()
    assert "Not to leave yet" in seen
    assert "<path" in seen
    assert door().get("/slip/AAAA").status_code == 404
    assert door().get("/slip/" + "A" * 3000).status_code == 404


def test_the_slip_is_one_page_of_paper_whose_code_the_gate_reads_from_a_photo(door, people, shirts):
    concluded(people, shirts)
    made = door("cy").post(f"/portal/declarations/{shirts.declaration}/slips/", {"container": "MSKU1234565"})
    answer = door().get(made["Location"] + ".pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content == door().get(made["Location"] + ".pdf").content
    paper = pypdfium2.PdfDocument(answer.content)
    assert (len(paper), [round(side / 72 * 25.4) for side in paper[0].get_size()]) == (1, [105, 148])
    words = paper[0].get_textpage().get_text_range()
    for word in ("放行小票", "Gate slip", "已放行", "Released", "MSKU1234565", shirts.declaration):
        assert word in words
    photo = io.BytesIO()
    paper[0].render(scale=3).to_pil().save(photo, "PNG")
    here, ana = "/gate/slips/", door("ana")
    upload = lambda: SimpleUploadedFile("p.png", photo.getvalue(), "image/png")  # noqa: E731
    assert b'id="container-problem"' in ana.post(here, {"photo": upload()}).content
    seen = ana.post(here, {"photo": upload(), "container": "msku 123456 5", "once": "k"}).content.decode()
    assert "May leave" in seen
    blank = io.BytesIO()
    Image.new("RGB", (80, 80), "white").save(blank, "PNG")
    wrong = ana.post(here, {"photo": SimpleUploadedFile("p.png", blank.getvalue()), "container": "x"})
    assert (wrong.status_code, b'id="photo-problem"' in wrong.content) == (422, True)
    assert b'id="text-problem"' in ana.post(here, {"container": "x"}).content
    assert door().get("/slip/AAAA.pdf").status_code == 404
    many = slips.ranges([1, 2, 3, 7, *range(10, 200, 2)])
    assert many.startswith("1–3, 7, 10, 12")
    assert many.endswith(" … (99)")


def test_bo_opens_a_balance_for_inspected_goods_from_their_page(door, people, shirts):
    here = f"/desk/lines/{shirts.declaration}/1"
    door("bo").post(here, {"do": "balance"})
    assert not Evidence.objects.filter(mode="INSPECT-FIRST").exists()
    concluded(people, shirts)
    assert "Open a write-off balance" in door("bo").get(here).content.decode()
    assert door("bo").post(here, {"do": "balance"}).status_code == 302
    assert Evidence.objects.get(mode="INSPECT-FIRST").quantity == 1200


def test_the_parts_of_a_lot_are_for_officers(door, bulk):
    here = f"/desk/lines/{bulk.declaration}/1/parts"
    assert door("cy").get(here).status_code == 403
    assert door("ana").post(here, {"do": "start"}).status_code == 422
    assert door("ana").post(here, {"do": "start", "store": "Store 9"}).status_code == 302
    assert Unloading.objects.get().state == "open"
    wrong = door("ana").post(here, {"do": "unload", "quantity": "1001", "place": "Barge"})
    assert b'id="quantity-problem"' in wrong.content
