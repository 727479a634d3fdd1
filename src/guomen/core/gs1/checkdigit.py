"""Check digits and check pairs of GS1 keys (GS1 General Specifications, release 25, section 7.9)."""

from __future__ import annotations

from guomen.core.memory import remembered

_GTIN_LENGTHS = frozenset((8, 12, 13, 14))


def _all_digits(s: str) -> bool:
    return s.isascii() and s.isdigit()


def check_digit(s: str) -> str:
    """Check digit for the digits `s` (without it): weights 3, 1, 3 ... from the right, modulo 10."""
    if not _all_digits(s):
        raise ValueError("a check digit needs decimal digits only")
    digits = s.encode()
    odd, even = digits[::-2], digits[-2::-2]
    total = 3 * (sum(odd) - 48 * len(odd)) + sum(even) - 48 * len(even)
    return str(-total % 10)


@remembered
def valid_check_digit(s: str) -> bool:
    """Whether the last digit of `s` is the check digit of those before it."""
    return len(s) > 1 and _all_digits(s) and check_digit(s[:-1]) == s[-1]


def valid_gtin(s: str) -> bool:
    """GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) or GTIN-14 with a right check digit."""
    return len(s) in _GTIN_LENGTHS and valid_check_digit(s)


def valid_sscc(s: str) -> bool:
    """Serial Shipping Container Code: 18 digits with a right check digit."""
    return len(s) == 18 and valid_check_digit(s)


def valid_gln(s: str) -> bool:
    """Global Location Number: 13 digits with a right check digit."""
    return len(s) == 13 and valid_check_digit(s)


def gtin14(s: str) -> str:
    """A valid GTIN of any length, padded with zeros to 14 digits. ValueError when it is not valid."""
    if not valid_gtin(s):
        raise ValueError("not a GTIN: needs 8, 12, 13 or 14 digits and a right check digit")
    return s.zfill(14)


CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CSET82_VALUE = {char: value for value, char in enumerate(CSET82)}
CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MAX_CHECK_PAIR_DATA = 97


def printed_gtin(gtin: str) -> str:
    """A GTIN in 14 digits as it stands below a bar code: GTIN-8, -12 and -13 are filled up with zeros in front.

    Anything else is returned as it is. GS1 General Specifications, release 25, section 3.2.2 (GTIN formats).
    """
    if len(gtin) != 14 or not _all_digits(gtin):
        return gtin
    for length in (8, 12, 13):
        if not gtin[: 14 - length].strip("0"):
            return gtin[-length:]
    return gtin


def _first_primes(count: int) -> tuple[int, ...]:
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return tuple(primes)


_PRIMES = _first_primes(MAX_CHECK_PAIR_DATA)


def check_pair(s: str) -> str:
    """Two check characters of an alphanumeric key such as the GMN, for up to 97 CSET 82 characters.

    Sum of character values times rising primes from the right, modulo 1021, split in two 5-bit halves.
    KeyError for a character outside CSET 82.
    """
    total = sum(_CSET82_VALUE[char] * prime for char, prime in zip(reversed(s), _PRIMES, strict=False))
    total %= 1021
    return CSET32[total >> 5] + CSET32[total & 31]
