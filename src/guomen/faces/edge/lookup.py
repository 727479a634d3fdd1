"""What the resolver knows, for the scan path: many who ask at the same time share one question to the database.

An answer is kept for one second, so that a changed link shows at once for people and a code on a poster costs nothing.
"""

from collections import defaultdict
from collections.abc import Mapping
from time import monotonic

from guomen.catalogue.queries import LINKS, link_of_row
from guomen.core.resolver import Known, Link, Thing
from guomen.faces.edge.gathering import Gathering, Line
from guomen.faces.edge.memory import Latest
from guomen.tags.queries import RECALLED

KEPT_SECONDS = 1
MOST_KEPT = 20_000
"""Links and things together: what strangers ask for must not fill the memory."""


class Lookup:
    """One for each event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._kept: Latest[str, tuple[float, Known]] = Latest(MOST_KEPT)
        self._gathering: Gathering[str, Known] = Gathering(self._query)
        self._things: dict[str, Thing] = {}

    async def known(self, thing: Thing) -> Known:
        """Links and recall of a thing, at most a second old. Raises AwayError, BusyError."""
        name = thing.anchor
        kept = self._kept.get(name)
        if kept and monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        self._things[name] = thing
        try:
            return await self._gathering.ask(name) or Known()
        finally:
            self._things.pop(name, None)

    async def _query(self, names: list[str]) -> Mapping[str, Known]:
        # Who asked first and went away took the thing along; its name is enough to ask nothing about it.
        things = [self._things[name] for name in names if name in self._things]
        anchors = list({level for thing in things for level in thing.levels})
        gtins = list({thing.gtin for thing in things if thing.gtin})
        async with self._line.use() as connection, connection.pipeline():
            links = await connection.execute(LINKS, [anchors], prepare=True)
            marks = await connection.execute(RECALLED, [gtins], prepare=True)
            rows, recalled = await links.fetchall(), set(await marks.fetchall())
        of: dict[str, list[tuple[Link, str]]] = defaultdict(list)
        for row in rows:
            of[row[0]].append((link_of_row(row), row[-1]))
        found = {thing.anchor: _known(thing, of, recalled) for thing in things}
        at = monotonic()
        for name, known in found.items():
            self._kept.put(name, (at, known), 1 + len(known.links))
        return found


def _known(thing: Thing, of: dict[str, list[tuple[Link, str]]], recalled: set[tuple[str, str]]) -> Known:
    found = [pair for level in thing.levels for pair in of.get(level, ())]
    marks = {(thing.gtin, ""), (thing.gtin, thing.get("10"))}
    return Known(tuple(link for link, _ in found), found[0][1] if found else "", bool(marks & recalled))
