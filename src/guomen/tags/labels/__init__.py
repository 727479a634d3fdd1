"""Labels as files: sheets and rolls as PDF and SVG, programs for label printers, lists for encoding houses."""

from guomen.tags.labels.face import Label, run_of, serials
from guomen.tags.labels.formats import FORMATS, Format
from guomen.tags.labels.sizes import SIZES, Size

__all__ = ["FORMATS", "SIZES", "Format", "Label", "Size", "run_of", "serials"]
