"""Cases that several agencies work on at the same time, each by its own law."""

from django.db import models

from guomen.kit.clock import now
from guomen.parties.models import Organisation


class Case(models.Model):
    """What several agencies look at together. Subjects are names of the ledger: the shared facts are its entries."""

    distribution = "number"

    number = models.CharField(max_length=20, primary_key=True)
    title = models.JSONField()
    kind = models.CharField(max_length=20)
    subjects = models.JSONField()
    state = models.CharField(max_length=10, default="open")
    opened_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)


class Participant(models.Model):
    """One agency in a case and its own decision, which only this agency can change."""

    distribution = "case"

    pk = models.CompositePrimaryKey("case", "organisation_id")
    case = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    interest = models.CharField(max_length=20, default="")
    """Why it takes part: opened, maker-country, departure-country, invited."""
    decision = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    joined_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)


class Message(models.Model):
    """What one agency tells the others. The ledger holds a salted commitment to the text."""

    distribution = "case"

    pk = models.CompositePrimaryKey("case", "id")
    case = models.CharField(max_length=20)
    id = models.UUIDField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person_id = models.UUIDField(null=True)
    text = models.TextField()
    salt = models.CharField(max_length=32)
    posted_at = models.DateTimeField(default=now)
