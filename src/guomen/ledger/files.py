"""The log as its readers get it (C2SP tlog-tiles): tiles, bundles of entries, and all of it as static files."""

from collections.abc import Iterator
from typing import Literal

from guomen.core.merkle import Tiles, open_note, parse_checkpoint, tiles_of_proof
from guomen.core.merkle.tiles import TILE_HEIGHT, TILE_WIDTH, TileError, tile_path
from guomen.core.merkle.tree import HASH_SIZE
from guomen.kit import binary
from guomen.kit.errors import NotFound
from guomen.ledger.canonical import commitment
from guomen.ledger.models import Entry, Sequenced, Tile
from guomen.ledger.places import CHECKPOINT, Place
from guomen.ledger.services import entry_content

MOST = 1 << 62
"""Beyond any index that the database can hold."""
Level = int | Literal["entries"]


def public_tile(level: Level, index: int, width: int) -> bytes:
    """A tile of the public log, or the bundle of its entries. Raises NotFound beyond what is published."""
    if index >= MOST:
        raise NotFound
    # Planned once, and both by one question: Django's two took most of the time of an answer.
    with binary.prepared(), binary.cursor() as cursor:
        cursor.execute(_PUBLIC_TILE, [-1 if level == "entries" else level, index], binary=True)
        found = cursor.fetchone()
    if found is None:
        raise NotFound
    size, hashes = found
    _require(level, index, width, size)
    return bundle(index, width) if level == "entries" else bytes(hashes or b"")[: HASH_SIZE * width]


_PUBLIC_TILE = """
SELECT p.size, t.hashes FROM ledger_publication p
LEFT JOIN ledger_tile t ON t.level = %s::smallint AND t.index = %s::bigint WHERE p.name = 'log'
"""


def _require(level: Level, index: int, width: int, size: int) -> None:
    try:
        tile_path(level, index, width)
    except TileError:
        raise NotFound from None
    height = 0 if level == "entries" else level
    if not 0 < width <= min(TILE_WIDTH, (size >> TILE_HEIGHT * height) - index * TILE_WIDTH):
        raise NotFound


def tile(level: Level, index: int, width: int, size: int) -> bytes:
    """A tile of a log of ``size`` entries, or the bundle of its entries. Raises NotFound beyond its size."""
    _require(level, index, width, size)
    if level == "entries":
        return bundle(index, width)
    row = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    return bytes(row or b"")[: 32 * width]


def leaf(position: int, size: int) -> bytes | None:
    """The leaf hash of an entry of a log of ``size`` entries; None beyond it."""
    if not 0 <= position < size:
        return None
    index, offset = divmod(position, TILE_WIDTH)
    row = Tile.objects.filter(level=0, index=index).values_list("hashes", flat=True).first()
    return bytes(row or b"")[offset * HASH_SIZE : (offset + 1) * HASH_SIZE]


def path(position: int, size: int) -> list[bytes]:
    """The inclusion proof of an entry in a log of ``size`` entries: all tiles that it needs, by one question."""
    wanted = tiles_of_proof(position, size)
    rows = Tile.objects.filter(level__in={level for level, _ in wanted}, index__in={index for _, index in wanted})
    found = {(level, index): bytes(hashes) for level, index, hashes in rows.values_list("level", "index", "hashes")}
    return Tiles(lambda level, index: found.get((level, index), b"")).inclusion_proof(position, size)


def bundle(index: int, width: int) -> bytes:
    """The commitments of entries, each after its length in two bytes. Made of what the database holds now.

    So an entry that was changed shows as one that does not fit its hash in the tile.
    """
    first = index * TILE_WIDTH
    places = Sequenced.objects.filter(position__gte=first, position__lt=first + width).order_by("position")
    ids = list(places.values_list("entry_id", flat=True))
    entries = Entry.objects.in_bulk(ids)
    # One that is gone leaves an empty place: its hash fits nothing.
    found = (commitment(entry_content(entries[id])) if id in entries else b"" for id in ids)
    return b"".join(len(one).to_bytes(2) + one for one in found)


def write(place: Place, old: int, size: int, note: str) -> None:
    """Bring a place from ``old`` entries to ``size``: tiles and bundles first, the checkpoint last.

    Raises PlaceError or OSError; then the checkpoint there is the one before.
    """
    old = min(old, _size_in(place))
    new = [(one, tile_path(*one)) for one in changed(old, size)]
    place.put((path, tile(*one, size)) for one, path in new if not place.has(path))
    place.put([(CHECKPOINT, note.encode())])
    for (level, index, width), path in new:
        was = old >> TILE_HEIGHT * (0 if level == "entries" else level)
        if width == TILE_WIDTH and index * TILE_WIDTH < was:
            # Whoever has the checkpoint of before finds the same in the full tile.
            place.forget(path)


def _size_in(place: Place) -> int:
    """How many entries a place holds: it may have been left out for a while, or be another one."""
    try:
        return parse_checkpoint(open_note((place.get(CHECKPOINT) or b"").decode())[0]).size
    except ValueError:
        return 0


def changed(old: int, size: int) -> Iterator[tuple[Level, int, int]]:
    """Level, index and width of each tile and bundle that a log of ``size`` entries has and one of ``old`` has not."""
    level = 0
    while count := size >> TILE_HEIGHT * level:
        before = old >> TILE_HEIGHT * level
        for index in range(before // TILE_WIDTH, -(-count // TILE_WIDTH)):
            width = min(TILE_WIDTH, count - index * TILE_WIDTH)
            if index * TILE_WIDTH + width > before:
                yield level, index, width
                if level == 0:
                    yield "entries", index, width
        level += 1
