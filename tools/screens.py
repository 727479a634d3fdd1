"""Take the pictures of README.md from a running ``guomen demo``: ``python tools/screens.py http://127.0.0.1:8000``.

Plays the story once more, with its own products and batches, up to the moments that the pictures show.
Needs the development packages (playwright, pillow) and a Chromium on the PATH.
"""

import csv
import io
import os
import shutil
import sys
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")
django.setup()

from guomen.demo import declare, port, shop  # noqa: E402 - the demo's people are models
from guomen.demo.people import PASSWORD, email  # noqa: E402
from guomen.demo.stage import Stage, check  # noqa: E402

RUN = 2291
"""Number of this run of the story: names its batches; a demo has played far fewer."""
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screens"
PHONE, ROOM = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
MOST_BYTES = 150_000


def item(stage: Stage) -> str:
    """The address on one tag of the released infant formula."""
    cy = stage.person("cy")
    cy.open(f"/portal/declarations/{stage.known['first']}/2/tags/")
    cy.submit("count", count="20")
    rows = list(csv.DictReader(io.StringIO(shop.label_file(stage, "csv").decode())))
    return "/01/" + rows[0]["url"].split("/01/", 1)[1]


def opened(browser: Browser, origin: str, path: str, size: dict[str, int], who: str = "", locale: str = "en") -> Page:
    """A page at ``size``, as ``who`` sees it after signing in (nobody by default)."""
    page = browser.new_page(viewport=size, locale=locale, base_url=origin, device_scale_factor=2)
    if who:
        page.goto("/accounts/login/")
        page.fill("#login", email(who))
        page.fill("#password", PASSWORD)
        page.click("form:has(#password) button")
        page.wait_for_url(lambda url: "login" not in url)
    page.goto(path)
    return page


def keep(page: Page, name: str) -> None:
    """What the window shows, as a small PNG."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    out = FOLDER / f"{name}.png"
    picture.quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, optimize=True)
    check(out.stat().st_size < MOST_BYTES, f"{out} has {out.stat().st_size} bytes")
    print(f"{out}: {out.stat().st_size // 1024} KB")


def inspecting(browser: Browser, stage: Stage) -> Page:
    """Ana in the middle of a task."""
    body = declare.payload(stage, 3, "formula")
    body["lines"][0]["batch"] = stage.batch("N")
    number = stage.api("POST", "/api/declarations", stage.tokens["cy"], body, status=201, key=f"screens-{RUN}")[
        "number"
    ]
    path = port.task_page(stage.person("ana"), number, 1)
    page = opened(browser, stage.origin, path, PHONE, "ana")
    page.click("text=Take this task")
    for code in ("SEAL", "CONTAINER", "IDENTITY", "MAKER"):
        page.click(f"#item-{code} button[value=conforms]")
        page.wait_for_selector(f"#item-{code} button[value=conforms][aria-pressed=true]")
    page.evaluate("scrollTo(0, 0)")
    return page


def main(origin: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    stage = Stage(origin.rstrip("/"), RUN)
    for act in (declare.declare, declare.declare_by_program, port.journey):
        print(act(stage))
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        keep(inspecting(browser, stage), "inspect")
        keep(opened(browser, stage.origin, "/desk/", ROOM, "bo"), "room")
        for act in (port.inspect, port.laboratory, port.certify):
            print(act(stage))
        path = item(stage)
        keep(opened(browser, stage.origin, path, PHONE), "verify")
        keep(opened(browser, stage.origin, path, PHONE, locale="zh-CN"), "verify.zh")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
