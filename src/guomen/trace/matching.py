"""``MATCH_…``: events that name things, by whole identifiers, by classes and by patterns.

Source: EPCIS 2.0 section 8.2.7.1.1; guomen.core.gs1.patterns.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from guomen.core.gs1 import GS1Error
from guomen.core.gs1.patterns import PATTERN, SCHEMES_OF_CLASSES, Pattern, class_of, read_pattern
from guomen.kit.errors import GuomenError, Invalid, Problem
from guomen.kit.words import W
from guomen.trace.facets import facet
from guomen.trace.models import Event, EventItem, Term
from guomen.trace.things import key_of, name_of, wrong_name

MOST_CLASSES = 1000
"""That one pattern stands for."""
ROLES = {
    "epc": ("epc", "child"),
    "anyEPC": ("epc", "child", "input", "output", "parent"),
    "parentID": ("parent",),
    "inputEPC": ("input",),
    "outputEPC": ("output",),
}
CLASS_ROLES = {
    "epcClass": ("epc", "child"),
    "anyEPCClass": ("epc", "child", "input", "output"),
    "inputEPCClass": ("input",),
    "outputEPCClass": ("output",),
}


class TooComplex(GuomenError):
    status = 413
    code = "query-too-complex"
    words = W("This stands for more than {most} things; ask for fewer.", "其对应对象超过 {most} 个,请缩小范围。")


def stands_for_many(what: str, value: str) -> bool:
    """A value of ``MATCH_{what}`` is a pattern, or names a class where items are asked for."""
    if value.startswith(PATTERN):
        return True
    return what in ROLES and value.startswith("http") and _class_named(f"MATCH_{what}", value) != ""


def match(what: str, values: list[str]) -> Q:
    """Events that name one of these items, in one of the roles; a class (``…Class``) only where classes stand.

    A class where items stand is all items of it, however it is written. A pattern of a whole company stands for all
    classes of it that anybody's events have named: which of the events are seen is not decided here. Raises Invalid,
    TooComplex.
    """
    name, roles = f"MATCH_{what}", {**ROLES, **CLASS_ROLES}[what]
    names, facets = [], []
    for value in values:
        if value.startswith(PATTERN):
            pattern = _pattern(name, value)
            names += [_name(name, pattern.whole)] if pattern.whole else []
            facets += [facet(*term) for role in roles for term in _terms(pattern, role, what in CLASS_ROLES)]
        elif what in ROLES and (found := _class_named(name, value)):
            facets += [facet("of", role, scheme, found) for role in roles for scheme in SCHEMES_OF_CLASSES]
        else:
            names.append(_name(name, value))
    classes = [facet("class", r, n) for n in names for r in CLASS_ROLES.get(what, CLASS_ROLES["anyEPCClass"])]
    if what in CLASS_ROLES:
        return Q(facets__overlap=facets + classes)
    if not names:
        return Q(facets__overlap=facets)
    items = EventItem.objects.filter(item__in=[key_of(n) for n in names], role__in=roles).values("event_id")
    found = either(facets, items) if facets else Q(event_id__in=items)
    return found & ~Q(facets__overlap=classes)


def about(uri: str) -> Q:
    """Events that name this item or class, whatever they say of it; of a class or pattern, items and batches, too.

    Raises Invalid, TooComplex.
    """
    names, facets = [], []
    if uri.startswith(PATTERN):
        pattern = _pattern("epc", uri)
        names += [_name("epc", pattern.whole)] if pattern.whole else []
        facets += [facet(*t) for role in ROLES["anyEPC"] for kind in (False, True) for t in _terms(pattern, role, kind)]
    else:
        names.append(_name("epc", uri))
        if found := _class_named("epc", uri):
            kinds = [("of", scheme) for scheme in SCHEMES_OF_CLASSES] + [("of class", "lgtin")]
            facets += [facet(kind, role, scheme, found) for role in ROLES["anyEPC"] for kind, scheme in kinds]
    items = EventItem.objects.filter(item__in=[key_of(n) for n in names]).values("event_id")
    return either(facets, items) if facets else Q(event_id__in=items)


def either(facets: list[int], events: QuerySet[Any]) -> Q:
    """Events that carry one of the facets or are among the others: as one set, since an OR over indexes uses none."""
    return Q(event_id__in=Event.objects.filter(facets__overlap=facets).values("event_id").union(events))


def _pattern(name: str, urn: str) -> Pattern:
    try:
        return read_pattern(urn)
    except GS1Error as error:
        if error.code == "BAD_PATTERN":
            words = W("This is no EPC pattern; stars stand at its end.", "这不是 EPC 模式;星号须位于末尾。")
            raise Invalid([Problem(name, "query-parameter", words)])
        raise Invalid([wrong_name(name, error)])


def _terms(pattern: Pattern, role: str, classes: bool) -> Iterator[tuple[str, ...]]:
    """What events that the pattern finds carry one of."""
    of = "of class" if classes else "of"
    owners = [pattern.of_class] if pattern.of_class else _classes(pattern.classes)
    if classes and pattern.scheme != "lgtin":
        yield from (("class", role, owner) for owner in owners)
        yield from ((of, role, *family) for family in pattern.families if len(family) == 1)
    else:
        yield from ((of, role, pattern.scheme, owner) for owner in owners)
        yield from ((of, role, *family) for family in pattern.families)


def _classes(expression: str) -> list[str]:
    """The classes with such names that events have named."""
    if not expression:
        return []
    known = Term.objects.filter(field="product", value__regex=expression)
    found = list(known.values_list("value", flat=True).distinct()[: MOST_CLASSES + 1])
    if len(found) > MOST_CLASSES:
        raise TooComplex(most=MOST_CLASSES)
    return found


def _class_named(name: str, value: str) -> str:
    """The name of the class that a value names; empty for an item, a place, …"""
    found = _name(name, value)
    return found if class_of(found) == found and "/414/" not in found else ""


def _name(name: str, uri: str) -> str:
    try:
        return name_of(uri)
    except GS1Error as error:
        raise Invalid([wrong_name(name, error)])
