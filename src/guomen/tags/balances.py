"""What became of the labels of a range, counted from stretches and single items."""

from collections import Counter

from django.db import connection

from guomen.tags.models import Range, Segment
from guomen.tags.rules.lifecycle import Balance, Stretch, balance, parts


def stretches_of(one: Range) -> list[Stretch]:
    """The range from its first index to its last, by state; single items are not looked at."""
    rows = Segment.objects.filter(range_number=one.number).values_list("first", "last", "state")
    return parts([Stretch(*row) for row in rows], 0, one.count - 1, one.state)


def by_state(one: Range) -> dict[str, int]:
    """How many items are in each state that is kept."""
    found = Counter[str]()
    for stretch in stretches_of(one):
        found[stretch.state] += stretch.size
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(s.state, %s), i.state, count(*) FROM tags_itemstate i LEFT JOIN tags_segment s "
            "ON s.range_number = i.range_number AND i.index BETWEEN s.first AND s.last "
            "WHERE i.range_number = %s GROUP BY 1, 2",
            [one.state, one.number],
        )
        for under, own, count in cursor.fetchall():
            found[under] -= count
            found[own] += count
    return {state: n for state, n in found.items() if n}


def balance_of(one: Range) -> Balance:
    return balance(one.count, one.printed, by_state(one))
