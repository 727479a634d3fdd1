"""Drafts and documents, before anything is lodged."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.catalogue import codes
from guomen.clearance.models import Draft, Upload
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

MAX_BYTES = 8 * 1024 * 1024
MAX_DRAFT_FIELDS = 10_000


def declarant(by: Actor) -> Organisation:
    """The trading firm that declares. Raises Forbidden for anybody else."""
    by.require("declarant")
    if by.organisation is None or by.organisation.kind != "trader":
        raise Forbidden
    return by.organisation


@transaction.atomic
def save_draft(by: Actor, data: dict[str, Any]) -> Draft:
    """Keep an unfinished declaration for the organisation's declarants."""
    return Draft.objects.create(organisation=declarant(by), person=by.person_id, data=data)


@transaction.atomic
def change_draft(by: Actor, id: UUID | str, change: Callable[[dict[str, Any]], None]) -> Draft:
    """Let ``change`` alter the data of a draft as they are now. Raises NotFound for others' drafts.

    Colleagues work on different sections at the same time: each changes its own, under the row's lock.
    """
    draft = Draft.objects.select_for_update().filter(id=id, organisation=declarant(by)).first()
    if draft is None:
        raise NotFound
    change(draft.data)
    draft.person, draft.updated_at = by.person_id, now()
    draft.save()
    return draft


@transaction.atomic
def attach(by: Actor, content: bytes, filename: str, kind: str, number: str = "") -> dict[str, Any]:
    """Keep a PDF of at most 8 MB; returns the row to put under ``documents``: kind, number, sha256, filename."""
    organisation = declarant(by)
    problems = []
    if kind not in codes.table("document_kind"):
        problems.append(Problem("kind", "unknown-code", W("Choose the kind of document.", "请选择单证类型。")))
    if not content:
        problems.append(Problem("file", "missing", W("Choose a PDF file.", "请选择 PDF 文件。")))
    elif len(content) > MAX_BYTES:
        problems.append(Problem("file", "too-large", W("Use a file of at most 8 MB.", "文件不得超过 8 MB。")))
    elif not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        problems.append(Problem("file", "not-a-pdf", W("This is not a whole PDF file.", "这不是完整的 PDF 文件。")))
    if problems:
        raise Invalid(problems)
    name = "".join(c for c in filename.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[:200] or "document.pdf"
    digest = hashlib.sha256(content).hexdigest()
    blobs.put(content)
    Upload.objects.bulk_create(
        [Upload(organisation=organisation, sha256=digest, filename=name, size=len(content))], ignore_conflicts=True
    )
    return {"kind": kind, "number": number.strip()[:60], "sha256": digest, "filename": name}


@transaction.atomic
def discard_draft(by: Actor, id: UUID | str) -> None:
    """Throw an unfinished declaration away. Raises NotFound for others' drafts."""
    gone, _kinds = Draft.objects.filter(id=id, organisation=declarant(by)).delete()
    if not gone:
        raise NotFound
