"""The text of docs/rules.md: every rule of screening with its text, reasons and source, from its own class."""

from collections.abc import Callable, Iterable
from inspect import getdoc
from typing import Any

HEAD = """# The rules of screening

What happens to a line of a declaration, and why. Every rule is one class in `src/guomen/clearance/rules/`; this page is
generated from those classes by `make docs`; change them. Limits, papers and rates are not here: they are rows of the
rule pack, each with its source.

The order: every hold is asked, so that a declarant learns everything at once. Then the first way into a release mode
that answers decides; it is chosen for held goods too, for the day the hold is lifted. Then come the checks that no mode
waives.
"""
Table = Callable[[list[str], list[list[str]]], str]


def _text(rule: object) -> str:
    return " ".join((getdoc(type(rule)) or "").split())


def _reasons(codes: Iterable[str], words: dict[str, Any]) -> str:
    return "; ".join(f"`{code}` {words[code].en} {words[code].zh}" for code in codes)


def text(table: Table) -> str:
    """The whole file as it should be; ``table`` writes a Markdown table. Needs Django."""
    from guomen.clearance import rules
    from guomen.clearance.words import CHECKS, STATES
    from guomen.kit.words import vocabulary

    words = vocabulary("REASONS")
    holds = [
        [str(n), r.severity.name.replace("_", " ").lower(), _text(r), _reasons(r.codes, words), r.source]
        for n, r in enumerate(rules.HOLDS, 1)
    ]
    modes = [
        [str(n), f"`{m.code}`", _text(m), _reasons(m.codes, words), m.source] for n, m in enumerate(rules.MODES, 1)
    ]
    checks = [
        [f"`{c.code}`", f"{CHECKS[c.code].en} {CHECKS[c.code].zh}", _text(c), "yes" if c.reason else "no", c.source]
        for c in rules.CHECKS
    ]
    moves = [
        [f"`{state}`", f"{(w := STATES[f'line.{state}']).en} {w.zh}", ", ".join(f"`{t}`" for t in sorted(to)) or "–"]
        for state, to in rules.TRANSITIONS.items()
    ]
    return "\n".join([
        HEAD,
        "## Holds, in the order of severity\n\n" + table(["", "Severity", "Rule", "Reasons", "Source"], holds),
        "## Ways into a release mode, in the order in which they are asked\n\n"
        + table(["", "Mode", "Rule", "Reasons", "Source"], modes),
        "## Checks that no mode waives\n\n" + table(["Check", "Name", "Rule", "Opens the goods", "Source"], checks),
        "## States of a line\n\n" + table(["State", "Means", "May go to"], moves),
    ])  # fmt: skip
