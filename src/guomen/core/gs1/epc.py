"""EPC URNs and Digital Links name the same things (TDS 2.x sections 6 and 7; CBV 2.0 section 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from guomen.core.gs1.ai import check_value
from guomen.core.gs1.checkdigit import check_digit
from guomen.core.gs1.digital_link import parse_digital_link, percent_decode, to_digital_link
from guomen.core.gs1.errors import GS1Error
from guomen.core.gs1.prefixes import company_prefix_length as prefix_length
from guomen.core.memory import remembered

_URN = re.compile(r"urn:epc:(?P<kind>id|class|idpat):(?P<scheme>[a-z]+):(?P<body>.+)")
_COMMONEST_LENGTH = 7
_PREFIX = re.compile(r"\d{6,12}")


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How one EPC scheme is written.

    digits: company prefix and reference together; None when the reference is alphanumeric.
    lead: the reference's first digit moves to the front of the key (indicator or extension digit).
    zero: the key starts with a zero that the URN does not carry (GRAI).
    check: the key ends with a check digit that the URN does not carry.
    tail: what follows the reference in the URN: "" nothing, "serial" joined to the key, or an AI.
    """

    ai: str
    digits: int | None
    tail: str = ""
    lead: bool = False
    zero: bool = False
    check: bool = True


_SCHEMES = {
    "id:sgtin": _Scheme("01", 13, "21", lead=True),
    "id:upui": _Scheme("01", 13, "235", lead=True),
    "id:itip": _Scheme("8006", 13, "21", lead=True),
    "id:sscc": _Scheme("00", 17, lead=True),
    "id:sgln": _Scheme("414", 12, "254"),
    "id:pgln": _Scheme("417", 12),
    "id:grai": _Scheme("8003", 12, "serial", zero=True),
    "id:giai": _Scheme("8004", None, check=False),
    "id:gsrn": _Scheme("8018", 17),
    "id:gsrnp": _Scheme("8017", 17),
    "id:gdti": _Scheme("253", 12, "serial"),
    "id:sgcn": _Scheme("255", 12, "serial"),
    "id:cpi": _Scheme("8010", None, "8011", check=False),
    "id:ginc": _Scheme("401", None, check=False),
    "id:gsin": _Scheme("402", 16),
    "class:lgtin": _Scheme("01", 13, "10", lead=True),
    "idpat:sgtin": _Scheme("01", 13, "*", lead=True),
    "idpat:upui": _Scheme("01", 13, "*", lead=True),
    "idpat:itip": _Scheme("8006", 13, "*", lead=True),
    "idpat:grai": _Scheme("8003", 12, "*", zero=True),
    "idpat:gdti": _Scheme("253", 12, "*"),
    "idpat:sgcn": _Scheme("255", 12, "*"),
    "idpat:cpi": _Scheme("8010", None, "*", check=False),
}


# Nearly every EPC URN of an item or logistic unit has one of these shapes: serials without escapes.
_PLAIN_URN = re.compile(
    r"urn:epc:id:(?:sgtin:([0-9]{6,12})\.([0-9])([0-9]{0,6})\.([A-Za-z0-9._-]{1,20})|sscc:([0-9]{6,12})\.([0-9])([0-9]+))"
)


# Reading, hashing and naming an event ask for the same names one after the other.
@remembered
def plain_urn_path(urn: str) -> str | None:
    """The path of the canonical Digital Link, for SGTINs and SSCCs in plain spelling; None for all others."""
    match = _PLAIN_URN.fullmatch(urn)
    if match is None:
        return None
    prefix, lead, rest, serial, unit_prefix, unit_lead, unit_rest = match.groups()
    if serial:
        body = lead + prefix + rest
        return f"/01/{body}{check_digit(body)}/21/{serial}" if len(body) == 13 else None
    body = unit_lead + unit_prefix + unit_rest
    return f"/00/{body}{check_digit(body)}" if len(body) == 17 else None


def _bad(urn: str, variant: str, **values: object) -> GS1Error:
    return GS1Error("BAD_EPC", (0, len(urn)), variant, **values)


def epc_to_ais(urn: str) -> tuple[tuple[str, str], ...]:
    """The (AI, value) pairs of a pure-identity, class or pattern EPC URN.

    GS1Error: NOT_AN_EPC for another kind of URI, BAD_EPC or a linter's code for a wrong one.
    """
    match = _URN.fullmatch(urn)
    scheme = _SCHEMES.get(f"{match['kind']}:{match['scheme']}") if match else None
    if match is None or scheme is None:
        raise GS1Error("NOT_AN_EPC", (0, len(urn)), urn=urn[:120])
    parts = match["body"].split(".")
    if not _PREFIX.fullmatch(parts[0]) or len(parts) < 2:
        raise _bad(urn, "prefix")
    reference, rest = _split(parts, scheme, urn)
    pieces = ""
    if scheme.ai == "8006":
        if len(rest) < 2 or not all(len(piece) == 2 for piece in rest[:2]):
            raise _bad(urn, "pieces")
        pieces, rest = rest[0] + rest[1], rest[2:]
    tail = percent_decode(".".join(rest)) if rest else ""
    if bool(tail) != bool(scheme.tail) or (scheme.tail == "*" and tail != "*"):
        raise _bad(urn, "parts")
    key = _key(parts[0], reference, scheme, urn) + pieces
    if scheme.tail == "serial":
        key += tail
    pairs = [(scheme.ai, key)]
    # Extension "0" is how an SGLN says that it names the GLN itself.
    if scheme.tail.isdigit() and not (scheme.tail == "254" and tail == "0"):
        pairs.append((scheme.tail, tail))
    for ai, value in pairs:
        check_value(ai, value)
    return tuple(pairs)


