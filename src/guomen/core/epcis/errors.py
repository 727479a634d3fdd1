"""What is wrong with a document: every problem at once, each with its place, rule and value."""

from __future__ import annotations

from collections.abc import Sequence
from reprlib import Repr
from typing import NamedTuple

from guomen.core.epcis.words import CHINESE

MOST_OF_ONE = 100
"""Problems that are told of one event: a list of a million wrong names costs what a hundred cost."""
MANY = 1000
"""Problems of a document beyond which only the first of each further event is told."""


MOST_VALUES = 20_000
"""In the extensions of one event, ILMD among them: each is hashed and indexed."""
LONGEST = 200
_short = Repr()
_short.maxlevel, _short.maxstring, _short.maxother = 3, LONGEST, LONGEST


def shown(value: object) -> str:
    """A value as it is told: the beginning of a long text, some of what is in lists and objects."""
    if isinstance(value, str):
        return repr(value) if len(value) <= LONGEST else repr(value[: LONGEST - 1]) + "…"
    return _short.repr(value) if isinstance(value, list | dict) else repr(value)[:LONGEST]


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
        self.enough = MOST_OF_ONE
        self.values = 0

    def next_event(self) -> None:
        """From here on as many more are collected as one event may have; one only when there are many already."""
        count = len(self.found)
        self.enough = count + (MOST_OF_ONE if count < MANY else 1)
        self.values = 0

    def add(self, path: str, rule: str, value: object, **values: object) -> None:
        """As :func:`problem`, which shortens what stood there. Raises EpcisError when these are enough."""
        self.found.append(problem(path, rule, shown(value), **values))
        if len(self.found) >= self.enough:
            raise EpcisError(self.found)

    def count_values(self, count: int, path: str) -> None:
        """So many values more stand in the extensions of this event. Raises EpcisError when they are too many."""
        self.values += count
        if self.values > MOST_VALUES:
            self.add(path, "must not hold more than {most} values in its extensions", self.values, most=MOST_VALUES)
            raise EpcisError(self.found)

    def raise_if_any(self) -> None:
        if self.found:
            raise EpcisError(self.found)
