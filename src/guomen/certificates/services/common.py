"""What the use cases share: numbers, locks, moves, and what the ledger knows of the goods."""

import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from guomen.certificates import rules
from guomen.certificates.models import Certificate
from guomen.certificates.words import CANNOT
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import secret
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.ledger.services import append
from guomen.parties.actors import Actor

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONGEST = 1000
LINE = "urn:guomen:line:"


def new_number(kind: str) -> str:
    """Kind, year, running number and six letters that cannot be guessed: certificates cannot be listed by counting."""
    plainly = f"{kind}-{now():%Y}-{next_number('certificates_number'):06d}"
    tag = int.from_bytes(hmac.digest(secret("certificate-numbers"), plainly.encode(), "sha256")[:4])
    return plainly + "-" + "".join(_LETTERS[tag >> shift & 31] for shift in range(0, 30, 5))


def locked(number: str) -> Certificate:
    """The row, for this transaction alone. Raises NotFound."""
    found = Certificate.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def move(certificate: Certificate, name: str) -> None:
    """Bring a locked certificate where ``name`` leads. Raises Refused, saying why it cannot go there."""
    at = now()
    present = rules.state_at(certificate.state, certificate.signed_at, certificate.valid_until, at)
    to = rules.after(name, certificate.state)
    if to is None or (name in rules.LIVE_MOVES and present == "expired"):
        raise Refused(CANNOT[present], code=f"certificate-{present}")
    certificate.state = to


def tell(kind: str, certificate: Certificate, facts: Mapping[str, Any], by: Actor) -> None:
    """Write an entry about a certificate and what it is about."""
    about = [Subject.of("certificate", certificate.number), certificate.subject]
    append(kind, about, {"number": certificate.number, "kind": certificate.kind} | dict(facts), by)


def worded(reason: str) -> str:
    """A reason in somebody's own words, which must say something. Raises Invalid."""
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise Invalid([Problem("reason", "required", W("Say why.", "请说明理由。"))])
    return reason


def excluded(certificate: Certificate) -> set[UUID]:
    """Who accepted or inspected the goods, told by the drafter and by the ledger."""
    found = set(certificate.excluded_persons)
    for entry in _entries(certificate.subject):
        found |= rules.took_part(entry.kind, entry.actor.get("person"), entry.facts.get("second_officer"))
    return found


def is_released(subject: str) -> bool:
    """Whether the ledger has every goods line of ``subject`` released, and knows of one at least."""
    decided: dict[str, list[str]] = {}
    for entry in history(subject, kinds=frozenset(rules.DECIDED)):
        for line in _lines(entry):
            decided.setdefault(line, []).append(entry.kind)
    return bool(decided) and all(rules.is_released(kinds) for kinds in decided.values())


def _lines(entry: Entry) -> list[str]:
    return [s for s in entry.subjects if s.startswith(LINE)]


def _entries(subject: str) -> list[Entry]:
    """All about the goods, also where the certificate is about a batch or a declaration and not about a line."""
    found = history(subject)
    others = {line for entry in found for line in _lines(entry)} - {subject}
    return [*found, *history(*others)] if others else found
