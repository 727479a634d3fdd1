"""What the resolver knows, for the scan path: many who ask at the same time share one question to the database.

An answer is kept for one second, so that a changed link shows at once for people and a code on a poster costs nothing.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from guomen.catalogue.queries import LINKS, link_of_row
from guomen.core.resolver import Known, Link, Thing
from guomen.faces.edge.gathering import Gathering, Line
from guomen.faces.edge.memory import Latest
from guomen.tags.queries import RECALLED

KEPT_SECONDS = 1
MOST_KEPT = 20_000
"""Links and things together: what strangers ask for must not fill the memory."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A thing by its name: who asks for the same shares the question, and who goes away takes nothing along."""

    anchor: str
    thing: Thing = field(compare=False)


class Lookup:
    """One for each event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._kept: Latest[str, tuple[float, Known]] = Latest(MOST_KEPT)
        self._gathering: Gathering[_Name, Known] = Gathering(self._query)

    async def known(self, thing: Thing) -> Known:
        """Links and recall of a thing, at most a second old. Raises AwayError, BusyError."""
        name = thing.anchor
        kept = self._kept.get(name)
        if kept and monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        return await self._gathering.ask(_Name(name, thing)) or Known()

    async def _query(self, names: list["_Name"]) -> Mapping["_Name", Known]:
        things = [name.thing for name in names]
        anchors = list({level for thing in things for level in thing.levels})
        gtins = list({thing.gtin for thing in things if thing.gtin})
        async with self._line.use() as connection, connection.pipeline():
            links = await connection.execute(LINKS, [anchors], prepare=True)
            marks = await connection.execute(RECALLED, [gtins], prepare=True)
            rows, recalled = await links.fetchall(), set(await marks.fetchall())
        of: dict[str, list[tuple[Link, str]]] = defaultdict(list)
        for row in rows:
            of[row[0]].append((link_of_row(row), row[-1]))
        found = {name: _known(name.thing, of, recalled) for name in names}
        at = monotonic()
        for name, known in found.items():
            self._kept.put(name.anchor, (at, known), 1 + len(known.links))
        return found


def _known(thing: Thing, of: dict[str, list[tuple[Link, str]]], recalled: set[tuple[str, str]]) -> Known:
    found = [pair for level in thing.levels for pair in of.get(level, ())]
    marks = {(thing.gtin, ""), (thing.gtin, thing.get("10"))}
    return Known(tuple(link for link, _ in found), found[0][1] if found else "", bool(marks & recalled))
