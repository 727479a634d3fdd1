"""What is wrong with a document: every problem at once, each with its place, rule and value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guomen.core.epcis.words import CHINESE


class Problem(NamedTuple):
    """One broken rule. path: JSON Pointer (RFC 6901); rule: a clause, also in Chinese; value: what stood there."""

    path: str
    rule: str
    value: str
    zh: str


def problem(path: str, rule: str, shown: str, **values: object) -> Problem:
    """A broken rule. rule: one that ``words`` knows in Chinese; values: fill it in, a pair is English and Chinese."""
    said = (rule, CHINESE[rule])
    if values:
        said = tuple(  # type: ignore[assignment]
            clause.format(**{name: v[language] if isinstance(v, tuple) else v for name, v in values.items()})
            for language, clause in enumerate(said)
        )
    return Problem(path, said[0], shown, said[1])


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

    def add(self, path: str, rule: str, value: object, **values: object) -> None:
        """As :func:`problem`, which shortens what stood there."""
        shown = repr(value)
        self.found.append(problem(path, rule, shown if len(shown) <= 200 else shown[:199] + "…", **values))

    def raise_if_any(self) -> None:
        if self.found:
            raise EpcisError(self.found)
