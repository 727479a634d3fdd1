"""The first sheet of an XLSX workbook as rows of text, read in a process of its own that may grow only so far.

A workbook of a few kilobytes can say one long text in a million cells, or that its last cell is a billion away: what it
becomes in memory is known only when it is there. Imports nothing of ours: the process starts in a tenth of a second.
"""

import io
import json
import resource
import subprocess
import sys
from datetime import date, datetime
from typing import Any

MEMORY = 1024**3
"""Bytes that the process may map. A workbook with 20,000 rows of every column takes a quarter of it."""
SECONDS = 30
"""Of the processor."""
MOST_TEXT = 120 * 1024 * 1024
"""Characters of all cells together."""


TOO_LARGE = 3
"""How the process ends where it was not allowed to grow; a signal says the same."""


class BadWorkbookError(Exception):
    """``code``: not-a-table, or too-big: it becomes larger than it may."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def rows(content: bytes, most: int) -> list[list[str]]:
    """At most ``most`` rows from the first. Raises BadWorkbookError."""
    command = [sys.executable, "-I", "-m", __name__, str(most)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=4 * SECONDS)
    except subprocess.TimeoutExpired:
        raise BadWorkbookError("too-big") from None
    if done.returncode:
        raise BadWorkbookError("too-big" if done.returncode == TOO_LARGE or done.returncode < 0 else "not-a-table")
    found: list[list[str]] = json.loads(done.stdout)
    return found


def text(value: Any) -> str:
    """A cell as the form reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # What a workbook shows as 12.5 it may keep as 12.500000000000002: fifteen digits are what it promises.
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def main() -> None:
    """The process: a workbook comes in, its rows go out as JSON. Whatever goes wrong ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import load_workbook

    try:
        sheet = load_workbook(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False, nrows=int(sys.argv[1]))
        found = [[text(value) for value in row] for row in cells]
        if sum(len(cell) for row in found for cell in row) > MOST_TEXT:
            raise SystemExit(TOO_LARGE)
        sys.stdout.write(json.dumps(found))
    except MemoryError:
        raise SystemExit(TOO_LARGE) from None


if __name__ == "__main__":
    main()
