"""North American coupon codes in AIs 8110 and 8112, read field by field.

Source: GS1 US, North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols, and the
guideline for serialised (positive offer file) coupons. VLI: the digit that gives the length of what follows.
"""

from __future__ import annotations

from guomen.core.gs1.errors import GS1Error
from guomen.core.gs1.linters.base import GcpLookup, fail, need_digits
from guomen.core.gs1.linters.keys import company_prefix
from guomen.core.gs1.linters.times import yymmdd

_PURCHASE_CODES = "012349"


class _Reader:
    def __init__(self, data: str) -> None:
        self.data = data
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at == len(self.data)

    def peek(self, code: str) -> bool:
        return self.data.startswith(code, self.at)

    def rest(self, code: str) -> GS1Error:
        """Nothing left: blame the whole. Something left: blame what is left."""
        start = 0 if self.done else self.at
        return fail(code, start, len(self.data) - start)

    def digit(self, allowed: str, missing: str, invalid: str) -> str:
        if self.done:
            raise fail(missing, 0, len(self.data))
        char = self.data[self.at]
        if char not in allowed:
            raise fail(invalid, self.at, 1)
        self.at += 1
        return char

    def take(self, length: int, truncated: str) -> str:
        if len(self.data) - self.at < length:
            raise self.rest(truncated)
        self.at += length
        return self.data[self.at - length : self.at]

    def prefix(self, length: int, truncated: str, lookup: GcpLookup | None) -> None:
        start = self.at
        value = self.take(length, truncated)
        try:
            company_prefix(value, lookup)
        except GS1Error as error:
            raise fail(error.code, start, length) from None

    def finish(self) -> None:
        if not self.done:
            raise self.rest("COUPON_EXCESS_DATA")


def _purchase(reader: _Reader, which: str) -> None:
    name = f"{which}_PURCHASE"
    vli = reader.digit("12345", f"COUPON_MISSING_{name}_REQUIREMENT_VLI", f"COUPON_INVALID_{name}_REQUIREMENT_LENGTH")
    reader.take(int(vli), f"COUPON_TRUNCATED_{name}_REQUIREMENT")
    reader.digit(
        _PURCHASE_CODES,
        f"COUPON_MISSING_{name}_REQUIREMENT_CODE",
        f"COUPON_INVALID_{name}_REQUIREMENT_CODE",
    )
    reader.take(3, f"COUPON_TRUNCATED_{name}_FAMILY_CODE")


def _purchase_prefix(reader: _Reader, which: str, lookup: GcpLookup | None) -> None:
    name = f"{which}_PURCHASE_GCP"
    vli = reader.digit("01234569", f"COUPON_MISSING_{name}_VLI", f"COUPON_INVALID_{name}_LENGTH")
    if vli != "9":
        reader.prefix(int(vli) + 6, f"COUPON_TRUNCATED_{name}", lookup)


def _date(reader: _Reader, too_short: str, invalid: str) -> str:
    start = reader.at
    value = reader.take(6, too_short)
    try:
        yymmdd(value)
    except GS1Error:
        raise fail(invalid, start, 6) from None
    return value


def _serial(reader: _Reader) -> None:
    vli = reader.digit("0123456789", "COUPON_MISSING_SERIAL_NUMBER_VLI", "COUPON_MISSING_SERIAL_NUMBER_VLI")
    reader.take(int(vli) + 6, "COUPON_TRUNCATED_SERIAL_NUMBER")


def _optional_fields(reader: _Reader, lookup: GcpLookup | None) -> None:
    if reader.peek("1"):
        reader.at += 1
        rules = "ADDITIONAL_PURCHASE_RULES_CODE"
        reader.digit("0123", f"COUPON_MISSING_{rules}", f"COUPON_INVALID_{rules}")
        _purchase(reader, "2ND")
        _purchase_prefix(reader, "2ND", lookup)
    if reader.peek("2"):
        reader.at += 1
        _purchase(reader, "3RD")
        _purchase_prefix(reader, "3RD", lookup)
    dates = reader.at
    expiry = ""
    if reader.peek("3"):
        reader.at += 1
        # The spelling of this code is the dictionary's.
        expiry = _date(reader, "COUPON_TOO_SHORT_FOR_EXPIRATION_DATE", "COUPON_INVALID_EXIPIRATION_DATE")
    if reader.peek("4"):
        reader.at += 1
        start = _date(reader, "COUPON_TOO_SHORT_FOR_START_DATE", "COUPON_INVALID_START_DATE")
        if expiry and expiry < start:
            raise fail("COUPON_EXPIRATION_BEFORE_START", dates, reader.at - dates)
    if reader.peek("5"):
        reader.at += 1
        _serial(reader)
    if reader.peek("6"):
        reader.at += 1
        retailer = "RETAILER_GCP_OR_GLN"
        vli = reader.digit("1234567", f"COUPON_MISSING_{retailer}_VLI", f"COUPON_INVALID_{retailer}_LENGTH")
        reader.prefix(int(vli) + 6, f"COUPON_TRUNCATED_{retailer}", lookup)
    if reader.peek("9"):
        reader.at += 1
        _save_value_rules(reader)


def _save_value_rules(reader: _Reader) -> None:
    value, item = "SAVE_VALUE_CODE", "SAVE_VALUE_APPLIES_TO_ITEM"
    reader.digit("01256", f"COUPON_MISSING_{value}", f"COUPON_INVALID_{value}")
    reader.digit("012", f"COUPON_MISSING_{item}", f"COUPON_INVALID_{item}")
    reader.digit("0123456789", "COUPON_MISSING_STORE_COUPON_FLAG", "COUPON_MISSING_STORE_COUPON_FLAG")
    reader.digit("01", "COUPON_MISSING_DONT_MULTIPLY_FLAG", "COUPON_INVALID_DONT_MULTIPLY_FLAG")


def couponcode(value: str, lookup: GcpLookup | None = None) -> None:
    need_digits(value)
    reader = _Reader(value)
    vli = reader.digit("0123456", "COUPON_MISSING_GCP_VLI", "COUPON_INVALID_GCP_LENGTH")
    reader.prefix(int(vli) + 6, "COUPON_TRUNCATED_GCP", lookup)
    reader.take(6, "COUPON_TRUNCATED_OFFER_CODE")
    vli = reader.digit("12345", "COUPON_MISSING_SAVE_VALUE_VLI", "COUPON_INVALID_SAVE_VALUE_LENGTH")
    reader.take(int(vli), "COUPON_TRUNCATED_SAVE_VALUE")
    _purchase(reader, "1ST")
    _optional_fields(reader, lookup)
    reader.finish()


def couponposoffer(value: str, lookup: GcpLookup | None = None) -> None:
    need_digits(value)
    reader = _Reader(value)
    reader.digit("01", "COUPON_MISSING_FORMAT_CODE", "COUPON_INVALID_FORMAT_CODE")
    vli = reader.digit("0123456", "COUPON_MISSING_FUNDER_VLI", "COUPON_INVALID_FUNDER_LENGTH")
    reader.prefix(int(vli) + 6, "COUPON_TRUNCATED_FUNDER", lookup)
    reader.take(6, "COUPON_TRUNCATED_OFFER_CODE")
    _serial(reader)
    reader.finish()
