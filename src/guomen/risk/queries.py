"""What is in force and what is known, for the capabilities above."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Q

from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.risk import rules
from guomen.risk.models import Measure, ModelCard, Outcome, Reported, Standing, Tally


def in_force(at: datetime | None = None) -> Q:
    """The filter for measures that hold at a moment."""
    at = at or now()
    return Q(lifted_at=None, starts_at__lte=at) & (Q(ends_at=None) | Q(ends_at__gt=at))


def active_measures(
    *, gtin: str = "", batch: str = "", hs: str = "", origin: str = "", maker: str = ""
) -> list[Measure]:
    """Measures in force that cover these goods; without arguments, all in force. Newest first."""
    found = Measure.objects.filter(in_force()).order_by("-starts_at")
    if not (gtin or batch or hs or origin or maker):
        return list(found)
    goods = {"gtin": gtin, "batch": batch, "hs": hs, "origin": origin, "maker": maker}
    return [m for m in found.filter(gtin__in=["", gtin]) if rules.matches(m, **goods)]


def measures_for(gtins: Iterable[str]) -> list[Measure]:
    """Measures in force that may cover any of these products, in one query; match them with rules.matches."""
    return list(Measure.objects.filter(in_force(), gtin__in={"", *gtins}).order_by("-starts_at"))


LEVELS = ("goods", "product", "origin", "maker", "importer", "pair")
"""What outcomes are tallied by: heading, heading of an origin, origin, maker, importer, and all of these together."""
ALL = "all"


def about(*, hs: str, origin: str, maker: str, importer: str) -> dict[str, str]:
    """The keys under which outcomes of such goods are tallied, by level. Firms appear as hashes."""

    product = f"{hs[:6]}|{origin}"
    made, brought = short(maker), short(importer)
    return {
        "goods": f"hs:{hs[:6]}",
        "product": f"hs:{product}",
        "origin": f"origin:{origin}",
        "maker": f"maker:{made}",
        "importer": f"importer:{brought}",
        "pair": f"pair:{made}|{brought}|{product}",
    }


@lru_cache(20_000)
def short(name: str) -> str:
    """The hash under which a firm is tallied."""
    return hashlib.blake2b(name.strip().casefold().encode(), digest_size=12).hexdigest()


def price_key(hs: str, currency: str) -> str:
    """Under which prices per kilogram of such goods are tallied."""
    return f"price:{hs[:6]}|{currency}"


_RECORD = (
    "inspected", "failed", "passes", "recent", "recent_failed", "price", "price_variance", "sampling", "passed",
    "warned", "close", "updated_at",
)  # fmt: skip


def tallies(keys: Iterable[str]) -> dict[str, rules.Record]:
    """Records by key, in one query; keys without a record are missing. All lots together are under ``all``."""
    rows = Tally.objects.filter(about__any={ALL, *keys}).values_list("about", *_RECORD)
    return {row[0]: rules.Record(*row[1:]) for row in rows}


def reported(gtins: Iterable[str], days: int) -> dict[str, int]:
    """How many signals about each product came in the last ``days`` and stand; products without any are missing."""
    wanted = set(gtins)
    if not wanted:
        return {}
    rows = Reported.objects.filter(gtin__in=wanted, at__gt=now() - timedelta(days=days))
    return dict(rows.values_list("gtin").annotate(n=Count("signal")))


def doubt() -> Decimal:
    """How far scores are doubted now, from 0 to 1."""
    return Standing.objects.filter(name="trust").values_list("doubt", flat=True).first() or Decimal(0)


def active_model() -> ModelCard | None:
    """The model that ranks now; None while records alone do."""
    return ModelCard.objects.filter(state="active").first()


def cards(by: Actor) -> list[ModelCard]:
    """Every model, newest first, for the control room."""
    by.require_officer("controller")
    return list(ModelCard.objects.order_by("-trained_at"))


def card(by: Actor, id: UUID | str) -> ModelCard:
    """One model's card. Raises NotFound."""
    by.require_officer("controller")
    found = ModelCard.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def learned(by: Actor) -> tuple[int, int, Standing | None]:
    """How many inspected lots there are to learn from, how many of them failed, and how the scores stand."""
    by.require_officer("controller")
    counted = Outcome.objects.aggregate(lots=Count("subject"), failed=Count("subject", filter=Q(failed=True)))
    return counted["lots"], counted["failed"], Standing.objects.filter(name="trust").first()
