"""Capture jobs: a document is done in the request that brings it, or kept and done by the worker, chunk by chunk."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from django.db import connection, transaction

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError, Invalid, Problem
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.trace import masterdata
from guomen.trace.models import CaptureJob, WaitingDocument
from guomen.trace.services import MOST_EVENTS, Conflict, TooMany, may_capture, problem_of, write
from guomen.trace.storing import Ready, ready

log = logging.getLogger("guomen.capture")
CHANNEL = "guomen_capture"
CHUNK = 500
"""Events that the worker does before it looks after others and shows how far it is."""
MOST_WAITING = 200
"""Documents of one organisation."""
MOST_FAILURES = 3
Placed = tuple[int, Ready]
"""An event and its place in the document."""
_encode = msgspec.json.Encoder(decimal_format="number").encode
_BROKEN = W("A fault of this system kept this document from being captured.", "由于系统故障，此文档未能采集。")


class TooManyWaiting(GuomenError):
    status = 429
    code = "too-many-waiting"
    words = W("{most} documents of yours wait already; send more later.", "已有 {most} 个文档等待处理，请稍后再发送。")


def accept(by: Actor, document: Any, *, proceed: bool = False, changes: Sequence[epcis.Change] = ()) -> CaptureJob:
    """Capture the events of an EPCISDocument now; the job tells what became of them.

    All or none; ``proceed``: those that are right, and the job names what is wrong with each of the others.
    ``changes``: what was put right in it before.
    Raises Invalid for a document that is none, and, unless ``proceed``, for one with an event that breaks the
    standard; TooMany, Forbidden. An event id that is known with other content makes the job fail.
    """
    may_capture(by)
    opened = _open(document)
    found, problems = _read(opened, 0, len(opened.events))
    if problems and not proceed:
        raise Invalid(problems)
    job = _new_job(by, opened, proceed, changes)
    with transaction.atomic():
        job.new, conflicts = _capture(by, opened, found, proceed)
        job.done = job.events
        _finish(job, problems + conflicts)
        _keep_master_data(job, document)
        job.save(force_insert=True)
    return job


def accept_later(
    by: Actor, document: Any, *, proceed: bool = False, changes: Sequence[epcis.Change] = ()
) -> CaptureJob:
    """Keep an EPCISDocument for the worker, durable together with its job.

    Raises Invalid for a document that is none, TooMany, TooManyWaiting, Forbidden. What is wrong with events is found
    later: the job tells.
    """
    may_capture(by)
    opened = _open(document)
    masterdata.said(document)
    if WaitingDocument.objects.filter(organisation_id=by.organisation_id)[:MOST_WAITING].count() == MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    job = _new_job(by, opened, proceed, changes)
    with transaction.atomic():
        job.save(force_insert=True)
        WaitingDocument.objects.create(
            job_id=job.id,
            organisation_id=by.organisation_id,
            via=by.via,
            person_id=by.person_id,
            body=_encode(document),
        )
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    return job


def work() -> int:
    """Do the next chunk of the oldest document that nobody else works on; returns how many events it had.

    One transaction, in which the job also notes how far it is: killed anywhere, nothing is lost and nothing done twice.
    A document that breaks this down three times is given up, so that it does not stand in the way of others.
    """
    with transaction.atomic():
        waiting = WaitingDocument.objects.select_for_update(skip_locked=True).order_by("job_id").first()
        if waiting is None:
            return 0
        job = CaptureJob.objects.select_related("organisation").get(id=waiting.job_id)
        before = job.done
        try:
            with transaction.atomic():
                _advance(job, waiting)
        except Exception:
            if not connection.is_usable():
                raise
            log.exception("capture job %s broke down", job.id)
            job.refresh_from_db()
            waiting.failures += 1
            if waiting.failures == MOST_FAILURES:
                _finish(job, [Problem("", "internal", _BROKEN)])
        job.save()
        if job.finished_at:
            waiting.delete()
        else:
            waiting.save(update_fields=["failures"])
        return max(1, job.done - before)


def _advance(job: CaptureJob, waiting: WaitingDocument) -> None:
    """Read the next chunk; to proceed, also capture it. Without, all are captured together when all were read."""
    by = Actor(waiting.via, job.organisation, waiting.person_id)
    document = epcis.decode(bytes(waiting.body))
    opened = _open(document)
    first, job.done = job.done, min(job.done + CHUNK, job.events)
    found, problems = _read(opened, first, job.done)
    is_last = job.done == job.events
    if is_last and not job.proceed:
        found = [] if job.errors or problems else _read(opened, 0, job.events)[0]
    if job.proceed or is_last:
        new, conflicts = _capture(by, opened, found, job.proceed)
        job.new += new
        problems += conflicts
    if is_last:
        _finish(job, problems)
        _keep_master_data(job, document)
    else:
        job.errors += map(_kept, problems)


def _new_job(by: Actor, opened: epcis.Opened, proceed: bool, changes: Sequence[epcis.Change]) -> CaptureJob:
    told = [{"path": change.path, "from": change.before, "to": change.after} for change in changes]
    return CaptureJob(
        organisation=by.organisation, proceed=proceed, created_at=now(), events=len(opened.events), changes=told
    )


def _finish(job: CaptureJob, problems: Sequence[Problem]) -> None:
    job.errors = [*job.errors, *map(_kept, problems)]
    job.success, job.finished_at = not job.errors, now()


def _keep_master_data(job: CaptureJob, document: Any) -> None:
    if job.success or job.proceed:
        job.master_data = masterdata.keep(job.organisation_id, document)


def _open(document: Any) -> epcis.Opened:
    try:
        opened = epcis.open_document(document)
    except epcis.EpcisError as error:
        raise Invalid([problem_of(p) for p in error.problems])
    if len(opened.events) > MOST_EVENTS:
        raise TooMany(most=MOST_EVENTS)
    return opened


def _read(opened: epcis.Opened, first: int, last: int) -> tuple[list[Placed], list[Problem]]:
    """The right events from ``first`` up to ``last``, and the problems of the others."""
    events, problems = epcis.read_events(opened, first, last)
    found = [(n, ready(opened.events[n], event)) for n, event in enumerate(events, first) if event is not None]
    return found, [problem_of(p) for p in problems]


def _capture(by: Actor, opened: epcis.Opened, found: Sequence[Placed], proceed: bool) -> tuple[int, list[Problem]]:
    """Record events and tell how many were new, and which ids are known with other content: those are left out, or,
    unless ``proceed``, all.
    """
    problems: list[Problem] = []
    events = opened.path.strip("/").replace("/", ".")
    while found:
        try:
            return write(by, [r for _, r in found]).new, problems
        except Conflict as conflict:
            problems += [
                replace(problem, field=f"{events}.{found[at][0]}.eventID")
                for problem, at in zip(conflict.problems, conflict.places, strict=True)
            ]
            found = [pair for at, pair in enumerate(found) if proceed and at not in conflict.places]
    return 0, problems


def _kept(problem: Problem) -> dict[str, str]:
    words = problem.in_both()
    return {"field": problem.field, "code": problem.code, "en": words.en, "zh": words.zh}
