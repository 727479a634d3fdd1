"""Tags: ranges of serials, exceptions to them, and scans. Nothing is stored for an item that is merely on its way."""

from django.db import models

from guomen.kit.clock import now
from guomen.parties.models import Organisation

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


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
    printed = models.IntegerField(default=0)
    """How many labels were put on sheets or lists so far, counted from index 0."""

    class Meta:
        indexes = [models.Index(fields=["gtin", "batch"], name="tags_range_batch")]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=0, number__lt=1 << 20), name="tags_range_20_bit"),
            models.CheckConstraint(condition=models.Q(count__gte=1), name="tags_range_count"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The four characters with which every serial of the range begins."""
        return "".join(_LETTERS[self.number >> shift & 31] for shift in (15, 10, 5, 0))


class Activation(models.Model):
    """The release of a goods line, remembered also for ranges that are ordered later."""

    distribution = "reference"

    subject = models.CharField(primary_key=True, max_length=200)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)


class RecalledBatch(models.Model):
    """A recall that is in force for a batch; an empty batch means every batch of the product."""

    distribution = "gtin"

    pk = models.CompositePrimaryKey("gtin", "batch", "recall")
    gtin = models.CharField(max_length=14)
    batch = models.CharField(max_length=20, blank=True)
    recall = models.CharField(max_length=60)
    since = models.DateTimeField()


class Withdrawn(models.Model):
    """One item that left the ordinary path: destroyed, stolen, its label spoiled."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()


class Sale(models.Model):
    """One item's sale over the counter."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    range_number = models.IntegerField()
    gtin = models.CharField(max_length=14)
    batch = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.UUIDField(null=True)
    place = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["gtin", "batch"], name="tags_sale_batch")]


class Scan(models.Model):
    """One look at an item's page. ``device`` is a hash that changes daily and cannot be led back to anybody."""

    distribution = "item"

    pk = models.CompositePrimaryKey("item", "id")
    item = models.UUIDField()
    id = models.UUIDField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=10)
    device = models.BinaryField(max_length=8)
    place = models.CharField(max_length=12, blank=True)
    """UN/LOCODE of the city, where the edge knows it; nothing finer is kept."""


class DailySalt(models.Model):
    """The day's random salt of visitor hashes. It is deleted afterwards: then nobody can recompute a hash."""

    distribution = "local"

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)


class Tally(models.Model):
    """How often a visitor did something today: what public forms are limited by."""

    distribution = "visitor"

    pk = models.CompositePrimaryKey("visitor", "what", "day")
    visitor = models.BinaryField(max_length=8)
    what = models.CharField(max_length=20)
    day = models.DateField(db_index=True)
    count = models.IntegerField()
