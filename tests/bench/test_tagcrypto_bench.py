"""The bench of tags' cryptography measures what it says, on a few items."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import tagcrypto as bench


def test_every_figure_is_taken() -> None:
    rates = bench.measure(0.01)
    assert len(rates) == 14
    assert all(rate > 0 for rate in rates.values())


def test_bundles_are_made_and_opened() -> None:
    sizes = {name: size for name, size, _, _ in bench.bundles(0.01)}
    assert len(sizes) == 4
    assert all(size > 2000 for size in sizes.values())
