"""Do a write once, however often a network repeats the request."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest

from guomen.kit.errors import GuomenError
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.parties.models import Remembered

LONGEST_KEY = 100


class KeyReused(GuomenError):
    status = 422
    code = "idempotency-key-reused"
    words = W("This key was used for a different request.", "该幂等键已用于另一请求。")


@transaction.atomic
def once(by: Actor, key: str | None, request_body: bytes, do: Callable[[], Any]) -> tuple[Any, bool]:
    """Run ``do`` unless this actor already did so under ``key``; return its JSON-able answer and whether it is new.

    The key, the change and its ledger entries are committed together. A second request that arrives while the
    first is running waits for it. Raises KeyReused when the body differs. Without a key ``do`` simply runs.
    """
    if not key:
        return do(), True
    fingerprint = hashlib.sha256(request_body).digest()
    # Keys that only begin alike are different keys.
    key = key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_remembered (who, key, fingerprint, created_at) VALUES (%s, %s, %s, now()) "
            "ON CONFLICT DO NOTHING RETURNING 1",
            [by.key, key, fingerprint],
        )
        is_new = cursor.fetchone() is not None
    if not is_new:
        row = Remembered.objects.get(pk=(by.key, key))
        if bytes(row.fingerprint) != fingerprint:
            raise KeyReused
        return row.answer, False
    answer = do()
    Remembered.objects.filter(who=by.key, key=key).update(answer=answer)
    return answer, True


def asked(request: HttpRequest, content: bytes) -> bytes:
    """What a request asks for, to tell it from another under the same key: its method, its path and its content."""
    return f"{request.method} {request.get_full_path()}\n".encode() + content


def once_request(request: HttpRequest, by: Actor, do: Callable[[], Any]) -> tuple[Any, bool]:
    """:func:`once` for a program's request: the key is its ``Idempotency-Key``; without the header ``do`` runs."""
    return once(by, request.headers.get("Idempotency-Key"), asked(request, request.body), do)
