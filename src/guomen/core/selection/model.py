"""A model that ranks lots by what was found in their like: gradient boosted trees (LightGBM), calibrated.

It only ever ranks; rules decide. Trained on inspected lots alone, for others have no label. Needs the extra `analysis`.
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import lightgbm

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_FEWEST_BAD = 12
_FOLDS = 3


@dataclass(slots=True)
class Rows:
    """Inspected lots: features, whether bad."""

    features: list[Floats] = field(default_factory=list)
    bad: list[Bools] = field(default_factory=list)

    def add(self, features: Floats, bad: Bools) -> None:
        self.features.append(features)
        self.bad.append(bad)

    def joined(self) -> tuple[Floats, Bools]:
        return np.concatenate(self.features), np.concatenate(self.bad)


@dataclass(frozen=True, slots=True)
class Model:
    """Encoded categories, trees, and the line through log-odds that calibrates them (Platt 1999)."""

    encodings: tuple[dict[float, float], ...]
    base: float
    trees: "lightgbm.Booster"
    slope: float
    offset: float

    def predict(self, features: Floats) -> Floats:
        """The probability that each lot is bad."""
        raw = np.asarray(self.trees.predict(_encoded(features, self.encodings, self.base), raw_score=True))
        return 1 / (1 + np.exp(-(self.slope * raw + self.offset)))


def fit(rows: Rows, *, seed: int = 0, categories: int = 0) -> Model | None:
    """Train on what was inspected; None while too little is known. `categories`: how many first columns are.

    Categories become smoothed failure rates out of other folds, so that a maker seen once does not give itself away.
    """
    import lightgbm

    x, bad = rows.joined()
    if bad.sum() < _FEWEST_BAD or (~bad).sum() < _FEWEST_BAD:
        return None
    fold = np.random.default_rng([seed, len(bad)]).integers(0, _FOLDS, len(bad))
    base = float(bad.mean())
    encoded = np.empty((len(bad), x.shape[1] + categories))
    for n in range(_FOLDS):
        others, own = fold != n, fold == n
        encoded[own] = _encoded(x[own], _encodings(x[others], bad[others], base, categories), base)
    settings = {
        "objective": "binary",
        "learning_rate": 0.06,
        "num_leaves": 15,
        "min_data_in_leaf": max(5, min(40, len(bad) // 40)),
        "lambda_l2": 5.0,
        "seed": seed,
        "deterministic": True,
        "num_threads": 1,
        "verbose": -1,
    }

    def trained(some: Bools) -> "lightgbm.Booster":
        data = lightgbm.Dataset(encoded[some], label=bad[some])
        return lightgbm.train(settings, data, num_boost_round=80)

    held = fold == 0
    raw = np.asarray(trained(~held).predict(encoded[held], raw_score=True))
    slope, offset = _platt(raw, bad[held])
    return Model(_encodings(x, bad, base, categories), base, trained(np.ones(len(bad), bool)), slope, offset)


def dump(model: Model) -> bytes:
    """The model as JSON, trees in LightGBM's own text: the same model gives the same bytes."""
    encodings = [sorted(e.items()) for e in model.encodings]
    values = {"base": model.base, "slope": model.slope, "offset": model.offset, "encodings": encodings}
    return json.dumps(values | {"trees": model.trees.model_to_string()}, sort_keys=True).encode()


def load(content: bytes) -> Model:
    """A model from :func:`dump`. ValueError when it is none."""
    import lightgbm

    try:
        values = json.loads(content)
        encodings = tuple({float(k): float(v) for k, v in e} for e in values["encodings"])
        trees = lightgbm.Booster(model_str=values["trees"])
        return Model(encodings, float(values["base"]), trees, float(values["slope"]), float(values["offset"]))
    except (KeyError, TypeError, lightgbm.basic.LightGBMError) as error:
        raise ValueError("not a model that ranks lots") from error


def _encodings(x: Floats, bad: Bools, base: float, categories: int) -> tuple[dict[float, float], ...]:
    found = []
    for column in range(categories):
        values, inverse = np.unique(x[:, column], return_inverse=True)
        seen = np.bincount(inverse)
        failed = np.bincount(inverse, bad)
        found.append(dict(zip(values.tolist(), ((failed + 4 * base) / (seen + 4)).tolist(), strict=True)))
    return tuple(found)


def _encoded(x: Floats, encodings: tuple[dict[float, float], ...], base: float) -> Floats:
    """Categories as rates, and whether each was ever seen; the other columns as they are."""
    columns = []
    for column, encoding in enumerate(encodings):
        columns.append([encoding.get(v, base) for v in x[:, column].tolist()])
        columns.append([float(v in encoding) for v in x[:, column].tolist()])
    return np.column_stack([*columns, x[:, len(encodings) :]])


def _platt(raw: Floats, bad: Bools) -> tuple[float, float]:
    """Slope and offset by Newton's method, with a little pull towards (1, 0)."""
    slope, offset = 1.0, 0.0
    for _ in range(25):
        p = 1 / (1 + np.exp(-(slope * raw + offset)))
        error, curve = p - bad, p * (1 - p)
        gradient = np.array([(error * raw).sum() + (slope - 1), error.sum() + 0.1 * offset])
        second = np.array(
            [[(curve * raw * raw).sum() + 1, (curve * raw).sum()], [(curve * raw).sum(), curve.sum() + 0.1]]
        )
        step = np.linalg.solve(second, gradient)
        slope, offset = slope - step[0], offset - step[1]
        if abs(step).max() < 1e-8:
            break
    return float(max(0.05, slope)), float(offset)
