"""Real-world documents put right where there is one way to do it, with a list of all that was changed.

What is put right: CBV words in their other spellings, comment keys, one value where a list belongs, a place as text,
numbers as text, times without seconds or zone, empty fields, prefixes that nobody declared. Never guessed: keys with
wrong check digits, missing facts, and fields that are neither of the standard nor prefixed. The strict reader
judges what comes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from guomen.core.epcis import vocabulary as voc
from guomen.core.epcis.document import CONTEXT, as_context, event_objects
from guomen.core.epcis.hash_values import FIELD_VOCABULARY, LIST_TYPE_VOCABULARY


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MOST_CHANGES = 1000
"""That are told of one document."""
_DEEPEST = 40
_COMMENT = re.compile(r"_.*|\$comment|//.*")
_LISTS = _words(
    """epcList childEPCs inputEPCList outputEPCList quantityList childQuantityList inputQuantityList outputQuantityList
    bizTransactionList sourceList destinationList sensorElementList sensorReport set unset correctiveEventIDs"""
)
_NUMBERS = _words("quantity value minValue maxValue meanValue sDev percRank percValue")
_TIMES = _words("eventTime recordTime declarationTime time startTime endTime")
_TRUTH = {"true": True, "false": False}
_RENAMED = {"comment": "rdfs:comment", "masterDataAvailableFor": "gs1:masterDataAvailableFor"}
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?\s*(Z|z|[+-]\d\d:?\d\d)?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_FREE = frozenset({"ilmd"})
_KNOWN_PREFIXES = _words("cbv cbvmda epcis gs1 rdfs owl xsd dcterms http https urn")


class Change(NamedTuple):
    """path: JSON Pointer in the document as sent; before and after: what stood and stands there, shortened."""

    path: str
    before: str
    after: str


def normalise(document: Any, prefixes: Mapping[str, str] | None = None) -> tuple[Any, list[Change]]:
    """The document as the strict reader wants it, and what was changed; the one that was given stays as it is.

    prefixes: what extension prefixes mean that the document does not declare. A prefix of which nobody says anything is
    declared as itself, so that its fields are kept under their written names.
    """
    changer = _Changer()
    if not isinstance(document, dict):
        return document, []
    return changer.document(document, dict(prefixes or {})), changer.changes


def normalise_event(event: Any, prefixes: Mapping[str, str] | None = None) -> tuple[Any, list[Change]]:
    """As normalise, for a single event, whose own `@context` may be missing."""
    changer = _Changer()
    if not isinstance(event, dict):
        return event, []
    found = changer.event(event, "")
    declared = changer.declare(as_context(found.get("@context")), [found], dict(prefixes or {}))
    return (found | {"@context": declared} if declared else found), changer.changes


def _shown(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else repr(value)
    return text if len(text) <= 100 else text[:99] + "…"


def _step(path: str, key: str) -> str:
    return f"{path}/{key.replace('~', '~0').replace('/', '~1')}"


def _prefixes_in(value: Any, depth: int = 0) -> Iterator[str]:
    """Of the keys in extensions."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _prefixes_in(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            prefix, colon, rest = key.partition(":")
            if colon and not rest.startswith("//"):
                yield prefix
            if key != "@context":
                yield from _prefixes_in(item, depth + 1)


