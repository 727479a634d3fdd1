"""Inspection orders with their answers and photos, samples with their results."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guomen.kit.clock import now
from guomen.kit.words import W
from guomen.parties.models import Organisation

LIMIT = {"max_digits": 22, "decimal_places": 9}


class Order(models.Model):
    """One instruction to inspect one goods line. Asking twice for the same cause is one order."""

    distribution = "id"

    id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(db_index=True)
    subject = models.TextField(db_index=True)
    declaration = models.CharField(max_length=18)
    line = models.SmallIntegerField()
    goods_en = models.CharField(max_length=300)
    goods_zh = models.CharField(max_length=300)
    checklist = models.CharField(max_length=40)
    checklist_hash = models.CharField(max_length=64)
    rule_pack = models.CharField(max_length=20)
    """The version that ordered the inspection also judges it: a new pack changes nothing under way."""
    open_units = models.IntegerField(default=0)
    population = models.IntegerField(default=0)
    sample_units = models.IntegerField(default=0)
    panel = models.CharField(max_length=40, blank=True)
    """The laboratory panel that decides; empty when no laboratory is needed."""
    reasons = models.JSONField(default=list)
    place = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True)
    container = models.CharField(max_length=11, blank=True)
    seal = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, default="waiting")
    created_at = models.DateTimeField(default=now)
    not_for = ArrayField(models.UUIDField(), default=list)
    """People who may not take it: who inspected the goods the first time does not inspect them again on request."""
    not_at = ArrayField(models.UUIDField(), default=list)
    """Laboratories that may not test it: the one that tested the goods the first time does not test them again."""
    fast = models.BooleanField(default=False)
    """Whether a fast test at the goods lets them go before the laboratory's report (快检快放)."""
    in_parts = models.BooleanField(default=False)
    """Whether the goods are unloaded and looked at part by part: it is concluded when no part is left."""
    officer_id = models.UUIDField(null=True)
    second_officer_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    """When the inspection ended, by a conclusion or by a hold."""
    outcome = models.CharField(max_length=12, blank=True)
    outcome_reasons = models.JSONField(default=list)
    note = models.TextField(blank=True)
    note_salt = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="inspection_order_by_due"),
            models.Index(
                fields=["concluded_at"],
                condition=models.Q(concluded_at__isnull=False),
                name="inspection_order_ended",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "taken", "concluded", "held", "cancelled"]),
                name="inspection_order_state",
            )
        ]

    @property
    def goods(self) -> W:
        return W(self.goods_en, self.goods_zh)

    @property
    def wants_sample(self) -> bool:
        return bool(self.panel) or self.sample_units > 0


class Answer(models.Model):
    """What the officer found for one checklist item; the ledger keeps what was there before a correction."""

    distribution = "order_id"

    pk = models.CompositePrimaryKey("order_id", "item")
    order_id = models.UUIDField()
    item = models.CharField(max_length=40)
    choice = models.CharField(max_length=12)
    value = models.DecimalField(null=True, **LIMIT)
    """As read, in ``unit``."""
    unit = models.CharField(max_length=20, blank=True)
    background = models.DecimalField(null=True, **LIMIT)
    judged = models.DecimalField(null=True, **LIMIT)
    """What was compared with the limit, in the limit's unit (net for dose rates)."""
    verdict = models.CharField(max_length=12)
    note = models.TextField(blank=True)
    note_salt = models.CharField(max_length=32, blank=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(default=now)


class Photo(models.Model):
    """A photo of an item of an order, named by its bytes. One picture may show several items."""

    distribution = "order_id"

    pk = models.CompositePrimaryKey("order_id", "sha256", "item")
    order_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    item = models.CharField(max_length=40)
    taken_by = models.UUIDField(null=True)
    taken_at = models.DateTimeField(default=now)


class Sample(models.Model):
    """A sealed sample on its way through a laboratory."""

    distribution = "number"

    number = models.CharField(primary_key=True, max_length=20)
    order_id = models.UUIDField(db_index=True)
    subject = models.TextField(db_index=True)
    goods_en = models.CharField(max_length=300)
    goods_zh = models.CharField(max_length=300)
    seal_number = models.CharField(max_length=40)
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit = models.CharField(max_length=20)
    panel = models.CharField(max_length=40, blank=True)
    rule_pack = models.CharField(max_length=20)
    laboratory = models.ForeignKey(Organisation, models.PROTECT, related_name="samples")
    drawn_by = models.UUIDField(null=True)
    drawn_at = models.DateTimeField(default=now)
    received_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.UUIDField(null=True)
    fast = models.CharField(max_length=8, blank=True)
    """What a fast test at the goods found: negative, positive; empty without one."""
    fast_method = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=12, default="drawn")
    verdict = models.CharField(max_length=4, blank=True)

    @property
    def goods(self) -> W:
        return W(self.goods_en, self.goods_zh)


class Result(models.Model):
    """One analyte of one sample, judged against the limits of its panel."""

    distribution = "sample"

    pk = models.CompositePrimaryKey("sample", "analyte")
    sample = models.CharField(max_length=20)
    analyte = models.CharField(max_length=40)
    operator = models.CharField(max_length=1, default="=")
    value = models.DecimalField(**LIMIT)
    unit = models.CharField(max_length=20, blank=True)
    loq = models.DecimalField(null=True, **LIMIT)
    verdict = models.CharField(max_length=12)
    entered_by = models.UUIDField(null=True)
    entered_at = models.DateTimeField(default=now)


class Staffing(models.Model):
    """Officers on duty in a shift of an office from a day on, until a later row says otherwise."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation", "shift", "since")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    shift = models.SmallIntegerField()
    """The hour at which it begins: 0, 8 or 16."""
    since = models.DateField()
    officers = models.SmallIntegerField()
