"""The cache in the database, with locks that end with whoever holds them."""

import hashlib
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

LOCK = ":lock"
"""How django-allauth's keys end that keep two requests from counting the same attempts at once."""


class Cache(DatabaseCache):
    """A key that ends with :data:`LOCK` is an advisory lock of the request's database session, not a row.

    As a row it outlives a process that is killed, for ten seconds in which everybody behind the same address is told
    of too many attempts.
    """

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if key.endswith(LOCK):
            return self._asked("SELECT pg_try_advisory_lock(%s)", key, version)
        return bool(super().add(key, value, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        if key.endswith(LOCK):
            return self._asked("SELECT pg_advisory_unlock(%s)", key, version)
        return bool(super().delete(key, version))

    def _asked(self, question: str, key: str, version: int | None) -> bool:
        digest = hashlib.blake2b(self.make_key(key, version).encode(), digest_size=8).digest()
        with connection.cursor() as cursor:
            cursor.execute(question, [int.from_bytes(digest, signed=True)])
            return bool(cursor.fetchone()[0])
