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
    holds, export_holds = (
        [
            [str(n), r.severity.name.replace("_", " ").lower(), _text(r), _reasons(r.codes, words), r.source]
            for n, r in enumerate(several, 1)
        ]
        for several in (rules.HOLDS, rules.EXPORT_HOLDS)
    )
    modes, export_modes = (
        [[str(n), f"`{m.code}`", _text(m), _reasons(m.codes, words), m.source] for n, m in enumerate(several, 1)]
        for several in (rules.MODES, rules.EXPORT_MODES)
    )
    checks = [
        [f"`{c.code}`", f"{CHECKS[c.code].en} {CHECKS[c.code].zh}", _text(c), "yes" if c.reason else "no", c.source]
        for c in rules.CHECKS
    ]
    remarks = [[str(n), _text(r), _reasons(r.codes, words), r.source] for n, r in enumerate(rules.REMARKS, 1)]
    states = [[f"`{name.removeprefix('line.')}`", f"{w.en} {w.zh}"] for name, w in STATES.items()]
    moves = [
        [f"`{t.name}`", f"`{t.start}`", f"`{t.end}`", {"I": "imports", "E": "exports"}.get(t.directions, "both")]
        for t in rules.TABLE
    ]
    return "\n".join([
        HEAD,
        "## Holds, in the order of severity\n\n" + table(["", "Severity", "Rule", "Reasons", "Source"], holds),
        "## Ways into a release mode, in the order in which they are asked\n\n"
        + table(["", "Mode", "Rule", "Reasons", "Source"], modes),
        "## Checks that no mode waives\n\n" + table(["Check", "Name", "Rule", "Opens the goods", "Source"], checks),
        "## Remarks\n\nThey hold nothing and stand among the reasons of a line, for the officer who looks at it.\n\n"
        + table(["", "Remark", "Reasons", "Source"], remarks),
        "## Exports\n\nOther holds and modes are asked of goods that leave.\n\n"
        + table(["", "Severity", "Hold", "Reasons", "Source"], export_holds)
        + "\n"
        + table(["", "Mode", "Rule", "Reasons", "Source"], export_modes),
        "## States of a line\n\n" + table(["State", "Means"], states),
        "Every way from one state to another has a name; there are no others, and asking for one is answered 409.\n\n"
        + table(["Transition", "From", "To", "For"], moves),
    ])  # fmt: skip
