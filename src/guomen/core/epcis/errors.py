"""What is wrong with a document: every problem at once, each with its place, rule and value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Problem(NamedTuple):
    """One broken rule. path: JSON Pointer (RFC 6901); rule: a sentence; value: what stood there, shortened."""

    path: str
    rule: str
    value: str


class EpcisError(ValueError):
    """Not a valid EPCIS 2.0 document or event. `problems` lists all that was found, in document order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"{first.path}: {first.rule}, not {first.value}{more}")


class Problems:
    """Collects problems while a document is read. check_keys: judge GS1 keys by GS1's rules as well."""

    def __init__(self, check_keys: bool = True) -> None:
        self.check_keys = check_keys
        self.found: list[Problem] = []

    def add(self, path: str, rule: str, value: object) -> None:
        shown = repr(value)
        self.found.append(Problem(path, rule, shown if len(shown) <= 200 else shown[:199] + "…"))

    def raise_if_any(self) -> None:
        if self.found:
            raise EpcisError(self.found)
