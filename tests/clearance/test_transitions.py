"""Every pair of states, for imports and exports, against a table written by hand; and when a change is too late."""

from itertools import product

import pytest

from guomen.clearance.rules import TABLE, TRANSITIONS, refusal, transition, when_passed
from guomen.clearance.rules.changes import Standing, against_change, against_withdrawal
from guomen.clearance.rules.differences import differences
from guomen.clearance.rules.transitions import ENDS, STATES
from guomen.clearance.words import WHY_NOT

# Columns in the order of the rows: screened, to_inspect, sampled, held, passed, transferred, released, refused,
# withdrawn. x: imports and exports, i: imports, e: exports, a point: never.
TRUTH = """
screened     . x . x . . x . x
to_inspect   . x x x e . i x x
sampled      . . . x e . i x .
held         . x . . e . i x x
passed       . . . e . e . . e
transferred  . e . e . . e e e
released     . x . . . . . . x
refused      . x . . . . . . .
withdrawn    . . . . . . . . .
"""
ROWS = {words[0]: words[1:] for words in map(str.split, TRUTH.strip().splitlines())}


@pytest.mark.parametrize("direction", ["I", "E"])
def test_every_pair_of_states_is_allowed_or_refused_as_the_truth_table_says(direction: str) -> None:
    assert tuple(ROWS) == STATES
    allowed = {"I": "xi", "E": "xe"}[direction]
    for start, (end, sign) in product(ROWS, zip(STATES, [None] * 9, strict=True)):
        sign = ROWS[start][STATES.index(end)]
        code = refusal(direction, start, end)
        assert (code == "") == (sign in allowed), (direction, start, end)
        assert (transition(direction, start, end) is not None) == (sign in allowed)
        assert (end in TRANSITIONS[direction][start]) == (sign in allowed)
        assert not code or code in WHY_NOT


def test_every_way_has_a_name_of_its_own_and_a_refusal_says_why() -> None:
    assert len({t.name for t in TABLE}) == len(TABLE)
    assert refusal("I", "held", "held") == "same-state"
    assert refusal("I", "withdrawn", "released") == "ended"
    assert refusal("I", "to_inspect", "passed") == "other-direction"
    assert refusal("E", "sampled", "screened") == "wrong-state"
    assert frozenset({"refused", "withdrawn"}) == ENDS


def test_exports_pass_before_they_are_released_and_imports_do_not() -> None:
    assert {s: when_passed("E", s) for s in ("to_inspect", "sampled", "held", "transferred", "screened")} == {
        "to_inspect": "passed",
        "sampled": "passed",
        "held": "passed",
        "transferred": "released",
        "screened": "released",
    }
    assert {when_passed("I", s) for s in STATES} == {"released"}


@pytest.mark.parametrize(
    ("standing", "amend", "withdraw", "control_room"),
    [
        (Standing(1, "screened", "seal"), "", "", ""),
        (Standing(1, "to_inspect", "physical", "waiting"), "", "selected", ""),
        (Standing(1, "to_inspect", "physical", "taken"), "in-hand", "in-hand", "in-hand"),
        (Standing(1, "held", "documents"), "", "selected", ""),
        (Standing(1, "held", "physical", "held", by_officer=True), *["held-by-officer"] * 3),
        (Standing(1, "sampled", "laboratory", "concluded"), *["laboratory"] * 3),
        (Standing(1, "released", "documents"), "", "", ""),
        (Standing(1, "released", "documents", arrived=True), *["released-on-arrival"] * 3),
        (Standing(1, "released", "physical", "concluded"), *["inspected"] * 3),
        (Standing(1, "refused", "physical", "concluded"), *["refused"] * 3),
        (Standing(1, "passed", "physical", "concluded"), "passed", "", ""),
        (Standing(1, "transferred", "physical", "concluded"), "passed", "", ""),
    ],
    ids=lambda v: f"{v.state}-{v.order or v.level}-{v.arrived}" if isinstance(v, Standing) else v or "may",
)
def test_a_declaration_is_changed_until_somebody_has_begun(
    standing: Standing, amend: str, withdraw: str, control_room: str
) -> None:
    assert against_change(standing) == amend
    assert against_withdrawal(standing, controller=False) == withdraw
    assert against_withdrawal(standing, controller=True) == control_room


def test_differences_name_each_field_that_changed_with_its_value_before_and_after() -> None:
    before = {"vessel": "A", "lines": [{"quantity": "1"}, {"quantity": "2"}], "attributes": ["19"]}
    after = {"vessel": "A", "lines": [{"quantity": "3", "batch": "X"}], "attributes": ["19", "21"], "marks": "N/M"}
    assert [(d.path, d.before, d.after) for d in differences(before, after)] == [
        ("lines.0.quantity", "1", "3"),
        ("lines.0.batch", None, "X"),
        ("lines.1.quantity", "2", None),
        ("attributes", ["19"], ["19", "21"]),
        ("marks", None, "N/M"),
    ]
