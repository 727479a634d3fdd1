"""Amend, withdraw, split, merge, ask for another inspection, report an arrival: each once, each in time, each told."""

import copy
from datetime import timedelta
from typing import Any

import pytest

from guomen.clearance import services, versions
from guomen.clearance.form import read
from guomen.clearance.models import Declaration, Former, Line
from guomen.clearance.services.rows import content_hash
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from tests.clearance.conftest import next_number
from tests.clearance.test_api import bearer, post
from tests.clearance.test_deciding import answer_all, order

pytestmark = pytest.mark.django_db
SHIRTS_ONLY = slice(0, 1)


def on_papers(story: dict[str, Any], **change: Any) -> dict[str, Any]:
    """A part that nobody needs to look at, unless it is drawn."""
    part = {"hs_code": "8708299000", "gtin": "", "batch": "P-1", "ciq_code": "999", "attributes": []}
    return copy.deepcopy(story) | {"documents": [], "lines": [story["lines"][0] | part]} | change


def undrawn(people: Any, payload: dict[str, Any]) -> Declaration:
    """Lodged under a number that is not drawn."""
    next_number(drawn=False)
    return services.lodge(people.cy.actor, payload)


def lines(number: str) -> list[Line]:
    return list(Line.objects.filter(declaration=number).order_by("number"))


def kinds(subject: str) -> list[str]:
    return [e.kind for e in history(subject)]


def test_what_was_declared_can_be_read_back_and_lodged_again(people, story) -> None:
    story |= {"transit_port": "SGSIN", "surety": True, "users": [{"name": "A shop", "contact": "a person"}]}
    story["lines"][0] |= {"name_en": "Shirts", "second_quantity": "280", "second_unit": "KGM"}
    found = services.lodge(people.cy.actor, story)
    payload = versions.versions(people.cy.actor, found.number)[0].content
    assert read(payload).problems == []
    assert content_hash(read(payload)) == content_hash(read(story))
    assert content_hash(read(payload | {"users": []})) == content_hash(read(story))


def test_an_amended_declaration_keeps_its_old_version_and_is_screened_again(people, lodged, story) -> None:
    by = people.cy.actor
    story["lines"][0]["quantity"] = "1100"
    story["lines"] = story["lines"][:3]
    found = services.amend(by, lodged.number, story, "The packing list was corrected.")
    assert (found.version, Declaration.objects.get().version) == (2, 2)
    assert services.amend(by, lodged.number, story, "Again.").version == 2
    newest, first = versions.versions(by, lodged.number)
    assert [(c.path, c.before, c.after) for c in first.changes] == [("lines.0.quantity", "1200", "1100")]
    assert (newest.content["lines"][0]["quantity"], first.reason) == ("1100", "The packing list was corrected.")
    entry = next(e for e in history(Subject.declaration(lodged.number)) if e.kind == "declaration.amended")
    assert entry.facts["before"] == Former.objects.get().content_sha256
    assert "packing list" not in str(entry.facts)
    assert kinds(Subject.line(lodged.number, 1)).count("line.screened") == 2
    open_ = Order.objects.filter(declaration=lodged.number, state="waiting")
    assert (open_.count(), Order.objects.filter(state="cancelled").count()) == (3, 3)


def test_nobody_amends_a_selection_away(people, story) -> None:
    by = people.cy.actor
    next_number(drawn=False, again=False)
    found = services.lodge(by, story | {"lines": story["lines"][SHIRTS_ONLY]})
    amended = services.amend(by, found.number, on_papers(story), "It is a car part.")
    (line,) = lines(amended.number)
    assert (line.state, line.reasons[0]["code"]) == ("to_inspect", "SELECTED-BEFORE")


def test_it_is_too_late_once_an_officer_has_taken_the_task_or_the_goods_were_inspected(people, lodged, story) -> None:
    by, one = people.cy.actor, order(lodged, 1)
    story["marks"] = "N/M"
    inspection.take(people.ana.actor, one.id)
    with pytest.raises(Refused) as caught:
        services.amend(by, lodged.number, story, "New marks.")
    assert (caught.value.code, caught.value.values["line"]) == ("in-hand", 1)
    answer_all(people, one)
    services.release_after_inspection(people.ana.actor, one.id)
    for act in (services.amend, lambda *a: services.withdraw(a[0], a[1], a[3])):
        with pytest.raises(Refused, match="has been inspected"):
            act(by, lodged.number, story, "New marks.")
    assert not Former.objects.exists()


