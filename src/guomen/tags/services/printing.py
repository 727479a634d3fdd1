"""Label files: ordered by a firm, made by the worker part after part, kept for a while."""

import logging
import zlib
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction

from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import parts, queries
from guomen.tags.keys import retired_at
from guomen.tags.labels import FORMATS, SIZES, run_of
from guomen.tags.labels.face import face_of
from guomen.tags.models import LabelJob, LabelPart, Range
from guomen.tags.rules.lifecycle import Stretch, covered
from guomen.tags.services.ordering import require_made

log = logging.getLogger("guomen.labels")
CHANNEL = "guomen_labels"
DPI = (203, 300, 600)
KEEP = timedelta(days=30)
"""How long files are kept; the same files can be made again at any time."""
MOST_WAITING = 20
"""Jobs of one organisation."""


class TooManyJobs(GuomenError):
    status = 429
    code = "too-many-waiting"
    words = W("{most} label files of yours wait already.", "已有 {most} 个标签文件等待制作。")


@transaction.atomic
def order_labels(
    by: Actor, code: str, *, format: str, size: str = "", dpi: int = 203, first: int = 0, count: int | None = None
) -> LabelJob:
    """Ask for the labels of indices ``first`` to ``first + count - 1`` (None: to the end) as files.

    Declarants and programs with the scope ``tags`` of the range's firm. Raises NotFound for others' ranges, Invalid,
    TooManyJobs, Refused for an order that is not approved or whose keys are retired.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, code)
    require_made(one)
    if retired_at(one.key_version) is not None:
        words = W(
            "The keys of this order were retired: its labels would prove nothing. Order new tags.",
            "该订单的密钥已作废，其标签没有证明力。请重新订购标签。",
        )
        raise Refused(words, code="order-keys-retired")
    count = one.count - first if count is None else count
    problems = _wrong(one, format, size, dpi, first, count)
    if problems:
        raise Invalid(problems)
    if LabelJob.objects.filter(organisation=one.organisation, state="waiting")[:MOST_WAITING].count() == MOST_WAITING:
        raise TooManyJobs(most=MOST_WAITING)
    job = LabelJob.objects.create(
        range_number=one.number,
        organisation=one.organisation,
        person=by.person_id,
        via=by.via,
        format=format,
        size=size,
        dpi=dpi,
        first=first,
        count=count,
        created_at=now(),
    )
    append("labels.ordered", [Subject.of("range", one.code)], _facts(one, job), by)
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
    return job


def _wrong(one: Range, format: str, size: str, dpi: int, first: int, count: int) -> list[Problem]:
    problems = []
    if format not in FORMATS:
        words = W("Choose a file format from the list.", "请从列表选择文件格式。")
        problems.append(Problem("format", "unknown-format", words))
    elif (size and size not in SIZES) or not FORMATS[format].fits(SIZES.get(size)):
        words = W("This format does not come in this size.", "该格式不支持这种标签尺寸。")
        problems.append(Problem("size", "unknown-size", words))
    if dpi not in DPI:
        words = W("Printers have 203, 300 or 600 dots per inch.", "打印机分辨率为 203、300 或 600 点/英寸。")
        problems.append(Problem("dpi", "unknown-dpi", words))
    if not (0 <= first < one.count and 1 <= count <= one.count - first):
        words = W("This order has the labels 1 to {count}.", "该订单的标签序号为 1 至 {count}。")
        problems.append(Problem("first", "out-of-range", words, (("count", one.count),)))
    return problems


def _facts(one: Range, job: LabelJob) -> dict[str, object]:
    asked = {"format": job.format, "size": job.size, "first": job.first, "count": job.count}
    return {"range": one.code, "job": str(job.id)} | asked


@transaction.atomic
def cancel_labels(by: Actor, job: UUID) -> LabelJob:
    """Stop a job that is not finished; what was made of it goes. Raises NotFound, Refused when it is finished."""
    by.require("declarant", "tags")
    found = LabelJob.objects.select_for_update().filter(id=job, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    if found.state == "cancelled":
        return found
    if found.state != "waiting":
        raise Refused(W("These files are made already.", "这些文件已经制作完成。"), code="job-finished")
    found.state, found.finished_at = "cancelled", now()
    found.save(update_fields=["state", "finished_at"])
    _drop_files([found.id])
    one = Range.objects.get(number=found.range_number)
    append("labels.cancelled", [Subject.of("range", one.code)], _facts(one, found), by)
    return found


def work(slice: timedelta = parts.SLICE) -> int:
    """Make parts for about ``slice``; returns how many labels. A part that is made again has the same bytes."""
    return parts.work(_make_next, slice)


def _make_next() -> int:
    return parts.next_part(LabelJob, _make_part, _fail, log)


def _fail(job: LabelJob) -> None:
    job.state, job.finished_at = "failed", now()
    _drop_files([job.id])


def _make_part(job: LabelJob) -> None:
    one, made = Range.objects.get(number=job.range_number), FORMATS[job.format]
    size = SIZES.get(job.size)
    count = min(made.per_part(size), job.count - job.done)
    labels = list(islice(run_of(one, job.first + job.done, count, inside=made.inside, short=made.short), count))
    content = made.make(face_of(one), size, labels, job.dpi, job.done == 0)
    LabelPart.objects.create(
        job=job.id,
        number=LabelPart.objects.filter(job=job.id).count() + 1,
        first=job.first + job.done,
        count=count,
        digest=blobs.put(content if made.extension == "pdf" else zlib.compress(content, 1)),
        size=len(content),
    )
    job.done += count
    job.failures = 0
    if job.done == job.count:
        _finish(job, one)


def _finish(job: LabelJob, one: Range) -> None:
    job.state, job.finished_at = "done", now()
    finished = LabelJob.objects.filter(range_number=one.number, state__in=["done", "removed"])
    made = [Stretch(j.first, j.first + j.count - 1) for j in [*finished, job] if j.format != "inner"]
    Range.objects.filter(number=one.number).update(printed=covered(made))
    by = Actor(job.via, job.organisation, job.person)
    append("tags.printed", [Subject.of("range", one.code)], _facts(one, job), by)


def remove_old() -> int:
    """Remove the files of jobs that finished long ago; a task of the worker. Returns how many jobs."""
    old = LabelJob.objects.filter(state="done", finished_at__lt=now() - KEEP)
    ids = list(old.values_list("id", flat=True)[:100])
    _drop_files(ids)
    return LabelJob.objects.filter(id__in=ids).update(state="removed")


def _drop_files(jobs: list[UUID]) -> None:
    parts = LabelPart.objects.filter(job__in=jobs)
    digests = set(parts.values_list("digest", flat=True))
    parts.delete()
    # The same labels asked for twice are one file.
    digests -= set(LabelPart.objects.filter(digest__in=digests).values_list("digest", flat=True))
    transaction.on_commit(lambda: [blobs.drop(digest) for digest in digests])
