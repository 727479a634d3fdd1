"""The log for programs (C2SP tlog-tiles), and a page for people that says what it is."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from guomen.core.merkle import TileError, parse_tile_path
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.ledger import files, publishing, witnesses
from guomen.ledger.models import Publication
from guomen.ledger.signing import log_vkey

OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
FOR_EVER = "public, max-age=31536000, immutable"


def _published() -> Publication:
    found = publishing.published()
    if found is None:
        raise NotFound
    return found


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that is public: signed, and cosigned as the policy asks (C2SP tlog-checkpoint)."""
    headers = OPEN | {"Cache-Control": "no-cache"}
    return HttpResponse(_published().note, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def tile(request: HttpRequest, tile: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries. What is published of it never changes."""
    try:
        level, index, width = parse_tile_path(tile)
    except TileError:
        raise NotFound from None
    content = files.tile(level, index, width, _published().size)
    headers = OPEN | {"Cache-Control": FOR_EVER}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the log holds, who watches it, and how to check it oneself."""
    last = publishing.published()
    policy = witnesses.policy()
    context = {
        "last": last,
        "origin": settings.GUOMEN.origin,
        "vkey": log_vkey(),
        "witnesses": list(policy.witnesses.values()),
        "cosigned": policy.cosigned(last.note) if last else {},
    }
    return page(request, "log/about.html", context)
