"""Pages for checks without a network: files for devices, retailers, signed codes, encoding houses."""

import pytest
from joserfc.jwk import ECKey

from guomen.client import OfflineChecker
from guomen.tags.models import Dealer, EncodingHouse, SignedCode
from tests.faces.story import words

pytestmark = pytest.mark.django_db
CARTON = "https://id.gs1.org/00/080012345000000016"


def test_who_has_devices_fetches_a_file_and_nobody_else(door, people, shirts):
    key = door().get("/api/tags/keys").json()["bundles"]
    for who in ("ana", "bo", "cy", "cal", "sam"):
        page = door(who).get("/offline/")
        assert key in words(page)
        file = door(who).get("/offline/file", {"days": "3"})
        assert file.status_code == 200
        assert OfflineChecker(file.content, [key])
    assert "holds keys that make codes" in words(door("ana").get("/offline/"))
    assert "holds no key that makes codes" in words(door("sam").get("/offline/"))
    assert people.sam.organisation.code in words(door("sam").get("/offline/"))
    for who in ("di", "kai", "gao", "amy"):
        assert door(who).get("/offline/").status_code == 403
        assert door(who).get("/offline/file", {"days": "3"}).status_code == 403
    assert door().get("/offline/", HTTP_ACCEPT="text/html").status_code == 302


@pytest.mark.parametrize("days", ["", "0", "8", "x", "-1", "9" * 400])
def test_days_that_cannot_be_are_said_on_the_page(door, people, days):
    page = door("ana").get("/offline/file", {"days": days})
    assert page.status_code == 422
    assert "from 1 to 7" in words(page)


def test_a_firm_names_a_retailer_and_takes_it_off(door, people):
    shop = people.sam.organisation.code
    assert door("cy").post("/offline/", {"code": shop, "once": "1"}).status_code == 302
    assert "Corner Shop" in words(door("cal").get("/offline/"))
    assert "Harbour Imports" in words(door("sam").get("/offline/"))
    wrong = door("cy").post("/offline/", {"code": "NOBODY", "once": "2"})
    assert wrong.status_code == 422
    assert "No other firm has this registration code" in words(wrong)
    for who in ("sam", "ana", "bo", "di"):
        assert door(who).post("/offline/", {"code": shop, "do": "drop", "once": "3"}).status_code == 403
    assert door("eve").post("/offline/", {"code": shop, "do": "drop", "once": "3"}).status_code == 422
    assert Dealer.objects.count() == 1
    assert door("cy").post("/offline/", {"code": shop, "do": "drop", "once": "4"}).status_code == 302
    assert not Dealer.objects.exists()


def test_a_code_is_signed_and_revoked_at_the_desk(door, people):
    desk = "/desk/codes/"
    sent = {"do": "sign", "subject": f" {CARTON} ", "days": "30", "once": "1"}
    for _ in (1, 2):
        assert door("amy").post(desk, sent).status_code == 302
    row = SignedCode.objects.get()
    page = door("bo").get(desk)
    assert CARTON in words(page)
    assert "<svg" in page.content.decode()
    wrong = door("bo").post(desk, {"do": "revoke", "number": str(row.number), "why": "x", "once": "2"})
    assert wrong.status_code == 422
    assert "in 3 to 300 characters" in words(wrong)
    gone = {"do": "revoke", "number": str(row.number), "why": "printed twice", "once": "3"}
    assert door("bo").post(desk, gone).status_code == 302
    assert "printed twice" in words(door("amy").get(desk))
    assert "<svg" not in door("amy").get(desk).content.decode()


@pytest.mark.parametrize("sent", [{}, {"subject": "carton"}, {"subject": CARTON, "days": "x"}, {"subject": "\0"}])
def test_what_cannot_be_signed_is_said_and_nothing_is_lost(door, people, sent):
    page = door("bo").post("/desk/codes/", {"do": "sign", "once": "1", **sent})
    assert page.status_code == 422
    assert not SignedCode.objects.exists()
    assert sent.get("subject", "").replace("\0", "") in page.content.decode()


def test_numbers_of_no_code_are_not_found(door, people):
    for number in ("", "x", "7", "-1", "9" * 30):
        sent = {"do": "revoke", "number": number, "why": "printed twice", "once": "1"}
        assert door("bo").post("/desk/codes/", sent).status_code == 404


def test_the_control_room_approves_and_withdraws_encoding_houses(door, people):
    key = ECKey.generate_key("P-256")
    public = key.as_pem(private=False).decode()
    house = people.eve.organisation.code
    approve = {"do": "approve", "house": house, "key": public, "once": "1"}
    assert door("bo").post("/desk/houses/", approve).status_code == 302
    page = words(door("bo").get("/desk/houses/"))
    assert "Somebody Else" in page
    assert key.thumbprint() in page
    private = door("bo").post("/desk/houses/", approve | {"key": key.as_pem(private=True).decode(), "once": "2"})
    assert private.status_code == 422
    assert "This is a private key" in words(private)
    assert "PRIVATE KEY" not in private.content.decode()
    unknown = door("bo").post("/desk/houses/", approve | {"house": "NOBODY", "once": "3"})
    assert unknown.status_code == 422
    assert "No organisation has this registration code" in words(unknown)
    no_reason = door("bo").post("/desk/houses/", {"do": "withdraw", "house": house, "once": "4"})
    assert (no_reason.status_code, EncodingHouse.objects.filter(ended_at=None).count()) == (422, 1)
    withdraw = {"do": "withdraw", "house": house, "reason": "key lost", "once": "5"}
    assert door("bo").post("/desk/houses/", withdraw).status_code == 302
    assert "No encoding house is approved yet" in words(door("bo").get("/desk/houses/"))


def test_the_desks_are_shut_to_others(door, people):
    for who in ("ana", "cy", "sam", "eve", "di", "kai", "gao"):
        assert door(who).get("/desk/codes/").status_code == 403
        assert door(who).post("/desk/codes/", {"do": "sign", "subject": CARTON}).status_code == 403
    for who in ("ana", "amy", "cy", "sam", "eve", "di", "kai", "gao"):
        assert door(who).get("/desk/houses/").status_code == 403
        assert door(who).post("/desk/houses/", {"house": "SHOP-1", "key": "{}"}).status_code == 403
    assert not SignedCode.objects.exists()
