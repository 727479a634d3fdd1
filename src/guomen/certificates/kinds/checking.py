"""Are these facts of a certificate right, and are they complete? Values in; problems out, in both languages."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from guomen.certificates.kinds.fields import COMMON, FIELDS, Field
from guomen.certificates.kinds.table import Kind
from guomen.certificates.kinds.values import BadValueError, is_absent
from guomen.core.codes import parse_packaging_mark
from guomen.kit.errors import Problem
from guomen.kit.words import W

Facts = Mapping[str, Any]


def fields_of(kind: Kind) -> list[Field]:
    """The facts that a kind may state, those that it needs first."""
    names = dict.fromkeys([*kind.needs, *kind.also, *COMMON])
    return [FIELDS[name] for name in names]


def read(kind: Kind, facts: Facts) -> tuple[dict[str, Any], list[Problem]]:
    """``facts`` as they are kept, and what is wrong with them. What is absent is no problem yet."""
    allowed, found, problems = {f.name: f for f in fields_of(kind)}, dict[str, Any](), list[Problem]()
    for name, raw in facts.items():
        if name not in allowed:
            words = W("This fact does not belong to this certificate.", "该内容不属于此种证书。")
            problems.append(Problem(str(name)[:60], "unknown-fact", words))
        elif not is_absent(raw):
            try:
                found[name] = allowed[name].type.read(raw)
            except BadValueError as error:
                at = f"{name}.{error.at}" if error.at else name
                problems.append(Problem(at, error.code, error.words, tuple(error.values.items())))
    return found, problems or _together(found)


def missing(kind: Kind, facts: Facts) -> list[Field]:
    """The facts that a kind needs and that are not there."""
    return [FIELDS[name] for name in kind.needs if is_absent(facts.get(name))]


def _together(facts: Facts) -> list[Problem]:
    """What is wrong with facts that are right each by itself."""
    return [problem for rule in _RULES if (problem := rule(facts)) is not None]


def _ordered(first: str, last: str) -> Callable[[Facts], Problem | None]:
    def rule(facts: Facts) -> Problem | None:
        if first in facts and last in facts and facts[last] < facts[first]:
            words = W("This day is before: {what}.", "该日期早于：{what}。")
            return Problem(last, "before", words, (("what", FIELDS[first].label),))
        return None

    return rule


def _not_more(part: str, whole: str) -> Callable[[Facts], Problem | None]:
    def rule(facts: Facts) -> Problem | None:
        a, b = facts.get(part), facts.get(whole)
        if a is None or b is None:
            return None
        (unit, one), (other, most) = _base(a), _base(b)
        if unit == other and one > most:
            words = W("This is more than: {what}.", "该数值大于：{what}。")
            return Problem(part, "more-than", words, (("what", FIELDS[whole].label),))
        return None

    return rule


_GRAMS = {"GRM": Decimal(1), "KGM": Decimal(1000), "TNE": Decimal(1_000_000)}


def _base(amount: Mapping[str, Any]) -> tuple[str, Decimal]:
    unit, value = str(amount.get("unit", "")), Decimal(amount.get("value", "0"))
    return ("mass", value * _GRAMS[unit]) if unit in _GRAMS else (unit, value)


def _mark_fits_matter(facts: Facts) -> Problem | None:
    if "un_mark" not in facts or "matter" not in facts:
        return None
    mark, liquid = parse_packaging_mark(facts["un_mark"]), facts["matter"]["code"] == "liquid"
    if mark.solids == liquid:
        words = W("The mark is for goods in another state: S is for solids.", "标记与货物状态不符：S 表示固体。")
        return Problem("un_mark", "other-matter", words)
    if not liquid:
        return None
    if "density" not in facts:
        return Problem("density", "required", W("Packaging for liquids states a density.", "液体包装应注明密度。"))
    if mark.density is not None and Decimal(facts["density"]["value"]) > mark.density:
        words = W("The packaging was tested up to a density of {most} only.", "该包装的试验密度上限为 {most}。")
        return Problem("density", "too-dense", words, (("most", str(mark.density)),))
    return None


def _mark_fits_maker(facts: Facts) -> Problem | None:
    maker, mark = facts.get("packaging_maker"), facts.get("un_mark")
    if maker and mark and not parse_packaging_mark(mark).maker.startswith(maker):
        words = W("The mark names another maker.", "标记中的生产厂代码不一致。")
        return Problem("packaging_maker", "other-maker", words)
    return None


def _mark_fits_year(facts: Facts) -> Problem | None:
    made, mark = facts.get("produced_on"), facts.get("un_mark")
    if made and mark and parse_packaging_mark(mark).year != int(made[:4]):
        return Problem("produced_on", "other-year", W("The mark names another year.", "标记中的年份不一致。"))
    return None


def _countries_differ(facts: Facts) -> Problem | None:
    start, end = facts.get("export_country"), facts.get("import_country")
    if start and end and start["code"] == end["code"]:
        words = W("The goods leave one country for another.", "输出国与输入国不能相同。")
        return Problem("import_country", "same-country", words)
    return None


_RULES: tuple[Callable[[Facts], Problem | None], ...] = (
    _ordered("produced_on", "best_before"),
    _ordered("quarantined_from", "quarantined_until"),
    _ordered("received_on", "tested_on"),
    _not_more("net_weight", "gross_weight"),
    _not_more("recovered", "sold"),
    _mark_fits_matter,
    _mark_fits_maker,
    _mark_fits_year,
    _countries_differ,
)
