"""Sampling plans for whoever asks: every kind that :mod:`guomen.core.sampling` knows, with its OC curve. Pure.

Values come as text by name, as a form or a query has them; what is wrong is named at its field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from guomen.core.sampling import Plan, Switching, csp, curves, double_plan, iso2859, ispm31, variables
from guomen.core.sampling.curves import Point
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W

MOST_LOT = 1_000_000
EXACT_LOT = 3200
"""Up to here curves of a lot are hypergeometric; a larger one is hardly changed by what is taken from it."""
POINTS = 60
KINDS = {
    "single": W("Single plan by AQL", "按 AQL 的一次抽样方案"),
    "double": W("Double plan by AQL", "按 AQL 的二次抽样方案"),
    "ispm31": W("Share to be found, quarantine (ISPM 31)", "须检出的比例，检疫（ISPM 31）"),
    "zero": W("Limiting quality, no bad unit allowed", "极限质量，不允许不合格品"),
    "points": W("Two points of the OC curve", "抽检特性曲线上的两点"),
    "variables": W("Measured values by AQL (MIL-STD-414)", "按 AQL 的计量抽样（MIL-STD-414）"),
    "variables-points": W("Measured values by two points", "按两点的计量抽样"),
    "csp": W("Continuous sampling (CSP-1)", "连续抽样（CSP-1）"),
    "switching": W("Switching rules, lot by lot", "转移规则，逐批"),
}
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
SEVERITIES = {
    "normal": W("Normal", "正常检验"),
    "tightened": W("Tightened", "加严检验"),
    "reduced": W("Reduced", "放宽检验"),
}
EDITIONS = {"ISO": W("ISO 2859-1:1999 (GB/T 2828.1-2012)", "ISO 2859-1:1999（GB/T 2828.1-2012）")} | {
    "MIL-STD-105E": W("MIL-STD-105E (1989)", "MIL-STD-105E（1989）")
}
DEVIATIONS = {
    "estimated": W("Estimated from the sample", "由样本估计"),
    "known": W("Known", "已知"),
}
YES = {"": W("No", "否"), "yes": W("Yes", "是")}


@dataclass(frozen=True, slots=True)
class Field:
    """What is asked: its words, what stands there first, and the codes where there is a choice."""

    words: W
    first: str
    choices: Mapping[str, W | str] = field(default_factory=dict)


def _codes(some: tuple[str, ...]) -> dict[str, W | str]:
    return {code: code for code in some}


FIELDS = {
    "lot": Field(W("Units in the lot", "批量（件）"), "1200"),
    "aql": Field(W("AQL in percent", "AQL（%）"), "2.5", _codes(tuple(map(str, iso2859.AQLS)))),
    "level": Field(W("Inspection level", "检验水平"), "II", _codes(LEVELS)),
    "severity": Field(W("Severity", "严格度"), "normal", SEVERITIES),
    "edition": Field(W("Edition", "标准版本"), "ISO", EDITIONS),
    "share": Field(W("Share of bad units, percent", "不合格品比例（%）"), "5"),
    "confidence": Field(W("Certainty of finding one, percent", "检出置信度（%）"), "95"),
    "risk": Field(W("Chance that such a lot passes, percent", "该批被接收的概率（%）"), "5"),
    "good": Field(W("Good lot: bad units, percent", "良好批：不合格品（%）"), "1"),
    "good_passes": Field(W("It passes at least, percent", "接收概率不低于（%）"), "95"),
    "bad": Field(W("Bad lot: bad units, percent", "不良批：不合格品（%）"), "5"),
    "bad_passes": Field(W("It passes at most, percent", "接收概率不高于（%）"), "10"),
    "letter": Field(W("Code letter of MIL-STD-414", "MIL-STD-414 样本量字码"), "F", _codes(tuple(variables.LETTERS))),
    "aql414": Field(W("AQL in percent", "AQL（%）"), "1.00", _codes(variables.AQLS)),
    "tightened": Field(W("Tightened", "加严检验"), "", YES),
    "deviation": Field(W("Standard deviation", "标准差"), "estimated", DEVIATIONS),
    "clearance": Field(W("Good lots in a row before sampling", "转入抽样前的连续合格批次"), "5"),
    "results": Field(W("Lots in order: A accepted, R refused", "逐批结果：A 接收、R 拒收"), "AAAAAAAAAAAAAAA"),
    "ac": Field(W("Acceptance number Ac of the plan", "方案的接收数 Ac"), "1"),
    "fraction": Field(W("Share sampled, percent", "抽查比例（%）"), "10"),
}
ASKED = {
    "single": ("lot", "aql", "level", "severity", "edition"),
    "double": ("lot", "aql", "level", "severity", "edition"),
    "ispm31": ("lot", "share", "confidence"),
    "zero": ("lot", "share", "risk"),
    "points": ("good", "good_passes", "bad", "bad_passes"),
    "variables": ("letter", "aql414", "tightened"),
    "variables-points": ("good", "good_passes", "bad", "bad_passes", "deviation"),
    "csp": ("clearance", "fraction", "share"),
    "switching": ("results", "ac", "edition"),
}
SAY = {
    "not-a-number": W("Enter a number.", "请填写数字。"),
    "out-of-range": W("Enter a number from {low} to {high}.", "请填写 {low} 至 {high} 的数字。"),
    "unknown-code": W("Choose one of the list.", "请从列表中选择。"),
    "not-results": W("Write up to 500 letters A and R.", "请填写最多 500 个字母 A 或 R。"),
    "no-plan": W("The tables have no such plan.", "表中没有此方案。"),
    "too-close": W(
        "The bad lot has at least one and a half times the bad units of the good one, and passes less often.",
        "不良批的不合格品比例至少为良好批的 1.5 倍，且接收概率更低。",
    ),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan: what it says by code, in words and as a value; where it is from; its OC curve (share bad, chance)."""

    kind: str
    says: tuple[tuple[str, W, str | W], ...]
    source: W
    curve: tuple[tuple[float, float], ...] = ()
    note: W | None = None


