"""The verdict: five states, most urgent first, each with its reasons, and what the tag itself proves."""

from itertools import product
from typing import get_args

import pytest

from guomen.core.tagcrypto.chips import Proof
from guomen.core.tagcrypto.counters import Counted
from guomen.core.tagcrypto.tamper import Tamper
from guomen.tags.rules import Facts, State, read_counter, verdict
from guomen.tags.rules.verdict import GONE, ORDINARY, RULES, WAITING
from guomen.tags.words import ALARMS, PROOFS, REASONS, STATES


def facts(**changes) -> Facts:
    return Facts(**{"code_exists": True, "released": True, "inspected": True} | changes)


# What is given (beside an existing code of released and inspected goods) -> state, reasons / notes / proof.
TABLE: list[tuple[dict, str, str, str]] = [
    ({}, "inspected: TAG-INSPECTED", "", "PROOF-PRINTED"),
    ({"inspected": False}, "not_selected: TAG-NOT-SELECTED", "", "PROOF-PRINTED"),
    ({"released": False}, "in_progress: TAG-NOT-RELEASED", "", "PROOF-PRINTED"),
    ({"released": False, "refused": True}, "in_progress: TAG-REFUSED", "", "PROOF-PRINTED"),
    ({"refused": True}, "in_progress: TAG-REFUSED", "", "PROOF-PRINTED"),
    ({"code_exists": False}, "doubt: TAG-UNKNOWN-CODE", "", "PROOF-NONE"),
    ({"code_exists": False, "tag": "A", "counter": "accepted"}, "doubt: TAG-UNKNOWN-CODE", "", "PROOF-NONE"),
    ({"code_exists": False, "recalled": True}, "stop: TAG-RECALLED TAG-UNKNOWN-CODE", "", "PROOF-NONE"),
    ({"recalled": True}, "stop: TAG-RECALLED", "", "PROOF-PRINTED"),
    ({"recalled": True, "released": False}, "stop: TAG-RECALLED", "", "PROOF-PRINTED"),
    ({"recalled": True, "refused": True, "state": "sold"}, "stop: TAG-RECALLED", "TAG-SOLD", "PROOF-PRINTED"),
    ({"recalled": True, "batch_matches": False}, "stop: TAG-RECALLED TAG-OTHER-BATCH", "", "PROOF-PRINTED"),
    ({"recalled": True, "alarms": ["TAG-FAR-APART"]}, "stop: TAG-RECALLED TAG-FAR-APART", "", "PROOF-PRINTED"),
    ({"recalled": True, "tag": "A", "counter": "accepted"}, "stop: TAG-RECALLED", "", "PROOF-CHIP"),
    ({"batch_matches": False}, "doubt: TAG-OTHER-BATCH", "", "PROOF-PRINTED"),
    ({"goods_match": False}, "doubt: TAG-OTHER-GOODS", "", "PROOF-PRINTED"),
    ({"keys_retired": True}, "doubt: TAG-KEYS-RETIRED", "", "PROOF-NONE"),
    ({"keys_retired": True, "recalled": True}, "stop: TAG-RECALLED TAG-KEYS-RETIRED", "", "PROOF-NONE"),
    ({"keys_retired": True, "tag": "A", "counter": "accepted"}, "doubt: TAG-KEYS-RETIRED", "", "PROOF-NONE"),
    ({"goods_match": False, "state": "stolen"}, "doubt: TAG-OTHER-GOODS TAG-STOLEN", "", "PROOF-PRINTED"),
    ({"state": "destroyed"}, "doubt: TAG-DESTROYED", "", "PROOF-PRINTED"),
    ({"state": "destroyed", "released": False}, "doubt: TAG-DESTROYED", "", "PROOF-PRINTED"),
    ({"state": "destroyed", "refused": True}, "doubt: TAG-DESTROYED", "", "PROOF-PRINTED"),
    ({"state": "stolen"}, "doubt: TAG-STOLEN", "", "PROOF-PRINTED"),
    ({"state": "spoiled"}, "doubt: TAG-SPOILED", "", "PROOF-PRINTED"),
    ({"state": "returned"}, "doubt: TAG-RETURNED", "", "PROOF-PRINTED"),
    ({"state": "exported"}, "doubt: TAG-EXPORTED", "", "PROOF-PRINTED"),
    ({"state": "activation-ended"}, "doubt: TAG-WITHDRAWN", "", "PROOF-PRINTED"),
    ({"state": "something new"}, "doubt: TAG-WITHDRAWN", "", "PROOF-PRINTED"),
    ({"state": "displayed"}, "in_progress: TAG-ON-DISPLAY", "", "PROOF-PRINTED"),
    ({"state": "displayed", "released": False}, "in_progress: TAG-ON-DISPLAY", "", "PROOF-PRINTED"),
    ({"state": "displayed", "alarms": ["TAG-FAR-APART"]}, "doubt: TAG-FAR-APART", "", "PROOF-PRINTED"),
    ({"state": "ordered"}, "inspected: TAG-INSPECTED", "", "PROOF-PRINTED"),
    ({"state": "printed"}, "inspected: TAG-INSPECTED", "", "PROOF-PRINTED"),
    ({"state": "applied"}, "inspected: TAG-INSPECTED", "", "PROOF-PRINTED"),
    ({"state": "active"}, "inspected: TAG-INSPECTED", "", "PROOF-PRINTED"),
    ({"state": "shipped"}, "inspected: TAG-INSPECTED", "", "PROOF-PRINTED"),
    ({"state": "sold"}, "inspected: TAG-INSPECTED", "TAG-SOLD", "PROOF-PRINTED"),
    ({"state": "claimed", "inspected": False}, "not_selected: TAG-NOT-SELECTED", "TAG-CLAIMED", "PROOF-PRINTED"),
    ({"elsewhere": True}, "inspected: TAG-INSPECTED", "TAG-OTHER-MARKET", "PROOF-PRINTED"),
    ({"elsewhere": True, "state": "sold"}, "inspected: TAG-INSPECTED", "TAG-SOLD TAG-OTHER-MARKET", "PROOF-PRINTED"),
    ({"alarms": ["TAG-MANY-DEVICES"]}, "doubt: TAG-MANY-DEVICES", "", "PROOF-PRINTED"),
    (
        {"alarms": ["TAG-MANY-DEVICES", "TAG-FAR-APART"], "inspected": False},
        "doubt: TAG-MANY-DEVICES TAG-FAR-APART",
        "",
        "PROOF-PRINTED",
    ),
    (
        {"alarms": ["TAG-BEFORE-RELEASE"], "released": False},
        "in_progress: TAG-NOT-RELEASED TAG-BEFORE-RELEASE",
        "",
        "PROOF-PRINTED",
    ),
    ({"alarms": ["TAG-FAR-APART"], "refused": True}, "in_progress: TAG-REFUSED TAG-FAR-APART", "", "PROOF-PRINTED"),
    ({"alarms": ["TAG-FAR-APART"], "state": "stolen"}, "doubt: TAG-STOLEN TAG-FAR-APART", "", "PROOF-PRINTED"),
    ({"tag": "A", "counter": "accepted"}, "inspected: TAG-INSPECTED", "", "PROOF-CHIP"),
    ({"tag": "A", "counter": "accepted", "tamper": "intact"}, "inspected: TAG-INSPECTED", "", "PROOF-CHIP"),
    ({"tag": "A", "counter": "again"}, "inspected: TAG-INSPECTED", "", "PROOF-CHIP-AGAIN"),
    ({"tag": "A", "counter": ""}, "inspected: TAG-INSPECTED", "", "PROOF-NONE"),
    ({"tag": "A", "counter": "replayed"}, "doubt: TAG-COUNTER-REPLAYED", "", "PROOF-NONE"),
    ({"tag": "A", "counter": "skipped"}, "doubt: TAG-COUNTER-SKIPPED", "", "PROOF-NONE"),
    ({"tag": "A", "counter": "accepted", "goods_match": False}, "doubt: TAG-OTHER-GOODS", "", "PROOF-NONE"),
    (
        {"tag": "A", "counter": "accepted", "alarms": ["TAG-FAR-APART"]},
        "inspected: TAG-INSPECTED",
        "TAG-FAR-APART",
        "PROOF-CHIP",
    ),
    ({"tag": "A", "counter": "again", "alarms": ["TAG-FAR-APART"]}, "doubt: TAG-FAR-APART", "", "PROOF-CHIP-AGAIN"),
    ({"tag": "A", "counter": "accepted", "tamper": "open"}, "doubt: TAG-SEAL-OPENED", "", "PROOF-NONE"),
    (
        {"tag": "A", "counter": "accepted", "tamper": "open", "state": "sold"},
        "inspected: TAG-INSPECTED",
        "TAG-SOLD TAG-SEAL-OPENED",
        "PROOF-CHIP",
    ),
    (
        {"tag": "A", "counter": "accepted", "tamper": "reclosed", "state": "claimed"},
        "doubt: TAG-SEAL-RECLOSED",
        "TAG-CLAIMED",
        "PROOF-NONE",
    ),
    (
        {"tag": "A", "counter": "accepted", "tamper": "unset"},
        "inspected: TAG-INSPECTED",
        "TAG-SEAL-UNKNOWN",
        "PROOF-CHIP",
    ),
    ({"tag": "B", "counter": "accepted"}, "inspected: TAG-INSPECTED", "", "PROOF-CHIP-WEAK"),
    ({"tag": "B", "counter": "replayed"}, "doubt: TAG-COUNTER-REPLAYED", "", "PROOF-NONE"),
    ({"tag": "C"}, "inspected: TAG-INSPECTED", "", "PROOF-SIGNED"),
    ({"tag": "E"}, "inspected: TAG-INSPECTED", "", "PROOF-NUMBER"),
]


