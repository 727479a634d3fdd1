"""Somebody with a phone and a paper: photograph, paste, upload; without script, and with a browser that reads codes."""

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from guomen.certificates import formats, services
from guomen.kit import blobs
from tests.certificates.issuing import as_jose, as_sd_jwt, trusted
from tests.certificates.making import SUBJECT, decided, draft, sign
from tests.certificates.test_checking import picture
from tests.journeys.conftest import DESK, PHONE, accessible, narrow_enough, shot
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)
TONGUES = {"en": "en", "zh": "zh-CN"}


def signed(people):
    with transaction.atomic():
        decided("line.released", SUBJECT)
    return sign(people, draft(people))


def send(page: Page, language: str, **what) -> None:
    page.goto(f"/{language}/certificates/check")
    for name, value in what.items():
        if name == "text":
            page.fill("#text", value)
        else:
            page.set_input_files(f"#{name}", value)
    page.click("main .button.primary")
    page.wait_for_selector("#verdict")


def test_without_script_a_paper_a_photo_and_a_text_are_checked_in_both_languages(visit, people) -> None:
    one = signed(people)
    slip = formats.kept(one.number).slip
    kept_back = formats.shown(formats.kept(one.number), {"goods", "quantity"})
    pdf = {"name": "c.pdf", "mimeType": "application/pdf", "buffer": blobs.get(one.pdf)}
    photo = {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": picture(slip, "JPEG")}
    said = {"en": "This certificate is genuine and valid", "zh": "该证书真实有效"}
    for language, locale in TONGUES.items():
        page = visit("/certificates/check", locale=locale, java_script_enabled=False)
        expect(page.locator("#live")).to_be_hidden()
        for name, what in {"pdf": {"file": pdf}, "photo": {"photo": photo}, "kept-back": {"text": kept_back}}.items():
            send(page, language, **what)
            assert said[language] in page.inner_text("main"), name
            narrow_enough(page)
        assert page.context.cookies() == []
        assert page.problems == []


def test_every_answer_fits_a_phone_and_says_what_was_checked(visit, people) -> None:
    one = signed(people)
    look(visit("/certificates/check"), "certificate-check")
    trusted(people, kinds=["PhytosanitaryCertificate", "urn:plants:phyto"])
    kept_back = formats.shown(formats.kept(one.number), {"goods"})
    answers = {
        "valid": one.jws,
        "kept-back": kept_back,
        "foreign": as_jose().decode(),
        "state-unknown": as_sd_jwt().decode(),
        "unknown-issuer": as_jose(issuer="https://nobody.example").decode(),
        "forged": one.jws[:-8] + "AAAAAAAA",
        "nothing": "hello",
    }
    for language, locale in TONGUES.items():
        page = visit("/certificates/check", locale=locale)
        for name, text in answers.items():
            send(page, language, text=text)
            narrow_enough(page)
            accessible(page)
            shot(page, f"certificate-checked-{name}.{language}.390")
            page.set_viewport_size(DESK)
            shot(page, f"certificate-checked-{name}.{language}.1280")
            page.set_viewport_size(PHONE)
        assert page.problems == []
    services.revoke(people.amy.actor, one.number, "Wrong quantity")
    page = visit("/certificates/check")
    send(page, "en", text=kept_back)
    expect(page.locator("#verdict")).to_have_text("Do not rely on it. Revoked.")


READER = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: %r }]; }
};
"""
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {};
"""


def test_a_browser_that_reads_codes_offers_its_camera_and_sends_what_it_saw(visit, people) -> None:
    """The browser's reader is the browser's own: here it is given the text, everything else is real."""
    one = signed(people)
    page = visit("/certificates/check")
    expect(page.locator("#live")).to_be_hidden()
    page.add_init_script(READER % formats.kept(one.number).slip)
    page.reload()
    page.click("#scan")
    expect(page.locator("#no-camera")).to_be_visible()
    page.add_init_script(CAMERA)
    page.reload()
    page.click("#scan")
    expect(page.locator("#verdict")).to_have_text("This certificate is genuine and valid")
