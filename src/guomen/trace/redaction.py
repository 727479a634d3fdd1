"""An event for someone who holds one of its things: the rest is hidden, and what is left is still a valid event.

Kept: what kind of event it was, when, where, the step and disposition, sensor readings, certification, master data of
the vocabulary standard (``cbvmda:``), an error declaration, and the things that the reader holds. Hidden: other things
and all quantities, numbers of business transactions, parties, the transformation's id, other master data, extensions.
"""

from collections.abc import Callable, Mapping
from typing import Any

HIDDEN = "urn:guomen:hidden"
MARK = "guomen:redacted"
"""The extension that names the fields of which something was hidden."""
CONTEXT = {"guomen": "urn:guomen:"}
_THINGS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_STANDARD = """type eventTime eventTimeZoneOffset eventID recordTime action bizStep disposition persistentDisposition
readPoint bizLocation sensorElementList certificationInfo errorDeclaration @context isA"""
_OPEN = frozenset(_STANDARD.split())
_PARTIES = {"sourceList": "source", "destinationList": "destination"}
_MASTER_DATA = "urn:epcglobal:cbv:mda"
Holds = Callable[[str], bool]


def redacted(body: Mapping[str, Any], holds: Holds) -> dict[str, Any]:
    """``body`` for who holds the things of which ``holds`` says so. Lists keep their lengths, in their order."""
    hidden: dict[str, None] = {}
    found = {key: _field(key, value, holds, body, hidden) for key, value in body.items() if key != MARK}
    found["@context"] = [*_listed(body.get("@context", [])), CONTEXT]
    found[MARK] = list(hidden)
    return found


def _field(key: str, value: Any, holds: Holds, body: Mapping[str, Any], hidden: dict[str, None]) -> Any:
    if key in _THINGS or key == "parentID":
        new: Any = _thing(value, holds, 1) if key == "parentID" else [_thing(v, holds, n) for n, v in _numbered(value)]
    elif key in _QUANTITIES:
        new = [{"epcClass": _thing(q["epcClass"], holds, n)} for n, q in _numbered(value)]
    elif key in _PARTIES:
        new = [{"type": x["type"], _PARTIES[key]: f"{HIDDEN}:{n}"} for n, x in _numbered(value)]
    elif key == "bizTransactionList":
        new = [
            {k: x[k] for k in ("type",) if k in x} | {"bizTransaction": f"{HIDDEN}:{n}"} for n, x in _numbered(value)
        ]
    elif key == "ilmd":
        keep = _is_standard(body)
        new = {k: v if keep and k.startswith("cbvmda:") else HIDDEN for k, v in value.items()}
    elif key in _OPEN:
        new = _plain(value) if key != "@context" else value
    else:
        new = HIDDEN
    if new != value:
        hidden[key] = None
    return new


def _thing(uri: str, holds: Holds, number: int) -> str:
    return uri if holds(uri) else f"{HIDDEN}:{number}"


def _numbered(values: Any) -> Any:
    return enumerate(values, 1)


def _listed(context: Any) -> list[Any]:
    return context if isinstance(context, list) else [context]


def _is_standard(body: Mapping[str, Any]) -> bool:
    """Whether ``cbvmda`` means what it usually does in this event."""
    prefixes = [c["cbvmda"] for c in _listed(body.get("@context", [])) if isinstance(c, dict) and "cbvmda" in c]
    return all(isinstance(p, str) and p.rstrip("/#:") == _MASTER_DATA for p in prefixes)


def _plain(value: Any) -> Any:
    """Without extensions, however deep: in the standard's own fields no name has a colon."""
    if isinstance(value, dict):
        return {k: HIDDEN if ":" in k else _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list) else value
