"""What a link must look like. Hostile addresses are refused before anybody is sent to them."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from guomen.core.resolver import OUR_TYPES, is_resolvable, local_name
from guomen.kit.words import W

LONGEST_HREF = 2000
LONGEST_TITLE = 200
MOST_VALUES = 20
_URI = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
_HOST = re.compile(r"(?!-)(?:[a-z0-9_-]{1,63}\.)+(?=[a-z0-9-]*[a-z])[a-z0-9-]{2,63}\.?")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNIT = frozenset({"21", "235"})

MISSING = W("Fill in this field.", "请填写此项。")
UNKNOWN = W("This code is not in the table.", "代码表中没有此代码。")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads and what is said of it. `type`: a name of the GS1 Web Vocabulary without prefix."""

    type: str
    href: str
    title: str
    languages: tuple[str, ...] = ()
    media_type: str = ""
    contexts: tuple[str, ...] = ()
    is_default: bool = False


def tidy(given: Target) -> Target:
    """The same without what people add by accident: space around, a prefix of the type, values named twice."""
    return replace(
        given,
        type=local_name(given.type.strip()),
        href=given.href.strip(),
        title=given.title.strip(),
        languages=_once(given.languages),
        media_type=given.media_type.strip().lower(),
        contexts=_once(given.contexts),
    )


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))


def problems(
    target: Target, qualifiers: Container[str], codes: Mapping[str, Container[str]], our_host: str
) -> list[tuple[str, str, W]]:
    """(field, code, sentence) for everything wrong with a link of a thing with these qualifiers.

    `codes`: the tables link_type, media_type and country.
    """
    found = [("link_type", *wrong) for wrong in _type_problems(target.type, codes["link_type"])]
    found += [("href", *wrong) for wrong in _href_problems(target.href, our_host)]
    if not target.title:
        found.append(("title", "missing", MISSING))
    elif len(target.title) > LONGEST_TITLE or _CONTROL.search(target.title):
        words = W("Use at most 200 characters, on one line.", "请勿超过 200 个字符，且不得换行。")
        found.append(("title", "unusable", words))
    if len(target.languages) > MOST_VALUES or not all(_LANGUAGE.fullmatch(one) for one in target.languages):
        words = W("Use codes such as en, zh or zh-CN.", "请使用 en、zh、zh-CN 等语言代码。")
        found.append(("languages", "not-a-language", words))
    if target.media_type and target.media_type not in codes["media_type"]:
        found.append(("media_type", "unknown-code", UNKNOWN))
    if len(target.contexts) > MOST_VALUES or not all(one in codes["country"] for one in target.contexts):
        found.append(("contexts", "unknown-code", UNKNOWN))
    if target.is_default and any(ai in qualifiers for ai in _UNIT):
        words = W(
            "The code of a single item always leads to the authority's page.",
            "单品编码始终指向主管部门的查验页面。",
        )
        found.append(("is_default", "not-for-items", words))
    return found


def _type_problems(name: str, table: Container[str]) -> list[tuple[str, W]]:
    if not name:
        return [("missing", MISSING)]
    if name in OUR_TYPES:
        words = W("Only the authority's page may be this.", "该类型仅供主管部门页面使用。")
        return [("reserved", words)]
    return [] if name in table else [("unknown-code", UNKNOWN)]


def _href_problems(href: str, our_host: str) -> list[tuple[str, W]]:
    if not href:
        return [("missing", MISSING)]
    try:
        url = urlsplit(href)
        host, _port, named = (url.hostname or "").lower(), url.port, "@" in url.netloc
    except ValueError:
        host, named, url = "", False, None
    if url is None or len(href) > LONGEST_HREF or not _URI.fullmatch(href):
        words = W(
            "Use an address of at most 2,000 characters, other letters percent-encoded.",
            "请填写不超过 2000 个字符的网址，其他字符须百分号编码。",
        )
        return [("not-an-address", words)]
    if not href.startswith("https://") or named or not _HOST.fullmatch(host):
        words = W(
            "Use an https address with a public host name and without a password.",
            "请使用 https 网址，主机名须公开，且不含密码。",
        )
        return [("not-public", words)]
    if host.rstrip(".") == our_host and is_resolvable(re.sub(r"^/(en|zh)(?=/)", "", url.path)):
        words = W("A link must not lead back to a code here.", "链接不得指回本站的编码地址。")
        return [("loop", words)]
    return []
