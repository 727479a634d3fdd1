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


def text(value: Any) -> str | None:
    """The case file writes bytes above 127 as latin1, and inputs that C code builds in a loop as a symbol."""
    if isinstance(value, dict):
        return value.get("latin1")
    return value


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
        linter, value = case["linter"].removeprefix("gs1_lint_"), text(case["input"])
        if value is None:
            counted["input not in the file"] += 1
            continue
        error = case["error"].removeprefix("GS1_LINTER_") if not case["valid"] else None
        want = (error, text(case.get("highlight")) or "")
        # The file does not say at which of the coupon's company prefixes the registry was away.
        got = [outcome(linter, value, n) for n in ((1, 2, 3) if error == "GCP_DATASOURCE_OFFLINE" else (0,))]
        counted["checked"] += 1
        if want not in got:
            wrong.append(f"{linter} {value!r}: wanted {want}, got {got}")
    assert wrong == []
    # The six others are built by loops in the C source: test_linters.py restates those loops.
    assert counted == {"checked": 2835, "input not in the file": 6}
