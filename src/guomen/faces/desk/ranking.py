"""What ranks lots: records alone or a model; the card of each model, and putting one into use by two people."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.faces.desk import names
from guomen.faces.forms import send_once
from guomen.kit.errors import NotFound, Refused
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request
from guomen.risk import checks, queries, services
from guomen.risk.models import ModelCard
from guomen.risk.selecting import analysis
from guomen.risk.words import AGAINST

STATES = {
    "trained": (W("Trained", "已训练"), ""),
    "proposed": (W("Proposed", "已提请启用"), "wait"),
    "active": (W("In use", "使用中"), "ok"),
    "former": (W("Former", "曾使用"), ""),
}
SIZES = {
    "small": W("Small (fewer than 5 lots)", "小型（少于 5 批）"),
    "medium": W("Medium (5 to 19 lots)", "中型（5 至 19 批）"),
    "large": W("Large (20 lots and more)", "大型（20 批及以上）"),
}
LEVELS = {
    "goods": W("product", "产品"),
    "product": W("product of an origin", "产地与产品"),
    "origin": W("origin", "产地"),
    "maker": W("maker", "生产企业"),
    "importer": W("importer", "进口企业"),
    "pair": W("all of these together", "以上组合"),
}
SIGNS = {
    "odds": W("failures: {level}", "不合格情况：{level}"),
    "known": W("how much is known: {level}", "已知程度：{level}"),
    "passes": W("good lots in a row: {level}", "连续合格批次：{level}"),
    "price": W("price against its like", "价格偏离同类程度"),
    "weight": W("weight", "重量"),
}
MOVED = Decimal("0.10")
"""From here on the population stability index is read as some change (Siddiqi 2006)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A share in words, with bar and interval on a scale from 0 to 100; ``at``: a second mark."""

    words: str
    width: float
    at: float | None = None
    left: float = 0.0


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """What ranks now, how much there is to learn from, every model. POST ``do``: train, stop."""
    by = of_request(request)
    by.require("controller")
    refused = _acted(request, by) if request.method == "POST" else ""
    if isinstance(refused, HttpResponse):
        return refused
    cards = queries.cards(by)
    lots, failed, standing = queries.learned(by)
    context = {
        "refused": refused,
        "cards": [(c, *_state(c), _percent(c.card["model"]["top_share"])) for c in cards if "model" in c.card],
        "active": next((c for c in cards if c.state == "active"), None),
        "lots": lots,
        "failed": failed,
        "doubt": _share(standing.doubt) if standing else None,
        "standing": standing,
        "analysis": analysis(),
    }
    return page(request, "desk/models.html", context, status=409 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, id: UUID) -> HttpResponse:
    """A model's card. POST ``do``: propose, activate, stop."""
    by = of_request(request)
    by.require("controller")
    row = queries.card(by, id)
    refused = _acted(request, by, row) if request.method == "POST" else ""
    if isinstance(refused, HttpResponse):
        return refused
    card = row.card
    context = {
        "model": row,
        "card": card,
        "day": date.fromisoformat,
        "refused": refused,
        "state": _state(row),
        "people": names.people([row.trained_by, row.proposed_by, row.activated_by]),
        "own": row.proposed_by == by.person_id,
        "hits": [
            (_("This model"), card["model"], _mark(card["model"]["top_share"])),
            (_("Records alone"), card["records"], _mark(card["records"]["top_share"])),
        ],
        "bins": _bins(card["calibration"]),
        "drift": _drift(card),
        "origins": [_group(g, names.of("country", g["name"])) for g in card["by_origin"]],
        "sizes": [_group(g, say(SIZES[g["name"]])) for g in card["by_size"]],
        "signs": _signs(card["signs"]),
        "against": [_against(code, values) for code, values in checks.against(card)],
    }
    return page(request, "desk/model.html", context, status=409 if refused else 200)


def _acted(request: HttpRequest, by: Actor, row: ModelCard | None = None) -> str | HttpResponse:
    """Do what the pressed button says; a sentence when it was refused."""
    do, id = request.POST.get("do", ""), row.id if row else None
    try:
        if do == "train" and id is None:
            fresh = send_once(request, by, lambda: services.train_model(by))
            done = _("A model was trained. Read its card before you propose it.")
        elif do == "stop":
            fresh, done = send_once(request, by, lambda: services.stop_model(by)), _("Records alone rank from now on.")
        elif do == "propose" and id:
            fresh = send_once(request, by, lambda: services.propose_model(by, id))
            done = _("Proposed. A colleague of the control room puts it into use.")
        elif do == "activate" and id:
            fresh = send_once(request, by, lambda: services.activate_model(by, id))
            done = _("This model ranks from now on.")
        else:
            raise NotFound
    except Refused as error:
        return error.sentence()
    if fresh:
        messages.success(request, done)
    return redirect(request.path)


def _against(code: str, values: dict[str, str]) -> str:
    if "name" in values:
        name = values["name"]
        values = values | {"name": say(SIZES[name]) if values["what"] == "by_size" else names.of("country", name)}
    return say(AGAINST[code], **values)


def _state(row: ModelCard) -> tuple[str, str]:
    words, tone = STATES[row.state]
    return say(words), tone


def _share(value: Decimal) -> str:
    return f"{value * 100:.0f} %"


def _percent(text: str) -> str:
    return f"{Decimal(text) * 100:.1f} %"


def _drift(card: dict[str, Any]) -> str:
    index, changed = Decimal(card["drift"]), any(code == "DRIFTED" for code, _values in checks.against(card))
    said = _("%(drift)s: stable")
    if changed:
        said = _("%(drift)s: the world has changed")
    elif index >= MOVED:
        said = _("%(drift)s: it has moved a little")
    return said % {"drift": f"{index:.2f}"}


def _mark(text: str) -> Mark:
    return Mark(_percent(text), round(float(Decimal(text) * 100), 1))


def _bins(rows: list[dict[str, Any]]) -> list[tuple[int, str, Mark, str]]:
    """Per part of the lots: how many, expected, found with its interval as a bar beside the expected one."""
    highest = [Decimal(value) for b in rows for value in (b["found"]["high"], b["expected"])]
    top = max(highest, default=Decimal(1)) or Decimal(1)

    def at(text: str) -> float:
        return round(float(Decimal(text) * 100 / top), 1)

    return [
        (
            b["lots"],
            _percent(b["expected"]),
            Mark(
                _percent(b["found"]["rate"]),
                max(0.5, round(at(b["found"]["high"]) - at(b["found"]["low"]), 1)),
                at(b["expected"]),
                at(b["found"]["low"]),
            ),
            _("%(low)s to %(high)s") % {"low": _percent(b["found"]["low"]), "high": _percent(b["found"]["high"])},
        )
        for b in rows
    ]


def _group(row: dict[str, Any], name: str) -> tuple[str, int, int, str, str, Mark]:
    bad = f"{100 * row['failed'] / row['lots']:.1f} %" if row["lots"] else "—"
    return name, row["lots"], row["failed"], bad, _percent(row["expected"]), _mark(row["for_nothing"])


def _signs(rows: list[dict[str, Any]]) -> list[tuple[str, Mark]]:
    best = sorted(rows, key=lambda r: -Decimal(r["share"]))[:8]
    return [(_sign(r["name"]), _mark(r["share"])) for r in best if Decimal(r["share"]) > 0]


def _sign(name: str) -> str:
    level, _blank, what = name.rpartition(" ")
    return say(SIGNS[what], level=say(LEVELS[level]) if level else "")
