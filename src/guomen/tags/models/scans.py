"""Scans: looks at codes, what they add up to, and alarms about copies."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Scan(models.Model):
    """One look at an item's page. ``device`` is a hash that changes daily and cannot be led back to anybody.

    Written once, together with others of its batch, and left there until it is forgotten. A code that does not exist is
    told as well: ``index`` -1, ``range_number`` the order that it claims, or -1.
    """

    distribution = "batch"

    pk = models.CompositePrimaryKey("batch", "number")
    batch = models.UUIDField()
    """Rises with time, so that rows and their key are appended. The same batch sent again is refused."""
    number = models.SmallIntegerField(default=0)
    item = models.UUIDField()
    at = models.DateTimeField()
    range_number = models.IntegerField(default=0)
    index = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=10)
    device = models.BinaryField(max_length=8)
    place = models.CharField(max_length=12, blank=True)
    """UN/LOCODE of the city, where the edge knows it; nothing finer is kept."""
    counter = models.CharField(max_length=10, blank=True, db_default="")
    """What the scan path found a chip's counter to be (``rules.Counter``); empty for what is printed."""

    class Meta:
        # The few officers who look into an alarm wait for a summary to be read; a key of its own for each scan would be
        # as large as the scans.
        indexes = [BrinIndex(fields=["item", "at"], name="tags_scan_item")]


class ScanBatch(models.Model):
    """Outbox: scans that wait to be added up, by their batch."""

    distribution = "batch"

    batch = models.UUIDField(primary_key=True)
    count = models.IntegerField()


class Seen(models.Model):
    """What the public's scans of one item add up to, kept by who digests new scans."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    times = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    devices = models.IntegerField()
    places = models.IntegerField()
    recent = models.JSONField(default=list)
    """The newest few scans: [seconds since 1970, device as hex, UN/LOCODE], newest first."""
    alarms = models.JSONField(default=list)
    """Reason codes that are in force for this item."""
    trail = models.JSONField(default=dict)
    """What the copy rules remember (``rules.Trail.stored``)."""


class Traffic(models.Model):
    """How often codes of one order were checked in one hour and city; after some weeks, in one day and city."""

    distribution = "range_number"

    pk = models.CompositePrimaryKey("range_number", "hour", "place")
    range_number = models.IntegerField()
    hour = models.DateTimeField()
    place = models.CharField(max_length=12, blank=True)
    times = models.IntegerField()
    """Scans of the public."""
    phones = models.IntegerField()
    """Times that a phone looked at an item for the first time on its day."""
    at_work = models.IntegerField()
    """Scans of retailers and inspectors."""

    class Meta:
        indexes = [BrinIndex(fields=["hour"], name="tags_traffic_hour")]


class Alarm(models.Model):
    """A rule that spoke up about an item's code, or about a whole order (``index`` -1, ``item`` the key of its name).

    It stays in force until somebody undoes it with a reason.
    """

    distribution = "item"

    pk = models.CompositePrimaryKey("item", "id")
    item = models.UUIDField()
    id = models.UUIDField()
    range_number = models.IntegerField(db_index=True)
    index = models.BigIntegerField(default=-1)
    rule = models.CharField(max_length=40)
    limits = models.CharField(max_length=20)
    """Version of the thresholds that were used."""
    kind = models.CharField(max_length=8)
    """copy, or data: a fault of records rather than of goods."""
    facts = models.JSONField()
    """Numbers of the rule's sentence (``words.ALARMS``)."""
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=10, blank=True)
    """Why it was no copy: data, display, published, test or other."""
    undone_why = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="tags_alarm_id"),
            models.Index(fields=["at"], condition=models.Q(undone_at=None), name="tags_alarm_open"),
        ]
