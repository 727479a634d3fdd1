"""Tables of formats and verification: the signed forms of our certificates, trusted issuers, what came from them."""

import re
from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation


class IssuedForms(models.Model):
    """The forms of a signed certificate beside credential and paper, and its place in the published status lists."""

    distribution = "number"

    number = models.CharField(primary_key=True, max_length=24)
    sd_jwt = models.TextField()
    """With all disclosures: the holder chooses which to show."""
    slip = models.TextField()
    list = models.IntegerField()
    position = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["list", "position"], name="certificate_place")]

    def __str__(self) -> str:
        return f"{self.list}/{self.position}"


class IssuingKey(models.Model):
    """A pair of keys that sign certificates; public halves only. There is no row until the first pair is replaced."""

    distribution = "reference"

    number = models.IntegerField(primary_key=True)
    public = models.CharField(max_length=64)
    """Ed25519, hexadecimal."""
    paper = models.CharField(max_length=66)
    """P-256, for PDF files: the compressed point, hexadecimal."""
    since = models.DateTimeField(null=True)
    """When it began to sign; none for the first."""
    until = models.DateTimeField(null=True)
    """When it stopped."""
    leaked_at = models.DateTimeField(null=True)
    """Since when others know it, as far as we can tell."""
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of_names(cls, stored: Iterable[str]) -> "list[IssuingKey]":
        """The pairs of which a keystore has a key, and the first."""
        found = (re.fullmatch(r"certificates(-pdf)?-([1-9][0-9]*)", name) for name in stored)
        return [cls(number=number) for number in sorted({1, *(int(one[2]) for one in found if one)})]

    @property
    def name(self) -> str:
        """Of the Ed25519 key in the keystore."""
        return "certificates" if self.number == 1 else f"certificates-{self.number}"

    @property
    def paper_name(self) -> str:
        """Of the P-256 key in the keystore."""
        return "certificates-pdf" if self.number == 1 else f"certificates-pdf-{self.number}"


class TrustedIssuer(models.Model):
    """Somebody whose certificates we believe, for what, and until when. A change is a new row that another confirms.

    state: proposed, active, declined, withdrawn, or superseded by a newer row of the same identifier.
    """

    distribution = "reference"

    id = models.UUIDField(primary_key=True, default=uuid7)
    identifier = models.CharField(max_length=300, db_index=True)
    """As certificates name it: the issuer of a credential, or the name in an ePhyto."""
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    kinds = ArrayField(models.CharField(max_length=300))
    """Types of credentials as the issuer writes them; ``*`` for every one."""
    countries = ArrayField(models.CharField(max_length=2))
    """Origins of goods that it may certify; none: every one."""
    headings = ArrayField(models.CharField(max_length=10))
    """Beginnings of commodity codes that it may certify; none: every one."""
    keys = models.JSONField()
    """A JWK Set (RFC 7517) of public keys."""
    roots = models.TextField(blank=True)
    """X.509 certificates (PEM) that signatures on its papers must lead to."""
    status_addresses = ArrayField(models.CharField(max_length=300))
    """Beginnings of the addresses where it publishes states. Nothing else is ever fetched."""
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    state = models.CharField(max_length=12, default="proposed")
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField(default=now)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identifier"], condition=models.Q(state="active"), name="issuer_active_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | ~models.Q(decided_by=models.F("proposed_by")),
                name="issuer_by_two",
            ),
        ]

    def __str__(self) -> str:
        return self.identifier


class ForeignCertificate(models.Model):
    """A certificate of somebody else, attached to goods: the bytes as they came, and what was found when they came.

    What is found of it now follows from the bytes, the trust list and the fetched lists of states.
    """

    distribution = "id"

    id = models.UUIDField(primary_key=True, default=uuid7)
    subject = models.CharField(max_length=200, db_index=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    """SHA-256 of the bytes, under which they are kept."""
    size = models.IntegerField()
    filename = models.CharField(max_length=120, blank=True)
    form = models.CharField(max_length=12)
    identity = models.CharField(max_length=64, db_index=True)
    verdict = models.CharField(max_length=16)
    """At receipt."""
    received_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.id)


class FetchedList(models.Model):
    """A list of states of a trusted issuer, as it was fetched last. The worker fetches what is due."""

    distribution = "reference"

    address = models.CharField(primary_key=True, max_length=300)
    body = models.BinaryField(default=b"")
    is_cose = models.BooleanField(default=False)
    fetched_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return self.address