class _Changer:
    def __init__(self) -> None:
        self.changes: list[Change] = []

    def say(self, path: str, before: Any, after: Any) -> None:
        if len(self.changes) < MOST_CHANGES:
            self.changes.append(Change(path, _shown(before), _shown(after)))

    def document(self, document: dict[str, Any], prefixes: dict[str, str]) -> dict[str, Any]:
        out = self.without_comments(document, "")
        if out.get("schemaVersion") in (None, 2, Decimal(2)) or out.get("schemaVersion") == "2":
            self.say("/schemaVersion", out.get("schemaVersion"), "2.0")
            out["schemaVersion"] = "2.0"
        if isinstance(out.get("creationDate"), str):
            out["creationDate"] = self.time(out["creationDate"], "/creationDate", "+00:00")
        found = event_objects(out)
        if found is None:
            return out
        path, items = found
        events = [self.event(item, f"{path}/{n}") if isinstance(item, dict) else item for n, item in enumerate(items)]
        context = as_context(out.get("@context"))
        if not any(isinstance(part, str) and part.endswith("epcis-context.jsonld") for part in context):
            self.say("/@context", out.get("@context"), CONTEXT)
            context = (CONTEXT, *context)
        out["@context"] = self.declare(context, events, prefixes)
        return _with_events(out, path.strip("/").split("/"), events)

    def declare(self, context: tuple[Any, ...], events: list[Any], prefixes: dict[str, str]) -> list[Any]:
        """The context, with a meaning for each prefix that the events use."""
        declared = _KNOWN_PREFIXES.union(*(part for part in context if isinstance(part, dict)))
        missing = dict.fromkeys(prefix for prefix in _prefixes_in(events) if prefix not in declared)
        added = {prefix: prefixes.get(prefix, f"{prefix}:") for prefix in missing}
        if added:
            self.say("/@context", "", added)
        return [*context, added] if added else list(context)

    def without_comments(self, node: dict[str, Any], path: str) -> dict[str, Any]:
        out = {}
        for key, value in node.items():
            if _COMMENT.fullmatch(key):
                self.say(_step(path, key), value, "")
            else:
                out[key] = value
        return out

    def event(self, item: dict[str, Any], path: str) -> dict[str, Any]:
        offset = item.get("eventTimeZoneOffset")
        zone = self.offset(offset, f"{path}/eventTimeZoneOffset") if offset else None
        out = self.node(item, path, zone or "+00:00")
        happened = out.get("eventTime")
        if zone is None and isinstance(happened, str):
            zone = happened[-6:] if _OFFSET.fullmatch(happened[-6:]) else "+00:00"
            self.say(f"{path}/eventTimeZoneOffset", offset, zone)
        if zone is not None:
            out["eventTimeZoneOffset"] = zone
        return out

    def node(self, node: dict[str, Any], path: str, zone: str) -> dict[str, Any]:
        """An object of the standard."""
        out: dict[str, Any] = {}
        for key, value in self.without_comments(node, path).items():
            here = _step(path, key)
            name = _RENAMED.get(key, key)
            if name != key:
                self.say(here, key, name)
            if ":" in name or name == "@context":
                out[name] = self.free(value, here)
            elif value is None or value == "" or (value == [] and key not in ("epcList", "childEPCs")):
                self.say(here, value, "")
            elif name in _FREE:
                out[name] = self.free(value, here)
            else:
                out[name] = self.field(name, value, here, zone)
        return out

    def field(self, name: str, value: Any, path: str, zone: str) -> Any:
        if name in _LISTS and not isinstance(value, list):
            self.say(path, value, [value])
            value = [value]
        if name in ("readPoint", "bizLocation") and isinstance(value, str):
            self.say(path, value, {"id": value})
            value = {"id": value}
        if isinstance(value, list):
            return [self.entry(name, item, f"{path}/{n}", zone) for n, item in enumerate(value)]
        return self.entry(name, value, path, zone)

    def entry(self, name: str, value: Any, path: str, zone: str) -> Any:
        if isinstance(value, dict) and path.count("/") <= _DEEPEST:
            inner = self.node(value, path, zone)
            vocabulary = LIST_TYPE_VOCABULARY.get(name)
            if vocabulary and isinstance(inner.get("type"), str):
                inner["type"] = self.word(vocabulary, inner["type"], f"{path}/type")
            return inner
        return self.scalar(name, value, path, zone) if isinstance(value, str) else value

    def scalar(self, name: str, value: str, path: str, zone: str) -> Any:
        vocabulary = voc.ERROR_REASON if name == "reason" else FIELD_VOCABULARY.get(name)
        if vocabulary:
            return self.word(vocabulary, value, path)
        if name in _TIMES:
            return self.time(value, path, zone)
        if name in _NUMBERS:
            return self.changed(path, value, _number)
        if name == "booleanValue":
            return self.changed(path, value, lambda text: _TRUTH.get(text.lower(), text))
        if name == "action":
            return self.changed(path, value, lambda text: text.strip().upper())
        return self.changed(path, value, str.strip)

    def changed(self, path: str, value: str, how: Callable[[str], Any]) -> Any:
        after = how(value)
        if after != value:
            self.say(path, value, after)
        return after

    def word(self, vocabulary: voc.Vocabulary, value: str, path: str) -> str:
        """A word of CBV as a bare name, in whatever spelling it came."""

        def bare(text: str) -> str:
            text = text.strip()
            short = text.replace("cbv:", voc.CBV, 1) if text.startswith("cbv:") else text
            name = voc.bare_name(vocabulary, short)
            lower = name.lower().replace("-", "_").replace(" ", "_")
            return lower if lower in vocabulary.names else text

        return str(self.changed(path, value, bare))

    def time(self, value: str, path: str, zone: str) -> str:
        def whole(text: str) -> str:
            match = _TIME.fullmatch(text.strip())
            if match is None:
                return text
            date, minutes, seconds, offset = match.groups()
            offset = "Z" if offset in ("Z", "z") else _OFFSET.sub(r"\1\2:\3", offset) if offset else zone
            return f"{date}T{minutes}{seconds or ':00'}{offset}"

        return str(self.changed(path, value, whole))

    def offset(self, value: Any, path: str) -> str | None:
        if not isinstance(value, str):
            return None
        text = value.strip()
        right = "+00:00" if text in ("Z", "z", "UTC") else _OFFSET.sub(r"\1\2:\3", text)
        return str(self.changed(path, value, lambda _: right))

    def free(self, value: Any, path: str, depth: int = 0) -> Any:
        """An extension: only comments are taken out."""
        if depth > _DEEPEST:
            return value
        if isinstance(value, list):
            return [self.free(item, f"{path}/{n}", depth + 1) for n, item in enumerate(value)]
        if isinstance(value, dict):
            kept = self.without_comments(value, path)
            return {key: self.free(item, _step(path, key), depth + 1) for key, item in kept.items()}
        return value


def _number(text: str) -> Any:
    try:
        return Decimal(text.strip()) if len(text) <= 60 else text
    except InvalidOperation:
        return text


def _with_events(node: dict[str, Any], steps: list[str], events: list[Any]) -> dict[str, Any]:
    """The document with other events, where its own were."""
    if len(steps) == 1:
        if steps[0] == "eventList":
            return node | {"eventList": events}
        return node | {steps[0]: node[steps[0]] | {"event": events[0]}}
    return node | {steps[0]: _with_events(node[steps[0]], steps[1:], events)}
