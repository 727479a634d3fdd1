"""Signals and what reporters wrote, alerts and their assessments, recalls and the notices to holders."""

from django.db import models

from guomen.kit.clock import now
from guomen.parties.models import Organisation


class Signal(models.Model):
    """One message that a product may be dangerous. Who sent it is only a salted hash."""

    distribution = "id"

    id = models.UUIDField(primary_key=True)
    source = models.CharField(max_length=20)
    gtin = models.CharField(max_length=14, blank=True, db_index=True)
    batch = models.CharField(max_length=20, blank=True)
    item = models.TextField(blank=True)
    hazard = models.CharField(max_length=40)
    severity = models.SmallIntegerField(default=0)
    """1 to 4 as in the risk matrix; 0 when nobody was hurt or nobody knows."""
    reporter = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    """SHA-256 over the salt and text of :class:`Told`, hexadecimal: what the ledger holds of it."""
    alert = models.CharField(max_length=20, blank=True, db_index=True)
    received_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
    """When it turned out to be a false alarm: from then on it weighs nothing."""


class Told(models.Model):
    """What a reporter wrote, and how to reach them: personal data that can be erased without touching the ledger."""

    distribution = "signal_id"

    signal_id = models.UUIDField(primary_key=True)
    salt = models.CharField(max_length=32)
    text = models.TextField(blank=True)
    contact = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    photo = models.CharField(max_length=64, blank=True)


class Alert(models.Model):
    """A product and a hazard that somebody has to judge."""

    distribution = "number"

    number = models.CharField(max_length=20, primary_key=True)
    gtin = models.CharField(max_length=14, db_index=True)
    batches = models.JSONField(default=list)
    hazard = models.CharField(max_length=40)
    signal_level = models.CharField(max_length=3)
    level = models.CharField(max_length=3)
    """I to IV: what signals say until a person has assessed; then what the assessment says."""
    score = models.DecimalField(max_digits=12, decimal_places=3)
    rule = models.CharField(max_length=40)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open")
    owner_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField(default=now)
    review_on = models.DateField()
    lifted_at = models.DateTimeField(null=True)


class Assessment(models.Model):
    """A person's judgement of an alert by the risk matrix. The newest counts."""

    distribution = "alert"

    pk = models.CompositePrimaryKey("alert", "sequence")
    alert = models.CharField(max_length=20)
    sequence = models.SmallIntegerField()
    scenarios = models.JSONField()
    """A list of {"words", "steps": [{"words", "chance"}], "severity": 1 to 4, "probability", "band", "level"}."""
    risk = models.CharField(max_length=10)
    worst = models.SmallIntegerField()
    changes = models.JSONField(default=list)
    """Moves of one input that change the level: [{"scenario", "step", "direction", "level"}]."""
    person_id = models.UUIDField(null=True)
    assessed_at = models.DateTimeField(default=now)


class Recall(models.Model):
    """Goods that must come back, why, and what people should do."""

    distribution = "number"

    number = models.CharField(max_length=20, primary_key=True)
    alert = models.CharField(max_length=20)
    gtin = models.CharField(max_length=14, db_index=True)
    batches = models.JSONField(default=list)
    """Empty: every batch of the product."""
    reason = models.JSONField()
    advice = models.JSONField()
    hazard = models.CharField(max_length=40)
    level = models.CharField(max_length=3)
    measures = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="in-force")
    ordered_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=now)


class Notice(models.Model):
    """What a holder of recalled goods was told, and what they answered."""

    distribution = "id"

    id = models.UUIDField(primary_key=True)
    recall = models.CharField(max_length=20, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    why = models.JSONField()
    """[{"role": importer, holder or seller, "units": decimal text or ""}]"""
    sent_at = models.DateTimeField(default=now)
    acknowledged_at = models.DateTimeField(null=True)
    units_recovered = models.IntegerField(null=True)
