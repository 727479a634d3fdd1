"""From inspection, laboratory, gate and control room to the end of a line."""

from typing import Any

import pytest

from guomen.catalogue import rulepack
from guomen.clearance import queries, services
from guomen.clearance.models import Decision, Line
from guomen.inspection import services as inspection
from guomen.inspection.models import Order
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger import follow
from guomen.ledger.queries import history
from guomen.risk import queries as risk_queries
from guomen.risk.services import impose_measure
from guomen.seals import services as seals
from guomen.tags.models import Activation
from tests.clearance.conftest import next_number

pytestmark = pytest.mark.django_db
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def line(declaration: Any, number: int) -> Line:
    return Line.objects.get(declaration=declaration.number, number=number)


def order(declaration: Any, number: int) -> Order:
    return Order.objects.get(declaration=declaration.number, line=number)


def answer_all(people: Any, one: Order, wrong: str = "") -> None:
    """Ana does every step; the item ``wrong`` does not conform."""
    by = people.ana.actor
    inspection.take(by, one.id)
    for item in rulepack.newest().checklist(one.checklist).items:
        if item.kind == "photo":
            inspection.add_photo(by, one.id, item.code, PNG)
        elif item.kind == "choice":
            if item.code == wrong:
                inspection.add_photo(by, one.id, item.code, PNG + b"2")
            choice = "does-not" if item.code == wrong else "conforms"
            inspection.answer(by, one.id, item.code, choice, note="seen" if choice == "does-not" else "")
        elif item.kind == "measure":
            more = {"background": "0.10"} if item.low is None and "Gy" in item.unit else {}
            value = "0.12" if more else "21"
            inspection.answer(by, one.id, item.code, "", value=value, unit=item.unit, **more)


def sample(people: Any, one: Order, values: dict[str, str]) -> str:
    """Ana draws, Di tests and reports; ``values`` replace conforming results."""
    laboratory = people.di.organisation.code
    drawn = inspection.draw_sample(
        people.ana.actor, one.id, laboratory_code=laboratory, quantity="5", unit="CA", seal_number="S-1"
    )
    return str(drawn.number)


def report(people: Any, number: str, values: dict[str, str]) -> None:
    by = people.di.actor
    inspection.receive_sample(by, number)
    rows = [
        {"analyte": t.analyte, "value": values.get(t.analyte, "0"), "operator": "=", "unit": t.unit, "loq": None}
        for t in rulepack.newest().lab_panel("P-INFANT")
    ]
    inspection.enter_results(by, number, rows)
    inspection.report(by, number)
    follow.catch_up()


def test_conforming_shirts_are_released_on_the_spot_and_the_tags_become_valid(people, lodged) -> None:
    one = order(lodged, 1)
    answer_all(people, one)
    found = services.release_after_inspection(people.ana.actor, one.id)
    assert (found.state, found.reasons[0]["code"]) == ("released", "INSPECTION-PASSED")
    assert found.released_at is not None
    assert Activation.objects.filter(subject=found.subject, ended_at=None).exists()
    entry = next(e for e in history(found.subject) if e.kind == "line.released")
    assert entry.facts["order"] == one.number
    assert entry.facts["rule_pack"] == "2026.2"
    assert entry.facts["place"] == "CNYSA"
    keys = risk_queries.about(hs=found.hs_code, origin="IT", maker=found.maker_name, importer=lodged.importer_code)
    assert risk_queries.tallies([keys["pair"]])[keys["pair"]].passes == 1
    assert services.release_after_inspection(people.ana.actor, one.id).state == "released"
    assert len([e for e in history(found.subject) if e.kind == "line.released"]) == 1


def test_an_unfinished_inspection_names_the_checks_that_are_left(people, lodged) -> None:
    one = order(lodged, 1)
    inspection.take(people.ana.actor, one.id)
    with pytest.raises(Invalid) as caught:
        services.release_after_inspection(people.ana.actor, one.id)
    assert "items.LABEL" in {p.field for p in caught.value.problems}
    assert line(lodged, 1).state == "to_inspect"


