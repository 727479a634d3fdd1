"""The keys of the log: which of them sign which checkpoints, and how one takes the place of another.

A new key signs beside the old one from the checkpoint that holds the entry about it, until an entry retires the old
one. Name and origin stay. While both sign, who knows either can check; meanwhile readers and witnesses learn the new.
"""

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings

from guomen.core.merkle import Checkpoint, sign_note, vkey
from guomen.kit.ids import Subject
from guomen.kit.keys import KeyMissingError, names, signer
from guomen.ledger.models import Head, SigningKey

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
    return found or [SigningKey(number=1, name=KEY, vkey=verifier(KEY), since=-1)]


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
        return verifier(one.name) == one.vkey
    return one.name in names() and verifier(one.name) == one.vkey


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


def about_the_log() -> list[str]:
    """What entries about the log's keys are about."""
    return [Subject.of("log", settings.GUOMEN.log_name)]


def verifier(name: str) -> str:
    """The verifier key of a key of the keystore, in C2SP signed-note form; one that is absent is made."""
    return vkey(settings.GUOMEN.log_name, signer(name).public_key())
