"""Exceptions: items that left the ordinary path, were sold, or carry a chip."""

from django.db import models

from guomen.parties.models import Organisation


class ItemState(models.Model):
    """The state of one item that is another than its range's; an item without a row is where its range is."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    range_number = models.IntegerField()
    index = models.BigIntegerField()
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    place = models.CharField(max_length=12, blank=True)
    """UN/LOCODE of where it happened, where it is known."""

    class Meta:
        indexes = [models.Index(fields=["range_number", "index"], name="tags_itemstate_range")]


class Sale(models.Model):
    """One item's sale over the counter."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    range_number = models.IntegerField()
    gtin = models.CharField(max_length=14)
    batch = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.UUIDField(null=True)
    place = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["gtin", "batch"], name="tags_sale_batch")]


class Chip(models.Model):
    """An NFC chip on one item. ``counter`` is the last that was accepted; a tap must exceed it."""

    distribution = "uid"

    uid = models.BinaryField(primary_key=True, max_length=10)
    item = models.UUIDField()
    range_number = models.IntegerField()
    index = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    """A code of ``core.tagcrypto.chips``, as ntag424 or ntag21x: what the chip is, and so what a tap can prove."""
    key_version = models.SmallIntegerField(default=1)
    counter = models.IntegerField(default=-1)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["range_number", "index"], name="tags_chip_range")]
