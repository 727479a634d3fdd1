"""Versions of the tag keys: which there are, and which no longer prove anything. The keys themselves are elsewhere."""

from django.db import models


class KeyVersion(models.Model):
    """One generation of tag keys. New ranges take the newest; old ranges keep theirs."""

    distribution = "reference"

    version = models.SmallIntegerField(primary_key=True)
    since = models.DateTimeField()
    check_value = models.CharField(max_length=16)
    """By which the keys are recognised: a wrong backup shows before a label is printed with it."""
    retired_at = models.DateTimeField(null=True)
    """From then on codes of its ranges prove nothing, because the keys are known to others."""
    reason = models.TextField(blank=True)
    """Why it was retired, or is to be."""
    asked_by = models.UUIDField(null=True)
    """Who asked to retire it. Somebody else must agree."""
    asked_at = models.DateTimeField(null=True)
