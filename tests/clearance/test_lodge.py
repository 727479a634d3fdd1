"""Lodging and what it leaves behind."""

import pytest

from guomen.clearance import queries, services
from guomen.clearance.models import Decision, Declaration, Draft, Line
from guomen.inspection.models import Order
from guomen.kit.errors import Forbidden, Invalid
from guomen.kit.ids import Subject
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM

pytestmark = pytest.mark.django_db


def states(declaration: Declaration) -> list[str]:
    return list(Line.objects.filter(declaration=declaration.number).order_by("number").values_list("state", flat=True))


def test_it_screens_each_line_of_the_story_with_mode_checklist_and_reasons(people, lodged) -> None:
    shirts, formula, press = queries.declaration(people.cy.actor, lodged.number).line_list
    assert (shirts.state, shirts.mode, shirts.level) == ("to_inspect", "ON-THE-SPOT", "physical")
    assert (formula.state, formula.mode, formula.level) == ("to_inspect", "INSPECT-FIRST", "laboratory")
    assert (press.state, press.mode, press.level) == ("to_inspect", "ON-THE-SPOT", "physical")
    orders = {o.line: o for o in Order.objects.filter(declaration=lodged.number)}
    assert [orders[n].checklist for n in (1, 2, 3)] == ["C-TEX", "C-FOOD", "C-UME"]
    assert [orders[n].panel for n in (1, 2, 3)] == ["", "P-INFANT", ""]
    assert orders[2].sample_units == 5
    assert (orders[3].open_units, orders[3].population) == (1, 1)
    assert 0 < orders[1].open_units < orders[1].population == 1200
    assert {r["code"] for r in shirts.decision.reasons} >= {"NEW-PAIR"}
    assert {r["code"] for r in formula.decision.reasons} >= {"INFANT-GOODS", "QUARANTINE-ALWAYS"}
    assert shirts.decision.rule_pack == "2026.2"


def test_it_gives_an_18_digit_number_that_says_customs_year_and_direction(lodged) -> None:
    assert len(lodged.number) == 18
    assert lodged.number.startswith("2248")
    assert lodged.number[4:8] == str(lodged.lodged_at.year)
    assert lodged.number[8] == "1"


def test_it_writes_one_entry_for_the_declaration_and_one_for_each_line_with_its_facts(lodged) -> None:
    kinds = [e.kind for e in history(Subject.declaration(lodged.number))]
    assert kinds.count("declaration.lodged") == 1
    assert kinds.count("line.screened") == 3
    entry = next(e for e in history(Subject.line(lodged.number, 2)) if e.kind == "line.screened")
    assert entry.facts["mode"] == "INSPECT-FIRST"
    assert entry.facts["rule_pack"] == "2026.2"
    assert entry.facts["score"] == sum(f["points"] for f in entry.facts["factors"])
    assert "https://id.gs1.org/01/09420100000129/10/L2291" in entry.subjects
    assert len(entry.facts["draw"]) == 10


def test_an_officer_learns_which_units_to_open_and_a_trader_does_not(people, lodged) -> None:
    subject = Subject.line(lodged.number, 2)
    picked = queries.units_to_open(people.ana.actor, subject)
    assert len(picked) == Order.objects.get(subject=subject).open_units
    assert picked == queries.units_to_open(people.bo.actor, subject)
    for name in ("cy", "eve", "di"):
        with pytest.raises(Forbidden):
            queries.units_to_open(getattr(people, name).actor, subject)


def test_the_hash_of_the_content_changes_with_any_declared_value(people, story) -> None:
    from guomen.clearance.form import read
    from guomen.clearance.services.rows import content_hash

    before = content_hash(read(story))
    assert content_hash(read(story | {"packages": "1322.0"})) == before
    story["lines"][0]["batch"] = "S2610"
    assert content_hash(read(story)) != before


def test_it_leaves_no_name_of_a_person_in_the_ledger(lodged, people) -> None:
    for entry in history(Subject.declaration(lodged.number)):
        assert people.cy.person.email not in str(entry.facts)


