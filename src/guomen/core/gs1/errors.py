"""What goes wrong with a GS1 value: a code for machines, a sentence for people, and where."""

from __future__ import annotations


class GS1Error(ValueError):
    """A value that breaks a GS1 rule.

    code: an upper-case word such as INCORRECT_CHECK_DIGIT (for linters: the name that the GS1 Barcode
        Syntax Dictionary uses, without its prefix).
    span: (start, end) of the offending characters in the value that was given to the function.
    """

    def __init__(self, code: str, span: tuple[int, int] = (0, 0), message: str = "") -> None:
        self.code = code
        self.span = span
        super().__init__(message or code.replace("_", " ").capitalize())

    def shifted(self, offset: int) -> GS1Error:
        """The same error with its span moved to where the value stands in a longer text."""
        start, end = self.span
        return GS1Error(self.code, (start + offset, end + offset), str(self))