def test_released_on_papers_it_may_be_amended_until_the_goods_have_arrived(people, story) -> None:
    by = people.cy.actor
    found = undrawn(people, on_papers(story))
    assert services.amend(by, found.number, on_papers(story, marks="A"), "Marks.").version == 2
    with pytest.raises(Invalid):
        services.report_arrival(by, found.number, now() + timedelta(hours=1))
    for hours in (1, 2):
        at = services.report_arrival(by, found.number, now() - timedelta(hours=hours)).arrived_at
    assert now() - at < timedelta(hours=1, minutes=5)
    assert kinds(Subject.declaration(found.number)).count("declaration.arrived") == 1
    with pytest.raises(Refused) as caught:
        services.amend(by, found.number, on_papers(story, marks="B"), "Marks.")
    assert caught.value.code == "released-on-arrival"


def test_a_wrong_amendment_is_named_at_its_fields_and_changes_nothing(people, lodged, story) -> None:
    by = people.cy.actor
    wrong = story | {"packages": "0"}
    with pytest.raises(Invalid) as caught:
        services.amend(by, lodged.number, wrong, "Packages.")
    assert [p.field for p in caught.value.problems] == ["packages"]
    with pytest.raises(Invalid, match="attention"):
        services.amend(by, lodged.number, story | {"marks": "B"}, " ")
    with pytest.raises(Invalid) as caught:
        services.amend(by, lodged.number, story | {"direction": "E", "destination_country": "DE"}, "Turn round.")
    assert "direction-stays" in {p.code for p in caught.value.problems}
    assert (Declaration.objects.get().version, len(lines(lodged.number))) == (1, 3)
    for name, error in (("eve", NotFound), ("ana", Forbidden), ("di", Forbidden)):
        with pytest.raises(error):
            services.amend(getattr(people, name).actor, lodged.number, story | {"marks": "B"}, "Mine now.")


def test_withdrawn_once_and_only_by_the_control_room_when_goods_were_selected(people, lodged, story) -> None:
    with pytest.raises(Refused) as caught:
        services.withdraw(people.cy.actor, lodged.number, "Not sold.")
    assert caught.value.code == "selected"
    for _ in range(2):
        assert services.withdraw(people.bo.actor, lodged.number, "The firm asked for it.").state == "withdrawn"
    assert {x.state for x in lines(lodged.number)} == {"withdrawn"}
    assert kinds(Subject.declaration(lodged.number)).count("declaration.withdrawn") == 1
    assert {o.state for o in Order.objects.all()} == {"cancelled"}
    with pytest.raises(Refused, match="stands no longer"):
        services.amend(people.cy.actor, lodged.number, story | {"marks": "x"}, "Late.")
    free = undrawn(people, on_papers(story))
    assert services.withdraw(people.cy.actor, free.number, "Not sold.").state == "withdrawn"


def test_two_stand_for_one_that_was_split_and_one_for_two_that_were_merged(people, lodged) -> None:
    by = people.cy.actor
    part = {"lines": [3], "containers": [], "packages": 1, "gross_weight_kg": "9850"}
    with pytest.raises(Invalid) as caught:
        services.split(by, lodged.number, part | {"lines": [1, 2, 3], "packages": 9999}, "x")
    assert [p.field for p in caught.value.problems] == ["lines", "packages"]
    with pytest.raises(NotFound):
        services.split(people.eve.actor, lodged.number, part, "Mine.")
    part["gross_weight_kg"] = "7600"
    first, second = services.split(by, lodged.number, part, "The press goes to another buyer.")
    whole = Declaration.objects.get(number=lodged.number)
    assert (whole.state, [len(lines(d.number)) for d in (first, second)]) == ("split", [2, 1])
    assert first.gross_weight_kg + second.gross_weight_kg == whole.gross_weight_kg
    assert first.packages + second.packages == whole.packages
    assert versions.kin(lodged.number)[1] == [first.number, second.number]
    assert {x.state for x in lines(lodged.number)} == {"withdrawn"}
    assert {x.state for x in lines(first.number)} == {"to_inspect"}
    with pytest.raises(Refused, match="stands no longer"):
        services.merge(by, [lodged.number, first.number], "Together.")
    one = services.merge(by, [first.number, second.number], "Together again.")
    assert [x.name for x in lines(one.number)] == [x.name for x in lines(lodged.number)]
    assert Declaration.objects.get(number=one.number).gross_weight_kg == whole.gross_weight_kg
    other = services.lodge(by, payload_of_number(by, one.number) | {"vessel": "ANOTHER"})
    with pytest.raises(Invalid) as caught:
        services.merge(by, [one.number, other.number], "x")
    assert [p.field for p in caught.value.problems] == ["vessel"]


