"""Events and their indexes: by thing, and the edges between things, stored once from each end."""

import json
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from guomen.core import epcis
from guomen.kit import sql  # noqa: F401  # its lookups
from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation
from guomen.trace.addressed import Addressed

NOBODY = UUID(int=0)


class Exact(json.JSONDecoder):
    """Numbers with a point stay decimal. A tenth of the time of the decoder that it replaces."""

    def decode(self, text: str) -> Any:  # type: ignore[override]
        return epcis.decode(text)


class Event(models.Model):
    """One EPCIS event as it was sent, with its id and record time."""

    distribution = "event_id"

    event_id = models.UUIDField(primary_key=True)
    """16-byte BLAKE2b of the event's own id; an error declaration, which repeats that id, has another."""
    uri = models.TextField()
    """The sender's eventID, or the CBV event hash."""
    digest = models.BinaryField(max_length=32)
    type = models.CharField(max_length=20)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    biz_step = models.TextField(blank=True)
    disposition = models.TextField(blank=True)
    declares_error = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    """Who captured it."""
    body = models.JSONField(decoder=Exact)

    facets = ArrayField(models.BigIntegerField(), default=list)
    """What queries ask for: guomen.trace.facets."""
    things = models.BinaryField(default=b"")
    """The keys of the things that it names, 16 bytes each: followers look here first, not into the body."""
    has_ends = models.BooleanField(default=False)
    """It names a source or a destination."""

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "happened_at", "event_id"], name="trace_event_of_party"),
            models.Index(fields=["happened_at", "event_id"], name="trace_event_by_time"),
            models.Index(fields=["recorded_at", "event_id"], name="trace_event_by_record"),
            GinIndex(fields=["facets"], name="trace_event_facets"),
        )


class Term(models.Model):
    """A business step, disposition or place that an organisation's events have used."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation_id", "field", "value")
    organisation_id = models.UUIDField()
    field = models.CharField(max_length=12)
    value = models.TextField()


class EventValue(models.Model):
    """A number or moment that an event states: guomen.trace.compared. Beside its event, so that they join at home."""

    distribution = "event_id"

    pk = models.CompositePrimaryKey("event_id", "field", "report", "number")
    event_id = models.UUIDField()
    field = models.BigIntegerField()
    """A facet."""
    report = models.SmallIntegerField(default=0)
    """Which of the event's sensor reports says it, from 1; 0 for what is in no report."""
    number = models.DecimalField(max_digits=60, decimal_places=24)

    class Meta:
        indexes = (models.Index(fields=["field", "number", "event_id"], name="trace_value_by_number"),)


class MasterData(models.Model):
    """What an organisation says of one of its places or classes: attributes, and what belongs to it."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation_id", "vocabulary", "name")
    organisation_id = models.UUIDField()
    vocabulary = models.CharField(max_length=200)
    name = models.TextField()
    """As facets name it."""
    attributes = models.JSONField(default=dict)
    """Name -> value, names with their namespace."""
    children = ArrayField(models.TextField(), default=list)
    facets = ArrayField(models.BigIntegerField(), default=list)
    """Of the attributes: guomen.trace.masterdata."""
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = (GinIndex(fields=["facets"], name="trace_masterdata_facets"),)


class NamedQuery(models.Model):
    """A query that an organisation keeps under a name."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation_id", "name")
    organisation_id = models.UUIDField()
    name = models.CharField(max_length=100)
    id = models.UUIDField(default=uuid7)
    """How the ledger names it: its own name may say something about a person."""
    parameters = models.JSONField()
    """Name -> values, all text: guomen.trace.asked.read."""
    extensions = models.JSONField(default=dict)
    """What the prefixes in parameter names mean: prefix -> namespace."""
    created_at = models.DateTimeField()


class CaptureJob(models.Model):
    """One document that was accepted for capture, and what became of it."""

    distribution = "id"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    proceed = models.BooleanField(default=False)
    """Capture what is right although something is wrong; otherwise all or none."""
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    success = models.BooleanField(null=True)
    """Nothing was wrong. None while the job runs."""
    events = models.IntegerField()
    """How many the document has."""
    done = models.IntegerField(default=0)
    """How many of them have been worked through so far."""
    new = models.IntegerField(default=0)
    """How many of them were captured and not known before."""
    master_data = models.IntegerField(default=0)
    """How many elements of master data were kept."""
    errors = models.JSONField(default=list)
    """Objects with field, code, en, zh: the problem of each event that was left out."""
    changes = models.JSONField(default=list)
    """Objects with path, from, to: what was put right in a document whose sender asked for lenience."""

    class Meta:
        indexes = (models.Index(fields=["organisation", "created_at", "id"], name="trace_job_of_party"),)


class WaitingDocument(models.Model):
    """The document of a capture job that the worker has still to do, or to finish; gone when the job is finished."""

    distribution = "job_id"

    job_id = models.UUIDField(primary_key=True)
    organisation_id = models.UUIDField()
    via = models.CharField(max_length=20)
    person_id = models.UUIDField(null=True)
    """Who sent it, as an actor of the ledger."""
    body = models.BinaryField()
    """JSON-LD."""
    failures = models.SmallIntegerField(default=0)
    """How often working on it broke down."""


