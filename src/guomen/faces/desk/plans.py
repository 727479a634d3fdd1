"""What opening so many units finds and lets pass: the operating characteristic curve of an inspection."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guomen.core.sampling import Plan
from guomen.core.sampling.curves import acceptance
from guomen.inspection.models import Order
from guomen.kit.chart import Curve
from guomen.kit.web import number

POINTS = 60
SEEN = 0.95
"""The certainty that the sentence speaks of, as ISPM 31 does."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence and its curve."""

    words: str
    curve: Curve | None


def of(order: Order | None) -> Shown | None:
    """Of an order that opens some of a lot. One bad unit among those opened is enough to refuse it (Ac 0).

    Probabilities are hypergeometric: units are taken without putting them back.
    """
    if order is None or not order.open_units:
        return None
    lot, units = order.population, min(order.open_units, order.population)
    plan = Plan(units, 0, 1)

    def passes(bad: int) -> float:
        return acceptance(plan, bad / lot, distribution="hypergeometric", lot_size=lot)

    if units >= lot:
        return Shown(_("All %(units)s units are opened.") % {"units": number(lot)}, None)
    least, most = 1, lot
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if passes(middle) <= 1 - SEEN else (middle + 1, most)
    words = _(
        "%(units)s of %(lot)s units are opened: a lot with %(share)s %% bad units is found out with 95 %% certainty."
    )
    values = {"units": number(units), "lot": number(lot), "share": f"{100 * least / lot:.2g}"}
    right = min(lot, 2 * least)
    points = [(bad / lot, passes(bad)) for bad in sorted({round(n * right / POINTS) for n in range(POINTS + 1)})]
    label = _("Chance that a lot passes, by the share of bad units in it")
    return Shown(words % values, Curve(points, label, _("bad units in the lot"), right / lot))
