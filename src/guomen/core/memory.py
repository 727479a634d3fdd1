"""Remembering what a pure function of a text gave: the same names come again and again."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
KEPT = 1 << 15
LONGEST = 256


def remembered(function: Callable[[str], T]) -> Callable[[str], T]:
    """Keep the latest 32,768 answers, of texts up to 256 characters only: memory is bounded by what strangers send."""
    kept = lru_cache(KEPT)(function)

    @wraps(function)
    def answer(text: str) -> T:
        return kept(text) if len(text) <= LONGEST else function(text)

    return answer
