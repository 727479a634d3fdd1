"""Messages of programs about declarations, and the receipts that they get."""

from datetime import timedelta

from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation
from guomen.trace.addressed import Addressed


class Thread(models.Model):
    """The messages of a sender about one consignment, and how far they have been applied."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation", "reference")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40)
    declaration = models.CharField(max_length=18, blank=True, db_index=True)
    version = models.SmallIntegerField(default=0)
    """The last message version that was dealt with; the next one to be is one higher."""


class Message(models.Model):
    """A message as it came in, applied once, in the order of its version and not of its arrival."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation", "message_id")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=64)
    reference = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    kind = models.CharField(max_length=8)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8)
    """waiting (an earlier version is missing), applied or refused."""
    problems = models.JSONField(default=list)
    received_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "reference", "version"], name="clearance_message_thread"),
            models.Index(
                fields=["organisation"], condition=models.Q(state="waiting"), name="clearance_message_waiting"
            ),
        ]


class Receipt(models.Model):
    """One receipt (回执) of a declaration for its declarant: a node that it reached, in the order of the ledger."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation", "position", "node")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    position = models.BigIntegerField()
    """Of the ledger entry that it tells of."""
    node = models.CharField(max_length=24)
    declaration = models.CharField(max_length=18, db_index=True)
    reference = models.CharField(max_length=40, blank=True)
    line = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)


class ReceiptSubscription(Addressed):
    """An address of a firm to which its receipts are sent, in the order of the ledger."""

    distribution = "reference"

    LONGEST_PAUSE = timedelta(minutes=30)

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    format = models.CharField(max_length=4, default="json")
    """``json`` or ``xml``."""
    language = models.CharField(max_length=7)
    """In which receipts say what they mean."""
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    position = models.BigIntegerField()
    """Of the last receipt that the receiver has; the next ones have a higher one."""
    upto = models.BigIntegerField(null=True)
    """Of the last receipt in the delivery that is on its way."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(format__in=("json", "xml")), name="clearance_receipt_format")
        ]


class ReceiptDelivery(models.Model):
    """Receipts that a subscriber has: the delivery that brought them, and what the receiver called its own receipt."""

    distribution = "subscription_id"

    pk = models.CompositePrimaryKey("subscription_id", "delivery")
    subscription_id = models.UUIDField()
    delivery = models.UUIDField()
    """Time-ordered."""
    count = models.IntegerField()
    upto = models.BigIntegerField()
    received_at = models.DateTimeField()
    receipt = models.CharField(max_length=100, blank=True)
