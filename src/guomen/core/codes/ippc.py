"""The mark of treated wood packaging: country, producer, treatment (ISPM 15, revision of 2018, annex 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

TREATMENTS = ("HT", "DH", "MB", "SF")
"""Heat, dielectric heat, methyl bromide, sulphuryl fluoride (ISPM 15, annex 1)."""
_MARK = re.compile(
    r"(?:IPPC )?(?P<country>[A-Z]{2})[ -](?P<producer>[A-Z0-9][A-Z0-9-]{0,11})[ -/]+(?P<treatment>HT|DH|MB|SF)"
    r"(?:[ -](?P<debarked>DB))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class IppcMark:
    """``country``: ISO 3166-1 alpha-2; ``producer`` as its plant protection organisation numbers it."""

    country: str
    producer: str
    treatment: str


def parse_ippc_mark(text: str) -> IppcMark:
    """Read ``CN-031 HT`` or ``SE 0123 MB``; ``DB`` (debarked) of older marks is passed over. ValueError else."""
    found = _MARK.fullmatch(" ".join(text.upper().split()))
    if found is None:
        raise ValueError("not a mark of ISPM 15: country-producer treatment, such as CN-031 HT")
    return IppcMark(found["country"], found["producer"], found["treatment"])
