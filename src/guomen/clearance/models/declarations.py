"""Declarations with lines, containers and documents; the decisions about each line."""

from django.db import models

from guomen.kit.clock import now
from guomen.kit.ids import Subject, uuid7
from guomen.parties.models import Organisation

AMOUNT = {"max_digits": 19, "decimal_places": 6}
STATES = (
    "screened",
    "released",
    "to_inspect",
    "sampled",
    "held",
    "refused",
    "passed",
    "transferred",
    "withdrawn",
)
ENDED = ("released", "refused", "withdrawn")


class Draft(models.Model):
    """A declaration somebody is still writing. Not part of the record."""

    distribution = "local"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(default=now)


class Upload(models.Model):
    """A document that an organisation sent before it lodges."""

    distribution = "organisation_id"

    pk = models.CompositePrimaryKey("organisation", "sha256")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    filename = models.CharField(max_length=200)
    size = models.IntegerField()
    uploaded_at = models.DateTimeField(default=now)


class Declaration(models.Model):
    """A declaration as lodged: header fields of the combined declaration that matter to inspection."""

    distribution = "number"

    number = models.CharField(max_length=18, primary_key=True)
    """4 digits customs, 4 year, 1 direction (1 import, 0 export), 9 serial."""
    version = models.SmallIntegerField(default=1)
    """Counts the amendments; what was declared before is in :class:`Former`."""
    state = models.CharField(max_length=12, default="lodged")
    """lodged; withdrawn, split or merged when others or none stand for it."""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """The declarant."""
    importer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """The registered importer; the declarant where the importer is not registered here. Of an export: the exporter."""
    importer_code = models.CharField(max_length=18)
    """The trader in this country (境内收发货人): importer of an import, exporter of an export."""
    person = models.UUIDField(null=True)
    lodged_at = models.DateTimeField(default=now, db_index=True)
    direction = models.CharField(max_length=1)
    trade_mode = models.CharField(max_length=4)
    consignor_name = models.CharField(max_length=200)
    """The trader abroad (境外收发货人): who sends an import, who receives an export."""
    departure_country = models.CharField(max_length=2)
    departure_port = models.CharField(max_length=5)
    arrival_port = models.CharField(max_length=5)
    goods_place = models.CharField(max_length=100)
    transport_mode = models.CharField(max_length=1)
    vessel = models.CharField(max_length=100)
    voyage = models.CharField(max_length=40, blank=True)
    bill_number = models.CharField(max_length=40)
    contract_number = models.CharField(max_length=40, blank=True)
    departed_on = models.DateField()
    arrives_at = models.DateTimeField(db_index=True)
    """When the goods reach the port where they are controlled: of entry, or of exit."""
    arrived_at = models.DateTimeField(null=True)
    """When they did, as it was reported; until then the declaration is one before arrival."""
    gross_weight_kg = models.DecimalField(**AMOUNT)
    net_weight_kg = models.DecimalField(**AMOUNT)
    packages = models.IntegerField()
    packaging = models.CharField(max_length=2)
    marks = models.CharField(max_length=300, blank=True)
    more = models.JSONField(default=dict)
    """Fields that no rule asks for, by their names in :data:`guomen.clearance.form.HEADER` and ``LISTS``."""

    line_list: "list[Line]"
    container_list: "list[Container]"
    document_list: "list[Document]"

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-lodged_at"], name="clearance_by_declarant"),
            models.Index(fields=["importer", "-lodged_at"], name="clearance_by_importer"),
            models.Index(fields=["bill_number"], name="clearance_by_bill"),
        ]

    @property
    def is_export(self) -> bool:
        return is_export(self.number)

    @property
    def control_port(self) -> str:
        """Where the goods are controlled: the port of entry of an import, of exit of an export."""
        return self.departure_port if self.is_export else self.arrival_port


def is_export(number: str) -> bool:
    """Whether the number is that of an export declaration."""
    return number[8:9] == "0"


