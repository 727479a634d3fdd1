"""The life of a tag as a truth table, and stretches of a range as plain sets of indices."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.tags.rules.lifecycle import (
    CHANGES,
    NOT_MADE,
    STATES,
    WITHDRAWN,
    Stretch,
    balance,
    covered,
    current_state,
    kept_state,
    laid,
    parts,
    refusal,
    runs,
)
from guomen.tags.words import CHANGE_REASONS, ITEM_STATES

# Written by hand from what the states mean, not from the code: to -> who -> from where.
ON_GOODS = {"ordered", "printed", "applied"}
AT_HAND = ON_GOODS | {"shipped", "displayed"}
TABLE = {
    "printed": {"firm": {"ordered"}},
    "applied": {"firm": {"ordered", "printed"}},
    "spoiled": {"firm": ON_GOODS},
    "shipped": {"firm": ON_GOODS | {"displayed", "returned"}},
    "displayed": {"firm": ON_GOODS | {"shipped", "returned"}},
    "sold": {"seller": AT_HAND},
    "claimed": {"shopper": AT_HAND | {"sold"}},
    "exported": dict.fromkeys(("firm", "officer"), AT_HAND),
    "returned": dict.fromkeys(("firm", "seller", "officer"), AT_HAND | {"sold", "claimed", "exported"}),
    "destroyed": dict.fromkeys(("firm", "officer"), AT_HAND | {"sold", "claimed", "returned", "exported", "stolen"}),
    "stolen": dict.fromkeys(("firm", "officer"), AT_HAND | {"returned"}),
}
WHO = ("firm", "seller", "officer", "shopper")


@pytest.mark.parametrize("to", sorted(TABLE))
def test_who_may_change_a_tag_and_from_where(to):
    allowed = {(who, before) for who, states in TABLE[to].items() for before in states}
    found = {
        (who, before)
        for who, before in product(WHO, sorted(STATES))
        if not refusal(to, before, who, released=True, recalled=False)
    }
    assert found == allowed


def test_every_change_stands_in_the_table():
    assert set(CHANGES) == set(TABLE)


@pytest.mark.parametrize("state", ["active", "recalled", "ordered", "asked", "nonsense", ""])
def test_nobody_can_write_down_what_follows_from_release_or_recall(state):
    assert {refusal(state, "ordered", who, released=True, recalled=False) for who in WHO} == {"TAG-NO-SUCH-CHANGE"}


@pytest.mark.parametrize(
    ("to", "who", "released", "recalled", "why"),
    [
        ("sold", "seller", False, False, "TAG-NOT-RELEASED"),
        ("sold", "seller", True, True, "TAG-RECALLED"),
        ("claimed", "shopper", False, False, "TAG-NOT-RELEASED"),
        ("claimed", "shopper", True, True, "TAG-RECALLED"),
        ("sold", "firm", True, False, "TAG-NOT-YOURS-TO-CHANGE"),
        ("spoiled", "officer", True, False, "TAG-NOT-YOURS-TO-CHANGE"),
        # What is taken off the market must go whatever the release says.
        ("destroyed", "officer", False, True, ""),
        ("returned", "firm", False, True, ""),
    ],
)
def test_a_change_is_refused_for_the_right_reason(to, who, released, recalled, why):
    assert refusal(to, "applied", who, released=released, recalled=recalled) == why


def test_of_what_is_kept_the_nearest_counts():
    assert kept_state("stolen", "shipped", "applied") == "stolen"
    assert kept_state("", "shipped", "applied") == "shipped"
    assert kept_state("", "", "applied") == "applied"


@pytest.mark.parametrize(
    ("kept", "released", "recalled", "read"),
    [
        ("ordered", False, False, "ordered"),
        ("applied", True, False, "active"),
        ("shipped", True, False, "shipped"),
        ("sold", True, True, "recalled"),
        ("destroyed", True, True, "recalled"),
        ("stolen", True, False, "stolen"),
        ("asked", True, True, "asked"),
    ],
)
def test_people_read_recalled_before_all_and_active_after_the_release(kept, released, recalled, read):
    assert current_state("", "", kept, released=released, recalled=recalled) == read


def test_every_state_and_reason_has_words():
    assert set(ITEM_STATES) == STATES | {"active", "recalled"}
    codes = {"TAG-NO-SUCH-CHANGE", "TAG-NOT-YOURS-TO-CHANGE", "TAG-RECALLED", "TAG-NOT-RELEASED", "TAG-WRONG-STATE"}
    assert set(CHANGE_REASONS) == codes
    assert set() == WITHDRAWN & NOT_MADE


SIZE = 30
numbers = st.integers(0, SIZE - 1)
stretch = st.tuples(numbers, numbers, st.sampled_from(["applied", "shipped", "ordered"])).map(
    lambda t: Stretch(min(t[:2]), max(t[:2]), t[2])
)


@given(st.lists(stretch, max_size=8))
def test_stretches_say_of_each_index_what_was_laid_over_it_last(laid_down):
    rows: list[Stretch] = []
    truth = ["ordered"] * SIZE
    for one in laid_down:
        rows = laid(rows, [one], "ordered")
        truth[one.first : one.last + 1] = [one.state] * one.size
    whole = parts(rows, 0, SIZE - 1, "ordered")
    assert [p.state for p in whole for _ in range(p.size)] == truth
    assert all(a.last < b.first for a, b in pairwise(rows))
    assert all(a.state != b.state or a.last + 1 < b.first for a, b in pairwise(rows))
    assert all(row.state != "ordered" for row in rows)


@given(st.lists(stretch, max_size=6), st.sets(numbers, max_size=12))
def test_many_stretches_at_once_are_as_one_after_another(before, indices):
    rows: list[Stretch] = []
    for one in before:
        rows = laid(rows, [one], "ordered")
    new = [Stretch(r.first, r.last, "printed") for r in runs(sorted(indices, reverse=True))]
    singly = rows
    for one in new:
        singly = laid(singly, [one], "ordered")
    assert laid(rows, new, "ordered") == singly
    assert {i for r in new for i in range(r.first, r.last + 1)} == indices


@given(st.lists(stretch, max_size=8), numbers, numbers)
def test_a_part_of_a_range_is_told_without_gaps(laid_down, a, b):
    rows: list[Stretch] = []
    for one in laid_down:
        rows = laid(rows, [one], "ordered")
    first, last = min(a, b), max(a, b)
    found = parts(rows, first, last, "ordered")
    assert [i for p in found for i in range(p.first, p.last + 1)] == list(range(first, last + 1))


@given(st.lists(stretch, max_size=8))
def test_labels_that_are_made_twice_count_once(made):
    assert covered(made) == len({i for s in made for i in range(s.first, s.last + 1)})


@pytest.mark.parametrize(
    ("made", "states", "expected"),
    [
        (0, {"ordered": 100}, (0, 0, 0, 0)),
        (100, {"ordered": 100}, (0, 0, 0, 100)),
        (100, {"printed": 60, "ordered": 40}, (60, 0, 0, 100)),
        (100, {"applied": 90, "spoiled": 4, "printed": 6}, (96, 90, 4, 6)),
        (100, {"shipped": 50, "sold": 40, "spoiled": 10}, (90, 90, 10, 0)),
        # Printed elsewhere from a list that was made before.
        (10, {"printed": 50, "ordered": 50}, (50, 0, 0, 50)),
    ],
)
def test_the_balance_shows_what_nobody_accounts_for(made, states, expected):
    found = balance(100, made, states)
    assert (found.printed, found.applied, found.spoiled, found.missing) == expected
