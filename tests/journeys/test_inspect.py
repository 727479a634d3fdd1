"""Step 4 of the story: Ana inspects on a phone, from the list of tasks to the receipt for the driver."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from guomen.clearance.models import Line
from guomen.demo.stage import photo
from guomen.inspection.models import Answer, Photo, Sample
from tests.journeys.conftest import sign_in
from tests.journeys.goods import lodged
from tests.journeys.look import look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A real PNG, as the camera gives one."""
    path = tmp_path / "label.png"
    path.write_bytes(photo(1))
    return path


def take(page: Page, goods: str) -> None:
    page.goto("/field/")
    page.click(f"a.card:has-text('{goods}')")
    expect(page.locator("main")).to_contain_text("Selected because:")
    page.click("text=Take this task")
    expect(page.locator(".dock")).to_contain_text("checks left")


def conform(page: Page) -> None:
    """One tap for each question; the page answers each in place."""
    for question in page.locator(".item:has(.choice)").all():
        question.locator("button[value=conforms]").click()
        expect(question.locator("button[value=conforms]")).to_have_attribute("aria-pressed", "true")


def add_photo(page: Page, picture: Path) -> None:
    page.set_input_files("#item-PHOTO input[type=file]", picture)
    expect(page.locator("#item-PHOTO .pictures img")).to_be_visible()


def test_ana_inspects_infant_formula_and_sends_a_sample(visit, people, picture) -> None:
    made = lodged(people)
    people.ana  # noqa: B018
    page = visit("/accounts/login/")
    sign_in(page, "ana")
    page.goto("/field/")
    assert page.locator("a.card").count() == 3
    look(page, "field-tasks")

    take(page, "Infant formula")
    conform(page)
    temperature = page.locator("#item-TEMPERATURE")
    for typed, judged in (("70", "Outside limit"), ("21.4", "Within limit")):
        temperature.locator("input[name=value]").fill(typed)
        temperature.locator("text=Save").click()
        expect(temperature.locator("[role=status]")).to_contain_text(judged)
    add_photo(page, picture)
    assert Photo.objects.get().item == "PHOTO"
    expect(page.locator(".dock")).to_contain_text("Draw the sample")
    assert page.locator("text=Release now").get_attribute("aria-disabled") == "true"
    look(page, "field-task-almost")

    page.select_option("#laboratory", people.di.organisation.code)
    page.fill("#quantity", "5")
    page.fill("#seal_number", "LS 0091")
    page.click("text=Sample is drawn and sealed")
    expect(page.locator(".dock")).to_contain_text("The laboratory decides the rest.")
    look(page, "field-task-done")
    page.click("text=Finish inspection")
    page.wait_for_url("**/receipt")
    assert Sample.objects.get().number in page.inner_text("main")
    look(page, "field-receipt-sampled")
    assert Line.objects.get(declaration=made.number, number=2).state == "sampled"
    assert Answer.objects.get(item="TEMPERATURE").value == Decimal("21.4")
    assert page.problems == []


def test_ana_releases_a_press_on_the_spot(visit, people, picture) -> None:
    made = lodged(people)
    people.ana  # noqa: B018
    page = visit("/accounts/login/")
    sign_in(page, "ana")
    take(page, "offset press")
    conform(page)
    dose = page.locator("#item-DOSE")
    dose.locator("[name=value]").fill("0.20")
    dose.locator("[name=background]").fill("0.10")
    dose.locator("text=Save").click()
    expect(dose.locator("[role=status]")).to_contain_text("Within limit")
    add_photo(page, picture)
    expect(page.locator(".dock")).to_contain_text("Everything conforms.")
    page.click("text=Release now")
    page.wait_for_url("**/receipt")
    expect(page.locator("h1")).to_have_text(re.compile("Released"))
    assert page.locator("img.code").is_visible()
    look(page, "field-receipt-released")
    assert Line.objects.get(declaration=made.number, number=3).state == "released"
    page.click("text=Next task")
    expect(page.locator("main")).to_contain_text("Done lately")
    assert page.problems == []


def test_ana_holds_what_does_not_conform(visit, people) -> None:
    made = lodged(people)
    people.ana  # noqa: B018
    page = visit("/accounts/login/")
    sign_in(page, "ana")
    take(page, "cotton shirt")
    label = page.locator("#item-LABEL")
    label.locator("button[value=does-not]").click()
    label.locator("textarea").fill("No fibre content on the label.")
    label.locator("text=Save note").click()
    expect(label.locator("textarea")).to_have_value("No fibre content on the label.")
    look(page, "field-task-fails")
    page.click(".dock a:has-text('Hold')")
    page.click("text=Hold the goods >> nth=-1")
    expect(page.locator(".problems")).to_be_visible()
    page.goto(page.url)
    look(page, "field-hold")
    page.check("[name=reason] >> nth=0")
    page.fill("#note", "Every carton that was opened.")
    page.click("button:has-text('Hold the goods')")
    page.wait_for_url("**/receipt")
    assert Line.objects.get(declaration=made.number, number=1).state == "held"
    assert [p for p in page.problems if "422" not in p] == []
