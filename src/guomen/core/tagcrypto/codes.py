"""Codes that people read and type: Crockford base32, and how it is read as it was meant."""

import re
import unicodedata
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = bytes(ALPHABET.encode()[value % 32] for value in range(256))
"""Translates bytes of five bits into their letters."""
_LOOK_ALIKES = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s\u00ad\u200b-\u200d\u2010-\u2015\u2212\ufeff-]+")

Reason = Literal["length", "alphabet", "mac"]


def _python_digits() -> bytes:
    # Python's int() reads base 32 with the digits 0-9 a-v; it takes "!" for none of them.
    table = bytearray(b"!" * 256)
    for letters in (ALPHABET, ALPHABET.lower()):
        for letter, digit in zip(letters, "0123456789abcdefghijklmnopqrstuv", strict=True):
            table[ord(letter)] = ord(digit)
    for letter, meant in zip("ILOilo", "110110", strict=True):
        table[ord(letter)] = ord(meant)
    return bytes(table)


_DIGITS = _python_digits()


class SerialError(ValueError):
    """A text is no code of this scheme; `reason` is "length", "alphabet" or "mac"."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid serial: {reason}")
        self.reason: Reason = reason


def normalise(text: str) -> str:
    """Return a typed or scanned code in its one spelling, which still has to be checked.

    Upper case; no spaces, hyphens or invisible separators; full-width characters become plain ones; the look-alikes of
    Crockford base32 are read as meant: I and L as 1, O as 0.
    """
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKES)


def number_of(text: str, length: int) -> int:
    """The number that ``length`` characters spell, however people typed them; SerialError "length" or "alphabet"."""
    if len(text) != length:
        text = normalise(text)
        if len(text) != length:
            raise SerialError("length")
    try:
        return int(text.encode().translate(_DIGITS), 32)
    except ValueError:
        clean = normalise(text)
    if clean == text:
        raise SerialError("alphabet")
    return number_of(clean, length)


def written(number: int, length: int) -> str:
    """A number as so many characters, the highest first."""
    return "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(length)))
