"""Judge what was found against what is allowed, say what is missing, propose a conclusion. Values in, reasons out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, Protocol

SV_PER_GY = Decimal("1.2")
"""Ambient dose equivalent per air kerma, H*(10)/K_air, for Cs-137 (ISO 4037-3:2019, about 1.20 Sv/Gy)."""

Verdict = Literal["within", "outside", "unclear", "stated"]


class MeasureError(ValueError):
    """A measurement that cannot be judged. ``code`` is a key of ``words.MEASURE_PROBLEMS``."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values
        super().__init__(code)


class Limits(Protocol):
    """What checklist items and laboratory tests have in common. Both bounds belong to what is allowed."""

    @property
    def unit(self) -> str: ...
    @property
    def low(self) -> Decimal | None: ...
    @property
    def high(self) -> Decimal | None: ...


class Item(Limits, Protocol):
    """One checklist item; ``kind`` is choice, measure, sample or photo."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def fail_reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What an instrument or a laboratory says. ``operator`` "<" means: below ``value``, the limit of quantification."""

    value: Decimal
    unit: str
    operator: str = "="
    background: Decimal | None = None
    loq: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """``value`` in ``unit`` is what was compared: for dose rates the net rate, else the reading itself."""

    verdict: Verdict
    value: Decimal
    unit: str

    @property
    def conforms(self) -> bool:
        return self.verdict in {"within", "stated"}


@dataclass(frozen=True, slots=True)
class Found:
    """What is known about one item of one order."""

    choice: str = ""
    verdict: str = ""
    note: bool = False
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """``what`` is answer, measure, note, photo or sample."""

    item: str
    what: str


@dataclass(frozen=True, slots=True)
class Conclusion:
    """``state`` is pass, lab (the laboratory decides), fail or incomplete; ``reasons`` are reason codes."""

    state: Literal["pass", "lab", "fail", "incomplete"]
    missing: list[Missing]
    reasons: list[str]


def same_unit(one: str, other: str) -> bool:
    """Whether two spellings name one unit: the micro sign and the Greek mu are the same letter here."""
    return plain_unit(one) == plain_unit(other)


def plain_unit(unit: str) -> str:
    return unit.strip().replace("\N{GREEK SMALL LETTER MU}", "u").replace("\N{MICRO SIGN}", "u").replace(" ", "")


def is_dose_rate(unit: str) -> bool:
    return plain_unit(unit) == "uGy/h"


def needs_background(limits: Limits) -> bool:
    """Whether the limit is an allowance above natural background (GB 16487 series): then a second reading is needed.

    A dose rate that must lie between two bounds is itself a background reading.
    """
    return is_dose_rate(limits.unit) and limits.low is None


def scale_of(analyte: str, unit: str) -> str:
    """How numbers of this test are written: fastness is graded 1 to 5 with half grades (GB/T 250, GB/T 251)."""
    return "grade" if analyte.startswith("fastness") else unit


def read_number(text: str, unit: str = "") -> Decimal:
    """The number a person typed. Half grades of fastness ("3-4", GB/T 250) are 3.5. Raises MeasureError."""
    text = text.strip().replace(",", "").replace("，", "").replace("−", "-")
    half = re.fullmatch(r"([1-4])\s*[-–/]\s*([2-5])", text)
    if half and unit == "grade" and int(half[2]) == int(half[1]) + 1:
        return int(half[1]) + Decimal("0.5")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise MeasureError("not-a-number") from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 12 or -value.as_tuple().exponent > 9:
        raise MeasureError("not-a-number")
    return value