class EventItem(models.Model):
    """Which events name a thing. ``item``: guomen.core.gs1.item_key of its canonical URI."""

    distribution = "item"

    pk = models.CompositePrimaryKey("item", "event_id", "role")
    """Not in the database: an event is new before its items are written, each once (docs/decisions/0024)."""
    item = models.UUIDField()
    event_id = models.UUIDField()
    role = models.CharField(max_length=6)
    happened_at = models.DateTimeField()
    organisation_id = models.UUIDField()

    class Meta:
        indexes = (models.Index(fields=["item"], name="trace_item"),)


class Edge(models.Model):
    """``parent`` contains ``child`` since (ADD), until (DELETE) or at (OBSERVE) ``happened_at``, says an event.

    Kinds: aggregation, association, transformation (input -> event -> output) and lot (batch -> item of it). The
    nil UUID as child of a DELETE stands for everything inside.
    """

    parent = models.UUIDField()
    child = models.UUIDField()
    event_id = models.UUIDField()
    kind = models.CharField(max_length=14)
    action = models.CharField(max_length=7)
    happened_at = models.DateTimeField()
    organisation_id = models.UUIDField()
    is_class = models.BooleanField(default=False)
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    uom = models.CharField(max_length=3, blank=True)

    class Meta:
        abstract = True


class EdgeOut(Edge):
    """Edges found from the parent."""

    distribution = "parent"

    pk = models.CompositePrimaryKey("parent", "child", "event_id", "kind")


class EdgeIn(Edge):
    """The same edges found from the child."""

    distribution = "child"

    pk = models.CompositePrimaryKey("child", "parent", "event_id", "kind")


class EventReader(models.Model):
    """Who may read an event beside who captured it, and why.

    named: the event names it as a party. shared: the captor shared it (``share``). held: it was handed ``things`` of
    the event; it reads the event with everything else hidden (guomen.trace.redaction).
    """

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation_id", "event_id", "why", "share")
    organisation_id = models.UUIDField()
    event_id = models.UUIDField()
    why = models.CharField(max_length=6)
    share = models.UUIDField(default=NOBODY)
    things = ArrayField(models.UUIDField(), default=list)
    given_at = models.DateTimeField()


class Handover(models.Model):
    """``giver`` said in an event of its own that ``taker`` gets the thing: directly, inside ``parent``, or its batch.

    A taker that is not registered here has the key of its name.
    """

    distribution = "item"

    pk = models.CompositePrimaryKey("item", "event_id", "taker")
    item = models.UUIDField()
    event_id = models.UUIDField()
    taker = models.UUIDField()
    giver = models.UUIDField()
    happened_at = models.DateTimeField()
    parent = models.UUIDField(default=NOBODY)
    """In what it was, when the event does not name it itself."""
    words = ArrayField(models.UUIDField(), default=list)
    """Who says that it was in there, where the giver does not say so itself."""

    class Meta:
        indexes = (models.Index(fields=["event_id"], name="trace_handover_event"),)


class Share(models.Model):
    """An organisation shows another its own events: those about a thing or batch, future ones too, or some it chose."""

    distribution = "id"

    id = models.UUIDField(primary_key=True, default=uuid7)
    giver = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    taker = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    thing = models.UUIDField(null=True)
    """None: the events that a query found when it was shared."""
    about = models.TextField()
    """The name of the thing, or the query."""
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Subscription(Addressed):
    """What a named query of an organisation finds from now on, sent to an address: a follower with its own cursor."""

    distribution = "id"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    query = models.CharField(max_length=100)
    """The name of its query."""
    roles = ArrayField(models.CharField(max_length=20))
    """With whose eyes it sees: the roles of who subscribed."""
    schedule = models.JSONField(null=True)
    """As it was sent; None: a stream, or by trigger."""
    trigger = models.TextField(blank=True)
    report_if_empty = models.BooleanField(default=False)
    media_type = models.CharField(max_length=30, default="application/json")
    """In which deliveries come."""
    epc_format = models.CharField(max_length=30, default="No_Preference")
    cbv_format = models.CharField(max_length=30, default="No_Preference")
    initial_record_time = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    position = models.BigIntegerField()
    """The next position of the ledger to read."""
    open_to = models.BigIntegerField(null=True)
    """With a schedule: positions from here on wait for the next time. None: they do not wait."""
    due_at = models.DateTimeField(null=True)
    """When the schedule opens next."""
    owes_report = models.BooleanField(default=False)
    """A report is due also if nothing is found."""
    waiting = models.IntegerField(default=0)
    """How many events wait for their delivery."""

    broken = models.CharField(max_length=40, blank=True)
    """What the standard calls that by which its query broke; empty: it can be asked."""
    broken_at = models.DateTimeField(null=True)
    """When it was asked last and broke."""
    owes_problem = models.BooleanField(default=False)
    """The receiver is still to be told that the query broke."""

    delivery_at = models.DateTimeField(null=True)
    upto_position = models.BigIntegerField(default=0)
    upto_number = models.IntegerField(default=-1)
    batch = models.IntegerField(default=500)
    """Events in one delivery; fewer for a receiver that said they were too many."""

    class Meta:
        indexes = (models.Index(fields=["organisation", "query", "id"], name="trace_subscription_of_query"),)

    @property
    def trouble(self) -> str:
        """The code of what is wrong now; empty: nothing."""
        return "query" if self.broken else self.error


class Due(models.Model):
    """An event that waits for its delivery; ``number``: of the event in the ledger entry at ``position``."""

    distribution = "subscription_id"

    pk = models.CompositePrimaryKey("subscription_id", "position", "number")
    subscription_id = models.UUIDField()
    position = models.BigIntegerField()
    number = models.IntegerField()
    event_id = models.UUIDField()
