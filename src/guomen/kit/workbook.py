"""The first sheet of an XLSX workbook as rows of what its cells hold, read in a process that may grow only so far.

A workbook of a few kilobytes can say one long text in a million cells, or that its last cell is a billion away: what it
becomes in memory is known only when it is there. Imports nothing of ours: the process starts in a tenth of a second.
"""

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
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


def rows(content: bytes, most: int) -> list[list[Any]]:
    """At most ``most`` rows from the first: texts, numbers, flags, dates as text, :data:`ERROR`.

    Raises BadWorkbookError. What is merged counts in every row that it covers; a workbook keeps it in the first.
    """
    command = [sys.executable, "-I", "-m", __name__, str(most)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=4 * SECONDS)
    except subprocess.TimeoutExpired:
        raise BadWorkbookError("too-big") from None
    if done.returncode:
        raise BadWorkbookError("too-big" if done.returncode == TOO_LARGE or done.returncode < 0 else "not-a-table")
    found: list[list[Any]] = json.loads(done.stdout)
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


ERROR = "#VALUE!"
"""What stands for a cell without a value that should have one."""
_PREFIX = rb"(?:\w{1,20}:)?"
_BROKEN = re.compile(
    rb"<" + _PREFIX + rb'c\s([^<>]*\bt="e"[^<>]*)>|'
    rb"<"
    + _PREFIX
    + rb"c\s([^<>]*)>\s*<"
    + _PREFIX
    + rb"f\b[^<>]*(?:/>|>[^<>]*</"
    + _PREFIX
    + rb"f>)\s*</"
    + _PREFIX
    + rb"c>"
)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def broken(packed: zipfile.ZipFile) -> list[tuple[int, int]]:
    """Cells of a workbook's first sheet whose formula gives an error, or was never worked out: row and column from 0.

    What reads the workbook gives nothing for them, and nothing would be lodged where something was meant.
    """
    first = re.search(rb"<" + _PREFIX + rb'sheet\s[^<>]*\br:id="([^"<>]+)"', packed.read("xl/workbook.xml"))
    relations = packed.read("xl/_rels/workbook.xml.rels")
    for one in re.findall(rb"<" + _PREFIX + rb"Relationship\s([^<>]*)>", relations) if first else ():
        named = dict(re.findall(rb'(\w+)="([^"<>]*)"', one))
        if named.get(b"Id") == first[1]:  # type: ignore[index]
            target = named.get(b"Target", b"").decode().removeprefix("/").removeprefix("xl/")
            found = (_PLACE.search(m[1] or m[2]) for m in _BROKEN.finditer(packed.read(f"xl/{target}")))
            return [(int(place[2]) - 1, _number(place[1])) for place in found if place]
    return []


def _number(letters: bytes) -> int:
    """The number of a column from 0: A, B … Z, AA."""
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found - 1


def main() -> None:
    """The process: a workbook comes in, its rows go out as JSON. Whatever goes wrong ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import load_workbook

    try:
        content = io.BytesIO(sys.stdin.buffer.read())
        sheet = load_workbook(content).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False, nrows=int(sys.argv[1]))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
            if left == right and 0 < top < len(cells):
                for row in cells[top + 1 : bottom + 1]:
                    row[left] = cells[top][left]
        with zipfile.ZipFile(content) as packed:
            for y, x in broken(packed):
                if y < len(cells) and x < len(cells[y]):
                    cells[y][x] = ERROR
        found = [[value if isinstance(value, str | float | bool) else text(value) for value in row] for row in cells]
        if sum(len(cell) for row in found for cell in row if isinstance(cell, str)) > MOST_TEXT:
            raise SystemExit(TOO_LARGE)
        sys.stdout.write(json.dumps(found))
    except MemoryError:
        raise SystemExit(TOO_LARGE) from None


if __name__ == "__main__":
    main()
