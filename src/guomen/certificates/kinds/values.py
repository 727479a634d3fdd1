"""Values that a certificate states: how each is read from what a form or a program gives, and how it is written.

A value is kept as canonical JSON that says everything by itself: text, ``{"en", "zh"}``, a code with its words, an
amount with its unit and words, a day as ISO 8601, a list of rows. Numbers are decimal text, never floats.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings

from guomen.catalogue.codes import table
from guomen.catalogue.units import amount
from guomen.core.codes import parse_packaging_mark, valid_container
from guomen.kit.web import dated, number
from guomen.kit.words import W

MEASURES = {
    "CEL": W("°C", "°C"),
    "MIN": W("min", "分钟"),
    "HUR": W("h", "小时"),
    "DAY": W("days", "天"),
    "A93": W("g/m³", "克/立方米"),
    "GL": W("g/L", "克/升"),
    "P1": W("%", "%"),
    "A95": W("Gy", "戈瑞"),
    "KPA": W("kPa", "千帕"),
    "KGL": W("kg/L", "千克/升"),
}
"""Units of measures beside the catalogue's: UN/ECE Recommendation 20; KGL is ours, for a density."""
MASS = ("KGM", "GRM", "TNE")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MOST = Decimal(10) ** 12


class BadValueError(ValueError):
    """A value breaks its type's rules; ``words`` say which, ``code`` names it, ``at`` is the path within the value."""

    def __init__(self, code: str, words: W, at: str = "", **values: object) -> None:
        super().__init__(words.en)
        self.code, self.words, self.at, self.values = code, words, at, values


def is_absent(value: Any) -> bool:
    """Whether nothing is said: None, empty text, empty words, no rows."""
    if isinstance(value, Mapping) and "en" in value and "zh" in value:
        return not (str(value["en"]).strip() or str(value["zh"]).strip())
    if isinstance(value, Mapping) and "value" in value:
        return value["value"] in (None, "")
    return value in (None, "", [], {}) or (isinstance(value, str) and not value.strip())


def both(value: Any) -> dict[str, str]:
    """Any stored value as what stands on paper in both languages."""
    if isinstance(value, Mapping) and {"en", "zh"} <= set(value):
        return {"en": str(value["en"]), "zh": str(value["zh"])}
    text = "—" if value in (None, "") else str(value)
    return {"en": text, "zh": text}


def decimal(raw: Any) -> Decimal:
    """An exact number from text or an integer. BadValueError for anything else, also for floats."""
    try:
        if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
            raise InvalidOperation
        found = Decimal(str(raw).strip())
        if not found.is_finite() or abs(found) >= _MOST or int(found.as_tuple().exponent) < -9:
            raise InvalidOperation
    except InvalidOperation:
        words = W("Write a number, such as 12.5.", "请填写数字，例如 12.5。")
        raise BadValueError("not-a-number", words) from None
    return found


