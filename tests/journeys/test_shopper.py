"""Steps 8 and 9 of the story: Fen's phone, with scripts off, reads tags in both languages and reports an injury."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guomen.demo.stage import photo
from guomen.tags import services as tags
from guomen.tags.limits import limits
from guomen.tags.services.digesting import digest
from guomen.tags.visitors import visitor_hash
from guomen.warning.models import Signal, Told
from tests.journeys.conftest import narrow_enough
from tests.journeys.goods import released
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)


def words(page: Page) -> str:
    return page.inner_text("main")


def test_fen_scans_or_types_what_passed_what_is_unknown_and_what_was_copied(visit, people) -> None:
    goods = released(people)
    for phone in range(limits().phones_in_a_day + 1):
        device = visitor_hash(f"phone {phone}")
        tags.scan(goods.range.gtin, goods.serial(2), channel="public", device_hash=device, place="")
    digest()
    unknown = goods.path()[:-20] + "0" * 20
    codes = (
        ("passed", goods.path(), "Passed inspection", "检验合格"),
        ("unknown", unknown, "This code does not exist.", "该编码不存在"),
        ("copied", goods.path(2), "We cannot confirm this item", "无法确认"),
    )
    seen = visit("/verify")
    for locale, verdicts in (("en", [c[2] for c in codes]), ("zh-CN", [c[3] for c in codes])):
        fen = visit("/verify", locale=locale, java_script_enabled=False)
        assert fen.get_attribute("html", "lang") == locale
        for (_name, path, *_said), verdict in zip(codes, verdicts, strict=True):
            fen.goto(path)
            assert verdict in words(fen)
            narrow_enough(fen)
        assert fen.context.cookies() == []
        assert all("404" in problem for problem in fen.problems)
    look(seen, "verify-form")
    for name, path, *_said in codes:
        seen.goto(path)
        look(seen, f"verify-{name}")
    seen.goto(goods.path().rsplit("/21/", 1)[0])
    look(seen, "verify-batch")
    typed = visit("/verify", java_script_enabled=False)
    for text, answer in (
        (f"https://id.gs1.org{goods.path()}", "Passed inspection"),
        ("hello", "We cannot use this code"),
    ):
        typed.goto("/verify")
        typed.fill("#code", text)
        typed.click("main .button.primary")
        expect(typed.locator("h1")).to_have_text(answer)


def test_fen_reports_an_injury(visit, people, tmp_path: Path) -> None:
    goods = released(people)
    fen = visit(goods.path(), java_script_enabled=False)
    fen.click("text=Someone was hurt or became ill")
    looking = visit(fen.url)
    look(looking, "report-injury")
    fen.click("text=Send the report")
    expect(fen.locator(".problems")).to_contain_text("attention")
    picture = tmp_path / "tin.png"
    picture.write_bytes(photo(2))
    fen.fill("#text", "The baby had fever and diarrhoea after one bottle.")
    fen.select_option("#hazard", "microbiological")
    fen.check("#severity-3")
    fen.set_input_files("#photo", picture)
    fen.wait_for_timeout(2100)  # nobody writes in less time
    fen.click("text=Send the report")
    expect(fen.locator("h1")).to_have_text("Thank you. We have your report.")
    look(visit(fen.url), "report-thanks")
    heard = Signal.objects.get()
    assert (heard.source, heard.gtin, heard.batch) == ("injury", goods.range.gtin, goods.range.batch)
    assert Told.objects.get().text.startswith("The baby had fever")
    assert all("422" in problem for problem in fen.problems)
