"""The Merkle tree as the database holds it: tiles of hashes by level and index."""

from django.db import connection

from guomen.core.merkle import Tiles
from guomen.ledger.models import Tile


def _read_tile(level: int, index: int) -> bytes:
    row = Tile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    return bytes(row) if row is not None else b""


def tiles() -> Tiles:
    """The tree as stored."""
    return Tiles(_read_tile)


def write_tiles(changed: dict[tuple[int, int], bytes]) -> None:
    """Store tiles by level and index, new or longer than before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_tile (level, index, hashes) "
            "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[]) "
            "ON CONFLICT (level, index) DO UPDATE SET hashes = EXCLUDED.hashes",
            [[k[0] for k in changed], [k[1] for k in changed], list(changed.values())],
        )
