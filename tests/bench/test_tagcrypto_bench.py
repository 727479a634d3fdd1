"""The bench of tags' cryptography measures what it says, on a few items."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import tagcrypto as bench


def test_every_figure_is_taken() -> None:
    rates = bench.measure(0.01)
    assert len(rates) == 14
    assert all(rate > 0 for rate in rates.values())
