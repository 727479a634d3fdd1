"""The buyer's claim as pages: with the code from inside the pack; no account, no cookie, no script.

What the buyer gets is a number. It stands in no address and in no log: it comes with the answer to a sent form alone.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guomen.catalogue.queries import product
from guomen.core.gs1 import valid_gtin
from guomen.faces.consumer import view_model
from guomen.faces.consumer.lookup import path_of
from guomen.kit.errors import GuomenError, NotFound, Problem
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.tags import queries, services
from guomen.tags.scheme import grouped
from guomen.tags.visitors import device_of, sender_of

METHODS = ["GET", "HEAD", "POST"]
NO_CLAIM = W(
    "This number proves no claim on this item. Perhaps the claim was ended, or made anew.",
    "该凭证号不能证明对此商品的认领。认领可能已解除，或已重新办理。",
)


@dataclass(frozen=True, slots=True)
class _About:
    """The item of a page, for its heading and links."""

    gtin: str
    batch: str
    serial: str
    name: W | None
    has_codes: bool

    @property
    def thing(self) -> str:
        return path_of(self.gtin, self.batch, self.serial)

    @property
    def written(self) -> str:
        return grouped(self.serial)


def _about(gtin: str, batch: str, serial: str) -> _About:
    """Raises NotFound for a code that was never made, or of another batch."""
    found = queries.item(gtin, serial) if valid_gtin(gtin) else None
    if found is None or batch not in ("", found.batch):
        raise NotFound
    name = view_model.name_of(product(found.gtin), None)
    return _About(found.gtin, found.batch, found.serial, name, queries.has_inner_codes(found.range))


def _answered(request: HttpRequest, template: str, about: _About, status: int = 200, **more: Any) -> HttpResponse:
    response = page(request, f"consumer/{template}.html", {"about": about, **more}, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _told(field: str, error: GuomenError) -> dict[str, Any]:
    problem = Problem(field, error.code, W(error.sentence(), error.sentence()))
    return {"problems": [problem], "wrong": {field: error.sentence()}, "status": error.status}


# Nobody is signed in by these forms and no cookie is read: there is nothing that a foreign page could misuse.
@csrf_exempt
@require_http_methods(METHODS)
def claim(request: HttpRequest, gtin: str, serial: str, batch: str = "") -> HttpResponse:
    """Ask for the code from inside the pack, and answer with the owner's number."""
    about = _about(gtin, batch, serial)
    said: dict[str, Any] = {"problems": [], "wrong": {}, "status": 200}
    code = request.POST.get("code", "")[:40]
    if request.method == "POST":
        try:
            made = services.claim(about.gtin, about.serial, code, device_of(request), sender_of(request))
        except GuomenError as error:
            said = _told("code", error)
        else:
            return _answered(request, "claimed", about, at=made.at, secret=grouped(made.secret))
    return _answered(request, "claim", about, code=code, **said)


@csrf_exempt
@require_http_methods(METHODS)
def mine(request: HttpRequest, gtin: str, serial: str, batch: str = "") -> HttpResponse:
    """Prove a claim with the owner's number, and end it."""
    about = _about(gtin, batch, serial)
    secret = request.POST.get("secret", "")[:100]
    if request.method == "POST":
        since = services.claimed_since(about.gtin, about.serial, secret)
        if since is not None and request.POST.get("do") == "end":
            services.unclaim(about.gtin, about.serial, secret)
            return _answered(request, "claim_ended", about)
        if since is not None:
            return _answered(request, "claim_proven", about, since=since, secret=secret)
        said = {"problems": [Problem("secret", "no-claim", NO_CLAIM)], "wrong": {"secret": NO_CLAIM}, "status": 403}
        return _answered(request, "claim_mine", about, secret=secret, **said)
    return _answered(request, "claim_mine", about, secret="", problems=[], wrong={})
