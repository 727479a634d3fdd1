"""Joint cases: who is in, what all see, and that each agency decides only for itself."""

import pytest

from guomen.cases import queries, services
from guomen.cases.models import Case
from guomen.cases.rules import joint
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.words import W
from guomen.ledger.models import Entry
from tests.warning.story import GTIN, injury

pytestmark = pytest.mark.django_db
PRODUCT = f"https://id.gs1.org/01/{GTIN}"


@pytest.fixture
def case(people):
    return services.open_case(
        people.bo.actor,
        title=W("Needles in shirts", "衬衫断针"),
        kind="recall",
        subjects=[PRODUCT],
        participants=[people.gao.organisation],
    )


def test_it_opens_with_both_agencies(people, case):
    kinds = list(Entry.objects.filter(kind__startswith="case.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["case.opened", "case.joined", "case.joined"]
    assert [c.number for c, _ in queries.cases(people.gao.actor)] == [case.number]


@pytest.mark.parametrize("name", ["ana", "cy", "gao", "eve"])
def test_only_a_controller_of_the_authority_opens_a_case(people, name):
    with pytest.raises(Forbidden):
        services.open_case(
            getattr(people, name).actor,
            title=W("a", "a"),
            kind="recall",
            subjects=[],
            participants=[people.gao.organisation],
        )


@pytest.mark.parametrize("wrong", [{"kind": "party"}, {"participants": []}, {"title": W("only English", "")}])
def test_it_names_what_is_wrong(people, wrong):
    given = {"title": W("a", "a"), "kind": "recall", "subjects": [], "participants": [people.gao.organisation]}
    with pytest.raises(Invalid) as error:
        services.open_case(people.bo.actor, **given | wrong)
    assert error.value.problems[0].field in wrong


def test_a_trader_cannot_be_a_participant(people):
    with pytest.raises(Invalid):
        services.open_case(
            people.bo.actor, title=W("a", "a"), kind="recall", subjects=[], participants=[people.eve.organisation]
        )


def test_all_agencies_see_the_same_facts_at_the_same_moment(people, case):
    injury("r1", text="A needle")
    seen = [queries.case(getattr(people, n).actor, case.number).facts for n in ("bo", "gao")]
    assert seen[0] == seen[1]
    assert [e.kind for e in seen[0]] == ["signal.received"]


def test_kinds_that_may_not_be_shared_stay_inside(people, case):
    from django.db import transaction

    from guomen.ledger.services import append

    with transaction.atomic():
        append("person.added", [PRODUCT], {"person": "x"}, people.bo.actor)
    assert queries.case(people.gao.actor, case.number).facts == []


@pytest.mark.parametrize("name", ["cy", "eve", "di"])
def test_a_stranger_does_not_learn_that_the_case_exists(people, case, name):
    actor = getattr(people, name).actor
    for attempt in (
        lambda: queries.case(actor, case.number),
        lambda: services.decide(actor, case.number, "none"),
        lambda: services.withdraw(actor, case.number),
        lambda: services.post(actor, case.number, "hello"),
        lambda: services.close(actor, case.number),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_colleague_without_the_role_may_not_read_it(people, case):
    with pytest.raises(Forbidden):
        queries.case(people.ana.actor, case.number)
    with pytest.raises(Forbidden):
        queries.cases(people.ana.actor)


def test_each_agency_decides_and_withdraws_only_for_itself(people, case):
    services.decide(people.bo.actor, case.number, "stop", "danger")
    services.decide(people.gao.actor, case.number, "examine", "we visit the maker")
    services.withdraw(people.gao.actor, case.number)
    view = queries.case(people.gao.actor, case.number)
    assert {p.organisation_id: p.decision for p in view.participants} == {
        people.bo.organisation.id: "stop",
        people.gao.organisation.id: "",
    }
    assert view.result == ""
    assert [e.kind for e in Entry.objects.filter(kind__in=["case.decided", "case.withdrawn"]).order_by("id")] == [
        "case.decided",
        "case.decided",
        "case.withdrawn",
    ]


def test_deciding_the_same_again_is_no_second_entry(people, case):
    services.decide(people.gao.actor, case.number, "watch")
    services.decide(people.gao.actor, case.number, "watch")
    assert Entry.objects.filter(kind="case.decided").count() == 1


def test_an_unknown_decision_is_refused(people, case):
    with pytest.raises(Invalid):
        services.decide(people.gao.actor, case.number, "maybe")


def test_it_closes_only_when_everybody_has_decided(people, case):
    services.decide(people.bo.actor, case.number, "watch")
    with pytest.raises(Refused):
        services.close(people.bo.actor, case.number)
    services.decide(people.gao.actor, case.number, "stop")
    with pytest.raises(Forbidden):
        services.close(people.gao.actor, case.number)
    services.close(people.bo.actor, case.number)
    assert Entry.objects.get(kind="case.closed").facts["result"] == "stop"
    with pytest.raises(Refused):
        services.post(people.gao.actor, case.number, "too late")
    assert Case.objects.get().state == "closed"


def test_a_message_reaches_all_and_the_ledger_holds_only_a_commitment(people, case):
    services.post(people.gao.actor, case.number, "Call Mr Smith")
    view = queries.case(people.bo.actor, case.number)
    assert [m.text for m in view.messages] == ["Call Mr Smith"]
    entry = Entry.objects.get(kind="case.message")
    assert "Smith" not in str(entry.facts)
    message = view.messages[0]
    assert entry.facts["commitment"] == services.commitment(message.salt, message.text)


def test_an_empty_message_is_refused(people, case):
    with pytest.raises(Invalid):
        services.post(people.gao.actor, case.number, "  ")


@pytest.mark.parametrize(
    ("decisions", "result"),
    [([], ""), (["stop", ""], ""), (["none", "watch"], "watch"), (["none", "stop", "examine"], "stop")],
)
def test_the_strictest_decision_is_the_joint_one_and_silence_is_no_consent(decisions, result):
    assert joint(decisions) == result
