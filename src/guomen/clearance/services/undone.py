"""What of a line's checks is not done yet, and who may let the goods go all the same: nobody, or two officers."""

from guomen.clearance.models import Decision, Line
from guomen.clearance.rules.waiving import SETTLED_FIRST, Skip, skip
from guomen.clearance.services.elsewhere import ended_proof
from guomen.inspection.models import Sample
from guomen.inspection.queries import order_for
from guomen.kit.errors import Refused
from guomen.kit.words import W, say, vocabulary


def undone(line: Line) -> Skip:
    """What a release of the line now would put off, and which checks forbid it.

    Only the newest inspection counts, and only the sample that it drew: what was found before another was ordered says
    nothing of it.
    """
    chosen = Decision.objects.filter(declaration=line.declaration, line=line.number).order_by("sequence")
    checks = next((d.facts["checks"] for d in reversed(chosen) if d.facts.get("checks")), [])
    order = order_for(line.subject)
    inspected = order is not None and order.state == "concluded"
    if "IDENTITY-DIFFERS" in codes_of(line) or ended_proof(line):
        # These are not the goods that were tested, or the test counts no longer: nobody has looked at them yet.
        checks, inspected = [*checks, "INSPECTION"], False
    tested = order is not None and Sample.objects.filter(order_id=order.id, state="reported").exists()
    return skip(checks, inspected=inspected, tested=tested)


def codes_of(line: Line) -> set[str]:
    """The reason codes of the line's newest decision."""
    return {r["code"] for r in line.reasons}


def ensure_settled(line: Line) -> None:
    """Raise Refused while parts of the lot wait to be treated, returned or destroyed."""
    if SETTLED_FIRST & codes_of(line):
        words = W(
            "A part of this lot does not conform: settle its parts first, then unloading goes on.",
            "该批货物部分不合格：请先处置各部分，再恢复卸货。",
        )
        raise Refused(words, code="unsettled")


def ensure_done(line: Line) -> None:
    """Raise Refused naming the checks that are not done: one officer alone releases nothing before them."""
    if left := undone(line).undone:
        named = vocabulary("CHECKS")
        words = W(
            "Not done yet: {checks}. Order an inspection, or propose the release to a second person.",
            "尚未完成：{checks}。请下达查验指令，或提请第二人批准放行。",
        )
        shown = ", ".join(say(named[c]) for c in left)
        raise Refused(words, code="checks-undone", checks=shown, reasons=list(left))
