"""What is in force and what is known, for the capabilities above."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from guomen.kit.clock import now
from guomen.risk import rules
from guomen.risk.models import Measure, Tally


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


def about(*, hs: str, origin: str, maker: str, importer: str) -> dict[str, str]:
    """The keys under which outcomes of such goods are tallied. Firms appear as hashes."""

    def short(name: str) -> str:
        return hashlib.blake2b(name.strip().casefold().encode(), digest_size=12).hexdigest()

    product = f"{hs[:6]}|{origin}"
    return {
        "goods": f"hs:{hs[:6]}",
        "product": f"hs:{product}",
        "maker": f"maker:{short(maker)}",
        "importer": f"importer:{short(importer)}",
        "pair": f"pair:{short(maker)}|{short(importer)}|{product}",
    }


def tallies(keys: Iterable[str]) -> dict[str, rules.Record]:
    """Records by key, in one query; keys without a record are missing."""
    rows = Tally.objects.filter(about__in=set(keys)).values_list("about", "inspected", "failed", "passes")
    return {about: rules.Record(inspected, failed, passes) for about, inspected, failed, passes in rows}
