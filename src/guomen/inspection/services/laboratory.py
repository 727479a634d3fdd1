"""What a laboratory does with a sample: receive it, enter results, sign the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from guomen.catalogue.rulepack import LabTest
from guomen.inspection import packs, rules
from guomen.inspection.models import Result, Sample
from guomen.inspection.services.locks import measure_problem
from guomen.inspection.words import MEASURE_PROBLEMS
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor


def _locked(by: Actor, number: str, *states: str) -> Sample:
    """The laboratory's own sample, locked. Raises NotFound for another laboratory's, Refused in another state."""
    by.require("analyst")
    sample = Sample.objects.select_for_update().filter(number=number, laboratory_id=by.organisation_id).first()
    if sample is None:
        raise NotFound
    if sample.state not in states:
        words = {
            "drawn": W("Receive the sample first.", "请先收样。"),
            "received": W("The sample was already received.", "该样品已收样。"),
            "reported": W("The report is signed. Nothing can be changed.", "报告已签发，不能更改。"),
        }[sample.state]
        raise Refused(words, code=f"sample-{sample.state}")
    return sample


def _subjects(sample: Sample) -> list[str]:
    return [sample.subject, Subject.of("sample", sample.number)]


@transaction.atomic
def receive_sample(by: Actor, number: str) -> Sample:
    """Confirm that the sealed sample arrived. Receiving it again changes nothing."""
    sample = _locked(by, number, "drawn", "received")
    if sample.state == "drawn":
        sample.state, sample.received_at = "received", now()
        sample.save()
        append("sample.received", _subjects(sample), {"sample": number, "seal": sample.seal_number}, by)
    return sample


@transaction.atomic
def enter_results(by: Actor, number: str, results: Sequence[Mapping[str, Any]]) -> list[Result]:
    """Enter or correct results: {analyte, value, operator "=" or "<", unit, loq}; each is judged against the panel.

    ``value`` and ``loq`` are decimal strings. Raises Invalid naming each analyte whose unit or number is wrong;
    then nothing is stored.
    """
    sample = _locked(by, number, "received")
    tests = {t.analyte: t for t in packs.panel_of(sample)}
    known = {r.analyte: r for r in Result.objects.filter(sample=number)}
    problems: list[Problem] = []
    changed: list[Result] = []
    for given in results:
        analyte = str(given.get("analyte", ""))
        if analyte not in tests:
            words = W("This test is not part of the order.", "该检测项目不在委托范围内。")
            problems.append(Problem(analyte or "analyte", "unknown-analyte", words))
            continue
        try:
            fields = _judged(tests[analyte], given)
        except rules.MeasureError as error:
            problems += measure_problem(analyte, error.code, error.values).problems
            continue
        old = known.get(analyte)
        if old is None or any(getattr(old, k) != v for k, v in fields.items()):
            changed.append(Result(sample=number, analyte=analyte, entered_by=by.person_id, **fields))
    if problems:
        raise Invalid(problems)
    for result in changed:
        result.entered_at = now()
        result.save()
    if changed:
        facts = {"sample": number, "results": [_result_facts(r) for r in changed]}
        append("sample.measured", _subjects(sample), facts, by)
    return list(Result.objects.filter(sample=number))


def _judged(test: LabTest, given: Mapping[str, Any]) -> dict[str, Any]:
    scale = rules.scale_of(test.analyte, test.unit)
    loq_text = str(given.get("loq") or "").strip()
    loq = rules.read_number(loq_text, scale) if loq_text else None
    operator = str(given.get("operator") or "=")
    text = str(given.get("value") if given.get("value") is not None else "").strip()
    if not text and operator == "<" and loq is not None:
        text = loq_text
    if not text:
        raise rules.MeasureError("missing")
    unit = str(given.get("unit") or "")
    reading = rules.Reading(rules.read_number(text, scale), unit, operator, loq=loq)
    judgement = rules.judge(test, reading)
    return {"operator": operator, "value": reading.value, "unit": unit, "loq": loq, "verdict": judgement.verdict}


def _result_facts(result: Result) -> dict[str, Any]:
    fields = ("analyte", "operator", "value", "unit", "loq", "verdict")
    return {f: getattr(result, f) for f in fields}


@transaction.atomic
def report(by: Actor, number: str) -> Sample:
    """Sign the report: from now on the results are facts. Reporting again changes nothing.

    Raises Refused while a result is missing, or while a method cannot tell whether the limit is kept.
    """
    sample = _locked(by, number, "received", "reported")
    if sample.state == "reported":
        return sample
    tests = packs.panel_of(sample)
    results = {r.analyte: r for r in Result.objects.filter(sample=number)}
    problems = [Problem(t.analyte, "missing", MEASURE_PROBLEMS["missing"]) for t in tests if t.analyte not in results]
    if problems:
        raise Invalid(problems, W("Some results are missing.", "尚有结果未录入。"))
    if any(r.verdict == "unclear" for r in results.values()):
        words = W(
            "A method cannot see as low as its limit. Use a more sensitive one.",
            "有方法的定量限高于限量，请改用更灵敏的方法。",
        )
        raise Refused(words, code="method-not-sensitive")
    failed = [t.analyte for t in tests if results[t.analyte].verdict == "outside"]
    sample.state, sample.reported_at, sample.reported_by = "reported", now(), by.person_id
    sample.verdict = "fail" if failed else "pass"
    sample.save()
    facts = {
        "sample": number,
        "subject": sample.subject,
        "order": sample.order_id,
        "verdict": sample.verdict,
        "reasons": ["ANALYTE-OUT-OF-LIMITS" if failed else "ANALYTES-WITHIN-LIMITS"],
        "failed": failed,
        "panel": sample.panel,
        "rule_pack": sample.rule_pack,
        "laboratory": sample.laboratory_id,
        "results": [_result_facts(results[t.analyte]) for t in tests],
    }
    append("sample.reported", _subjects(sample), facts, by, happened_at=sample.reported_at)
    return sample
