"""Organisations, people, API tokens and remembered answers. Master data: reference tables when distributed."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import uuid7


class Organisation(models.Model):
    """A legal person: authority, trader, laboratory, carrier, retailer or partner authority."""

    distribution = "reference"

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=16)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    code = models.CharField(max_length=40, unique=True)
    """Registration code: USCC (GB 32100-2015) in China, the national business number elsewhere."""
    credit_class = models.CharField(max_length=2, default="B")
    """Enterprise credit class AA, A, B, C or D; D is the worst."""
    place = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        from guomen.kit.words import is_chinese

        return self.name_zh if is_chinese() else self.name_en


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None, **fields: object) -> "Person":
        """Add a person directly (tests and first start); people use :func:`guomen.parties.services.add_person`."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """A person with roles in one organisation. Personal data lives here only, never in the ledger."""

    distribution = "local"

    id = models.UUIDField(primary_key=True, default=uuid7)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people")
    roles = ArrayField(models.CharField(max_length=20), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = People()

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A program's key. Only the SHA-256 of the 256-bit secret is stored."""

    distribution = "local"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_by = models.ForeignKey(Person, models.PROTECT)
    created_at = models.DateTimeField(default=now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Remembered(models.Model):
    """The answer once given to an idempotency key: a repeated request gets it again and nothing happens twice."""

    distribution = "who"

    pk = models.CompositePrimaryKey("who", "key")
    who = models.CharField(max_length=64)
    key = models.CharField(max_length=100)
    fingerprint = models.BinaryField(max_length=32)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=now, db_index=True)
