"""Alerts: taking, assessing, recalling, telling the holders, lifting; and who may do none of it."""

from datetime import timedelta

import pytest
from django.db import transaction

from guomen.cases.models import Case, Participant
from guomen.clearance import services as clearance
from guomen.clearance.models import Line
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.words import W
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Cursor, Entry
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM
from guomen.risk.models import Measure
from guomen.tags import queries as tags
from guomen.warning import queries, services
from guomen.warning.followers import file_failure
from guomen.warning.models import Alert, Notice, Recall, Signal
from tests.clearance.conftest import example
from tests.warning.story import BATCH, GTIN, SCENARIO, an_alert, an_assessed_alert, injury

pytestmark = pytest.mark.django_db
REASON = W("A needle in the collar", "衣领内有断针")
ADVICE = [W("Stop using it.", "立即停止使用。")]
OUTSIDERS = ["ana", "amy", "cy", "di", "gao", "eve"]


def recall(by, alert, **more):
    given = {"batches": [BATCH], "reason": REASON, "advice": ADVICE}
    return services.order_recall(by, alert.number, **given | more)


def test_taking_an_alert_names_its_owner_once(people):
    alert = an_alert()
    assert queries.unowned(people.bo.actor) == 1
    services.take(people.bo.actor, alert.number)
    services.take(people.bo.actor, alert.number)
    assert queries.unowned(people.bo.actor) == 0
    assert Entry.objects.filter(kind="alert.taken").count() == 1


@pytest.mark.parametrize("name", OUTSIDERS)
def test_only_controllers_see_and_handle_alerts(people, name):
    alert = an_assessed_alert(people.bo.actor)
    actor = getattr(people, name).actor
    for attempt in (
        lambda: queries.alerts(actor),
        lambda: queries.alert(actor, alert.number),
        lambda: queries.loose_signals(actor),
        lambda: services.take(actor, alert.number),
        lambda: services.assess(actor, alert.number, [SCENARIO]),
        lambda: recall(actor, alert),
        lambda: services.lift(actor, alert.number),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert not Recall.objects.exists()


def test_an_alert_that_does_not_exist_is_not_found(people):
    with pytest.raises(NotFound):
        services.take(people.bo.actor, "W2026-99999")


def test_the_assessment_multiplies_the_steps_and_sets_the_level(people):
    alert = an_alert()
    made = services.assess(people.bo.actor, alert.number, [SCENARIO])
    alert.refresh_from_db()
    assert made.scenarios[0]["probability"] == "0.002"
    assert (made.risk, alert.level, alert.state) == ("high", "II", "assessed")
    assert {c["level"] for c in made.changes} == {"low", "medium", "serious"}
    facts = Entry.objects.get(kind="alert.assessed").facts
    assert facts["scenarios"] == [{"severity": 2, "chances": ["0.01", "0.2"]}]
    assert facts["firm"] is False


def test_the_worst_scenario_counts(people):
    alert = an_alert()
    fatal = {"words": "It is swallowed", "steps": [{"words": "A child eats it", "chance": "0.001"}], "severity": 4}
    made = services.assess(people.bo.actor, alert.number, [SCENARIO, fatal])
    assert (made.risk, made.worst) == ("serious", 1)


@pytest.mark.parametrize(
    "scenario",
    [
        {"words": "", "steps": [], "severity": 2},
        {"words": "", "steps": [{"words": "a", "chance": ""}], "severity": 2},
        {"words": "", "steps": [{"words": "a", "chance": "1.5"}], "severity": 2},
        {"words": "", "steps": [{"words": "a", "chance": "0.1"}], "severity": ""},
        {"words": "", "steps": [{"words": "a", "chance": "0.1"}], "severity": 5},
    ],
)
def test_an_incomplete_scenario_is_named(people, scenario):
    alert = an_alert()
    with pytest.raises(Invalid) as error:
        services.assess(people.bo.actor, alert.number, [SCENARIO, scenario])
    assert [p.field for p in error.value.problems] == ["scenarios.1"]


def test_no_recall_before_an_assessment(people):
    alert = an_alert()
    with pytest.raises(Refused):
        recall(people.bo.actor, alert)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"reason": W("only English", "")}, "reason"), ({"advice": []}, "advice")]
)
def test_a_recall_needs_reason_and_advice_in_both_languages(people, wrong, field):
    alert = an_assessed_alert(people.bo.actor)
    with pytest.raises(Invalid) as error:
        recall(people.bo.actor, alert, **wrong)
    assert [p.field for p in error.value.problems] == [field]


def test_a_recall_stops_the_items_and_holds_what_comes_next(people):
    alert = an_assessed_alert(people.bo.actor)
    made = recall(people.bo.actor, alert)
    alert.refresh_from_db()
    assert alert.state == "measures"
    assert tags.recall_in_force(GTIN, BATCH) == made.number
    measure = Measure.objects.get()
    assert (measure.effect, measure.reason_code, measure.gtin, measure.batch) == ("hold", "RECALL", GTIN, BATCH)
    assert queries.recall_for(GTIN, BATCH) == made
    assert queries.recall_for(GTIN, "OTHER") is None


def test_a_recall_of_the_whole_product_covers_every_batch(people):
    alert = an_assessed_alert(people.bo.actor)
    made = recall(people.bo.actor, alert, batches=None)
    assert made.batches == []
    assert queries.recall_for(GTIN, "ANY") == made
    assert tags.recall_in_force(GTIN, "ANY") == made.number


