"""The client: one method for each thing that a program does with the goods flow of a Guomen installation."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from guomen.client.asking import Asking
from guomen.client.base import EPCIS, LD, as_object, below, last_of
from guomen.client.bundling import Bundling
from guomen.client.capturing import (
    Captured,
    CaptureFailed,
    Event,
    Job,
    Limits,
    Part,
    Sent,
    deliver,
    encode,
    job_of,
    plain,
    refused,
    split,
)
from guomen.client.errors import Invalid, StillRunning
from guomen.client.listening import Listening
from guomen.client.tracing import Tracing
from guomen.core import epcis


class Client(Asking, Bundling, Listening, Tracing):
    """A connection to one installation, for one organisation's token. Close it, or use it in a ``with`` statement.

    Every method may raise what ``guomen.client.errors`` lists. Requests that may be repeated are tried ``attempts``
    times: on lost connections and on 429, 502, 503 and 504, with growing pauses and heeding ``Retry-After``. Writes may
    be repeated: each carries a key of its own, made once. timeout: seconds without a byte.
    """

    _limits: Limits | None = None

    def limits(self) -> Limits:
        """What the server takes at once, asked for once."""
        if self._limits is None:
            told = self._to.send("OPTIONS", f"{EPCIS}/capture").headers
            usual = Limits()
            self._limits = Limits(
                _number(told.get("GS1-EPCIS-Capture-Limit"), usual.events),
                _number(told.get("GS1-EPCIS-Capture-File-Size-Limit"), usual.size),
            )
        return self._limits

    def capture(
        self,
        events: Iterable[Event],
        *,
        context: Sequence[Any] = (epcis.CONTEXT,),
        proceed: bool = False,
        lenient: bool = False,
    ) -> Captured:
        """Capture a stream of events of any length, in as many documents as it takes, each all or none.

        proceed: capture what is right in each document and list in ``errors`` what is not. Without it the first wrong
        document raises CaptureFailed; the documents before it stay captured, and capturing them again changes nothing.
        lenient: have sloppy events put right before they are judged; ``changes`` lists what was changed.
        """
        done, send = Captured(), partial(self.send, lenient=lenient)
        for part in split((Sent(event, tuple(context)) for event in events), self.limits()):
            for job in deliver(part, send, proceed=proceed):
                done.changes += job.changes
                done.new += job.new
                done.known += job.known
                done.jobs += [job.id] if job.id else []
                done.errors += job.errors
                if not proceed and not job.success:
                    raise CaptureFailed(done)
        return done

    def capture_document(
        self,
        body: bytes | Mapping[str, Any],
        *,
        media_type: str = LD,
        proceed: bool = False,
        later: bool = False,
        lenient: bool = False,
        seconds: float = 600,
    ) -> Job:
        """Capture one document as it is, JSON-LD or XML (``application/xml``), and wait for its job.

        lenient: as in ``capture``. later: have the document kept and done by the server's worker, and do not wait;
        ``wait(job.id)`` does.
        """
        content = body if isinstance(body, bytes) else encode(body)
        answer = self._write(f"{EPCIS}/capture", content, media_type, _behaviour(proceed, lenient, later))
        id = last_of(answer)
        return self.job(id) if later else self.wait(id, seconds=seconds)

    def send(self, part: Part, proceed: bool = False, *, lenient: bool = False) -> Job:
        """Capture one part of a stream. What is wrong with its events is told by the job, not raised."""
        try:
            answer = self._write(f"{EPCIS}/capture", part.body, LD, _behaviour(proceed, lenient))
        except Invalid as error:
            return refused(error, part)
        return self._wait(last_of(answer), part, 600)

    def capture_event(self, event: Event, *, context: Sequence[Any] = ()) -> tuple[str, bool]:
        """Capture one event at once; its id, and whether it is new."""
        body = plain(event)
        if context:
            body = {"@context": list(context)} | body
        answer = self._write(f"{EPCIS}/events", encode(body), LD)
        return str(as_object(answer)["eventID"]), answer.status_code == 201

    def job(self, id: str) -> Job:
        """How far a capture job is, and what is wrong with which event."""
        return job_of(as_object(self._get(f"{EPCIS}/capture/{below(id)}")))

    def jobs(self) -> Iterator[Job]:
        """All capture jobs of this organisation, newest first."""
        for page in self._pages(f"{EPCIS}/capture"):
            yield from map(job_of, page)

    def wait(self, id: str, *, seconds: float = 600) -> Job:
        """Wait until a capture job has finished. Raises StillRunning."""
        return self._wait(id, None, seconds)

    def _wait(self, id: str, part: Part | None, seconds: float) -> Job:
        end, pause = time.monotonic() + seconds, 0.05
        while True:
            job = job_of(as_object(self._get(f"{EPCIS}/capture/{below(id)}")), part)
            if not job.running:
                return job
            if time.monotonic() + pause > end:
                raise StillRunning(f"Capture job {id} still runs after {seconds:g} seconds.")
            time.sleep(pause)
            pause = min(1.0, pause * 1.5)


def _behaviour(proceed: bool, lenient: bool, later: bool = False) -> dict[str, str]:
    wishes = [wish for wish, wished in (("respond-async", later), ("handling=lenient", lenient)) if wished]
    return {"GS1-Capture-Error-Behaviour": "proceed" if proceed else "rollback"} | (
        {"Prefer": ", ".join(wishes)} if wishes else {}
    )


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else usual
