"""Bo trains a model and proposes it, Ben puts it into use, and a line's page says what it adds: for every reader."""

import pytest

from guomen.parties.services import add_person
from tests.clearance.conftest import example
from tests.clearance.test_deciding import answer_all, order
from tests.clearance.test_performance import decided
from tests.journeys.conftest import DESK, sign_in
from tests.journeys.look import look
from tests.people import PASSWORD
from tests.risk.test_learning import outcomes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_officers_put_a_model_into_use_and_a_lines_page_shows_its_share(people, visit):
    from guomen.clearance.services import lodge, release_after_inspection

    outcomes()
    add_person(people.bo.organisation, "ben@example.test", "Ben", PASSWORD, ["controller"])
    bo = visit("/", size=DESK)
    sign_in(bo, "bo")
    bo.goto("/desk/models/")
    assert "No model was trained yet" in bo.inner_text("main")
    bo.click("text=Train a model now")
    look(bo, "models.index")
    bo.click("main table a")
    assert "It ranks nothing yet" in bo.inner_text("main")
    bo.click("text=Propose it")
    assert "A second person must put it into use" in bo.inner_text("main")
    ben = visit("/", size=DESK)
    sign_in(ben, "ben")
    ben.goto(bo.url)
    ben.click("form.decision button")
    assert "This model ranks now" in ben.inner_text("main")
    look(ben, "models.card")
    lodged = lodge(people.cy.actor, example())
    bo.goto(f"/desk/lines/{lodged.number}/1")
    assert "How the score came about" in bo.inner_text("main")
    assert bo.locator(".factors li").count() >= 3
    look(bo, "models.line")
    one = order(lodged, 1)
    answer_all(people, one, wrong="SHARPS")
    release_after_inspection(people.ana.actor, one.id)
    decided(0, 57, ["LOW-RISK", "DRAWN"], probability="0.05", end="INSPECTION-PASSED")
    decided(100, 1, ["LOW-RISK", "DRAWN"], probability="0.05", end="INSPECTION-FAILED")
    decided(1000, 900, ["LOW-RISK", "NOT-DRAWN"], probability="0.05", state="released")
    bo.goto("/desk/performance/")
    assert "By country of origin" in bo.inner_text("main")
    look(bo, "models.performance")
    assert not [*bo.problems, *ben.problems]
