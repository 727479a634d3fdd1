"""Phytosanitary certificates between countries: UN/CEFACT SPSCertificate XML with the fields of ISPM 12."""

from guomen.core.ephyto.model import EphytoError, Measure, Party, PhytoCertificate, Plants, Treatment
from guomen.core.ephyto.reading import read
from guomen.core.ephyto.writing import write

__all__ = ["EphytoError", "Measure", "Party", "PhytoCertificate", "Plants", "Treatment", "read", "write"]
