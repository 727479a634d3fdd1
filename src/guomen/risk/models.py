"""Measures in force, what became of inspected goods, and the committed seeds of the draw."""

from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import uuid7


class Measure(models.Model):
    """What happens to goods that match every non-empty field: hold, full inspection, or laboratory."""

    distribution = "reference"

    id = models.UUIDField(primary_key=True, default=uuid7)
    effect = models.CharField(max_length=8)
    gtin = models.CharField(max_length=14, blank=True)
    batch = models.CharField(max_length=20, blank=True)
    hs_prefix = models.CharField(max_length=10, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    maker = models.CharField(max_length=200, blank=True)
    reason_code = models.CharField(max_length=40)
    level = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=200)
    """The subject that it comes from, such as an alert or a recall."""
    starts_at = models.DateTimeField(default=now)
    ends_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(effect__in=["hold", "full", "lab"]), name="risk_measure_effect")
        ]
        indexes = [models.Index(fields=["gtin"], condition=models.Q(lifted_at=None), name="risk_measure_in_force")]


class Tally(models.Model):
    """Inspected and failed lots of one party, product or pair, decayed by half a life at each update."""

    distribution = "about"

    about = models.CharField(max_length=120, primary_key=True)
    """Such as ``hs:620520``, ``hs:620520|IT``, ``maker:…``, ``importer:…`` or ``pair:…``; names of firms are hashed."""
    inspected = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    failed = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    passes = models.IntegerField(default=0)
    """Lots in a row without a failure."""
    updated_at = models.DateTimeField(default=now)


class Seed(models.Model):
    """The commitment to the secret seed of one day, published before the seed is used."""

    distribution = "reference"

    day = models.DateField(primary_key=True)
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField(default=now)
