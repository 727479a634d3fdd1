"""Events out of files into a repository: this machine's own or another one, and what was wrong with which event."""

import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from guomen.client import (
    Client,
    Conflict,
    EventProblem,
    Invalid,
    Job,
    Limits,
    Part,
    ProblemError,
    Sent,
    TooLarge,
    Unreadable,
    deliver,
    read_contents,
    split,
)
from guomen.client.capturing import job_of, refused
from guomen.client.files import SUFFIXES

Send = Callable[[Part, bool], Job]
STDIN = "-"


@dataclass
class Report:
    """What an import brought. wrong: events refused and files that broke off. changed: places that were put right.

    master_data: elements of it that were kept.
    """

    files: int = 0
    events: int = 0
    new: int = 0
    known: int = 0
    wrong: int = 0
    changed: int = 0
    master_data: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)
    most: int = 1000

    def note(self, file: str, index: int | None, path: str, sentence: str) -> None:
        if len(self.problems) < self.most:
            self.problems.append({"file": file, "event": index, "path": path, "problem": sentence})

    def as_dict(self) -> dict[str, Any]:
        told = asdict(self)
        del told["most"]
        return told


def files_of(paths: Sequence[str]) -> list[str]:
    """The files meant by files, folders and ``-``, each once. Raises FileNotFoundError."""
    found: dict[str, None] = {}
    for name in paths:
        path = Path(name)
        if name == STDIN or path.is_file():
            found[name] = None
        elif path.is_dir():
            inside = (p for p in sorted(path.rglob("*")) if p.is_file() and not p.name.startswith("."))
            found |= {str(p): None for p in inside if p.name.removesuffix(".gz").endswith(SUFFIXES)}
        else:
            raise FileNotFoundError(name)
    return list(found)


class Counted(io.RawIOBase):
    """A file that tells how many bytes of it were read."""

    def __init__(self, raw: Any, tell: Callable[[int], None]) -> None:
        self._raw, self._tell = raw, tell

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._raw.readinto(buffer) or 0
        self._tell(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _opener(name: str, tell: Callable[[int], None]) -> Callable[[], BinaryIO]:
    opened = 0

    def again() -> Any:
        nonlocal opened
        opened += 1
        if name != STDIN:
            return Counted(open(name, "rb", buffering=0), tell if opened == 1 else lambda _: None)
        if opened > 1:
            raise Unreadable("Its context stands behind its events: save it as a file first.")
        return Counted(sys.stdin.buffer, tell)

    return again


def bring(
    files: Sequence[str], send: Send, limits: Limits, *, proceed: bool, tell: Callable[[int], None]
) -> Iterator[Report]:
    """Send the events of all files; yields the same growing report after each document.

    Without ``proceed`` it ends after the first document or file with a problem. Nothing is remembered here: an event
    that is known already changes nothing, so an import that was cut off is simply made again.
    """
    report, broken = Report(), False

    def stream() -> Iterator[Sent]:
        nonlocal broken
        for name in files:
            report.files += 1
            try:
                yield from read_contents(_opener(name, tell), name=name)
            except Unreadable as error:
                report.wrong += 1
                report.note(name, None, "", str(error))
                broken = True
                if not proceed:
                    return

    for part in split(stream(), limits):
        try:
            for job in deliver(part, send, proceed=proceed):
                _add(report, job)
        except (Invalid, TooLarge) as error:
            job = _as_a_whole(error, part)
            _add(report, job)
        yield report
        if not job.success and not proceed:
            return
    yield report


def _as_a_whole(error: ProblemError, part: Part) -> Job:
    said = next((f"{e.path} {e.sentence}".strip() for e in error.errors), error.sentence)
    wrong = EventProblem(part.first, "", error.code, said, part.origins[0])
    return Job(
        id="", running=False, success=False, events=0 if part.vocabularies else len(part.events), new=0, errors=(wrong,)
    )


def _add(report: Report, job: Job) -> None:
    report.events += job.events
    report.new += job.new
    report.known += job.known
    report.changed += len(job.changes)
    report.master_data += job.master_data
    report.wrong += len({e.index for e in job.errors})
    for error in job.errors:
        file, index = error.origin or ("", error.index)
        report.note(file, index, error.path, error.sentence)


def into(client: Client, *, lenient: bool) -> Send:
    return lambda part, proceed: client.send(part, proceed, lenient=lenient)


def into_our_own(by: Any, *, lenient: bool) -> Send:
    """Straight into this installation's tables, as an organisation. Django must be ready."""
    from guomen.core import epcis
    from guomen.kit.errors import GuomenError
    from guomen.kit.web import problem
    from guomen.trace import jobs

    def send(part: Part, proceed: bool) -> Job:
        try:
            document, changes = epcis.decode(part.body), []
            if lenient:
                document, changes = epcis.normalise(document)
            job = jobs.accept(by, document, proceed=proceed, changes=changes)
        except epcis.EpcisError as error:
            raise Invalid(400, {"title": str(error)}) from error
        except GuomenError as error:
            if error.status not in (400, 409, 413, 422):
                raise
            kind = {409: Conflict, 413: TooLarge}.get(error.status, Invalid)
            return refused(kind(error.status, json.loads(problem(error).content)), part)
        errors = [{"type": e["code"], "title": e["en"], "instance": e["field"]} for e in job.errors]
        behaviour = "proceed" if job.proceed else "rollback"
        told = {"success": job.success, "events": job.events, "newEvents": job.new, "errors": errors}
        told |= {"changes": job.changes, "masterData": job.master_data}
        return job_of(told | {"captureID": job.id, "captureErrorBehaviour": behaviour}, part)

    return send
