"""The goods that tests put tags on."""

from guomen.kit.ids import Subject

NUMBER = "224820261000000017"
LINE = Subject.line(NUMBER, 1)
GTIN = "08001234567897"
BATCH = "M-2291"
