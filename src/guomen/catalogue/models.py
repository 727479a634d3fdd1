"""Products and links: master data, reference tables when distributed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.parties.models import Organisation


class Product(models.Model):
    """A trade item as its importer or maker describes it, by GTIN."""

    distribution = "reference"

    gtin = models.CharField(max_length=14, primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    brand = models.CharField(max_length=100, blank=True)
    hs_code = models.CharField(max_length=10)
    maker_name = models.CharField(max_length=200)
    maker_country = models.CharField(max_length=2)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    image = models.CharField(max_length=64, blank=True)
    """SHA-256 of the picture among the blobs, or empty."""
    registered_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        from guomen.kit.words import is_chinese

        return self.name_zh if is_chinese() else self.name_en


class LinkedKey(models.Model):
    """A GS1 key that has links, and the firm that manages them."""

    distribution = "reference"

    key = models.TextField(primary_key=True)
    """The path of its Digital Link: ``/01/09506000134352``, ``/414/9506000134352``."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.TextField(blank=True)
    """What the thing is called in lists of links: the product's name, or empty."""


class Link(models.Model):
    """A link of a thing: of a key, or of a batch, an item or a place below it."""

    distribution = "reference"

    id = models.UUIDField(primary_key=True, default=uuid7)
    of = models.ForeignKey(LinkedKey, models.PROTECT, related_name="links")
    anchor = models.TextField()
    """The path of the thing's Digital Link, values percent-encoded."""
    type = models.CharField(max_length=40)
    """A name of the GS1 Web Vocabulary (code table ``link_type``)."""
    href = models.TextField()
    title = models.CharField(max_length=200)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    media_type = models.CharField(max_length=60, blank=True)
    contexts = ArrayField(models.CharField(max_length=2), default=list)
    is_default = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    """Counts the changes: who changes a link names the version that was read."""
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["anchor"], name="catalogue_link_anchor")]
        constraints = [
            models.UniqueConstraint(
                fields=["anchor"], condition=models.Q(is_default=True), name="catalogue_link_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Pack(models.Model):
    """A change of a rule pack: rows upon a base, proposed by one person and approved by another."""

    distribution = "reference"

    version = models.CharField(max_length=20, primary_key=True)
    """The file version below and ten digits of a hash of everything that it says."""
    base = models.CharField(max_length=20)
    title_en = models.CharField(max_length=120)
    title_zh = models.CharField(max_length=120)
    notes = models.JSONField(default=list)
    """What was done with it, by whom, and why in their own words; the ledger holds only salted commitments to those."""
    state = models.CharField(max_length=12, default="proposed")
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField(default=now)
    simulation = models.JSONField(null=True)
    simulated_at = models.DateTimeField(null=True)
    approved_by = models.UUIDField(null=True)
    shadow_since = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["proposed", "shadow", "partial", "live", "replaced", "withdrawn", "undone"]
                ),
                name="catalogue_pack_state",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("proposed_by")),
                name="catalogue_pack_two_people",
            ),
        ]

    def __str__(self) -> str:
        from guomen.kit.words import is_chinese

        return self.title_zh if is_chinese() else self.title_en


class PackRow(models.Model):
    """One row of a change. ``value`` null takes the row of the base away."""

    distribution = "reference"

    pk = models.CompositePrimaryKey("version", "section", "key")
    version = models.CharField(max_length=20)
    section = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    source = models.CharField(max_length=300)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)


class PackDraft(models.Model):
    """Rows that a controller gathers before proposing them together. Not part of the record."""

    distribution = "reference"

    person = models.UUIDField(primary_key=True)
    rows = models.JSONField(default=list)
    """As :func:`guomen.catalogue.services.propose_pack` takes them."""
    changed_at = models.DateTimeField(default=now)


class PackStanding(models.Model):
    """The one row that says which versions decide: ``live``, and for ``share`` percent of the lines ``candidate``."""

    distribution = "reference"

    one = models.SmallIntegerField(primary_key=True, default=1)
    live = models.CharField(max_length=20)
    candidate = models.CharField(max_length=20, blank=True)
    share = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(one=1), name="catalogue_packstanding_one"),
            models.CheckConstraint(condition=models.Q(share__range=(0, 99)), name="catalogue_packstanding_share"),
        ]
