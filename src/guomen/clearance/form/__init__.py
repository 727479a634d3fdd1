"""Read a declaration payload: typed values out, every problem named at its field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from guomen.catalogue import codes
from guomen.clearance.form import asks, identifiers
from guomen.clearance.form.fields import CONTAINER, DOCUMENT, FLAGS, HEADER, LINE, LISTED, LISTS, ORDER, Spec, reader
from guomen.clearance.form.sentences import SAY
from guomen.clearance.form.values import BadValueError
from guomen.core.codes import valid_container
from guomen.kit.errors import Problem

__all__ = [
    "CONTAINER",
    "DOCUMENT",
    "FLAGS",
    "HEADER",
    "LINE",
    "LISTED",
    "LISTS",
    "MAX_CONTAINERS",
    "MAX_DOCUMENTS",
    "MAX_LINES",
    "ORDER",
    "SAY",
    "Form",
    "Spec",
    "read",
    "reader",
]
MAX_LINES = 200
MAX_CONTAINERS = 100
MAX_DOCUMENTS = 100
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(slots=True)
class Form:
    """A payload as typed values. Sensible only while ``problems`` is empty."""

    header: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    containers: list[dict[str, str]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Orders, certificates wanted, qualifications and users; only those that were given."""
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, at: str, code: str, **values: object) -> None:
        self.problems.append(Problem(at, code, SAY[code], tuple(values.items())))


_BESIDES = ("containers", "lines", "documents", *LISTS)


def _fields(form: Form, raw: Any, specs: Mapping[str, Spec], at: str, besides: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        form.wrong(at.rstrip(".") or "body", "not-an-object")
        return {}
    found: dict[str, Any] = {}
    for name, spec in specs.items():
        given = raw.get(name)
        if given is None and spec.more and not spec.required:
            continue
        if given is None or given == "" or (isinstance(given, str) and not given.strip()):
            if spec.required:
                form.wrong(at + name, spec.missing)
            if not spec.more:
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
    form.header = _fields(form, payload, HEADER, "", _BESIDES)
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
        if document.get("line") and document["line"] > len(form.lines):
            form.wrong(f"documents.{i}.line", "no-such-line")
        form.documents.append(document)
    for name, (specs, most) in LISTS.items():
        if found := _list(form, payload, name, most):
            form.lists[name] = [_fields(form, raw, specs, f"{name}.{i}.") for i, raw in enumerate(found)]
    _check_weights(form)
    asks.check(form)
    identifiers.check(form)
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


def _check_weights(form: Form) -> None:
    gross, net = form.header.get("gross_weight_kg"), form.header.get("net_weight_kg")
    if isinstance(gross, Decimal) and isinstance(net, Decimal):
        if net > gross:
            form.wrong("net_weight_kg", "net-above-gross")
        weights = [line.get("net_weight_kg") for line in form.lines]
        if all(isinstance(w, Decimal) for w in weights) and sum(weights) > gross:
            form.wrong("net_weight_kg", "lines-above-net")
