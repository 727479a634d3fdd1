"""Apply messages about declarations, each once, in the order of their versions and not of their arrival."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q

from guomen.clearance.form import read as check_form
from guomen.clearance.messages import read
from guomen.clearance.models import Message as Row
from guomen.clearance.models import Thread
from guomen.clearance.services.changing import amend
from guomen.clearance.services.ending import merge, split, withdraw
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


class DepartsError(Exception):
    """A message that the form can read departs from the schema, as its ``problems`` say."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        self.problems = problems
        super().__init__("departs from the schema")


@transaction.atomic
def receive(by: Actor, content: bytes) -> Row:
    """Take a message in: applied at once, or kept until the versions before it have come.

    The same message again is answered as the first time. Raises BadMessageError, Invalid for its head, Refused when its
    id was used for another content, or too many messages wait.
    """
    organisation = declarant(by)
    message = read(content)
    # A split or a merger is in the turn of several references: the messages of a firm are dealt with one by one.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    places = ((message.reference, message.version), *message.also)
    threads = [Thread(organisation=organisation, reference=reference) for reference, _version in places]
    Thread.objects.bulk_create(threads, ignore_conflicts=True)
    known = Row.objects.filter(organisation=organisation, message_id=message.id).first()
    if known is not None:
        if known.sha256 != message.sha256:
            raise Refused(W("This message id was used before.", "该报文编号已被使用。"), code="message-id-reused")
        return known
    waiting = Row.objects.filter(organisation=organisation, state="waiting")
    if waiting.filter(reference=message.reference).count() >= MAX_WAITING:
        words = W("Too many messages wait for an earlier version.", "等待前序版本的报文过多。")
        raise Refused(words, code="too-many-waiting")
    taken = any(
        version <= Thread.objects.get(organisation=organisation, reference=reference).version
        or waiting.filter(_at(reference, version)).exists()
        for reference, version in places
    )
    row = Row.objects.create(
        organisation=organisation,
        message_id=message.id,
        reference=message.reference,
        version=message.version,
        kind=message.kind,
        content={
            "payload": message.payload,
            "reason": message.reason,
            "also": [list(place) for place in message.also],
            "problems": [_problem(p.field, p.code, p.in_both()) for p in message.problems],
        },
        sha256=message.sha256,
        state="refused" if taken else "waiting",
        problems=[_problem("version", "version-taken", VERSION_TAKEN)] if taken else [],
    )
    _tell(by, organisation, row)
    if not taken:
        _apply_next(by, organisation, [reference for reference, _version in places])
    row.refresh_from_db()
    return row


def _at(reference: str, version: int) -> Q:
    """Messages whose turn that version of a reference is."""
    return Q(reference=reference, version=version) | Q(content__also__contains=[[reference, version]])


def _tell(by: Actor, organisation: Organisation, row: Row) -> None:
    subject = Subject.of("consignment", f"{organisation.code}/{row.reference}")
    facts = {"message": row.message_id, "version": row.version, "message_kind": row.kind, "sha256": row.sha256}
    append("message.received", [subject], facts, by)


def _apply_next(by: Actor, organisation: Organisation, references: list[str]) -> None:
    """Deal with every waiting message whose turn it is now, beginning at these references."""
    waiting = Row.objects.filter(organisation=organisation, state="waiting")
    threads: dict[str, Thread] = {}

    def thread(reference: str) -> Thread:
        if reference not in threads:
            threads[reference] = Thread.objects.get(organisation=organisation, reference=reference)
        return threads[reference]

    while references:
        reference = references.pop()
        row = waiting.filter(_at(reference, thread(reference).version + 1)).first()
        places = ((row.reference, row.version), *row.content.get("also", ())) if row else ()
        if row is None or any(thread(other).version + 1 != version for other, version in places):
            continue
        try:
            with transaction.atomic():
                stands = _act(by, thread(row.reference).declaration, row, thread)
            row.state = "applied"
        except DepartsError as error:
            row.state, row.problems, stands = "refused", error.problems, {}
        except Invalid as error:
            row.state, row.problems = "refused", [_problem(p.field, p.code, p.in_both()) for p in error.problems]
            stands = {}
        except GuomenError as error:
            row.state, row.problems = "refused", [_problem("message", error.code, error.about("message").in_both())]
            stands = {}
        row.save(update_fields=["state", "problems"])
        for other, version in places:
            one = thread(other)
            one.version, one.declaration = version, stands.get(other, one.declaration)
            one.save(update_fields=["declaration", "version"])
            references.append(other)


def _act(by: Actor, declaration: str, row: Row, thread: Callable[[str], Thread]) -> dict[str, str]:
    """Do what a message says. Returns which declaration stands for which reference then."""
    payload, reason, reference = row.content["payload"], row.content["reason"], row.reference
    if row.content.get("problems") and not (row.kind in ("lodge", "amend") and check_form(payload).problems):
        raise DepartsError(row.content["problems"])
    if row.kind == "lodge":
        if declaration:
            words = W("A declaration was lodged under this reference.", "该企业内部编号下已有申报。")
            raise Refused(words, code="lodged-before")
        return {reference: lodge(by, payload | {"reference": reference}).number}
    if not declaration:
        raise Refused(NOTHING_LODGED, code="nothing-lodged")
    match row.kind:
        case "amend":
            amend(by, declaration, payload | {"reference": reference}, reason)
        case "withdraw":
            withdraw(by, declaration, reason)
        case "split":
            first, second = split(by, declaration, payload, reason)
            return {reference: first.number, payload["reference"]: second.number}
        case "merge":
            others = [thread(other).declaration for other, _version in row.content.get("also", ())]
            if not all(others):
                raise Refused(NOTHING_LODGED, code="nothing-lodged")
            # What was merged stands no longer: its own reference keeps leading to it.
            return {reference: merge(by, [declaration, *others], reason, reference).number}
    return {}


def _problem(field: str, code: str, words: W) -> dict[str, Any]:
    return {"field": field, "code": code, "en": words.en, "zh": words.zh}
