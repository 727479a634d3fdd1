"""What differs between two versions of a declaration: paths with the value before and after. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, by its path such as ``lines.0.quantity``; None where it was not there."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, at: str = "") -> Iterator[Difference]:
    """Every field whose value differs, in the order of the older version; rows are compared by their place."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from differences(before.get(name), after.get(name), f"{at}.{name}" if at else str(name))
    elif _rows(before) and _rows(after):
        for i in range(max(len(before or ()), len(after or ()))):
            old, new = (rows[i] if rows and i < len(rows) else {} for rows in (before, after))
            yield from differences(old, new, f"{at}.{i}")
    elif before != after:
        yield Difference(at, before, after)


def _rows(value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(x, Mapping) for x in value) and value != [])
