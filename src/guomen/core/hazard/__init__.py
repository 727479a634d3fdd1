"""How dangerous a product is: probability and severity of injury scenarios, the risk matrix, sensitivity."""

from guomen.core.hazard.assessment import Assessment, Scenario, Sensitivity, Variation, assess
from guomen.core.hazard.matrix import BANDS, Level, band, level

__all__ = ["BANDS", "Assessment", "Level", "Scenario", "Sensitivity", "Variation", "assess", "band", "level"]
