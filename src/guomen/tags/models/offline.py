"""What devices without a network rely on: codes that the authority signed; who may have files of a firm's goods."""

from django.db import models

from guomen.parties.models import Organisation


class SignedCode(models.Model):
    """A code for a carton or a document. Its number is its place in the status lists, counted from 0 over all of them.

    The text itself is not kept: it follows from this row and the key.
    """

    distribution = "number"

    number = models.BigIntegerField(primary_key=True)
    subject = models.CharField(max_length=400)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_why = models.CharField(max_length=300, blank=True)


class Dealer(models.Model):
    """A retailer that a firm lets check its goods without a network."""

    distribution = "reference"

    pk = models.CompositePrimaryKey("organisation", "retailer")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    retailer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateTimeField()
