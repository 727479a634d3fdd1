"""Messages about declarations that are amended, split, merged and withdrawn, in any order of arrival."""

import copy
from typing import Any

from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from guomen.clearance import versions
from guomen.clearance.models import Allowance, Declaration, Line, Message, RetailOrder, Thread
from tests.clearance.conftest import example
from tests.clearance.test_files_and_messages import send, xml

BUYER = "310101199001011234"


def parcels() -> list[dict[str, Any]]:
    """Two lines that nobody needs to look at, each with the order of a buyer."""
    whole = copy.deepcopy(example())
    part = whole["lines"][0] | {"hs_code": "8708299000", "gtin": "", "ciq_code": "999", "attributes": []}
    whole["lines"] = [part | {"batch": f"P-{n}", "net_weight_kg": "10"} for n in (1, 2)]
    whole |= {"documents": [], "packages": "10", "gross_weight_kg": "30", "net_weight_kg": "20"}
    whole |= {"trade_mode": "9610", "platform_code": "91310115MA1K4NAB5L"}
    order = {"units": "1", "value_cny": "700", "buyer": BUYER}
    whole["orders"] = [order | {"number": f"O-{n}", "parcel": f"B-{n}", "line_numbers": [n]} for n in (1, 2)]
    alone = {"lines": whole["lines"][:1], "packages": "5", "gross_weight_kg": "15", "net_weight_kg": "10"}
    other = copy.deepcopy(whole | alone)
    other["orders"] = [order | {"number": "O-3", "parcel": "B-3", "line_numbers": [1]}]
    return [whole, other]


def sent() -> list[bytes]:
    """R is lodged, amended, wrongly amended, split; its part P is merged with S; what is left of R is withdrawn."""
    whole, other = parcels()
    part = {"reference": "P", "lines": [2], "packages": "4", "gross_weight_kg": "14.5"}
    return [
        xml(whole, "M1", 1, "lodge", "R"),
        xml(whole | {"marks": "B"}, "M2", 2, "amend", "R"),
        xml(whole | {"packages": "0"}, "M3", 3, "amend", "R"),
        xml(None, "M4", 4, "split", "R", part=part),
        xml(other, "M5", 1, "lodge", "S"),
        xml(None, "M6", 2, "merge", "P", **{"with": [{"reference": "S", "version": "2"}]}),
        xml(None, "M7", 5, "withdraw", "R"),
        xml(other | {"marks": "C"}, "M8", 3, "amend", "S"),
    ]


def arrived(people: Any, messages: list[bytes]) -> dict[str, Any] | None:
    """All that is left after messages came in this order; None where the draw, which is different every time, took a
    line: then it may not be withdrawn."""
    with transaction.atomic():
        send(people, *messages)
        drawn = Line.objects.exclude(state__in=("released", "withdrawn")).exists()
        threads = {t.reference: t for t in Thread.objects.all()}
        names = {t.declaration: r for r, t in threads.items()}
        found = {
            "threads": {r: t.version for r, t in threads.items()},
            "states": dict(Message.objects.values_list("message_id", "state")),
            "said": {m.message_id: [(p["field"], p["code"]) for p in m.problems] for m in Message.objects.all()},
            "declarations": sorted(Declaration.objects.values_list("state", "more__reference", "version")),
            "content": {r: content(people, t.declaration, names) for r, t in threads.items()},
            "orders": sorted((o.number, o.year or 0, *o.line_numbers) for o in RetailOrder.objects.all()),
            "spent": [(a.year, a.spent_cny) for a in Allowance.objects.all()],
        }
        transaction.set_rollback(True)
    return None if drawn else found


def content(people: Any, number: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """Every version of a declaration, with the name of the one it comes from instead of its number."""
    kept = [v.content for v in versions.versions(people.cy.actor, number)]
    return [c | {"correlation_number": names.get(c.get("correlation_number", ""), "former")} for c in kept]


class AnyOrder(TestCase):
    """The state after messages does not depend on the order in which they came, nor on how often."""

    @settings(max_examples=4, deadline=None)
    @given(st.permutations(range(8)), st.lists(st.integers(0, 7), max_size=3), st.randoms(use_true_random=False))
    def test_any_order_of_arrival_ends_in_the_same_state(self, order: Any, twice: Any, shuffle: Any) -> None:
        from tests.conftest import People

        people, one_by_one = People(), sent()
        assert people.cy.actor  # made here, not in what is rolled back
        arrivals = [*order, *twice]
        shuffle.shuffle(arrivals)
        expected, found = None, None
        for _ in range(20):
            expected = expected or arrived(people, one_by_one)
            found = found or arrived(people, [one_by_one[n] for n in arrivals])
        assert expected is not None
        assert found == expected
        # The order in which everything is in time does what it says, so that the same state is not an empty one.
        assert expected["threads"] == {"R": 5, "S": 3, "P": 2}
        assert expected["states"] == dict.fromkeys(["M1", "M2", "M4", "M5", "M6", "M7"], "applied") | dict.fromkeys(
            ["M3", "M8"], "refused"
        )
        assert [d[0] for d in expected["declarations"]] == ["lodged", "merged", "merged", "split", "withdrawn"]
        assert [o[0] for o in expected["orders"] if o[1]] == ["O-2", "O-3"]
        assert [spent for _year, spent in expected["spent"]] == [1400]