def _wrong(name: str, code: str, **values: object) -> Invalid:
    return Invalid([Problem(name, code, SAY[code], tuple(values.items()))])


class _Asked:
    """The given values, read one by one."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given

    def text(self, name: str) -> str:
        found = (self.given.get(name) or FIELDS[name].first).strip()
        if FIELDS[name].choices and found not in FIELDS[name].choices:
            raise _wrong(name, "unknown-code")
        return found

    def number(self, name: str, low: str, high: str) -> Decimal:
        try:
            found = Decimal(self.text(name)[:20])
        except InvalidOperation:
            raise _wrong(name, "not-a-number") from None
        if not found.is_finite() or not Decimal(low) <= found <= Decimal(high):
            raise _wrong(name, "out-of-range", low=low, high=high)
        return found

    def whole(self, name: str, low: int, high: int) -> int:
        found = self.number(name, str(low), str(high))
        if found != int(found):
            raise _wrong(name, "not-a-number")
        return int(found)

    def part(self, name: str, low: str = "0.01", high: str = "99.99") -> Decimal:
        """A fraction from percent."""
        return self.number(name, low, high) / 100


def ask(kind: str, given: Mapping[str, str]) -> Answer:
    """The plan of a kind of :data:`KINDS`. Raises Invalid naming the field that is wrong; KeyError for no such kind."""
    return _KINDS[kind](_Asked(given))


def _curve(passes: Callable[[float], float]) -> tuple[tuple[float, float], ...]:
    """Points of an OC curve, from no bad units to where hardly any lot passes."""
    right = 0.0005
    while right < 1 and passes(min(1.0, right)) > 0.02:
        right *= 1.5
    right = min(1.0, right)
    return tuple((q, passes(q)) for q in (right * n / POINTS for n in range(POINTS + 1)))


def _of_lot(plan: Plan, lot: int) -> Callable[[float], float]:
    if plan.n >= lot:
        return lambda q: float(int(q * lot + 1e-9) <= plan.ac)
    if lot <= EXACT_LOT:
        return lambda q: curves.acceptance(plan, q, distribution="hypergeometric", lot_size=lot)
    return lambda q: curves.acceptance(plan, q)


UNITS = W("Units to open", "抽查件数")
ACCEPT = W("Accept with at most", "接收数 Ac")
REJECT = W("Refuse with at least", "拒收数 Re")


def _plan(plan: Plan) -> tuple[tuple[str, W, str], ...]:
    return ("units", UNITS, str(plan.n)), ("ac", ACCEPT, str(plan.ac)), ("re", REJECT, str(plan.re))


def _by_aql(a: _Asked) -> tuple[int, tuple[str, str, str, str]]:
    lot = a.whole("lot", 2, MOST_LOT)
    return lot, (a.text("aql"), a.text("level"), a.text("severity"), a.text("edition"))


def _passes(plan: Plan, lot: int, aql: str) -> Callable[[float], float]:
    """Above AQL 10 the tables speak of nonconformities in a hundred units."""
    if Decimal(aql) > 10:
        return lambda q: curves.acceptance(plan, q, distribution="poisson")
    return _of_lot(plan, lot)


def _single(a: _Asked) -> Answer:
    lot, asked = _by_aql(a)
    plan = iso2859.single_plan(lot, *asked)  # type: ignore[arg-type]
    says = _plan(Plan(plan.units_to_inspect(lot), plan.ac, plan.re))
    letter = ("letter", W("Code letter", "样本量字码"), iso2859.code_letter(lot, asked[1]))  # type: ignore[arg-type]
    words = EDITIONS[asked[3]]
    return Answer("single", (letter, *says), words, _curve(_passes(plan, lot, asked[0])))


def _double(a: _Asked) -> Answer:
    lot, asked = _by_aql(a)
    try:
        plan = double_plan(lot, *asked)  # type: ignore[arg-type]
    except NotImplementedError:
        raise _wrong("severity", "no-plan") from None
    if plan is None:
        note = W("The tables say: use the single plan here.", "表中规定此处使用一次抽样方案。")
        return replace(_single(a), kind="double", note=note)
    first, second = plan.first, plan.second
    says = (
        ("first_units", W("First sample: units", "第一样本：件数"), str(first.n)),
        ("first_ac", W("First sample: accept with at most", "第一样本：接收数 Ac"), str(first.ac)),
        ("first_re", W("First sample: refuse with at least", "第一样本：拒收数 Re"), str(first.re)),
        ("second_units", W("Second sample: units", "第二样本：件数"), str(second.n)),
        ("second_ac", W("Both together: accept with at most", "两样本合计：接收数 Ac"), str(second.ac)),
        ("second_re", W("Both together: refuse with at least", "两样本合计：拒收数 Re"), str(second.re)),
    )
    return Answer("double", says, EDITIONS[asked[3]], _curve(lambda q: curves.acceptance(plan, q)))


def _ispm31(a: _Asked) -> Answer:
    lot, share, sure = a.whole("lot", 1, MOST_LOT), a.part("share", "0.01", "100"), a.part("confidence", "50", "99.99")
    found = ispm31.sample_size(lot, share, sure)
    units = lot if found is None else found
    says = [("units", UNITS, str(units))]
    if share < 1:
        says.append(
            ("binomial", W("Large lot, binomial", "大批量（二项分布）"), str(ispm31.binomial_sample_size(share, sure)))
        )
        says.append(
            ("poisson", W("Large lot, Poisson", "大批量（泊松分布）"), str(ispm31.poisson_sample_size(share, sure)))
        )
    note = (
        W("Less than one unit of the lot: only opening all of it finds it.", "不足一件，须全部查验。")
        if found is None
        else None
    )
    source = W("ISPM 31 (2008), appendix 2", "ISPM 31（2008）附录 2")
    return Answer("ispm31", tuple(says), source, _curve(_of_lot(Plan(units, 0, 1), lot)), note)


def _zero(a: _Asked) -> Answer:
    lot, share, risk = a.whole("lot", 2, MOST_LOT), a.part("share", "0.1", "50"), a.part("risk", "1", "50")
    plan = curves.zero_acceptance(lot, float(share), float(risk))
    source = W("Hypergeometric probability, exact for the lot", "超几何概率，按批量精确计算")
    return Answer("zero", _plan(plan), source, _curve(_of_lot(plan, lot)))


def _two(a: _Asked) -> tuple[Point, Point]:
    good, bad = a.part("good", "0.1", "50"), a.part("bad", "0.1", "90")
    high, low = a.part("good_passes", "50", "99.9"), a.part("bad_passes", "0.1", "50")
    if bad < good * Decimal("1.5") or high <= low:
        raise _wrong("bad", "too-close")
    return Point(float(good), float(high)), Point(float(bad), float(low))


def _points(a: _Asked) -> Answer:
    plan = curves.find_plan(*_two(a))
    source = W("Schilling and Neubauer, 3rd edition, chapter 5", "Schilling 与 Neubauer，第 3 版，第 5 章")
    return Answer("points", _plan(plan), source, _curve(lambda q: curves.acceptance(plan, q)))


def _measured(plan: variables.VariablesPlan) -> tuple[tuple[str, W, str], ...]:
    k = (
        "k",
        W(
            "Accept when the mean lies within the limit by so many standard deviations (k)",
            "均值距限值不少于 k 个标准差时接收",
        ),
        f"{plan.k:.3f}",
    )
    return ("units", W("Units to measure", "测量件数"), str(plan.n)), k


def _variables(a: _Asked) -> Answer:
    letter, aql, tight = a.text("letter"), a.text("aql414"), a.text("tightened") == "yes"
    try:
        plan = variables.table_plan(letter, aql, tightened=tight)
    except ValueError:
        raise _wrong("aql414", "no-plan") from None
    source = W("MIL-STD-414 (1957), table B-1", "MIL-STD-414（1957）表 B-1")
    return Answer("variables", _measured(plan), source, _curve(lambda q: variables.acceptance(plan, q)))


def _variables_points(a: _Asked) -> Answer:
    known = a.text("deviation") == "known"
    plan = (variables.find_known if known else variables.find_unknown)(*_two(a))
    passes = variables.acceptance_known if known else variables.acceptance
    source = W("Schilling and Neubauer, 3rd edition, chapter 10", "Schilling 与 Neubauer，第 3 版，第 10 章")
    return Answer("variables-points", _measured(plan), source, _curve(lambda q: passes(plan, q)))


def _csp(a: _Asked) -> Answer:
    i, f, bad = (
        a.whole("clearance", 1, 1000),
        float(a.part("fraction", "0.1", "99")),
        float(a.part("share", "0.01", "99")),
    )
    found, (at, worst) = csp.performance(i, f, bad), csp.worst(i, f)
    says = (
        ("inspected", W("Lots opened on average", "平均查验比例"), f"{100 * found.inspected:.2f} %"),
        (
            "outgoing",
            W("Bad lots that get through", "不合格批漏过比例（平均检出质量）"),
            f"{100 * found.outgoing:.2f} %",
        ),
        ("worst", W("The most that ever gets through", "最大漏过比例（平均检出质量上限）"), f"{100 * worst:.2f} %"),
        ("worst_at", W("… when so many lots are bad", "此时不合格批比例"), f"{100 * at:.2f} %"),
    )
    source = W("Dodge (1943)", "Dodge（1943）")
    return Answer(
        "csp", says, source, _curve(lambda q: csp.performance(i, f, q).passing if 0 < q < 1 else float(q <= 0))
    )


def _switching(a: _Asked) -> Answer:
    given, ac = a.text("results").upper(), a.whole("ac", 0, 44)
    edition: iso2859.Edition = "ISO" if a.text("edition") == "ISO" else "MIL-STD-105E"
    if not 0 < len(given) <= 500 or set(given) - {"A", "R"}:
        raise _wrong("results", "not-results")
    now, changes = Switching(edition=edition), []
    for number, letter in enumerate(given, 1):
        if now.discontinued:
            break
        # Where Ac is 2 or more the score asks whether a tighter plan had accepted the lot too: here, that it had.
        then = now.after(letter == "A", ac=ac, accepted_tighter=letter == "A")
        if then.severity != now.severity:
            changes.append((number, then.severity))
        now = then
    severity = (W("Severity of the next lot", "下一批的严格度"), SEVERITIES[now.severity])
    score = (W("Switching score", "转移得分"), str(now.score))
    moved = W(
        ", ".join(f"{number}: {SEVERITIES[to].en}" for number, to in changes) or "–",
        "，".join(f"{number}：{SEVERITIES[to].zh}" for number, to in changes) or "–",
    )
    says = (("severity", *severity), ("score", *score), ("changes", W("Changed after lot", "在此批之后转移"), moved))
    note = W("Inspection is discontinued until the producer has acted.", "暂停抽样检验，直至生产方采取措施。")
    return Answer("switching", says, EDITIONS[edition], note=note if now.discontinued else None)


_KINDS: dict[str, Callable[[_Asked], Answer]] = {
    "single": _single,
    "double": _double,
    "ispm31": _ispm31,
    "zero": _zero,
    "points": _points,
    "variables": _variables,
    "variables-points": _variables_points,
    "csp": _csp,
    "switching": _switching,
}
