"""Read a declaration payload: typed values out, every problem named at its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from guomen.catalogue import codes
from guomen.core.codes import valid_container
from guomen.core.gs1 import GS1Error, check_value, valid_gtin
from guomen.kit.errors import Problem
from guomen.kit.words import W

MAX_LINES = 200
YEARS = range(1950, 2150)
"""Years that a declaration can speak of: used machines are old, and times must survive a change of zone."""
MAX_CONTAINERS = 100
MAX_DOCUMENTS = 100
_LARGEST = Decimal(10) ** 13
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)

SAY = {
    "missing": W("Fill in this field.", "请填写此项。"),
    "missing-unit": W("Choose a unit for the quantity.", "请选择计量单位。"),
    "unknown-code": W("This code is not in the table.", "代码表中没有此代码。"),
    "unknown-field": W("This field does not exist.", "没有此字段。"),
    "not-text": W("Send text here.", "此项应为文本。"),
    "not-a-list": W("Send a list here.", "此项应为列表。"),
    "not-an-object": W("Send an object with named fields here.", "此项应为含字段的对象。"),
    "too-long": W("Use at most {max} characters.", "最多 {max} 个字符。"),
    "not-a-number": W(
        "Enter a number with at most 6 decimals; programs send it as text.",
        "请填写数字，最多 6 位小数；接口请以文本传送。",
    ),
    "not-positive": W("Enter a number above zero.", "请填写大于零的数字。"),
    "not-whole": W("Enter a whole number.", "请填写整数。"),
    "not-a-date": W("Enter a date such as 2026-11-12.", "请填写日期，例如 2026-11-12。"),
    "not-a-moment": W(
        "Enter date and time with zone, such as 2026-11-12T08:00+08:00.",
        "请填写含时区的时间，例如 2026-11-12T08:00+08:00。",
    ),
    "bad-check-digit": W("The check digit does not fit: compare the number again.", "校验码不符：请核对号码。"),
    "bad-batch": W("A batch has up to 20 letters, digits or signs.", "批号最多 20 位字母、数字或符号。"),
    "before-departure": W("The arrival lies before the departure.", "抵达时间早于启运日期。"),
    "too-far-apart": W("Departure and arrival are more than a year apart.", "启运与抵达相隔超过一年。"),
    "before-production": W("The use-by date lies before production.", "保质期早于生产日期。"),
    "net-above-gross": W("The net weight is above the gross weight.", "净重大于毛重。"),
    "lines-above-net": W("The lines weigh more than the whole declaration.", "各项货物净重之和大于总毛重。"),
    "no-lines": W("Declare at least one line of goods.", "请至少申报一项货物。"),
    "too-many": W("At most {max} are allowed.", "最多允许 {max} 项。"),
    "twice": W("This is listed twice.", "重复填写。"),
    "no-container": W("Give the container number.", "请填写集装箱号。"),
    "exports-later": W("Only imports (I) can be declared yet.", "目前仅支持进口申报（I）。"),
    "not-a-hash": W("This is not the SHA-256 of a file.", "这不是文件的 SHA-256 值。"),
    "unknown-document": W("Attach this file first.", "请先上传此文件。"),
    "unknown-importer": W(
        "This is neither a valid 18-character credit code nor a registered firm.",
        "统一社会信用代码无效，且企业未登记。",
    ),
}


class BadValueError(Exception):
    """A value that cannot be used; the code says why."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values


@dataclass(slots=True)
class Form:
    """A payload as typed values. Sensible only while ``problems`` is empty."""

    header: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    containers: list[dict[str, str]] = field(default_factory=list)
    documents: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, at: str, code: str, **values: object) -> None:
        self.problems.append(Problem(at, code, SAY[code], tuple(values.items())))


def text(raw: Any, limit: int) -> str:
    if not isinstance(raw, str):
        raise BadValueError("not-text")
    cleaned = raw.strip()
    if len(cleaned) > limit:
        raise BadValueError("too-long", max=limit)
    if "\x00" in cleaned:
        raise BadValueError("not-text")
    return cleaned


def code(raw: Any, table: str) -> str:
    found = text(raw, 20)
    if found not in codes.table(table):
        raise BadValueError("unknown-code")
    return found


