"""Large files of chips: kept, and registered by the worker part after part."""

import hashlib
import io
import logging
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction

from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError, Invalid, NotFound
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import encoding, parts
from guomen.tags.models import ChipFile, Range
from guomen.tags.services.chips import (
    BATCH,
    MOST_TOLD,
    Report,
    Row,
    chip_range,
    columns_of,
    register_chips,
    register_rows,
    rows_of,
)

log = logging.getLogger("guomen.chips")
CHANNEL = "guomen_labels"
SMALL = 300_000
"""Bytes of a file that is registered while its sender waits: some seven thousand chips."""
MOST_WAITING = 20


class TooManyFiles(GuomenError):
    status = 429
    code = "too-many-waiting"
    words = W("{most} chip files of yours wait already.", "已有 {most} 个芯片文件等待登记。")


def take(by: Actor, code: str, content: bytes, kind: str) -> Report | ChipFile:
    """Register the chips of a file: at once when it is small, else by the worker.

    Raises as :func:`guomen.tags.services.chips.register_chips`; TooManyFiles.
    """
    if len(content) <= SMALL:
        return register_chips(by, code, io.BytesIO(content), kind)
    return _keep(by, code, content, kind)


@transaction.atomic
def _keep(by: Actor, code: str, content: bytes, kind: str) -> ChipFile:
    one = chip_range(by, code, kind)
    lines = io.BytesIO(content)
    columns_of(next(rows_of(lines, hashlib.sha256()), None))
    mine = ChipFile.objects.filter(organisation_id=by.organisation_id, state="waiting")
    digest = hashlib.sha256(content).hexdigest()
    same = mine.filter(range_number=one.number, digest=digest, kind=kind).first()
    if same is not None:
        return same
    if mine[:MOST_WAITING].count() == MOST_WAITING:
        raise TooManyFiles(most=MOST_WAITING)
    assert blobs.put(content) == digest
    made = ChipFile.objects.create(
        range_number=one.number,
        organisation_id=by.organisation_id,
        person=by.person_id,
        via=by.via,
        kind=kind,
        digest=digest,
        size=len(content),
        created_at=now(),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
    return made


def file_of(by: Actor, id: UUID) -> ChipFile:
    """A file that the actor's organisation sent. Raises NotFound."""
    by.require("declarant", "tags")
    found = ChipFile.objects.filter(id=id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found


def files_of(by: Actor, one: Range) -> list[ChipFile]:
    """The newest files that the actor's organisation sent for a range."""
    return list(
        ChipFile.objects.filter(range_number=one.number, organisation_id=by.organisation_id).order_by("-created_at")[
            :10
        ]
    )


def work(slice: timedelta = parts.SLICE) -> int:
    """Register parts for about ``slice``; returns how many bytes of files were read."""
    return parts.work(_next, slice)


def _next() -> int:
    return parts.next_part(ChipFile, _part_or_broken, _fail, log)


def _part_or_broken(file: ChipFile) -> None:
    try:
        with transaction.atomic():
            _part(file)
    except Invalid:
        # A line in this part is no text: the parts before it are registered.
        _end(file, "broken")


def _part(file: ChipFile) -> None:
    one = Range.objects.select_for_update().get(number=file.range_number)
    if not _may_still(file, one):
        _fail(file)
        return
    content = io.BytesIO(blobs.get(file.digest))
    columns = columns_of(next(rows_of(content, hashlib.sha256()), None))
    if file.done:
        content.seek(file.done)
    lines = list(islice(content, BATCH))
    first = file.lines + 1 if file.done else 2
    report = Report(rows=[Row(*row) for row in file.rows])
    report.refused = file.refused
    register_rows(one, list(rows_of(lines, hashlib.sha256(), first)), columns, file.kind, report)
    file.done, file.lines, file.failures = content.tell(), first - 1 + len(lines), 0
    file.registered += report.registered
    file.unchanged += report.unchanged
    file.refused = report.refused
    file.rows = [[row.line, row.uid, row.code] for row in report.rows[:MOST_TOLD]]
    if report.registered:
        facts = {"range": one.code, "registered": report.registered, "file": file.digest, "until": file.lines}
        append(
            "chips.registered", [Subject.of("range", one.code)], facts, Actor(file.via, file.organisation, file.person)
        )
    if file.done >= file.size:
        _end(file, "done")


def _may_still(file: ChipFile, one: Range) -> bool:
    house = encoding.house_of(one)
    return one.organisation_id == file.organisation_id or (house is not None and house.id == file.organisation_id)


def _fail(file: ChipFile) -> None:
    _end(file, "failed")


def _end(file: ChipFile, state: str) -> None:
    file.state, file.finished_at = state, now()
    others = ChipFile.objects.filter(digest=file.digest, state="waiting").exclude(id=file.id)
    if not others.exists():
        transaction.on_commit(lambda: blobs.drop(file.digest))
