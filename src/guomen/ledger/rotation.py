"""How a key of the log takes the place of another: it signs beside the old one until who reads and cosigns knows it."""

from django.conf import settings
from django.db import transaction

from guomen.core.merkle import Checkpoint, parse_vkey
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
from guomen.ledger import signing, witnesses
from guomen.ledger.models import Head, Publication, SigningKey
from guomen.ledger.services import ActorFacts, append


@transaction.atomic
def rotate(by: ActorFacts, *, reason: str, at_once: bool = False) -> SigningKey:
    """Let a new key sign beside the present one, or instead of it. Raises Refused while two sign already."""
    _lock()
    present = signing.every_key()
    old = [one for one in present if one.ended_by is None]
    if len(old) > 1:
        raise Refused(_TWO, code="two-keys")
    if not SigningKey.objects.exists():
        present[0].save(force_insert=True)
    number = present[-1].number + 1
    # A key that was made when this was cut off is taken now.
    new = SigningKey(number=number, name=f"{signing.KEY}-{number}", vkey=signing.verifier(f"{signing.KEY}-{number}"))
    facts = {"vkey": new.vkey, "beside": [] if at_once else [old[0].vkey], "reason": reason}
    new.entry_id = append(signing.ADDED, signing.about_the_log(), facts, by)
    new.save(force_insert=True)
    if at_once:
        _end(old[0], by, reason)
    return new


def retire(by: ActorFacts, key_id: str, *, reason: str) -> SigningKey:
    """Let a key sign no more. Raises NotFound, and Refused when no other signs or too few witnesses know that.

    Witnesses are asked to cosign the newest checkpoint without this key's signature: who does knows another one.
    """
    with transaction.atomic():
        head, public = _lock(), Publication.objects.filter(name="log").first()
        present = [k for k in signing.every_key() if k.ended_by is None]
        one = next((k for k in present if parse_vkey(k.vkey).key_id.hex() == key_id), None)
        if one is None:
            raise NotFound
        # What is public already: readers must have met the other key beside this one.
        rest = [k for k in signing.signing(public.size if public else 0) if k.number != one.number]
        if not rest or head is None:
            raise Refused(_ALONE, code="only-key")
        policy = witnesses.policy()
        if policy.witnesses:
            head.note = signing.signed_by(rest, Checkpoint(settings.GUOMEN.log_name, head.size, bytes(head.root)))
            try:
                lines = witnesses.cosignatures(head, policy.witnesses.values())
            except witnesses.Conflict as conflict:
                raise Refused(W("{why}", "{why}"), code="conflict", why=str(conflict)) from conflict
            known = policy.cosigned(head.note + "".join(lines))
            if not policy.is_met(known):
                raise Refused(_UNKNOWN, code="witnesses", who=", ".join(sorted(set(policy.witnesses) - set(known))))
        _end(one, by, reason)
    return one


_TWO = W(
    "Two keys sign already. Retire the old one first: guomen log retire.",
    "已有两把密钥同时签名。请先停用旧密钥：guomen log retire。",
)
_ALONE = W(
    "No checkpoint is public yet that another key signed, too. Begin with: guomen log rotate.",
    "尚无由其他密钥共同签名的公开检查点。请先执行：guomen log rotate。",
)
_UNKNOWN = W(
    "Too few witnesses know the new key; these do not cosign without the old one: {who}.",
    "认得新密钥的见证方不足；没有旧密钥的签名时，以下见证方不予联署：{who}。",
)


def _end(one: SigningKey, by: ActorFacts, reason: str) -> None:
    one.ended_by = append(signing.RETIRED, signing.about_the_log(), {"vkey": one.vkey, "reason": reason}, by)
    one.save(update_fields=["ended_by"])


def _lock() -> Head | None:
    # The sequencer waits here, so that a key and the entry about it are seen together.
    return Head.objects.select_for_update().filter(name="log").first()
