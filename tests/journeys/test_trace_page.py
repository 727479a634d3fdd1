"""Bo asks what happened to goods, on a phone and at a desk: accessible and readable in both languages."""

import pytest

from tests.journeys.conftest import sign_in
from tests.journeys.look import look
from tests.trace.goods import GTIN, seen
from tests.trace.test_chain import CAKE, FLOUR, bakery
from tests.trace.test_sight import capture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_things_page_is_readable_for_everybody(people, visit):
    bakery(people)
    readings = {"sensorReport": [{"type": "Temperature", "minValue": 2.5, "maxValue": 7.5, "uom": "CEL"}]}
    for n, place in ((1, "geo:44.40,8.92"), (2, "geo:1.26,103.82"), (3, "geo:30.62,122.06")):
        event = seen(n, "arriving" if n > 1 else "departing", FLOUR.replace("/10/F1", "/21/F"), read_point=place)
        capture(people.kai, event | {"sensorElementList": [readings], "disposition": "in_transit"})
    assert people.bo
    page = visit("/")
    sign_in(page, "bo")
    page.goto("/trace/")
    page.fill("input[name=code]", f"(01){GTIN}(21)0")
    page.click("main button")
    assert page.url.endswith(f"/trace/01/{GTIN}/21/0")
    assert page.inner_text("h1").startswith("Item 0")
    for name, path in (
        ("search", "/trace/"),
        ("wrong", f"/trace/?code={GTIN[:-1]}9"),
        ("unknown", "/trace/01/09506000134352/21/NONE"),
        ("item", "/trace/" + CAKE[0].removeprefix("https://id.gs1.org/")),
        ("flour", "/trace/" + FLOUR.removeprefix("https://id.gs1.org/")),
        ("way", "/trace/01/09506000134369/21/F"),
    ):
        page.goto(path)
        look(page, f"trace.{name}")
