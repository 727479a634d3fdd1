"""Have receipts sent to an address of one's own, and end that."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language

from guomen.clearance.models import Receipt, ReceiptSubscription
from guomen.clearance.services.papers import declarant
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace.addressed import BAD_SECRET, is_secret, sealed
from guomen.trace.subscribing import origin_of

MOST = 10
"""Addresses of one firm."""
FORMATS = ("json", "xml")


@transaction.atomic
def subscribe_receipts(by: Actor, sent: Mapping[str, Any]) -> ReceiptSubscription:
    """Have the receipts of the actor's firm sent to ``dest``, signed with ``secret``.

    ``format``: json or xml. ``after``: the position of the last receipt that the receiver has; without it, receipts
    from now on. Raises Invalid naming each field, Refused above :data:`MOST`.
    """
    organisation = declarant(by)
    problems: list[Problem] = []
    dest, secret = str(sent.get("dest") or "").strip(), str(sent.get("secret") or "")
    where = origin_of(dest, problems)
    if not is_secret(secret):
        problems.append(Problem("secret", "bad-secret", BAD_SECRET))
    if (form := sent.get("format") or "json") not in FORMATS:
        problems.append(Problem("format", "unknown-code", W("Choose json or xml.", "请选择 json 或 xml。")))
    after = sent.get("after")
    if after is not None and (isinstance(after, bool) or not isinstance(after, int) or not -1 <= after < 2**62):
        words = W("Give the position of a receipt, a whole number.", "请填写回执的位置（整数）。")
        problems.append(Problem("after", "not-whole", words))
    if unknown := sorted(set(sent) - {"dest", "secret", "format", "after"}):
        words = W("There is no such field.", "没有此字段。")
        problems += [Problem(str(name)[:40], "unknown-field", words) for name in unknown]
    if problems:
        raise Invalid(problems)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if ReceiptSubscription.objects.filter(organisation=organisation, ended_at=None).count() >= MOST:
        words = W("Receipts of a firm are sent to {most} addresses at most.", "企业回执最多推送至 {most} 个地址。")
        raise Refused(words, code="too-many", most=MOST)
    newest = Receipt.objects.filter(organisation=organisation).aggregate(at=Max("position"))["at"]
    id = uuid7()
    made = ReceiptSubscription.objects.create(
        id=id,
        organisation=organisation,
        dest=dest,
        sealed=sealed(secret, id),
        format=form,
        language=get_language() or "en",
        position=after if after is not None else -1 if newest is None else newest,
    )
    # Only where to: paths of receivers often hold a secret of theirs.
    append("receipts.subscribed", [Subject.of("party", organisation.id)], {"subscription": id, "to": where}, by)
    return made


@transaction.atomic
def unsubscribe_receipts(by: Actor, id: UUID | str) -> None:
    """Send no more receipts to an address of the actor's firm. Twice changes nothing. Raises NotFound."""
    organisation = declarant(by)
    one = ReceiptSubscription.objects.select_for_update().filter(id=id, organisation=organisation).first()
    if one is None:
        raise NotFound
    if one.ended_at is None:
        one.ended_at = now()
        one.save(update_fields=["ended_at"])
        append("receipts.unsubscribed", [Subject.of("party", organisation.id)], {"subscription": one.id}, by)
