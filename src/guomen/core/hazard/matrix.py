"""The risk matrix: probability of harm over a product's foreseeable lifetime against severity.

Source: UK OPSS, Product Safety Risk Assessment Methodology (PRISM) version 2.0, October 2024 (Open Government Licence
v3), which keeps the matrix of the EU risk assessment guidelines: Decision 2010/15/EU and Implementing Decision (EU)
2019/417, table 4; the criteria now stand in Delegated Regulation (EU) 2024/3173, annex II.

Severity, as the same guidelines have it: 1 first aid, reversible; 2 a visit to accident and emergency, recovery
within about six months; 3 hospital, function affected for longer or for good; 4 fatal or possibly fatal, reproduction
or offspring affected, more than about 10 % disability.
"""

from decimal import Decimal
from enum import StrEnum


class Level(StrEnum):
    """Risk level. `rank` orders them: low 0, medium 1, high 2, serious 3."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SERIOUS = "serious"

    @property
    def rank(self) -> int:
        """Return 0 for low to 3 for serious."""
        return list(Level).index(self)


BANDS = tuple(Decimal(text) for text in ("0.5", "0.1", "0.01", "0.001", "0.0001", "0.00001", "0.000001"))
"""A probability is in the first band whose bound it exceeds: > 50 %, > 1/10 and so on; the eighth band is the rest."""

_LETTERS = {"L": Level.LOW, "M": Level.MEDIUM, "H": Level.HIGH, "S": Level.SERIOUS}
# One row per band, one column per severity 1 to 4.
_MATRIX = tuple(
    tuple(_LETTERS[letter] for letter in row)
    for row in ("HSSS", "MSSS", "MSSS", "LHSS", "LMHS", "LLMH", "LLLM", "LLLL")
)


def band(probability: Decimal) -> int:
    """Return the band of a probability (0 to 1): 0 for more than 50 % down to 7 for 1/1,000,000 and less.

    Bounds are exceeded, not reached: exactly 1/10 is in the band "more than 1/100". The exact decimal is compared;
    rounding 1/p to a whole number first, as some tools do, understates risks near a bound.
    """
    if not isinstance(probability, Decimal):
        raise TypeError("a probability is a Decimal")
    if not (probability.is_finite() and 0 <= probability <= 1):
        raise ValueError(f"a probability lies between 0 and 1, not at {probability}")
    return next((number for number, bound in enumerate(BANDS) if probability > bound), len(BANDS))


def level(severity: int, probability: Decimal) -> Level:
    """Return the risk level for a severity from 1 to 4 and a probability from 0 to 1; ValueError outside."""
    return level_in_band(severity, band(probability))


def level_in_band(severity: int, band: int) -> Level:
    """Return the risk level for a severity from 1 to 4 and a band from 0 to 7; ValueError outside."""
    if severity not in (1, 2, 3, 4):
        raise ValueError(f"severity goes from 1 to 4, not {severity}")
    if not 0 <= band < len(_MATRIX):
        raise ValueError(f"bands go from 0 to {len(_MATRIX) - 1}, not {band}")
    return _MATRIX[band][severity - 1]
