"""How a log asks a witness to cosign: `add-checkpoint` of C2SP tlog-witness (https://c2sp.org/tlog-witness).

old <size that the witness last cosigned>
<consistency proof from there to the checkpoint, a base64 hash a line>

<checkpoint as a signed note>
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from guomen.core.merkle.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from guomen.core.merkle.cosignature import cosign
from guomen.core.merkle.note import NoteError, Signer, open_note, parse_vkey, verify_note
from guomen.core.merkle.proof import ProofError, verify_consistency

MAX_PROOF = 63
MAX_BYTES = 64 * 1024
_OLD = re.compile(r"old (0|[1-9][0-9]{0,19})")


class WitnessError(ValueError):
    """Why a checkpoint is not cosigned. `status` is the HTTP status that says so; `size`, with 409, what was seen."""

    def __init__(self, status: int, message: str, size: int | None = None) -> None:
        super().__init__(message)
        self.status, self.size = status, size


@dataclass(frozen=True, slots=True)
class Request:
    """What a log sends: `old`, the proof from there, and its newest checkpoint as a note."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        """Return the body of the request."""
        lines = [f"old {self.old}", *(base64.b64encode(node).decode() for node in self.proof), "", self.note]
        return "\n".join(lines)


def parse_request(body: bytes) -> Request:
    """Read the body of a request; raises WitnessError (400)."""
    head, blank, note = _utf8(body).partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if not (blank and old) or len(lines) > MAX_PROOF:
        raise WitnessError(400, "the body is no request to cosign a checkpoint")
    try:
        return Request(int(old[1]), tuple(base64.b64decode(line, validate=True) for line in lines), note)
    except (binascii.Error, ValueError):
        raise WitnessError(400, "a line of the consistency proof is not base64") from None


def _utf8(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise WitnessError(400, "the body is not UTF-8") from None


Latest = tuple[int, bytes]
"""Size and root of what a witness has last cosigned of a log; (0, any) at first."""


def judge(request: Request, logs: Mapping[str, Sequence[str]], latest: Callable[[str], Latest]) -> Checkpoint:
    """Return the checkpoint that may be cosigned; raise WitnessError when it may not be.

    `logs`: origin -> verifier keys of each log that is witnessed; one of them must have signed. `latest`: what was last
    cosigned of an origin; it has to be read and replaced in one step with this judgement, or two requests at once fork
    the log.
    """
    try:
        origin = open_note(request.note)[0].split("\n", 1)[0]
    except NoteError as error:
        raise WitnessError(400, str(error)) from None
    if origin not in logs:
        raise WitnessError(404, "this log is not witnessed here")
    try:
        new = parse_checkpoint(verify_note(request.note, *logs[origin]))
    except NoteError as error:
        raise WitnessError(403, str(error)) from None
    except CheckpointError as error:
        raise WitnessError(400, str(error)) from None
    size, root = latest(origin)
    if request.old > new.size:
        raise WitnessError(400, "the old size is larger than the new one")
    if request.old != size:
        raise WitnessError(409, f"the last checkpoint that was cosigned has size {size}", size)
    if size == new.size and size and root != new.root:
        raise WitnessError(409, "this tree has the size of one that was cosigned, and another root", size)
    try:
        if size:
            verify_consistency(size, new.size, list(request.proof), root, new.root)
        elif request.proof:
            raise ProofError("nothing is to be proved from an empty tree")
    except ProofError as error:
        raise WitnessError(422, str(error)) from None
    return new


def seen_path(origin: str) -> str:
    """Where a witness shows what it has last cosigned of a log, below its address.

    The retrieval of the editor's draft after tlog-witness v1.0.0: GET <prefix>/<SHA-256 of the origin, hex>/checkpoint.
    """
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"


def to_show(request: Request, vkeys: Sequence[str], line: str) -> str:
    """What a witness keeps of a checkpoint that it cosigned: the note with the log's signatures and its own alone."""
    text, signatures = open_note(request.note)
    known = {(one.name, one.key_id) for one in map(parse_vkey, vkeys)}
    theirs = [one.line() for one in signatures if (one.name, one.key_id) in known]
    return f"{text}\n{''.join(theirs)}{line}"


def answer(new: Checkpoint, name: str, key: Signer, at: int) -> str:
    """Return the cosignature line for a checkpoint that was judged."""
    return cosign(new.text(), name, key, at).line()
