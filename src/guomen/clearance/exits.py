"""Which goods are inspected before they leave, from the code table ``exit_inspection``."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from guomen.catalogue import codes
from guomen.clearance.rules.facts import LineFacts

NOT_LISTED: Mapping[str, Any] = {"letters": "", "papers": "", "maker": False}


@cache
def row(hs_code: str) -> Mapping[str, Any]:
    """The terms of the longest prefix of an HS code: letters, papers, maker."""
    table = codes.table("exit_inspection").rows
    return next((table[p] for n in range(len(hs_code), 1, -1) if (p := hs_code[:n]) in table), NOT_LISTED)


def facts(known: LineFacts, hs_code: str) -> LineFacts:
    """The facts of a line as those of an export: other letters, other papers."""
    terms = row(hs_code)
    return replace(
        known,
        export=True,
        letters=terms["letters"],
        needed_papers=tuple(terms["papers"].split()),
        maker_needed=terms["maker"],
    )
