"""The ledger itself declares no entry kinds: each capability declares its own."""

from guomen.kit.words import W

KINDS: dict[str, W] = {}
