"""The log for people: what it is, one entry of it, and a proof that somebody brings."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from guomen.core.merkle import Policy, PolicyError, open_note, parse_checkpoint, parse_vkey
from guomen.kit.web import page
from guomen.kit.words import vocabulary
from guomen.ledger import publishing, queries, signing, witnesses
from guomen.ledger.checking import Checked, check_text
from guomen.ledger.models import Entry, Head, Witnessed
from guomen.parties import actors

MOST_BYTES = 1 << 20
TOLD_TO_ALL = signing.KINDS
"""Entries about the log itself: their facts are for everybody."""


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, 1 << 35), UTC)


def _keys() -> list[dict[str, Any]]:
    return [
        {
            "vkey": one.vkey,
            "id": parse_vkey(one.vkey).key_id.hex(),
            "since": None if one.since is None else one.since + 1,
            "until": one.until,
            "entries": [place for place in (one.since, one.until) if place is not None and place >= 0],
        }
        for one in signing.every_key()
    ]


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the log holds, who watches it, and how to check it oneself; ``?number=`` leads to an entry."""
    wanted, unknown = request.GET.get("number", "").strip(), False
    last = publishing.published()
    if wanted:
        found = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else -1
        if last is not None and 0 <= found < last.size:
            return redirect("log-entry", position=found)
        unknown = True
    try:
        policy, unread = witnesses.policy(), ""
    except PolicyError as error:
        policy, unread = Policy(), str(error)
    stopped = Head.objects.filter(name="log").values_list("stopped", flat=True).first() or ""
    context = {
        "last": last,
        "root": parse_checkpoint(open_note(last.note)[0]).root.hex() if last else "",
        "origin": settings.GUOMEN.origin,
        "name": settings.GUOMEN.log_name,
        "keys": _keys(),
        "witnesses": list(policy.witnesses.values()),
        "asked": Witnessed.objects.in_bulk(list(policy.witnesses)),
        "halted": bool(stopped or unread),
        # What somebody else's program said, and why we stopped, is for those who can do something about it.
        "experts": actors.of_request(request).is_officer if request.user.is_authenticated else False,
        "why": stopped or unread,
        "cosigned": {name: _at(at) for name, at in policy.cosigned(last.note).items()} if last else {},
        "wanted": wanted[:20],
        "unknown": unknown,
    }
    return page(request, "log/about.html", context, status=404 if unknown else 200)


@require_safe
def entry(request: HttpRequest, position: int) -> HttpResponse:
    """What everybody may see of one entry, and its way up the tree."""
    found = queries.place(position)
    told = Entry.objects.get(id=found.id).facts if found.fits and found.kind in TOLD_TO_ALL else {}
    context = {
        "place": found,
        "words": vocabulary("KINDS").get(found.kind, found.kind),
        "path": [node.hex() for node in found.proof.path],
        "told": told,
        "origin": settings.GUOMEN.origin,
        "keys": _keys(),
    }
    return page(request, "log/entry.html", context)


@csrf_exempt  # it writes nothing, and asks nobody to sign in
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """A proof, pasted or as a file: does it hold, and what does it prove?"""
    if request.method != "POST":
        return page(request, "log/check.html", {"checked": None, "text": "", "missing": False})
    file = request.FILES.get("file")
    text = request.POST.get("text", "") or (file.read(MOST_BYTES).decode(errors="replace") if file else "")
    if not text.strip():
        return page(request, "log/check.html", {"checked": None, "text": "", "missing": True}, status=422)
    checked = check_text(text[:MOST_BYTES])
    status = 200 if checked.verdict == "holds" else 422
    return page(
        request, "log/check.html", _told(checked) | {"text": text[:MOST_BYTES], "missing": False}, status=status
    )


def _told(checked: Checked) -> dict[str, Any]:
    content = checked.content
    kind = str(content.get("kind", ""))
    try:
        happened = datetime.fromisoformat(str(content.get("happened_at", "")))
    except ValueError:
        happened = None
    return {
        "checked": checked,
        "words": vocabulary("KINDS").get(kind, kind),
        "happened": happened if happened and happened.tzinfo else None,
        "content": [(name, _readable(value)) for name, value in content.items()],
        "cosigned": {name: _at(at) for name, at in checked.cosigned.items()},
        "keys": [parse_vkey(one).key_id.hex() for one in checked.keys],
    }


def _readable(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
