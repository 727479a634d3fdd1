"""The whole way of choosing: records, a model over what records say, known chances, and doubt when the world changes.

Needs the extra `analysis`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from guomen.core.selection.allocation import Shares, inclusion
from guomen.core.selection.drift import Trust
from guomen.core.selection.history import History
from guomen.core.selection.model import Floats, Model, Rows, fit

REFIT_EVERY = 4


@dataclass(frozen=True, slots=True)
class Lot:
    """What is known of a lot before it is opened. `keys`: level -> which; `measured`: numbers of its own."""

    keys: Mapping[str, object]
    measured: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """Of each lot: how likely it fails, with what probability it is drawn, and what the model saw of it."""

    scores: list[float]
    probabilities: list[float]
    signs: Floats


@dataclass(slots=True)
class Selector:
    """Judges the lots of one period (a week or day) after the other, and learns from those that were opened."""

    effort: float
    seed: int = 0
    shares: Shares = field(default_factory=Shares)
    history: History = field(default_factory=History)
    rows: Rows = field(default_factory=Rows)
    model: Model | None = None
    trust: Trust = field(default_factory=Trust)

    def judge(self, lots: Sequence[Lot], at: float) -> Judged:
        """Return what is thought of the lots of the period `at`, and with what probabilities they are drawn."""
        signs = np.array([[*self.history.signs(lot.keys, at), *lot.measured] for lot in lots], dtype=float)
        if self.model is None:
            scores = [self.history.rate(lot.keys, at) for lot in lots]
        else:
            scores = self.model.predict(signs).tolist()
        novelty = [self.history.novelty(lot.keys, at) for lot in lots]
        shares = self.shares.in_doubt(self.trust.doubt)
        return Judged(scores, inclusion(scores, novelty, self.effort, shares), signs)

    def learn(
        self,
        lots: Sequence[Lot],
        judged: Judged,
        failed: Mapping[int, bool],
        at: int,
        drawn_with: Sequence[float] | None = None,
    ) -> None:
        """Take in the outcomes of a period. `failed`: number of each opened lot -> whether it failed.

        `drawn_with`: the probabilities that it was really drawn with, where something else chose.
        """
        with_ = judged.probabilities if drawn_with is None else drawn_with
        opened = sorted(failed)
        self.rows.add(judged.signs[opened], np.array([failed[n] for n in opened], dtype=bool))
        for n in opened:
            self.history.learn(lots[n].keys, failed[n], at, with_[n])
        sure = [n for n in opened if with_[n] == 1.0]
        self.trust = self.trust.after([judged.scores[n] for n in sure], [failed[n] for n in sure])
        if self.trust.alarm:
            self.history.shake()
            self.trust = self.trust.shaken()
        if at % REFIT_EVERY == REFIT_EVERY - 1 or self.trust.resting:
            self.model = fit(self.rows, seed=self.seed) or self.model
