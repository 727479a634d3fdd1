"""Many ledger entries about one consignment, told so that somebody reads them."""

from datetime import UTC, datetime, timedelta

from guomen.faces.told import Told, in_short, spans

AT = datetime(2026, 11, 12, 6, tzinfo=UTC)


def fact(kind: str, *lines: int, details: tuple[str, ...] = (), seconds: float = 0) -> Told:
    return Told(kind, kind, list(details), AT - timedelta(seconds=seconds), "Port", False, True, lines)


def test_what_befell_many_lines_at_one_moment_is_one_fact_with_what_they_share():
    facts = [fact("ordered", n, details=("New maker", f"Batch {n}")) for n in (3, 1, 2, 6)]
    facts.append(fact("ordered", 9, details=("New maker",), seconds=3))
    whole = in_short(facts)
    assert [(f.lines, f.details) for f in whole] == [((1, 2, 3, 6), ["New maker"]), ((9,), ["New maker"])]
    assert whole[0].where == "lines 1–3, 6"


def test_what_the_fact_above_said_at_that_moment_is_not_said_again():
    held = fact("held", 2, details=("Prohibited", "Batch B"))
    screened = fact("screened", 2, details=("Prohibited", "Batch B", "Score 90"), seconds=0.2)
    assert [f.details for f in in_short([held, screened])] == [["Prohibited", "Batch B"], ["Score 90"]]
    later = fact("screened", 2, details=("Prohibited",), seconds=5)
    assert in_short([held, later])[1].details == ["Prohibited"]


def test_facts_about_no_line_stay_apart():
    assert len(in_short([fact("signal", details=("Rash",)), fact("signal", details=("Blister",))])) == 2


def test_runs_of_numbers_are_written_short():
    assert spans([1, 2, 4, 5, 6, 9]) == "1, 2, 4–6, 9"