def _split(parts: list[str], scheme: _Scheme, urn: str) -> tuple[str, list[str]]:
    """The reference and the parts after it. In a CPI the reference may itself hold no dot; its serial is last."""
    if scheme.digits is not None:
        return parts[1], parts[2:]
    if scheme.tail:
        return percent_decode(".".join(parts[1:-1])), parts[-1:]
    return percent_decode(".".join(parts[1:])), []


def _key(prefix: str, reference: str, scheme: _Scheme, urn: str) -> str:
    if scheme.digits is None:
        if not reference:
            raise _bad(urn, "reference")
        return prefix + reference
    if len(prefix) + len(reference) != scheme.digits or (reference and not reference.isdecimal()):
        raise _bad(urn, "digits", digits=scheme.digits)
    body = reference[:1] + prefix + reference[1:] if scheme.lead else prefix + reference
    if scheme.zero:
        body = "0" + body
    return body + check_digit(body)


def epc_to_digital_link(urn: str, base: str = "https://id.gs1.org") -> str:
    """The Digital Link for an EPC URN (instance, class or pattern). GS1Error as for epc_to_ais."""
    return to_digital_link(epc_to_ais(urn), base)


def digital_link_to_epc(uri: str, company_prefix_length: int | None = 0) -> str:
    """The EPC URN for a Digital Link. The link does not tell how long the company prefix is.

    company_prefix_length: how long; 0 to take it from GS1's list and else suppose the commonest length, which is 7;
        None to take it from GS1's list only.
    A GTIN alone becomes the pattern `urn:epc:idpat:sgtin:….*`, a GTIN with lot `urn:epc:class:lgtin:…`.
    GS1Error NO_EPC when no EPC scheme fits, BAD_PREFIX_LENGTH outside 6 to 12, UNKNOWN_PREFIX_LENGTH.
    """
    if company_prefix_length and not 6 <= company_prefix_length <= 12:
        raise GS1Error("BAD_PREFIX_LENGTH")
    link = parse_digital_link(uri, associations=False)
    path = dict(link.path)
    name = _scheme_for(path)
    scheme = _SCHEMES[name]
    key = path[scheme.ai]
    length = company_prefix_length or prefix_length(key[1:] if scheme.lead or scheme.zero else key)
    if length is None and company_prefix_length is None:
        raise GS1Error("UNKNOWN_PREFIX_LENGTH", ai=scheme.ai, key=key)
    body, suffix = _unkey(key, scheme, length or _COMMONEST_LENGTH)
    tail = suffix or path.get(scheme.tail, "0" if scheme.tail == "254" else "")
    if scheme.ai == "8006":
        tail = f"{key[14:16]}.{key[16:18]}.{'*' if scheme.tail == '*' else urn_encode(path['21'])}"
    elif scheme.tail == "*":
        tail = "*"
    else:
        tail = urn_encode(tail)
    return f"urn:epc:{name}:{body}" + (f".{tail}" if scheme.tail else "")


def _scheme_for(path: dict[str, str]) -> str:
    has_serial = {"253": 13, "255": 13, "8003": 14}
    ai = next(iter(path))
    if ai == "01":
        for qualifier, name in (("21", "id:sgtin"), ("235", "id:upui"), ("10", "class:lgtin")):
            if qualifier in path:
                return name
        return "idpat:sgtin"
    if ai in has_serial:
        kind = "id" if len(path[ai]) > has_serial[ai] else "idpat"
        return f"{kind}:{ {'253': 'gdti', '255': 'sgcn', '8003': 'grai'}[ai] }"
    if ai == "8006":
        return "id:itip" if "21" in path else "idpat:itip"
    if ai == "8010":
        return "id:cpi" if "8011" in path else "idpat:cpi"
    for name, scheme in _SCHEMES.items():
        if scheme.ai == ai:
            return name
    raise GS1Error("NO_EPC", ai=ai)


def _unkey(key: str, scheme: _Scheme, prefix_length: int) -> tuple[str, str]:
    """Company prefix and reference joined by a dot, and the serial that was joined to the key."""
    if scheme.digits is None:
        return f"{key[:prefix_length]}.{urn_encode(key[prefix_length:])}", ""
    digits = key[1:] if scheme.zero else key
    body, suffix = digits[: scheme.digits], digits[scheme.digits + 1 :]
    if scheme.ai == "8006":
        suffix = ""
    lead, rest = (body[0], body[1:]) if scheme.lead else ("", body)
    return f"{rest[:prefix_length]}.{lead}{rest[prefix_length:]}", suffix


def urn_encode(value: str) -> str:
    """In EPC URNs only these characters are escaped: " # % & / < > ? (TDS table A-1)."""
    return quote(value, safe="!'()*+,-.:;=_", encoding="latin-1")
