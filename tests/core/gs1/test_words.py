"""Every code of GS1Error says in English and Chinese what is wrong."""

import ast
import json
import re
from pathlib import Path

import pytest

import guomen.core
from guomen.core.gs1 import GS1Error, canonical, epc_hex_to_digital_link, parse_digital_link, parse_element_string
from guomen.core.gs1.linters import lint
from guomen.core.gs1.words import WORDS

CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
CODES = {name.partition(" ")[0] for name in WORDS}
SOURCES = [
    path
    for folder in ("gs1", "resolver")
    for path in sorted((Path(guomen.core.__file__).parent / folder).rglob("*.py"))
    if path.name not in ("words.py", "__init__.py", "ai_table.py")
]
# Names of things in two languages; none of them is a word that a reader of Chinese lacks.
NAMES = {"GS1", "EPC", "URN", "IBAN", "ai", "key", "other", "wanted", "urn", "name", "header", "scheme", "digits"}


def calls() -> list[ast.Call]:
    trees = (ast.parse(path.read_text()) for path in SOURCES)
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def templates(call: ast.Call) -> list[str]:
    """What looks like a code among the arguments, as a regular expression: parts that are filled in match anything."""
    found = []
    for argument in call.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and CODE.fullmatch(argument.value):
            found.append(re.escape(argument.value))
        elif isinstance(argument, ast.JoinedStr):
            parts = [re.escape(p.value) if isinstance(p, ast.Constant) else "[A-Z0-9_]+" for p in argument.values]
            if CODE.fullmatch("".join(parts).replace("[A-Z0-9_]+", "X")):
                found.append("".join(parts))
    return found


def test_every_code_in_the_sources_has_words():
    wanted = {template for call in calls() for template in templates(call)}
    assert len(wanted) > 90
    missing = sorted(t for t in wanted if not any(re.fullmatch(t, code) for code in CODES))
    assert missing == []


def test_every_variant_in_the_sources_has_words_and_no_others_are_kept():
    used = set()
    for call in calls():
        texts = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else None for a in call.args]
        if name_of(call) == "GS1Error" and texts and texts[0]:
            named = [k.value.value for k in call.keywords if k.arg == "variant" and isinstance(k.value, ast.Constant)]
            for variant in [*(t for t in texts[2:3] if t), *named]:
                used.add(f"{texts[0]} {variant}")
        elif name_of(call) in ("_bad", "bad") and texts and texts[-1]:
            used.add(f"BAD_EPC {texts[-1]}")
    chosen = {"NO_EPC scheme", "NO_EPC encoding"}  # one of the two, by whether a scheme was asked for
    assert {name for name in WORDS if " " in name} == used | chosen


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_code_speaks_both_languages_and_says_the_same_values(name):
    english, chinese = WORDS[name]
    assert english.isascii()
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese))
    assert set(re.findall("[A-Za-z][A-Za-z0-9]+", chinese)) <= NAMES
    for clause in (english, chinese):
        assert clause == clause.strip().rstrip(".。")


@pytest.mark.parametrize(
    ("wrong", "english", "chinese"),
    [
        (lambda: canonical("https://id.gs1.org/01/09506000134353"), "(01) the check digit is wrong", "(01) 校验位错误"),
        (lambda: parse_digital_link("https://a.test/01/0950600013435/21/"), "(01) the check digit", "(01) 校验位错误"),
        (lambda: parse_digital_link("https://a.test/01/09506000134352/21/"), "(21) has no value", "(21) 没有值"),
        (lambda: parse_digital_link("https://a.test/01/09506000134352/254/1"), "(254) cannot stand", "(254) 不能位于"),
        (
            lambda: parse_element_string("^0109506000134352" + "11261301"),
            "(11) there is no such month",
            "(11) 月份不存在",
        ),
        (lambda: parse_element_string("^05123"), "no application identifier", "没有应用标识符"),
        (lambda: canonical("urn:epc:id:sgtin:9506000.2"), "wrong number of parts", "数量不对"),
        (lambda: epc_hex_to_digital_link("zz"), "hexadecimal", "十六进制"),
        (lambda: lint("iban", "XX0000000000"), "country", "国家代码"),
    ],
)
def test_an_error_names_the_identifier_and_what_is_wrong_in_both_languages(wrong, english, chinese):
    with pytest.raises(GS1Error) as caught:
        wrong()
    assert english in str(caught.value)
    assert chinese in caught.value.zh


def test_a_clause_holds_what_it_was_given_and_nothing_is_filled_in_twice():
    error = GS1Error("NOT_AN_EPC", (0, 3), urn="{ai} {0}")
    assert str(error).endswith(": {ai} {0}")
    moved = error.shifted(4)
    assert (moved.span, moved.zh) == ((4, 7), error.zh)
    assert GS1Error("TOO_SHORT").of("10", (1, 2)).zh == "(10) 过短"
    assert GS1Error("MISSING_AI", ai="10", wanted="(01)").of("21", (0, 0)).zh == "(10) 须与 (01) 同时出现"


@pytest.mark.conformance
def test_whatever_the_published_cases_break_has_words(shared_data):
    path = shared_data / "gs1" / "ai-linter-cases.json"
    cases = json.loads(path.read_text())
    cases = cases["cases"] if isinstance(cases, dict) else cases
    codes = {str(case.get("error_code") or case.get("error") or "").removeprefix("GS1_LINTER_") for case in cases}
    assert len(codes) > 50
    assert {code for code in codes if CODE.fullmatch(code)} - CODES <= {"GS1_LINTER_OK", "OK"}
