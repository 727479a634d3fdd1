"""Messages of programs about declarations, and the receipts that they get."""

from django.db import models

from guomen.kit.clock import now
from guomen.parties.models import Organisation


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
        indexes = [models.Index(fields=["organisation", "reference", "version"], name="clearance_message_thread")]


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
