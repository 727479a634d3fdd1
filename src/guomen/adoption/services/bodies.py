"""The list of inspection bodies whose results are adopted (目录管理)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from guomen.adoption.models import Body, Evidence
from guomen.adoption.reading import NOT_LISTED, Reader, sentence
from guomen.adoption.services.evidence import end_all
from guomen.adoption.services.guards import firm
from guomen.catalogue import codes
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor

MOST_SCOPE = 100


def _scope(reader: Reader) -> list[dict[str, str]]:
    """Rows of heading and standard; text has one row a line: ``0402 GB 5410-2008``."""
    raw = reader.sent.get("scope")
    rows = [line.split(None, 1) for line in raw.splitlines() if line.strip()] if isinstance(raw, str) else raw
    found = []
    for row in rows[: MOST_SCOPE + 1] if isinstance(rows, list) else []:
        pair = [row.get("hs"), row.get("standard")] if isinstance(row, Mapping) else row
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(x, str) for x in pair):
            break
        hs, standard = pair[0].strip(), " ".join(pair[1].split())
        if not any(code.startswith(hs) for code in codes.table("hs").rows) or not 2 <= len(hs) <= 10:
            break
        if not standard or len(standard) > 60 or not standard.isprintable():
            break
        found.append({"hs": hs, "standard": standard})
    if not found or len(found) != len(rows or ()) or len(found) > MOST_SCOPE:
        words = W(
            "One row for each: the start of an HS code, then a standard, for example 0402 GB 5410-2008.",
            "每行一项：商品编码前几位，然后是标准号，例如 0402 GB 5410-2008。",
        )
        reader.wrong("scope", "bad-scope", words)
    return found


@transaction.atomic
def list_body(by: Actor, sent: Mapping[str, Any]) -> Body:
    """Put a body on the published list, or change its entry.

    ``sent``: organisation (registration code of a laboratory), kind, licence, scope, valid_from, valid_until.
    Controllers. Raises Invalid naming each field, Refused for a body that was delisted.
    """
    by.require_officer("controller")
    reader = Reader(sent)
    organisation = None
    try:
        organisation = firm("organisation", reader.text("organisation", 40))
        if organisation.kind != "laboratory":
            reader.wrong("organisation", "not-a-laboratory", W("This is not a laboratory.", "该组织不是实验室。"))
    except Invalid as error:
        reader.problems += [p for p in error.problems if not reader.problems]
    kind = str(sent.get("kind") or "")
    if kind not in ("home", "overseas"):
        reader.wrong("kind", "unknown-code", NOT_LISTED)
    licence, scope = reader.text("licence", 100), _scope(reader)
    begins, ends = reader.day("valid_from"), reader.day("valid_until")
    if begins and ends and ends < begins:
        reader.wrong("valid_until", "before-start", W("This is before the first day.", "早于起始日期。"))
    reader.done()
    assert organisation is not None
    body = Body.objects.select_for_update().filter(organisation=organisation).first() or Body(organisation=organisation)
    if body.state == "delisted":
        words = W(
            "This body was delisted: restore it first, with a reason.", "该机构已被移出目录，请先说明理由予以恢复。"
        )
        raise Refused(words, code="delisted")
    facts = {"kind": kind, "licence": licence, "scope": scope, "valid_from": begins, "valid_until": ends}
    for name, value in facts.items():
        setattr(body, name, value)
    body.changed_at = now()
    body.save()
    append("body.listed", [body.subject, Subject.of("party", organisation.id)], facts, by)
    return body


def locked(id: UUID | str) -> Body:
    """The body, locked. Raises NotFound."""
    found = Body.objects.select_for_update(of=("self",)).select_related("organisation").filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def _become(by: Actor, body: Body, state: str, kind: str, reason: str) -> Body:
    if body.state != state:
        body.state, body.reason, body.changed_at = state, reason, now()
        body.save()
        append(kind, [body.subject, Subject.of("party", body.organisation_id)], {"why": reason}, by)
    return body


@transaction.atomic
def suspend_body(by: Actor, id: UUID | str, reason: str) -> Body:
    """Adopt nothing of this body for now. What it reported counts again when it is restored."""
    by.require_officer("controller")
    return _become(by, locked(id), "suspended", "body.suspended", sentence("reason", reason))


@transaction.atomic
def restore_body(by: Actor, id: UUID | str, reason: str) -> Body:
    """Put a suspended or delisted body back; results that ended with the delisting stay ended."""
    by.require_officer("controller")
    return _become(by, locked(id), "listed", "body.restored", sentence("reason", reason))


@transaction.atomic
def delist_body(by: Actor, id: UUID | str, reason: str) -> Body:
    """Take a body off the list; every result of it that still counted ends at once. Twice changes nothing."""
    by.require_officer("controller")
    body = locked(id)
    why = sentence("reason", reason)
    if body.state != "delisted":
        end_all(by, Evidence.objects.filter(body=body), "BODY-NOT-LISTED")
    return _become(by, body, "delisted", "body.delisted", why)


@transaction.atomic
def compare(by: Actor, evidence: Evidence, *, agrees: bool, line: str, corrects: bool = False) -> None:
    """Write down whether an inspection of our own agreed with a body's result; a contradiction suspends the body.

    ``corrects``: an earlier look at the same goods had said the contrary. What it counted is taken back, and so is the
    suspension that followed from it.
    """
    if evidence.body_id is None:
        return
    body, why = locked(evidence.body_id), f"{evidence.number}: {line}"
    change = int(not agrees) - int(corrects and agrees)
    Body.objects.filter(id=body.id).update(
        checked=F("checked") + int(not corrects), disagreed=Greatest(F("disagreed") + change, 0)
    )
    append("body.compared", [body.subject, evidence.subject, line], {"agrees": agrees, "corrects": corrects}, by)
    body.refresh_from_db()
    if not agrees:
        _become(SYSTEM, body, "suspended", "body.suspended", why)
    elif corrects and body.state == "suspended" and body.reason == why:
        _become(SYSTEM, body, "listed", "body.restored", why)
