"""What people can see of signals, alerts, recalls and notices; who may is decided here."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from guomen.kit import blobs
from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.warning.models import Alert, Assessment, Notice, Recall, Signal, Told


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal with what its reporter wrote; ``told`` is None when that was erased."""

    signal: Signal
    told: Told | None


@dataclass(frozen=True, slots=True)
class AlertView:
    """Everything about one alert, newest assessment and recall first."""

    alert: Alert
    signals: list[Heard]
    assessments: list[Assessment]
    recalls: list[Recall]
    notices: list[Notice]


def _reader(by: Actor) -> None:
    """Controllers, and programs of the authority that may read."""
    by.require_officer("controller", "read")


def alerts(by: Actor) -> QuerySet[Alert]:
    """All alerts, the most urgent unassessed ones first. For the authority."""
    _reader(by)
    return Alert.objects.order_by("lifted_at", "level", "opened_at")


def alert(by: Actor, number: str) -> AlertView:
    """One alert with its signals, assessments, recalls and notices. Controllers only."""
    _reader(by)
    row = Alert.objects.filter(number=number).first()
    if row is None:
        raise NotFound
    signals = list(Signal.objects.filter(alert=number).order_by("-received_at"))
    told = {t.signal_id: t for t in Told.objects.filter(signal_id__in=[s.id for s in signals])}
    recalls = list(Recall.objects.filter(alert=number).order_by("-ordered_at"))
    notices = Notice.objects.filter(recall__in=[r.number for r in recalls]).select_related("organisation")
    return AlertView(
        row,
        [Heard(s, told.get(s.id)) for s in signals],
        list(Assessment.objects.filter(alert=number).order_by("-sequence")),
        recalls,
        sorted(notices, key=lambda n: (n.acknowledged_at is not None, n.organisation.name_en)),
    )


def loose_signals(by: Actor, limit: int = 50) -> list[Heard]:
    """The newest signals that have not added up to an alert. Controllers only."""
    by.require("controller")
    signals = list(Signal.objects.filter(alert="", withdrawn_at=None).order_by("-received_at")[:limit])
    told = {t.signal_id: t for t in Told.objects.filter(signal_id__in=[s.id for s in signals])}
    return [Heard(s, told.get(s.id)) for s in signals]


def photo(by: Actor, signal_id: UUID) -> bytes:
    """The photo of a report. Controllers only; NotFound when there is none, or when it was erased."""
    by.require("controller")
    told = Told.objects.filter(signal_id=signal_id).exclude(photo="").first()
    try:
        if told is not None:
            return blobs.get(told.photo)
    except FileNotFoundError:
        pass
    raise NotFound


def unowned(by: Actor) -> int:
    """How many alerts nobody owns. Controllers only."""
    return alerts(by).exclude(state="lifted").filter(owner_id=None).count()


def recall_for(gtin: str, batch: str) -> Recall | None:
    """The newest recall that covers this batch (or, with batch "", the whole product)."""
    for recall in Recall.objects.filter(gtin=gtin).order_by("-ordered_at"):
        if not recall.batches or batch in recall.batches:
            return recall
    return None


def notices(by: Actor) -> QuerySet[Notice]:
    """The recall notices of the actor's own organisation, unanswered ones first."""
    if by.organisation_id is None:
        return Notice.objects.none()
    mine = Notice.objects.filter(organisation_id=by.organisation_id).select_related("organisation")
    return mine.order_by("acknowledged_at", "-sent_at").reverse()


def noticed(by: Actor) -> list[tuple[Notice, Recall]]:
    """The notices of the actor's own organisation, each with its recall, unanswered ones first."""
    mine = list(notices(by))
    recalls = {r.number: r for r in Recall.objects.filter(number__in={n.recall for n in mine})}
    return [(n, recalls[n.recall]) for n in mine]


def notice(by: Actor, id: object) -> tuple[Notice, Recall]:
    """One notice of the actor's own organisation and its recall."""
    row = notices(by).filter(id=id).first()
    if row is None:
        raise NotFound
    return row, Recall.objects.get(number=row.recall)


def public_recalls() -> list[Recall]:
    """All recalls, newest first: open data."""
    return list(Recall.objects.select_related("ordered_by").order_by("-ordered_at"))
