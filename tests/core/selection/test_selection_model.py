"""The model ranks and is calibrated; with too little to learn from there is none."""

import csv
import math
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("lightgbm")
from guomen.core.selection.model import Rows, fit  # noqa: E402
from guomen.core.selection.selector import Lot, Selector  # noqa: E402

CUSTOMS = Path(__file__).parents[4] / "shared/data/risk/customs-declarations"


def rows(n: int, seed: int = 5) -> tuple[Rows, object, object]:
    r = np.random.default_rng(seed)
    x = r.normal(0, 1, (n, 3))
    true = 1 / (1 + np.exp(-(1.5 * x[:, 0] - 2)))
    found = Rows()
    found.add(x, r.random(n) < true)
    return found, x, true


def test_it_ranks_and_says_how_likely() -> None:
    some, _, _ = rows(4000)
    model = fit(some)
    _, x, true = rows(2000, seed=6)
    said = model.predict(x)
    assert np.corrcoef(said, true)[0, 1] > 0.85
    assert abs(said.mean() - true.mean()) < 0.03


def test_the_same_rows_give_the_same_model() -> None:
    _, x, _ = rows(200, seed=8)
    assert (fit(rows(1000)[0]).predict(x) == fit(rows(1000)[0]).predict(x)).all()


def test_a_few_failures_are_too_few() -> None:
    some = Rows()
    some.add(np.zeros((500, 2)), np.arange(500) < 5)
    assert fit(some) is None


def test_categories_never_seen_are_like_all_others() -> None:
    r = np.random.default_rng(1)
    x = np.column_stack([r.integers(0, 20, 3000), r.normal(0, 1, 3000)]).astype(float)
    some = Rows()
    some.add(x, r.random(3000) < np.where(x[:, 0] < 3, 0.5, 0.02))
    model = fit(some, categories=1)
    bad, good, new = model.predict(np.array([[1.0, 0.0], [10.0, 0.0], [99.0, 0.0]]))
    assert bad > 0.3
    assert good < 0.1
    assert new < bad


def test_a_selector_learns_what_chance_found_and_goes_there() -> None:
    selector = Selector(effort=0.1)
    lots = [Lot({"maker": n % 40}) for n in range(400)]
    bad = {n: n % 40 == 7 for n in range(400)}
    for week in range(6):
        judged = selector.judge(lots, week)
        assert sum(judged.probabilities) == pytest.approx(40)
        drawn = range(400) if week == 0 else [n for n, p in enumerate(judged.probabilities) if p == 1]
        with_ = [1.0] * 400 if week == 0 else None
        selector.learn(lots, judged, {n: bad[n] for n in drawn}, week, with_)
    last = selector.judge(lots, 6).probabilities
    assert all(last[n] == 1 for n in range(400) if bad[n])


@pytest.mark.conformance
@pytest.mark.skipif(not CUSTOMS.is_dir(), reason="The customs declarations are not on this machine.")
def test_on_declarations_that_nobody_here_wrote_it_finds_more_than_chance() -> None:
    """A smoke test: most of these rows repeat a triple of mass, price and code with its label, and so give it away."""

    def lots(name: str, most: int) -> tuple[list[Lot], list[bool]]:
        with (CUSTOMS / f"df_syn_{name}_eng.csv").open(encoding="utf-8-sig") as file:
            some = sorted(csv.DictReader(file), key=lambda row: row["Date"])[:most]
        found = [
            Lot(
                {name: row[name] for name in ("HS6 Code", "Country of Origin", "Importer ID")},
                (math.log1p(float(row["Net Mass"])), math.log1p(float(row["Item Price"]))),
            )
            for row in some
        ]
        return found, [row["Fraud"] == "1" for row in some]

    selector = Selector(effort=1.0)
    train, bad = lots("train", 6000)
    for week in range(8):
        part = slice(week * 750, week * 750 + 750)
        judged = selector.judge(train[part], week)
        selector.learn(train[part], judged, dict(enumerate(bad[part])), week, [1.0] * 750)
    test, truth = lots("test", 2000)
    scores = selector.judge(test, 8).scores
    top = sorted(range(2000), key=lambda n: -scores[n])[:100]
    assert sum(truth[n] for n in top) / 100 > 1.5 * sum(truth) / 2000
