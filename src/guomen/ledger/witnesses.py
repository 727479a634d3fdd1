"""Ask witnesses to cosign our newest checkpoint (C2SP tlog-witness)."""

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
from django.conf import settings

from guomen.core.merkle import Policy, PolicyError, parse_policy, verify_cosignature
from guomen.core.merkle.note import NoteError
from guomen.core.merkle.policy import Witness
from guomen.core.merkle.witness import Request
from guomen.kit.clock import now
from guomen.ledger.models import Head, Witnessed
from guomen.ledger.sequencer import tiles

log = logging.getLogger(__name__)
SECONDS = 5
LONGEST = 10_000


class Conflict(RuntimeError):
    """A witness has cosigned more than this database holds, or something else: signing must stop."""


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


@dataclass(frozen=True, slots=True)
class _Asked:
    witness: Witness
    size: int
    line: str = ""
    problem: str = ""


def cosignatures(head: Head, wanted: Iterable[Witness]) -> list[str]:
    """Lines to add to the checkpoint, of those witnesses that cosigned it. Raises Conflict."""
    known = dict(Witnessed.objects.values_list("name", "size"))
    answers = _ask_all([(one, _request(head, min(known.get(one.name, 0), head.size))) for one in wanted if one.url])
    # One that has seen another size than we remember says which, and is asked once more with the proof from there.
    again = [(a.witness, _request(head, a.size)) for a in answers if not a.line and not a.problem]
    answers = [a for a in answers if a.line or a.problem] + _ask_all(again)
    lines = []
    for one in answers:
        line, problem = one.line, one.problem
        try:
            if line:
                verify_cosignature(head.note + line, one.witness.vkey)
                lines.append(line)
        except NoteError as error:
            line, problem = "", str(error)
        if problem:
            log.warning("witness %s does not cosign %d entries: %s", one.witness.name, head.size, problem)
        size = head.size if line else one.size
        Witnessed.objects.update_or_create(
            name=one.witness.name, defaults={"size": size, "asked_at": now(), "problem": problem}
        )
    return lines


def _request(head: Head, old: int) -> Request:
    if old > head.size:
        raise Conflict(f"A witness has cosigned {old} entries of this log, and this database holds {head.size}.")
    return Request(old, tuple(tiles().consistency_proof(old, head.size)), head.note)


def _ask_all(asked: list[tuple[Witness, Request]]) -> list[_Asked]:
    # Threads that only send: the database is left to the caller.
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(lambda pair: _ask(*pair), asked))


def _ask(witness: Witness, request: Request) -> _Asked:
    url = f"{witness.url.rstrip('/')}/add-checkpoint"
    try:
        answer = httpx.post(url, content=request.text().encode(), timeout=SECONDS)
    except httpx.HTTPError as error:
        return _Asked(witness, request.old, problem=type(error).__name__)
    text = answer.text[:LONGEST]
    if answer.status_code == 200:
        return _Asked(witness, request.old, line=text)
    seen = int(text) if answer.status_code == 409 and text.strip().isdigit() else request.old
    if seen != request.old:
        return _Asked(witness, seen)
    if answer.status_code in (409, 422):
        raise Conflict(f"The witness {witness.name} has cosigned another history of this log up to {seen} entries.")
    return _Asked(witness, request.old, problem=f"HTTP {answer.status_code}: {text[:200].strip()}")
