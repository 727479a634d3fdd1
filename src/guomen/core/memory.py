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


def remembered_together(function: Callable[..., T]) -> Callable[..., T]:
    """The same for a function of a few texts or None that come together again: the latest 1,024 answers."""
    kept = lru_cache(1024)(function)

    @wraps(function)
    def answer(*texts: str | None) -> T:
        return kept(*texts) if sum(len(text or "") for text in texts) <= LONGEST * 4 else function(*texts)

    return answer
