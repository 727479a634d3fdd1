"""Certificates: one row of facts from which the paper and the credential are made."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guomen.kit.clock import now
from guomen.parties.models import Organisation


class Certificate(models.Model):
    """A certificate's facts and life. Draft, then signed; a signed one may be revoked. Expiry follows from the date."""

    distribution = "number"

    number = models.CharField(primary_key=True, max_length=24)
    kind = models.CharField(max_length=2)
    """Certificate code of the Chinese trade code tables (随附单证 / 证书代码)."""
    subject = models.CharField(max_length=200, db_index=True)
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    facts = models.JSONField()
    state = models.CharField(max_length=8, default="draft")
    valid_days = models.IntegerField()
    excluded_persons = ArrayField(models.UUIDField(), default=list)
    """Who accepted or inspected: may not sign (Regulation on inspection, article 30: separate posts)."""
    drafted_by = models.UUIDField(null=True)
    drafted_at = models.DateTimeField(default=now)
    office = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """The signer's office; who signed is an opaque id."""
    signed_by = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    jws = models.TextField(blank=True)
    pdf = models.CharField(max_length=64, blank=True)
    pdf_size = models.IntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(signed_at__isnull=False, valid_until__isnull=False),
                name="certificate_signed_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number
