"""Joint cases over HTTP: what a partner agency's own system reads."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from guomen.cases import queries
from guomen.cases.models import Case, Participant
from guomen.parties.api import SIGNED_IN, actor

router = Router(tags=["cases"], auth=SIGNED_IN)


def _brief(case: Case, mine: Participant) -> dict[str, Any]:
    return {
        "number": case.number,
        "title": case.title,
        "kind": case.kind,
        "state": case.state,
        "opened_at": case.opened_at,
        "interest": mine.interest,
        "decision": mine.decision,
    }


@router.get("/cases", summary="The cases of your agency")
def cases(request: HttpRequest) -> Any:
    return [_brief(case, mine) for case, mine in queries.cases(actor(request))]


@router.get("/cases/{number}", summary="A case as every participant sees it")
def case(request: HttpRequest, number: str) -> Any:
    """``facts`` are entries of the ledger about the case's subjects; every participant gets the same."""
    view = queries.case(actor(request), number)
    return _brief(view.case, view.mine) | {
        "subjects": view.case.subjects,
        "result": view.result,
        "participants": [
            {
                "organisation": {"en": p.organisation.name_en, "zh": p.organisation.name_zh},
                "country": p.organisation.country,
                "interest": p.interest,
                "decision": p.decision,
                "decided_at": p.decided_at,
            }
            for p in view.participants
        ],
        "facts": [
            {"id": e.id, "kind": e.kind, "subjects": e.subjects, "facts": e.facts, "happened_at": e.happened_at}
            for e in view.facts
        ],
        "messages": [
            {"from": {"en": m.organisation.name_en, "zh": m.organisation.name_zh}, "at": m.posted_at, "text": m.text}
            for m in view.messages
        ],
    }
