"""Who may write chips: encoding houses with their public keys, and the ranges that firms gave them."""

from django.db import models

from guomen.parties.models import Organisation
from guomen.tags.models.jobs import Job


class ChipFile(Job):
    """A large file of chips, registered part after part. The file itself goes when it is done.

    state: waiting, done, failed, or broken: a part of it is no text, the parts before it count.
    """

    distribution = "id"

    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    done = models.BigIntegerField(default=0)
    """Bytes that were read."""
    lines = models.IntegerField(default=0)
    registered = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    rows = models.JSONField(default=list)
    """Refused rows: [line, uid, code]."""

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(state="waiting"), name="tags_chipfile_waiting")]


class EncodingHouse(models.Model):
    """An organisation that the authority trusts to write chips, and the key that chip keys are wrapped to."""

    distribution = "reference"

    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True, related_name="+")
    key = models.JSONField()
    """Public JWK (RFC 7517)."""
    thumbprint = models.CharField(max_length=64)
    """RFC 7638, by which both sides compare the key."""
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Encoding(models.Model):
    """The house that writes the chips of a range: named by the range's firm."""

    distribution = "reference"

    range_number = models.IntegerField(primary_key=True)
    house = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateTimeField()
