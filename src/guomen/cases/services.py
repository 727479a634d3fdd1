"""What agencies do in a joint case: open, decide each for itself, withdraw one's own decision, talk, close."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence

from django.db import transaction

from guomen.cases.models import Case, Message, Participant
from guomen.cases.rules import joint
from guomen.cases.words import CASE_KINDS, DECISIONS
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

AGENCIES = {"authority", "partner"}


def commitment(salt: str, text: str) -> str:
    return hashlib.sha256(f"{salt}\x1f{text}".encode()).hexdigest()


@transaction.atomic
def open_case(
    by: Actor,
    *,
    title: W,
    kind: str,
    subjects: Sequence[str],
    participants: Sequence[Organisation],
    opened_by: Organisation | None = None,
    interests: Mapping[object, str] | None = None,
) -> Case:
    """Open a case between the opening authority and ``participants``; all see the same facts from this moment.

    ``by`` is a controller of the authority, or the system, which names the authority as ``opened_by``.
    ``interests``: organisation id -> why it takes part. Raises Invalid without another agency or for an unknown kind.
    """
    opener = opened_by if by.via == "system" else by.organisation
    if by.via != "system":
        by.require("controller")
    if opener is None or opener.kind != "authority":
        raise Forbidden
    others = [p for p in participants if p.id != opener.id]
    problems = []
    if kind not in CASE_KINDS:
        problems.append(Problem("kind", "unknown", W("Choose a kind from the list.", "请从列表中选择类型。")))
    if not others or any(p.kind not in AGENCIES for p in others):
        words = W("Choose at least one partner agency.", "请至少选择一家协作机构。")
        problems.append(Problem("participants", "missing", words))
    if not title.en.strip() or not title.zh.strip():
        words = W("Give the case a title in English and Chinese.", "请填写中英文案件名称。")
        problems.append(Problem("title", "missing", words))
    if problems:
        raise Invalid(problems)
    case = Case.objects.create(
        number=f"C{now():%Y}-{next_number('cases_case_number'):05d}",
        title={"en": title.en, "zh": title.zh},
        kind=kind,
        subjects=list(subjects),
        opened_by=opener,
    )
    why = interests or {}
    members = [Participant(case=case.number, organisation=opener, interest="opened")]
    members += [Participant(case=case.number, organisation=p, interest=why.get(p.id, "invited")) for p in others]
    Participant.objects.bulk_create(members)
    subject = Subject.of("case", case.number)
    opened = {"case": case.number, "kind": kind, "title": title, "opened_by": opener.id, "subjects": list(subjects)}
    append_many(
        [
            Draft("case.opened", [subject, *subjects], opened),
            *(
                Draft(
                    "case.joined",
                    [subject, Subject.of("party", m.organisation_id)],
                    {"case": case.number, "organisation": m.organisation_id, "interest": m.interest},
                )
                for m in members
            ),
        ],
        by,
    )
    return case


def member(by: Actor, number: str, *, lock: bool = False) -> tuple[Case, Participant]:
    """The case and the actor's own place in it. NotFound for strangers, Forbidden for colleagues without the role."""
    cases = Case.objects.select_for_update() if lock else Case.objects.all()
    case = cases.filter(number=number).first()
    mine = Participant.objects.filter(case=number, organisation_id=by.organisation_id).first()
    if case is None or mine is None:
        raise NotFound
    by.require("controller", "liaison", *([] if lock else ["read"]))
    return case, mine


def _open_member(by: Actor, number: str) -> tuple[Case, Participant]:
    case, mine = member(by, number, lock=True)
    if case.state != "open":
        raise Refused(W("This case is closed.", "该案件已结案。"), code="case-closed")
    return case, mine


@transaction.atomic
def decide(by: Actor, case: str, decision: str, note: str = "") -> Participant:
    """Set the decision of one's own agency on case ``case`` (a number). The others' decisions stay theirs."""
    row, mine = _open_member(by, case)
    if decision not in DECISIONS:
        words = W("Choose a decision from the list.", "请从列表中选择决定。")
        raise Invalid([Problem("decision", "unknown", words)])
    if (mine.decision, mine.note) == (decision, note):
        return mine
    mine.decision, mine.note, mine.decided_at = decision, note, now()
    mine.save(update_fields=["decision", "note", "decided_at"])
    facts = {"case": row.number, "organisation": mine.organisation_id, "decision": decision}
    append("case.decided", [Subject.of("case", row.number)], facts, by)
    return mine


@transaction.atomic
def withdraw(by: Actor, case: str) -> Participant:
    """Take back the decision of one's own agency; nobody can take back another's."""
    row, mine = _open_member(by, case)
    if mine.decision:
        facts = {"case": row.number, "organisation": mine.organisation_id, "decision": mine.decision}
        mine.decision, mine.note, mine.decided_at = "", "", None
        mine.save(update_fields=["decision", "note", "decided_at"])
        append("case.withdrawn", [Subject.of("case", row.number)], facts, by)
    return mine


@transaction.atomic
def post(by: Actor, case: str, text: str) -> Message:
    """Say something to all agencies of the case."""
    row, mine = _open_member(by, case)
    text = text.strip()
    if not text:
        raise Invalid([Problem("text", "missing", W("Write a message.", "请填写留言内容。"))])
    salt = secrets.token_hex(16)
    message = Message.objects.create(
        case=row.number, id=uuid7(), organisation=mine.organisation, person_id=by.person_id, text=text, salt=salt
    )
    facts = {"case": row.number, "message": message.id, "commitment": commitment(salt, text)}
    append("case.message", [Subject.of("case", row.number)], facts, by)
    return message


@transaction.atomic
def close(by: Actor, case: str) -> Case:
    """Close a case that the actor's authority opened, once every agency has decided: silence is no consent."""
    row, _mine = _open_member(by, case)
    if row.opened_by_id != by.organisation_id:
        raise Forbidden
    result = joint(list(Participant.objects.filter(case=row.number).values_list("decision", flat=True)))
    if not result:
        words = W("Not every agency has decided yet.", "尚有机构未作出决定。")
        raise Refused(words, code="decision-missing")
    row.state, row.closed_at = "closed", now()
    row.save(update_fields=["state", "closed_at"])
    append("case.closed", [Subject.of("case", row.number)], {"case": row.number, "result": result}, by)
    return row
