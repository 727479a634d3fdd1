"""Checks that no release mode waives, one class each; and how many units are opened, and which."""

from functools import lru_cache
from typing import ClassVar

from guomen.clearance.rules.facts import LineFacts, Reason, why
from guomen.core.sampling import iso2859, ispm31, pick


class Check:
    """A check of a line whatever its mode. ``code`` is the check's; ``reason``, where it opens the goods."""

    code: ClassVar[str]
    source: ClassVar[str]
    reason: ClassVar[str] = ""

    def due(self, f: LineFacts) -> bool:
        """Whether this line needs the check."""
        raise NotImplementedError


class Documents(Check):
    """The documents of every line are audited."""

    code = "DOCUMENTS"
    source = "Law on Import and Export Commodity Inspection (2021), article 6"

    def due(self, f: LineFacts) -> bool:
        return True


class RadiationPortal(Check):
    """Every import passes the radiation portal at the gate."""

    code = "RADIATION-PORTAL"
    source = "Law on Radioactive Pollution (2003), article 47; SN/T 1537-2023"

    def due(self, f: LineFacts) -> bool:
        return not f.export


class Quarantine(Check):
    """Animals, plants and their products are opened and looked at for pests and disease; nothing waives it."""

    code = "QUARANTINE"
    source = "Law on Entry and Exit Animal and Plant Quarantine (2009), articles 14 to 19"
    reason = "QUARANTINE-ALWAYS"

    def due(self, f: LineFacts) -> bool:
        return "P" in f.letters or "Q" in f.letters


class Sanitary(Check):
    """Food is under sanitary supervision."""

    code = "SANITARY"
    source = "Food Safety Law (2021), articles 91 and 92"

    def due(self, f: LineFacts) -> bool:
        return "R" in f.letters or "S" in f.letters


class Ccc(Check):
    """Goods in the CCC catalogue carry a certificate that fits them, or a paper that says why not."""

    code = "CCC"
    source = "Law on Import and Export Commodity Inspection (2021), article 25"

    def due(self, f: LineFacts) -> bool:
        return "L" in f.letters


class WoodPackaging(Check):
    """Wood packaging is looked at for its treatment mark, for bark and for living pests."""

    code = "WOOD-PACKAGING"
    source = "ISPM 15 (2018); AQSIQ Order 84 (2005)"
    reason = "WOOD-PACKAGING-CHECK"

    def due(self, f: LineFacts) -> bool:
        return f.wood


class ContainerSanitary(Check):
    """Containers that enter are under sanitary supervision: number, outside, vectors; the inside when it is opened."""

    code = "CONTAINER"
    source = "Frontier Health and Quarantine Law (2024), and its Rules of Application (2019), article 10"

    def due(self, f: LineFacts) -> bool:
        return f.boxed and not f.export


class ContainerFitness(Check):
    """Containers for food that leaves are examined for fitness before they are loaded."""

    code = "CONTAINER-FITNESS"
    source = "Law on Import and Export Commodity Inspection (2021), article 18"

    def due(self, f: LineFacts) -> bool:
        return f.boxed and f.export and "S" in f.letters


class RadiationSurvey(Check):
    """Minerals, stone, scrap and recycled raw materials are surveyed for radiation on arrival."""

    code = "RADIATION-SURVEY"
    source = "SN/T 1537-2023; GB/T 39733-2020"
    reason = "RADIATION-ALWAYS"

    def due(self, f: LineFacts) -> bool:
        return "radiation" in f.traits and not f.export


CHECKS: tuple[Check, ...] = (
    Documents(),
    RadiationPortal(),
    Quarantine(),
    Sanitary(),
    Ccc(),
    WoodPackaging(),
    ContainerSanitary(),
    ContainerFitness(),
    RadiationSurvey(),
)


def fixed_checks(f: LineFacts) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Checks that no mode waives, and reasons of those that need the goods opened."""
    due = [check for check in CHECKS if check.due(f)]
    return tuple(c.code for c in due), tuple(why(c.reason) for c in due if c.reason)


_sample_size = lru_cache(4096)(ispm31.sample_size)


def units_to_open(f: LineFacts) -> int:
    """ISPM 31 for quarantine goods (exact hypergeometric), ISO 2859-1 single normal plan otherwise; one of one."""
    if f.population < 2:
        return f.population
    if "P" in f.letters or "Q" in f.letters:
        found = _sample_size(f.population, f.quarantine_level, f.quarantine_confidence)
        return f.population if found is None else found
    plan = iso2859.single_plan(f.population, f.aql, level=f.sampling_level)  # type: ignore[arg-type]
    return plan.units_to_inspect(f.population)


def which_units(subject: str, population: int, units: int, seed: bytes) -> list[int]:
    """Which units to open, counted from 1: picked with the committed seed, so that nobody chooses."""
    return pick(seed, subject, population, min(units, population))