@pytest.mark.parametrize(("given", "decided", "notes", "proof"), TABLE, ids=lambda v: str(v) if v else "-")
def test_state_reasons_notes_and_proof_follow_from_the_facts(given, decided, notes, proof):
    found = verdict(facts(**given))
    assert f"{found.state}: {' '.join(found.reasons)}" == decided
    assert (" ".join(found.notes), found.proof, found.rules) == (notes, proof, RULES)
    assert found.genuine == (proof == "PROOF-CHIP")


COUNTERS = ("", "again", *get_args(Counted))


# Said of an item by the copy rules alone, each with a test of its own in test_copies.py.
BY_COPY_RULES = set(ALARMS)


def test_the_table_has_every_state_reason_and_proof():
    states, reasons, proofs = set(), set(), set()
    for _given, decided, notes, proof in TABLE:
        state, _, codes = decided.partition(": ")
        states.add(state)
        reasons |= {*codes.split(), *notes.split()}
        proofs.add(proof)
    assert states == set(get_args(State))
    assert {r for r in REASONS if r not in BY_COPY_RULES} <= reasons
    assert proofs == set(PROOFS)
    assert {s for given, *_ in TABLE for s in [given.get("state", "")]} >= {*GONE, *ORDINARY, *WAITING}


def test_whatever_the_facts_are_the_urgent_comes_first_and_nothing_is_called_genuine_that_is_not():
    both = (False, True)
    states = [*GONE, *ORDINARY, *WAITING, "unheard-of"]
    alarms = ((), ("TAG-FAR-APART",))
    yes_or_no = product(both, both, both, both, both, both, both)
    for known, recalled, batch, goods, refused, released, looked in yes_or_no:
        chips = product(states, get_args(Proof), COUNTERS, get_args(Tamper), alarms)
        for state, tag, counter, tamper, alarm in chips:
            one = verdict(
                Facts(
                    known, recalled, batch, goods, state, refused, released, looked, tag, counter, tamper, False, alarm
                )
            )
            wrong = not (known and batch and goods) or state in GONE or counter in ("replayed", "skipped")
            assert (one.state == "stop") == recalled
            if one.state in ("inspected", "not_selected"):
                assert released
                assert not any((refused, wrong, state in WAITING, alarm and not one.genuine))
                assert (one.state == "inspected") == looked
            if one.genuine:
                assert tag == "A"
                assert counter == "accepted"
                assert not wrong
            assert one.reasons
            assert {*one.reasons, *one.notes} <= set(REASONS)
            assert set(alarm) <= {*one.reasons, *one.notes} or not known


@pytest.mark.parametrize(
    ("last", "sent", "same", "found"),
    [
        (-1, 0, False, "accepted"),
        (-1, 1, False, "accepted"),
        (7, 8, False, "accepted"),
        (7, 8, True, "accepted"),
        (7, 1007, False, "accepted"),
        (7, 1008, False, "skipped"),
        (-1, 2000, True, "skipped"),
        (7, 7, False, "replayed"),
        (7, 7, True, "again"),
        (7, 6, True, "replayed"),
        (7, 0, False, "replayed"),
    ],
)
def test_a_counter_is_fresh_once_and_a_large_jump_shows(last, sent, same, found):
    assert read_counter(last, sent, 1000, same_visitor=same) == found


def test_every_state_and_proof_has_words_in_both_languages():
    assert set(STATES) == {f"verdict.{s}" for s in get_args(State)}
    assert all(w.en and w.zh for w in [*REASONS.values(), *STATES.values(), *PROOFS.values()])
