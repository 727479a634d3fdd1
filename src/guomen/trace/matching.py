"""``MATCH_…``: events that name things, by whole identifiers and by patterns of products and their batches.

Source: EPCIS 2.0 section 8.2.7.1.1 and the EPC Tag Data Standard's pure identity patterns.
"""

import re
from typing import Any

from django.db.models import Q, QuerySet

from guomen.core.gs1 import GS1Error
from guomen.kit.errors import GuomenError, Invalid
from guomen.kit.words import W
from guomen.trace.facets import facet
from guomen.trace.models import Event, EventItem, Term
from guomen.trace.things import key_of, name_of, wrong_name

PATTERN = "urn:epc:idpat:"
MOST_PRODUCTS = 1000
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
_OF_PRODUCT = re.compile(r"urn:epc:idpat:(sgtin|lgtin):(\d{6,12})\.(\d{1,7}|\*)\.\*")


class NotAnswered(GuomenError):
    """A part of the standard that this repository does not know."""

    status = 501
    code = "parameter-not-implemented"
    words = W("The query parameter {name} is not implemented.", "查询参数 {name} 尚未实现。")


class TooComplex(GuomenError):
    status = 413
    code = "query-too-complex"
    words = W("This stands for more than {most} things; ask for fewer.", "其对应对象超过 {most} 个,请缩小范围。")


def match(what: str, values: list[str]) -> Q:
    """Events that name one of these items, in one of the roles; a class (``…Class``) only where classes stand.

    A pattern of a whole company stands for all products of it that anybody's events have named: which of the events
    are seen is not decided here. Raises Invalid, NotAnswered, TooComplex.
    """
    name, roles = f"MATCH_{what}", {**ROLES, **CLASS_ROLES}[what]
    patterns = [v for v in values if v.startswith(PATTERN) and not (what in CLASS_ROLES and ":sgtin:" in v)]
    facets = [number for pattern in patterns for number in _of_pattern(name, pattern, roles, what in ROLES)]
    names = [_name(name, v) for v in values if v not in patterns]
    classes = [facet("class", r, n) for n in names for r in CLASS_ROLES.get(what, CLASS_ROLES["anyEPCClass"])]
    if what in CLASS_ROLES:
        return Q(facets__overlap=facets + classes)
    if not names:
        return Q(facets__overlap=facets)
    items = EventItem.objects.filter(item__in=[key_of(n) for n in names], role__in=roles).values("event_id")
    found = either(facets, items) if facets else Q(event_id__in=items)
    return found & ~Q(facets__overlap=classes)


def either(facets: list[int], events: QuerySet[Any]) -> Q:
    """Events that carry one of the facets or are among the others: as one set, since an OR over indexes uses none."""
    return Q(event_id__in=Event.objects.filter(facets__overlap=facets).values("event_id").union(events))


def _of_pattern(name: str, pattern: str, roles: tuple[str, ...], items: bool) -> list[int]:
    parts = _OF_PRODUCT.fullmatch(pattern)
    if parts is None or (parts[1] == "sgtin") != items:
        raise NotAnswered(name=f"{name}={pattern}")
    _, company, reference = parts.groups()
    if reference == "*":
        products = _products_of(company)
    else:
        products = [_name(name, f"{PATTERN}sgtin:{company}.{reference}.*")]
    return [facet("items of" if items else "lots of", role, product) for product in products for role in roles]


def _products_of(company: str) -> list[str]:
    """The products of a GS1 company prefix that events have named."""
    known = Term.objects.filter(field="product", value__regex=f"^https://id[.]gs1[.]org/01/[0-9]{company}")
    found = list(known.values_list("value", flat=True).distinct()[: MOST_PRODUCTS + 1])
    if len(found) > MOST_PRODUCTS:
        raise TooComplex(most=MOST_PRODUCTS)
    return found


def _name(name: str, uri: str) -> str:
    try:
        return name_of(uri)
    except GS1Error as error:
        raise Invalid([wrong_name(name, error)])
