"""Forms for the facts of a certificate, made from the rows that describe its kind; names are paths: `plants.0.net`."""

from collections.abc import Mapping
from typing import Any

from guomen.certificates import kinds
from guomen.certificates.kinds.values import is_absent

UNSHOWN = frozenset({"tests", "rule_pack", "reasons"})
"""Facts that come from inspection and laboratory: forms do not ask for them, unless the kind cannot do without."""
MORE_ROWS = 2


def shown(one: kinds.Kind) -> list[kinds.Field]:
    """The facts that a form asks for: what is needed first, in the order of the paper's sections."""
    asked = [f for f in kinds.fields_of(one) if f.name in one.needs or f.name not in UNSHOWN]
    sections, order = list(kinds.SECTIONS), list(kinds.FIELDS)
    return sorted(asked, key=lambda f: (sections.index(f.section), f.name not in one.needs, order.index(f.name)))


def sections(one: kinds.Kind) -> list[tuple[Any, list[kinds.Field]]]:
    """Those facts by section, with the section's words."""
    found = shown(one)
    return [(words, [f for f in found if f.section == code]) for code, words in kinds.SECTIONS.items()]


def sent(one: kinds.Kind, post: Mapping[str, str]) -> dict[str, Any]:
    """The facts that a form was sent with, as :func:`guomen.certificates.kinds.read` takes them."""
    found = {f.name: _value(post, f.name, f.type) for f in shown(one)}
    return {name: value for name, value in found.items() if not is_absent(value)}


def kept(one: kinds.Kind, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a draft that its form does not ask for, or cannot show in its fields: amounts and codes in words."""
    asked = {f.name for f in shown(one) if not _in_words(f, facts.get(f.name))}
    return {name: value for name, value in facts.items() if name not in asked}


def _in_words(field: kinds.Field, value: Any) -> bool:
    told = {"choice": "code", "amount": "value"}.get(field.type.widget)
    return told is not None and not is_absent(value) and not (isinstance(value, Mapping) and told in value)


def rows_of(given: Any) -> list[Any]:
    """The rows to show: those that there are, and empty ones to fill in."""
    return [*(given or []), *[{}] * MORE_ROWS]


def _value(post: Mapping[str, str], name: str, type_: Any) -> Any:
    match type_.widget:
        case "both":
            return {tongue: post.get(f"{name}.{tongue}", "") for tongue in ("en", "zh")}
        case "amount":
            return {"value": post.get(f"{name}.value", ""), "unit": post.get(f"{name}.unit", "")}
        case "rows":
            found = (
                {c.name: _value(post, f"{name}.{i}.{c.name}", c.type) for c in type_.columns}
                for i in _indexes(post, name)
            )
            full = ({k: v for k, v in row.items() if not is_absent(v)} for row in found)
            return [row for row in full if row]
    return post.get(name, "")


def _indexes(post: Mapping[str, str], name: str) -> list[int]:
    before = f"{name}."
    given = {key[len(before) :].partition(".")[0] for key in post if key.startswith(before)}
    return sorted(int(i) for i in given if i.isdecimal() and len(i) < 4)