class Line(models.Model):
    """One goods line with its present state; how it came to it is in the decisions."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "number")
    declaration = models.CharField(max_length=18)
    number = models.IntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    importer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    departure_country = models.CharField(max_length=2)
    gtin = models.CharField(max_length=14, blank=True)
    name = models.CharField(max_length=200)
    hs_code = models.CharField(max_length=10)
    ciq_code = models.CharField(max_length=3, blank=True)
    origin = models.CharField(max_length=2)
    origin_region = models.CharField(max_length=100, blank=True)
    maker_name = models.CharField(max_length=200)
    maker_registration = models.CharField(max_length=40, blank=True)
    brand = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=200, blank=True)
    batch = models.CharField(max_length=20, blank=True)
    quantity = models.DecimalField(**AMOUNT)
    unit = models.CharField(max_length=3)
    net_weight_kg = models.DecimalField(**AMOUNT)
    value = models.DecimalField(**AMOUNT)
    currency = models.CharField(max_length=3)
    attributes = models.JSONField(default=list)
    purpose = models.CharField(max_length=2, blank=True)
    produced_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    more = models.JSONField(default=dict)
    """Fields that no rule asks for, by their names in :data:`guomen.clearance.form.LINE`."""
    state = models.CharField(max_length=12)
    mode = models.CharField(max_length=24)
    level = models.CharField(max_length=12)
    score = models.SmallIntegerField(default=0)
    reasons = models.JSONField(default=list)
    """Why it is in its state: [{code, values}], the newest decision's."""
    outcome = models.CharField(max_length=8, blank=True)
    arrives_at = models.DateTimeField()
    lodged_at = models.DateTimeField()
    decided_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=STATES), name="clearance_line_state")]
        indexes = [
            models.Index(fields=["gtin", "batch"], condition=~models.Q(gtin=""), name="clearance_line_batch"),
            models.Index(
                fields=["state", "arrives_at"],
                condition=~models.Q(state__in=ENDED),
                name="clearance_line_open",
            ),
        ]

    decision: "Decision | None"

    @property
    def is_export(self) -> bool:
        return is_export(self.declaration)

    @property
    def subject(self) -> str:
        return Subject.line(self.declaration, self.number)


class Container(models.Model):
    """A container of a declaration with the seal that was declared for it."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "number")
    declaration = models.CharField(max_length=18)
    number = models.CharField(max_length=11, db_index=True)
    seal = models.CharField(max_length=40, blank=True)


class Document(models.Model):
    """A document of a declaration: a file, or only kind and number where the issuer holds it."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "position")
    declaration = models.CharField(max_length=18)
    position = models.SmallIntegerField()
    kind = models.CharField(max_length=6)
    number = models.CharField(max_length=60, blank=True, db_index=True)
    sha256 = models.CharField(max_length=64, blank=True)
    filename = models.CharField(max_length=200, blank=True)
    line = models.SmallIntegerField(null=True)
    """The goods line that it is for; None: the whole declaration."""
    quantity = models.DecimalField(null=True, **AMOUNT)
    """How much the line takes from a licence, in ``unit``."""
    unit = models.CharField(max_length=3, blank=True)


class Decision(models.Model):
    """One decision about one line, never changed."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "sequence")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    sequence = models.SmallIntegerField()
    state = models.CharField(max_length=12)
    mode = models.CharField(max_length=24)
    level = models.CharField(max_length=12)
    reasons = models.JSONField()
    rule_pack = models.CharField(max_length=20)
    facts = models.JSONField()
    decided_at = models.DateTimeField()
    person = models.UUIDField(null=True)
    via = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    """An officer's own words; the ledger holds only a salted commitment to them."""
    note_salt = models.CharField(max_length=32, blank=True)


class Shadow(models.Model):
    """What a rule pack that did not count would have decided about a line, where that differs."""

    distribution = "declaration"

    pk = models.CompositePrimaryKey("declaration", "line", "other")
    declaration = models.CharField(max_length=18)
    line = models.IntegerField()
    counted = models.CharField(max_length=20)
    other = models.CharField(max_length=20)
    ours = models.JSONField()
    """Of the pack that counted: state, mode, level, score, checklist, units and reasons."""
    theirs = models.JSONField()
    flips = models.BooleanField()
    """Whether the line would be opened, or be in another state, instead."""
    decided_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["decided_at"], name="clearance_shadow_by_time")]