def test_a_problem_stores_nothing(people, story) -> None:
    story["lines"][1]["gtin"] = "09420100000128"
    by, before = people.cy.actor, Entry.objects.count()
    with pytest.raises(Invalid) as caught:
        services.lodge(by, story)
    assert [p.field for p in caught.value.problems] == ["lines.1.gtin"]
    assert not Declaration.objects.exists()
    assert Entry.objects.count() == before


def test_lodging_a_draft_removes_the_draft(people, story) -> None:
    draft = services.save_draft(people.cy.actor, story)
    services.lodge(people.cy.actor, draft.data, draft_id=draft.id)
    assert not Draft.objects.exists()


def test_a_used_press_without_its_pre_shipment_certificate_is_held_and_says_so(people, story) -> None:
    story["documents"] = [d for d in story["documents"] if d["kind"] != "101018"]
    declaration = services.lodge(people.cy.actor, story)
    press = Line.objects.get(declaration=declaration.number, number=3)
    assert press.state == "held"
    assert press.reasons[0]["code"] == "PRE-SHIPMENT-CERTIFICATE-MISSING"
    assert "line.held" in {e.kind for e in history(press.subject)}
    assert not Order.objects.filter(declaration=declaration.number, line=3).exists()


def test_a_batch_is_lodged_as_one_and_names_the_payload_that_is_wrong(people, story) -> None:
    wrong = story | {"packages": "0"}
    with pytest.raises(Invalid) as caught:
        services.lodge_many(people.cy.actor, [story, wrong])
    assert [p.field for p in caught.value.problems] == ["1.packages"]
    both = services.lodge_many(people.cy.actor, [story, story])
    assert len({d.number for d in both}) == 2
    assert Decision.objects.count() == 6


def test_only_a_declarant_of_a_trading_firm_lodges(people, story) -> None:
    for name in ("ana", "di", "sam", "gao", "kai"):
        with pytest.raises(Forbidden):
            services.lodge(getattr(people, name).actor, story)


def test_what_is_known_is_looked_up_in_as_many_queries_for_one_line_as_for_many(people, story) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from guomen.clearance import known
    from guomen.clearance.services.moves import consignment
    from guomen.kit.clock import now

    many = [consignment(d.number) for d in services.lodge_many(people.cy.actor, [story] * 6)]
    asked = []
    for some in (many[:1], many):
        with CaptureQueriesContext(
            connection,
        ) as found:
            known.gather(some, now())
        asked.append(len(found))
    assert asked[0] == asked[1] < 15


def test_an_origin_whose_goods_fail_oftener_is_drawn_a_step_more_often(people, story) -> None:
    from guomen.clearance import known
    from guomen.clearance.models import Line
    from guomen.clearance.services.moves import consignment
    from guomen.kit.clock import now
    from guomen.risk.selecting import Goods
    from guomen.risk.services import record_outcome

    one = services.lodge(people.cy.actor, story)
    line = Line.objects.get(declaration=one.number, number=1)

    def rate() -> tuple[str, dict[str, str]]:
        whole = consignment(one.number)
        found = known.assess(line, whole, known.gather([whole], now()))
        why = {r.code: dict(r.values) for r in found.facts.rated}
        usual = found.facts.modes["FEW-INSPECTED"].rate / sum(found.drawing.shares)
        return f"{usual:.4f}", why.get("RATE-STEPPED-UP", {})

    usual = rate()
    assert usual[1] == {}
    for n in range(30):
        origin, failed = ("IT", n % 5 == 0) if n < 15 else ("PT", False)
        record_outcome(SYSTEM, Goods(line.hs_code, origin, f"M{n}", "I"), failed=failed)
    stepped, why = rate()
    assert (stepped, why["origin"], why["inspected"]) == ("0.1500", "IT", "15.0")
    assert usual[0] in ("0.0500", "0.0375", "0.0250")
