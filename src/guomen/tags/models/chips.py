"""Who may write chips: encoding houses with their public keys, and the ranges that firms gave them."""

from django.db import models

from guomen.parties.models import Organisation


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
