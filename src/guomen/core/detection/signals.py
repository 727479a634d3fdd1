"""When do reports about the same product and the same hazard add up to an alert?

A house rule, published so that it can be argued with; its numbers come from no standard. Four levels, I red to IV blue,
are usual in Chinese early warning (the national emergency plan for import and export food safety has levels I to IV;
GB/T 35253-2017 grades warnings, its own levels could not be read). Sources follow GACC Order 271 (2024), article 6:
monitoring, sharing between authorities, units and individuals, public channels, other countries.

The rule: every report weighs as much as its source is worth, and half as much after each half-life. One reporter
counts once a day, with the heaviest report. A level is reached when the sum reaches its threshold and enough
different reporters stand behind it: one person, however busy, cannot raise the highest levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from enum import StrEnum
from types import MappingProxyType

_STEP = Decimal("0.001")


class Source(StrEnum):
    """Where a report comes from."""

    LABORATORY = "laboratory"
    RECALL_ABROAD = "recall_abroad"
    INJURY = "injury"
    INSPECTION = "inspection"
    AUTHORITY = "authority"
    COMPLAINT = "complaint"
    SCAN = "scan"
    MEDIA = "media"


class AlertLevel(StrEnum):
    """I red is the most urgent, IV blue the least."""

    RED = "I"
    ORANGE = "II"
    YELLOW = "III"
    BLUE = "IV"


class ReasonCode(StrEnum):
    """What a reason of a result says."""

    COUNTED = "counted"
    SAME_REPORTER_SAME_DAY = "same_reporter_same_day"
    NOT_YET = "not_yet"
    FADED = "faded"
    TOO_FEW_REPORTERS = "too_few_reporters"
    LEVEL_REACHED = "level_reached"
    BELOW_EVERY_LEVEL = "below_every_level"


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its source, when it was made (aware), by whom as an opaque key (device, laboratory, authority)."""

    source: Source
    at: datetime
    reporter: str

    def __post_init__(self) -> None:
        _require_aware(self.at)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a level takes: points, and different reporters among the reports that still weigh something."""

    level: AlertLevel
    points: Decimal
    reporters: int


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One version of the rule: weights in points, half-life, thresholds from the highest level down."""

    version: str
    weights: Mapping[Source, Decimal]
    half_life: timedelta
    thresholds: tuple[Threshold, ...]

    def __post_init__(self) -> None:
        if self.half_life <= timedelta(0):
            raise ValueError("a half-life is longer than nothing")
        if set(self.weights) != set(Source) or any(weight < 0 for weight in self.weights.values()):
            raise ValueError("every source has a weight, none of them negative")
        points = [threshold.points for threshold in self.thresholds]
        if points != sorted(points, reverse=True) or any(value <= 0 for value in points):
            raise ValueError("thresholds fall from the highest level down and are above zero")


DEFAULT_RULE = SignalRule(
    version="signals-1",
    weights=MappingProxyType(
        {
            Source.LABORATORY: Decimal(5),
            Source.RECALL_ABROAD: Decimal(4),
            Source.INJURY: Decimal(3),
            Source.INSPECTION: Decimal(3),
            Source.AUTHORITY: Decimal(3),
            Source.COMPLAINT: Decimal(1),
            Source.SCAN: Decimal(1),
            Source.MEDIA: Decimal(1),
        }
    ),
    half_life=timedelta(days=30),
    thresholds=(
        Threshold(AlertLevel.RED, Decimal(15), 3),
        Threshold(AlertLevel.ORANGE, Decimal(9), 2),
        Threshold(AlertLevel.YELLOW, Decimal(5), 1),
        Threshold(AlertLevel.BLUE, Decimal(2), 1),
    ),
)
"""One laboratory failure is yellow, with a recall abroad orange, with two injuries besides red; one injury is blue."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One fact behind a result: how many reports it is about, their points, and the source or level if it names one."""

    code: ReasonCode
    count: int
    points: Decimal
    source: Source | None = None
    level: AlertLevel | None = None


@dataclass(frozen=True, slots=True)
class SignalStrength:
    """The sum in points (to 0.001), the level or None, the rule's version, different reporters, and the reasons."""

    score: Decimal
    level: AlertLevel | None
    rule: str
    reporters: int
    reasons: tuple[Reason, ...]


def signal_strength(reports: Sequence[Report], at: datetime, rule: SignalRule = DEFAULT_RULE) -> SignalStrength:
    """Return how strong the reports about one product and one hazard are at the moment `at` (aware).

    The caller groups by product and hazard. Reports later than `at` are left out. The order of the reports does not
    matter. ValueError for a naive `at`.
    """
    _require_aware(at)
    past = [report for report in reports if report.at <= at]
    counted = _heaviest_per_reporter_and_day(past, at, rule)
    points = {source: Decimal(0) for source in Source}
    counts = dict.fromkeys(Source, 0)
    reporters = set()
    faded = 0
    for report, weight in counted:
        if weight:
            points[report.source] += weight
            counts[report.source] += 1
            reporters.add(report.reporter)
        else:
            faded += 1
    score = sum(points.values(), Decimal(0))
    level, judged = _judge(score, len(reporters), len(counted) - faded, rule)
    reasons = [
        Reason(ReasonCode.COUNTED, counts[source], points[source], source=source) for source in Source if counts[source]
    ]
    left_out = {
        ReasonCode.SAME_REPORTER_SAME_DAY: len(past) - len(counted),
        ReasonCode.NOT_YET: len(reports) - len(past),
        ReasonCode.FADED: faded,
    }
    reasons += [Reason(code, count, Decimal(0)) for code, count in left_out.items() if count]
    return SignalStrength(score, level, rule.version, len(reporters), (*reasons, *judged))


def _heaviest_per_reporter_and_day(
    reports: Sequence[Report], at: datetime, rule: SignalRule
) -> list[tuple[Report, Decimal]]:
    best: dict[tuple[str, date], tuple[Decimal, str, Report]] = {}
    for report in reports:
        key = (report.reporter, report.at.astimezone(UTC).date())
        # The source's name breaks ties, so that the reasons do not depend on the order either.
        candidate = (_weight(report, at, rule), report.source.value, report)
        if key not in best or candidate[:2] > best[key][:2]:
            best[key] = candidate
    return [(report, weight) for weight, _, report in best.values()]


def _weight(report: Report, at: datetime, rule: SignalRule) -> Decimal:
    # Whole microseconds keep the exponent exact; rounding each report makes the sum independent of their order.
    unit = timedelta(microseconds=1)
    with localcontext(prec=28):
        half_lives = Decimal((at - report.at) // unit) / Decimal(rule.half_life // unit)
        weight = rule.weights[report.source] * Decimal("0.5") ** half_lives
        return weight.quantize(_STEP, ROUND_HALF_EVEN)


def _judge(
    score: Decimal, reporters: int, count: int, rule: SignalRule
) -> tuple[AlertLevel | None, tuple[Reason, ...]]:
    held_back = []
    for threshold in rule.thresholds:
        if score < threshold.points:
            continue
        if reporters < threshold.reporters:
            held_back.append(Reason(ReasonCode.TOO_FEW_REPORTERS, reporters, threshold.points, level=threshold.level))
            continue
        reached = Reason(ReasonCode.LEVEL_REACHED, count, threshold.points, level=threshold.level)
        return threshold.level, (*held_back, reached)
    return None, (*held_back, Reason(ReasonCode.BELOW_EVERY_LEVEL, count, score))


def _require_aware(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