def amount(raw: Any) -> Decimal:
    """A positive decimal. Floats are refused: they have no exact value."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise BadValueError("not-a-number")
    try:
        number = Decimal(raw.strip() if isinstance(raw, str) else raw)
    except InvalidOperation:
        raise BadValueError("not-a-number") from None
    if not number.is_finite() or abs(number) >= _LARGEST or -number.as_tuple().exponent > 6:  # type: ignore[operator]
        raise BadValueError("not-a-number")
    if number <= 0:
        raise BadValueError("not-positive")
    return number


def whole(raw: Any) -> int:
    number = amount(raw)
    if number % 1 or number > 2_000_000_000:
        raise BadValueError("not-whole")
    return int(number)


def day(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        found = date.fromisoformat(text(raw, 10))
    except ValueError:
        raise BadValueError("not-a-date") from None
    if found.year not in YEARS:
        raise BadValueError("not-a-date")
    return found


def moment(raw: Any) -> datetime:
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(text(raw, 40))
    except ValueError:
        raise BadValueError("not-a-moment") from None
    if found.tzinfo is None or found.year not in YEARS:
        raise BadValueError("not-a-moment")
    return found


def gtin(raw: Any) -> str:
    found = text(raw, 20)
    if not valid_gtin(found):
        raise BadValueError("bad-check-digit")
    return found.zfill(14)


def batch(raw: Any) -> str:
    found = text(raw, 20)
    try:
        check_value("10", found)
    except GS1Error:
        raise BadValueError("bad-batch") from None
    return found


def many_codes(raw: Any, table: str) -> list[str]:
    if not isinstance(raw, list):
        raise BadValueError("not-a-list")
    if len(raw) > 20:
        raise BadValueError("too-many", max=20)
    return sorted({code(one, table) for one in raw})


@dataclass(frozen=True, slots=True)
class Spec:
    """How one field is read. ``empty``: what an optional field holds when nothing is given."""

    read: Callable[[Any], Any]
    required: bool = True
    empty: Any = ""
    missing: str = "missing"


def _t(limit: int) -> Callable[[Any], str]:
    return partial(text, limit=limit)


def _c(table: str) -> Callable[[Any], str]:
    return partial(code, table=table)


HEADER: Mapping[str, Spec] = {
    "direction": Spec(_t(1)),
    "trade_mode": Spec(_c("trade_mode")),
    "importer_code": Spec(_t(18)),
    "consignor_name": Spec(_t(200)),
    "departure_country": Spec(_c("country")),
    "departure_port": Spec(_c("port")),
    "arrival_port": Spec(_c("port")),
    "goods_place": Spec(_t(100)),
    "transport_mode": Spec(_c("transport_mode")),
    "vessel": Spec(_t(100)),
    "voyage": Spec(_t(40), required=False),
    "bill_number": Spec(_t(40)),
    "contract_number": Spec(_t(40), required=False),
    "departed_on": Spec(day),
    "arrives_at": Spec(moment),
    "gross_weight_kg": Spec(amount),
    "net_weight_kg": Spec(amount),
    "packages": Spec(whole),
    "packaging": Spec(_c("packaging")),
    "marks": Spec(_t(300), required=False),
}
LINE: Mapping[str, Spec] = {
    "gtin": Spec(gtin, required=False),
    "name": Spec(_t(200)),
    "hs_code": Spec(_c("hs")),
    "ciq_code": Spec(_t(3), required=False),
    "origin": Spec(_c("country")),
    "origin_region": Spec(_t(100), required=False),
    "maker_name": Spec(_t(200)),
    "maker_registration": Spec(_t(40), required=False),
    "brand": Spec(_t(100), required=False),
    "model": Spec(_t(200), required=False),
    "batch": Spec(batch, required=False),
    "quantity": Spec(amount),
    "unit": Spec(_c("unit"), missing="missing-unit"),
    "net_weight_kg": Spec(amount),
    "value": Spec(amount),
    "currency": Spec(_c("currency")),
    "attributes": Spec(partial(many_codes, table="goods_attribute"), required=False, empty=()),
    "purpose": Spec(_c("purpose")),
    "produced_on": Spec(day, required=False, empty=None),
    "expires_on": Spec(day, required=False, empty=None),
}
CONTAINER: Mapping[str, Spec] = {"number": Spec(_t(20), missing="no-container"), "seal": Spec(_t(40), required=False)}
DOCUMENT: Mapping[str, Spec] = {
    "kind": Spec(_c("document_kind")),
    "number": Spec(_t(60), required=False),
    "sha256": Spec(_t(64), required=False),
    "filename": Spec(_t(200), required=False),
}
_LISTS = ("containers", "lines", "documents")


def _fields(form: Form, raw: Any, specs: Mapping[str, Spec], at: str, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        form.wrong(at.rstrip(".") or "body", "not-an-object")
        return {}
    found: dict[str, Any] = {}
    for name, spec in specs.items():
        given = raw.get(name)
        if given is None or given == "" or (isinstance(given, str) and not given.strip()):
            if spec.required:
                form.wrong(at + name, spec.missing)
            found[name] = list(spec.empty) if isinstance(spec.empty, tuple) else spec.empty
            continue
        try:
            found[name] = spec.read(given)
        except BadValueError as wrong:
            form.wrong(at + name, wrong.code, **wrong.values)
    for name in raw.keys() - specs.keys() - set(besides):
        form.wrong(f"{at}{str(name)[:40]}", "unknown-field")
    return found


def _list(form: Form, payload: Mapping[str, Any], name: str, most: int) -> list[Any]:
    raw = payload.get(name)
    if raw is None:
        return []
    if not isinstance(raw, list):
        form.wrong(name, "not-a-list")
        return []
    if len(raw) > most:
        form.wrong(name, "too-many", max=most)
        return []
    return raw


def read(payload: Any) -> Form:
    """Read a payload. Touches no database: importer and documents are checked by the service."""
    form = Form()
    form.header = _fields(form, payload, HEADER, "", _LISTS)
    if not isinstance(payload, Mapping):
        return form
    for i, raw in enumerate(_list(form, payload, "lines", MAX_LINES)):
        line = _fields(form, raw, LINE, f"lines.{i}.")
        _check_line(form, line, f"lines.{i}.")
        form.lines.append(line)
    if not form.lines and not any(p.field == "lines" for p in form.problems):
        form.wrong("lines", "no-lines")
    _read_containers(form, payload)
    for i, raw in enumerate(_list(form, payload, "documents", MAX_DOCUMENTS)):
        document = _fields(form, raw, DOCUMENT, f"documents.{i}.")
        if document.get("sha256") and not _SHA256.fullmatch(document["sha256"]):
            form.wrong(f"documents.{i}.sha256", "not-a-hash")
        form.documents.append(document)
    _check_header(form)
    return form


def _check_line(form: Form, line: dict[str, Any], at: str) -> None:
    hs, ciq = line.get("hs_code"), line.get("ciq_code")
    if hs and ciq and ciq not in codes.table("hs").rows[hs]["ciq"].split():
        form.wrong(at + "ciq_code", "unknown-code")
    produced, expires = line.get("produced_on"), line.get("expires_on")
    if produced and expires and expires < produced:
        form.wrong(at + "expires_on", "before-production")


def _read_containers(form: Form, payload: Mapping[str, Any]) -> None:
    seen: set[str] = set()
    for i, raw in enumerate(_list(form, payload, "containers", MAX_CONTAINERS)):
        if isinstance(raw, Mapping) and raw.keys() <= CONTAINER.keys() and not any(raw.values()):
            continue
        one = _fields(form, raw, CONTAINER, f"containers.{i}.")
        number = re.sub(r"[\s-]", "", one.get("number") or "").upper()
        if number and not valid_container(number):
            form.wrong(f"containers.{i}.number", "bad-check-digit")
        elif number in seen:
            form.wrong(f"containers.{i}.number", "twice")
        seen.add(number)
        form.containers.append({"number": number, "seal": re.sub(r"[\s-]", "", one.get("seal") or "").upper()})
    boxed = form.header.get("transport_mode") == "2" and form.header.get("packaging") not in (None, "00")
    if boxed and not form.containers and not any(p.field.startswith("containers") for p in form.problems):
        form.wrong("containers.0.number", "no-container")


def _check_header(form: Form) -> None:
    h = form.header
    if h.get("direction") not in ("", None, "I"):
        form.wrong("direction", "exports-later" if h["direction"] == "E" else "unknown-code")
    departed, arrives = h.get("departed_on"), h.get("arrives_at")
    if isinstance(departed, date) and isinstance(arrives, datetime):
        # A ship may leave and land on the same day by its two clocks: only whole days count.
        if arrives.date() < departed:
            form.wrong("arrives_at", "before-departure")
        elif arrives.date() - departed > timedelta(days=366):
            form.wrong("arrives_at", "too-far-apart")
    gross, net = h.get("gross_weight_kg"), h.get("net_weight_kg")
    if isinstance(gross, Decimal) and isinstance(net, Decimal):
        if net > gross:
            form.wrong("net_weight_kg", "net-above-gross")
        weights = [line.get("net_weight_kg") for line in form.lines]
        if all(isinstance(w, Decimal) for w in weights) and sum(weights) > gross:
            form.wrong("net_weight_kg", "lines-above-net")
