"""Read what a form or a program sends about a lot; every problem is named at its field."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from guomen.adoption.rules import lot_key
from guomen.catalogue import codes
from guomen.core.gs1 import valid_gtin
from guomen.kit.clock import is_usable
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W

MISSING = W("Fill this in.", "请填写此项。")
NOT_A_DATE = W("Enter a date, for example 2026-11-12.", "请输入日期，例如 2026-11-12。")
NOT_A_NUMBER = W("Enter a number above 0, for example 21.4.", "请输入大于 0 的数字，例如 21.4。")
NOT_LISTED = W("Choose one from the list.", "请从列表中选择。")
MOST = Decimal(10) ** 12


class Reader:
    """Takes values out of what was sent; :meth:`done` raises Invalid with all that is wrong."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self.sent = sent
        self.problems: list[Problem] = []

    def wrong(self, field: str, code: str, words: W) -> None:
        self.problems.append(Problem(field, code, words))

    def text(self, field: str, limit: int, *, needed: bool = True) -> str:
        """Printable text of at most ``limit`` characters, blanks at its ends cut."""
        value = self.sent.get(field)
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if not text.isprintable() or len(text) > limit:
            self.wrong(field, "too-long", W("This is too long or holds odd characters.", "内容过长或含有异常字符。"))
            return ""
        if needed and not text:
            self.wrong(field, "missing", MISSING)
        return text

    def day(self, field: str, *, needed: bool = True) -> date | None:
        value = self.sent.get(field)
        if value in (None, "") and not needed:
            return None
        try:
            found = value if type(value) is date else date.fromisoformat(str(value))
        except ValueError:
            found = None
        if found is not None and is_usable(found):
            return found
        self.wrong(field, "not-a-date", NOT_A_DATE)
        return None

    def moment(self, field: str) -> datetime | None:
        """A date and time with a zone."""
        try:
            found = datetime.fromisoformat(str(self.sent.get(field)))
        except ValueError:
            found = None
        if found is None or not is_usable(found):
            words = W("Enter a date and time with its zone.", "请输入带时区的日期和时间。")
            self.wrong(field, "not-a-time", words)
            return None
        return found

    def amount(self, field: str) -> Decimal:
        """A number above zero with at most six places."""
        try:
            found = Decimal(str(self.sent.get(field)).strip())
        except InvalidOperation:
            found = Decimal(0)
        if not found.is_finite() or not 0 < found < MOST or found != round(found, 6):
            self.wrong(field, "not-a-number", NOT_A_NUMBER)
            return Decimal(1)
        return found

    def code(self, field: str, table: str) -> str:
        """A code of a code table."""
        value = str(self.sent.get(field) or "").strip()
        if value not in codes.table(table):
            self.wrong(field, "unknown-code", NOT_LISTED)
            return ""
        return value

    def gtin(self) -> str:
        value = str(self.sent.get("gtin") or "").strip()
        if value and not valid_gtin(value):
            self.wrong("gtin", "bad-check-digit", W("This GTIN is not valid.", "GTIN 无效。"))
            return ""
        return value.zfill(14) if value else ""

    def lot(self) -> dict[str, Any]:
        """The columns that all rows about a lot have, with their key."""
        found: dict[str, Any] = {
            "gtin": self.gtin(),
            "hs_code": self.code("hs_code", "hs"),
            "maker_name": self.text("maker_name", 200),
            "batch": self.text("batch", 20),
            "goods": self.text("goods", 200),
            "quantity": self.amount("quantity"),
            "unit": self.code("unit", "unit"),
        }
        return found | {"lot": lot_key(found["gtin"], found["hs_code"], found["maker_name"], found["batch"])}

    def done(self) -> None:
        if self.problems:
            raise Invalid(self.problems)


def sentence(field: str, text: str, most: int = 300) -> str:
    """A reason in words. Raises Invalid when there is none."""
    found = " ".join(text.split()) if isinstance(text, str) else ""
    if not found or not found.isprintable() or len(found) > most:
        raise Invalid([Problem(field, "missing", W("Say why, in a sentence.", "请用一句话说明理由。"))])
    return found
