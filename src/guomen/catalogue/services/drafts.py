"""Gather rows for one proposal: typed one after the other, or from a table; proposed together, simulated together."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from guomen.catalogue import proposed, typed
from guomen.catalogue.models import Pack, PackDraft
from guomen.catalogue.packs import standing
from guomen.catalogue.rulepack import RulePack, pack
from guomen.catalogue.services.packs import controls, propose_pack
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.parties.actors import Actor


def upon() -> RulePack:
    """What a proposal stands upon: every row of the pack that stands, in force today or not."""
    return pack(standing().live)


def _locked(by: Actor) -> PackDraft:
    PackDraft.objects.bulk_create([PackDraft(person=by.person_id)], ignore_conflicts=True)
    return PackDraft.objects.select_for_update().get(person=by.person_id)


@transaction.atomic
def draft_rows(by: Actor, rows: Sequence[Mapping[str, Any]]) -> PackDraft:
    """Add rows to one's own proposal; a row of the same section and key takes the place of the one that is there.

    Raises Invalid naming rows and fields as propose_pack does, and where there are too many.
    """
    controls(by)
    base, today, problems = upon(), now().date(), []
    for n, row in enumerate(rows):
        problems += proposed.read_row(f"rows.{n}", row, base, today)[1]
    row_draft = _locked(by)
    known = {(row["section"], row["key"]): dict(row) for row in row_draft.rows}
    if not problems:
        known |= {(str(row["section"]), str(row["key"])): dict(row) for row in rows}
        if len(known) > proposed.MAX_ROWS:
            problems.append(proposed.problem("rows", "no-rows", most=proposed.MAX_ROWS))
    if problems:
        raise Invalid(problems)
    row_draft.rows, row_draft.changed_at = list(known.values()), now()
    row_draft.save(update_fields=["rows", "changed_at"])
    return row_draft


@transaction.atomic
def draft_file(by: Actor, section: str, content: bytes) -> dict[str, Any]:
    """Add the rows of a table to one's own proposal, all of them or none; the report has a line for each row.

    Raises BadFileError where the file cannot be read, NotFound for a section that there is not.
    """
    controls(by)
    sheet = _sheet(section, content)
    if sheet.rows and not sheet.wrong:
        draft_rows(by, sheet.rows)
    return sheet.plain() | {"added": 0 if sheet.wrong else len(sheet.rows)}


@transaction.atomic
def propose_file(by: Actor, section: str, content: bytes, words: Mapping[str, str]) -> dict[str, Any]:
    """Propose the rows of a table at once, all of them or none: the report, with the version where one was made.

    Raises as draft_file; Invalid for what is wrong with title or reason; Refused for a change that is known.
    """
    controls(by)
    sheet = _sheet(section, content)
    made: Pack | None = None
    if sheet.rows and not sheet.wrong:
        made = propose_pack(by, rows=sheet.rows, **words)
    return sheet.plain() | {"version": made.version if made else None}


def _sheet(section: str, content: bytes) -> typed.Sheet:
    try:
        return typed.read(section, content, upon(), now().date())
    except KeyError:
        raise NotFound from None


@transaction.atomic
def undraft(by: Actor, section: str = "", key: str = "") -> PackDraft:
    """Take a row out of one's own proposal, or all of them where no section is named."""
    controls(by)
    draft = _locked(by)
    draft.rows = [row for row in draft.rows if section and (row["section"], row["key"]) != (section, key)]
    draft.save(update_fields=["rows"])
    return draft


@transaction.atomic
def propose_draft(by: Actor, *, title_en: str, title_zh: str, why: str) -> Pack:
    """Propose all rows that one has gathered, as one change. Raises as propose_pack; then they stay gathered."""
    controls(by)
    draft = _locked(by)
    made = propose_pack(by, title_en=title_en, title_zh=title_zh, why=why, rows=draft.rows)
    draft.rows = []
    draft.save(update_fields=["rows"])
    return made


def place_of(draft: PackDraft, problem: Problem) -> tuple[str, str] | None:
    """Section and key of the gathered row that a problem of propose_pack is about; None for what is about none."""
    number = problem.field.removeprefix("rows.").partition(".")[0]
    if not (problem.field.startswith("rows.") and number.isdecimal() and int(number) < len(draft.rows)):
        return None
    row = draft.rows[int(number)]
    return row["section"], row["key"]
