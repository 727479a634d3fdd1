"""How long the GS1 company prefix of a key is: what an EPC URN shows with a dot and a Digital Link does not tell.

The lengths come from GS1's published list, as the package biip carries it; it is read at the first question.
"""

from __future__ import annotations

import re

from guomen.core.memory import remembered

_DIGITS = re.compile(r"[0-9]{6,12}")
# After the indicator digit, a GTIN-8 has only zeros where a company prefix would begin.
_GTIN_8 = "000000"


@remembered
def company_prefix_length(key: str) -> int | None:
    """6 to 12, or None when GS1's list does not say. key: the digits of a key from its company prefix on."""
    digits = _DIGITS.match(key)
    if digits is None or key.startswith(_GTIN_8):
        return None
    # Reading the list takes 40 ms and two megabytes, which most processes never need.
    from biip.gs1_prefixes import GS1CompanyPrefix

    found = GS1CompanyPrefix.extract(digits[0])
    return len(found.value) if found and 6 <= len(found.value) <= 12 else None
