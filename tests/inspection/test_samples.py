"""Samples in the laboratory: receive, enter results, report; and what the public may read of it."""

import pytest

from guomen.inspection import queries, services
from guomen.inspection.models import Result, Sample
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.models import Entry
from guomen.parties import actors
from guomen.parties.services import add_person, register_organisation
from tests.inspection.goods import sampled

GOOD = [
    {"analyte": "formaldehyde", "value": "20", "operator": "<", "unit": "mg/kg", "loq": "20"},
    {"analyte": "ph", "value": "6.8", "unit": "1"},
    {"analyte": "azo", "operator": "<", "unit": "mg/kg", "loq": "5"},
    {"analyte": "fastness-water", "value": "3-4", "unit": "1"},
    {"analyte": "fastness-rubbing", "value": "4", "unit": "1"},
]


@pytest.fixture
def sample(people) -> Sample:
    return sampled(people)


@pytest.fixture
def tested(people, sample) -> Sample:
    services.receive_sample(people.di.actor, sample.number)
    services.enter_results(people.di.actor, sample.number, GOOD)
    return sample


def rival() -> actors.Actor:
    """An analyst of another laboratory."""
    other = register_organisation("laboratory", "Other Laboratory", "另一实验室", "CN", "LAB-2")
    return actors.of_person(add_person(other, "dan@example.test", "Dan", "long-enough-password", ["analyst"]))


def test_a_laboratory_sees_and_touches_only_its_own_samples(people, sample):
    dan = rival()
    assert [s.number for s in queries.samples(people.di.actor)] == [sample.number]
    assert queries.samples(dan) == []
    for attempt in (
        lambda: queries.sample(dan, sample.number),
        lambda: services.receive_sample(dan, sample.number),
        lambda: services.enter_results(dan, sample.number, GOOD),
        lambda: services.report(dan, sample.number),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize("who", ["ana", "cy", "bo", "gao", "eve"])
def test_only_analysts_enter_results(people, sample, who):
    actor = getattr(people, who).actor
    for attempt in (
        lambda: services.receive_sample(actor, sample.number),
        lambda: services.enter_results(actor, sample.number, GOOD),
        lambda: services.report(actor, sample.number),
    ):
        with pytest.raises(Forbidden):
            attempt()
    if who in {"ana", "bo"}:
        assert queries.sample(actor, sample.number) == sample
    else:
        with pytest.raises(Forbidden):
            queries.samples(actor)


def test_results_before_receipt_are_refused(people, sample):
    with pytest.raises(Refused) as caught:
        services.enter_results(people.di.actor, sample.number, GOOD)
    assert caught.value.code == "sample-drawn"


def test_good_results_pass_and_are_public_only_after_the_report(people, tested):
    assert queries.checks_of(tested.subject) == []
    reported = services.report(people.di.actor, tested.number)
    services.report(people.di.actor, tested.number)
    assert reported.verdict == "pass"
    rows = queries.checks_of(tested.subject)
    assert [r["found"] for r in rows] == ["< 20 mg/kg", "6.8", "< 5 mg/kg", "3-4", "4"]
    assert all(r["within"] for r in rows)
    assert rows[0]["limit"].zh == "不超过 75 mg/kg"
    assert rows[0]["laboratory"].en == "Shanghai Example Laboratory"
    [entry] = Entry.objects.filter(kind="sample.reported")
    assert (entry.facts["verdict"], entry.facts["failed"], entry.facts["subject"]) == ("pass", [], tested.subject)


def test_one_analyte_outside_its_limit_fails_the_sample(people, tested):
    services.enter_results(
        people.di.actor, tested.number, [{"analyte": "formaldehyde", "value": "110", "unit": "mg/kg"}]
    )
    assert services.report(people.di.actor, tested.number).verdict == "fail"
    facts = Entry.objects.get(kind="sample.reported").facts
    assert facts["failed"] == ["formaldehyde"]
    assert facts["reasons"] == ["ANALYTE-OUT-OF-LIMITS"]
    assert not queries.checks_of(tested.subject)[0]["within"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"analyte": "formaldehyde", "value": "2", "unit": "g/kg"}, "wrong-unit"),
        ({"analyte": "formaldehyde", "value": "x", "unit": "mg/kg"}, "not-a-number"),
        ({"analyte": "formaldehyde", "value": "5", "unit": "mg/kg", "loq": "20"}, "below-loq"),
        ({"analyte": "formaldehyde", "value": "5", "unit": "mg/kg", "operator": "~"}, "unknown-operator"),
        ({"analyte": "arsenic", "value": "5", "unit": "mg/kg"}, "unknown-analyte"),
    ],
)
def test_a_wrong_result_is_named_and_none_is_kept(people, sample, wrong, code):
    services.receive_sample(people.di.actor, sample.number)
    with pytest.raises(Invalid) as caught:
        services.enter_results(people.di.actor, sample.number, [*GOOD[1:], wrong])
    assert [p.code for p in caught.value.problems] == [code]
    assert not Result.objects.exists()


def test_the_same_results_again_change_nothing(people, tested):
    services.enter_results(people.di.actor, tested.number, GOOD)
    assert Entry.objects.filter(kind="sample.measured").count() == 1


def test_a_report_needs_every_result_and_a_method_that_can_tell(people, sample):
    di = people.di.actor
    services.receive_sample(di, sample.number)
    services.enter_results(di, sample.number, GOOD[1:])
    with pytest.raises(Invalid) as missing:
        services.report(di, sample.number)
    assert [p.field for p in missing.value.problems] == ["formaldehyde"]
    services.enter_results(
        di, sample.number, [{"analyte": "formaldehyde", "operator": "<", "value": "100", "unit": "mg/kg"}]
    )
    with pytest.raises(Refused) as blind:
        services.report(di, sample.number)
    assert blind.value.code == "method-not-sensitive"


def test_a_signed_report_cannot_be_changed(people, tested):
    services.report(people.di.actor, tested.number)
    for attempt in (
        lambda: services.enter_results(people.di.actor, tested.number, GOOD),
        lambda: services.receive_sample(people.di.actor, tested.number),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "sample-reported"
