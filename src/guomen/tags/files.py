"""Label files that people may fetch: those of their own organisation."""

from collections.abc import Iterator
from uuid import UUID

from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.tags.models import LabelJob, LabelPart, Range

_AT_ONCE = 200


def job(by: Actor, id: UUID) -> tuple[LabelJob, Range]:
    """A job of the actor's firm and its range. Raises NotFound, Forbidden: files of codes are for who may print."""
    by.require("declarant", "tags")
    found = LabelJob.objects.filter(id=id, organisation_id=by.organisation_id).first()
    if found is None:
        raise NotFound
    return found, Range.objects.get(number=found.range_number)


def jobs(by: Actor, one: Range) -> list[LabelJob]:
    """The newest jobs of a range."""
    mine = LabelJob.objects.filter(range_number=one.number, organisation_id=by.organisation_id)
    return list(mine.order_by("-created_at")[:20])


def how_many(found: LabelJob) -> int:
    """Files that are made so far."""
    return LabelPart.objects.filter(job=found.id).count()


def finished(found: LabelJob) -> Iterator[LabelPart]:
    """All files of a job in their order, read as they are needed.

    Raises Refused before it is done, and after its files were removed.
    """
    if found.state == "removed":
        words = W("These files were removed. Make them again.", "这些文件已清除，请重新制作。")
        raise Refused(words, code="files-removed")
    if found.state != "done":
        raise Refused(W("These files are not ready yet.", "这些文件尚未制作完成。"), code="files-not-ready")
    return _in_order(found)


def _in_order(found: LabelJob) -> Iterator[LabelPart]:
    at = 0
    while rows := list(LabelPart.objects.filter(job=found.id, number__gt=at).order_by("number")[:_AT_ONCE]):
        yield from rows
        at = rows[-1].number


def part(found: LabelJob, number: int) -> LabelPart:
    """One file, also while others are being made. Raises NotFound."""
    row = LabelPart.objects.filter(job=found.id, number=number).first()
    if row is None:
        raise NotFound
    return row
