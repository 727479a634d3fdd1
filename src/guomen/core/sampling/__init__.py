"""How many units to open, which ones, and whether to open at all."""

from guomen.core.sampling import csp, curves, iso2859, ispm31, variables
from guomen.core.sampling.csp import Continuous
from guomen.core.sampling.double import DoublePlan, double_plan
from guomen.core.sampling.draw import commitment, draw, pick
from guomen.core.sampling.iso2859 import Plan
from guomen.core.sampling.switching import Switching

__all__ = [
    "Continuous",
    "DoublePlan",
    "Plan",
    "Switching",
    "commitment",
    "csp",
    "curves",
    "double_plan",
    "draw",
    "iso2859",
    "ispm31",
    "pick",
    "variables",
]
