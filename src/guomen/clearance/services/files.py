"""Lodge whole files of declarations, all or nothing or each by itself, and report by row and column."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from guomen.clearance import sheets
from guomen.clearance.form import read
from guomen.clearance.services.lodging import check_documents, check_importers, lodge_many
from guomen.clearance.services.papers import declarant
from guomen.kit.errors import Invalid, Problem
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation


@transaction.atomic
def lodge_file(by: Actor, content: bytes, *, whole: bool) -> dict[str, Any]:
    """Lodge the declarations of a CSV or XLSX file. ``whole``: all of them or none; else every one that is right.

    The report has ``declarations`` (key, rows, number or None) and ``problems`` (row, column, name, key, code, and the
    sentence in the reader's language). Raises BadFileError where the file cannot be read at all.
    """
    organisation = declarant(by)
    table = sheets.read(content, timezone.get_default_timezone())
    wrong = {s.key: list(s.problems) for s in table.sheets}
    _read_all(organisation, table, wrong)
    good = [s for s in table.sheets if not wrong[s.key]]
    numbers: dict[str, str] = {}
    while good and (len(good) == len(table.sheets) or not whole):
        try:
            with transaction.atomic():
                made = lodge_many(by, [s.payload for s in good])
            numbers = {s.key: d.number for s, d in zip(good, made, strict=True)}
            break
        except Invalid as error:
            # What only the database knows: licences that are used up, limits of buyers.
            for s, problem in _placed(good, error.problems):
                wrong[s.key].append((table.cell(s, problem.field), problem))
            good = [s for s in good if not wrong[s.key]]
    return _report(table.sheets, wrong, numbers)


def _read_all(organisation: Organisation, table: sheets.Table, wrong: dict[str, list[Any]]) -> None:
    forms = [read(s.payload) for s in table.sheets]
    check_importers(forms)
    check_documents(organisation, forms)
    for s, form in zip(table.sheets, forms, strict=True):
        wrong[s.key] += [(table.cell(s, p.field), p) for p in form.problems]


def _placed(good: Sequence[sheets.Sheet], problems: Sequence[Problem]) -> list[tuple[sheets.Sheet, Problem]]:
    if len(good) == 1:
        return [(good[0], p) for p in problems]
    split = [(p, *p.field.partition(".")) for p in problems]
    return [(good[int(i)], Problem(rest, p.code, p.words, p.values)) for p, i, _dot, rest in split]


def _report(found: Sequence[sheets.Sheet], wrong: dict[str, list[Any]], numbers: dict[str, str]) -> dict[str, Any]:
    problems = [
        {
            "row": cell.row,
            "column": cell.column,
            "name": cell.name,
            "declaration": key,
            "code": problem.code,
            "detail": str(problem),
        }
        for key, several in wrong.items()
        for cell, problem in several
    ]
    declarations = [{"key": s.key, "rows": s.rows, "number": numbers.get(s.key)} for s in found]
    return {
        "lodged": len(numbers),
        "declarations": declarations,
        "problems": sorted(problems, key=lambda p: (p["row"], p["column"].rjust(3), p["code"])),
    }
