"""Status lists (IETF Token Status List) as they are published: of the items of a range, and of signed codes.

A list is made anew once in :data:`TTL` seconds and then is the same, byte for byte, in every process: its moment is the
beginning of that time. It is made from what is known when somebody first asks in it, so it may know more, never less.
"""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from guomen.core.credentials.statuslist import INVALID, SignedList, StatusList, as_cwt, as_jwt
from guomen.core.tagcrypto import bundle
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.keys import signer
from guomen.tags import keys, queries
from guomen.tags.models import Activation, ItemState, Range, Segment, SignedCode
from guomen.tags.rules.lifecycle import NOT_MADE
from guomen.tags.services import bundling, signing

TTL = 300
"""Seconds."""
EXPIRES = 7 * 86_400
"""Seconds after which nobody should rely on a list."""
_FORMS: dict[str, Callable[[SignedList, str], bytes]] = {
    "cwt": lambda made, name: as_cwt(made, signer(name)),
    "jwt": lambda made, name: as_jwt(made, signer(name)).encode(),
}


def published(name: str, form: str) -> bytes:
    """The signed list called ``name``: a range's four characters, or ``codes-0`` and so on. ``form``: cwt or jwt.

    Raises NotFound for ranges of which no label exists, and for lists without a code.
    """
    if name.startswith(signing.LIST_NAME):
        block = name.removeprefix(signing.LIST_NAME)
        if not (block.isascii() and block.isdigit() and len(block) <= 6 and block == str(int(block))):
            raise NotFound
    else:
        one = queries.range_named(name)
        # One address for one list: it is in what is signed.
        if one is None or one.code != name or one.state in NOT_MADE:
            raise NotFound
    return _made(name, form, int(now().timestamp()) // TTL)


@lru_cache(64)
def _made(name: str, form: str, window: int) -> bytes:
    is_of_codes = name.startswith(signing.LIST_NAME)
    found = _of_codes(int(name.removeprefix(signing.LIST_NAME))) if is_of_codes else _of_range(name)
    at = window * TTL
    made = SignedList(f"{settings.GUOMEN.origin}{signing.LISTS_AT}{name}", at, found, at + EXPIRES, TTL)
    return _FORMS[form](made, signing.SIGNER if is_of_codes else bundling.SIGNER)


def forget() -> None:
    """Make the lists anew when they are asked for next (tests)."""
    _made.cache_clear()


def _of_range(code: str) -> StatusList:
    one = queries.range_named(code)
    if one is None:
        raise NotFound
    stretches = Segment.objects.filter(range_number=one.number).values_list("first", "last", "state")
    items = ItemState.objects.filter(range_number=one.number).values_list("index", "state")
    if queries.recall_in_force(one.gtin, one.batch):
        return bundle.padded(bundle.list_of(one.count, (), (), "recalled"), one.count)
    found = bundle.list_of(one.count, items.iterator(), stretches, one.state, _ordinary(one))
    return bundle.padded(found, one.count)


def _ordinary(one: Range) -> int:
    """What is said of items that went no way of their own: it follows from their goods and their keys."""
    found = Activation.objects.filter(subject=one.subject).first()
    if keys.retired_at(one.key_version) is not None or (found and found.ended_at):
        return bundle.STATES["withdrawn"]
    return 0 if found and found.since <= now() else bundle.WAITING


def _of_codes(block: int) -> StatusList:
    first = block * signing.IN_ONE_LIST
    newest = SignedCode.objects.order_by("-number").values_list("number", flat=True).first()
    if newest is None or newest < first:
        raise NotFound
    revoked = SignedCode.objects.filter(number__gte=first, number__lt=first + signing.IN_ONE_LIST)
    states = {n - first: INVALID for n in revoked.exclude(revoked_at=None).values_list("number", flat=True)}
    return StatusList(1, signing.IN_ONE_LIST, states)
