"""Hand out what a device needs to check serials without a network, and say who may have it.

Inspectors have all ranges, for a few days; a firm its own; a retailer those of the firms that named it
(:mod:`guomen.tags.services.dealers`); controllers make any file for whoever needs one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.conf import settings
from django.db import transaction

from guomen.core.tagcrypto import bundle
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, Problem
from guomen.kit.ids import Subject, uuid7
from guomen.kit.keys import signer
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags.models import Activation, ItemState, KeyVersion, Range, RecalledBatch, Segment
from guomen.tags.rules.lifecycle import NOT_MADE
from guomen.tags.scheme import scheme
from guomen.tags.services.dealers import suppliers_of
from guomen.tags.services.signing import LISTS_AT

AUDIENCES = frozenset({"inspector", "retailer"})
MAX_DAYS = 31
INSPECTORS_DAYS = 7
"""At most, of a file that an inspector fetches: with its keys a lost device makes serials."""
SIGNER = "tags-bundle"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be in a file that is issued now."""

    content: bundle.Bundle
    days: int
    products: list[str]

    @property
    def tag(self) -> str:
        """The same as long as a file says the same: for an ETag. It changes each day, so that files do not run out."""
        day = datetime.fromtimestamp(self.content.issued_at, UTC).date()
        return f"{bundle.digest(self.content)[:32]}-{day:%Y%m%d}-{self.days}"


def make_bundle(by: Actor, *, audience: bundle.Audience, days: int, gtins: Sequence[str] | None = None) -> bytes:
    """A signed file for devices of inspectors or retailers: ranges of some products (None: all), states, recalls.

    Raises Forbidden, Invalid.
    """
    return issue(by, prepare(by, audience=audience, days=days, gtins=gtins))


@transaction.atomic
def prepare(by: Actor, *, audience: bundle.Audience, days: int, gtins: Sequence[str] | None = None) -> Prepared:
    """What :func:`make_bundle` would sign. Raises Forbidden, Invalid."""
    _require_possible(audience, days)
    owners, most = _allowed(by, audience)
    if days > most:
        words = W("A bundle is valid for 1 to {max} days.", "资料包有效期为 1 至 {max} 天。")
        raise Invalid([Problem("days", "out-of-range", words, (("max", most),))])
    moment = now()
    until = moment + timedelta(days=days)
    ranges, recalls = Range.objects.exclude(state__in=NOT_MADE), RecalledBatch.objects.all()
    wanted = {gtin.zfill(14) for gtin in gtins} if gtins is not None else None
    if owners is not None:
        ranges = ranges.filter(organisation__in=owners)
        dealt = set(ranges.values_list("gtin", flat=True))
        wanted = dealt if wanted is None else wanted & dealt
    if wanted is not None:
        ranges, recalls = ranges.filter(gtin__in=wanted), recalls.filter(gtin__in=wanted)
    listed = list(_bundled(list(ranges.order_by("number")), audience, moment))
    in_force = [bundle.Recall(*row) for row in recalls.order_by("pk").values_list("gtin", "batch", "recall")]
    origin = settings.GUOMEN.origin
    times = int(moment.timestamp()), int(until.timestamp())
    content = bundle.Bundle(origin, audience, *times, listed, in_force, f"{origin}{LISTS_AT}{{range}}")
    return Prepared(content, days, sorted(wanted) if gtins else [])


@transaction.atomic
def issue(by: Actor, prepared: Prepared) -> bytes:
    """The signed file, told to the ledger."""
    content = prepared.content
    made = bundle.write(content, signer(SIGNER))
    until = datetime.fromtimestamp(content.expires_at, UTC)
    facts = {"audience": content.audience, "ranges": len(content.ranges), "until": until, "products": prepared.products}
    append("tags.bundled", [Subject.of("bundle", uuid7())], facts, by)
    return made


def audience_of(by: Actor) -> bundle.Audience | None:
    """The kind of file that somebody can fetch for their own device; None: neither."""
    if by.is_authority and by.has("inspector", "controller"):
        return "inspector"
    return "retailer" if by.organisation is not None and by.has("declarant", "tags", "seller") else None


def _allowed(by: Actor, audience: str) -> tuple[set[UUID] | None, int]:
    """Whose ranges an actor may have (None: everybody's), and for how many days at most. Raises Forbidden."""
    if by is SYSTEM or (by.is_authority and by.has("controller")):
        return None, MAX_DAYS
    if audience == "inspector" and by.is_authority and by.has("inspector"):
        return None, INSPECTORS_DAYS
    if audience == "retailer" and audience_of(by) == "retailer" and by.organisation_id is not None:
        return {by.organisation_id, *suppliers_of(by.organisation_id)}, MAX_DAYS
    raise Forbidden


def _bundled(ranges: list[Range], audience: bundle.Audience, at: datetime) -> Iterator[bundle.BundledRange]:
    valid = dict(Activation.objects.filter(ended_at=None, since__lte=at).values_list("subject", "since"))
    # What others know, too, proves nothing: retired keys are not handed out to check with.
    retired = set(KeyVersion.objects.exclude(retired_at=None).values_list("version", flat=True))
    numbers = [one.number for one in ranges]
    stretches = defaultdict(list)
    for number, *stretch in Segment.objects.filter(range_number__in=numbers).values_list(
        "range_number", "first", "last", "state"
    ):
        stretches[number].append(tuple(stretch))
    rows = ItemState.objects.filter(range_number__in=numbers).order_by("range_number", "index")
    found = groupby(rows.values_list("range_number", "index", "state").iterator(), key=lambda row: row[0])
    number, states = next(found, (None, iter(())))
    for one in ranges:
        items = []
        if number == one.number:
            items = [(index, state) for _, index, state in states]
            number, states = next(found, (None, iter(())))
        packed = bundle.states_of(one.count, items, stretches[one.number], one.state)
        keys = scheme(one.key_version).range_keys(one.number)
        since = valid.get(one.subject)
        yield bundle.BundledRange(
            one.number,
            one.gtin,
            one.batch,
            one.count,
            int(since.timestamp()) if since else None,
            keys if audience == "inspector" and one.key_version not in retired else keys._replace(mac=None),
            packed,
            one.key_version in retired,
        )


def _require_possible(audience: str, days: int) -> None:
    problems = []
    if audience not in AUDIENCES:
        words = W("A bundle is for inspectors or for retailers.", "资料包仅供检验人员或零售商使用。")
        problems.append(Problem("audience", "unknown-audience", words))
    if not 1 <= days <= MAX_DAYS:
        words = W("A bundle is valid for 1 to {max} days.", "资料包有效期为 1 至 {max} 天。")
        problems.append(Problem("days", "out-of-range", words, (("max", MAX_DAYS),)))
    if problems:
        raise Invalid(problems)
