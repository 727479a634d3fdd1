"""Signals about products count in their scores as soon as they are in the ledger, and no longer when withdrawn."""

from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.risk.models import Reported


@follower("risk.signals", "signal.received", "signal.withdrawn", again=True)
def signals(entry: Entry) -> None:
    signal, gtin = entry.facts.get("signal"), entry.facts.get("gtin")
    if entry.kind == "signal.withdrawn":
        gtins = [s.rpartition("/")[2] for s in entry.subjects if s.startswith("https://id.gs1.org/01/")]
        Reported.objects.filter(gtin__in=gtins, signal=signal).delete()
    elif signal and gtin:
        Reported.objects.get_or_create(gtin=gtin, signal=signal, defaults={"at": entry.happened_at})
