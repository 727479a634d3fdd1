"""What people and the clock can do about risk."""

from guomen.risk.services.measures import impose_measure, lift_measure
from guomen.risk.services.outcomes import Screened, record_outcome
from guomen.risk.services.seeds import committed_seed, disclose_seed, seed_of

__all__ = [
    "Screened",
    "committed_seed",
    "disclose_seed",
    "impose_measure",
    "lift_measure",
    "record_outcome",
    "seed_of",
]
