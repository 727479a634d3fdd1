"""GS1 Digital Link URIs (URI Syntax 1.6.0, uncompressed): parse strictly, and write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

from guomen.core.gs1.ai import AIS, PRIMARY_KEYS, AIPair, ai_of, check_associations, check_value
from guomen.core.gs1.errors import GS1Error

GS1_BASE = "https://id.gs1.org"
_HTTP = re.compile(r"https?://(?P<authority>[^/?#\s]+)(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?", re.I)
_HEX_PAIR = re.compile(r"%([0-9A-Fa-f]{2})?")

# Removed from the standard in 1.3; still met in older links, accepted only on request.
CONVENIENCE_ALPHAS = {
    "sscc": "00", "gtin": "01", "lot": "10", "ser": "21", "cpv": "22", "gdti": "253", "glnx": "254",
    "gcn": "255", "ginc": "401", "gsin": "402", "gln": "414", "payTo": "415", "party": "417", "grai": "8003",
    "giai": "8004", "itip": "8006", "cpid": "8010", "cpsn": "8011", "gmn": "8013", "gsrnp": "8017",
    "gsrn": "8018", "srin": "8019", "refno": "8020",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DigitalLink:
    """A parsed GS1 Digital Link.

    ais: (AI, value) pairs: primary key, its qualifiers in the standard's order, then query attributes
        in the order of the query. GTINs have 14 digits.
    path_length: how many of `ais` stood in the path (they identify the thing).
    stem: scheme, host and custom path before the primary key.
    extra: query parameters that are not AIs, decoded, in order.
    """

    ais: tuple[AIPair, ...]
    path_length: int
    stem: str
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> AIPair:
        return self.ais[0]

    @property
    def path(self) -> tuple[AIPair, ...]:
        return self.ais[: self.path_length]

    @property
    def attributes(self) -> tuple[AIPair, ...]:
        return self.ais[self.path_length :]

    def get(self, ai: str) -> str | None:
        """The value of an AI, or None."""
        return next((value for found, value in self.ais if found == ai), None)


def percent_decode(text: str, offset: int = 0) -> str:
    """Decode %XX to one character each. GS1Error INVALID_PERCENT_SEQUENCE with the span moved by `offset`."""
    if "%" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            raise GS1Error("INVALID_PERCENT_SEQUENCE", (match.start() + offset, match.end() + offset))
        return chr(int(match[1], 16))

    return _HEX_PAIR.sub(one, text)


def percent_encode(value: str) -> str:
    """Encode all but RFC 3986 unreserved characters, hexadecimal digits in upper case."""
    return quote(value, safe="", encoding="latin-1")


def parse_digital_link(uri: str, *, alphas: bool = False, associations: bool = True) -> DigitalLink:
    """Parse an uncompressed GS1 Digital Link URI.

    Strict: one primary key, qualifiers in the standard's order, every AI value checked, attributes only
    where the standard allows them. One trailing slash is tolerated. alphas: also accept the old words
    (`gtin`, `lot`, `ser`) for AIs. associations: apply the rules on which AIs belong together.
    GS1Error with a code and the offending span in `uri`; NOT_A_DIGITAL_LINK when there is no primary key.
    """
    match = _HTTP.fullmatch(uri)
    if match is None or not match["path"]:
        raise GS1Error("NOT_A_DIGITAL_LINK", (0, len(uri)))
    words = match["path"].split("/")
    offset = match.start("path")
    if words[-1] == "":
        words.pop()
    first = _primary_key_index(words, alphas)
    if first is None:
        raise GS1Error("NOT_A_DIGITAL_LINK", match.span("path"), "key")
    path = _path_pairs(words, first, offset, alphas)
    attributes, extra = _query_pairs(match["query"] or "", match.start("query"), alphas)
    stem = uri[:offset] + "/".join(words[:first])
    ais = (*path, *attributes)
    if len({ai for ai, _ in ais}) != len(ais):
        raise GS1Error("REPEATED_AI", (0, len(uri)))
    if associations and attributes:
        check_associations(ais)
    return DigitalLink(ais, len(path), stem, extra)


def _ai(word: str, alphas: bool) -> str:
    return CONVENIENCE_ALPHAS.get(word, word) if alphas else word


def _primary_key_index(words: Sequence[str], alphas: bool) -> int | None:
    """Index of the key nearest the end of the path; the pairs after it are its qualifiers."""
    for index in range(len(words) - 2, 0, -2):
        if _ai(words[index], alphas) in PRIMARY_KEYS:
            return index
    # An odd number of segments after a key means that a value is missing.
    for index in range(len(words) - 1, 0, -2):
        if _ai(words[index], alphas) in PRIMARY_KEYS and index < len(words) - 1:
            return index
    return None


def _path_pairs(words: Sequence[str], first: int, offset: int, alphas: bool) -> tuple[AIPair, ...]:
    at = offset + sum(len(word) + 1 for word in words[:first])
    pairs: list[AIPair] = []
    for index in range(first, len(words), 2):
        ai = _ai(words[index], alphas)
        if index + 1 == len(words):
            raise GS1Error("MISSING_VALUE", (at, at + len(words[index])), ai=ai)
        start = at + len(words[index]) + 1
        _check_qualifier([*(ai for ai, _ in pairs), ai], (at, start - 1))
        pairs.append((ai, _value(ai, words[index + 1], start)))
        at = start + len(words[index + 1]) + 1
    return tuple(pairs)


def _check_qualifier(ais: list[str], span: tuple[int, int]) -> None:
    key, qualifiers = ais[0], ais[1:]
    for way in ai_of(key).qualifiers or ():
        rest = iter(way)
        if all(qualifier in rest for qualifier in qualifiers):
            return
    raise GS1Error("BAD_QUALIFIER", span, ai=ais[-1], key=key)


def _value(ai: str, raw: str, offset: int) -> str:
    value = percent_decode(raw, offset)
    if ai == "01" and len(value) in (8, 12, 13):
        value = value.zfill(14)
    try:
        check_value(ai, value)
    except GS1Error as error:
        # Decoding and padding move characters: then the whole raw value is the span.
        span = (offset, offset + len(raw)) if value != raw else error.shifted(offset).span
        raise error.of(ai, span) from None
    return value


def _query_pairs(query: str, offset: int, alphas: bool) -> tuple[list[AIPair], tuple[tuple[str, str], ...]]:
    pairs: list[AIPair] = []
    extra: list[tuple[str, str]] = []
    at = offset
    for part in re.split("[&;]", query):
        name, equals, raw = part.partition("=")
        start = at + len(name) + 1
        if name.isascii() and name.isdigit():
            ai = _attribute_ai(name, at)
            if not equals:
                raise GS1Error("MISSING_VALUE", (at, at + len(name)), ai=ai)
            pairs.append((ai, _value(ai, raw.replace("+", "%20"), start)))
        elif alphas and name in CONVENIENCE_ALPHAS:
            pairs.append((CONVENIENCE_ALPHAS[name], _value(CONVENIENCE_ALPHAS[name], raw, start)))
        elif part:
            extra.append((unquote_plus(name), unquote_plus(raw)))
        at += len(part) + 1
    return pairs, tuple(extra)


def _attribute_ai(name: str, at: int) -> str:
    span = (at, at + len(name))
    if name not in AIS:
        raise GS1Error("UNKNOWN_AI", span, name=name[:20])
    if not AIS[name].link_attribute:
        raise GS1Error("NOT_AN_ATTRIBUTE", span, ai=name)
    return name


def to_digital_link(ais: Sequence[AIPair], base: str = GS1_BASE) -> str:
    """Write (AI, value) pairs, in any order, as a Digital Link: key, qualifiers in order, attributes sorted.

    `base` is scheme and host, with or without a path before the key. Values are checked.
    GS1Error: NO_PRIMARY_KEY, NOT_AN_ATTRIBUTE, REPEATED_AI or what the values break.
    """
    values = dict(ais)
    if len(values) != len(ais):
        raise GS1Error("REPEATED_AI")
    for ai, value in values.items():
        check_value(ai, value)
    key = _choose_key(list(values))
    path = [key, *_choose_qualifiers(key, values)]
    rest = sorted(ai for ai in values if ai not in path)
    for ai in rest:
        if not AIS[ai].link_attribute:
            raise GS1Error("NOT_AN_ATTRIBUTE", variant="place", ai=ai, key=key)
    uri = base.rstrip("/") + "".join(f"/{ai}/{percent_encode(values[ai])}" for ai in path)
    return uri + ("?" + "&".join(f"{ai}={percent_encode(values[ai])}" for ai in rest) if rest else "")


def _choose_key(ais: list[str]) -> str:
    keys = [ai for ai in ais if ai in PRIMARY_KEYS]
    if not keys:
        raise GS1Error("NO_PRIMARY_KEY")
    # A second key (a GLN beside a GTIN, say) can only be an attribute, and some cannot be one.
    return next((key for key in keys if not AIS[key].link_attribute), keys[0])


def _choose_qualifiers(key: str, values: dict[str, str]) -> list[str]:
    ways = ai_of(key).qualifiers or ((),)
    return max(([ai for ai in way if ai in values] for way in ways), key=len)
