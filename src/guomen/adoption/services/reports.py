"""Reports of listed bodies: announced by the importer, filed by the body itself, voided when they are false."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from guomen.adoption.models import Body, Evidence, Report
from guomen.adoption.reading import Reader, sentence
from guomen.adoption.rules import covers
from guomen.adoption.services.evidence import end_all, numbered, open_evidence
from guomen.adoption.services.guards import importer
from guomen.adoption.services.standings import suspend
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor

MODE_OF = {"home": "THIRD-PARTY", "overseas": "TESTED-ABROAD"}
MAX_BYTES = 8 * 1024 * 1024


@transaction.atomic
def ask_report(by: Actor, sent: Mapping[str, Any]) -> Report:
    """Announce a test of one's own lot: ``body`` (registration code), the lot, and ``due_at`` for a body abroad.

    Raises Invalid naming each field.
    """
    own, reader = importer(by), Reader(sent)
    code = reader.text("body", 40)
    body = Body.objects.select_related("organisation").filter(organisation__code=code).first()
    if code and (body is None or body.state != "listed"):
        reader.wrong("body", "not-listed", W("This body is not on the list.", "该机构不在目录内。"))
    columns = reader.lot()
    due = None
    if body is not None and body.kind == "overseas":
        due = reader.moment("due_at")
        if due is not None and due <= now():
            reader.wrong("due_at", "in-the-past", W("Choose a time to come.", "请选择今后的时间。"))
    reader.done()
    assert body is not None
    made = Report.objects.create(number=numbered("R"), body=body, importer=own, due_at=due, **columns)
    facts = {"body": body.id, "lot": made.lot, "quantity": made.quantity, "unit": made.unit, "due_at": due}
    append("report.asked", [made.subject, body.subject, Subject.of("party", own.id)], facts, by)
    return made


def _locked(number: str) -> Report:
    rows = Report.objects.select_for_update(of=("self",)).select_related("body__organisation", "importer")
    found = rows.filter(number=number[:14]).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def notify_late(by: Actor, number: str, reason: str, due_at: Any) -> Report:
    """Say before it is due that a report comes later, why, and when. Raises Refused when it is due already."""
    own, report = importer(by), _locked(number)
    if report.importer_id != own.id:
        raise NotFound
    if report.state != "asked" or report.due_at is None or report.due_at <= now():
        raise Refused(W("It is too late for a notice.", "已过可说明的时间。"), code="too-late")
    reader = Reader({"due_at": due_at})
    due = reader.moment("due_at")
    if due is not None and due <= report.due_at:
        reader.wrong("due_at", "not-later", W("Choose a later time.", "请选择更晚的时间。"))
    reader.done()
    report.notice, report.due_at = sentence("reason", reason), due
    report.save(update_fields=["notice", "due_at"])
    append("report.delayed", [report.subject], {"due_at": due}, by)
    return report


@transaction.atomic
def file_report(by: Actor, number: str, sent: Mapping[str, Any], content: bytes = b"") -> Report:
    """The body itself files the result: verdict (pass, fail), tested_on, standards (separated by ``;``), a PDF.

    Filing again changes nothing. Raises NotFound for another body's, Refused for a body that is not listed, Invalid
    naming each field, also for a standard outside its scope.
    """
    by.require("analyst")
    report = _locked(number)
    body, at = report.body, now()
    if body.organisation_id != by.organisation_id:
        raise NotFound
    if report.state == "filed":
        return report
    if report.state == "void" or body.state != "listed" or not body.valid_from <= at.date() <= body.valid_until:
        raise Refused(W("Nothing of this body is adopted now.", "目前不采信该机构的结果。"), code="not-listed")
    reader = Reader(sent)
    verdict = str(sent.get("verdict") or "")
    if verdict not in ("pass", "fail"):
        reader.wrong("verdict", "unknown-code", W("Choose conforms or does not conform.", "请选择合格或不合格。"))
    tested, standards = _tested_on(reader, body, at.date()), _standards(reader, report)
    if len(content) > MAX_BYTES or not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        words = W("Attach the report as a whole PDF of at most 8 MB.", "请附上完整的 PDF 报告，不超过 8 MB。")
        reader.wrong("file", "not-a-pdf", words)
    reader.done()
    blobs.put(content)
    report.state, report.verdict, report.tested_on, report.filed_at = "filed", verdict, tested, at
    report.standards, report.sha256 = standards, hashlib.sha256(content).hexdigest()
    report.save()
    facts = {"verdict": verdict, "tested_on": tested, "standards": standards, "sha256": report.sha256}
    append("report.filed", [report.subject, body.subject], facts | {"lot": report.lot}, by)
    where = {"body": body, "place": body.organisation.country, "tested_on": tested, "valid_until": body.valid_until}
    open_evidence(by, MODE_OF[body.kind], report, verdict=verdict, source=report.subject, **where)
    return report


def _tested_on(reader: Reader, body: Body, on: date) -> date | None:
    tested = reader.day("tested_on")
    if tested is not None and not body.valid_from <= tested <= on + timedelta(days=1):
        words = W(
            "The body was not on the list on this day, or it is yet to come.", "该日机构不在目录内，或日期尚未到来。"
        )
        reader.wrong("tested_on", "out-of-range", words)
    return tested


def _standards(reader: Reader, report: Report) -> list[str]:
    standards = [s.strip() for s in reader.text("standards", 300).split(";") if s.strip()]
    if standards and (outside := covers(report.body.scope, report.hs_code, standards)):
        words = W("Outside the scope of the body: {standards}.", "超出机构范围：{standards}。")
        reader.problems.append(Problem("standards", "outside-scope", words, (("standards", ", ".join(outside)),)))
    return standards


@transaction.atomic
def void_report(by: Actor, number: str, reason: str) -> Report:
    """A report is false or was withdrawn: nothing rests on it any more. Controllers. Twice changes nothing."""
    by.require_officer("controller")
    report, why = _locked(number), sentence("reason", reason)
    if report.state != "void":
        report.state = "void"
        report.save(update_fields=["state"])
        append("report.voided", [report.subject, report.body.subject], {"why": why}, by)
        end_all(by, Evidence.objects.filter(lot=report.lot, source=report.subject), "REPORT-VOID")
    return report


@transaction.atomic
def find_late() -> int:
    """Suspend every importer whose announced report is due and not there, at once. Called by the clock."""
    late = Report.objects.select_for_update(of=("self",), skip_locked=True)
    found = list(late.filter(state="asked", late_at=None, due_at__lte=now()).order_by("due_at")[:500])
    for report in found:
        report.late_at = now()
        report.save(update_fields=["late_at"])
        about = [report.subject, Subject.of("party", report.importer_id)]
        append("report.late", about, {"due_at": report.due_at}, SYSTEM)
        suspend(SYSTEM, report.importer_id, "TESTED-ABROAD", "REPORT-LATE", report=report.number)
    return len(found)
