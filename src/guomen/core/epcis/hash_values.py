"""Values in the one spelling that the CBV event hash uses (CBV 2.0 section 8.9.2, rules on values)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from guomen.core.epcis import vocabulary as voc
from guomen.core.gs1 import GS1Error, epc_to_ais, plain_urn_path
from guomen.core.memory import remembered

_FINEST = {"01": ("21", "235", "10"), "8006": ("21", "10"), "414": ("254",), "8010": ("8011",)}
_WORDS = {
    "sscc": "00", "gtin": "01", "gdti": "253", "gcn": "255", "ginc": "401", "gsin": "402", "gln": "414",
    "party": "417", "grai": "8003", "giai": "8004", "itip": "8006", "cpid": "8010", "gsrnp": "8017",
    "gsrn": "8018", "lot": "10", "ser": "21", "glnx": "254", "cpsn": "8011",
}  # fmt: skip
_KEYS = frozenset(_WORDS.values()) - {"10", "21", "254", "8011"} | {"8013"}
_KEY_SHAPE = {"00": r"\d{18}", "01": r"\d{8}|\d{12,14}", "414": r"\d{13}", "417": r"\d{13}", "402": r"\d{17}"}
_LINK = re.compile(r"https?://[^/?#]+(/[^?#]*)(?:[?#].*)?")
_PLAIN = re.compile(r"https?://[A-Za-z0-9.:-]+(/01/[0-9]{14}/(?:21|10)/[^/?#]+|/00/[0-9]{18})")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_FRACTION = re.compile(r"(\.\d{6})\d+")

_LONGEST_NUMBER = 400
_WIDE = Context(prec=_LONGEST_NUMBER + 1)

# Which vocabulary a bare word belongs to depends on the field that it stands in.
FIELD_VOCABULARY = {
    "bizStep": voc.BIZ_STEP,
    "disposition": voc.DISPOSITION,
    "set": voc.DISPOSITION,
    "unset": voc.DISPOSITION,
    "component": voc.SENSOR_COMPONENT,
}
LIST_TYPE_VOCABULARY = {
    "bizTransactionList": voc.BIZ_TRANSACTION_TYPE,
    "sourceList": voc.SOURCE_DEST_TYPE,
    "destinationList": voc.SOURCE_DEST_TYPE,
}


def moment(text: str) -> str:
    """A date and time in UTC with milliseconds, half a millisecond rounded up; another text comes back as it is."""
    if _MOMENT.fullmatch(text):
        return text
    try:
        parsed = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    except ValueError:
        return text
    if parsed.tzinfo is None:
        return text
    rounded = parsed.astimezone(UTC) + timedelta(microseconds=500)
    return rounded.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def numeric(text: str) -> str:
    """A number without leading or trailing zeros; another text comes back as it is.

    The published algorithm goes through a binary double, and so do its vectors: 0.10 and 1e1 become 0.1 and 10.
    """
    # Nearly all values are words: do not pay for an exception each.
    if text[:1].isalpha():
        return text
    try:
        value = float(text)
        return str(int(value)) if value == int(value) else str(value)
    except (ValueError, OverflowError):
        return text


def numeric_exactly(text: str) -> str:
    """As numeric, with every digit kept: what the draft of CBV 2.1 does."""
    if text[:1].isalpha() or len(text) > _LONGEST_NUMBER:
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    # A short text such as 1e999999 would become a very long one.
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST_NUMBER:
        return text
    return str(int(value)) if value == value.to_integral_value() else format(value.normalize(_WIDE), "f")


def _encode(value: str) -> str:
    return quote(value, safe="';=", encoding="latin-1", errors="replace")


def _link_pairs(uri: str) -> list[tuple[str, str]] | None:
    """(AI, raw value) pairs of a Digital Link. The hash does not judge check digits, so neither do we here."""
    match = _LINK.fullmatch(uri)
    words = match[1].strip("/").split("/") if match else []
    for index in range(len(words) - 2, -1, -1):
        ai = _WORDS.get(words[index], words[index])
        if ai in _KEYS and re.fullmatch(_KEY_SHAPE.get(ai, r".+"), words[index + 1]):
            rest = words[index:]
            return [(_WORDS.get(a, a), v) for a, v in zip(rest[::2], rest[1::2], strict=False)]
    return None


def gs1_name(uri: str) -> str | None:
    """The canonical Digital Link of an EPC URN or of a link on any host, finest level only; None for others."""
    if uri.startswith("urn:epc:"):
        path = plain_urn_path(uri)
        if path is not None:
            return "https://id.gs1.org" + path
        try:
            pairs = [(ai, _encode(value)) for ai, value in epc_to_ais(uri)]
        except GS1Error:
            return None
    elif uri.startswith("http"):
        plain = _PLAIN.fullmatch(uri)
        if plain is not None:
            return "https://id.gs1.org" + plain[1]
        found = _link_pairs(uri)
        if found is None:
            return None
        pairs = found
    else:
        return None
    ai, key = pairs[0]
    if ai == "01":
        key = key.zfill(14)
    qualifiers = dict(pairs[1:])
    finest = next((f"/{q}/{qualifiers[q]}" for q in _FINEST.get(ai, ()) if q in qualifiers), "")
    return f"https://id.gs1.org/{ai}/{key}{finest}"


def _canonize(text: str, number: Callable[[str], str]) -> str:
    if text.startswith("urn:epcglobal:cbv:"):
        for vocabulary in (*FIELD_VOCABULARY.values(), *LIST_TYPE_VOCABULARY.values(), voc.ERROR_REASON):
            text = voc.web_uri(vocabulary, text)
    text = number(text)
    return gs1_name(text) or text


@remembered
def canonize(text: str) -> str:
    """One value: CBV URNs as web URIs, numbers trimmed, GS1 keys as canonical Digital Links."""
    return _canonize(text, numeric)


@remembered
def canonize_exactly(text: str) -> str:
    """As canonize, with every digit of a number kept."""
    return _canonize(text, numeric_exactly)


def as_text(value: Any) -> str:
    """A JSON scalar as the text that XML would have for it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
