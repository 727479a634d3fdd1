"""A draw that the declarant cannot foresee and an auditor can repeat.

Before the declarations come in, a random seed is chosen and its commitment published; afterwards the seed is
disclosed. Whoever holds it can repeat every draw with any HMAC-SHA256 (FIPS 198-1, RFC 2104) and check that the seed
is the one that was committed to.

Our own protocol. Nobody without the seed can tell HMAC output from chance (Bellare 2006), so a rate is a probability.
"""

import hmac
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

_MIN_SEED = 16
_SPACE = 1 << 256


def commitment(seed: bytes) -> str:
    """Return SHA-256 of the seed in hex (64 characters), to be published before the draws.

    The seed must be random and have at least 16 bytes, or the commitment could be searched back.
    """
    return sha256(_require_seed(seed)).hexdigest()


def draw(seed: bytes, subject: str, probability: Decimal) -> bool:
    """Say whether `subject` is drawn: HMAC-SHA256(seed, subject in UTF-8) / 2**256 < probability, exactly.

    `probability` is a fraction from 0 (never) to 1 (always); who is drawn at one rate is drawn at any higher rate too.
    """
    if not isinstance(probability, Decimal):
        raise TypeError("a probability is a Decimal, so that the draw can be repeated exactly")
    if not (probability.is_finite() and 0 <= probability <= 1):
        raise ValueError(f"a probability lies between 0 and 1, not at {probability}")
    numerator, denominator = probability.as_integer_ratio()
    return _number(_require_seed(seed), subject.encode()) * denominator < numerator * _SPACE


def pick(seed: bytes, subject: str, population: int, n: int) -> list[int]:
    """Return which `n` of the units 1 to `population` to open, ascending; every choice of n is equally likely.

    Units count from 1, as people count packages. Asking for more units later keeps those already picked.
    ValueError unless 0 <= n <= population.
    """
    if not 0 <= n <= population:
        raise ValueError(f"{n} units cannot be picked from {population}")
    numbers = _numbers(seed, subject)
    # Fisher-Yates from the front, keeping only the places that were swapped: a lot may have millions of units.
    swapped: dict[int, int] = {}
    picked = []
    for place in range(n):
        other = place + _below(numbers, population - place)
        picked.append(swapped.get(other, other) + 1)
        swapped[other] = swapped.get(place, place)
    return sorted(picked)


def _numbers(seed: bytes, subject: str) -> Iterator[int]:
    # A key of its own keeps the choice of units independent of the draw, whatever the subjects are called.
    key = hmac.digest(_require_seed(seed), b"guomen: pick units", "sha256")
    prefix = sha256(subject.encode()).digest()
    counter = 0
    while True:
        yield _number(key, prefix + counter.to_bytes(8))
        counter += 1


def _below(numbers: Iterator[int], bound: int) -> int:
    """Return the next number modulo `bound`, skipping the few that would favour small results."""
    fair = _SPACE - _SPACE % bound
    return next(number for number in numbers if number < fair) % bound


def _number(key: bytes, message: bytes) -> int:
    return int.from_bytes(hmac.digest(key, message, "sha256"))


def _require_seed(seed: bytes) -> bytes:
    if len(seed) < _MIN_SEED:
        raise ValueError(f"a seed has at least {_MIN_SEED} random bytes")
    return seed
