"""Ranges of serials: what was ordered, what became of stretches, since when it is valid, what is recalled."""

from django.db import models

from guomen.core.tagcrypto.codes import written
from guomen.kit.clock import now
from guomen.parties.models import Organisation
from guomen.tags.rules.lifecycle import STATES


class Range(models.Model):
    """Serials made for one batch of one consignment: index 0 to ``count - 1``."""

    distribution = "reference"

    number = models.IntegerField(primary_key=True)
    """The range id inside every serial, 0 to 2**20 - 1."""
    gtin = models.CharField(max_length=14)
    batch = models.CharField(max_length=20)
    count = models.IntegerField()
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    subject = models.CharField(max_length=200, db_index=True)
    """The goods line whose release makes these tags valid."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=now)
    key_version = models.SmallIntegerField(default=1)
    """Which version of the tag keys made the serials; old ranges keep theirs."""
    printed = models.IntegerField(default=0)
    """How many different labels were put into files so far."""
    state = models.CharField(max_length=12, default="ordered")
    """Of the order, then of all its items that have no other: see ``lifecycle``."""
    channel = models.CharField(max_length=12, default="general")
    carrier = models.CharField(max_length=8, default="print")
    """What carries the code: print, or chip (NFC)."""
    markets = models.JSONField(default=list)
    """Countries (ISO 3166 alpha-2) where the goods are meant to be sold; empty: not said."""
    asked_because = models.JSONField(default=list)
    """Reason codes for which the order needed approval."""
    ordered_by = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True)
    """What the officer said, or why the firm cancelled."""

    class Meta:
        indexes = [models.Index(fields=["gtin", "batch"], name="tags_range_batch")]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=0, number__lt=1 << 20), name="tags_range_20_bit"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="tags_range_count"),
            models.CheckConstraint(condition=models.Q(state__in=sorted(STATES)), name="tags_range_state"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The four characters with which every serial of the range begins."""
        return written(self.number, 4)


class Segment(models.Model):
    """A stretch of a range that is in another state than the range: indices ``first`` to ``last``, both included.

    Stretches of one range never overlap; neighbours of one state are one row.
    """

    distribution = "range_number"

    pk = models.CompositePrimaryKey("range_number", "first")
    range_number = models.IntegerField()
    first = models.IntegerField()
    last = models.IntegerField()
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    place = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="tags_segment_order"),
        ]


class Activation(models.Model):
    """The release of a goods line, remembered also for ranges that are ordered later."""

    distribution = "reference"

    subject = models.CharField(primary_key=True, max_length=200)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    goods = models.UUIDField(null=True)
    """Key of the subject: by it the scan path knows of whom the news is, and not which declaration it was."""
    changed_at = models.DateTimeField(null=True, db_index=True)
    """When this row last changed: the scan path asks what is new."""


class RecalledBatch(models.Model):
    """A recall that is in force for a batch; an empty batch means every batch of the product."""

    distribution = "gtin"

    pk = models.CompositePrimaryKey("gtin", "batch", "recall")
    gtin = models.CharField(max_length=14)
    batch = models.CharField(max_length=20, blank=True)
    recall = models.CharField(max_length=60)
    since = models.DateTimeField()