@pytest.fixture
def shirts(people):
    """A released line of the story's shirts, imported by Cy, and an assessed alert about them."""
    lodged = clearance.lodge(people.cy.actor, example())
    line = Line.objects.get(declaration=lodged.number, number=1)
    Line.objects.filter(declaration=lodged.number, number=1).update(state="released", released_at=now())
    for reporter in ("r1", "r2"):
        injury(reporter, gtin=line.gtin, batch=line.batch)
    catch_up()
    alert = Alert.objects.get(gtin=line.gtin)
    services.assess(people.bo.actor, alert.number, [SCENARIO])
    return line, alert


def test_the_next_declaration_of_the_product_is_held_with_the_recall_as_reason(people, shirts):
    line, alert = shirts
    recall(people.bo.actor, alert, batches=[line.batch])
    again = clearance.lodge(people.cy.actor, example() | {"bill_number": "EXLN2610447"})
    held = Line.objects.get(declaration=again.number, number=1)
    assert held.state == "held"
    assert "RECALL" in {r["code"] for r in held.reasons}


def test_the_importer_gets_a_notice_with_the_reason_why(people, shirts):
    line, alert = shirts
    made = recall(people.bo.actor, alert, batches=[line.batch])
    notice = queries.notices(people.cy.actor).get()
    assert {"role": "importer", "units": format(line.quantity, "f")} in notice.why
    assert Entry.objects.get(kind="notice.sent").facts["recall"] == made.number
    assert not queries.notices(people.eve.actor).exists()


def test_a_holder_acknowledges_once_and_reports_units_later(people, shirts):
    _line, alert = shirts
    recall(people.bo.actor, alert, batches=None)
    notice = queries.notices(people.cy.actor).get()
    services.acknowledge(people.cy.actor, notice.id)
    services.acknowledge(people.cy.actor, notice.id)
    services.acknowledge(people.cal.actor, str(notice.id), units_recovered=310)
    notice.refresh_from_db()
    assert notice.acknowledged_at is not None
    assert notice.units_recovered == 310
    assert Entry.objects.filter(kind="recall.acknowledged").count() == 2
    with pytest.raises(Invalid):
        services.acknowledge(people.cy.actor, notice.id, units_recovered=-1)


@pytest.mark.parametrize("name", ["eve", "bo", "gao", "sam"])
def test_nobody_acknowledges_for_another(people, shirts, name):
    _line, alert = shirts
    recall(people.bo.actor, alert, batches=None)
    notice = Notice.objects.get()
    with pytest.raises(NotFound):
        services.acknowledge(getattr(people, name).actor, notice.id)
    with pytest.raises(NotFound):
        queries.notice(getattr(people, name).actor, notice.id)


def test_the_agencies_of_the_countries_see_a_joint_case_once(people, shirts):
    from guomen.parties.services import register_organisation

    italy = register_organisation("partner", "Italian Agency", "意大利机构", "IT", "IT-1")
    _ = people.gao
    _line, alert = shirts
    recall(people.bo.actor, alert, batches=None)
    catch_up()
    Cursor.objects.filter(name="cases.recall").update(position=0)
    catch_up()
    case = Case.objects.get()
    members = set(Participant.objects.filter(case=case.number).values_list("organisation_id", flat=True))
    assert members == {people.bo.organisation.id, italy.id}


def test_a_line_that_fails_the_laboratory_and_is_refused_is_one_report(people, shirts):
    line, _alert = shirts
    failed = {"verdict": "fail", "failed": ["formaldehyde"]}
    refused = {"reasons": [{"code": "LABORATORY-FAILED", "values": {}}], "failed": ["formaldehyde"]}
    with transaction.atomic():
        ids = [
            append(k, [line.subject], f, SYSTEM) for k, f in (("sample.reported", failed), ("line.refused", refused))
        ]
    for entry in Entry.objects.filter(id__in=ids):
        file_failure(entry)
        file_failure(entry)
    filed = Signal.objects.filter(hazard="chemical")
    assert sorted(s.source for s in filed) == ["inspection", "laboratory"]
    assert {(s.gtin, s.batch) for s in filed} == {(line.gtin, line.batch)}
    for signal in filed:
        services.weigh(SYSTEM, signal)
    assert Alert.objects.get(hazard="chemical").score == 5


def test_a_refusal_without_a_finding_is_no_signal(people, shirts):
    line, _alert = shirts
    with transaction.atomic():
        id = append("line.refused", [line.subject], {"reasons": [{"code": "OFFICER-DECISION", "values": {}}]}, SYSTEM)
    before = Signal.objects.count()
    file_failure(Entry.objects.get(id=id))
    assert Signal.objects.count() == before


def test_lifting_ends_the_hold_and_completes_the_recall(people):
    alert = an_assessed_alert(people.bo.actor)
    made = recall(people.bo.actor, alert)
    services.lift(people.bo.actor, alert.number)
    made.refresh_from_db()
    assert made.state == "completed"
    assert Measure.objects.get().lifted_at is not None
    with pytest.raises(Refused):
        services.take(people.bo.actor, alert.number)


def test_a_recall_after_assessment_cannot_be_undone_by_new_signals(people):
    alert = an_assessed_alert(people.bo.actor)
    recall(people.bo.actor, alert)
    for n in range(3, 9):
        injury(f"r{n}")
    catch_up()
    alert.refresh_from_db()
    assert (alert.state, alert.level) == ("measures", "I")
    assert Alert.objects.count() == 1
    assert alert.review_on <= (now() + timedelta(days=7)).date()
