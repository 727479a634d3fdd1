"""Telling visitors apart for one day without knowing who they are.

A visitor's hash is a keyed hash (BLAKE2b) of network address and browser; the key is the day's random salt. The salt of
a day is deleted two days later: from then on nobody, not even we, can find out whether a given visitor made a given
scan.
"""

import re
import secrets
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest

from guomen.kit.clock import now
from guomen.tags.models import DailySalt, Tally

KEEP = timedelta(days=2)
LONGEST = 1000
"""Characters of what a browser says of itself that tell it from others."""
_WITH_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+|\[([^]]*)\](?::\d+)?")


def prepare() -> None:
    """Have the salts of today and tomorrow ready, which the scan path only reads, and forget old ones."""
    today = now().date()
    days = (today, today + timedelta(days=1))
    DailySalt.objects.bulk_create([DailySalt(day=d, salt=secrets.token_bytes(32)) for d in days], ignore_conflicts=True)
    DailySalt.objects.filter(day__lt=today - KEEP).delete()
    Tally.objects.filter(day__lt=today - KEEP).delete()


@lru_cache(maxsize=2)
def _salt(day: date) -> bytes:
    prepare()
    return bytes(DailySalt.objects.get(day=day).salt)


def hashed(salt: bytes, *parts: str) -> bytes:
    """8 bytes that are the same for the same ``parts`` with this salt."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), key=salt, digest_size=8).digest()


def visitor_hash(*parts: str) -> bytes:
    """8 bytes that are the same for the same ``parts`` today and say nothing tomorrow."""
    return hashed(_salt(now().date()), *parts)


def address_of(request: HttpRequest) -> str:
    """The network address of the visitor; behind a trusted proxy the last one that it added."""
    if settings.GUOMEN.trust_proxy:
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if forwarded:
            return without_port(forwarded)
    return str(request.META.get("REMOTE_ADDR", ""))


def without_port(address: str) -> str:
    """A network address as a proxy tells it, without the port that some add: each connection comes from another."""
    found = _WITH_PORT.fullmatch(address)
    return found[1] or found[2] if found else address


def device_of(request: HttpRequest) -> bytes:
    """Today's hash of address and browser: tells phones apart, says nothing tomorrow."""
    return visitor_hash("device", address_of(request), request.headers.get("User-Agent", "")[:LONGEST])


def sender_of(request: HttpRequest) -> bytes:
    """Today's hash of the address alone: what forms are limited by."""
    return visitor_hash("sender", address_of(request))


@transaction.atomic
def allow(what: str, visitor: bytes, most: int) -> bool:
    """Count that ``visitor`` does ``what`` and say whether it is at most ``most`` times today."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tags_tally AS t (visitor, what, day, count) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (visitor, what, day) DO UPDATE SET count = t.count + 1 RETURNING count",
            [visitor, what, now().date()],
        )
        return bool(cursor.fetchone()[0] <= most)
