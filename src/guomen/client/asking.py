"""Events, named queries and subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from guomen.client.base import EPCIS, MOST_PER_PAGE, Base, as_object, below
from guomen.client.capturing import encode
from guomen.client.transport import as_params
from guomen.core import epcis

Resource = Literal["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"]
_WHOLE_PAGE = [("perPage", str(MOST_PER_PAGE))]


class Asking(Base):
    """What was captured and may be seen. Everything that comes in pages comes whole, one page in memory at a time."""

    def events(
        self,
        *,
        parameters: Mapping[str, Any] | None = None,
        extensions: Mapping[str, str] | None = None,
        per_page: int = MOST_PER_PAGE,
        **more: Any,
    ) -> Iterator[dict[str, Any]]:
        """Events by the parameters of the standard's simple event query, numbers exact.

        ``events(EQ_bizStep=["shipping", "receiving"], GE_eventTime=moment)``. Names that Python cannot spell go into
        ``parameters``; ``extensions``: what the prefixes in them mean, as ``{"ex": "https://example.com/"}``.
        """
        return self._events(f"{EPCIS}/events", {**(parameters or {}), **more}, extensions, per_page)

    def events_of(
        self, resource: Resource, value: str, *, extensions: Mapping[str, str] | None = None, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """Events of one type, thing, step, place or disposition: ``events_of("epcs", "https://id.gs1.org/01/…")``."""
        return self._events(f"{EPCIS}/{below(resource, value)}/events", more, extensions)

    def values(self, resource: Resource) -> Iterator[str]:
        """The values that events which this organisation may see have used."""
        for page in self._pages(f"{EPCIS}/{resource}", _WHOLE_PAGE):
            yield from page["member"]

    def event(self, id: str) -> dict[str, Any]:
        """One event by its eventID or event hash; of one that was declared an error, the declaration."""
        found = epcis.event_objects(as_object(self._get(f"{EPCIS}/events/{below(id)}")))
        return found[1][-1] if found else {}

    # --- named queries

    def keep_query(self, name: str, query: Mapping[str, Any], extensions: Mapping[str, str] | None = None) -> None:
        """Keep a query under a name: ``keep_query("sold", {"EQ_bizStep": ["retail_selling"]})``. Raises Conflict."""
        content = encode({"name": name, "query": dict(query)})
        self._write(f"{EPCIS}/queries", content, headers=_extensions(extensions))

    def queries(self) -> Iterator[dict[str, Any]]:
        """The organisation's named queries: ``name`` and ``query``."""
        for page in self._pages(f"{EPCIS}/queries", _WHOLE_PAGE):
            yield from page

    def query(self, name: str) -> dict[str, Any]:
        return as_object(self._get(f"{EPCIS}/queries/{below(name)}"))

    def forget_query(self, name: str) -> None:
        """Delete a named query, and with it the subscriptions to it."""
        self._delete(f"{EPCIS}/queries/{below(name)}")

    def events_of_query(self, name: str, **more: Any) -> Iterator[dict[str, Any]]:
        """What a named query finds now; further parameters must hold as well."""
        return self._events(f"{EPCIS}/queries/{below(name)}/events", more, None)

    # --- subscriptions

    def subscribe(self, query: str, dest: str, *, xml: bool = False, **terms: Any) -> dict[str, Any]:
        """Have what a named query finds sent to an address, as JSON-LD or as XML.

        One of ``stream=True``, ``schedule={"minute": "0"}`` and ``trigger="urn:guomen:trigger:captured"``;
        ``signatureToken``, ``reportIfEmpty``, ``initialRecordTime``. docs/webhooks.md says how to receive.
        """
        given = {name: str(v.isoformat()) if hasattr(v, "isoformat") else v for name, v in terms.items()}
        content = encode({"dest": dest, **given})
        headers = {"Accept": "application/xml"} if xml else {}
        return as_object(self._write(f"{EPCIS}/queries/{below(query)}/subscriptions", content, headers=headers))

    def subscriptions(self, query: str) -> Iterator[dict[str, Any]]:
        """The organisation's subscriptions to a query, and how their deliveries go."""
        for page in self._pages(f"{EPCIS}/queries/{below(query)}/subscriptions", _WHOLE_PAGE):
            yield from page

    def subscription(self, query: str, id: str) -> dict[str, Any]:
        return as_object(self._get(f"{EPCIS}/queries/{below(query)}/subscriptions/{below(id)}"))

    def unsubscribe(self, query: str, id: str) -> None:
        self._delete(f"{EPCIS}/queries/{below(query)}/subscriptions/{below(id)}")

    def _events(
        self,
        path: str,
        parameters: Mapping[str, Any],
        extensions: Mapping[str, str] | None,
        per_page: int = MOST_PER_PAGE,
    ) -> Iterator[dict[str, Any]]:
        params = [*as_params(parameters), ("perPage", str(per_page))]
        for page in self._pages(path, params, _extensions(extensions)):
            found = epcis.event_objects(page)
            yield from found[1] if found else []


def _extensions(extensions: Mapping[str, str] | None) -> dict[str, str]:
    named = ",".join(f"{prefix}={namespace}" for prefix, namespace in (extensions or {}).items())
    return {"GS1-Extensions": named} if named else {}