def test_shirts_with_a_needle_are_refused_and_the_record_remembers(people, lodged) -> None:
    one = order(lodged, 1)
    answer_all(people, one, wrong="SHARPS")
    found = services.release_after_inspection(people.ana.actor, one.id)
    assert found.state == "refused"
    assert [r["code"] for r in found.reasons] == ["INSPECTION-FAILED", "SHARPS-FOUND"]
    assert not Activation.objects.filter(subject=found.subject).exists()
    keys = risk_queries.about(hs=found.hs_code, origin="IT", maker=found.maker_name, importer=lodged.importer_code)
    assert risk_queries.tallies([keys["pair"]])[keys["pair"]].failed == 1


def test_formula_waits_for_the_laboratory_and_is_released_when_it_conforms(people, lodged) -> None:
    one = order(lodged, 2)
    answer_all(people, one)
    number = sample(people, one, {})
    assert services.release_after_inspection(people.ana.actor, one.id).state == "sampled"
    assert not Activation.objects.filter(subject=one.subject).exists()
    report(people, number, {})
    found = line(lodged, 2)
    assert (found.state, found.reasons[0]["code"]) == ("released", "LABORATORY-PASSED")
    assert Activation.objects.filter(subject=one.subject).exists()


def test_formula_with_cronobacter_is_refused_then_destroyed(people, lodged) -> None:
    one = order(lodged, 2)
    answer_all(people, one)
    number = sample(people, one, {})
    services.release_after_inspection(people.ana.actor, one.id)
    report(people, number, {"cronobacter": "1"})
    found = line(lodged, 2)
    assert found.state == "refused"
    assert found.reasons[0]["values"] == {"analytes": "cronobacter"}
    by = people.bo.actor
    with pytest.raises(Invalid):
        services.set_outcome(by, lodged.number, 2, "EAT", "no")
    for name in ("cy", "eve", "ana", "di"):
        with pytest.raises(Forbidden):
            services.set_outcome(getattr(people, name).actor, lodged.number, 2, "DESTROY", "why")
    services.set_outcome(by, lodged.number, 2, "DESTROY", "Destroyed under supervision.")
    services.set_outcome(by, lodged.number, 2, "DESTROY", "Destroyed under supervision.")
    assert line(lodged, 2).outcome == "DESTROY"
    assert len([e for e in history(one.subject) if e.kind == "line.outcome"]) == 1
    with pytest.raises(Refused):
        services.set_outcome(by, lodged.number, 1, "RETURN", "not refused")


def test_a_report_that_comes_before_the_inspector_is_done_decides_nothing_and_is_not_lost(people, lodged) -> None:
    one = order(lodged, 2)
    answer_all(people, one)
    number = sample(people, one, {})
    report(people, number, {})
    assert line(lodged, 2).state == "to_inspect"
    assert services.release_after_inspection(people.ana.actor, one.id).state == "released"


def recall(people: Any, **scope: str) -> Any:
    source = Subject.of("recall", "R2026-00001")
    return impose_measure(people.bo.actor, effect="hold", reason_code="RECALL", source=source, **scope)


def test_the_next_declaration_of_a_recalled_product_is_held_with_the_recall_named(people, story) -> None:
    recall(people, gtin="08012345000012")
    declaration = services.lodge(people.cy.actor, story)
    shirts, formula = line(declaration, 1), line(declaration, 2)
    assert shirts.state == "held"
    assert shirts.reasons[0] == {"code": "RECALL", "values": {"source": "R2026-00001"}}
    assert formula.state == "to_inspect"
    assert not Order.objects.filter(subject=shirts.subject).exists()
    assert [e.kind for e in history(shirts.subject)].count("line.held") == 1


def test_a_recall_of_another_batch_does_not_hold(people, story) -> None:
    recall(people, gtin="08012345000012", batch="S1999")
    assert line(services.lodge(people.cy.actor, story), 1).state == "to_inspect"


def test_a_recall_that_comes_during_the_inspection_overrides_a_good_result(people, lodged) -> None:
    one = order(lodged, 1)
    answer_all(people, one)
    recall(people, gtin="08012345000012")
    found = services.release_after_inspection(people.ana.actor, one.id)
    assert (found.state, found.reasons[0]["code"]) == ("held", "RECALL")
    assert not Activation.objects.exists()


