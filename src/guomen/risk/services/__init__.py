"""What people and the clock can do about risk."""

from guomen.risk.services.measures import impose_measure, lift_measure
from guomen.risk.services.outcomes import Learned, Screened, record_outcome, require_earning
from guomen.risk.services.rankers import (
    activate_model,
    propose_model,
    stop_model,
    train_due,
    train_model,
    training_is_due,
)
from guomen.risk.services.seeds import committed_seed, disclose_seed, seed_of
from guomen.risk.services.trust import weigh_trust

__all__ = [
    "Learned",
    "Screened",
    "activate_model",
    "committed_seed",
    "disclose_seed",
    "impose_measure",
    "lift_measure",
    "propose_model",
    "record_outcome",
    "require_earning",
    "seed_of",
    "stop_model",
    "train_due",
    "train_model",
    "training_is_due",
    "weigh_trust",
]
