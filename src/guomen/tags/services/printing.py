"""Print the labels of a range."""

import hashlib
from collections.abc import Iterator

from django.db import transaction

from guomen.kit.errors import Invalid, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import labels, queries
from guomen.tags.models import Range


@transaction.atomic
def label_sheet(
    by: Actor,
    range_code: str,
    template: str = "A4-40",
    *,
    first: int = 0,
    count: int | None = None,
    again: bool = False,
) -> bytes:
    """The labels of a range as PDF, ready to print: from index ``first``, at most 2,000 in one file.

    ``again``: the same request as before, whose answer was lost; it is no second print.
    Raises NotFound for others' ranges, Invalid for an unknown template.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, range_code)
    if template not in labels.TEMPLATES:
        words = W("This label sheet does not exist.", "没有这种标签版式。")
        raise Invalid([Problem("template", "unknown-template", words)])
    last = min(one.count, first + min(count or labels.MAX_SHEET, labels.MAX_SHEET))
    if not 0 <= first < last:
        raise Invalid([Problem("first", "out-of-range", W("There is no such label.", "没有该序号的标签。"))])
    content = labels.sheet(one, first, last - first, template)
    if not again:
        _printed(by, one, first, last, template, hashlib.sha256(content).hexdigest())
    return content


@transaction.atomic
def labels_csv(by: Actor, range_code: str, *, again: bool = False) -> Iterator[str]:
    """All codes of a range for a printer or an encoding house, as lines of CSV, however many there are.

    ``again`` as in :func:`label_sheet`.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, range_code)
    if not again:
        _printed(by, one, 0, one.count, "CSV", "")
    return labels.csv_lines(one)


def _printed(by: Actor, one: Range, first: int, last: int, template: str, digest: str) -> None:
    Range.objects.filter(number=one.number, printed__lt=last).update(printed=last)
    facts = {"range": one.code, "first": first, "count": last - first, "template": template}
    append("tags.printed", [Subject.of("range", one.code)], facts | ({"sha256": digest} if digest else {}), by)
