"""The rule pack and its changes: which decides, see what one would do, approve it, cut over, undo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue import codes, queries
from guomen.catalogue import services as catalogue
from guomen.catalogue.models import Pack
from guomen.catalogue.packs import current, standing
from guomen.catalogue.proposed import CLOSED, FIELDS, SECTIONS
from guomen.catalogue.rows import Row, flat
from guomen.catalogue.words import KINDS, STATES
from guomen.clearance import services, shadows
from guomen.clearance.words import STATES as LINES
from guomen.faces.desk import names
from guomen.faces.forms import acted, send_once
from guomen.faces.told import in_one
from guomen.kit.chart import Pile, Piles
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request

TONES = {"live": "good", "shadow": "wait", "partial": "wait", "undone": "bad"}
STATE_TONES = (("held", "hold"), ("to_inspect", "due"), ("screened", "gate"), ("released", "free"))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Which pack decides, its sections, and every change."""
    by = of_request(request)
    found, row, pack = queries.packs(by), standing(), current()
    context = {
        "row": row,
        "pack": pack,
        "sections": [(code, words, len(pack.rows.get(code, {}))) for code, words in SECTIONS.items()],
        "changes": [(one, _state(one), TONES.get(one.state, "")) for one in found],
        "people": names.people(p for one in found for p in (one.proposed_by, one.approved_by)),
        "gathered": len(queries.pack_draft(by).rows),
    }
    return page(request, "desk/rulepacks.html", context)


def _state(one: Pack) -> str:
    return say(STATES[f"rulepack.{one.state}"])


@require_safe
def rows(request: HttpRequest, section: str) -> HttpResponse:
    """The rows of one section, to look at and to change."""
    queries.packs(of_request(request), 1)
    if section not in SECTIONS:
        raise NotFound
    found = current().rows.get(section, {})
    context = {
        "section": section,
        "title": SECTIONS[section],
        "rows": [(key, _named(section, key), _short(row), row) for key, row in sorted(found.items())],
        "open": section not in CLOSED,
    }
    return page(request, "desk/rulepack_rows.html", context)


def _short(row: Row) -> str:
    value = row.value or {}
    if "en" in value:
        return say(W(str(value["en"]), str(value["zh"])))
    fields = [(say(FIELDS[name]) if name in FIELDS else name, text) for name, text in flat(value).items() if text]
    return in_one(_("%(name)s: %(value)s") % {"name": name, "value": text} for name, text in fields[:6])


def _named(section: str, key: str) -> str:
    """What the key of a row stands for: a country, or goods that begin with these digits."""
    if section == "country":
        return names.of("country", key)
    if section in ("profiles", "goods") and key:
        goods = [say(words) for code, words in codes.table("hs").options() if code.startswith(key)]
        return in_one(goods[:2]) + (" …" if len(goods) > 2 else "")
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, version: str) -> HttpResponse:
    """One change: its fields, simulation, shadow. POST ``do``: simulate, approve, cut-over, undo, withdraw."""
    by = of_request(request)
    found, differences = queries.pack_of(by, version)
    problems, answer = acted(request, lambda: _act(request, by, version))
    if answer:
        return answer
    told = shadows.report(by, version)
    row = standing()
    people = {str(k): v for k, v in names.people(UUID(n["person"]) for n in found.notes).items()}
    context = {
        "pack": found,
        "moment": datetime.fromisoformat,
        "people_of": lambda person: people.get(person, "—"),
        "state": _state(found),
        "tone": TONES.get(found.state, ""),
        "changes": [
            (say(SECTIONS.get(c.section, c.section)), say(FIELDS.get(c.field, c.field)), c) for c in differences
        ],
        "rows": queries.rows_of_packs(by, version),
        "notes": [(say(KINDS[n["kind"]]), n) for n in found.notes],
        "sim": found.simulation,
        "chart": _chart(found.simulation) if found.simulation and found.simulation["lines"] else "",
        "moves": _moves((m["from"], m["to"], m["lines"]) for m in (found.simulation or {}).get("moves", ())),
        "told": told,
        "told_moves": _moves(told.moves if told else ()),
        "share": row.share if row.candidate == version else 0,
        "own": found.proposed_by == by.person_id,
        "name": _line_state,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "post": request.POST,
    }
    return page(request, "desk/rulepack.html", context, status=422 if problems else 200)


def _line_state(state: str) -> str:
    return say(LINES[f"line.{state}"])


def _moves(found: Any) -> list[tuple[str, str, int]]:
    return [(_line_state(a), _line_state(b), n) for a, b, n in found]


def _chart(sim: Mapping[str, Any]) -> Piles:
    piles = []
    for name, words in (("before", _("Now")), ("after", _("Proposed"))):
        states = sim[name]["states"]
        label = ", ".join(f"{_line_state(s)} {states.get(s, 0)}" for s, _tone in STATE_TONES)
        piles.append(Pile(words, [(states.get(s, 0), tone) for s, tone in STATE_TONES], f"{words}: {label}"))
    return Piles(piles, _("Goods lines of the past by what each rule pack decides about them"), width=320)


def _act(request: HttpRequest, by: Actor, version: str) -> str:
    post = request.POST
    match post.get("do"):
        case "simulate":
            send_once(request, by, lambda: services.simulate_pack(by, version))
            return _("Simulated. Nothing happened to the lines.")
        case "approve":
            send_once(request, by, lambda: catalogue.approve_pack(by, version))
            return _("Approved. Both rule packs decide now; only the old one counts.")
        case "cut-over":
            text = post.get("share", "")
            share = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
            send_once(request, by, lambda: catalogue.cut_over(by, version, share, post.get("urgent", "")))
            return _("It counts for %(share)s %% of the lines now.") % {"share": share}
        case "undo":
            send_once(request, by, lambda: catalogue.roll_back(by, version, post.get("why", "")))
            return _("Undone. Its base decides again.")
        case "withdraw":
            send_once(request, by, lambda: catalogue.withdraw_pack(by, version, post.get("why", "")))
            return _("Withdrawn.")
    raise NotFound
