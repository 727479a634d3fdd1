"""The ledger as anyone may read, mirror and audit it."""
