"""Scans: looks at codes, what they add up to, and alarms about copies."""

from django.db import models


class Scan(models.Model):
    """One look at an item's page. ``device`` is a hash that changes daily and cannot be led back to anybody."""

    distribution = "item"

    pk = models.CompositePrimaryKey("item", "id")
    item = models.UUIDField()
    id = models.UUIDField()
    at = models.DateTimeField()
    range_number = models.IntegerField(default=0)
    index = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=10)
    device = models.BinaryField(max_length=8)
    place = models.CharField(max_length=12, blank=True)
    """UN/LOCODE of the city, where the edge knows it; nothing finer is kept."""


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


class Alarm(models.Model):
    """A rule that spoke up about an item's code. It stays in force until somebody undoes it with a reason."""

    distribution = "item"

    pk = models.CompositePrimaryKey("item", "id")
    item = models.UUIDField()
    id = models.UUIDField()
    range_number = models.IntegerField(db_index=True)
    rule = models.CharField(max_length=40)
    limits = models.CharField(max_length=20)
    """Version of the thresholds that were used."""
    kind = models.CharField(max_length=8)
    """copy, or data: a fault of records rather than of goods."""
    facts = models.JSONField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_why = models.TextField(blank=True)
