"""Each of the ten modes over HTTP: who enters, who does not, what each trigger of its exit does."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest

from guomen.adoption import services as adoption
from guomen.adoption.models import Body, Evidence, Report, Standing
from guomen.clearance.models import Decision, Line
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.release.models import Debt
from guomen.risk.services import impose_measure
from guomen.seals import services as seals
from tests.adoption.conftest import earned, undrawn
from tests.adoption.test_adoption import SHIRTS, analysed, concluded, listed, reported, shirts
from tests.clearance.test_deciding import answer_all
from tests.release.test_release import OVERRIDE

__all__ = ["undrawn"]
pytestmark = pytest.mark.django_db
GUARANTEE = {"kind": "101041", "number": "G-1"}


@pytest.fixture
def http(door, undrawn) -> Any:
    """``http(name, path, body)``: POST as that person; declarations get a number that no draw takes."""

    def send(name: str, path: str, body: Any) -> Any:
        if path == "declarations":
            undrawn.lucky()
        return door(name).post(f"/api/{path}", json.dumps(body), content_type="application/json")

    return send


@pytest.fixture
def lodge(http) -> Any:
    """Cy lodges over HTTP; the first line."""

    def send(payload: dict[str, Any]) -> Line:
        answer = http("cy", "declarations", payload)
        assert answer.status_code == 201, answer.content
        return Line.objects.get(declaration=answer.json()["number"], number=1)

    return send


def why(line: Line) -> list[str]:
    line.refresh_from_db()
    return [r["code"] for r in line.reasons]


def admitted(people: Any, mode: str) -> None:
    adoption.ask_standing(people.cy.actor, mode, "We keep the chain of every lot and call it back.")
    adoption.admit(people.bo.actor, people.cy.organisation.code, mode, now().date() + timedelta(days=90))


def test_inspect_first_waits_for_the_result_and_a_balance_is_written_off_until_a_measure(
    people, story, lodge, http
) -> None:
    formula = lodge(story | {"lines": story["lines"][1:2]})
    assert (formula.mode, formula.level, why(formula)[0]) == ("INSPECT-FIRST", "laboratory", "INFANT-GOODS")
    at = f"declarations/{formula.declaration}/lines/1"
    answer = http("bo", f"{at}/override", OVERRIDE)
    assert (answer.status_code, answer.json()["code"]) == (409, "never-waived")
    assert http("bo", f"{at}/balance", {}).status_code == 409
    whole = lodge(shirts(story))
    concluded(people, whole)
    assert http("bo", f"declarations/{whole.declaration}/lines/1/balance", {}).status_code == 201
    out = lodge(shirts(story, quantity="700"))
    assert (out.mode, why(out), out.level) == ("INSPECT-FIRST", ["PRE-INSPECTED"], "identity")
    assert "PRE-INSPECTED" not in why(lodge(shirts(story, quantity="501")))
    assert "PRE-INSPECTED" not in why(lodge(shirts(story, quantity="5", batch="S2610")))
    terms = {"reason_code": "ALERT", "source": "urn:guomen:alert:A1", "gtin": out.gtin}
    impose_measure(people.bo.actor, effect="lab", **terms)
    assert why(lodge(shirts(story, quantity="5")))[0] == "ALERT-IN-FORCE"


def test_a_result_of_another_office_counts_for_the_same_lot_in_time_and_ends_with_the_lot(people, story, lodge) -> None:
    there = {"arrival_port": "CNNGB"}
    concluded(people, lodge(shirts(story)))
    found = lodge(shirts(story) | there)
    assert (found.mode, found.level, why(found)[0]) == ("ACCEPTED-EVERYWHERE", "identity", "PASSED-ELSEWHERE")
    for other in (shirts(story), shirts(story, batch="S2610") | there):
        assert lodge(other).mode != "ACCEPTED-EVERYWHERE"
    Evidence.objects.update(valid_until=now().date() - timedelta(days=1))
    assert lodge(shirts(story) | there).mode != "ACCEPTED-EVERYWHERE"
    # Out of date before the goods were released: they are inspected after all.
    assert (concluded(people, found).state, why(found)[0]) == ("to_inspect", "PROOF-NOT-COUNTED")
    assert Order.objects.filter(subject=found.subject).order_by("-number").first().checklist == "C-TEX"


def test_an_air_sample_opens_its_batch_alone_and_goods_of_another_batch_end_the_mode(people, story, lodge) -> None:
    assert people.di.organisation.code == "LAB-1"
    flight = {"origin": "IT", "waybill": "020-12345675", "arrives_on": str(now().date())}
    one = adoption.declare_air_sample(people.cy.actor, SHIRTS | flight)
    sealed = {"laboratory": "LAB-1", "quantity": "3", "unit": "C62", "seal_number": "AS1"}
    adoption.forward_air_sample(people.ana.actor, one.number, sealed)
    analysed(people, Sample.objects.get(), good=True)
    assert lodge(shirts(story)).mode != "AIR-SAMPLE"
    admitted(people, "AIR-SAMPLE")
    assert lodge(shirts(story, batch="S2610", quantity="5")).mode != "AIR-SAMPLE"
    late = {"departed_on": str(now().date() - timedelta(days=9)), "arrives_at": (now() - timedelta(days=2)).isoformat()}
    assert lodge(shirts(story, quantity="5") | late).mode != "AIR-SAMPLE"
    found = lodge(shirts(story, quantity="900"))
    assert (found.mode, found.level) == ("AIR-SAMPLE", "identity")
    assert (concluded(people, found, good=False).state, why(found)) == ("held", ["IDENTITY-DIFFERS"])
    assert Standing.objects.get(mode="AIR-SAMPLE").state == "suspended"
    assert lodge(shirts(story, quantity="900")).mode != "AIR-SAMPLE"


def test_a_test_abroad_counts_for_an_admitted_importer_until_a_report_is_late(people, story, lodge) -> None:
    listed(people, "overseas")
    due = (now() + timedelta(days=1)).isoformat()
    reported(people, days_ago=25, due_at=due)
    assert lodge(shirts(story, quantity="5")).mode != "TESTED-ABROAD"
    admitted(people, "TESTED-ABROAD")
    found = lodge(shirts(story, quantity="5"))
    assert (found.mode, why(found)[0]) == ("TESTED-ABROAD", "TESTED-ABROAD")
    sailed = {"departed_on": str(now().date() - timedelta(days=29))}
    assert lodge(shirts(story, quantity="5") | sailed).mode != "TESTED-ABROAD"
    late = adoption.ask_report(people.cy.actor, SHIRTS | {"body": "LAB-1", "due_at": due, "batch": "S2610"})
    Report.objects.filter(number=late.number).update(due_at=now() - timedelta(seconds=1))
    assert lodge(shirts(story, quantity="5")).mode == "ON-THE-SPOT"
    adoption.find_late()
    assert Standing.objects.get(mode="TESTED-ABROAD").reasons[0]["code"] == "REPORT-LATE"


def test_the_results_of_a_body_that_is_delisted_count_for_nothing_that_is_not_released_yet(
    people, story, lodge, http
) -> None:
    body = listed(people)
    reported(people)
    first, second, third = (lodge(shirts(story, quantity=q)) for q in ("500", "400", "300"))
    assert {x.mode for x in (first, second, third)} == {"THIRD-PARTY"}
    assert concluded(people, first).state == "released"
    for name in ("cy", "di"):
        assert http(name, f"inspection-bodies/{body.id}/delist", {"reason": "I say so."}).status_code == 403
    assert http("bo", f"inspection-bodies/{body.id}/delist", {"reason": "It sold its stamp."}).status_code == 200
    assert Body.objects.get().state == "delisted"
    assert (concluded(people, second).state, why(second)[0]) == ("to_inspect", "PROOF-NOT-COUNTED")
    assert concluded(people, second).state == "released"
    # Under an unbroken seal the gate alone would have let it go.
    Line.objects.filter(declaration=third.declaration).update(state="screened", level="seal")
    box = story["containers"][0]
    seals.arm(people.kai.actor, seal=box["seal"], container=box["number"], place="Genoa")
    passing = {"container": box["number"], "seal_read": box["seal"], "intact": True, "gate": "3"}
    answer = http("bo", f"declarations/{third.declaration}/gate", passing)
    assert (answer.json()["match"], answer.json()["released"]) == (True, [])
    assert (why(third)[0], third.state) == ("PROOF-NOT-COUNTED", "to_inspect")
    first.refresh_from_db()
    assert first.state == "released"


def test_on_the_spot_is_what_remains_and_says_why_nothing_lighter_applied(people, story, lodge) -> None:
    first = lodge(shirts(story))
    assert (first.mode, first.level, why(first)) == ("ON-THE-SPOT", "physical", ["NEW-PAIR"])
    assert concluded(people, first).state == "released"
    adoption.suspend(adoption.standings.SYSTEM, people.cy.organisation.id, "FEW-INSPECTED", "LINE-REFUSED", line="x")
    assert "MODE-SUSPENDED" in why(lodge(shirts(story, batch="S2610")))


def test_few_are_inspected_under_an_unbroken_seal_and_an_alarm_has_every_lot_opened(people, story, lodge, http) -> None:
    earned(lodge(shirts(story)))
    box = story["containers"][0]
    assert lodge(shirts(story, batch="B0")).mode == "ON-THE-SPOT"
    seals.arm(people.kai.actor, seal=box["seal"], container=box["number"], place="Genoa")
    found = lodge(shirts(story, batch="B1"))
    assert (found.mode, found.state, why(found)[0]) == ("FEW-INSPECTED", "screened", "SEALED-LOOP")
    passing = {"container": box["number"], "seal_read": box["seal"], "intact": False, "gate": "3"}
    answer = http("bo", f"declarations/{found.declaration}/gate", passing)
    assert (answer.json()["match"], answer.json()["selected"]) == (False, [1])
    seal = {"number": "MSKU3456788", "seal": "MSK558202"}
    seals.arm(people.kai.actor, seal=seal["seal"], container=seal["number"], place="Genoa")
    after = lodge(shirts(story, batch="B2") | {"containers": [seal]})
    assert (after.mode, after.state, why(after)) == (
        "FEW-INSPECTED",
        "to_inspect",
        ["SEALED-LOOP", "RATE-TO-EARN", "DRAWN"],
    )


def milk(story: dict[str, Any], days: int = 21) -> dict[str, Any]:
    payload, made = copy.deepcopy(story), now().date() - timedelta(days=3)
    line = payload["lines"][1] | {
        "gtin": "",
        "name": "Pasteurised milk",
        "hs_code": "0401200000",
        "produced_on": str(made),
        "expires_on": str(made + timedelta(days=days)),
        "purpose": "99",
        "attributes": ["14"],
    }
    papers = [{"kind": k, "number": f"{k}-9"} for k in ("101001", "101006", "101007", "101009", "101030")]
    return payload | {"lines": [line], "documents": papers}


@pytest.mark.parametrize(
    ("said", "state", "code"), [("negative", "released", "FAST-NEGATIVE"), ("positive", "sampled", "FAST-POSITIVE")]
)
def test_a_fast_test_lets_goods_go_that_do_not_keep_and_a_positive_one_is_confirmed(
    people, story, lodge, http, said, state, code
) -> None:
    assert lodge(milk(story, 61)).mode != "FAST-LANE"
    found = lodge(milk(story))
    assert (found.mode, found.state, "QUARANTINE-ALWAYS" in why(found)) == ("FAST-LANE", "to_inspect", True)
    order, ana = Order.objects.get(declaration=found.declaration), people.ana.actor
    test = f"inspections/{order.id}/fast-test"
    answer_all(people, order)
    assert http("ana", test, {"outcome": said, "method": "Strip"}).json()["code"] == "no-fast-test"
    sealed = {"laboratory_code": people.di.organisation.code, "quantity": "5", "unit": "CA", "seal_number": "S-1"}
    drawn = inspection.draw_sample(ana, order.id, **sealed)
    assert http("ana", test, {"outcome": "maybe", "method": ""}).status_code == 422
    assert http("ana", test, {"outcome": said, "method": "Strip for beta-lactams"}).status_code == 200
    if said == "positive":
        again = http("ana", test, {"outcome": "negative", "method": "Strip for beta-lactams"})
        assert (again.status_code, again.json()["code"]) == (409, "fast-positive")
    assert http("cy", test, {"outcome": said, "method": "x"}).status_code == 403
    from guomen.clearance.services import release_after_inspection

    assert release_after_inspection(ana, order.id).state == state
    assert why(found)[0] == code
    catch_up()
    owed = list(Debt.objects.filter(declaration=found.declaration).values_list("duty", flat=True))
    assert owed == (["RECALL-READY"] if said == "negative" else [])
    analysed(people, drawn, good=False)
    assert (Line.objects.get(declaration=found.declaration).state, why(found)[0]) == ("refused", "LABORATORY-FAILED")


def test_a_large_lot_of_an_admitted_importer_is_released_part_by_part(people, story, lodge) -> None:
    heavy = {"gross_weight_kg": "210000", "net_weight_kg": "200000"}
    lot = shirts(story, net_weight_kg="200000", quantity="1000", batch="B7") | heavy
    concluded(people, lodge(shirts(story)))
    assert lodge(lot).mode == "ON-THE-SPOT"
    admitted(people, "WHILE-UNLOADING")
    assert (lodge(lot).mode, lodge(shirts(story, batch="B8")).mode) == ("WHILE-UNLOADING", "ON-THE-SPOT")


def test_no_inspection_takes_a_guarantee_and_ends_with_a_complaint_or_a_measure(people, story, lodge) -> None:
    from guomen.parties.actors import SYSTEM
    from guomen.warning.intake import report, withdraw

    first = lodge(shirts(story))
    earned(first)
    asked = lodge(shirts(story))
    assert (asked.mode, "GUARANTEE-MISSING" in why(asked)) == ("ON-THE-SPOT", True)
    payload = shirts(story)
    payload["documents"] = [*payload["documents"], GUARANTEE]
    found = lodge(payload)
    assert (found.mode, found.state, why(found)[0]) == ("NO-INSPECTION", "released", "LOW-RISK")
    chosen = Decision.objects.get(declaration=found.declaration)
    assert (chosen.facts["drawn_at"] is not None, chosen.facts["checks"]) == (
        True,
        ["DOCUMENTS", "RADIATION-PORTAL", "CONTAINER"],
    )
    signal = report(SYSTEM, source="media", gtin=first.gtin, hazard="chemical", severity=1)
    catch_up()
    assert lodge(payload).mode == "ON-THE-SPOT"
    withdraw(SYSTEM, signal.id)
    catch_up()
    assert lodge(payload).mode == "NO-INSPECTION"
    terms = {"reason_code": "ALERT", "source": "urn:guomen:alert:A1", "gtin": first.gtin}
    impose_measure(people.bo.actor, effect="full", **terms)
    assert why(lodge(payload))[0] == "ALERT-IN-FORCE"


def test_a_mode_is_shown_as_what_it_is_known_to_be(door, people) -> None:
    shown = door("bo").get("/en/desk/modes/").content.decode()
    assert (shown.count("reconstructed") >= 9, "unverified" in shown) == (True, True)
