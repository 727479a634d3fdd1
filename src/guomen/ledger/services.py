"""Append to the ledger, inside the caller's transaction."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

import orjson
from django.db import connection

from guomen.core.merkle import leaf_hash
from guomen.kit import binary
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.kit.words import vocabulary
from guomen.ledger import waking
from guomen.ledger.canonical import canonical, commitment_to
from guomen.ledger.models import Entry

BUCKETS = 64


class ActorFacts(Protocol):
    def facts(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be written."""

    kind: str
    subjects: Sequence[str]
    facts: Mapping[str, Any]
    happened_at: datetime | None = None


@cache
def known_kinds() -> frozenset[str]:
    return frozenset(vocabulary("KINDS"))


def subject_key(subject: str) -> uuid.UUID:
    """16-byte BLAKE2b of a subject's name: the index key."""
    return uuid.UUID(bytes=_key(subject))


def _key(subject: str) -> bytes:
    return hashlib.blake2b(subject.encode(), digest_size=16).digest()


class Plain(dict[str, Any]):
    """Facts that :func:`plain` gave: they need not be looked through once more."""


_PLAIN = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """``value`` as canonical JSON can hold it: decimals and times as text. Floats are refused: they are not exact."""
    # What nearly everything is comes first: a batch of declarations holds hundreds of thousands of values.
    if type(value) is dict:
        return {k if type(k) is str else str(k): v if type(v) in _PLAIN else plain(v) for k, v in value.items()}
    if type(value) is list or type(value) is tuple:
        return [v if type(v) in _PLAIN else plain(v) for v in value]
    return dict(value) if type(value) is Plain else _plain(value)


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | str() | int():
            return value
        case Decimal():
            return format(value, "f")
        case datetime():
            if value.tzinfo is None:
                raise TypeError("a naive datetime cannot enter the ledger")
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | uuid.UUID():
            return str(value)
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case set() | frozenset():
            return [plain(v) for v in sorted(value)]
        case Iterable() if not isinstance(value, bytes):
            return [plain(v) for v in value]
        case _ if hasattr(value, "en") and hasattr(value, "zh"):
            return {"en": value.en, "zh": value.zh}
    raise TypeError(f"{type(value).__name__} cannot enter the ledger: {value!r}")


def content(
    id: uuid.UUID,
    kind: str,
    subjects: Sequence[str],
    facts: Any,
    actor: Any,
    happened_at: datetime,
    recorded_at: datetime,
) -> dict[str, Any]:
    """An entry as canonical content: what is hashed and what a proof shows."""
    values = {"id": id, "kind": kind, "subjects": list(subjects), "facts": facts, "actor": actor}
    return dict(plain(values | {"happened_at": happened_at, "recorded_at": recorded_at}))


def entry_content(entry: Entry) -> dict[str, Any]:
    """The canonical content of an entry, as it was hashed."""
    return content(entry.id, entry.kind, entry.subjects, entry.facts, entry.actor, entry.happened_at, entry.recorded_at)


def append(
    kind: str, subjects: Sequence[str], facts: Mapping[str, Any], actor: ActorFacts, happened_at: datetime | None = None
) -> uuid.UUID:
    """Write one entry in the caller's transaction and return its id. Raises ValueError for an undeclared kind."""
    return append_many([Draft(kind, subjects, facts, happened_at)], actor)[0]


def append_alone(
    kind: str, subjects: Sequence[str], facts: Mapping[str, Any], actor: ActorFacts, happened_at: datetime | None = None
) -> uuid.UUID:
    """Write one entry that tells of no change in our tables: a transaction of its own, in one round trip.

    Within a transaction it is part of that, as with :func:`append`.
    """
    return _write([Draft(kind, subjects, facts, happened_at)], actor)[0]


def append_many(drafts: Sequence[Draft], actor: ActorFacts) -> list[uuid.UUID]:
    """Write many entries in one round trip."""
    if not drafts:
        return []
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger is written inside the transaction of the change that it tells of")
    return _write(drafts, actor)


def _write(drafts: Sequence[Draft], actor: ActorFacts) -> list[uuid.UUID]:
    recorded, who = now(), actor.facts()
    ids: list[uuid.UUID] = []
    rows: list[dict[str, Any]] = []
    for draft in drafts:
        if draft.kind not in known_kinds():
            raise ValueError(f"entry kind {draft.kind!r} is not declared in any words.py")
        id = uuid7()
        entry = content(id, draft.kind, draft.subjects, draft.facts, who, draft.happened_at or recorded, recorded)
        json = canonical(entry)
        leaf = leaf_hash(commitment_to(entry, json)).hex()
        keys = list({_key(s).hex() for s in draft.subjects})
        rows.append({"e": orjson.Fragment(json), "leaf": leaf, "bucket": id.int & (BUCKETS - 1), "keys": keys})
        ids.append(id)
    # Planned once: planning took as long as writing one entry.
    with binary.prepared(), binary.cursor() as cursor:
        cursor.execute(_WRITE, [orjson.dumps(rows).decode(), waking.is_due()])
    return ids


# One JSON parameter: as arrays of jsonb, escaping the texts took a third of a batch's time.
_WRITE = """
WITH new AS (
  SELECT x->'e' AS e, (x->'e'->>'id')::uuid AS id, decode(x->>'leaf', 'hex') AS leaf,
    (x->>'bucket')::smallint AS bucket, x->'keys' AS keys FROM jsonb_array_elements(%s::jsonb) AS x),
written AS (
  INSERT INTO ledger_entry (id, kind, subjects, facts, actor, happened_at, recorded_at)
  SELECT id, e->>'kind', ARRAY(SELECT jsonb_array_elements_text(e->'subjects')), e->'facts', e->'actor',
    (e->>'happened_at')::timestamptz, (e->>'recorded_at')::timestamptz FROM new),
waiting AS (
  INSERT INTO ledger_waiting (bucket, entry_id, kind, leaf) SELECT bucket, id, e->>'kind', leaf FROM new),
about AS (
  INSERT INTO ledger_about (subject, entry_id)
  SELECT k::uuid, id FROM new, jsonb_array_elements_text(keys) AS k)
SELECT pg_notify('guomen_ledger', '') WHERE %s
"""
