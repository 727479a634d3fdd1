"""Ways to the buyer besides the counter: parcels, bonded display; and the buyer's own claim."""

from django.db import models

from guomen.parties.models import Organisation


class Parcel(models.Model):
    """A parcel of a cross-border order. Its numbers can lead to a person: they can be erased, the ledger has neither.

    ``id`` follows from firm and parcel number, so that a parcel exists once.
    """

    distribution = "id"

    id = models.UUIDField(primary_key=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, blank=True)
    order_hash = models.BinaryField(max_length=32)
    """Keyed hash of the order's number: a firm that knows the number finds the parcel, nobody else the number."""
    salt = models.BinaryField(max_length=16)
    """Of the commitment in the ledger; it goes with the number when that is erased."""
    items = models.IntegerField()
    packed_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-packed_at"], name="tags_parcel_newest"),
            models.Index(fields=["organisation", "order_hash"], name="tags_parcel_order"),
        ]


class ParcelItem(models.Model):
    """An item is in one parcel at most."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    parcel = models.UUIDField(db_index=True)
    range_number = models.IntegerField()
    index = models.BigIntegerField()


class BondedStock(models.Model):
    """How many items of a range lie in one bonded display."""

    distribution = "range_number"

    pk = models.CompositePrimaryKey("range_number", "hall")
    range_number = models.IntegerField()
    hall = models.CharField(max_length=20)
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="tags_bondedstock_not_negative"),
        ]


class BondedMove(models.Model):
    """One move into a bonded display or out of it. ``quantity`` is what it changed: negative for moves out."""

    distribution = "range_number"

    pk = models.CompositePrimaryKey("range_number", "id")
    range_number = models.IntegerField()
    id = models.UUIDField()
    hall = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    quantity = models.IntegerField()
    left = models.IntegerField()
    """In this hall after the move."""
    person = models.UUIDField(null=True)
    at = models.DateTimeField()


class Claim(models.Model):
    """A buyer said "this is mine" with the code from inside the pack. Nobody is named; a secret tells who it is."""

    distribution = "item"

    item = models.UUIDField(primary_key=True)
    range_number = models.IntegerField()
    index = models.BigIntegerField()
    at = models.DateTimeField()
    visitor = models.BinaryField(max_length=8)
    """The claimer's daily hash: the same phone may ask again for a while."""
    digest = models.BinaryField(max_length=32)
    """SHA-256 of the owner's secret."""
    refused = models.IntegerField(default=0)
    """How often others came with the same code afterwards: each is a sign of a copy."""
