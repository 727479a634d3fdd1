"""What every linter shares: the way to fail and the test for digits."""

from __future__ import annotations

from collections.abc import Callable

from guomen.core.gs1.errors import GS1Error

GcpLookup = Callable[[str], bool | None]
"""Asks whether a value starts with an allocated GS1 Company Prefix: True, False, or None (cannot tell now)."""

Linter = Callable[[str], None]


def fail(code: str, start: int, length: int) -> GS1Error:
    return GS1Error(code, (start, start + length))


def need_digits(value: str, code: str = "NON_DIGIT_CHARACTER") -> None:
    if value.isascii() and value.isdigit():
        return
    for position, char in enumerate(value):
        if not "0" <= char <= "9":
            raise fail(code, position, 1)


def need_all_in(value: str, allowed: frozenset[str], code: str) -> None:
    if allowed.issuperset(value):
        return
    for position, char in enumerate(value):
        if char not in allowed:
            raise fail(code, position, 1)


def whole(code: str, value: str) -> GS1Error:
    return GS1Error(code, (0, len(value)))
