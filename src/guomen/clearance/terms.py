"""The release modes of a rule pack as the rules read them: with the rates that hold for one line."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from guomen.catalogue.rulepack import RulePack
from guomen.clearance import rules
from guomen.risk.rules import Drawing, line_rate


class ModeTerms(Mapping[str, rules.ModeTerms]):
    """The pack's modes as the rules read them, with the rates for one line: worked out for those that a rule asks for.

    Of six modes that draw most lines ask for one or none.
    """

    __slots__ = ("_drawing", "_found", "_pack", "_usual")

    def __init__(self, pack: RulePack, drawing: Drawing) -> None:
        self._pack, self._drawing, self._usual = pack, drawing, usual_terms(pack)
        self._found: dict[str, rules.ModeTerms] = {}

    def __getitem__(self, code: str) -> rules.ModeTerms:
        found = self._found.get(code)
        if found is None:
            found = self._usual[code]
            if 0 < found.rate < 1:
                found = replace(found, rate=rate_of(self._pack, code, self._drawing))
            self._found[code] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._usual)

    def __len__(self) -> int:
        return len(self._usual)


def rate_of(pack: RulePack, mode: str, drawing: Drawing) -> Decimal:
    """The probability with which a line is drawn in a mode; lots that were tested elsewhere need not earn it here."""
    one = pack.modes[mode]
    how = replace(drawing, earn=0) if one.adopts else drawing
    return line_rate(one.rate, how, pack.risk["rates"])


def usual_terms(pack: RulePack) -> Mapping[str, rules.ModeTerms]:
    """The pack's modes with their usual rates."""
    found = pack.memory.get("mode terms")
    if found is None:
        found = pack.memory["mode terms"] = {
            code: rules.ModeTerms(
                m.rate,
                100 if m.max_score is None else m.max_score,
                m.credit,
                m.passes,
                m.standing,
                m.minimum_kg,
                m.guarantee,
            )
            for code, m in pack.modes.items()
        }
    return found
