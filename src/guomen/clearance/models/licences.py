"""Orders of single buyers, licences that are used up, former versions and successors of declarations."""

from decimal import Decimal

from django.db import models

from guomen.clearance.models.declarations import AMOUNT
from guomen.kit.clock import now
from guomen.parties.models import Organisation


class RetailOrder(models.Model):
    """An order of cross-border e-commerce on a declaration. The buyer stands only as a keyed digest."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "position")
    declaration = models.CharField(max_length=18)
    position = models.SmallIntegerField()
    number = models.CharField(max_length=60)
    parcel = models.CharField(max_length=60)
    buyer = models.CharField(max_length=64, blank=True)
    """HMAC-SHA256 of what identifies the buyer, with a key of this installation; empty for exports."""
    units = models.IntegerField()
    value_cny = models.DecimalField(**AMOUNT)
    line_numbers = models.JSONField(default=list)
    """Goods lines that the order is of; none: of any."""
    year = models.SmallIntegerField(null=True)
    """In which the buyer's limit counts it, whatever becomes of the declaration later; None: no limit counts it."""


class Allowance(models.Model):
    """What a buyer has spent of the yearly limit of retail imports."""

    distribution = "buyer"

    pk = models.CompositePrimaryKey("buyer", "year")
    buyer = models.CharField(max_length=64)
    year = models.SmallIntegerField()
    spent_cny = models.DecimalField(default=0, **AMOUNT)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(spent_cny__gte=0), name="clearance_allowance_spent")]


class Former(models.Model):
    """A version of a declaration that another one took the place of, whole and never changed."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "version")
    declaration = models.CharField(max_length=18)
    version = models.SmallIntegerField()
    content = models.JSONField()
    """The payload as it could be lodged again."""
    content_sha256 = models.CharField(max_length=64)
    ended_at = models.DateTimeField()
    person = models.UUIDField(null=True)
    """Who put the next version in its place."""
    reason = models.TextField(blank=True)
    """Why, in the declarant's words; the ledger holds only a salted commitment to them."""


class Unseen(models.Model):
    """Goods that were drawn and that nobody looked at, because their declaration was changed, replaced or withdrawn."""

    distribution = "key"

    pk = models.CompositePrimaryKey("key", "declaration")
    key = models.CharField(max_length=32)
    """Hash of transport and heading."""
    declaration = models.CharField(max_length=18)
    importer_code = models.CharField(max_length=18)
    declarant = models.UUIDField()
    at = models.DateTimeField(default=now)


class Successor(models.Model):
    """A declaration that stands for another one after a split or a merger."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "successor")
    declaration = models.CharField(max_length=18)
    successor = models.CharField(max_length=18, db_index=True)
    kind = models.CharField(max_length=8)


class Licence(models.Model):
    """A licence with a quantity that declarations use up; the balance cannot go below zero."""

    distribution = "key"

    key = models.CharField(max_length=80, primary_key=True)
    """Kind and number: ``101030 2026-0001``."""
    kind = models.CharField(max_length=6)
    number = models.CharField(max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """Whose it is: the importer or exporter."""
    quantity = models.DecimalField(**AMOUNT)
    used = models.DecimalField(default=0, **AMOUNT)
    unit = models.CharField(max_length=3)
    hs_prefix = models.CharField(max_length=10, blank=True)
    """Goods that it covers, by the first digits of their HS code; empty: any."""
    valid_from = models.DateField()
    valid_until = models.DateField()
    registered_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used__gte=0, used__lte=models.F("quantity")), name="clearance_licence_balance"
            )
        ]

    @property
    def left(self) -> Decimal:
        return self.quantity - self.used


class LicenceUse(models.Model):
    """Quantity that one declaration took from a licence, or gave back (negative)."""

    distribution = "licence"

    pk = models.CompositePrimaryKey("licence", "sequence")
    licence = models.CharField(max_length=80)
    sequence = models.IntegerField()
    declaration = models.CharField(max_length=18, db_index=True)
    line = models.SmallIntegerField()
    quantity = models.DecimalField(**AMOUNT)
    """In the licence's unit."""
    left = models.DecimalField(**AMOUNT)
    at = models.DateTimeField(default=now)