def _plainly(found: Decimal) -> str:
    return format(found.normalize(), "f")


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they are, or in both languages. ``longest`` counts characters of each."""

    longest: int = 500
    widget: ClassVar[str] = "both"

    def read(self, raw: Any) -> Any:
        if isinstance(raw, W):
            raw = {"en": raw.en, "zh": raw.zh}
        if isinstance(raw, Mapping) and set(raw) >= {"en", "zh"}:
            en, zh = self._one(raw["en"]), self._one(raw["zh"])
            # What is said in one language only is said as it is.
            return {"en": en, "zh": zh} if en and zh else en or zh
        return self._one(raw)

    def _one(self, raw: Any) -> str:
        if not isinstance(raw, str):
            words = W("Write text, or the text in both languages.", "请填写文字，或中英文两种文字。")
            raise BadValueError("not-text", words)
        text = raw.replace("\r\n", "\n").strip()
        if len(text) > self.longest or _CONTROL.search(text):
            words = W("Write at most {max} characters.", "最多填写 {max} 个字符。")
            raise BadValueError("too-long", words, max=self.longest)
        return text

    def write(self, value: Any) -> dict[str, str]:
        return both(value)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a table of the catalogue. Words without a code are taken as well unless ``strict``."""

    table: str
    strict: bool = False
    widget: ClassVar[str] = "choice"

    def options(self) -> list[tuple[str, W]]:
        return table(self.table).options()

    def read(self, raw: Any) -> Any:
        code = raw.get("code") if isinstance(raw, Mapping) else raw
        if isinstance(code, str) and code.strip() in table(self.table):
            words = table(self.table).words[code.strip()]
            return {"code": code.strip(), "en": words.en, "zh": words.zh}
        if not self.strict and not (isinstance(raw, Mapping) and code):
            return Text().read(raw)
        words = W("Choose a code of the list.", "请选择列表中的代码。")
        raise BadValueError("unknown-code", words)

    def write(self, value: Any) -> dict[str, str]:
        return both(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few codes with their words."""

    codes: Mapping[str, W]
    widget: ClassVar[str] = "choice"

    def options(self) -> list[tuple[str, W]]:
        return list(self.codes.items())

    def read(self, raw: Any) -> Any:
        code = raw.get("code") if isinstance(raw, Mapping) else raw
        if not isinstance(code, str) or code not in self.codes:
            raise BadValueError("unknown-code", W("Choose one of the list.", "请从列表中选择。"))
        return {"code": code, "en": self.codes[code].en, "zh": self.codes[code].zh}

    def write(self, value: Any) -> dict[str, str]:
        return both(value)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number above ``above`` (None: any) with one of ``units``; text is taken as it is unless ``strict``."""

    units: tuple[str, ...] = ()
    above: int | None = 0
    strict: bool = False
    widget: ClassVar[str] = "amount"

    def options(self) -> list[tuple[str, W]]:
        if not self.units:
            return table("unit").options()
        return [(u, MEASURES.get(u) or table("unit").words[u]) for u in self.units]

    def read(self, raw: Any) -> Any:
        if isinstance(raw, Mapping) and "value" in raw:
            return self._exact(raw)
        if self.strict:
            words = W("Write a number and choose its unit.", "请填写数值并选择单位。")
            raise BadValueError("no-unit", words)
        return Text(100).read(raw)

    def _exact(self, raw: Mapping[str, Any]) -> dict[str, str]:
        found, unit = decimal(raw["value"]), raw.get("unit")
        if unit not in dict(self.options()):
            raise BadValueError("unknown-unit", W("Choose a unit of the list.", "请选择列表中的单位。"))
        if self.above is not None and found <= self.above:
            words = W("Write a number above {above}.", "请填写大于 {above} 的数字。")
            raise BadValueError("too-small", words, above=self.above)
        shown = number(found)
        words = W(*(f"{shown} {w}" for w in (MEASURES[unit].en, MEASURES[unit].zh))) if unit in MEASURES else None
        words = words or amount(found, unit)
        return {"value": _plainly(found), "unit": unit, "en": words.en, "zh": words.zh}

    def write(self, value: Any) -> dict[str, str]:
        return both(value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``least`` to ``most``."""

    least: int = 1
    most: int = 1_000_000_000
    widget: ClassVar[str] = "number"

    def read(self, raw: Any) -> int:
        found = decimal(raw)
        if found != found.to_integral_value() or not self.least <= found <= self.most:
            words = W("Write a whole number from {least} to {most}.", "请填写 {least} 至 {most} 的整数。")
            raise BadValueError("out-of-range", words, least=number(self.least), most=number(self.most))
        return int(found)

    def write(self, value: Any) -> dict[str, str]:
        return both(number(value))


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, ISO 8601."""

    widget: ClassVar[str] = "date"

    def read(self, raw: Any) -> str:
        try:
            if isinstance(raw, datetime):
                # The day at the port, not in London.
                raw = raw.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
            return date.fromisoformat(str(raw)[:10]).isoformat()
        except ValueError:
            words = W("Write a day as year-month-day, such as 2026-11-26.", "请按“年-月-日”填写日期，例如 2026-11-26。")
            raise BadValueError("not-a-day", words) from None

    def write(self, value: Any) -> dict[str, str]:
        words = dated(date.fromisoformat(str(value)[:10]))
        return {"en": words.en, "zh": words.zh}


@dataclass(frozen=True, slots=True)
class Shape:
    """Text of one form: a pattern, or a function that raises ValueError or answers False for what it is not."""

    like: str
    pattern: str = ""
    check: Callable[[str], Any] | None = None
    widget: ClassVar[str] = "text"

    def read(self, raw: Any) -> str:
        text = raw.strip() if isinstance(raw, str) else ""
        fine = bool(text) and len(text) <= 100 and (not self.pattern or bool(re.fullmatch(self.pattern, text)))
        if fine and self.check is not None:
            try:
                fine = self.check(text) is not False
            except ValueError:
                fine = False
        if not fine:
            words = W("This does not have the right form, such as {like}.", "格式不正确，例如 {like}。")
            raise BadValueError("bad-form", words, like=self.like)
        return text

    def write(self, value: Any) -> dict[str, str]:
        return both(value)


@dataclass(frozen=True, slots=True)
class YesNo:
    """Whether something holds."""

    widget: ClassVar[str] = "yes-no"

    def read(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        if raw in ("yes", "no"):
            return bool(raw == "yes")
        raise BadValueError("not-yes-or-no", W("Say yes or no.", "请选择是或否。"))

    def write(self, value: Any) -> dict[str, str]:
        return {"en": "Yes", "zh": "是"} if value else {"en": "No", "zh": "否"}


@dataclass(frozen=True, slots=True)
class Codes:
    """A list of codes, such as the reasons of a decision; they stay in the credential."""

    widget: ClassVar[str] = ""

    def read(self, raw: Any) -> list[str]:
        fine = isinstance(raw, (list, tuple)) and len(raw) <= 100
        if not fine or not all(isinstance(one, str) and re.fullmatch(r"[A-Za-z0-9._-]{1,60}", one) for one in raw):
            raise BadValueError("not-a-list", W("Give a list of codes.", "请填写代码列表。"))
        return list(raw)

    def write(self, value: Any) -> dict[str, str]:
        return both(", ".join(value))


@dataclass(frozen=True, slots=True)
class Column:
    """One value of each row."""

    name: str
    label: W
    type: Any
    required: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of rows of the same columns, at most ``most``."""

    columns: tuple[Column, ...]
    most: int = 100
    widget: ClassVar[str] = "rows"

    def read(self, raw: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, (list, tuple)) or not all(isinstance(row, Mapping) for row in raw):
            raise BadValueError("not-a-list", W("Give a list of rows.", "请按行填写列表。"))
        if len(raw) > self.most:
            words = W("Give at most {max} rows.", "最多填写 {max} 行。")
            raise BadValueError("too-many", words, max=self.most)
        return [self._row(row, str(index)) for index, row in enumerate(raw)]

    def _row(self, row: Mapping[str, Any], at: str) -> dict[str, Any]:
        found = {}
        unknown = set(row) - {c.name for c in self.columns}
        if unknown:
            words = W("This fact does not belong to this certificate.", "该内容不属于此种证书。")
            raise BadValueError("unknown-fact", words, at=f"{at}.{min(unknown)}")
        for column in self.columns:
            value = row.get(column.name)
            if is_absent(value):
                if column.required:
                    words = W("This is needed: {what}.", "此项必填：{what}。")
                    raise BadValueError("required", words, at=f"{at}.{column.name}", what=column.label)
                continue
            try:
                found[column.name] = column.type.read(value)
            except BadValueError as error:
                raise BadValueError(error.code, error.words, f"{at}.{column.name}", **error.values) from None
        return found

    def write(self, value: Any) -> dict[str, str]:
        return both(str(len(value)))


CONTAINER = Shape("CSQU3054383", check=valid_container)
UN_MARK = Shape("4G/Y20/S/26/CN/C231234", check=parse_packaging_mark)
