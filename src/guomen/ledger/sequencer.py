"""Give committed entries their place: gapless positions, Merkle tree, signed checkpoint, all in one transaction."""

from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from guomen.core.merkle import EMPTY_ROOT
from guomen.kit.clock import now
from guomen.ledger import signing
from guomen.ledger.models import Head
from guomen.ledger.tree import tiles, write_tiles


def _drain(limit: int) -> list[tuple[UUID, str, bytes]]:
    """Take up to ``limit`` waiting entries out of the outbox, oldest first as far as ids tell: id, kind, leaf hash."""
    with connection.cursor() as cursor:
        # By place, not by key: no statistics can lead to another plan. An outbox is empty whenever PostgreSQL counts
        # its rows, and a join that expects none runs the inner query once for each row: minutes, not milliseconds.
        cursor.execute(
            "DELETE FROM ledger_waiting WHERE ctid = ANY(ARRAY("
            "SELECT ctid FROM ledger_waiting ORDER BY entry_id LIMIT %s FOR UPDATE SKIP LOCKED)) "
            "RETURNING entry_id, kind, leaf",
            [limit],
        )
        return sorted((id, kind, bytes(leaf)) for id, kind, leaf in cursor.fetchall())


def _number(first: int, ids: list[UUID], kinds: list[str]) -> None:
    """Give entries their positions from ``first`` on, in both directions, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH new AS (SELECT id, kind, %s + n - 1 AS position "
            "FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY AS t (id, kind, n)), "
            "sequenced AS (INSERT INTO ledger_sequenced (position, entry_id, kind) SELECT position, id, kind FROM new) "
            "INSERT INTO ledger_position (entry_id, position) SELECT id, position FROM new",
            [first, ids, kinds],
        )


def run_once(limit: int = 5000, after: Callable[[str], None] = lambda step: None) -> int:
    """Sequence what waits; return how many entries got a position. ``after`` is told each finished step (for tests).

    Everything is one transaction: a crash between any two steps leaves the outbox as it was.
    """
    with transaction.atomic():
        if not Head.objects.filter(name="log").exists():
            # Two that start at once: the second waits here for the first's row instead of for its table.
            empty = Head(name="log", size=0, root=EMPTY_ROOT, note=signing.sign(0, EMPTY_ROOT), signed_at=now())
            Head.objects.bulk_create([empty], ignore_conflicts=True)
        head = Head.objects.select_for_update().get(name="log")
        if head.stopped:
            return 0
        size = head.size
        after("locked")
        waiting = _drain(limit)
        if not waiting:
            return 0
        after("drained")
        _number(size, [id for id, *_ in waiting], [kind for _, kind, _ in waiting])
        signing.place({id: size + n for n, (id, kind, _) in enumerate(waiting) if kind in signing.KINDS})
        after("ordered")
        changed, new_size, root = tiles().append(size, [leaf for *_, leaf in waiting])
        if changed:
            write_tiles(changed)
        after("hashed")
        Head.objects.update_or_create(
            name="log",
            defaults={"size": new_size, "root": root, "note": signing.sign(new_size, root), "signed_at": now()},
        )
        after("signed")
        with connection.cursor() as cursor:
            cursor.execute("NOTIFY guomen_sequenced")
    return len(waiting)
