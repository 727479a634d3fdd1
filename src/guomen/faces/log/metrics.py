"""Figures of the ledger for a monitoring system, in the text format of Prometheus."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from guomen.core.merkle import PolicyError
from guomen.kit.errors import NotFound
from guomen.ledger import follow, publishing, witnesses
from guomen.ledger.models import Cursor, Head, Waiting, Witnessed
from guomen.parties.actors import NotSignedIn
from guomen.parties.api import SIGNED_IN


class Ledger:
    """Read from the database at each scrape: every process gives the same figures."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        head, public = Head.objects.filter(name="log").first(), publishing.published()
        signed = head.size if head else 0
        yield _one("guomen_ledger_signed_entries", "Entries with a position and a signed checkpoint", signed)
        yield _one(
            "guomen_ledger_public_entries", "Entries that the public checkpoint covers", public.size if public else 0
        )
        if settings.GUOMEN.log_store:
            stored = public.stored if public else 0
            yield _one("guomen_ledger_stored_entries", "Entries that the object store has", stored)
        yield _one("guomen_ledger_waiting_entries", "Committed entries without a position", Waiting.objects.count())
        yield _one("guomen_ledger_stopped", "1 when the log signs nothing more", int(bool(head and head.stopped)))
        yield from _witnesses()
        cursors = {c.name: c for c in Cursor.objects.all()}
        lag = GaugeMetricFamily(
            "guomen_follower_lag", "Positions that a follower has still to read", labels=["follower"]
        )
        paused = GaugeMetricFamily("guomen_follower_paused", "1 when a follower is paused", labels=["follower"])
        failures = GaugeMetricFamily("guomen_follower_failures", "Failures since the last success", labels=["follower"])
        for name, behind in follow.lag().items():
            cursor = cursors.get(name)
            lag.add_metric([name], behind)
            paused.add_metric([name], int(bool(cursor and cursor.paused)))
            failures.add_metric([name], cursor.failures if cursor else 0)
        yield from (lag, paused, failures)


def _witnesses() -> Iterator[GaugeMetricFamily]:
    size = GaugeMetricFamily("guomen_witness_entries", "Entries that a witness has last cosigned", labels=["witness"])
    refuses = GaugeMetricFamily(
        "guomen_witness_refuses",
        "1 when a witness does not cosign: away, wrong, or it says that the log had more or other entries",
        labels=["witness", "why"],
    )
    try:
        known = witnesses.policy().witnesses
    except PolicyError:
        known = {}
    for name, asked in Witnessed.objects.in_bulk(list(known)).items():
        size.add_metric([name], asked.size)
        refuses.add_metric([name, asked.refusal], int(bool(asked.refusal)))
    yield from (size, refuses)


def _one(name: str, about: str, value: int) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For the authority's officers and programs (scope ``read``)."""
    by = next((found for one in SIGNED_IN if (found := one(request))), None)
    if by is None:
        raise NotSignedIn
    if not by.is_officer:
        raise NotFound
    registry = CollectorRegistry()
    registry.register(Ledger())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
