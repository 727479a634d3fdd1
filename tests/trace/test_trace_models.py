"""The rules of tracing against slow and simple models of what they mean."""

from datetime import timedelta
from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.trace.rules import END, Given, Mark, sights, stays_of_item
from tests.trace.goods import START

WHO = "abcd"
moments = st.integers(0, 6).map(lambda n: START + timedelta(hours=n))
handovers = st.lists(
    st.builds(Given, st.sampled_from(WHO), st.sampled_from(WHO), moments).filter(lambda g: g.giver != g.taker),
    max_size=7,
)


@given(handovers)
@settings(deadline=None)
def test_sight_goes_along_handovers_in_the_order_of_time(found):
    """Model: every chain of handovers, each not before the one before it, shows the first giver's word to the last."""
    expected: dict = {}
    for n in range(1, len(found) + 1):
        for chain in permutations(found, n):
            linked = all(a.taker == b.giver and a.at <= b.at for a, b in pairwise(chain))
            # A chain through the reader's own hands, or back to the captor, shows nothing that a part of it did not.
            visited = [chain[0].giver, *(g.taker for g in chain)]
            if linked and len(set(visited)) == len(visited):
                pair = (chain[0].giver, chain[-1].taker)
                expected[pair] = max(expected.get(pair, chain[0].at), chain[0].at)
    assert sights(found) == expected


@given(handovers, st.sampled_from(WHO))
def test_whoever_gave_nothing_away_shows_nothing(found, eve):
    without = [g for g in found if g.giver != eve]
    assert all(captor != eve for captor, _ in sights(without))


@given(handovers, st.lists(st.builds(Given, st.just("eve"), st.sampled_from(WHO), moments), max_size=3))
def test_what_eve_says_shows_nothing_of_what_the_others_said(found, spoofed):
    spoofed += [Given(g.giver, g.taker, g.at, frozenset({"eve"})) for g in found]
    honest = sights(found)
    assert {p: u for p, u in sights([*found, *spoofed]).items() if "eve" not in p} == honest


marks = st.lists(
    st.tuples(moments, st.sampled_from(["ADD", "DELETE", "OBSERVE", "EMPTIED"]), st.sampled_from("xy")),
    max_size=8,
    unique_by=lambda m: m[0],
)


@given(marks)
def test_where_an_item_is_follows_what_was_said_last(said):
    """Model: at each half hour look at the marks one after the other."""
    found = stays_of_item([Mark(*m) for m in said])
    for n in range(8):
        at = START + timedelta(hours=n, minutes=30)
        where = None
        for when, action, parent in sorted(said):
            if when > at:
                # Taken out of where nobody said that it was: it was there, if nothing else was said since.
                if action == "EMPTIED" or where is not None:
                    continue
                where = parent if action == "DELETE" else where
                if action in ("ADD", "OBSERVE", "DELETE"):
                    break
                continue
            if action in ("ADD", "OBSERVE"):
                where = parent
            elif where == parent:
                where = None
        now = {i.parent for i in found if i.since < at < i.until}
        assert now == ({where} if where else set())
    assert all(i.since <= i.until for i in found)
    assert sum(i.until == END for i in found) <= 1
