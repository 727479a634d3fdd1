"""Histories and chains of things, what is shared with whom, and where codes lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import httpx

from guomen.client.base import Base, as_json, as_object, below
from guomen.client.capturing import encode
from guomen.client.errors import UnexpectedAnswer, Unreachable
from guomen.client.transport import as_params
from guomen.core import epcis
from guomen.core.gs1 import epc_to_digital_link, parse_digital_link, to_digital_link

Direction = Literal["upstream", "downstream"]
_LINES, _LINKSET = "application/x-ndjson", "application/linkset+json"


class Tracing(Base):
    """Things are named by a GS1 Digital Link, an EPC URN or ``urn:guomen:container:…``."""

    def history(self, uri: str) -> dict[str, Any]:
        """What happened to an item, a batch or a container, with what it was in at the time."""
        return as_object(self._get(f"/api/trace/{below(uri)}"))

    def chain(
        self, uri: str, direction: Direction, *, depth: int | None = None, breadth: int | None = None
    ) -> dict[str, Any]:
        """Where a thing came from (upstream) or where it went (downstream), whole: ``things`` and ``moves``."""
        return as_object(self._get(f"/api/trace/{below(uri)}", as_params(_how(direction, depth, breadth))))

    def walk(
        self, uri: str, direction: Direction, *, depth: int | None = None, breadth: int | None = None
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """As :meth:`chain`, part by part while they are found: ``("thing", {…})``, ``("move", {…})``, last ``end``."""
        path, kind = f"/api/trace/{below(uri)}", ""
        params = as_params(_how(direction, depth, breadth))
        with self._to.stream("GET", path, params=params, headers={"Accept": _LINES}) as answer:
            for line in _lines(answer):
                try:
                    ((kind, part),) = epcis.decode(line).items()
                except (epcis.EpcisError, AttributeError, ValueError) as error:
                    raise UnexpectedAnswer(f"{path}: a line is not what it should be.") from error
                yield kind, part
        if kind != "end":
            raise UnexpectedAnswer(f"{path}: the answer broke off.")

    # --- sharing

    def share(self, with_: str, *, thing: str = "", query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Show the organisation with this code our events: of a thing or batch, future ones too, or those found now."""
        about = {"thing": thing} if thing else {"query": dict(query or {})}
        return as_object(self._write("/api/trace-shares", encode({"with": with_, **about})))

    def shares(self) -> list[dict[str, Any]]:
        """What this organisation shares, and what is shared with it."""
        found: list[dict[str, Any]] = as_json(self._get("/api/trace-shares"))
        return found

    def unshare(self, id: str) -> None:
        self._delete(f"/api/trace-shares/{below(id)}")

    # --- where codes lead

    def resolve(self, uri: str, link_type: str = "") -> str:
        """Where a code leads: an address, which is not opened. link_type: ``gs1:pip`` and so on; empty: the default.

        Raises NotFound; UnexpectedAnswer when several links fit equally well: :meth:`linkset` lists them.
        """
        params = [("linkType", link_type)] if link_type else []
        answer = self._get(_code(uri), params)
        if answer.status_code == 200:
            return str(answer.request.url)
        if not answer.has_redirect_location:
            raise UnexpectedAnswer(f"{answer.request.url}: several links fit.")
        return str(answer.headers["Location"])

    def linkset(self, uri: str) -> list[dict[str, Any]]:
        """All links of a thing and of what it belongs to (RFC 9264)."""
        answer = self._to.send(
            "GET", _code(uri), params=[("linkType", "linkset")], headers={"Accept": f"{_LINKSET}, application/json"}
        )
        found: list[dict[str, Any]] = as_object(answer)["linkset"]
        return found


def _how(direction: Direction, depth: int | None, breadth: int | None) -> dict[str, Any]:
    return {"direction": direction, "depth": depth, "breadth": breadth}


def _code(uri: str) -> str:
    """The path of a code at any resolver. Raises GS1Error (a ValueError)."""
    link = parse_digital_link(epc_to_digital_link(uri) if uri.startswith("urn:") else uri)
    return to_digital_link(link.ais, base="")


def _lines(answer: httpx.Response) -> Iterator[bytes]:
    rest = b""
    try:
        for piece in answer.iter_bytes():
            *whole, rest = (rest + piece).split(b"\n")
            yield from filter(None, whole)
    except httpx.RequestError as error:
        raise Unreachable(f"{answer.request.url}: the answer broke off ({error}).") from error
    if rest.strip():
        yield rest
