"""With what probability each lot is drawn: most effort where the risk is, a known share where nobody looked.

Every lot keeps a probability above zero, which is known and used: so what is found by chance says without bias how many
lots are bad (Horvitz and Thompson 1952), and a hazard that no record warns of is met. What happens without such a share
once the world changes is measured by Kim and others, "Take a Chance" (arXiv 2010.14282).
"""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_CHANCE = 0.6
"""Of the effort, while nothing that is known can be trusted."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the effort: `chance` goes evenly over all lots, `novelty` to the unknown, the rest to the highest scores."""

    chance: float = 0.10
    novelty: float = 0.10

    def __post_init__(self) -> None:
        if not (self.chance > 0 and self.novelty >= 0 and self.chance + self.novelty <= 1):
            raise ValueError("shares above 0 that leave at least nothing")

    def in_doubt(self, doubt: float) -> "Shares":
        """The shares while scores are doubted, from 0 (they hold) to 1: up to :data:`MOST_CHANCE` of the effort."""
        more = max(0.0, MOST_CHANCE - self.chance - self.novelty) * doubt / 2
        return Shares(self.chance + more, self.novelty + more)


def alone(likelihood: float, novelty: float, shares: Shares, most: float = 3.0) -> tuple[float, float, float]:
    """What chance, novelty and likelihood each add to the usual rate of a lot that comes by itself, as factors of it.

    :func:`inclusion` ranks the lots of a period; a port decides about each as it is declared. `likelihood`, `novelty`:
    in multiples of those of the usual lot, each counted at `most`. The sum is 1 for the usual lot and never below the
    share of chance, so that every lot keeps a known chance.
    """
    risk = 1 - shares.chance - shares.novelty
    return shares.chance, shares.novelty * min(novelty, most), risk * min(likelihood, most)


def inclusion(
    scores: Sequence[float], novelty: Sequence[float], effort: float, shares: Shares | None = None
) -> list[float]:
    """Return each lot's probability of being drawn; they add up to `effort` times the number of lots.

    `scores`: expected harm, any scale. `novelty`: from 0 (known) to 1. `effort`: the fraction of lots to open, above 0.
    """
    if not 0 < effort <= 1:
        raise ValueError("the effort lies between 0 and 1")
    shares, lots = shares or Shares(), len(scores)
    capacity = effort * lots
    certain = int(capacity * (1 - shares.chance - shares.novelty))
    order = sorted(range(lots), key=lambda n: (-scores[n], n))
    found = [0.0] * lots
    for n in order[:certain]:
        found[n] = 1.0
    rest, left = order[certain:], capacity - certain
    if not rest:
        return found
    known = sum(novelty[n] for n in rest)
    even = left * shares.chance / (shares.chance + shares.novelty)
    spread = left - even if known > 0 else 0.0
    even = left - spread
    for n in rest:
        found[n] = min(1.0, even / len(rest) + (spread * novelty[n] / known if known else 0.0))
    return found
