"""Instructions to those who hold goods, parts of large lots, releases before all checks, and what they leave owed."""

from datetime import timedelta

from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import Subject, uuid7
from guomen.parties.models import Organisation
from guomen.trace.addressed import Addressed

AMOUNT = {"max_digits": 19, "decimal_places": 6}
CODES = ("RELEASE", "HOLD", "INSPECT", "SAMPLE", "TREAT", "RETURN", "DESTROY", "REFER")
PART_STATES = ("unloaded", "released", "found", "recalled", "gone")


class Receiver(Addressed):
    """A port operator or the customs system, and how deliveries to it go."""

    LONGEST_PAUSE = timedelta(minutes=5)
    """Goods wait for it: shorter than for events."""

    distribution = "reference"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    """``port`` or ``customs``."""
    ports = models.JSONField(default=list)
    """Arrival ports whose goods it is told of; empty: all."""
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=("port", "customs")), name="release_receiver")
        ]


class Instruction(models.Model):
    """What is to be done with a line or a part of it now; a later one about the same replaces it."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "sequence")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    sequence = models.IntegerField()
    part = models.IntegerField(default=0)
    """The part of the line that it is about; 0: all of it."""
    code = models.CharField(max_length=8)
    reasons = models.JSONField(default=list)
    conditions = models.JSONField(default=list)
    """What must be kept after a release on conditions: codes of :data:`words.DUTIES`."""
    port = models.CharField(max_length=5)
    issued_at = models.DateTimeField()
    entry = models.UUIDField()
    """The ledger entry that it follows from."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(code__in=CODES), name="release_instruction_code")]
        indexes = [models.Index(fields=["-issued_at"], name="release_instruction_newest")]

    @property
    def number(self) -> str:
        return f"{self.declaration}/{self.line}/{self.sequence}"


class Sending(models.Model):
    """One instruction on its way to one receiver, and the receipt."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "sequence", "receiver_id")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    sequence = models.IntegerField()
    receiver_id = models.UUIDField()
    issued_at = models.DateTimeField()
    delivery = models.UUIDField(null=True)
    received_at = models.DateTimeField(null=True)
    receipt = models.CharField(max_length=100, blank=True)
    """What the receiver called its receipt."""
    done = models.CharField(max_length=8, blank=True)
    """What the receiver said became of it: ``done`` or ``refused``."""
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["receiver_id", "issued_at"],
                condition=models.Q(received_at=None),
                name="release_sending_waiting",
            )
        ]


class Unloading(models.Model):
    """A large lot that is inspected and released part by part (边检边放)."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    store = models.CharField(max_length=100)
    """The designated store that parts go to."""
    state = models.CharField(max_length=8, default="open")
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("open", "stopped", "done")), name="release_unloading_state"
            )
        ]

    @property
    def subject(self) -> str:
        return Subject.line(self.declaration, self.line)


class Part(models.Model):
    """A part of a large lot (sub-lot)."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "number")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    number = models.IntegerField()
    quantity = models.DecimalField(**AMOUNT)
    unit = models.CharField(max_length=3)
    place = models.CharField(max_length=100)
    """Where it lies: a barge, a truck, a bay of the store."""
    state = models.CharField(max_length=8, default="unloaded")
    outcome = models.CharField(max_length=8, blank=True)
    note = models.CharField(max_length=300, blank=True)
    unloaded_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=PART_STATES), name="release_part_state")]

    @property
    def subject(self) -> str:
        return Subject.of("part", f"{self.declaration}/{self.line}/{self.number}")


class Override(models.Model):
    """A release before all checks are done: proposed with a reason, decided by a second person."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "number")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    number = models.IntegerField()
    reason = models.TextField()
    salt = models.CharField(max_length=32)
    """The ledger holds only a salted commitment to an officer's own words."""
    skipped = models.JSONField()
    """Checks that are not done yet: each becomes a debt."""
    due_at = models.DateTimeField()
    destination = models.CharField(max_length=200, blank=True)
    """Where the goods are checked after they left; empty: no check at the destination."""
    guarantor = models.CharField(max_length=200, blank=True)
    guarantee = models.CharField(max_length=60, blank=True)
    """Number of the guarantee."""
    amount = models.DecimalField(null=True, max_digits=19, decimal_places=2)
    currency = models.CharField(max_length=3, blank=True)
    guaranteed_until = models.DateField(null=True)
    state = models.CharField(max_length=8, default="proposed")
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField(default=now)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("proposed", "approved", "refused")), name="release_override_state"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="release_override_two_people",
            ),
        ]


class Debt(models.Model):
    """What is owed after a release: a check that was put off, or a duty of the mode that the goods came in by."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "number")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    number = models.IntegerField()
    duty = models.CharField(max_length=20)
    """A code of :data:`words.DUTIES`."""
    mode = models.CharField(max_length=24, blank=True)
    """The release mode that it follows from; empty: two officers put a check off."""
    firm = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """The importer, where the duty is the firm's; None: an officer's."""
    place = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(db_index=True)
    owed_at = models.DateTimeField(default=now)
    overdue_at = models.DateTimeField(null=True)
    """When it was found not to be done in time."""
    paid_at = models.DateTimeField(null=True)
    paid_by = models.UUIDField(null=True)
    outcome = models.CharField(max_length=4, blank=True)
    """pass, fail; void where the goods were taken back before it was done."""
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["firm", "due_at"], condition=models.Q(paid_at=None), name="release_debt_of_firm"),
        ]
