"""What was in what when, and who holds goods: pure rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from guomen.trace.rules import BEGIN, END, Inside, Mark, Move, holdings, stays_of_class, stays_of_item

START = datetime(2026, 10, 1, tzinfo=UTC)


def day(n: int) -> datetime:
    return START + timedelta(days=n)


def test_an_item_is_in_a_parent_from_being_put_in_until_it_is_taken_out():
    marks = [Mark(day(5), "DELETE", "case"), Mark(day(1), "ADD", "case"), Mark(day(3), "OBSERVE", "case")]
    assert stays_of_item(marks) == [Inside("case", day(1), day(5))]


def test_being_put_into_another_parent_ends_the_first_stay():
    marks = [Mark(day(1), "ADD", "case"), Mark(day(2), "OBSERVE", "other")]
    assert stays_of_item(marks) == [Inside("case", day(1), day(2)), Inside("other", day(2), END)]


def test_being_taken_out_of_where_nobody_said_it_was_tells_that_it_was_there():
    assert stays_of_item([Mark(day(2), "DELETE", "case")]) == [Inside("case", BEGIN, day(2))]
    late = [Mark(day(1), "ADD", "a"), Mark(day(2), "DELETE", "a"), Mark(day(4), "DELETE", "b")]
    assert stays_of_item(late)[1] == Inside("b", day(2), day(4))


def test_a_stray_delete_does_not_end_a_stay_elsewhere():
    marks = [Mark(day(1), "ADD", "case"), Mark(day(2), "DELETE", "other")]
    assert stays_of_item(marks) == [Inside("case", day(1), END)]


def test_amounts_of_a_class_add_up_per_parent_and_shrink_when_some_is_taken_out():
    marks = [
        Mark(day(1), "ADD", "c1", Decimal(100)),
        Mark(day(2), "ADD", "c1", Decimal(50)),
        Mark(day(2), "ADD", "c2", Decimal(7)),
        Mark(day(3), "DELETE", "c1", Decimal(30)),
        Mark(day(4), "DELETE", "c1"),
    ]
    found = {(i.parent, i.since, i.until, i.quantity) for i in stays_of_class(marks)}
    assert found == {
        ("c1", day(1), day(2), Decimal(100)),
        ("c1", day(2), day(3), Decimal(150)),
        ("c1", day(3), day(4), Decimal(120)),
        ("c2", day(2), END, Decimal(7)),
    }


def move(n: int, step: str, source: str | None, destination: str | None, amount: int | None) -> Move:
    return Move(day(n), step, source, destination, {"C62": None if amount is None else Decimal(amount)})


def held(*moves: Move) -> dict[str, tuple[int | None, bool]]:
    return {h.party: (None if h.quantity is None else int(h.quantity), h.confirmed) for h in holdings(moves)}


def test_a_dispatch_and_its_receipt_are_one_movement():
    assert held(move(1, "ship", "maker", "importer", 500), move(2, "receive", "maker", "importer", 500)) == {
        "importer": (500, True)
    }
    assert held(move(1, "ship", "maker", "importer", 500), move(2, "receive", None, "importer", 500)) == {
        "importer": (500, True)
    }


def test_who_passed_all_on_holds_nothing_and_who_passed_some_on_holds_the_rest():
    chain = [
        move(1, "receive", "maker", "importer", 500),
        move(2, "ship", "importer", "shop", 300),
        move(3, "receive", "importer", "shop", 300),
        move(4, "sell", "shop", None, 120),
    ]
    assert held(*chain) == {"importer": (200, True), "shop": (180, True)}
    assert held(*chain, move(5, "sell", "shop", None, 180)) == {"importer": (200, True)}
    assert held(*chain, move(5, "destroy", "importer", None, 200)) == {"shop": (180, True)}


def test_goods_on_the_way_count_for_the_addressee_without_confirmation():
    assert held(move(1, "ship", "maker", "importer", 5)) == {"importer": (5, False)}


def test_a_receipt_from_another_sender_is_more_goods():
    moves = [move(1, "ship", "a", "shop", 100), move(2, "receive", "b", "shop", 50), move(3, "sell", "shop", None, 100)]
    assert held(*moves) == {"shop": (50, True)}


def test_an_unknown_quantity_never_counts_as_passed_on():
    assert held(move(1, "receive", "a", "shop", None), move(2, "sell", "shop", None, 900)) == {"shop": (None, True)}


def test_units_are_not_mixed():
    kilograms = Move(day(1), "receive", "a", "shop", {"KGM": Decimal("2.5")})
    pieces = move(2, "sell", "shop", None, 3)
    assert [(h.unit, h.quantity) for h in holdings([kilograms, pieces])] == [("KGM", Decimal("2.5"))]


@given(
    st.lists(
        st.builds(
            move,
            st.integers(0, 9),
            st.sampled_from(["ship", "receive", "sell"]),
            st.sampled_from(["a", "b", "c"]),
            st.sampled_from(["d", "e", "f", None]),
            st.integers(1, 9),
        ),
        max_size=10,
    ),
    st.randoms(use_true_random=False),
)
def test_holders_do_not_depend_on_the_order_in_which_events_arrived(moves, random):
    mixed = moves[:]
    random.shuffle(mixed)
    assert held(*mixed) == held(*moves)
