"""One answer as a page or as JSON: the same facts, what all items of a range share already written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from typing import Any

import orjson
from django.conf import settings
from django.utils import translation

from guomen.catalogue.places import place
from guomen.faces.consumer import wording
from guomen.faces.consumer.lookup import path_of
from guomen.faces.consumer.timeline import place_words
from guomen.faces.edge import pieces
from guomen.faces.edge.judging import Answer, Code, Decision, Sold
from guomen.faces.edge.pieces import LANGUAGES, Piece
from guomen.kit.web import dated, written_time
from guomen.kit.words import W
from guomen.tags.rules import kilometres
from guomen.tags.scheme import grouped
from guomen.tags.words import PROOFS, REASONS

SOLD = W("Sold", "已售出")
MOST_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Pages:
    """The pieces of one range in one language."""

    goods: Piece
    firm: str


def pages(stored: Mapping[str, Any], language: str) -> Pages:
    """What is stored of a range's page, ready to be filled."""
    return Pages(Piece(stored[language]["goods"]), stored[language]["firm"])


@lru_cache(256)
def _when(language: str, minute: int) -> str:
    with translation.override(LANGUAGES[language]):
        return written_time(datetime.fromtimestamp(minute * 60, UTC))


def when(language: str, at: datetime) -> str:
    """A moment to the minute, written out."""
    return _when(language, int(at.timestamp()) // 60)


def html(a: Answer, shared: Pages | None, language: str, prefix: str, address: str) -> str:
    """The page. ``prefix``: the language in the address (``/zh``, or empty); ``address``: path and query after it."""
    made = a.decision.made
    piece = made.get(language)
    if piece is None:
        piece = made[language] = _page(a.decision, shared, language, a.code)
    values = {
        "prefix": prefix,
        "path": escape(address),
        "thing": path_of(a.code.gtin, a.batch, a.code.serial),
        "serial": escape(grouped(a.code.serial)),
        "when": when(language, a.at),
        "as_of": when(language, a.as_of) if a.as_of else "",
        "sale": _step(a.item.sold, language) if a.item.sold else "",
        "own": _own(a, language) if shared else "",
    }
    if shared is None:
        values |= {"gtin": escape(a.code.gtin), "batch": escape(a.code.batch)}
    return piece.fill(values)


def _page(d: Decision, shared: Pages | None, language: str, code: Code) -> Piece:
    """The page of all items of which this is decided; slots are left for what is an item's own."""
    state, found = d.verdict.state, d.proof or {}
    at = (found.get("entry", ""), found.get("position"), found.get("size", 0), found.get("root", ""))
    if shared is None:
        middle = pieces.fixed("unknown", language, has_code=bool(code.gtin), has_batch=bool(code.batch))
    else:
        said = [PROOFS[d.verdict.proof], *(REASONS[note] for note in d.verdict.notes if note != "TAG-SOLD")]
        proves = escape(" ".join(_in(words, language) for words in said))
        middle = shared.goods.with_pieces({"firm": shared.firm if d.is_good else "", "proves": proves})
    title, name = _in(d.title, language), d.facts["product"]["name"] if d.facts else None
    parts = {
        "title": escape(f"{title}: {name[language]}" if name else title),
        "top": pieces.top(language, wording.TONES[state], d.title, d.sentence, d.advice, state == "stop", d.is_old),
        "goods": middle,
        "tell": "" if state == "stop" or not code.gtin else pieces.fixed("tell", language, claim=claim_of(d)),
        "proof": pieces.proof(language, *at, d.verdict.reasons),
    }
    return pieces.fixed("item", language).with_pieces(parts)


def claim_of(d: Decision) -> str:
    """What its buyer can do: "open" to make it theirs, "made" to prove or end that; empty where there is no way."""
    if not (d.facts and d.facts.get("claims")):
        return ""
    if "TAG-CLAIMED" in d.verdict.notes:
        return "made"
    return "open" if d.is_good else ""


def _in(words: W, language: str) -> str:
    return words.en if language == "en" else words.zh


def _own(a: Answer, language: str) -> str:
    seen, told, mine = a.item.seen, others(a), yours(a)
    is_first = a.times <= 1 or seen is None
    shape = tuple((one["place"] is not None, _away(one["km"])) for one in told)
    has_yours = not is_first and mine > 0
    about = {"is_first": is_first, "has_yours": has_yours, "others": shape, "is_sold": a.item.sold is not None}
    values = {"times": str(a.times), "yours": str(mine), "first": _date(language, seen.first_at) if seen else ""}
    for n, one in enumerate(told):
        values[f"at{n}"] = when(language, one["at"])
        values[f"place{n}"] = escape(_in(one["place"], language)) if one["place"] else ""
        values[f"km{n}"] = f"{one['km']:,}" if one["km"] is not None else ""
    return pieces.fixed("own", language, **about).fill(values)


def _away(km: int | None) -> str:
    return "" if km is None else "far" if km else "here"


def _date(language: str, at: datetime) -> str:
    return _in(dated(at), language)


@lru_cache(4096)
def _step(sold: Sold, language: str) -> str:
    return pieces.render("sale", language, step=_sale(sold)).literals[0]


def _sale(sold: Sold) -> dict[str, Any]:
    where = place_words(sold.place)
    return {"title": SOLD, "place": where, "at": sold.at, "by": sold.by, "basis": sold.basis, "signed": sold.signed}


def yours(a: Answer) -> int:
    """How many of the newest looks were by this visitor today, this one included."""
    if a.item.seen is None or not a.look.device:
        return int(a.look.counts)
    mine = a.look.device.hex()
    return sum(device == mine for _, device, _ in a.item.seen.recent) + a.look.counts


def newest_others(a: Answer) -> list[tuple[int, str, str]]:
    """The newest looks by others, as they are kept."""
    if a.item.seen is None:
        return []
    mine = a.look.device.hex()
    return [one for one in a.item.seen.recent if one[1] != mine][:MOST_OTHERS]


def others(a: Answer) -> list[dict[str, Any]]:
    """The newest looks by others: at, place (words or None), km (from this visitor, where both places are known)."""
    return [
        {"at": datetime.fromtimestamp(at, UTC), "place": place_words(code), "km": _apart(code, a.look.place)}
        for at, _, code in newest_others(a)
    ]


def _other(one: tuple[int, str, str], here: str) -> bytes:
    at, _, code = one
    return b'{"at":%b,%b' % (_moment(datetime.fromtimestamp(at, UTC)), _where(code, here))


@lru_cache(4096)
def _where(code: str, here: str) -> bytes:
    """Place of a look and how far away it was, from one city to another, as the end of a JSON object."""
    words = place_words(code)
    return orjson.dumps({"place": words and _both(words), "km": _apart(code, here)})[1:]


@lru_cache(4096)
def _apart(one: str, other: str) -> int | None:
    try:
        here, there = place(one), place(other)
    except KeyError:
        return None
    return round(kilometres((float(here.lat), float(here.lon)), (float(there.lat), float(there.lon))))


def json(a: Answer, address: str) -> bytes:
    """The same for programs: both languages, ISO dates, reason codes. ``address``: of the item on this host."""
    d = a.decision
    if "json" not in d.made:
        d.made["json"] = _written(d, a.code)
    verdict, product, steps, rest = d.made["json"]
    sold, seen = a.item.sold, a.item.seen
    if sold:
        told = orjson.dumps(_plain_step(_sale(sold)))
        steps = b"[" + told + (b"," if len(steps) > 2 else b"") + steps[1:]
    at = _moment(a.at)
    return _OWN % (
        verdict,
        orjson.dumps(address),
        a.times,
        _moment(seen.first_at) if seen else at,
        seen.devices if seen else 1,
        yours(a),
        b"[%b]" % b",".join([_other(one, a.look.place) for one in newest_others(a)]),
        b"true" if sold else b"false",
        at,
        _moment(a.as_of) if a.as_of else b"null",
        product,
        orjson.dumps(a.code.serial),
        steps,
        rest,
    )


_OWN = (
    b'%b"address":%b,"code_checked":{"times":%d,"first_at":%b,"devices":%d,"yours":%d,"others":%b},"sold":%b,'
    b'"checked_at":%b,"as_of":%b,"product":%b%b},"timeline":%b%b'
)
"""What is an item's own among what was written once: put together as text, a third of what making objects costs."""


def _moment(at: datetime) -> bytes:
    return b'"%b"' % at.isoformat().encode()


def _written(d: Decision, code: Code) -> tuple[bytes, bytes, bytes, bytes]:
    """What is the same for all items of which this is decided: verdict, product up to the serial, steps, the rest."""
    facts, v = d.facts or {}, d.verdict
    product = dict(facts.get("product") or {"gtin": code.gtin, "batch": code.batch})
    product["picture"] = settings.GUOMEN.origin + product["picture"] if product.get("picture") else None
    first = {
        "verdict": {
            "state": v.state,
            "title": _both(d.title),
            "sentence": _both(d.sentence),
            "reasons": [{"code": r, "words": _both(REASONS[r])} for r in v.reasons],
            "notes": [{"code": n, "words": _both(REASONS[n])} for n in v.notes],
            "proof": {"code": v.proof, "words": _both(PROOFS[v.proof])},
            "genuine": v.genuine,
            "rules": v.rules,
        },
        "what_to_do": [_both(words) for words in d.advice],
    }
    last = {
        "checks": facts.get("checks", []),
        "inspection": facts.get("inspection"),
        "certificates": facts.get("certificates", []),
        "recall": d.recall,
        "proof": d.proof,
    }
    opened = orjson.dumps(product)[:-1] + b',"serial":'
    steps = orjson.dumps(facts.get("timeline", []))
    return orjson.dumps(first)[:-1] + b",", opened, steps, b"," + orjson.dumps(last)[1:]


def _plain_step(step: dict[str, Any]) -> dict[str, Any]:
    return step | {key: step[key] and _both(step[key]) for key in ("title", "place", "by")}


def _both(words: W) -> dict[str, str]:
    return {"en": words.en, "zh": words.zh}
