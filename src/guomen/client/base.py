"""What all parts of the client share: the connection, pages, writes under a key, answers as JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit

import httpx

from guomen.client.errors import UnexpectedAnswer
from guomen.client.transport import Params, Transport
from guomen.core import epcis

EPCIS = "/epcis/v2"
JSON, LD = "application/json", "application/ld+json"
MOST_PER_PAGE = 500


class Base:
    """The connection."""

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

    def close(self) -> None:
        self._to.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _get(self, path: str, params: Params = ()) -> httpx.Response:
        return self._to.send("GET", path, params=params)

    def _delete(self, path: str) -> None:
        self._to.send("DELETE", path)

    def _write(
        self,
        path: str,
        content: bytes,
        media_type: str = JSON,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        own = {"Content-Type": media_type, "Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        return self._to.send(method, path, content=content, headers=own)

    def _pages(self, path: str, params: Params = (), headers: Mapping[str, str] | None = None) -> Iterator[Any]:
        """The JSON of one page after another."""
        token: list[tuple[str, str]] = []
        while True:
            answer = self._to.send("GET", path, params=[*params, *token], headers=headers)
            yield as_json(answer)
            # Only the token is taken from the link: the next request goes to the same server, whatever the link says.
            link = str(answer.links.get("next", {}).get("url", ""))
            following = parse_qs(urlsplit(link).query).get("nextPageToken", [])[:1]
            if not following or token == [("nextPageToken", following[0])]:
                return
            token = [("nextPageToken", following[0])]


def below(*parts: str) -> str:
    """A path whose parts may hold anything."""
    return "/".join(quote(part, safe="") for part in parts)


def last_of(answer: httpx.Response) -> str:
    """The last part of the address of what was made."""
    name: str = urlsplit(answer.headers.get("Location", "")).path.rstrip("/").rpartition("/")[2]
    if not name:
        raise UnexpectedAnswer(f"{answer.request.url}: the answer has no Location.")
    return name


def as_json(answer: httpx.Response) -> Any:
    """Numbers stay exact."""
    try:
        return epcis.decode(answer.content)
    except epcis.EpcisError as error:
        raise UnexpectedAnswer(f"{answer.request.url}: the answer is not JSON.") from error


def as_object(answer: httpx.Response) -> dict[str, Any]:
    found = as_json(answer)
    if not isinstance(found, dict):
        raise UnexpectedAnswer(f"{answer.request.url}: the answer is not a JSON object.")
    return found
