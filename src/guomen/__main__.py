"""``python -m guomen``."""

from guomen.cli import app

app(prog_name="guomen")
