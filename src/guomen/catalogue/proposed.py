"""Read the rows of a proposed change of a rule pack, and name everything wrong with them at its row and field."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.requirements import DEMANDS, KINDS, PACKED, SCOPE, requirement, watched
from guomen.catalogue.rows import Row, Sections
from guomen.catalogue.rulepack import RulePack, build, parse
from guomen.core.sampling import iso2859
from guomen.kit.errors import Problem
from guomen.kit.words import W

MAX_ROWS, MAX_BYTES, MAX_KEY, MAX_SOURCE = 500, 20_000, 60, 300
SECTIONS = {
    "profiles": W("Product profiles", "产品画像"),
    "requirements": W("Documents, checks, limits", "单证、检查、限值"),
    "checklists": W("Checklists", "查验清单"),
    "panels": W("Laboratory panels", "检测项目组"),
    "modes": W("Release modes", "放行模式"),
    "risk": W("Risk points and classes", "风险分值与信用等级"),
    "country": W("Base risk by origin and chapter", "按产地与章的基础风险"),
    "watch": W("Watch lists", "布控名单"),
    "goods": W("Code list: letters and checklists", "代码表：检验检疫类别与清单"),
    "terms": W("Other terms", "其他条款"),
}
"""The sections that people may change; when scans speak for copies comes with the files."""
FIELDS = {
    "en": W("In English", "英文"),
    "zh": W("In Chinese", "中文"),
    "hs": W("HS codes by prefix", "HS编码（前缀）"),
    "ciq": W("CIQ codes", "CIQ编码"),
    "attributes": W("Goods attributes, any of", "货物属性（任一）"),
    "without": W("Goods attributes, none of", "货物属性（均无）"),
    "purposes": W("Purposes", "用途"),
    "origins": W("Origins", "原产地"),
    "directions": W("Directions: I import, E export", "方向：I 进口、E 出口"),
    "trade_modes": W("Trade modes, any of", "监管方式（任一）"),
    "without_modes": W("Trade modes, none of", "监管方式（均无）"),
    "packed": W("Packed: wood, container", "包装：wood 木质、container 集装箱"),
    "also": W("Checklist worked through beside it", "并行清单"),
    "port_checklist": W("Checklist at the port of exit", "出境口岸清单"),
    "maker": W("Maker: registration number or name", "生产企业（注册编号或名称）"),
    "importer": W("Importer's code", "进口企业代码"),
    "gtin": W("GTIN", "GTIN"),
    "effect": W("Effect: hold, full or lab", "措施：hold 暂扣、full 查验、lab 送检"),
    "base": W("Base risk, 0 to 100", "基础风险（0–100）"),
    "aql": W("AQL in percent (ISO 2859-1)", "AQL（%，ISO 2859-1）"),
    "level": W("Inspection level (ISO 2859-1)", "检验水平（ISO 2859-1）"),
    "sample_units": W("Units to the laboratory", "送检件数"),
    "panel": W("Laboratory panel", "检测项目组"),
    "traits": W("Traits", "特征"),
    "papers": W("Documents that must be declared", "须随申报提交的单证"),
    "checklist": W("Checklist", "查验清单"),
    "rate": W("Share of lots drawn, 0 to 1", "抽查比例（0–1）"),
    "max_score": W("Highest score that may enter", "准入最高评分"),
    "credit": W("Credit classes that may enter", "准入信用等级"),
    "passes": W("Lots in a row that passed", "连续合格批次"),
    "group": W("Trade", "行业"),
    "kind": W("Kind: paper, check, limit or duty", "类型：paper 单证、check 检查、limit 限值、duty 要求"),
    "paper": W("Document code", "单证代码"),
    "demand": W("Demand: lodge or show", "要求：lodge 随申报、show 查验时"),
    "unit": W("Unit", "单位"),
    "low": W("Lower limit", "下限"),
    "high": W("Upper limit", "上限"),
    "standard": W("Standard and edition", "标准及版本"),
    "evidence": W("Evidence of the definition", "定义的依据程度"),
    "hold_point": W("Where goods wait", "货物等待环节"),
    "guarantee": W("Document of the guarantee", "合格保证单证"),
    "duties": W("Duties after release", "放行后义务"),
    "due_days": W("Duties are due within days", "义务履行期限（天）"),
    "valid_days": W("Results count for days", "结果有效期（天）"),
    "standing": W("Importers must be admitted: yes or no", "进口商须获准：yes 或 no"),
    "suspends": W("A refused line suspends the importer: yes or no", "不予放行即暂停进口商：yes 或 no"),
    "minimum_kg": W("Applies from net weight, kg", "适用的最低净重（千克）"),
    "letters": W("Inspection letters", "检验检疫类别"),
    **{
        f"{name}_{language}": W(f"{en}, {shown.en}", f"{zh}（{shown.zh}）")
        for name, en, zh in (
            ("meaning", "What it means", "含义"),
            ("enter", "Who may enter", "准入条件"),
            ("accepts", "What it accepts", "采信内容"),
            ("leaves", "What ends it", "退出条件"),
            ("basis", "Legal basis", "法律依据"),
        )
        for language, shown in (("en", W("in English", "英文")), ("zh", W("in Chinese", "中文")))
    },
    "sure": W("How sure: text or recalled", "可靠程度：text 有文本、recalled 凭记忆"),
}
"""What the fields of rows are called; a field without words is shown by its name."""
LASTING = ("checklists", "panels", "terms")
"""Sections whose rows hold without an end: an order keeps the checklist that it was given."""
CLOSED = ("risk", "terms", "modes", "goods")
"""Sections whose keys are given: rows are changed there, not added or taken away."""
SAY = {
    "missing": W("Fill in this field.", "请填写此项。"),
    "no-rows": W("Propose at least one row, and at most {most}.", "请提出至少一行、最多 {most} 行更改。"),
    "not-an-object": W("A row is an object with named fields.", "每一行应为含字段的对象。"),
    "unknown-section": W("There is no such part of the rule pack.", "规则包中没有此部分。"),
    "unknown-field": W("This field does not exist.", "没有此字段。"),
    "unknown-key": W("There is no such row, and none can be added here.", "没有此行，此处不能新增。"),
    "cannot-go": W("This row is needed and cannot be taken away.", "此行不可删除。"),
    "wrong-kind": W("This must be of the same kind as {like}.", "此项类型应与 {like} 相同。"),
    "too-long": W("Use at most {max} characters.", "最多 {max} 个字符。"),
    "too-large": W("This row is too large.", "此行过大。"),
    "twice": W("This row is proposed twice.", "此行重复。"),
    "not-a-date": W("Enter a date such as 2026-11-12.", "请填写日期，例如 2026-11-12。"),
    "ends-before": W("It ends before it begins.", "结束日期早于开始日期。"),
    "must-last": W("Rows of this part hold from now on without an end.", "此部分的行须即时生效且无截止日期。"),
    "not-a-number": W("Enter a number as text, such as 0.05.", "请以文本填写数字，例如 0.05。"),
    "not-a-share": W("Enter a share from 0 to 1, such as 0.05.", "请填写 0 至 1 的比例，例如 0.05。"),
    "out-of-range": W("Enter a number from {low} to {high}.", "请填写 {low} 至 {high} 的数字。"),
    "unknown-code": W("{what} is not in the table.", "代码表中没有 {what}。"),
    "no-plan": W("ISO 2859-1 has no plan for this AQL and level.", "ISO 2859-1 中没有此 AQL 与水平的方案。"),
    "bad-prefix": W("An HS prefix has up to ten digits.", "HS 前缀最多十位数字。"),
    "not-readable": W("This row cannot be read as the others of its part.", "此行无法按该部分的格式读取。"),
    "nothing-changes": W("This row says what the rule pack says already.", "此行与现行规则包相同。"),
}
COLUMNS = ("section", "key", "value", "source", "effective_from", "effective_to")
_TRAITS = frozenset({"cold", "dangerous", "infant", "prohibited", "radiation", "short-life", "vehicle"})
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.|-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Proposed:
    """One row as it was read."""

    section: str
    key: str
    row: Row


def problem(field: str, code: str, **values: object) -> Problem:
    """Something wrong with a field, in words."""
    return Problem(field, code, SAY[code], tuple(values.items()))


def read(given: Any, base: RulePack, today: date) -> tuple[list[Proposed], list[Problem]]:
    """The rows of a proposal upon ``base``; problems at ``rows.0.value.rate`` and the like."""
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_ROWS:
        return [], [problem("rows", "no-rows", most=MAX_ROWS)]
    rows, problems, seen = [], [], set()
    for n, one in enumerate(given):
        found, wrong = read_row(f"rows.{n}", one, base, today)
        problems += wrong
        if found and (found.section, found.key) in seen:
            problems.append(problem(f"rows.{n}.key", "twice"))
        elif found:
            seen.add((found.section, found.key))
            rows.append(found)
    if not problems:
        problems += _whole(rows, base)
    return rows, problems


def read_row(at: str, one: Any, base: RulePack, today: date) -> tuple[Proposed | None, list[Problem]]:
    """One row by itself; what all of them together are is asked by :func:`read`."""
    if not isinstance(one, Mapping):
        return None, [problem(at, "not-an-object")]
    wrong = [problem(f"{at}.{name}", "unknown-field") for name in one if name not in COLUMNS]
    section, key, source = (one.get(name) for name in ("section", "key", "source"))
    if not isinstance(section, str) or section not in SECTIONS:
        return None, [*wrong, problem(f"{at}.section", "unknown-section")]
    if not isinstance(source, str) or not source.strip():
        wrong.append(problem(f"{at}.source", "missing"))
    elif len(source) > MAX_SOURCE:
        wrong.append(problem(f"{at}.source", "too-long", max=MAX_SOURCE))
    if (
        not isinstance(key, str)
        or len(key) > MAX_KEY
        or not (_KEY.fullmatch(key) or (section, key) == ("profiles", ""))
    ):
        return None, [*wrong, problem(f"{at}.key", "missing" if not key else "unknown-key")]
    start, end = _day(one.get("effective_from") or today), _day(one.get("effective_to"))
    for name, value in (("effective_from", start), ("effective_to", end)):
        if isinstance(value, str):
            wrong.append(problem(f"{at}.{name}", "not-a-date"))
    if isinstance(start, date) and isinstance(end, date) and end < start:
        wrong.append(problem(f"{at}.effective_to", "ends-before"))
    if section in LASTING and (end is not None or (isinstance(start, date) and start > today)):
        wrong.append(problem(f"{at}.effective_to", "must-last"))
    wrong += _value(f"{at}.value", section, key, one.get("value"), base)
    if wrong or not isinstance(start, date):
        return None, wrong
    return Proposed(section, key, Row(one.get("value"), str(source).strip(), start, end)), []  # type: ignore[arg-type]


def _day(value: Any) -> date | str | None:
    """A date; None where there is none; the text itself where it is no date."""
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    return found if found and 2000 <= found.year < 2200 else str(value)


def _value(at: str, section: str, key: str, value: Any, base: RulePack) -> list[Problem]:
    there = base.rows.get(section, {})
    if value is None:
        if key not in there:
            return [problem(at, "unknown-key")]
        needed = section in (*CLOSED, "checklists", "panels") or (section, key) == ("profiles", "")
        return [problem(at, "cannot-go")] if needed else []
    if not isinstance(value, Mapping):
        return [problem(at, "not-an-object")]
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_BYTES:
        return [problem(at, "too-large")]
    if section in CLOSED and key not in there and not (section == "goods" and key in codes.table("hs")):
        return [problem(at, "unknown-key")]
    if key in there and dict(there[key].value or {}) == dict(value):
        return [problem(at, "nothing-changes")]
    likes = {key: there[key]} if section in ("risk", "terms") else there
    return [*_fields(at, section, value, likes), *_meaning(at, section, key, value, base)]


def _fields(at: str, section: str, value: Mapping[str, Any], likes: Mapping[str, Row]) -> Iterator[Problem]:
    """Names and kinds of fields, as the other rows of the section have them."""
    if section == "country":
        return
    samples: dict[str, Any] = {} if section not in ("requirements", "watch") else {name: [] for name in SCOPE}
    samples |= _SAMPLES.get(section, {})
    for row in likes.values():
        samples |= dict(row.value or {})
    for name in value:
        if name not in samples:
            yield problem(f"{at}.{name}", "unknown-field")
        elif not _alike(value[name], samples[name]):
            yield problem(f"{at}.{name}", "wrong-kind", like=json.dumps(samples[name], ensure_ascii=False)[:40])
    needed = (
        set.intersection(*(set(row.value or {}) for row in likes.values())) if likes else _NEEDED.get(section, set())
    )
    for name in sorted(needed - value.keys()):
        yield problem(f"{at}.{name}", "missing")


_SAMPLES: dict[str, dict[str, Any]] = {
    "profiles": {"checklist": ""},
    "watch": {"en": "", "zh": "", "maker": "", "importer": "", "gtin": "", "effect": ""},
    "goods": {"letters": "", "checklist": ""},
}
_NEEDED = {"watch": {"en", "zh", "effect"}}


def _alike(value: Any, sample: Any) -> bool:
    if isinstance(value, Mapping) and isinstance(sample, Mapping):
        first = next(iter(sample.values()), None)
        return all(_alike(inner, sample.get(name, first)) for name, inner in value.items())
    if isinstance(value, list) and isinstance(sample, list):
        kinds = (str, dict) if not sample else (type(sample[0]),)
        return all(isinstance(inner, kinds) for inner in value)
    return type(value) is type(sample) and (not isinstance(value, str) or len(value) <= 2000)


def _meaning(at: str, section: str, key: str, value: Mapping[str, Any], base: RulePack) -> list[Problem]:
    """What the values of a section must be to make sense."""
    found: list[Problem] = []
    say = found.append

    def number(name: str, low: str, high: str) -> None:
        try:
            ok = Decimal(low) <= Decimal(str(value.get(name, low))) <= Decimal(high)
        except InvalidOperation:
            ok = False
        if not ok:
            say(problem(f"{at}.{name}", "out-of-range", low=low, high=high))

    def listed(name: str, known: Callable[[str], bool]) -> None:
        given = value.get(name, [])
        for one in [given] if isinstance(given, str) and given else given if isinstance(given, list) else []:
            if not isinstance(one, str) or not known(one):
                say(problem(f"{at}.{name}", "unknown-code", what=str(one)[:40]))

    if section == "profiles":
        if not re.fullmatch(r"[0-9]{0,10}", key, re.ASCII):
            say(problem(f"{at}", "bad-prefix"))
        number("base", "0", "100")
        number("sample_units", "0", "100")
        listed("traits", _TRAITS.__contains__)
        listed("papers", codes.table("document_kind").__contains__)
        listed("panel", base.panels.__contains__)
        listed("checklist", base.checklists.__contains__)
        try:
            iso2859.single_plan(1200, str(value.get("aql")), level=value.get("level"))  # type: ignore[arg-type]
        except (ValueError, KeyError, TypeError):
            say(problem(f"{at}.aql", "no-plan"))
    elif section == "modes":
        number("rate", "0", "1")
        number("max_score", "0", "100")
        number("passes", "0", "1000")
        listed("credit", base.risk["credit"].__contains__)
    elif section == "country":
        listed_key = key in codes.table("country")
        if not listed_key:
            say(problem(at, "unknown-code", what=key))
        for chapter in value:
            if not re.fullmatch(r"[0-9]{2}", str(chapter), re.ASCII):
                say(problem(f"{at}.{chapter}", "bad-prefix"))
            elif type(value[chapter]) is not int or not -100 <= value[chapter] <= 100:
                say(problem(f"{at}.{chapter}", "out-of-range", low=-100, high=100))
    elif section in ("requirements", "watch"):
        listed("hs", lambda one: bool(re.fullmatch(r"[0-9]{2,10}", one, re.ASCII)))
        listed("origins", codes.table("country").__contains__)
        for name in ("attributes", "without"):
            listed(name, codes.table("goods_attribute").__contains__)
        listed("purposes", codes.table("purpose").__contains__)
        listed("directions", {"I", "E"}.__contains__)
        listed("packed", PACKED.__contains__)
        for name in ("trade_modes", "without_modes"):
            listed(name, codes.table("trade_mode").__contains__)
        for name in ("also", "port_checklist"):
            listed(name, base.checklists.__contains__)
        listed("paper", codes.table("document_kind").__contains__)
        listed("checklist", base.checklists.__contains__)
        listed("traits", _TRAITS.__contains__)
        listed("kind", KINDS.__contains__)
        listed("demand", DEMANDS.__contains__)
        listed("effect", {"hold", "full", "lab"}.__contains__)
        for name in ("low", "high"):
            if value.get(name):
                number(name, "-1000000000", "1000000000")
    elif section == "goods":
        listed("letters", lambda one: set(one) <= set("LMPR"))
        listed("checklist", base.checklists.__contains__)
    elif section == "checklists":
        listed("panel", base.panels.__contains__)
    if not found:
        try:
            _READ.get(section, _nothing)(key, value)
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
            say(problem(at, "not-readable"))
    return found


def _nothing(key: str, value: Any) -> None:
    return None


_READ: dict[str, Callable[[str, Any], Any]] = {
    **parse,
    "requirements": lambda key, value: requirement(key, value, "", ""),
    "watch": watched,
}


def overlaid(rows: list[Proposed], base: RulePack) -> Sections:
    """The rows of the base with those of a proposal upon them, whether they hold today or not."""
    found = {section: dict(held) for section, held in base.rows.items()}
    for one in rows:
        if one.row.value is None:
            found.get(one.section, {}).pop(one.key, None)
        else:
            found.setdefault(one.section, {})[one.key] = one.row
    return found


def _whole(rows: list[Proposed], base: RulePack) -> list[Problem]:
    """The whole pack can be read, whatever the rows are together."""
    try:
        build("", overlaid(rows, base))
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation):
        return [problem("rows", "not-readable")]
    return []
