"""The append-only ledger: entries, what they are about, their order, the Merkle tree, and who has read how far."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One thing that happened. Never updated, never deleted."""

    distribution = "id"

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=60)
    subjects = ArrayField(models.TextField())
    facts = models.JSONField()
    actor = models.JSONField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()


class About(models.Model):
    """Index: which entries are about a subject."""

    distribution = "subject"

    pk = models.CompositePrimaryKey("subject", "entry_id")
    subject = models.UUIDField()
    """16-byte BLAKE2b of the subject's name."""
    entry_id = models.UUIDField()


class Waiting(models.Model):
    """Outbox: committed entries that have no position yet."""

    distribution = "bucket"

    pk = models.CompositePrimaryKey("bucket", "entry_id")
    bucket = models.SmallIntegerField()
    entry_id = models.UUIDField()
    kind = models.CharField(max_length=60, default="")
    leaf = models.BinaryField(max_length=32)

    class Meta:
        # The oldest are taken first. Without it a backlog is sorted whole for each few thousand that leave it.
        indexes = (models.Index(fields=["entry_id"], name="ledger_waiting_oldest"),)


class Sequenced(models.Model):
    """The order: position -> entry, without gaps."""

    distribution = "position"

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.UUIDField()
    kind = models.CharField(max_length=60, default="")
    """Of the entry: most followers have nothing to do with most entries, and need not read them to know."""


class Position(models.Model):
    """The same order from the other side: entry -> position."""

    distribution = "entry_id"

    entry_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()


class Tile(models.Model):
    """256 hashes of the Merkle tree (C2SP tlog-tiles), the last of each level partial."""

    distribution = "level"

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()


class Head(models.Model):
    """The tree's present size and signed checkpoint. One row; its lock makes one sequencer the leader."""

    distribution = "local"

    name = models.CharField(primary_key=True, max_length=100)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()
    stopped = models.TextField(blank=True)
    """Why nothing more may be signed; empty while all is well."""


class SigningKey(models.Model):
    """A key of the log. There is no row until the first is to be replaced; public halves only."""

    distribution = "local"

    number = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=100)
    """In the keystore."""
    vkey = models.TextField()
    entry_id = models.UUIDField(null=True)
    """Of the entry that tells of it; the first key has none."""
    since = models.BigIntegerField(null=True)
    """Position of that entry: the key signs checkpoints that hold it."""
    ended_by = models.UUIDField(null=True)
    """Of the entry that retires it."""
    until = models.BigIntegerField(null=True)
    """Position of that entry: the key signs no checkpoint that holds it."""

    def signs(self, size: int) -> bool:
        """Whether checkpoints of so many entries carry its signature."""
        return self.since is not None and self.since < size and (self.until is None or size <= self.until)


class Publication(models.Model):
    """The checkpoint that the public gets: signed, and cosigned as the policy asks. One row."""

    distribution = "local"

    name = models.CharField(primary_key=True, max_length=100)
    size = models.BigIntegerField()
    note = models.TextField()
    published_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    """Why nothing newer is published; empty when all is well."""
    stored = models.BigIntegerField(default=0)
    """How many of the entries the object store has, if there is one."""
    store_problem = models.TextField(blank=True, default="")


class Witnessed(models.Model):
    """What a witness has last cosigned, as far as we know."""

    distribution = "local"

    name = models.CharField(primary_key=True, max_length=200)
    size = models.BigIntegerField()
    asked_at = models.DateTimeField()
    refusal = models.CharField(max_length=10, blank=True)
    """Why it does not cosign: "away", "wrong", or it says without proof "more" or "other"; empty when it does."""
    problem = models.TextField(blank=True)
    """The same for experts."""


class Cursor(models.Model):
    """How far a follower has read, and what stopped it."""

    distribution = "local"

    name = models.CharField(primary_key=True, max_length=100)
    position = models.BigIntegerField(default=0)
    """The next position to read."""
    paused = models.BooleanField(default=False)
    failures = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True)
