"""Seals and their journeys: who applied which seal to which container, what it said, what was wrong, who checked it."""

from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation
from guomen.seals.rules import Limits, Reading


class Seal(models.Model):
    """One seal on one container: one journey. The newest reading is kept here so that a map needs one query."""

    distribution = "number"

    number = models.CharField(primary_key=True, max_length=30)
    container = models.CharField(max_length=11, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Who reports for the seal: the carrier, or the authority that applied it."""
    seal_class = models.CharField(max_length=1)
    state = models.CharField(max_length=10, default="armed")
    place = models.CharField(max_length=100)
    photo = models.CharField(max_length=64, blank=True)
    armed_at = models.DateTimeField()
    disarmed_at = models.DateTimeField(null=True)
    disarmed_place = models.CharField(max_length=100, blank=True)
    silent_hours = models.SmallIntegerField()
    low_battery_percent = models.SmallIntegerField()
    low_celsius = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    high_celsius = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    heard_at = models.DateTimeField(null=True)
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    sealed = models.BooleanField(default=True)
    counter = models.BigIntegerField(null=True)
    battery_percent = models.SmallIntegerField(null=True)
    celsius = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    @property
    def limits(self) -> Limits:
        return Limits(self.silent_hours, self.low_battery_percent, self.low_celsius, self.high_celsius)


class Closed(models.Model):
    """Which seal is on a container now. The primary key allows one."""

    distribution = "container"

    container = models.CharField(primary_key=True, max_length=11)
    seal = models.CharField(max_length=30)


class SealReading(models.Model):
    """One reading. Two different readings of one moment are both kept: that is evidence, not an error."""

    distribution = "seal"

    pk = models.CompositePrimaryKey("seal", "at", "digest")
    seal = models.CharField(max_length=30)
    at = models.DateTimeField()
    digest = models.BinaryField(max_length=16)
    sealed = models.BooleanField()
    counter = models.BigIntegerField()
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    lon = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    battery_percent = models.SmallIntegerField(null=True)
    celsius = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    received_at = models.DateTimeField(default=now)

    @property
    def value(self) -> Reading:
        return Reading(self.at, self.sealed, self.counter, self.lat, self.lon, self.battery_percent, self.celsius)


class SealAlarm(models.Model):
    """An alarm once raised stays. ``since`` and ``seen`` follow when earlier evidence arrives."""

    distribution = "seal"

    pk = models.CompositePrimaryKey("seal", "code")
    seal = models.CharField(max_length=30)
    code = models.CharField(max_length=30)
    since = models.DateTimeField()
    seen = models.JSONField(default=dict)
    raised_at = models.DateTimeField(default=now)


class SealCheck(models.Model):
    """A seal presented and compared, also one that nobody applied."""

    distribution = "seal"

    pk = models.CompositePrimaryKey("seal", "id")
    seal = models.CharField(max_length=30)
    id = models.UUIDField(default=uuid7)
    container = models.CharField(max_length=30)
    place = models.CharField(max_length=100)
    at = models.DateTimeField()
    match = models.BooleanField()
    reasons = models.JSONField(default=list)
