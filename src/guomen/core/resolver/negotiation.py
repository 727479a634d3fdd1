"""What a client says it would rather have: Accept and Accept-Language (RFC 9110), as whole numbers of thousandths."""

from __future__ import annotations

import re
from collections.abc import Sequence

from guomen.core.memory import remembered

Weights = tuple[tuple[str, int], ...]

_LONGEST = 1000
_MOST = 40
_QUALITY = re.compile(r"(?:0(?:\.(\d{0,3}))?|1(?:\.0{0,3})?)")


@remembered
def weights(header: str) -> Weights:
    """(name in lower case, 0 to 1000) of each entry; other parameters than q and unreadable entries are left out."""
    found = []
    for part in header[:_LONGEST].split(",")[:_MOST]:
        name, *parameters = (piece.strip() for piece in part.lower().split(";"))
        quality: int | None = 1000
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = _thousandths(parameter[2:])
        if name and quality is not None:
            found.append((name, quality))
    return tuple(found)


def _thousandths(text: str) -> int | None:
    match = _QUALITY.fullmatch(text)
    if match is None:
        return None
    return 1000 if text[0] == "1" else int((match[1] or "").ljust(3, "0"))


def media_quality(media_type: str, accept: str) -> int:
    """How welcome a media type is, 0 to 1000; of several ranges that fit, the narrowest says. No header: all are.

    A link without a media type may be of any: it is as welcome as any other type, or hardly when none is named.
    """
    if not accept:
        return 1000
    ranges = dict(weights(accept))
    family = f"{media_type.partition('/')[0]}/*"
    for name in (media_type, family, "*/*") if media_type else ("*/*",):
        if name in ranges:
            return ranges[name]
    return 0 if media_type else 1


def language_quality(languages: Sequence[str], accept: str) -> int:
    """How well a link's languages fit: exactly, else as part of one another (`en`, `en-GB`), else as the same language.

    0: in a language that was not asked for; 1: in no particular language. No header: all fit alike.
    """
    if not accept:
        return 0
    if not languages:
        return 1
    best = 0
    for wanted, quality in weights(accept):
        if quality:
            best = max(best, *(4 * quality + fit for one in languages if (fit := _fit(wanted, one.lower()))), 0)
    return best


def _fit(wanted: str, language: str) -> int:
    """3: the same; 2: one is part of the other, or any will do; 1: the same language elsewhere; 0: another."""
    if wanted == language:
        return 3
    if wanted == "*" or language.startswith(f"{wanted}-") or wanted.startswith(f"{language}-"):
        return 2
    return 1 if wanted.partition("-")[0] == language.partition("-")[0] else 0
