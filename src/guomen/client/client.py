"""The client: one method for each thing that a program does with the goods flow of a Guomen installation."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

import httpx

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
from guomen.client.errors import Invalid, StillRunning, UnexpectedAnswer
from guomen.client.transport import Params, Transport, as_text
from guomen.core import epcis

EPCIS = "/epcis/v2"
Resource = Literal["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"]
MOST_PER_PAGE = 500
_LD = "application/ld+json"


class Client:
    """A connection to one installation, for one organisation's token.

    Every method may raise what ``guomen.client.errors`` lists. Requests that may be repeated are tried ``attempts``
    times: on lost connections and on 429, 502, 503 and 504, with growing pauses and heeding ``Retry-After``. A capture
    may be repeated: it carries a key of its own, made once. timeout: seconds without a byte.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        timeout: float = 60.0,
        attempts: int = 6,
        language: str = "en",
        http: httpx.BaseTransport | None = None,
    ) -> None:
        self._to = Transport(url, token, timeout=timeout, attempts=attempts, language=language, http=http)
        self._limits: Limits | None = None

    def close(self) -> None:
        self._to.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- capture

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
        self, events: Iterable[Event], *, context: Sequence[Any] = (epcis.CONTEXT,), proceed: bool = False
    ) -> Captured:
        """Capture a stream of events of any length, in as many documents as it takes, each all or none.

        proceed: capture what is right in each document and list in ``errors`` what is not. Without it the first wrong
        document raises CaptureFailed; the documents before it stay captured, and capturing them again changes nothing.
        """
        done = Captured()
        for part in split((Sent(event, tuple(context)) for event in events), self.limits()):
            for job in deliver(part, self.send, proceed=proceed):
                done.new += job.new
                done.known += job.known
                done.jobs += [job.id] if job.id else []
                done.errors += job.errors
                if not proceed and not job.success:
                    raise CaptureFailed(done)
        return done

    def capture_document(
        self, body: bytes | Mapping[str, Any], *, media_type: str = _LD, proceed: bool = False, seconds: float = 600
    ) -> Job:
        """Capture one document as it is, JSON-LD or XML (``application/xml``), and wait for its job."""
        content = body if isinstance(body, bytes) else encode(body)
        answer = self._write("POST", f"{EPCIS}/capture", content, media_type, _behaviour(proceed))
        return self.wait(_last(answer), seconds=seconds)

    def send(self, part: Part, proceed: bool = False) -> Job:
        """Capture one part of a stream. What is wrong with its events is told by the job, not raised."""
        try:
            answer = self._write("POST", f"{EPCIS}/capture", part.body, _LD, _behaviour(proceed))
        except Invalid as error:
            return refused(error, part)
        return self._wait(_last(answer), part, 600)

    def capture_event(self, event: Event, *, context: Sequence[Any] = ()) -> tuple[str, bool]:
        """Capture one event at once; its id, and whether it is new."""
        body = plain(event)
        if context:
            body = {"@context": list(context)} | body
        answer = self._write("POST", f"{EPCIS}/events", encode(body), _LD)
        return str(_object(answer)["eventID"]), answer.status_code == 201

    def job(self, id: str) -> Job:
        """How far a capture job is, and what is wrong with which event."""
        return job_of(_object(self._to.send("GET", f"{EPCIS}/capture/{quote(id, safe='')}")))

    def jobs(self) -> Iterator[Job]:
        """All capture jobs of this organisation, newest first."""
        for answer in self._pages(f"{EPCIS}/capture", []):
            yield from map(job_of, _json(answer))

    def wait(self, id: str, *, seconds: float = 600) -> Job:
        """Wait until a capture job has finished. Raises StillRunning."""
        return self._wait(id, None, seconds)

    def _wait(self, id: str, part: Part | None, seconds: float) -> Job:
        end, pause = time.monotonic() + seconds, 0.05
        while True:
            job = job_of(_object(self._to.send("GET", f"{EPCIS}/capture/{quote(id, safe='')}")), part)
            if not job.running:
                return job
            if time.monotonic() + pause > end:
                raise StillRunning(f"Capture job {id} still runs after {seconds:g} seconds.")
            time.sleep(pause)
            pause = min(1.0, pause * 1.5)

    # --- query

    def events(
        self,
        *,
        parameters: Mapping[str, Any] | None = None,
        extensions: Mapping[str, str] | None = None,
        per_page: int = MOST_PER_PAGE,
        **more: Any,
    ) -> Iterator[dict[str, Any]]:
        """Events by the parameters of the standard's simple event query, over all pages, numbers exact.

        ``events(EQ_bizStep=["shipping", "receiving"], GE_eventTime=moment)``. Names that Python cannot spell go into
        ``parameters``; ``extensions``: what the prefixes in them mean, as ``{"ex": "https://example.com/"}``.
        """
        return self._events(f"{EPCIS}/events", {**(parameters or {}), **more}, extensions, per_page)

    def events_of(
        self, resource: Resource, value: str, *, extensions: Mapping[str, str] | None = None, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """Events of one type, thing, step, place or disposition: ``events_of("epcs", "https://id.gs1.org/01/…")``."""
        return self._events(f"{EPCIS}/{resource}/{quote(value, safe='')}/events", more, extensions, MOST_PER_PAGE)

    def values(self, resource: Resource) -> Iterator[str]:
        """The values that events which this organisation may see have used."""
        for answer in self._pages(f"{EPCIS}/{resource}", [("perPage", str(MOST_PER_PAGE))]):
            yield from _object(answer)["member"]

    def event(self, id: str) -> dict[str, Any]:
        """One event by its eventID or event hash; of one that was declared an error, the declaration."""
        found = epcis.event_objects(_object(self._to.send("GET", f"{EPCIS}/events/{quote(id, safe='')}")))
        return found[1][-1] if found else {}

    def _events(
        self, path: str, parameters: Mapping[str, Any], extensions: Mapping[str, str] | None, per_page: int
    ) -> Iterator[dict[str, Any]]:
        params = [(name, as_text(value)) for name, value in parameters.items() if value is not None]
        headers = {"GS1-Extensions": ",".join(f"{p}={uri}" for p, uri in extensions.items())} if extensions else {}
        for answer in self._pages(path, [*params, ("perPage", str(per_page))], headers):
            found = epcis.event_objects(_object(answer))
            yield from found[1] if found else []

    def _pages(self, path: str, params: Params, headers: Mapping[str, str] | None = None) -> Iterator[httpx.Response]:
        token = ""
        while True:
            answer = self._to.send(
                "GET", path, params=[*params, *([("nextPageToken", token)] if token else [])], headers=headers
            )
            yield answer
            # Only the token is taken from the link: the next request goes to the same server, whatever the link says.
            link = str(answer.links.get("next", {}).get("url", ""))
            following = (parse_qs(urlsplit(link).query).get("nextPageToken") or [""])[0]
            if not following or following == token:
                return
            token = following

    # --- history

    def history(self, uri: str) -> dict[str, Any]:
        """The history of an item, a batch or a container: Digital Link, EPC URN or ``urn:guomen:container:…``."""
        return _object(self._to.send("GET", f"/api/trace/{quote(uri, safe='')}"))

    def _write(
        self, method: str, path: str, content: bytes, media_type: str, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        key = str(uuid.uuid4())
        return self._to.send(
            method,
            path,
            content=content,
            headers={"Content-Type": media_type, "Idempotency-Key": key, **(headers or {})},
        )


def _behaviour(proceed: bool) -> dict[str, str]:
    return {"GS1-Capture-Error-Behaviour": "proceed" if proceed else "rollback"}


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else usual


def _last(answer: httpx.Response) -> str:
    """The last part of the address of what was made."""
    name: str = urlsplit(answer.headers.get("Location", "")).path.rstrip("/").rpartition("/")[2]
    if not name:
        raise UnexpectedAnswer(f"{answer.request.url}: the answer has no Location.")
    return name


def _json(answer: httpx.Response) -> Any:
    try:
        return epcis.decode(answer.content)
    except epcis.EpcisError as error:
        raise UnexpectedAnswer(f"{answer.request.url}: the answer is not JSON.") from error


def _object(answer: httpx.Response) -> dict[str, Any]:
    found = _json(answer)
    if not isinstance(found, dict):
        raise UnexpectedAnswer(f"{answer.request.url}: the answer is not a JSON object.")
    return found
