"""The driver's slip: what may leave with which container, signed, checked at the gate with or without a network."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from guomen.certificates import signing_keys
from guomen.clearance import queries as clearance
from guomen.clearance.models import Container, Line
from guomen.core import gateslip
from guomen.core.runs import runs
from guomen.kit import paper
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.release.models import Instruction, Receiver
from guomen.release.rules import OF_STATE
from guomen.release.words import INSTRUCTIONS, SLIP

TEMPLATE = Path(__file__).parents[1] / "slip.typ"
VALID = timedelta(hours=72)
"""House rule: a truck that waits longer asks again."""


def newest(declaration: str) -> dict[int, Instruction]:
    """The newest instruction about each line as a whole."""
    rows = Instruction.objects.filter(declaration=declaration, part=0).order_by("line", "sequence")
    return {row.line: row for row in rows}


def codes_of(declaration: str) -> dict[int, tuple[str, int]]:
    """What holds for each line now: code and sequence. Until it is issued, the line's state speaks (sequence 0)."""
    issued = newest(declaration)
    lines = Line.objects.filter(declaration=declaration).order_by("number").values_list("number", "state", "outcome")
    found = {}
    for number, state, outcome in lines:
        code = outcome or OF_STATE.get(state, "HOLD")
        found[number] = (code, issued[number].sequence if number in issued else 0)
    return found


@transaction.atomic
def issue_slip(by: Actor, declaration: str, container: str) -> str:
    """Sign a slip for a container of a declaration that the actor may see, as things stand. Raises NotFound.

    By its firms and officers; a program that may only read is given none.
    """
    by.require("declarant", *clearance.OFFICERS)
    found = clearance.declaration(by, declaration)
    if not any(c.number == container for c in found.container_list):
        raise NotFound
    at, now_ = now(), codes_of(declaration)
    lines = tuple(gateslip.Line(n, code, sequence) for n, (code, sequence) in now_.items())
    slip = gateslip.GateSlip(settings.GUOMEN.origin, declaration, container, at, at + VALID, lines)
    text = gateslip.sign(slip, signing_keys.signing())
    digest = hashlib.sha256(text.encode()).hexdigest()
    about = [Subject.declaration(declaration), Subject.container(container)]
    append("slip.issued", about, {"sha256": digest, "lines": {n: c for n, (c, _) in now_.items()}}, by)
    return text


def address(text: str) -> str:
    """The path of the page that shows a slip to its driver: it holds all of it."""
    return base64.urlsafe_b64encode(gateslip.opened(text)).decode().rstrip("=")


def of_address(path: str) -> str:
    """The text of a slip from the path of its page. Raises NotFound."""
    try:
        return gateslip.written(base64.urlsafe_b64decode(path + "=" * (-len(path) % 4)))
    except ValueError:
        raise NotFound


def read(text: str) -> gateslip.GateSlip:
    """What a slip of ours says, signed with a key of /.well-known/jwks.json. Raises gateslip.SlipError."""
    pairs = [one for one in signing_keys.every() if one.leaked_at is None]
    return gateslip.read(text, [Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.public)) for one in pairs])


def pdf(text: str) -> bytes:
    """A slip on one page of A6 in both languages, the same bytes each time. Raises gateslip.SlipError."""
    slip = read(text)
    of_code: dict[str, list[int]] = defaultdict(list)
    for line in slip.lines:
        of_code[line.code].append(line.number)
    times = [(SLIP["signed"], slip.issued_at), (SLIP["until"], slip.expires_at)]
    config = settings.GUOMEN
    data = {
        "title": asdict(SLIP["title"]),
        "office": {"en": config.authority_en, "zh": config.authority_zh},
        "container": slip.container,
        "good": slip.releases_all,
        "word": asdict(SLIP["released" if slip.releases_all else "not-yet"]),
        "qr": paper.qr_svg(text, border=4),
        "rows": [
            {"label": asdict(SLIP["declaration"]), "value": slip.declaration},
            *({"label": asdict(label), "value": f"{timezone.localtime(at):%Y-%m-%d %H:%M}"} for label, at in times),
            {"label": asdict(SLIP["lines"]), "value": str(len(slip.lines))},
        ],
        "lines": [{"code": asdict(INSTRUCTIONS[c]), "numbers": ranges(n)} for c, n in sorted(of_code.items())],
        "note": asdict(SLIP["note"]),
    }
    return paper.pdf(TEMPLATE, data, slip.issued_at)


LONGEST = 36
"""Characters of line numbers for which there is room on the paper."""


def ranges(numbers: Collection[int]) -> str:
    """Numbers as people write them: 1–3, 7. Of very many the first, and how many there are."""
    text = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs(numbers))
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(', ')[0]} … ({len(numbers)})"


@dataclass(frozen=True, slots=True)
class SlipRead:
    """What the gate found: whether the container may leave, why not, and what the slip says (None: unreadable)."""

    good: bool
    reasons: tuple[str, ...]
    slip: gateslip.GateSlip | None


@transaction.atomic
def read_slip(by: Actor, text: str, container: str, gate: str) -> SlipRead:
    """The gate reads a slip for the container that stands there, and compares it with what holds now.

    Officers at the gate, and the port operators that instructions are sent to. Raises Invalid without a container.
    """
    by.require("inspector", "controller", "carrier")
    if not by.is_authority and not Receiver.objects.filter(organisation_id=by.organisation_id, ended_at=None).exists():
        raise Forbidden
    box = "".join(c for c in container.upper() if c.isalnum())[:11]
    if not box:
        words = W("Say which container stands at the gate.", "请填写卡口处的集装箱号。")
        raise Invalid([Problem("container", "missing", words)])
    try:
        slip = read(text)
    except gateslip.SlipError:
        append("slip.read", [Subject.container(box)], {"gate": gate[:60], "reasons": ["SLIP-UNREADABLE"]}, by)
        return SlipRead(False, ("SLIP-UNREADABLE",), None)
    reasons = []
    if slip.expires_at < now():
        reasons.append("SLIP-EXPIRED")
    if slip.container != box:
        reasons.append("SLIP-OTHER-CONTAINER")
    on_box = Container.objects.filter(declaration=slip.declaration, number=slip.container).exists()
    holds = codes_of(slip.declaration) if on_box else {}
    if {line.number: line.code for line in slip.lines} != {n: code for n, (code, _) in holds.items()}:
        reasons.append("SLIP-SUPERSEDED")
    if not holds or any(code != "RELEASE" for code, _ in holds.values()):
        reasons.append("SLIP-NOT-RELEASED")
    about = [Subject.declaration(slip.declaration), Subject.container(box)]
    append("slip.read", about, {"gate": gate[:60], "reasons": reasons, "good": not reasons}, by)
    return SlipRead(not reasons, tuple(reasons) or ("SLIP-GOOD",), slip)
