"""What somebody would do who wants false goods to look genuine."""

import pytest

from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.kit.errors import Invalid, NotFound
from guomen.tags import services as tags
from guomen.tags.models import Range
from tests.clearance.conftest import example

pytestmark = pytest.mark.django_db


def lines_of(people, who: str) -> list[Line]:
    made = clearance.lodge(getattr(people, who).actor, example())
    return list(Line.objects.filter(declaration=made.number).order_by("number"))


def test_tags_of_one_product_cannot_be_ordered_for_a_line_of_other_goods(people):
    """Else Eve declares cheap shirts and prints genuine tags of infant formula."""
    shirts, formula, _press = lines_of(people, "eve")
    for wanted in ({"gtin": formula.gtin, "batch": formula.batch}, {"gtin": shirts.gtin, "batch": "OTHER-1"}):
        with pytest.raises(Invalid) as caught:
            tags.order(people.eve.actor, **wanted, count=10, subject=shirts.subject)
        assert [p.field for p in caught.value.problems] == ["subject"]
    assert Range.objects.count() == 0


def test_the_api_orders_no_tags_of_one_product_for_other_goods(people, door):
    shirts, formula, _press = lines_of(people, "eve")
    wanted = {"gtin": formula.gtin, "batch": formula.batch, "count": 10, "subject": shirts.subject}
    assert door("eve").post("/api/tags/ranges", wanted, content_type="application/json").status_code == 422


@pytest.mark.parametrize("tail", ["/9", "/1/1", "", "/١", "/1\n", " /1"])
def test_tags_are_ordered_only_for_a_line_that_exists(people, tail):
    shirts = lines_of(people, "eve")[0]
    subject = f"urn:guomen:line:{shirts.declaration}{tail}"
    with pytest.raises((Invalid, NotFound)):
        tags.order(people.eve.actor, gtin=shirts.gtin, batch=shirts.batch, count=10, subject=subject)


@pytest.mark.parametrize("count", [0, -1, 2**31, 2**63, 1_000_001])
def test_the_number_of_tags_has_bounds(people, count):
    shirts = lines_of(people, "eve")[0]
    with pytest.raises(Invalid):
        tags.order(people.eve.actor, gtin=shirts.gtin, batch=shirts.batch, count=count, subject=shirts.subject)