def test_the_control_room_decides_about_a_held_line_with_words(people, story) -> None:
    story["documents"] = []
    declaration = services.lodge(people.cy.actor, story)
    by = people.bo.actor
    for name in ("cy", "ana", "eve", "di"):
        with pytest.raises(Forbidden):
            services.decide_held(getattr(people, name).actor, declaration.number, 3, "release", "please")
    with pytest.raises(Invalid):
        services.decide_held(by, declaration.number, 3, "release", "  ")
    with pytest.raises(NotFound):
        services.decide_held(by, declaration.number, 9, "release", "why")
    services.decide_held(by, declaration.number, 3, "inspect", "The certificate came by post.")
    press = line(declaration, 3)
    assert (press.state, press.reasons[0]["code"]) == ("to_inspect", "OFFICER-DECISION")
    assert order(declaration, 3).checklist == "C-UME"
    services.decide_held(by, declaration.number, 2, "refuse", "No health certificate exists.")
    assert line(declaration, 2).state == "refused"
    kept = Decision.objects.get(declaration=declaration.number, line=2, sequence=2)
    assert kept.note == "No health certificate exists."
    assert "No health" not in str([e.facts for e in history(line(declaration, 2).subject)])
    with pytest.raises(Refused):
        services.decide_held(by, declaration.number, 2, "release", "changed my mind")


def test_nobody_releases_recalled_goods_before_the_recall_is_lifted(people, story) -> None:
    from guomen.risk.services import lift_measure

    measure = recall(people, gtin="08012345000012")
    declaration = services.lodge(people.cy.actor, story)
    with pytest.raises(Refused):
        services.decide_held(people.bo.actor, declaration.number, 1, "release", "looks fine")
    lift_measure(people.bo.actor, measure.id)
    with pytest.raises(Refused) as caught:
        services.decide_held(people.bo.actor, declaration.number, 1, "release", "recall ended")
    assert (caught.value.code, caught.value.values["reasons"]) == ("checks-undone", ["INSPECTION"])
    assert services.decide_held(people.bo.actor, declaration.number, 1, "inspect", "recall ended").state == "to_inspect"
    one = order(declaration, 1)
    answer_all(people, one)
    assert services.release_after_inspection(people.ana.actor, one.id).state == "released"


def test_an_inspector_holds_and_the_line_waits_for_the_control_room(people, lodged) -> None:
    one = order(lodged, 1)
    inspection.take(people.ana.actor, one.id)
    found = services.hold_after_inspection(people.ana.actor, one.id, "HOLD-GOODS-DIFFER", "Other shirts.")
    assert found.state == "held"
    assert [r["code"] for r in found.reasons] == ["OFFICER-HOLD", "HOLD-GOODS-DIFFER"]
    assert found.subject in {x.subject for x in queries.lines_to_decide(people.bo.actor)}
    for name in ("cy", "eve", "di"):
        with pytest.raises(Forbidden):
            services.release_after_inspection(getattr(people, name).actor, one.id)
        with pytest.raises(Forbidden):
            queries.lines_to_decide(getattr(people, name).actor)


def sealed(people: Any, story: dict[str, Any]) -> Any:
    """A declaration whose shirts earned the reduced rate: a clean record and an electronic seal from loading on."""
    from decimal import Decimal

    from guomen.risk.models import Tally

    seals.arm(people.kai.actor, seal="MSK558201", container="MSKU1234565", place="ITGOA")
    keys = risk_queries.about(
        hs="6205200090", origin="IT", maker=story["lines"][0]["maker_name"], importer=story["importer_code"]
    )
    Tally.objects.create(about=keys["pair"], inspected=Decimal(4), failed=Decimal(0), passes=4)
    story["lines"] = story["lines"][:1]
    return lodge_undrawn(people, story, "screened")


def lodge_undrawn(people: Any, story: dict[str, Any], state: str) -> Any:
    """Lodge under a number that the random draw leaves alone."""
    next_number(drawn=False, lines=len(story["lines"]))
    declaration = services.lodge(people.cy.actor, story)
    assert line(declaration, 1).state == state, line(declaration, 1).reasons
    return declaration


