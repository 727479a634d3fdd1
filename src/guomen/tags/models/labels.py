"""Label files: jobs that the worker does, and the parts that it made so far."""

from django.db import models

from guomen.tags.models.jobs import Job


class LabelJob(Job):
    """Labels of ``count`` indices from ``first`` on, as files. The worker makes part after part.

    state: waiting, done, failed, cancelled, or removed: its files were kept long enough.
    """

    distribution = "id"

    format = models.CharField(max_length=12)
    size = models.CharField(max_length=12)
    dpi = models.SmallIntegerField()
    """Of the label printer; means nothing to other formats than ZPL."""
    first = models.IntegerField()
    count = models.IntegerField()
    done = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(state="waiting"), name="tags_labeljob_waiting")]


class LabelPart(models.Model):
    """One file of a job, in the order in which they belong together."""

    distribution = "job"

    pk = models.CompositePrimaryKey("job", "number")
    job = models.UUIDField()
    number = models.IntegerField()
    first = models.IntegerField()
    count = models.IntegerField()
    digest = models.CharField(max_length=64, db_index=True)
    """Of the stored bytes, which are compressed (zlib) unless it is a PDF."""
    size = models.BigIntegerField()
    """Bytes of the file as people get it."""
