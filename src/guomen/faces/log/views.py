"""The log for programs (C2SP tlog-tiles, tlog-proof)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from guomen.core.merkle import TileError, parse_tile_path
from guomen.kit.errors import NotFound
from guomen.ledger import files, publishing, queries
from guomen.ledger.models import Publication

OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
ALWAYS_ASK = "public, no-cache"
TILE_HEADERS = OPEN | {"Cache-Control": "public, max-age=31536000, immutable"}
TILE_TYPE = "application/octet-stream"


def _published() -> Publication:
    found = publishing.published()
    if found is None:
        raise NotFound
    return found


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that is public: signed, and cosigned as the policy asks (C2SP tlog-checkpoint)."""
    headers = OPEN | {"Cache-Control": ALWAYS_ASK}
    return HttpResponse(_published().note, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def tile(request: HttpRequest, tile: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries. What is published of it never changes."""
    try:
        level, index, width = parse_tile_path(tile)
    except TileError:
        raise NotFound from None
    content = files.public_tile(level, index, width)
    return HttpResponse(content, content_type=TILE_TYPE, headers=TILE_HEADERS)


@require_safe
def proof(request: HttpRequest, position: int) -> HttpResponse:
    """The place of an entry in the newest public tree, as C2SP tlog-proof: for those who do not read tiles."""
    text = queries.public_proof(position)[0].text()
    headers = OPEN | {"Cache-Control": ALWAYS_ASK, "Content-Disposition": f'inline; filename="{position}.tlog-proof"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
