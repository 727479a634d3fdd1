"""The keys of the log: which of them sign which checkpoints, and how one takes the place of another.

A new key signs beside the old one from the checkpoint that holds the entry about it, until an entry retires the old
one. Name and origin stay. While both sign, who knows either can check; meanwhile readers and witnesses learn the new.
"""

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction

from guomen.core.merkle import Checkpoint, parse_vkey, sign_note, vkey
from guomen.kit.errors import NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import KeyMissingError, names, signer
from guomen.kit.words import W
from guomen.ledger.models import Head, Publication, SigningKey
from guomen.ledger.services import ActorFacts, append

KEY = "log"
"""The first key's name in the keystore; later ones are log-2, log-3 and so on."""
ADDED, RETIRED = "log-key.added", "log-key.retired"
KINDS = frozenset({ADDED, RETIRED})
_NAMES = re.compile(r"log(-[1-9][0-9]*)?")


def of_the_log(stored: Iterable[str]) -> list[str]:
    """Those of the keystore's names that are keys of the log."""
    return sorted(name for name in stored if _NAMES.fullmatch(name))


def every_key() -> list[SigningKey]:
    """Every key that there was, the oldest first."""
    found = sorted(SigningKey.objects.all(), key=lambda one: one.number)
    return found or [SigningKey(number=1, name=KEY, vkey=_vkey(KEY), since=-1)]


def signing(size: int, among: Iterable[SigningKey] | None = None) -> list[SigningKey]:
    """Those that sign a checkpoint of so many entries, the oldest first."""
    return [one for one in (every_key() if among is None else among) if one.signs(size)]


def log_vkeys(size: int | None = None) -> list[str]:
    """The verifier keys of checkpoints of a size, by default of the newest; the newest key comes first."""
    if size is None:
        size = Head.objects.filter(name="log").values_list("size", flat=True).first() or 0
    return [one.vkey for one in reversed(signing(size))]


def log_vkey() -> str:
    """The newest key that signs, in C2SP signed-note form."""
    return log_vkeys()[0]


def sign(size: int, root: bytes) -> str:
    """A checkpoint of the tree as a signed note (C2SP tlog-checkpoint, Ed25519). Raises KeyMissingError."""
    return signed_by(signing(size), Checkpoint(settings.GUOMEN.log_name, size, root))


def signed_by(ours: Iterable[SigningKey], checkpoint: Checkpoint) -> str:
    """A checkpoint signed by these keys. Raises KeyMissingError."""
    for one in ours:
        if not is_here(one):
            raise KeyMissingError(f"The keystore has not the key {one.name} that signs this log.")
    return sign_note(checkpoint.text(), settings.GUOMEN.log_name, *(signer(one.name) for one in ours))


def is_here(one: SigningKey) -> bool:
    """Whether the keystore has this very key. One that is absent is not made."""
    if one._state.adding:
        return _vkey(one.name) == one.vkey
    return one.name in names() and _vkey(one.name) == one.vkey


def place(positions: Mapping[UUID, int]) -> None:
    """Entries got their positions: keys that they tell of begin or end with the checkpoint that holds them."""
    if not positions:
        return
    for one in SigningKey.objects.exclude(since__isnull=False, ended_by=None).exclude(until__isnull=False):
        since = positions.get(one.entry_id) if one.entry_id else None
        until = positions.get(one.ended_by) if one.ended_by else None
        if since is not None or until is not None:
            one.since = one.since if since is None else since
            one.until = until
            one.save(update_fields=["since", "until"])


@transaction.atomic
def rotate(by: ActorFacts, *, reason: str, at_once: bool = False) -> SigningKey:
    """Let a new key sign beside the present one, or instead of it. Raises Refused while two sign already."""
    _lock()
    present = every_key()
    old = [one for one in present if one.ended_by is None]
    if len(old) > 1:
        raise Refused(_TWO, code="two-keys")
    if not SigningKey.objects.exists():
        present[0].save(force_insert=True)
    number = present[-1].number + 1
    # A key that was made when this was cut off is taken now.
    new = SigningKey(number=number, name=f"{KEY}-{number}", vkey=_vkey(f"{KEY}-{number}"))
    facts = {"vkey": new.vkey, "beside": [] if at_once else [old[0].vkey], "reason": reason}
    new.entry_id = append(ADDED, about_the_log(), facts, by)
    new.save(force_insert=True)
    if at_once:
        _end(old[0], by, reason)
    return new


def retire(by: ActorFacts, key_id: str, *, reason: str) -> SigningKey:
    """Let a key sign no more. Raises NotFound, and Refused when no other signs or too few witnesses know that.

    Witnesses are asked to cosign the newest checkpoint without this key's signature: who does knows another one.
    """
    from guomen.ledger import witnesses

    with transaction.atomic():
        head, public = _lock(), Publication.objects.filter(name="log").first()
        one = next((k for k in every_key() if k.ended_by is None and parse_vkey(k.vkey).key_id.hex() == key_id), None)
        if one is None:
            raise NotFound
        # What is public already: readers must have met the other key beside this one.
        rest = [k for k in signing(public.size if public else 0) if k.number != one.number]
        if not rest or head is None:
            raise Refused(_ALONE, code="only-key")
        policy = witnesses.policy()
        if policy.witnesses:
            head.note = signed_by(rest, Checkpoint(settings.GUOMEN.log_name, head.size, bytes(head.root)))
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
    one.ended_by = append(RETIRED, about_the_log(), {"vkey": one.vkey, "reason": reason}, by)
    one.save(update_fields=["ended_by"])


def _lock() -> Head | None:
    # The sequencer waits here, so that a key and the entry about it are seen together.
    return Head.objects.select_for_update().filter(name="log").first()


def about_the_log() -> list[str]:
    """What entries about the log's keys are about."""
    return [Subject.of("log", settings.GUOMEN.log_name)]


def _vkey(name: str) -> str:
    return vkey(settings.GUOMEN.log_name, signer(name).public_key())
