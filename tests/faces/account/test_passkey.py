"""Passkeys in a real browser: add one, sign out, sign in with it. And why 127.0.0.1 will not do."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed")
    # Playwright runs an event loop in this thread; Django then refuses database calls unless told that it is meant.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: print(message.text))  # noqa: T201 - shown when the test fails
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/accounts/login/")
    assert not page.locator("#passkey_failed").is_visible(), "nobody has used a passkey yet"
    page.get_by_label("E-mail address").fill("cy@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """Adding and removing passkeys asks for the password once more."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_passkey_is_added_and_signs_in_without_a_password(page, people, live_server):
    assert people.cy
    address = f"http://localhost:{live_server.thread.port}"
    sign_in(page, address)
    page.goto(f"{address}/account/")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("A name for it").fill("Work phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/")
    assert page.get_by_text("Work phone").first.is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{address}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{address}/account/")
    assert page.get_by_text("cy@example.test").is_visible()


def test_with_a_passkey_the_password_alone_is_not_enough(page, people, live_server):
    address = f"http://localhost:{live_server.thread.port}"
    assert people.cy
    sign_in(page, address)
    page.goto(f"{address}/accounts/passkeys/webauthn/add/")
    confirm(page)
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, address)
    assert page.get_by_role("heading", name="Confirm with your passkey").is_visible()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{address}/account/")
    page.get_by_role("link", name="Remove").click()
    confirm(page)
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/account/")
    assert page.get_by_text("You have no passkey yet.").is_visible()


def test_the_page_says_why_an_ip_address_has_no_passkeys(page, people, live_server):
    page.goto(f"http://127.0.0.1:{live_server.thread.port}/accounts/login/")
    assert page.get_by_text("open this page by its host name").is_visible()
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()


def test_pages_fit_a_phone(page, people, live_server):
    address = f"http://localhost:{live_server.thread.port}"
    assert people.cy
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, address)
    for path in ("/account/", "/accounts/password/", "/accounts/passkeys/webauthn/add/"):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
