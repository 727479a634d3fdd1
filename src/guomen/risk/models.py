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
    """Inspected and failed lots of one product, origin, firm or pair: a long record and a short one; prices; sampling.

    All numbers are decayed to ``updated_at``.
    """

    distribution = "about"

    about = models.CharField(max_length=120, primary_key=True)
    """Such as ``hs:620520``, ``hs:620520|IT``, ``maker:…``, ``importer:…`` or ``pair:…``; names of firms are hashed."""
    inspected = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    failed = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    passes = models.IntegerField(default=0)
    """Lots in a row without a failure."""
    recent = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    """Inspected lots of the last weeks, at most the memory; of all lots (``all``): each counts for 1/p."""
    recent_failed = models.DecimalField(max_digits=18, decimal_places=6, default=0)
    price = models.DecimalField(max_digits=18, decimal_places=9, default=0)
    """Mean of the logarithm of value per kilogram, with its variance, over ``inspected`` lots (``price:…`` only)."""
    price_variance = models.DecimalField(max_digits=18, decimal_places=9, default=0)
    sampling = models.BooleanField(default=True)
    """Continuous sampling (``pair:…``): False while every lot is opened; with ``passed``, ``warned``, ``close``."""
    passed = models.IntegerField(default=0)
    warned = models.BooleanField(default=False)
    close = models.SmallIntegerField(default=0)
    updated_at = models.DateTimeField(default=now)


class Outcome(models.Model):
    """One inspected line: what was known before, with what probability it was opened, and whether it failed.

    The only thing that models learn from. Only the last word about it may change: when an inspection is repeated.
    """

    distribution = "subject"

    subject = models.CharField(max_length=60, primary_key=True)
    screened_at = models.DateTimeField()
    concluded_at = models.DateTimeField(db_index=True)
    keys = models.JSONField()
    """Level -> key of its tally."""
    hs = models.CharField(max_length=10)
    origin = models.CharField(max_length=2)
    measured = models.JSONField()
    """Numbers of the line itself, as text: deviation of its price, logarithm of its weight in kg."""
    probability = models.DecimalField(max_digits=9, decimal_places=6)
    likelihood = models.DecimalField(max_digits=9, decimal_places=6)
    """Of failing, as said at the screening."""
    failed = models.BooleanField()
    credit = models.CharField(max_length=2, default="B")
    """Of the importer: the scheme of continuous sampling."""
    price = models.DecimalField(max_digits=18, decimal_places=9, null=True)
    """Logarithm of the value of a kilogram in ``currency``."""
    currency = models.CharField(max_length=3, blank=True)
    corrected_at = models.DateTimeField(null=True)
    """When another inspection found the opposite of the first."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(probability__gt=0, probability__lte=1), name="risk_outcome_probability"
            )
        ]


class ModelCard(models.Model):
    """A model that ranks lots, with what is known of it. ``card``: as :func:`guomen.risk.learning.plain`."""

    distribution = "reference"
    STATES = ("trained", "proposed", "active", "former")

    id = models.UUIDField(primary_key=True, default=uuid7)
    sha256 = models.CharField(max_length=64)
    """Of the model's bytes, which are kept as a file."""
    trained_at = models.DateTimeField(default=now)
    trained_by = models.UUIDField(null=True)
    """The person; none for the schedule and the command line."""
    state = models.CharField(max_length=8, default="trained")
    card = models.JSONField()
    proposed_by = models.UUIDField(null=True)
    activated_by = models.UUIDField(null=True)
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["trained", "proposed", "active", "former"]), name="risk_model_state"
            ),
        ]


class Reported(models.Model):
    """A signal about a product that nobody has withdrawn."""

    distribution = "gtin"

    pk = models.CompositePrimaryKey("gtin", "signal")
    gtin = models.CharField(max_length=14)
    signal = models.UUIDField()
    at = models.DateTimeField()


class Standing(models.Model):
    """Whether the scores still tell the truth: one row, ``trust``, brought up to date by the week."""

    distribution = "reference"

    name = models.CharField(max_length=10, primary_key=True)
    doubt = models.DecimalField(max_digits=4, decimal_places=3, default=0)
    """From 0 (scores hold) to 1."""
    expected = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    found = models.IntegerField(default=0)
    shaken_at = models.DateTimeField(null=True)
    weighed_at = models.DateTimeField(default=now)


class Seed(models.Model):
    """The commitment to the secret seed of one day, published before the seed is used."""

    distribution = "reference"

    day = models.DateField(primary_key=True)
    commitment = models.CharField(max_length=64)
    committed_at = models.DateTimeField(default=now)
    disclosed_at = models.DateTimeField(null=True)