def show_number(value: Decimal, unit: str = "") -> str:
    """The number as people write it; 3.5 grades is "3-4"."""
    if unit == "grade" and value % 1 == Decimal("0.5"):
        return f"{int(value)}-{int(value) + 1}"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def judge(limits: Limits, reading: Reading) -> Judgement:
    """Compare a reading with its limits, in the unit of the limits. Raises MeasureError for what cannot be compared."""
    if is_dose_rate(limits.unit):
        return _judge_dose_rate(limits, reading)
    if not same_unit(reading.unit, limits.unit):
        raise MeasureError("wrong-unit", given=reading.unit or "—", wanted=limits.unit)
    if reading.operator == "<":
        return Judgement(_below(limits, reading.value), reading.value, limits.unit)
    if reading.operator != "=":
        raise MeasureError("unknown-operator")
    if reading.loq is not None and reading.value < reading.loq:
        raise MeasureError("below-loq", loq=show_number(reading.loq, limits.unit))
    return Judgement(_between(limits, reading.value), reading.value, limits.unit)


def _judge_dose_rate(limits: Limits, reading: Reading) -> Judgement:
    """Air absorbed dose rate, net of background where asked, converted when the meter shows dose equivalent."""
    unit = plain_unit(reading.unit)
    if unit not in {"uGy/h", "uSv/h"}:
        raise MeasureError("wrong-unit", given=reading.unit or "—", wanted=f"{limits.unit} / μSv/h")
    background = reading.background if needs_background(limits) else Decimal(0)
    if background is None:
        raise MeasureError("no-background")
    if background < 0 or reading.value < 0:
        raise MeasureError("negative")
    net = reading.value - background
    if unit == "uSv/h":
        net = (net / SV_PER_GY).quantize(Decimal("0.0001"))
    return Judgement(_between(limits, net), net, limits.unit)


def _between(limits: Limits, value: Decimal) -> Verdict:
    if limits.low is None and limits.high is None:
        return "stated"
    too_low = limits.low is not None and value < limits.low
    too_high = limits.high is not None and value > limits.high
    return "outside" if too_low or too_high else "within"


def _below(limits: Limits, loq: Decimal) -> Verdict:
    """All that is known is that the true value is smaller than ``loq``."""
    if limits.low is not None:
        return "outside" if loq <= limits.low else "unclear"
    if limits.high is not None:
        return "within" if loq <= limits.high else "unclear"
    return "stated"


def missing_of(item: Item, found: Found, sample_drawn: bool) -> str:
    """What the item still needs: "", answer, measure, note, photo or sample."""
    if item.kind == "sample":
        return "" if sample_drawn else "sample"
    if item.kind == "photo":
        return "" if found.photos else "photo"
    if found.choice in {"", "not-done"}:
        return "measure" if item.kind == "measure" else "answer"
    if found.verdict == "fails" and item.kind == "choice":
        if not found.note:
            return "note"
        if not found.photos:
            return "photo"
    return ""


def propose(items: Iterable[Item], found: Mapping[str, Found], *, sample_drawn: bool, fast: str = "") -> Conclusion:
    """The conclusion that the facts allow. Nothing is concluded while anything is missing.

    ``fast``: what a fast test found, where one may let the goods go: negative, positive, or nothing yet. A positive one
    is confirmed by the laboratory.
    """
    items = list(items)
    missing = []
    for item in items:
        what = missing_of(item, found.get(item.code, Found()), sample_drawn)
        if what:
            missing.append(Missing(item.code, what))
    if missing:
        return Conclusion("incomplete", missing, ["CHECKS-INCOMPLETE"])
    failed = [i.fail_reason for i in items if found.get(i.code, Found()).verdict == "fails"]
    if failed:
        return Conclusion("fail", [], list(dict.fromkeys(failed)))
    if sample_drawn and fast == "negative":
        return Conclusion("pass", [], ["FAST-NEGATIVE"])
    if sample_drawn and fast == "positive":
        return Conclusion("lab", [], ["FAST-POSITIVE"])
    if sample_drawn:
        return Conclusion("lab", [], ["SAMPLE-AT-LABORATORY"])
    return Conclusion("pass", [], ["CHECKS-CONFORM"])
