"""From what somebody scans or types to the item, and what a batch or a product can say."""

import pytest

from guomen.parties.actors import SYSTEM
from guomen.tags import labels
from guomen.tags.scheme import scheme
from guomen.tags.services import sign_code
from tests.faces.story import words

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def test_a_batch_says_what_it_can_and_cannot_say(door, formula):
    text = words(door().get(f"/01/{formula.range.gtin}/10/{formula.range.batch}"))
    assert "This code names a batch, not one item." in text
    assert "What it cannot say" in text
    assert "Goods of this batch were released" in text
    assert "Passed inspection" not in text
    product = door().get(f"/01/{formula.range.gtin}", headers=JSON)
    assert (product.status_code, product.json()["verdict"]) == (200, None)
    assert door().get("/01/08001234567897").status_code == 404
    assert door().get("/01/08001234567890").status_code == 400


def test_whatever_is_typed_leads_to_the_item(door, shirts, settings):
    serial, gtin = shirts.serial(), shirts.range.gtin
    item, client = f"/01/{gtin}/21/{serial}", door()
    ours = "?linkType=gs1:verificationService"
    typed = {
        settings.GUOMEN.origin + shirts.path(): shirts.path(),
        settings.GUOMEN.origin + "/zh" + shirts.path(): shirts.path(),
        f"https://id.gs1.org{shirts.path()}": shirts.path(),
        serial: item,
        f"{serial[:4]} {serial[4:8]} {serial[8:]}".lower(): item,
        gtin: f"/01/{gtin}{ours}",
        gtin.lstrip("0"): f"/01/{gtin}{ours}",
    }
    for code, path in typed.items():
        answer = client.get("/verify", {"code": code})
        assert (answer.status_code, answer.headers.get("Location")) == (302, path), code
    assert client.get("/zh/verify", {"code": serial}).headers["Location"] == f"/zh{item}"


def test_short_codes_and_signed_codes_lead_on(door, shirts, settings):
    (short,) = scheme(shirts.range.key_version).issue_short_run(shirts.range.number, 0, 1)
    item = f"/01/{shirts.range.gtin}/21/{labels.serials(shirts.range, 0, 1)[0]}"
    carton = sign_code(SYSTEM, "https://id.gs1.org/00/080012345000000016", days=3).text
    paper = sign_code(SYSTEM, f"{settings.GUOMEN.origin}/certificates/C-7").text
    typed = {
        short: item,
        f"{short[:8]} {short[8:]}".lower(): item,
        f"{settings.GUOMEN.origin}/{short}": item,
        carton: "/00/080012345000000016",
        paper: "/certificates/C-7",
    }
    for code, path in typed.items():
        answer = door().get("/verify", {"code": code})
        assert (answer.status_code, answer.headers.get("Location")) == (302, path), code
    assert door().get("/verify", {"code": short[:-1] + ("0" if short[-1] != "0" else "1")}).status_code == 404
    for forged in (carton[:-4] + "0000", "GM1:", "GM1:%69 VD92EX0"):
        page = door().get("/verify", {"code": forged})
        assert page.status_code == 422
        assert "This signed code is not genuine" in words(page)


@pytest.mark.parametrize(
    "code",
    [
        "https://guomen-check.example/01/08012345000012/21/ABC",
        "http://127.0.0.1:8000@evil.example/01/08012345000012",
        "http://127.0.0.1:9999/01/08012345000012",
        "id.gs1.org.evil.example/01/08012345000012",
    ],
)
def test_other_peoples_addresses_are_refused_with_a_warning(people, door, code):
    page = door().get("/verify", {"code": code})
    assert page.status_code == 422
    assert "This address is not ours." in words(page)
    answer = door().get("/verify", {"code": code}, headers=JSON)
    assert answer.json()["code"] == "foreign-host"


@pytest.mark.parametrize(
    "code", ["hello", "12345", "https://id.gs1.org/414/4012345000009", "<script>", "http://[", "0" * 20]
)
def test_nonsense_is_answered_with_a_sentence(people, door, code):
    page = door().get("/verify", {"code": code})
    assert page.status_code == 404
    assert "We do not recognise this." in words(page)
    assert b"<script>" not in page.content


def test_an_empty_form_is_shown(people, door):
    assert "Check a product" in words(door().get("/verify"))
