"""Master data that documents bring along: what an organisation says of its places and classes, and what is in what.

Kept from the ``epcisHeader`` of captured documents; asked by ``WD_…`` (with descendants), ``HASATTR_…`` and
``EQATTR_…``. Everybody asks by the own organisation's master data: nobody's place is in another's by that one's word.
Source: EPCIS 2.0 sections 6.5, 8.2.7.1 and 9.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.trace.facets import facet, prefixes_of, qualified, typed, word
from guomen.trace.matching import TooComplex
from guomen.trace.models import MasterData

MOST_ELEMENTS = 2000
"""Of one document, and names that one condition stands for."""
_json = msgspec.json.Encoder(decimal_format="number")
_FIELD = r"([A-Za-z]+|[^_].*?[#:][^_#:]+)"
_ATTRIBUTE = re.compile(rf"(?:(HASATTR)_{_FIELD}|EQ_?ATTR_{_FIELD}_(.+))")
_TRANSACTIONS = ("", *epcis.BIZ_TRANSACTION_TYPE.names)
_ROLES = ("epc", "child", "input", "output")

Said = dict[tuple[str, str], Mapping[str, Any]]
"""What a document says of elements, by vocabulary and name."""


def said(document: Any) -> Said:
    """The master data in a document's header. Raises TooComplex.

    What is not as the standard has it is left out: master data never makes a capture fail.
    """
    found = {(vocabulary, name): element for vocabulary, name, element in _elements(document)}
    if len(found) > MOST_ELEMENTS:
        raise TooComplex(most=MOST_ELEMENTS)
    return found


def keep(organisation: uuid.UUID, document: Mapping[str, Any]) -> int:
    """Keep the master data in a document's header, the last word on each element; returns how many elements."""
    found = said(document)
    if not found:
        return 0
    prefixes, at = prefixes_of(epcis.as_context(document.get("@context"))), now()
    MasterData.objects.bulk_create(
        [_row(organisation, key, found[key], prefixes, at) for key in sorted(found)],
        update_conflicts=True,
        unique_fields=["organisation_id", "vocabulary", "name"],
        update_fields=["attributes", "children", "facets", "recorded_at"],
    )
    return len(found)


def _elements(document: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    here: Any = document
    for step in ("epcisHeader", "epcisMasterData", "vocabularyList"):
        here = here.get(step) if isinstance(here, Mapping) else None
    for vocabulary in _objects(here):
        kind = vocabulary.get("type")
        for element in _objects(vocabulary.get("vocabularyElementList")):
            id = element.get("id")
            if isinstance(kind, str) and isinstance(id, str) and kind and id and len(kind) <= 200 and len(id) <= 500:
                yield kind, word("", id), element


def _objects(found: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in (found if isinstance(found, list) else ()) if isinstance(one, Mapping))


def _row(
    organisation: uuid.UUID,
    key: tuple[str, str],
    element: Mapping[str, Any],
    prefixes: Mapping[str, str],
    at: datetime,
) -> MasterData:
    attributes = {
        _attribute(one["id"], prefixes): _text(one.get("attribute"))
        for one in _objects(element.get("attributes"))
        if isinstance(one.get("id"), str)
    }
    children = element.get("children")
    return MasterData(
        organisation_id=organisation,
        vocabulary=key[0],
        name=key[1],
        attributes=attributes,
        children=[word("", c) for c in children if isinstance(c, str)] if isinstance(children, list) else [],
        facets=sorted(facet(*term) for pair in attributes.items() for term in (("has", pair[0]), ("is", *pair))),
        recorded_at=at,
    )


def _attribute(name: str, prefixes: Mapping[str, str]) -> str:
    """The name of an attribute as facets have it, of a prefixed one, of ``namespace#name`` or of a whole URI."""
    prefix, colon, _ = name.partition(":")
    if not colon or "#" in name or prefix in prefixes:
        return qualified(name, prefixes)
    end = max(name.rfind("/"), name.rfind(":"))
    return qualified(f"{name[:end]}#{name[end + 1 :]}", prefixes)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _json.encode(value).decode()


def within(values: Iterable[str], reader: uuid.UUID | None) -> list[str]:
    """The names of these places and of all that belong to them, by the reader's master data. Raises TooComplex."""
    found = set(values)
    frontier = list(found)
    while frontier and reader:
        rows = MasterData.objects.filter(organisation_id=reader, name__in=frontier).values_list("children", flat=True)
        frontier = [name for name in dict.fromkeys(child for row in rows for child in row) if name not in found]
        found.update(frontier)
        if len(found) > MOST_ELEMENTS:
            raise TooComplex(most=MOST_ELEMENTS)
    return sorted(found)


def condition(name: str, values: list[str], prefixes: Mapping[str, str], reader: uuid.UUID | None) -> Q | None:
    """``HASATTR_field`` with names of attributes, or ``EQATTR_field_attribute`` with values; None for anything else.

    Fields: those of the event whose values are vocabulary, and extensions of the event itself. Raises TooComplex.
    """
    match = _ATTRIBUTE.fullmatch(name)
    field = (match[2] or match[3]) if match else ""
    if match is None or (field not in _FIELDS and not re.search("[#:]", field)):
        return None
    wanted = (
        [facet("has", _attribute(value, prefixes)) for value in values]
        if match[1]
        else [facet("is", _attribute(match[4], prefixes), value) for value in values]
    )
    rows = MasterData.objects.filter(organisation_id=reader or uuid.UUID(int=0), facets__overlap=wanted)
    names = list(rows.values_list("name", flat=True).distinct()[: MOST_ELEMENTS + 1])
    if len(names) > MOST_ELEMENTS:
        raise TooComplex(most=MOST_ELEMENTS)
    terms = _FIELDS.get(field) or _extension(qualified(field, prefixes))
    return Q(facets__overlap=[facet(*term) for found in names for term in terms(found)])


Terms = Callable[[str], Iterable[tuple[str, ...]]]
"""The terms of events that name an element in a field."""


def _own(field: str) -> Terms:
    return lambda name: [(field, word(field, name))]


def _extension(field: str) -> Terms:
    return lambda name: [("", field, name)]


_FIELDS: dict[str, Terms] = {
    **{field: _own(field) for field in ("bizStep", "disposition", "readPoint", "bizLocation", "transformationID")},
    "epcClass": lambda name: [("class", role, name) for role in _ROLES],
    "source": lambda name: [("any source", name)],
    "destination": lambda name: [("any destination", name)],
    "bizTransaction": lambda name: [
        typed("bizTransaction", kind, name) for kind in ("", *epcis.BIZ_TRANSACTION_TYPE.names)
    ],
}
