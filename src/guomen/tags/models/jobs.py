"""What jobs of the worker have in common that are done part after part."""

from django.db import models

from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation


class Job(models.Model):
    """Work on a range that an organisation asked for; ``done`` says how far it is: guomen.tags.parts."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    range_number = models.IntegerField(db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.UUIDField(null=True)
    via = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="waiting")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(default=0)
    """Of the part that is next, in a row."""

    done: int

    class Meta:
        abstract = True
