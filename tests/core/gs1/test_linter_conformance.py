"""Every case that GS1 publishes with its linters, error code and highlighted span included."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from guomen.core.gs1 import GS1Error, lint

SHARED = Path(os.environ.get("GUOMEN_SHARED_DATA", Path(__file__).parents[4] / "shared/data"))
CASES = SHARED / "gs1/ai-linter-cases.json"

pytestmark = pytest.mark.conformance


def _marked(head: str, wrong: str, tail: str = "") -> tuple[str, str]:
    return head + wrong + tail, f"{head}*{wrong}*{tail}"


# Six cases of the file have a loop of the C source for their input: these are what the loops run through. A company
# prefix, which these linters look for, has four digits at least.
LOOPS: dict[tuple[str, str | None], list[tuple[str, str]]] = {
    ("gcppos1", None): [(value, "") for value in ("01234", "0123", "0123A")],
    ("gcppos1", "INVALID_GCP_PREFIX"): [_marked("0123"[:n], "A", "A" * (4 - n)) for n in range(4)],
    ("gcppos2", None): [(value, "") for value in ("I01234", "I0123", "I0123A")],
    ("gcppos2", "INVALID_GCP_PREFIX"): [_marked("I0123"[:n], "A", "A" * (5 - n)) for n in range(1, 5)],
    ("gcppos2", "TOO_SHORT_FOR_GCP"): [
        *(_marked("I", "0123"[:n]) for n in range(1, 4)),
        *(_marked("", "I"[:n]) for n in range(2)),
    ],
}


def text(value: Any) -> str:
    """The case file writes bytes above 127 as latin1."""
    return str(value["latin1"]) if isinstance(value, dict) else str(value or "")


def inputs(case: dict[str, Any], linter: str, error: str | None) -> list[tuple[str, str]]:
    """What the linter is given, and what it highlights."""
    if isinstance(case["input"], dict) and "sym" in case["input"]:
        return LOOPS[linter, error]
    return [(text(case["input"]), text(case.get("highlight")))]


def outcome(linter: str, value: str, offline_at: int = 0) -> tuple[str | None, str]:
    """Code and highlighted value. The prefix registry goes away at question number `offline_at`."""
    questions = iter(range(1, 10))
    try:
        lint(linter, value, lambda _: None if next(questions) == offline_at else True)
    except GS1Error as found:
        start, end = found.span
        return found.code, f"{value[:start]}*{value[start:end]}*{value[end:]}"
    return None, ""


@pytest.mark.skipif(not CASES.exists(), reason="the GS1 linter cases are not on this machine")
def test_it_agrees_with_every_published_linter_case() -> None:
    wrong: list[str] = []
    counted: Counter[str] = Counter()
    for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]:
        linter = case["linter"].removeprefix("gs1_lint_")
        error = case["error"].removeprefix("GS1_LINTER_") if not case["valid"] else None
        counted[linter] += 1
        for value, highlighted in inputs(case, linter, error):
            want = (error, highlighted)
            # The file does not say at which of the coupon's company prefixes the registry was away.
            got = [outcome(linter, value, n) for n in ((1, 2, 3) if error == "GCP_DATASOURCE_OFFLINE" else (0,))]
            if want not in got:
                wrong.append(f"{linter} {value!r}: wanted {want}, got {got}")
    assert wrong == []
    assert counted.total() == 2841
