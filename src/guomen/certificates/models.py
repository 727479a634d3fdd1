"""Certificates: one row of facts from which the paper and the credential are made, and what is booked off them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guomen.certificates.rules import STATES, UNSIGNED
from guomen.certificates.tables import FetchedList, ForeignCertificate, IssuedForms, IssuingKey, TrustedIssuer
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation

__all__ = [
    "Asked",
    "Certificate",
    "FetchedList",
    "ForeignCertificate",
    "IssuedForms",
    "IssuingKey",
    "TrustedIssuer",
    "WriteOff",
]


class Certificate(models.Model):
    """A certificate's facts and life; :data:`guomen.certificates.rules.MOVES` says which state follows which.

    Expiry follows from the date: nobody writes it.
    """

    distribution = "number"

    number = models.CharField(primary_key=True, max_length=24)
    kind = models.CharField(max_length=2)
    """Code of :mod:`guomen.certificates.kinds`: of the trade's code tables (证书代码), or two letters of ours."""
    subject = models.CharField(max_length=200, db_index=True)
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    facts = models.JSONField()
    state = models.CharField(max_length=12, default="draft")
    valid_days = models.IntegerField()
    excluded_persons = ArrayField(models.UUIDField(), default=list)
    """Who accepted or inspected, as far as the drafter told; the ledger tells of the others."""
    drafted_by = models.UUIDField(null=True)
    drafted_at = models.DateTimeField(default=now)
    returned_reason = models.TextField(blank=True)
    """Why it was sent back to the drafter the last time."""
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    office = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """The drafter's office, then the signer's; who signed is an opaque id."""
    signed_by = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    jws = models.TextField(blank=True)
    pdf = models.CharField(max_length=64, blank=True)
    pdf_size = models.IntegerField(default=0)
    replaces = models.CharField(max_length=24, blank=True, db_index=True)
    """The number of the certificate that this one replaces when it is signed."""
    replaced_by = models.CharField(max_length=24, blank=True)
    replaced_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspend_code = models.CharField(max_length=24, blank=True)
    suspend_reason = models.TextField(blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoke_code = models.CharField(max_length=24, blank=True)
    revoke_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=UNSIGNED) | models.Q(signed_at__isnull=False, valid_until__isnull=False),
                name="certificate_signed_has_moment",
            ),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="certificate_state"),
            models.CheckConstraint(
                condition=~models.Q(state="replaced") | ~models.Q(replaced_by=""), name="certificate_replaced_by"
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "drafted_at"], condition=models.Q(state__in=UNSIGNED), name="certificate_waiting"
            ),
            models.Index(fields=["-signed_at"], name="certificate_signed_at"),
            models.Index(fields=["pdf"], condition=~models.Q(pdf=""), name="certificate_pdf"),
        ]

    def __str__(self) -> str:
        return self.number


class WriteOff(models.Model):
    """A booking on a packaging performance result: ``packages`` used or, below zero, given back, and what is left."""

    distribution = "certificate"

    pk = models.CompositePrimaryKey("certificate", "sequence")
    certificate = models.CharField(max_length=24)
    sequence = models.IntegerField()
    packages = models.IntegerField()
    balance = models.IntegerField()
    use_result = models.CharField(max_length=24)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(balance__gte=0), name="certificate_balance")]


class Asked(models.Model):
    """A firm asks for a certificate; an officer drafts it, or declines with a reason."""

    distribution = "id"

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=2)
    subject = models.CharField(max_length=200, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    state = models.CharField(max_length=8, default="open")
    """open, drafted or declined."""
    reason = models.TextField(blank=True)
    certificate = models.CharField(max_length=24, blank=True)
    asked_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(state="open"), name="certificate_asked_open")]
