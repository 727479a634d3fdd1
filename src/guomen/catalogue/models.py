"""Products: master data, a reference table when distributed."""

from django.db import models

from guomen.kit.clock import now
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
