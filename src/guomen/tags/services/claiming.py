"""The buyer's claim: "this is mine now", with the code from inside the pack and without an account."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from guomen.core.tagcrypto import SerialError, normalise
from guomen.core.tagcrypto.codes import written
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, GuomenError, NotFound, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import PUBLIC
from guomen.tags import queries
from guomen.tags.keys import retired_at
from guomen.tags.models import Claim, ItemState
from guomen.tags.queries import ItemFacts
from guomen.tags.rules import lifecycle
from guomen.tags.rules.lifecycle import CHANGES
from guomen.tags.scheme import scheme
from guomen.tags.services.alarms import note_claims
from guomen.tags.services.events import tell
from guomen.tags.services.states import hold, keep
from guomen.tags.visitors import allow
from guomen.tags.words import CHANGE_REASONS, ITEM_STATES

SAME_CLAIM = timedelta(minutes=30)
"""A phone that claims again within this time lost the answer; later, or from another phone, it is a second claim."""
TRIES_IN_A_DAY = 20
"""From one connection: a household has fewer things to claim, and whoever guesses may call its phone anything."""
SECRET_LENGTH = 20
"""Of the owner's number: 100 bits, short enough to be written down by hand."""


class TooManyTries(GuomenError):
    status = 429
    code = "too-many-tries"
    words = W("Too many tries today. Try again tomorrow.", "今日尝试次数过多，请明天再试。")


@dataclass(frozen=True, slots=True)
class Claimed:
    """``secret`` is the buyer's only proof, in Crockford base32; it is shown now and never again."""

    at: datetime
    secret: str


def claim(gtin: str, serial: str, inner: str, visitor: bytes, sender: bytes = b"") -> Claimed:
    """Make an item the claimer's. ``visitor``: their phone (:func:`guomen.tags.visitors.device_of`); ``sender``: their
    connection, by which tries are counted (:func:`guomen.tags.visitors.sender_of`); the phone, when nobody knows.

    Raises NotFound for a code that does not exist, Forbidden for a wrong inner code, Refused when somebody else claimed
    it (told to the ledger and, by an alarm, to the control room: it is the best sign of a copy), or when it is
    recalled, lost or not released, TooManyTries.
    """
    found = queries.item(gtin, serial)
    if found is None:
        raise NotFound
    # A guess hits with probability 2**-40. Nobody counts tries by item: else anybody could keep its owner from it.
    if not allow("claim", sender or visitor, TRIES_IN_A_DAY):
        raise TooManyTries
    if retired_at(found.range.key_version) is not None:
        words = W("The codes of this pack prove nothing any more.", "该包装的编码不再有证明力。")
        raise Refused(words, code="claim-keys-retired")
    try:
        scheme(found.range.key_version).check_inner(found.gtin, found.serial, inner[:40])
    except SerialError:
        raise Forbidden(
            W("This is not the code from inside this pack.", "这不是该包装内的认领码。"), code="wrong-inner-code"
        )
    claimed, words = _claim(found, visitor)
    if claimed is None:
        raise words
    return claimed


@transaction.atomic
def _claim(found: ItemFacts, visitor: bytes) -> tuple[Claimed | None, Refused]:
    # A refusal is an answer and not an exception here: what it wrote must stay.
    hold([found.range.number], shared=True)
    fresh, at, owner = queries.item(found.gtin, found.serial), now(), _new_secret()
    assert fresh is not None
    new = Claim(
        item=fresh.key,
        range_number=fresh.range.number,
        index=fresh.index,
        at=at,
        visitor=visitor,
        digest=_digest(owner),
    )
    before = Claim.objects.select_for_update().filter(item=fresh.key).first()
    if before is not None:
        return _again(fresh, before, new, owner)
    code = lifecycle.refusal("claimed", fresh.kept, "shopper", released=fresh.active, recalled=bool(fresh.recall))
    if code == "TAG-NOT-RELEASED":
        return None, Refused(CHANGE_REASONS[code], code="claim-not-released")
    if code:
        words = W("This item cannot be claimed: {state}.", "该商品不能认领：{state}。")
        return None, Refused(words, code=f"claim-{code.lower().removeprefix('tag-')}", state=ITEM_STATES[fresh.state])
    Claim.objects.bulk_create([new], ignore_conflicts=True)
    before = Claim.objects.select_for_update().get(item=fresh.key)
    if bytes(before.digest) != new.digest:
        return _again(fresh, before, new, owner)
    keep([fresh], "claimed", at, "")
    tell(PUBLIC, CHANGES["claimed"], at, [fresh.uri], state="claimed")
    append("item.claimed", [fresh.uri], {"gtin": fresh.gtin, "batch": fresh.batch}, PUBLIC, happened_at=at)
    return Claimed(at, owner), Refused()


def _again(fresh: ItemFacts, before: Claim, new: Claim, owner: str) -> tuple[Claimed | None, Refused]:
    if bytes(before.visitor) == new.visitor and new.at - before.at <= SAME_CLAIM:
        Claim.objects.filter(item=before.item).update(digest=new.digest)
        return Claimed(before.at, owner), Refused()
    before.refused += 1
    before.save(update_fields=["refused"])
    append(
        "item.claim-refused", [fresh.uri], {"gtin": fresh.gtin, "batch": fresh.batch, "claimed_at": before.at}, PUBLIC
    )
    note_claims(fresh.key, fresh.range.number, fresh.index, before.refused)
    words = W(
        "Somebody claimed this item before. If it was not you, the pack may be a copy: do not use it, and report it.",
        "该商品已被他人认领。如果不是您本人，这可能是复制品：请勿使用并举报。",
    )
    return None, Refused(words, code="already-claimed")


@transaction.atomic
def unclaim(gtin: str, serial: str, owner: str) -> None:
    """Give up a claim, for example before the item is given away: the next owner may claim it. Raises NotFound."""
    found = queries.item(gtin, serial)
    mine = claim_of(found, owner, lock=True) if found else None
    if found is None or mine is None:
        raise NotFound
    mine.delete()
    # What it was before the claim, nobody needs to know again: it was sold.
    at = now()
    ItemState.objects.filter(item=found.key, state="claimed").update(state="sold", at=at)
    tell(PUBLIC, CHANGES["claimed"], at, [found.uri], state="sold")
    append("item.claim-ended", [found.uri], {"gtin": found.gtin, "batch": found.batch}, PUBLIC)


def is_mine(gtin: str, serial: str, owner: str) -> bool:
    """Whether this secret proves the claim on an item."""
    return claimed_since(gtin, serial, owner) is not None


def claimed_since(gtin: str, serial: str, owner: str) -> datetime | None:
    """When the claim that this secret proves was made; None when it proves none."""
    found = queries.item(gtin, serial)
    mine = claim_of(found, owner) if found else None
    return mine.at if mine else None


def claim_of(found: ItemFacts, owner: str, *, lock: bool = False) -> Claim | None:
    """The claim on an item that this secret proves, or None."""
    rows = Claim.objects.select_for_update() if lock else Claim.objects
    row = rows.filter(item=found.key).first()
    return row if row is not None and hmac.compare_digest(bytes(row.digest), _digest(owner)) else None


def _new_secret() -> str:
    return written(secrets.randbits(5 * SECRET_LENGTH), SECRET_LENGTH)


def _digest(owner: str) -> bytes:
    """Of the number as it is meant, however its owner typed it."""
    return hashlib.sha256(normalise(owner[:100]).encode("utf-8", "replace")).digest()
