"""Pure decisions: when reports make an alert, what an assessment says. Values in, decision with reasons out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from guomen.core import hazard
from guomen.core.detection import Report, SignalStrength, Source, signal_strength

LEVEL_OF_RISK = {"serious": "I", "high": "II", "medium": "III", "low": "IV"}
LEVELS = ("IV", "III", "II", "I")
REVIEW_DAYS = {"I": 7, "II": 14, "III": 30, "IV": 60}
"""Days until an alert must be looked at again. A house rule; no standard gives a number."""


def higher(level: str, than: str) -> bool:
    """Whether alert ``level`` (I to IV) is more urgent than ``than``; anything is more urgent than ""."""
    return than not in LEVELS or LEVELS.index(level) > LEVELS.index(than)


def strength(signals: Iterable[tuple[str, datetime, str]], at: datetime) -> SignalStrength:
    """How strong signals of one product and hazard are. Each is (source, received at, reporter's hash)."""
    reports = [Report(Source(source.replace("-", "_")), when, reporter) for source, when, reporter in signals]
    return signal_strength(reports, at)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an injury scenario: what happens, and how likely it is given the steps before (0 to 1)."""

    words: str
    chance: Decimal


@dataclass(frozen=True, slots=True)
class Story:
    """An injury scenario as an officer writes it: one to 30 steps and a severity from 1 to 4."""

    words: str
    steps: tuple[Step, ...]
    severity: int

    @property
    def scenario(self) -> hazard.Scenario:
        return hazard.Scenario(tuple(s.chance for s in self.steps), self.severity)

    def plain(self) -> dict[str, object]:
        """As JSON, with what the matrix says of it."""
        scenario = self.scenario
        return {
            "words": self.words,
            "steps": [{"words": s.words, "chance": format(s.chance, "f")} for s in self.steps],
            "severity": self.severity,
            "probability": format(scenario.probability, "f"),
            "band": hazard.band(scenario.probability),
            "level": scenario.level.value,
        }


def story(data: dict[str, object]) -> Story:
    """Read a scenario from plain data. Raises ValueError when a step, a chance or the severity is missing or wrong."""
    steps = data.get("steps")
    if not isinstance(steps, Sequence) or isinstance(steps, str) or not steps:
        raise ValueError("steps")
    try:
        read = tuple(Step(str(s["words"]).strip(), Decimal(str(s["chance"]))) for s in steps)
        made = Story(str(data.get("words", "")).strip(), read, int(str(data["severity"])))
        _ = made.scenario
    except (InvalidOperation, KeyError, TypeError) as error:
        raise ValueError("steps") from error
    return made


def judge(stories: Sequence[Story]) -> hazard.Assessment:
    """The highest level counts; ValueError without a scenario."""
    return hazard.assess([s.scenario for s in stories])


# First match counts. What no danger to health can be read from is goods that are not what they claim to be.
_HAZARD_OF = (
    ("microbiological", ("CRONOBACTER", "SALMONELLA", "TOTAL-COUNT", "COLIFORM", "LISTERIA", "MICRO")),
    ("radiation", ("RADIATION", "CONTAMINATION-ABOVE-LIMIT")),
    ("pest", ("PEST", "SOIL", "INSECT", "WOOD-PACKAGING")),
    ("environment", ("WASTE",)),
    ("chemical", ("FORMALDEHYDE", "AZO", "LEAD", "AFLATOXIN", "MELAMINE", "PHTHALATE", "CHEMICAL", "ODOUR")),
    ("cuts", ("SHARPS",)),
    ("injuries", ("GUARD", "DANGER")),
    ("mislabelling", ("LABEL", "MARK")),
)
UNKNOWN_HAZARD = "other"


def hazard_of(reasons: Iterable[object]) -> str:
    """The hazard (code of the table ``hazard``) that failed analytes or reason codes point to."""
    words = [str(r).upper() for r in reasons]
    if "PH" in words:
        return "chemical"
    return next((h for h, parts in _HAZARD_OF if any(p in w for p in parts for w in words)), UNKNOWN_HAZARD)
