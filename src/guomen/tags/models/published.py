"""What the public scan path knows of a range: facts that were put together beforehand, never asked for on the way."""

from django.db import models


class Published(models.Model):
    """The public facts of one range. ``version`` rises with every change."""

    distribution = "reference"

    range_number = models.IntegerField(primary_key=True)
    version = models.BigIntegerField(db_index=True)
    facts = models.JSONField()
    pages = models.JSONField(default=dict)
    """Pieces of the page that all items of the range share, by language."""
