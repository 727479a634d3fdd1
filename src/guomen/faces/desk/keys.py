"""Keys of this installation at the desk: which there are, what hangs on them, new ones and retired ones. Never a key.

Whoever may see them sees names, ages and check values, as ``guomen keys list`` prints them; the command line does the
rest (``docs/keys.md``).
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from guomen.certificates.models import IssuingKey
from guomen.faces.forms import send_once
from guomen.faces.told import Told, told
from guomen.kit import keys as keystore
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.keystore import Key
from guomen.kit.web import number, page
from guomen.kit.words import W, say
from guomen.ledger.queries import history
from guomen.ledger.signing import about_the_log
from guomen.parties.actors import Actor, of_request
from guomen.parties.models import Person
from guomen.tags import keys, services

PURPOSES = {
    "log": W("Signs checkpoints of the ledger", "签署账本检查点"),
    "certificates": W("Signs certificates", "签署证书"),
    "certificates-pdf": W("Signs within PDF files of certificates", "在证书 PDF 文件内签名"),
    "certificates-ca": W("Vouches for the key that signs PDF files", "为 PDF 签名密钥出具证书"),
    "certificate-numbers": W("Makes numbers of certificates that nobody guesses", "生成无法猜测的证书编号"),
    "certificate-status": W("Scatters places in status lists of certificates", "打散证书在状态列表中的位置"),
    "tags-mac": W("Checks serials of tags", "校验标签序列号"),
    "tags-permute": W("Hides the order of serials", "隐藏序列号顺序"),
    "tags-meta": W("Reads the number of a chip in a tap", "读取触碰信息中的芯片号"),
    "tags-file": W("Proves a tap of a chip", "验证芯片触碰"),
    "tags-app": W("Lets chips be rewritten", "用于改写芯片"),
    "tags-bundle": W("Signs offline files and status lists of tags", "签署离线查验资料包和标签状态列表"),
    "tags-codes": W("Signs codes of cartons and documents", "签署箱码和文件码"),
    "at-work": W("Tells shops and inspectors from the public on the scan path", "在查验路径上识别商家和查验员"),
    "parcels": W("Hides numbers of parcels and orders", "隐藏包裹号和订单号"),
    "buyers": W("Hides buyers of retail imports", "隐藏零售进口的购买人"),
    "draw": W("The secret of the draw for inspections", "查验随机抽取的秘密种子"),
    "webhooks": W("Opens the secrets of subscribers", "解密订阅方的密钥"),
    "web": W("Sessions and forms", "登录会话和表单"),
    "postgres": W("Password of the database", "数据库口令"),
    "postgres-edge": W("Password of the database for the scan path", "查验路径的数据库口令"),
    "witness": W("Signs as a witness of another log", "作为其他日志的见证方签名"),
}
"""By the name without the number of a later version. ``docs/keys.md`` has the same names."""
MOST_TOLD = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One version of the tag keys as the page shows it."""

    version: keys.Version
    share: int
    """Percent of all tags."""
    asked_by: str
    mine: bool
    """Whether the reader asked to retire it."""


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The page. POST takes new tag keys into use, or asks, agrees or stops asking to retire old ones."""
    by = of_request(request)
    by.require("controller")
    problems: list[Problem] = []
    post = request.POST
    if request.method == "POST":
        try:
            messages.success(request, _act(request, by))
            return redirect("desk-keys")
        except Invalid as error:
            field = f"reason-{_version(post.get('version', '0'))}"
            problems = [Problem(field, p.code, p.words, p.values) for p in error.problems]
        except (Refused, Forbidden) as error:
            messages.error(request, error.sentence())
            return redirect("desk-keys")
    found = keys.versions(by)
    context: dict[str, Any] = {
        "rows": _rows(by, found),
        "newest": found[0].number,
        "keys": by_purpose(),
        "history": _history(found),
        "typed": post.get("reason", "")[:300],
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/keys.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> str:
    said = request.POST
    do, version, reason = said.get("do", ""), _version(said.get("version", "")), said.get("reason", "").strip()
    if do == "rotate":
        send_once(request, by, lambda: services.rotate_keys(by, reason=reason, after=version))
        return _("New orders take the new keys. Have the keys copied into the backup now, and to every machine.")
    if do == "ask":
        send_once(request, by, lambda: services.ask_retirement(by, version, reason=reason))
        return _("Asked. Another officer of the control room must agree before anything changes.")
    if do == "drop":
        send_once(request, by, lambda: services.drop_retirement(by, version))
        return _("Nobody asks to retire these keys any more.")
    if do == "agree":
        hit: list[int] = []
        send_once(request, by, lambda: hit.append(services.agree_retirement(by, version)))
        count = sum(hit)
        words = ngettext("Retired. %(num)s order says so now.", "Retired. %(num)s orders say so now.", count)
        return words % {"num": number(count)}
    raise NotFound


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise NotFound
    return int(text)


def _rows(by: Actor, found: list[keys.Version]) -> list[Row]:
    total = sum(v.tags for v in found)
    people = {p.id: p.name for p in Person.objects.filter(id__in=[v.asked_by for v in found if v.asked_by])}
    return [
        Row(
            version=v,
            share=round(100 * v.tags / total) if total else 0,
            asked_by=people.get(v.asked_by, "") if v.asked_by else "",
            mine=v.asked_by is not None and v.asked_by == by.person_id,
        )
        for v in found
    ]


def by_purpose() -> list[tuple[str, list[Key]]]:
    """What may be told of every key that exists: purpose, keys that serve it one after the other."""
    store = keystore.store()
    found: dict[str, list[Key]] = {}
    for name in sorted(store.names()):
        found.setdefault(purpose(name) or name, []).append(store.describe(name))
    return list(found.items())


def purpose(name: str) -> str:
    """What a key is for, in the reader's language; empty for one that this version does not know."""
    stem, _hyphen, later = name.rpartition("-")
    known = PURPOSES.get(name) or (PURPOSES.get(stem) if later.isdigit() else None)
    return say(known) if known else ""


def _history(found: list[keys.Version]) -> list[tuple[Told, str]]:
    """What the ledger tells of the keys of tags, certificates and the log, newest first, each with its reason."""
    papers = IssuingKey.objects.values_list("number", flat=True)
    about = [Subject.of("tag-keys", v.number) for v in found] + [Subject.of("certificate-key", n) for n in papers]
    entries = history(*about, *about_the_log())[-MOST_TOLD:]
    return [(one, _detail(entry.facts)) for one, entry in zip(told(entries), reversed(entries), strict=True)]


def _detail(facts: dict[str, Any]) -> str:
    said = [_("Version %(version)d") % {"version": facts["version"]}] if "version" in facts else []
    said += [str(facts["reason"])] if facts.get("reason") else []
    return " · ".join(said)
