"""Fetching the signed files with which devices check items without a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guomen.client.base import Base


class Fetched(NamedTuple):
    """A file as it was sent. ``etag``: to say next time what is there already."""

    content: bytes
    etag: str


class Bundling(Base):
    """What a program does to keep its devices' files fresh."""

    def bundle(self, *, days: int = 7, gtins: Sequence[str] = (), etag: str = "") -> Fetched | None:
        """The file for this organisation's devices, or None when the one with ``etag`` still says the same today.

        gtins: only these products; without them, all whose makers or importers let this organisation check them.
        """
        asked = [("days", str(days)), *([("gtin", ",".join(gtins))] if gtins else [])]
        headers = {"If-None-Match": etag} if etag else None
        answer = self._to.send("GET", "/api/tags/bundle", params=asked, headers=headers)
        return None if answer.status_code == 304 else Fetched(answer.content, answer.headers.get("ETag", ""))
