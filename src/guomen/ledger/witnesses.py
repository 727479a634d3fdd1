"""Ask witnesses to cosign our newest checkpoint (C2SP tlog-witness).

One that errs or lies counts as one that does not cosign: as long as the policy is met by others, the log goes on. What
stops the log is proof, a checkpoint with our own signature that does not fit this database; or that so many say so
without proof that nothing could become public against them.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings

from guomen.core.merkle import NoteError, Policy, PolicyError, parse_checkpoint, parse_policy, verify_note
from guomen.core.merkle.cosignature import cosignature_line
from guomen.core.merkle.policy import Witness
from guomen.core.merkle.witness import Request, seen_path
from guomen.kit.clock import now
from guomen.ledger.asking import Answer, Question, ask, plain
from guomen.ledger.models import Head, Witnessed
from guomen.ledger.signing import every_key
from guomen.ledger.tree import tiles

log = logging.getLogger(__name__)
CLOCKS_DIFFER = 3600
"""Seconds by which a witness's clock may differ from ours."""
_SIZE = re.compile(r"(0|[1-9][0-9]{0,17})\n?")


class Conflict(RuntimeError):
    """Witnesses have cosigned more than this database holds, or something else: signing must stop."""


@cache
def policy() -> Policy:
    """The policy file of this installation; without one no witness is needed. Raises PolicyError."""
    path = Path(settings.GUOMEN.log_policy or Path(settings.GUOMEN.home) / "log.policy")
    try:
        return parse_policy(path.read_text())
    except FileNotFoundError:
        if settings.GUOMEN.log_policy:
            raise PolicyError(f"there is no file {path}") from None
        return Policy()
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path} cannot be read: {error}") from None


@dataclass(frozen=True, slots=True)
class Told:
    """What a witness answered. ``size``: what it has last cosigned, as far as we know."""

    witness: Witness
    size: int
    line: str = ""
    refusal: str = ""
    """One of Witnessed.refusal; empty when it cosigned, or wants to be asked once more from ``size``."""
    problem: str = ""
    """For experts, in English."""


def cosignatures(head: Head, wanted: Iterable[Witness]) -> list[str]:
    """Lines to add to the checkpoint, of those witnesses that cosigned it. Raises Conflict."""
    known = dict(Witnessed.objects.values_list("name", "size"))
    rules, some = policy(), [(one, min(known.get(one.name, 0), head.size)) for one in wanted if one.url]
    told = _ask(head, some, rules, ())
    # One that has seen another size than we remember says which, and is asked once more with the proof from there.
    again = [(one.witness, one.size) for one in told if not one.line and not one.refusal]
    told = [one for one in told if one.line or one.refusal]
    told += [_no_third_time(one) for one in _ask(head, again, rules, [one.witness.name for one in told if one.line])]
    _remember(head, told)
    _require_no_other_history(head, told, rules)
    return [one.line for one in told if one.line]


def _ask(head: Head, some: Sequence[tuple[Witness, int]], rules: Policy, have: Sequence[str]) -> list[Told]:
    tree, questions = tiles(), []
    for one, old in some:
        request = Request(old, tuple(tree.consistency_proof(old, head.size)), head.note)
        questions.append(Question(f"{one.url.rstrip('/')}/add-checkpoint", request.text().encode()))

    def enough(answers: Sequence[Answer | None]) -> bool:
        told = [_told(head, one, old, got) for (one, old), got in zip(some, answers, strict=True) if got]
        return rules.quorum != "none" and rules.is_met([*have, *(one.witness.name for one in told if one.line)])

    return [_told(head, one, old, got) for (one, old), got in zip(some, ask(questions, enough), strict=True)]


def _told(head: Head, witness: Witness, old: int, answer: Answer) -> Told:
    if not answer.status or answer.status >= 500:
        problem = answer.problem or f"HTTP {answer.status}: {answer.text}"
        return Told(witness, old, refusal="away", problem=plain(problem))
    size = _SIZE.fullmatch(answer.text)
    match answer.status:
        case 200:
            try:
                line, at = cosignature_line(head.note, answer.text, witness.vkey)
            except NoteError as error:
                return Told(witness, old, refusal="wrong", problem=str(error))
            if abs(at - now().timestamp()) > CLOCKS_DIFFER:
                return Told(witness, old, refusal="wrong", problem=f"it cosigned at {at} seconds since 1970")
            return Told(witness, head.size, line)
        case 409 if size and int(size[1]) > head.size:
            problem = f"it says that it has cosigned {size[1]} entries, and this database holds {head.size}"
            return Told(witness, old, refusal="more", problem=problem)
        case 409 if size and int(size[1]) != old:
            return Told(witness, int(size[1]))
        case status if old and (status == 422 or (status == 409 and old == head.size)):
            problem = f"it says that it has cosigned another history of {old} entries"
            return Told(witness, old, refusal="other", problem=problem)
    return Told(witness, old, refusal="wrong", problem=plain(f"HTTP {answer.status}: {answer.text}"))


def _no_third_time(one: Told) -> Told:
    if one.line or one.refusal:
        return one
    return replace(one, refusal="wrong", problem=f"it named another size twice, at last {one.size}")


def _remember(head: Head, told: Sequence[Told]) -> None:
    for one in told:
        if one.refusal:
            log.warning("witness %s does not cosign %d entries: %s", one.witness.name, head.size, one.problem)
    fields = ("size", "asked_at", "refusal", "problem")
    rows = [Witnessed(one.witness.name, one.size, now(), one.refusal, one.problem) for one in told]
    Witnessed.objects.bulk_create(rows, update_conflicts=True, unique_fields=["name"], update_fields=fields)


def _require_no_other_history(head: Head, told: Sequence[Told], rules: Policy) -> None:
    claims = [one for one in told if one.refusal in ("more", "other")]
    # Without a proof their word is one refusal. With it nobody's word is needed: the signature is our own.
    paths = [f"{one.witness.url.rstrip('/')}/{seen_path(settings.GUOMEN.log_name)}" for one in claims]
    for one, answer in zip(claims, ask([Question(path) for path in paths]), strict=True):
        require_ours(head, f"The witness {one.witness.name}", answer.text if answer.status == 200 else "")
    said = {one.witness.name for one in claims}
    if said and not rules.is_met([name for name in rules.witnesses if name not in said]):
        why = "; ".join(f"{one.witness.name}: {one.problem}" for one in claims)
        raise Conflict(f"Without these witnesses nothing can become public. {why}.")


def require_ours(head: Head, who: str, note: str) -> None:
    """Raise Conflict when somebody has a checkpoint with our signature that this database does not continue."""
    try:
        seen = parse_checkpoint(verify_note(note, *(one.vkey for one in every_key())))
    except ValueError:
        return
    if seen.origin != settings.GUOMEN.log_name:
        return
    if seen.size > head.size:
        raise Conflict(f"{who} shows our signature on {seen.size} entries, and this database holds {head.size}.")
    if seen.size and tiles().root(seen.size) != seen.root:
        raise Conflict(f"{who} shows our signature on another history of {seen.size} entries.")
