"""What tells visitors apart for a day, and limits public forms."""

from django.db import models


class DailySalt(models.Model):
    """The day's random salt of visitor hashes. It is deleted afterwards: then nobody can recompute a hash."""

    distribution = "local"

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)


class Tally(models.Model):
    """How often a visitor did something today: what public forms are limited by."""

    distribution = "visitor"

    pk = models.CompositePrimaryKey("visitor", "what", "day")
    visitor = models.BinaryField(max_length=8)
    what = models.CharField(max_length=20)
    day = models.DateField(db_index=True)
    count = models.IntegerField()
