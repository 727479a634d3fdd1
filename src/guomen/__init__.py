"""Guomen: one open system for the quality and safety of traded goods."""

__version__ = "0.1.0"
