"""What goes wrong with a GS1 value: a code for machines, clauses for people in both languages, and where."""

from __future__ import annotations

from guomen.core.gs1.words import WORDS


class GS1Error(ValueError):
    """A value that breaks a GS1 rule. ``str()`` is English; ``zh`` says the same in Chinese.

    code: an upper-case word such as INCORRECT_CHECK_DIGIT (for linters: the name that the GS1 Barcode
        Syntax Dictionary uses, without its prefix).
    span: (start, end) of the offending characters in the value that was given to the function.
    variant: which of the code's clauses in :data:`guomen.core.gs1.words.WORDS` says it best. values: fill it in; an
        ``ai`` that the clause does not name stands before it.
    """

    def __init__(self, code: str, span: tuple[int, int] = (0, 0), variant: str = "", **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.span = span
        self.variant = variant
        self.values = values

    def __str__(self) -> str:
        return self._said(0)

    @property
    def zh(self) -> str:
        return self._said(1)

    def _said(self, language: int) -> str:
        clause = WORDS[f"{self.code} {self.variant}" if self.variant else self.code][language]
        before = "({ai}) " if "ai" in self.values and "{ai}" not in clause else ""
        return (before + clause).format(**self.values)

    def shifted(self, offset: int) -> GS1Error:
        """The same error with its span moved to where the value stands in a longer text."""
        start, end = self.span
        return GS1Error(self.code, (start + offset, end + offset), self.variant, **self.values)

    def of(self, ai: str, span: tuple[int, int]) -> GS1Error:
        """The same error of the value of an application identifier, at a place of its own."""
        return GS1Error(self.code, span, self.variant, **{"ai": ai, **self.values})
