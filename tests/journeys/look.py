"""Looking at an open page as everybody will see it: both languages, a phone and a desk."""

from playwright.sync_api import Page

from tests.journeys.conftest import DESK, PHONE, SHOTS, accessible, narrow_enough, shot

LANGUAGES = {"zh": "zh-CN", "en": "en"}


def look(page: Page, name: str) -> None:
    """axe and the width of a phone in both languages, pictures of both widths; the page stays where it was."""
    here, before = page.url, page.viewport_size
    path = "/" + here.split("://", 1)[1].split("/", 1)[1].removeprefix("en/").removeprefix("zh/")
    for language, code in LANGUAGES.items():
        page.set_viewport_size(PHONE)
        page.goto(f"/{language}{path}")
        assert page.get_attribute("html", "lang") == code
        narrow_enough(page)
        accessible(page)
        shot(page, f"{name}.{language}.390")
        if SHOTS:
            page.set_viewport_size(DESK)
            shot(page, f"{name}.{language}.1280")
    page.set_viewport_size(before)
    page.goto(here)
