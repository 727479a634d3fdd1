"""The risk matrix as a table, and what would change the answer as sentences."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from guomen.core.hazard import BANDS, level
from guomen.kit.words import W, say
from guomen.warning.models import Assessment
from guomen.warning.words import BANDS as BAND_WORDS
from guomen.warning.words import RISKS


@dataclass(frozen=True, slots=True)
class Cell:
    risk: str
    words: W
    marked: bool


def matrix(assessment: Assessment | None) -> list[tuple[W, list[Cell]]]:
    """Rows from the most to the least probable band, a cell for each severity; that of the worst scenario is marked."""
    worst = assessment.scenarios[assessment.worst] if assessment else None
    rows = []
    for number, words in enumerate(BAND_WORDS):
        # Any probability inside the band will do: a tenth more than its bound, or nothing for the last band.
        inside = BANDS[number] + BANDS[number] / 10 if number < len(BANDS) else BANDS[0] * 0
        cells = []
        for severity in range(1, 5):
            risk = level(severity, inside).value
            here = worst is not None and (worst["band"], worst["severity"]) == (number, severity)
            cells.append(Cell(risk, RISKS[risk], here))
        rows.append((words, cells))
    return rows


def changes(assessment: Assessment) -> list[str]:
    """Each single change of an input that would give another level, as a sentence."""
    return list(dict.fromkeys(_sentence(c) for c in assessment.changes))


def _sentence(change: dict[str, object]) -> str:
    step = change["step"]
    values = {
        "scenario": int(str(change["scenario"])) + 1,
        "step": 0 if step is None else int(str(step)) + 1,
        "risk": say(RISKS[str(change["level"])]).lower(),
    }
    up = change["direction"] == "up"
    if step is None and up:
        return _("If scenario %(scenario)s were one grade more severe, the risk would be %(risk)s.") % values
    if step is None:
        return _("If scenario %(scenario)s were one grade less severe, the risk would be %(risk)s.") % values
    if up:
        return (
            _("If step %(step)s of scenario %(scenario)s were one band more likely, the risk would be %(risk)s.")
            % values
        )
    return (
        _("If step %(step)s of scenario %(scenario)s were one band less likely, the risk would be %(risk)s.") % values
    )
