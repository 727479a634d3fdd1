"""Read the ledger: history of a subject, an entry with its proof, the checkpoint."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from guomen.core.merkle import (
    Checkpoint,
    TlogProof,
    leaf_hash,
    open_note,
    parse_checkpoint,
)
from guomen.kit.errors import NotFound
from guomen.ledger import files, follow
from guomen.ledger.canonical import commitment
from guomen.ledger.models import About, Entry, Position, Publication, Sequenced
from guomen.ledger.proofs import Proof
from guomen.ledger.services import entry_content, subject_key
from guomen.ledger.signing import log_vkeys

CLOCKS_DIFFER = timedelta(minutes=1)
"""Of the machines that write, at the most."""


def history(*subjects: str, kinds: frozenset[str] = frozenset()) -> list[Entry]:
    """Entries about any of ``subjects``, oldest first."""
    keys = [subject_key(s) for s in subjects]
    ids = list(About.objects.filter(subject__in=keys).values_list("entry_id", flat=True))
    entries = Entry.objects.filter(id__in=ids)
    if kinds:
        entries = entries.filter(kind__in=kinds)
    return sorted(entries, key=lambda e: (e.happened_at, e.id))


def prove(entry: Entry) -> Proof | None:
    """The inclusion proof of ``entry`` against the public checkpoint; None until that covers it."""
    place = Position.objects.filter(entry_id=entry.id).first()
    public = Publication.objects.filter(name="log").first()
    if place is None or public is None or place.position >= public.size:
        return None
    signed = parse_checkpoint(open_note(public.note)[0])
    path = [node.hex() for node in files.path(place.position, signed.size)]
    newest = log_vkeys(signed.size)[0]
    return Proof(entry_content(entry), place.position, signed.size, path, signed.root.hex(), public.note, newest)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry as everybody may see it: what the tree holds of it, and the proof that it does."""

    position: int
    id: str
    kind: str
    digest: str
    """SHA-256 of the entry's canonical JSON, hex."""
    leaf: bytes
    proof: TlogProof
    size: int
    root: bytes
    fits: bool
    """Whether the entry as it is stored now is the one in the tree."""


def public_proof(position: int) -> tuple[TlogProof, Checkpoint]:
    """That the public checkpoint, as it is now, covers an entry. Raises NotFound when it does not."""
    public = Publication.objects.filter(name="log").first()
    if public is None or not 0 <= position < public.size:
        raise NotFound
    signed = parse_checkpoint(open_note(public.note)[0])
    return TlogProof(position, tuple(files.path(position, signed.size)), public.note), signed


def place(position: int) -> Place:
    """What is public of the entry at a position. Raises NotFound beyond the public checkpoint."""
    proof, signed = public_proof(position)
    ordered = Sequenced.objects.get(position=position)
    entry = Entry.objects.filter(id=ordered.entry_id).first()
    said = commitment(entry_content(entry)) if entry else b""
    digest = said.decode().split("\n")[3] if said else ""
    leaf = leaf_hash(said)
    fits = files.leaf(position, signed.size) == leaf
    return Place(position, str(ordered.entry_id), ordered.kind, digest, leaf, proof, signed.size, signed.root, fits)


def position_since(moment: datetime) -> int:
    """A position before which no entry is that was recorded at ``moment`` or later.

    Ids rise with time, positions with commits: the first entry by its id may stand behind a later one that was
    committed sooner, so the least position among many is taken.
    """
    near = (
        Position.objects.filter(entry_id__gte=_first_id(moment - CLOCKS_DIFFER))
        .order_by("entry_id")
        .values_list("position", flat=True)
    )
    return min(near[:10_000], default=follow.size())


def written_between(kind: str, since: datetime, until: datetime) -> QuerySet[Entry]:
    """Entries of a kind that were written in a stretch of time, by their ids, which rise with it."""
    return Entry.objects.filter(id__gte=_first_id(since - CLOCKS_DIFFER), id__lt=_first_id(until), kind=kind)


def _first_id(moment: datetime) -> uuid.UUID:
    """Below the ids of all entries of this moment and later ones."""
    return uuid.UUID(int=int(max(moment, datetime.fromtimestamp(0, UTC)).timestamp() * 1000) << 80)