def gate(people: Any, **change: Any) -> services.GateResult:
    given = {"container": "MSKU1234565", "seal_read": "MSK558201", "intact": True, "gate": "CNYSA"} | change
    return services.gate_check(people.bo.actor, **given)


def test_a_seal_found_intact_at_the_gate_releases_what_waited_for_it(people, story) -> None:
    declaration = sealed(people, story)
    assert line(declaration, 1).mode == "FEW-INSPECTED"
    found = gate(people)
    assert (found.match, found.released, found.selected) == (True, [1], [])
    assert line(declaration, 1).state == "released"
    kinds = [e.kind for e in history(Subject.container("MSKU1234565"))]
    assert {"gate.compared", "seal.verified"} <= set(kinds)
    assert gate(people).released == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"intact": False}, "SEAL-NOT-VERIFIED"),
        ({"seal_read": "MSK999999"}, "SEAL-DIFFERS"),
        ({"alarm": True}, "RADIATION-ALARM"),
    ],
)
def test_any_exception_at_the_gate_ends_in_an_inspection(people, story, change: dict[str, Any], code: str) -> None:
    declaration = sealed(people, story)
    found = gate(people, **change)
    assert (found.match, found.released, found.selected) == (False, [], [1])
    assert code in found.reasons
    shirts = line(declaration, 1)
    assert (shirts.state, shirts.mode) == ("to_inspect", "ON-THE-SPOT")
    assert order(declaration, 1).checklist == "C-TEX"


def test_goods_released_on_papers_are_called_back_when_the_seal_is_broken(people, story) -> None:
    seals.arm(people.kai.actor, seal="MSK558201", container="MSKU1234565", place="ITGOA")
    part = {"hs_code": "8708299000", "gtin": "08012345000029", "ciq_code": "999", "attributes": []}
    story["lines"] = [story["lines"][0] | part]
    declaration = lodge_undrawn(people, story, "released")
    subject = line(declaration, 1).subject
    assert Activation.objects.filter(subject=subject, ended_at=None).exists()
    assert gate(people, intact=False).selected == [1]
    assert line(declaration, 1).state == "to_inspect"
    assert not Activation.objects.filter(subject=subject, ended_at=None).exists()


def test_a_container_that_nobody_declared_is_not_found(people, lodged) -> None:
    with pytest.raises(NotFound):
        gate(people, container="TGHU7654320")
    for name in ("cy", "kai", "eve", "di"):
        with pytest.raises(Forbidden):
            services.gate_check(
                getattr(people, name).actor, container="MSKU1234565", seal_read="X", intact=True, gate="CNYSA"
            )


def test_released_goods_of_a_batch_are_found_for_a_recall(people, lodged) -> None:
    assert queries.released_batch("08012345000012", "S2609") == []
    one = order(lodged, 1)
    answer_all(people, one)
    services.release_after_inspection(people.ana.actor, one.id)
    (found,) = queries.released_batch("8012345000012", "S2609")
    assert (found.importer, found.departure_country) == (people.cy.organisation, "IT")
    assert queries.line_by_subject(found.subject) == found
    assert queries.line_by_subject("urn:guomen:line:x/y") is None


def test_the_control_room_counts_lines_by_state(lodged) -> None:
    found = queries.port_numbers()
    assert found["to_inspect"] == 3
    assert (found["held"], found["sampled"], found["released_24h"]) == (0, 0, 0)


def test_drafts_belong_to_the_firm(people, story) -> None:
    draft = services.save_draft(people.cy.actor, story)
    changed = services.change_draft(people.cal.actor, draft.id, lambda data: data.update(marks="x"))
    assert changed.data == story | {"marks": "x"}
    assert [d.id for d in queries.drafts(people.cal.actor)] == [draft.id]
    assert queries.drafts(people.eve.actor) == []
    with pytest.raises(NotFound):
        queries.draft(people.eve.actor, draft.id)
    with pytest.raises(NotFound):
        services.change_draft(people.eve.actor, draft.id, dict.clear)
    with pytest.raises(Forbidden):
        queries.draft(people.ana.actor, draft.id)