def payload_of_number(by: Any, number: str) -> dict[str, Any]:
    content = versions.versions(by, number)[0].content
    return {k: v for k, v in content.items() if not k.startswith("correlation")}


def test_a_refused_line_is_inspected_again_once_within_15_days_by_other_people(people, lodged) -> None:
    by, one = people.cy.actor, order(lodged, 1)
    with pytest.raises(Refused) as caught:
        services.request_reinspection(by, lodged.number, 1, "We disagree.")
    assert caught.value.code == "not-refused"
    answer_all(people, one, wrong="SHARPS")
    services.release_after_inspection(people.ana.actor, one.id)
    decided = lines(lodged.number)[0].decided_at
    Line.objects.filter(declaration=lodged.number, number=1).update(decided_at=now() - timedelta(days=15, minutes=1))
    with pytest.raises(Refused, match="within 15 days"):
        services.request_reinspection(by, lodged.number, 1, "We disagree.")
    Line.objects.filter(declaration=lodged.number, number=1).update(decided_at=decided)
    assert services.request_reinspection(by, lodged.number, 1, "We disagree.").state == "to_inspect"
    again = Order.objects.get(declaration=lodged.number, line=1, state="waiting")
    with pytest.raises(Refused, match="a colleague does it now"):
        inspection.take(people.ana.actor, again.id)
    assert inspection.take(another_inspector(people), again.id).state == "taken"
    with pytest.raises(Refused) as caught:
        services.request_reinspection(by, lodged.number, 1, "Once more.")
    assert caught.value.code == "asked-before"


def another_inspector(people: Any) -> Any:
    from guomen.parties.actors import of_person
    from guomen.parties.services import add_person

    person = add_person(people.ana.organisation, "abe@example.test", "Abe", "correct-horse-battery", ["inspector"])
    return of_person(person)


def test_over_http_a_change_happens_once_and_a_late_one_is_answered_409_with_the_reason(
    client, people, lodged, story, door
) -> None:
    path, token = f"/api/declarations/{lodged.number}", bearer(people, "cy", "declare")
    body = {"declaration": story | {"marks": "N/M"}, "reason": "Marks."}
    keyed = token | {"HTTP_IDEMPOTENCY_KEY": "a-1"}
    for _ in range(2):
        answer = client.put(path, body, content_type="application/json", **keyed)
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    late = post(client, f"{path}/withdraw", {"reason": "Not sold."}, **token)
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert (late.json()["code"], "line 1" in late.json()["title"].lower()) == ("selected", True)
    shown = {n: door(n).get(f"{path}/versions").status_code for n in ("cal", "bo", "eve", "di", "")}
    assert shown == {"cal": 200, "bo": 200, "eve": 404, "di": 403, "": 401}
    assert door("cal").get(f"{path}/versions").json()[1]["changes"] == [
        {"field": "marks", "before": story["marks"], "after": "N/M"}
    ]
    assert door("cal").get(f"{path}/versions/1").json()["marks"] == story["marks"]
    assert door("cal").get(f"{path}/versions/9").status_code == 404
    gone = post(client, f"{path}/split", {"lines": [1], "packages": 1, "gross_weight_kg": "1", "reason": ""}, **token)
    assert gone.status_code == 422
