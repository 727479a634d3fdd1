"""What every way into a release mode has."""

from typing import ClassVar

from guomen.clearance.rules.facts import Choice, LineFacts, Reason, why
from guomen.core.sampling import draw

RATED = ("RATE-OF-CLASS", "RATE-STEPPED-UP", "RATE-REPORTED", "RATE-BY-RISK", "RATE-TO-EARN", "DRAWN", "NOT-DRAWN")
"""What a mode that draws may say of its draw."""


class Mode:
    """A way into a release mode. ``codes`` are the reasons it can give; ``opens`` and ``tests`` say what follows.

    ``opens`` is False where goods are opened only when they are drawn or another check needs it.
    """

    code: ClassVar[str]
    codes: ClassVar[tuple[str, ...]]
    source: ClassVar[str]
    opens: ClassVar[bool] = True
    tests: ClassVar[bool] = False

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        """The mode with its reasons, or None where the goods may not enter it this way."""
        raise NotImplementedError

    def chosen(self, *reasons: Reason) -> Choice:
        """This mode for these reasons."""
        return Choice(self.code, reasons, opens=self.opens, tests=self.tests)

    def drawn(self, f: LineFacts, seed: bytes, *reasons: Reason) -> Choice:
        """This mode, with a random draw at its rate among the reasons."""
        rate = f.modes[self.code].rate
        code = "DRAWN" if draw(seed, f.ticket, rate) else "NOT-DRAWN"
        said = why(code, rate=f"{(rate * 100).normalize():f} %")
        told = (*reasons, *(f.rated if rate > 0 else ()), said)
        return Choice(self.code, told, rate, self.opens, self.tests)

    def earned(self, f: LineFacts) -> bool:
        """Whether score, credit class and standing let the line into this mode; never, where the pack lacks it."""
        terms, standing = f.modes.get(self.code), f.standing.get(self.code, "")
        if terms is None:
            return False
        admitted = standing == "admitted" if terms.standing else standing != "suspended"
        return admitted and f.score <= terms.max_score and f.credit in terms.credit
