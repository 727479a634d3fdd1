"""What a named query finds from now on, through a websocket that is opened again when it breaks.

Needs the ``websockets`` package, which ``pip install guomen[listen]`` brings along.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from guomen.client.base import EPCIS, Base, below
from guomen.client.errors import ClientError, UnexpectedAnswer, Unreachable, refusal
from guomen.client.transport import as_params, back_off
from guomen.core import epcis

OVERLAP = timedelta(minutes=5)
"""What was recorded so long before the last event may still come: it was committed after it."""
LASTING = 60.0
_LARGEST = 64 * 1024 * 1024
_TOO_SLOW, _REFUSED = 4408, 4000
Seen = dict[tuple[str, bool], datetime]
"""When events were recorded that came already, by id and whether it is the declaration of an error."""


class Listening(Base):
    """The connection, open for news."""

    def listen(
        self, query: str, *, schedule: Mapping[str, str] | None = None, since: datetime | None = None, **parameters: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """Lists of events that the named query finds, as they are captured, each event once; it ends when you stop.

        ``schedule={"minute": "0"}``: at these times instead. ``since``: begin with what was recorded then.
        ``parameters``: of the simple event query; they must hold as well. A lost connection is opened again, up to
        ``attempts`` times in a row, and nothing is missed meanwhile; if nothing had come yet, events of the five
        minutes before the beginning may come, too. Raises Unreachable; Invalid, NotFound, … when the server refuses,
        also later: the query was deleted or the token revoked.
        """
        path = f"{EPCIS}/queries/{below(query)}/events"
        terms = {"stream": "true"} if schedule is None else dict(schedule)
        seen: Seen = {}
        failures = 0
        while failures < self._to.attempts:
            if failures:
                time.sleep(back_off(failures))
            failures += 1
            begin = max(seen.values()) - OVERLAP if seen else since
            asked = urlencode([*terms.items(), *as_params(parameters | {"initialRecordTime": begin})])
            started = time.monotonic()
            for document in self._documents(path, asked):
                failures = 0 if document else failures
                since = since or datetime.now(UTC) - OVERLAP
                if fresh := _fresh(document, seen):
                    yield fresh
            # One that was open for long is no failure, although nothing came.
            failures = 0 if time.monotonic() - started > LASTING else failures
        raise Unreachable(f"{path}: no connection after {failures} tries.")

    def _documents(self, path: str, asked: str) -> Iterator[Any]:
        """Nothing when a connection is open, then what it brings until it is lost. Raises what the server refuses."""
        try:
            from websockets.exceptions import ConnectionClosed, WebSocketException
            from websockets.sync.client import connect
        except ImportError as error:
            raise ClientError("Listening needs another package: pip install guomen[listen]") from error
        url, headers = self._to.websocket(f"{path}?{asked}")
        try:
            with connect(
                url, additional_headers=headers, user_agent_header=None, compression=None, max_size=_LARGEST
            ) as socket:
                yield None
                while True:
                    yield _read(path, socket.recv())
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 0
            if code > _REFUSED and code != _TOO_SLOW:
                raise refusal(code - _REFUSED, closed.rcvd.reason if closed.rcvd else "", path) from None
        except (OSError, WebSocketException):
            return


def _read(path: str, text: str | bytes) -> Any:
    try:
        return epcis.decode(text)
    except epcis.EpcisError as error:
        raise UnexpectedAnswer(f"{path}: a message is not JSON.") from error


def _fresh(document: Any, seen: Seen) -> list[dict[str, Any]]:
    """The events of a document that did not come before; they are noted, and what cannot come again is forgotten."""
    found = (epcis.event_objects(document) if isinstance(document, dict) else None) or ("", [])
    fresh = []
    for event in found[1]:
        key = (str(event.get("eventID", "")), "errorDeclaration" in event)
        if key not in seen:
            seen[key] = datetime.fromisoformat(event["recordTime"])
            fresh.append(event)
    if fresh and len(seen) > len(fresh):
        oldest = max(seen.values()) - OVERLAP
        for key in [key for key, at in seen.items() if at < oldest]:
            del seen[key]
    return fresh
