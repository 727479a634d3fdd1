"""Apply messages about declarations, each once, in the order of their versions and not of their arrival."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from guomen.clearance.messages import read
from guomen.clearance.models import Message as Row
from guomen.clearance.models import Thread
from guomen.clearance.services.changing import amend
from guomen.clearance.services.ending import withdraw
from guomen.clearance.services.lodging import lodge
from guomen.clearance.services.papers import declarant
from guomen.kit.errors import GuomenError, Invalid, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

MAX_WAITING = 50
"""Messages of one consignment that may wait for an earlier one."""
NOTHING_LODGED = W("No declaration was lodged under this reference.", "该企业内部编号下没有已提交的申报。")
VERSION_TAKEN = W("Another message has this version.", "该版本号已被其他报文使用。")


@transaction.atomic
def receive(by: Actor, content: bytes) -> Row:
    """Take a message in: applied at once, or kept until the versions before it have come.

    The same message again is answered as the first time. Raises BadMessageError, Invalid for its head, Refused when its
    id was used for another content, or too many messages wait.
    """
    organisation = declarant(by)
    message = read(content)
    Thread.objects.bulk_create([Thread(organisation=organisation, reference=message.reference)], ignore_conflicts=True)
    thread = Thread.objects.select_for_update().get(organisation=organisation, reference=message.reference)
    # The id is looked up under the lock of the thread; one id under two references meets the primary key.
    known = Row.objects.filter(organisation=organisation, message_id=message.id).first()
    if known is not None:
        if known.sha256 != message.sha256:
            raise Refused(W("This message id was used before.", "该报文编号已被使用。"), code="message-id-reused")
        return known
    waiting = Row.objects.filter(organisation=organisation, reference=message.reference, state="waiting")
    if waiting.count() >= MAX_WAITING:
        words = W("Too many messages wait for an earlier version.", "等待前序版本的报文过多。")
        raise Refused(words, code="too-many-waiting")
    taken = message.version <= thread.version or waiting.filter(version=message.version).exists()
    row = Row.objects.create(
        organisation=organisation,
        message_id=message.id,
        reference=message.reference,
        version=message.version,
        kind=message.kind,
        content={"payload": message.payload, "reason": message.reason},
        sha256=message.sha256,
        state="refused" if taken else "waiting",
        problems=[_problem("version", "version-taken", VERSION_TAKEN)] if taken else [],
    )
    _tell(by, organisation, row)
    _apply_next(by, thread)
    row.refresh_from_db()
    return row


def _tell(by: Actor, organisation: Organisation, row: Row) -> None:
    subject = Subject.of("consignment", f"{organisation.code}/{row.reference}")
    facts = {"message": row.message_id, "version": row.version, "message_kind": row.kind, "sha256": row.sha256}
    append("message.received", [subject], facts, by)


def _apply_next(by: Actor, thread: Thread) -> None:
    """Deal with every waiting message whose turn it is now."""
    waiting = Row.objects.filter(organisation=thread.organisation_id, reference=thread.reference, state="waiting")
    while row := waiting.filter(version=thread.version + 1).first():
        try:
            with transaction.atomic():
                thread.declaration = _act(by, thread, row)
            row.state = "applied"
        except Invalid as error:
            row.state, row.problems = "refused", [_problem(p.field, p.code, p.in_both()) for p in error.problems]
        except GuomenError as error:
            row.state, row.problems = "refused", [_problem("message", error.code, error.about("message").in_both())]
        row.save(update_fields=["state", "problems"])
        thread.version += 1
    thread.save(update_fields=["declaration", "version"])


def _act(by: Actor, thread: Thread, row: Row) -> str:
    payload, reason = row.content["payload"], row.content["reason"]
    if row.kind == "lodge":
        if thread.declaration:
            words = W("A declaration was lodged under this reference.", "该企业内部编号下已有申报。")
            raise Refused(words, code="lodged-before")
        return lodge(by, payload | {"reference": thread.reference}).number
    if not thread.declaration:
        raise Refused(NOTHING_LODGED, code="nothing-lodged")
    acts: dict[str, Callable[[], Any]] = {
        "amend": lambda: amend(by, thread.declaration, payload | {"reference": thread.reference}, reason),
        "withdraw": lambda: withdraw(by, thread.declaration, reason),
    }
    acts[row.kind]()
    return thread.declaration


def _problem(field: str, code: str, words: W) -> dict[str, Any]:
    return {"field": field, "code": code, "en": words.en, "zh": words.zh}
