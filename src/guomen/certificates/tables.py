"""Tables of formats and verification: the signed forms of our certificates, trusted issuers, what came from them."""

from django.db import models


class IssuedForms(models.Model):
    """The forms of a signed certificate beside credential and paper, and its place in the published status lists."""

    distribution = "number"

    number = models.CharField(primary_key=True, max_length=24)
    sd_jwt = models.TextField()
    """With all disclosures: the holder chooses which to show."""
    slip = models.TextField()
    list = models.IntegerField(db_index=True)
    position = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.list}/{self.position}"
