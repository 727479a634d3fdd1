"""Hand out what a device needs to check serials without a network."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import transaction

from guomen.core.tagcrypto import bundle
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.kit.ids import Subject, uuid7
from guomen.kit.keys import signer
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags.models import Activation, ItemState, KeyVersion, Range, RecalledBatch, Segment
from guomen.tags.rules.lifecycle import NOT_MADE
from guomen.tags.scheme import scheme

AUDIENCES = frozenset({"inspector", "retailer"})
MAX_DAYS = 31
SIGNER = "tags-bundle"


@transaction.atomic
def make_bundle(by: Actor, *, audience: bundle.Audience, days: int, gtins: Sequence[str] | None = None) -> bytes:
    """A signed file for devices of inspectors or retailers: ranges of some products (None: all), states, recalls.

    Controllers and the system may: a bundle for inspectors holds keys that make serials. Raises Invalid.
    """
    if by is not SYSTEM:
        by.require("controller")
    _require_possible(audience, days)
    moment = now()
    until = moment + timedelta(days=days)
    ranges, recalls = Range.objects.exclude(state__in=NOT_MADE), RecalledBatch.objects.all()
    if gtins is not None:
        wanted = {gtin.zfill(14) for gtin in gtins}
        ranges, recalls = ranges.filter(gtin__in=wanted), recalls.filter(gtin__in=wanted)
    listed = list(_bundled(list(ranges.order_by("number")), audience, moment))
    in_force = [bundle.Recall(*row) for row in recalls.order_by("pk").values_list("gtin", "batch", "recall")]
    origin = settings.GUOMEN.origin
    times = int(moment.timestamp()), int(until.timestamp())
    made = bundle.write(bundle.Bundle(origin, audience, *times, listed, in_force), signer(SIGNER))
    facts = {"audience": audience, "ranges": len(listed), "until": until, "products": sorted(wanted) if gtins else []}
    append("tags.bundled", [Subject.of("bundle", uuid7())], facts, by)
    return made


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
