"""What the public scan path knows: facts that were put together beforehand, never asked for on the way."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Published(models.Model):
    """The public facts of one range. ``version`` rises with every change, over all ranges; 0: nothing composed yet."""

    distribution = "reference"

    range_number = models.IntegerField(primary_key=True)
    version = models.BigIntegerField(default=0, db_index=True)
    facts = models.JSONField(default=dict)
    pages = models.JSONField(default=dict)
    """Pieces of the page that all items of the range share, by language."""
    made_with = models.CharField(max_length=16, db_default="", default="")
    """What rendered the pieces: those of an older release have to be rendered anew."""
    about = ArrayField(models.UUIDField(), default=list)
    """Keys of subjects whose news may change the facts: goods line, declaration, batch, product, containers."""
    due_at = models.DateTimeField(null=True)
    """From when on the facts have to be composed anew: now after news, later when a certificate runs out."""

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="tags_published_due", condition=models.Q(due_at__isnull=False)),
            GinIndex(fields=["about"], name="tags_published_about"),
        ]


class PublishedRecall(models.Model):
    """What the pages of recalled goods say: one row stops millions of items."""

    distribution = "reference"

    recall = models.CharField(primary_key=True, max_length=60)
    version = models.BigIntegerField(db_index=True)
    facts = models.JSONField()
