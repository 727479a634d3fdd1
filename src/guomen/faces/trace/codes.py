"""What somebody scanned, typed or pasted, as the name of a thing; and the name as people say it."""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from guomen.core.gs1 import (
    GS1Error,
    epc_to_digital_link,
    parse_digital_link,
    parse_element_string,
    to_digital_link,
    valid_gtin,
)
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.tags import queries as tags
from guomen.trace.things import name_of

_ID = "https://id.gs1.org/"
_BRACKETS = re.compile(r"\((\d{2,4})\)([^(]+)")
_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
LONGEST = 2000


def read(text: str) -> str | None:
    """The canonical name of what a code names; None when it is no code that we know.

    A GS1 Digital Link, an EPC URN, an element string with FNC1 (also as ``^``) or brackets, a plain EAN, UPC or GTIN,
    an SSCC, a container number, or any other URI.
    """
    text = text.strip()[:LONGEST]
    try:
        return _read(text)
    except GS1Error:
        return None


def why_wrong(text: str) -> W | None:
    """What is wrong with a code that cannot be read, where GS1's rules tell."""
    bare = re.sub(r"[\s-]", "", text)
    try:
        _read(text.strip()[:LONGEST])
    except GS1Error as error:
        is_number = bare.isdigit() and len(bare) in {8, 12, 13, 14, 18}
        wrong = GS1Error("INCORRECT_CHECK_DIGIT") if is_number else error
        return W(str(wrong), wrong.zh)
    return None


def _read(text: str) -> str | None:
    bare = re.sub(r"[\s-]", "", text)
    if _CONTAINER.fullmatch(bare.upper()):
        return Subject.container(bare.upper())
    if "://" in text or text.startswith("urn:"):
        return name_of(text)
    if re.match(r"\d{2,4}/", text):
        return name_of(_ID + text)
    if text.startswith("("):
        pairs = tuple((ai, value.strip()) for ai, value in _BRACKETS.findall(text))
        return name_of(to_digital_link(_keys(pairs))) if pairs else None
    if bare.isdigit() and len(bare) in {8, 12, 13, 14} and valid_gtin(bare):
        return to_digital_link((("01", bare.zfill(14)),))
    if bare.isdigit() and len(bare) == 18:
        return to_digital_link((("00", bare),))
    # Keyboards have no FNC1: scanners and people write it as ^, at the start or only where it separates.
    scanned = text if not text or text[0] in "^]" or "^" not in text else f"^{text}"
    return name_of(to_digital_link(_keys(parse_element_string(scanned)))) if scanned else None


def _keys(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What identifies the thing: a code on goods also says when they expire and what they weigh."""
    return tuple(
        (ai, value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value)
        for ai, value in pairs
        if ai in _IDENTIFYING
    )


_IDENTIFYING = frozenset(
    ("00", "01", "10", "21", "235", "253", "254", "255", "401", "402", "414", "8003", "8004", "8006", "8010", "8011")
)


def path_of(uri: str) -> str:
    """What stands behind ``/trace/`` in the address of a thing's page, before ``reverse`` encodes it."""
    return uri.removeprefix(_ID)


def with_batch(uri: str) -> str:
    """An item's link that also names its batch, when one of our tags says which; else ``uri`` as it is."""
    ais = _ais(uri)
    if "01" not in ais or "21" not in ais or "10" in ais:
        return uri
    found = tags.locate(ais["01"], ais["21"])
    return to_digital_link((*ais.items(), ("10", found[0].batch))) if found else uri


def gtins_in(uris: Iterable[str]) -> set[str]:
    return {found for uri in uris if (found := _ais(uri).get("01"))}


def _ais(uri: str) -> dict[str, str]:
    try:
        link = uri if uri.startswith("http") else epc_to_digital_link(uri)
        return dict(parse_digital_link(link, associations=False).path)
    except GS1Error:
        return {}


def spoken(uri: str, products: Mapping[str, object] | None = None) -> str:
    """A thing as people say it, with the product's name where it is registered."""
    ais = _ais(uri)
    if gtin := ais.get("01"):
        product = str((products or {}).get(gtin) or gtin)
        if serial := ais.get("21"):
            return _("Item %(serial)s · %(product)s") % {"serial": serial, "product": product}
        if lot := ais.get("10"):
            return _("Batch %(lot)s · %(product)s") % {"lot": lot, "product": product}
        return product
    if "00" in ais:
        return _("Logistic unit %(number)s") % {"number": ais["00"]}
    container = uri.removeprefix(Subject.container(""))
    if container != uri:
        return _("Container %(number)s") % {"number": container}
    if uri.startswith("urn:guomen:hidden"):
        return _("hidden from you")
    return uri
