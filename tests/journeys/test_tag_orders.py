"""From the order of tags to the shop: Cy orders, makes files and packs parcels on a phone, Bo approves."""

import io
import zipfile

import pytest

from guomen.risk.models import Measure
from guomen.tags import labels
from guomen.tags.models import LabelJob, Range
from guomen.tags.services import printing
from tests.codes import codes_in_pdf
from tests.journeys.conftest import sign_in
from tests.journeys.goods import lodged
from tests.journeys.look import look

pytestmark = pytest.mark.browser


def ordered(page, number: str, count: str, channel: str) -> str:
    """Fill in the order of tags for the first line; the address of the order."""
    page.goto(f"/portal/declarations/{number}/1/tags/")
    page.fill("#count", count)
    page.select_option("#channel", channel)
    page.fill("#markets", "cn, it")
    page.click("main .button.primary")
    page.wait_for_url("**/portal/tags/")
    return page.get_attribute("main a.card", "href")


@pytest.mark.django_db(transaction=True)
def test_cy_makes_label_files_and_says_what_became_of_labels(visit, people) -> None:
    number = lodged(people).number
    page = visit("/accounts/login/")
    sign_in(page, "cy")
    order = ordered(page, number, "300", "bonded")
    page.goto(order)
    look(page, "portal-tag-order")
    page.click("text=Make the files")
    page.wait_for_selector("#files progress")
    look(page, "portal-tag-files-waiting")
    while printing.work():
        pass
    page.wait_for_selector("#files a")
    with page.expect_download() as got:
        page.click("#files a")
    archive = zipfile.ZipFile(io.BytesIO(got.value.path().read_bytes()))
    codes = [code for name in archive.namelist() for code in codes_in_pdf(archive.read(name))]
    assert codes == [label.url for label in labels.run_of(Range.objects.get(), 0, 300)]
    page.select_option("#to", "applied")
    page.fill("#first", "1")
    page.fill("#last", "280")
    page.click("text=Change >> nth=-1")
    page.wait_for_selector("text=Changed: labels 1 to 280.")
    page.select_option("#to", "spoiled")
    page.fill("#first", "270")
    page.fill("#last", "400")
    page.click("form:has(#to) .button")
    assert "Give a whole number from 1 to 300." in page.inner_text(".problems")
    look(page, "portal-tag-order-wrong")
    page.goto(order)
    page.select_option("#kind", "in")
    page.fill("#hall", "WGQ-1")
    page.fill("#quantity", "12")
    page.click("text=Record the move")
    page.wait_for_selector("text=Move recorded.")
    assert "20" in page.inner_text("tr:has-text('Not accounted for')")
    look(page, "portal-tag-order-full")
    assert page.problems == [] or all("422" in said for said in page.problems)


@pytest.mark.django_db(transaction=True)
def test_bo_decides_about_an_order_and_cy_reads_why(visit, people) -> None:
    number = lodged(people).number
    Measure.objects.create(effect="full", gtin="08012345000012", reason_code="ALERT", source="urn:guomen:alert:A-1")
    page = visit("/accounts/login/")
    sign_in(page, "cy")
    order = ordered(page, number, "300", "cross-border")
    assert "An officer must approve" in page.inner_text("main")
    page.goto(order)
    look(page, "portal-tag-order-asked")
    people.bo  # noqa: B018
    desk = visit("/accounts/login/")
    sign_in(desk, "bo")
    desk.goto("/desk/tags/")
    look(desk, "desk-tags")
    desk.click("button[value=refuse]")
    assert "Say why" in desk.inner_text(".problems")
    desk.fill("main input[name=why]", "Order chips for this product.")
    desk.click("button[value=refuse]")
    desk.wait_for_selector("text=Order refused.")
    look(desk, "desk-tags-decided")
    desk.click("main a:has-text('Keys')")
    desk.click("text=Take new keys into use >> nth=0")
    desk.fill("#reason-1", "Yearly rotation")
    desk.click("button[value=rotate]")
    desk.wait_for_selector("text=New orders take the new keys.")
    desk.click("summary:has-text('Retire these keys')")
    desk.click("button[value=ask]")
    assert "Say why" in desk.inner_text(".problems")
    desk.fill("#reason-1", "Found on a stolen laptop")
    desk.click("button[value=ask]")
    desk.wait_for_selector("text=Bo asks to retire these keys")
    look(desk, "desk-keys")
    page.goto(order)
    assert "Order chips for this product." in page.inner_text("main")
    assert LabelJob.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_cy_packs_a_parcel_and_forgets_its_numbers(visit, people) -> None:
    number = lodged(people).number
    page = visit("/accounts/login/")
    sign_in(page, "cy")
    ordered(page, number, "300", "cross-border")
    page.goto("/portal/parcels/")
    look(page, "portal-parcels-empty")
    page.fill("#parcel", "LP00123456789CN")
    page.fill("form:has(#codes) #order", "2026-11-0042")
    page.fill("#codes", "\n".join(label.url for label in labels.run_of(Range.objects.get(), 0, 2)))
    page.click("text=Pack the parcel")
    page.wait_for_selector("text=Parcel packed.")
    look(page, "portal-parcels")
    page.click("text=Erase its numbers")
    page.wait_for_selector("text=Numbers erased")
    assert page.problems == []
