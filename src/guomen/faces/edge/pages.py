"""One item's page by Django: for people at work, whose looks do not count, and for tests.

The same facts, verdict and pieces as the scan path's; only the connection is another, and a range whose news is still
on its way is composed at once.
"""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from guomen.core.gs1 import item_key, valid_gtin
from guomen.faces.consumer import visitor
from guomen.faces.edge import publishing, replies, showing
from guomen.faces.edge.composing import compose_recall
from guomen.faces.edge.items import NOTHING, items_of
from guomen.faces.edge.judging import Answer, Code, Item, Look, Stopped, judge
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.web import wants_json
from guomen.tags import at_scan, services
from guomen.tags.models import Range
from guomen.tags.queries import locate, recall_in_force
from guomen.tags.scheme import item_uri
from guomen.tags.visitors import device_of
from guomen.warning.models import Recall


def item(request: HttpRequest, gtin: str, serial: str, batch: str = "") -> HttpResponse:
    """One item: the verdict and everything behind it. An unknown code is a page too, with status 404."""
    if not valid_gtin(gtin):
        raise NotFound
    gtin, pages = gtin.zfill(14), None
    look = Look(device_of(request), visitor.place_of(request), counts=False)
    found = locate(gtin, serial)
    if found is None:
        answer = judge(Code(gtin, batch, serial), None, NOTHING, look, now(), stopped=stopped(gtin, batch))
    else:
        one, index, clean = found
        facts, pages = publishing.fresh(one)
        before = item_now(one, index, clean)
        if is_look(request):
            channel = visitor.channel_of(request)
            services.scan(gtin, clean, channel=channel, device_hash=look.device, place=look.place)
            look = Look(look.device, look.place, counts=channel == "public")
        halt = stopped(gtin, one.batch) or (stopped(gtin, batch) if batch else None)
        answer = judge(Code(gtin, batch, clean), facts, before, look, now(), stopped=halt)
    return _response(request, answer, pages)


def _response(request: HttpRequest, answer: Answer, pages: dict[str, object] | None) -> HttpResponse:
    status = 200 if answer.decision.facts else 404
    if wants_json(request):
        response = HttpResponse(
            showing.json(answer, replies.address_of(answer)), status=status, content_type="application/json"
        )
    else:
        language = "zh" if request.LANGUAGE_CODE.startswith("zh") else "en"  # type: ignore[attr-defined]
        prefix = request.language_prefix  # type: ignore[attr-defined]
        shared = showing.pages(pages, language) if pages else None
        response = HttpResponse(showing.html(answer, shared, language, prefix, request.get_full_path()), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_look(request: HttpRequest) -> bool:
    # A browser that loads a page ahead of time is nobody looking at it.
    early = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in early


def item_now(one: Range, index: int, serial: str) -> Item:
    """What the tables say of one item."""
    key = item_key(item_uri(one.gtin, serial))
    with connection.cursor() as cursor:
        cursor.execute(at_scan.ITEMS, at_scan.about([key], [one.number], [index]))
        return items_of(cursor.fetchall()).get(key, NOTHING)


def stopped(gtin: str, batch: str) -> Stopped | None:
    """The recall in force for a batch, with what it says."""
    number = recall_in_force(gtin, batch)
    if not number:
        return None
    one = Recall.objects.filter(number=number).first()
    return Stopped(number, compose_recall(one) if one else {})
