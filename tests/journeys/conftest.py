"""Whole stories over HTTP and in a real Chromium against a real server process."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def chromium() -> str:
    """Path of a Chromium that the machine has."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.fail("No Chromium was found: install Debian's package chromium.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread; the ORM is used beside it
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield one
        one.close()


@pytest.fixture
def visit(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """``visit("/path", size=PHONE, locale="zh-CN")`` opens a page in a fresh browser context."""
    contexts: list[BrowserContext] = []

    def open_page(path: str = "/", size: dict = PHONE, locale: str = "en", **options: object) -> Page:
        context = browser.new_context(viewport=size, locale=locale, base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: page.problems.append(str(e)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str) -> None:
    """Sign in by the form, as a person does."""
    from tests.people import PASSWORD

    page.goto("/accounts/login/")
    page.fill("#login", f"{name}@example.test")
    page.fill("#password", PASSWORD)
    page.click("form:has(#password) button")
    page.wait_for_url(lambda url: "login" not in url)


def accessible(page: Page) -> None:
    """Fail with axe's words when the page breaks WCAG 2.2 A or AA."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    options["resultTypes"] = ["violations"]
    found = Axe().run(page, options=options).response["violations"]
    seen = [f"{v['id']}: {v['help']} {[n['html'][:160] for n in v['nodes'][:3]]}" for v in found]
    assert not seen, f"{page.url}\n" + "\n".join(seen)


def narrow_enough(page: Page) -> None:
    """No sideways scrolling."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


SHOTS = os.environ.get("GUOMEN_SHOTS", "")


def shot(page: Page, name: str) -> None:
    """Keep a picture when GUOMEN_SHOTS names a folder."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
