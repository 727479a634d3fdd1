"""How many units to open, which ones, and whether to open at all."""

from guomen.core.sampling import iso2859, ispm31
from guomen.core.sampling.draw import commitment, draw, pick
from guomen.core.sampling.iso2859 import Plan

__all__ = ["Plan", "commitment", "draw", "iso2859", "ispm31", "pick"]
