"""When single reports add up: strength of the signal about a product and hazard, and counts above what was expected."""

from guomen.core.detection.poisson import poisson_excess
from guomen.core.detection.signals import (
    DEFAULT_RULE,
    AlertLevel,
    Reason,
    ReasonCode,
    Report,
    SignalRule,
    SignalStrength,
    Source,
    Threshold,
    signal_strength,
)

__all__ = [
    "DEFAULT_RULE",
    "AlertLevel",
    "Reason",
    "ReasonCode",
    "Report",
    "SignalRule",
    "SignalStrength",
    "Source",
    "Threshold",
    "poisson_excess",
    "signal_strength",
]
