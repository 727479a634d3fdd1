"""Results that were found elsewhere or earlier, whose they are, and how much of them is left."""

from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import Subject, uuid7
from guomen.parties.models import Organisation

AMOUNT = {"max_digits": 19, "decimal_places": 6}
REPORT_STATES = ("asked", "filed", "void")
SAMPLE_STATES = ("declared", "tested", "passed", "failed")


class Body(models.Model):
    """An inspection body on the published list, with the scope and the time for which its results are adopted."""

    distribution = "reference"

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.CharField(max_length=12)
    """``home``: its results stand for ours (他检我放); ``overseas``: it tests before shipment (外检内放)."""
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="+")
    """Whose account files its reports: nobody else can."""
    licence = models.CharField(max_length=100)
    """Licence and accreditation as printed: CMA, CNAS, or the foreign accreditation number."""
    scope = models.JSONField()
    """[{"hs": prefix, "standard": "GB 7258-2017"}]: for which goods and by which standards."""
    valid_from = models.DateField()
    valid_until = models.DateField()
    state = models.CharField(max_length=12, default="listed")
    reason = models.TextField(blank=True)
    listed_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    checked = models.IntegerField(default=0)
    """Reports of it that were compared with an inspection of our own."""
    disagreed = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=("home", "overseas")), name="adoption_body_kind"),
            models.CheckConstraint(
                condition=models.Q(state__in=("listed", "suspended", "delisted")), name="adoption_body_state"
            ),
        ]

    @property
    def subject(self) -> str:
        return Subject.of("body", self.id)


class Lot(models.Model):
    """What reports, samples and evidence have in common: whose lot, and which. ``lot`` is the key they meet under."""

    lot = models.CharField(max_length=80)
    importer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    gtin = models.CharField(max_length=14, blank=True)
    hs_code = models.CharField(max_length=10)
    maker_name = models.CharField(max_length=200)
    batch = models.CharField(max_length=20)
    goods = models.CharField(max_length=200)
    quantity = models.DecimalField(**AMOUNT)
    unit = models.CharField(max_length=3)

    class Meta:
        abstract = True


class Report(Lot):
    """A test that an importer announced and a listed body reports: asked, filed (pass or fail), void."""

    distribution = "lot"

    pk = models.CompositePrimaryKey("lot", "number")
    number = models.CharField(max_length=14, db_index=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="asked")
    due_at = models.DateTimeField(null=True)
    """When the goods arrive: a report that is not there by then suspends the importer from the mode."""
    notice = models.CharField(max_length=300, blank=True)
    """Why it comes late, said before it was due."""
    late_at = models.DateTimeField(null=True)
    """When it was found to be late without notice."""
    verdict = models.CharField(max_length=4, blank=True)
    standards = models.JSONField(default=list)
    tested_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(default=now)
    filed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=REPORT_STATES), name="adoption_report_state")
        ]
        indexes = [
            models.Index(fields=["importer", "-asked_at"], name="adoption_report_importer"),
            models.Index(
                fields=["due_at"], condition=models.Q(state="asked", late_at=None), name="adoption_report_awaited"
            ),
        ]

    @property
    def subject(self) -> str:
        return Subject.of("report", self.number)


class AirSample(Lot):
    """A sample that travels by air while its lot is at sea (空检海放)."""

    distribution = "lot"

    pk = models.CompositePrimaryKey("lot", "number")
    number = models.CharField(max_length=14, db_index=True)
    origin = models.CharField(max_length=2)
    waybill = models.CharField(max_length=40)
    """Number of the air waybill."""
    arrives_on = models.DateField()
    panel = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default="declared")
    sample = models.CharField(max_length=20, blank=True)
    """The laboratory's number."""
    declared_at = models.DateTimeField(default=now)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SAMPLE_STATES), name="adoption_sample_state")
        ]
        indexes = [
            models.Index(fields=["importer", "-declared_at"], name="adoption_sample_importer"),
            models.Index(
                fields=["declared_at"],
                condition=models.Q(state__in=("declared", "tested")),
                name="adoption_sample_open",
            ),
        ]

    @property
    def subject(self) -> str:
        return Subject.of("air-sample", self.number)


class Evidence(Lot):
    """A result about a lot that may stand for an inspection here: what is left of its quantity, and until when."""

    distribution = "lot"

    pk = models.CompositePrimaryKey("lot", "number")
    number = models.CharField(max_length=14, db_index=True)
    mode = models.CharField(max_length=24)
    """The release mode that it opens."""
    verdict = models.CharField(max_length=4)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    place = models.CharField(max_length=60, blank=True)
    """Port or office where it was found."""
    source = models.CharField(max_length=120)
    """The subject that it comes from: a line, a report, an air sample."""
    tested_on = models.DateField()
    valid_until = models.DateField()
    used = models.DecimalField(default=0, **AMOUNT)
    limited = models.BooleanField(default=True)
    """Whether it counts only for its quantity; what an office found of a lot is true of all of it."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)
    """The reason code by which it stopped counting before its time."""
    opened_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used__gte=0) & (models.Q(limited=False) | models.Q(used__lte=models.F("quantity"))),
                name="adoption_never_below_zero",
            )
        ]
        indexes = [
            models.Index(fields=["importer", "-opened_at"], name="adoption_evidence_importer"),
            models.Index(fields=["body"], condition=models.Q(ended_at=None), name="adoption_evidence_of_body"),
        ]

    @property
    def left(self) -> object:
        return self.quantity - self.used

    @property
    def subject(self) -> str:
        return Subject.of("evidence", self.number)


class Use(models.Model):
    """What one line took of a piece of evidence."""

    distribution = "lot"

    pk = models.CompositePrimaryKey("lot", "number", "declaration", "line")
    lot = models.CharField(max_length=80)
    number = models.CharField(max_length=14)
    declaration = models.CharField(max_length=18, db_index=True)
    line = models.IntegerField()
    quantity = models.DecimalField(**AMOUNT)
    used_at = models.DateTimeField(default=now)
    returned_at = models.DateTimeField(null=True)


class Standing(models.Model):
    """Whether an importer may use a mode: admitted on its guarantee, or suspended from it."""

    distribution = "importer_id"

    pk = models.CompositePrimaryKey("importer", "mode")
    importer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    mode = models.CharField(max_length=24)
    state = models.CharField(max_length=12)
    guarantee = models.CharField(max_length=300, blank=True)
    """The importer's own words: what it guarantees and how it calls goods back."""
    valid_until = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    """Why it is suspended: [{code, values}]."""
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("asked", "admitted", "suspended", "ended")),
                name="adoption_standing_state",
            )
        ]
