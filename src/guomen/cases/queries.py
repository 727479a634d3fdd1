"""What agencies see of joint cases: only their own cases, and in them all see the same."""

from dataclasses import dataclass

from guomen.cases.models import Case, Message, Participant
from guomen.cases.rules import joint
from guomen.cases.services import member
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.actors import Actor

SHARED = frozenset(
    {
        "declaration.lodged",
        "line.screened",
        "line.held",
        "line.released",
        "line.refused",
        "sample.reported",
        "seal.armed",
        "seal.alarmed",
        "seal.verified",
        "certificate.signed",
        "certificate.revoked",
        "signal.received",
        "alert.opened",
        "alert.raised",
        "alert.assessed",
        "alert.lifted",
        "recall.ordered",
        "recall.acknowledged",
    }
)
"""Entry kinds that partner agencies may read: facts about goods and decisions, nothing about people."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as every participant sees it; ``mine`` is the reader's own place, ``result`` the joint decision or ""."""

    case: Case
    participants: list[Participant]
    mine: Participant
    facts: list[Entry]
    messages: list[Message]
    result: str


def cases(by: Actor) -> list[tuple[Case, Participant]]:
    """The cases that the actor's agency takes part in, open ones and newest first, each with the agency's own place."""
    by.require("controller", "liaison", "read")
    mine = {p.case: p for p in Participant.objects.filter(organisation_id=by.organisation_id)}
    rows = Case.objects.filter(number__in=list(mine)).order_by("-state", "-opened_at")
    return [(c, mine[c.number]) for c in rows]


def case(by: Actor, number: str) -> CaseView:
    """One case with its shared facts. NotFound for strangers."""
    row, mine = member(by, number)
    participants = list(Participant.objects.filter(case=number).select_related("organisation").order_by("joined_at"))
    messages = Message.objects.filter(case=number).select_related("organisation").order_by("posted_at", "id")
    return CaseView(
        row,
        participants,
        mine,
        history(*row.subjects, kinds=SHARED),
        list(messages),
        joint([p.decision for p in participants]),
    )
