"""What must be stated by number, and what an officer should look at although it holds nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guomen.clearance.rules.facts import LineFacts, Reason, why
from guomen.clearance.rules.holds import Hold, Severity
from guomen.core.codes import parse_food_maker, parse_medical, valid_vin

RENEWED_AFTER = 5
"""Years that a registration of a medical device holds (State Council Order 739 of 2021, article 22)."""


class DangerousStated(Hold):
    """Dangerous goods are declared with UN number, packing group where the entry has one, and imports in packages with
    the UN mark of their packaging.
    """

    codes = ("UN-NUMBER-NOT-STATED", "PACKING-GROUP-NOT-STATED", "PACKAGING-MARK-NOT-STATED")
    severity = Severity.DANGEROUS_GOODS
    source = "GACC notice 129 of 2020; UN Model Regulations, rev. 23, 5.4.1"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "dangerous" in f.traits and "33" not in f.attributes:
            for name, code in zip(("un_number", "packing_group", "packing_specification"), self.codes, strict=True):
                if name in f.unstated and (name != "packing_specification" or not f.export):
                    yield why(code)


class VehiclesNamed(Hold):
    """Every imported vehicle is declared by its identification number."""

    codes = ("VIN-NOT-STATED",)
    severity = Severity.PAPERS
    source = "GB 16735-2019; notice of 2008 on VIN"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "vehicle" in f.traits and "vins" in f.unstated and not f.export:
            yield why("VIN-NOT-STATED")


class NumbersStated(Hold):
    """Registrations, filings and CCC certificates are looked up by their number: the declaration states it."""

    codes = ("NUMBER-NOT-STATED",)
    severity = Severity.PAPERS
    source = (
        "State Council Orders 739 (2021), article 57, and 727 (2020), article 17; Inspection Law (2021), article 25"
    )

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        for paper in f.unnumbered:
            yield why("NUMBER-NOT-STATED", paper=paper)


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What a line is known by. ``country``: of origin, ISO 3166-1 alpha-3; ``devices``: numbers of registrations."""

    vins: tuple[str, ...]
    maker: str
    country: str
    devices: tuple[str, ...]
    year: int
    """In which the goods arrive."""


class Remark:
    """Something about a line's numbers that holds nothing and that an officer should see. ``codes``: its reasons."""

    codes: ClassVar[tuple[str, ...]]
    source: ClassVar[str]

    def __call__(self, said: Identifiers) -> Iterator[Reason]:
        """The remark with its values; none where there is nothing to say."""
        raise NotImplementedError


class CheckCharacters(Remark):
    """A VIN whose check character does not fit is looked up in the filing: vehicles built for Europe need none."""

    codes = ("VIN-CHECK-CHARACTER",)
    source = "GB 16735-2019, annex A; 49 CFR 565.15"

    def __call__(self, said: Identifiers) -> Iterator[Reason]:
        if odd := [vin for vin in said.vins if not valid_vin(vin)]:
            yield why("VIN-CHECK-CHARACTER", vins=", ".join(odd[:3]), count=len(odd))


class MakerElsewhere(Remark):
    """A foreign maker of food is registered for a country; goods of another origin need an explanation."""

    codes = ("MAKER-COUNTRY-DIFFERS",)
    source = "GACC Order 280 (2025)"

    def __call__(self, said: Identifiers) -> Iterator[Reason]:
        try:
            country = parse_food_maker(said.maker)[0]
        except ValueError:
            return
        if country != said.country:
            yield why("MAKER-COUNTRY-DIFFERS", country=country, number=said.maker)


class Renewed(Remark):
    """A registration of a medical device holds five years; its number keeps the year of the first one."""

    codes = ("REGISTRATION-RENEWED",)
    source = "State Council Order 739 (2021), article 22; SAMR Order 47 (2021), article 116"

    def __call__(self, said: Identifiers) -> Iterator[Reason]:
        for number in said.devices:
            try:
                first = parse_medical(number)
            except ValueError:
                continue
            if first.device_class > 1 and first.year + RENEWED_AFTER < said.year:
                yield why("REGISTRATION-RENEWED", number=number, year=first.year)


REMARKS: tuple[Remark, ...] = (CheckCharacters(), MakerElsewhere(), Renewed())


def remarks(said: Identifiers) -> tuple[Reason, ...]:
    """What every remark has to say."""
    return tuple(reason for one in REMARKS for reason in one(said))
