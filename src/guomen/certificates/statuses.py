"""The published status lists: a list follows from the states of certificates, nobody writes it.

A place in a list is found by a keyed permutation of a running number (decision 51): two certificates never share one,
and a place says nothing of how many were issued or which came before.
"""

import hmac
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings

from guomen.certificates import signing_keys
from guomen.certificates.models import Certificate, IssuedForms
from guomen.core.credentials import bitstring, jose, statuslist
from guomen.core.credentials.status import Reference
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.keys import Signer, secret
from guomen.kit.sql import next_number

BITS = 17
SIZE = 1 << BITS
"""Certificates in a list: the least that the W3C's lists may have, 16 kB of bits before compression."""
TTL = 60
"""Seconds for which a verifier may keep a list."""
FRESH = 15
"""Seconds for which a cache on the way may keep it."""
VALID_FOR = timedelta(days=1)
"""A list that is older says nothing any more."""
PURPOSES = {"revocation": statuslist.INVALID, "suspension": statuslist.SUSPENDED}
_CODES = {"suspended": statuslist.SUSPENDED, "revoked": statuslist.INVALID, "replaced": statuslist.INVALID}
_ROUNDS = 10
_HALF = 9


def code_of(state: str) -> int:
    """What the lists say of a certificate's stored state: suspended, or invalid for revoked and replaced."""
    return _CODES.get(state, statuslist.VALID)


def take_place() -> tuple[int, int]:
    """The next list and a place in it that nobody has."""
    number = next_number("certificates_status")
    return number >> BITS, place(number >> BITS, number & SIZE - 1)


def place(of_list: int, count: int) -> int:
    """Where the certificate number ``count`` of a list stands: a permutation of all places, with a key.

    A Feistel network of ten rounds over 18 bits, walked on until the result has 17.
    """
    if not 0 <= count < SIZE:
        raise ValueError("no such place")
    key = secret("certificate-status")
    at = count
    while True:
        left, right = at >> _HALF, at & (1 << _HALF) - 1
        for turn in range(_ROUNDS):
            message = b"%d/%d/%d" % (of_list, turn, right)
            mixed = int.from_bytes(hmac.digest(key, message, "sha256")[:4]) & (1 << _HALF) - 1
            left, right = right, left ^ mixed
        at = left << _HALF | right
        if at < SIZE:
            return at


def address(of_list: int, purpose: str = "") -> str:
    """Where a list is published. purpose: of the W3C's lists; empty for the Token Status List."""
    end = f"/{purpose}" if purpose else ""
    return f"{settings.GUOMEN.origin}/certificates/status/{of_list}{end}"


def references(forms: IssuedForms) -> tuple[Reference, ...]:
    """Where the state of a certificate stands, in each kind of list."""
    rows = [Reference(address(forms.list), forms.position)]
    return tuple(rows + [Reference(address(forms.list, p), forms.position, p) for p in PURPOSES])


def states(of_list: int) -> dict[int, int]:
    """Place -> state of all certificates in a list that are not valid. Raises NotFound for a list that is not begun."""
    rows = IssuedForms.objects.filter(list=of_list)
    if of_list >= 1 << 31 or not rows.exists():
        raise NotFound
    bad = Certificate.objects.filter(state__in=_CODES, number__in=rows.values("number"))
    found = dict(bad.values_list("number", "state"))
    places = IssuedForms.objects.filter(number__in=found).order_by("position")
    return {position: code_of(found[number]) for number, position in places.values_list("number", "position")}


def token(of_list: int, *, cwt: bool = False) -> bytes:
    """A Token Status List as it is published: JWT, or CWT."""
    return _token(of_list, cwt, tuple(states(of_list).items()), _quarter(now()), signing_keys.signing())


def credential(of_list: int, purpose: str) -> bytes:
    """A Bitstring Status List Credential as it is published, as JOSE. Raises NotFound for another purpose."""
    if purpose not in PURPOSES:
        raise NotFound
    places = tuple(at for at, state in states(of_list).items() if state == PURPOSES[purpose])
    return _credential(of_list, purpose, places, _quarter(now()), signing_keys.signing())


def _quarter(moment: datetime) -> datetime:
    """Lists are signed anew when a state or the key changed, and four times an hour."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


@lru_cache(64)
def _token(of_list: int, cwt: bool, changed: tuple[tuple[int, int], ...], made: datetime, key: Signer) -> bytes:
    seconds = int(made.timestamp())
    states = StatusList(2, SIZE, dict(changed))
    signed = SignedList(address(of_list), seconds, states, seconds + int(VALID_FOR.total_seconds()), TTL)
    return statuslist.as_cwt(signed, key) if cwt else statuslist.as_jwt(signed, key).encode()


@lru_cache(64)
def _credential(of_list: int, purpose: str, places: tuple[int, ...], made: datetime, key: Signer) -> bytes:
    where = address(of_list, purpose)
    document = bitstring.document(where, settings.GUOMEN.origin, purpose, places, made, made + VALID_FOR)
    header = {"typ": "vc+jwt", "cty": "vc", "iss": settings.GUOMEN.origin}
    return jose.sign(document, key, header).encode()
