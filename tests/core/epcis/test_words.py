"""Every rule of a document is told in English and Chinese."""

import ast
import re
from pathlib import Path

import pytest

import guomen.core.epcis
from guomen.core import epcis
from guomen.core.epcis.errors import Problems, problem
from guomen.core.epcis.words import CHINESE

SOURCES = [p for p in sorted(Path(guomen.core.epcis.__file__).parent.glob("*.py")) if p.name != "words.py"]
NOT_OF_DOCUMENTS = {"an event needs a time with a zone", "a number is beyond all that can be computed with"}
RULE = re.compile(r"(must|needs|an?) [a-zA-Z{].*")
# Names that the standard or the format has; they are the same in Chinese.
_NAMES = """URI XML JSON UTC UN ECE EPCIS CBV GS1 Web Vocabulary ILMD DELETE ADD OBSERVE true false epcList quantityList
sensorElementList action parentID transformationID context set unset EPCISDocument EPCISQueryDocument
EPCISMasterDataDocument"""
NAMES = {*epcis.EVENT_TYPES, *_NAMES.split()}


def texts() -> set[str]:
    trees = (ast.parse(path.read_text()) for path in SOURCES)
    docs = (ast.Module, ast.FunctionDef, ast.ClassDef)
    told = {ast.get_docstring(n, clean=False) for tree in trees for n in ast.walk(tree) if isinstance(n, docs)}
    trees = (ast.parse(path.read_text()) for path in SOURCES)
    found = {n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str}
    return found - told


def test_every_rule_in_the_sources_is_known_in_chinese_and_no_other_is_kept():
    rules = {text for text in texts() if RULE.fullmatch(text)} - NOT_OF_DOCUMENTS
    assert len(rules) > 40
    assert rules == set(CHINESE)


def test_no_rule_is_put_together_where_it_is_broken():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "problem", "_refusal", "_shaped"
            ):  # fmt: skip
                assert not any(isinstance(a, ast.JoinedStr) for a in node.args[1:2]), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("rule", sorted(CHINESE))
def test_a_rule_says_the_same_values_in_chinese_and_no_english(rule):
    chinese = CHINESE[rule]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert sorted(set(re.findall(r"\{\w+\}", rule))) == sorted(set(re.findall(r"\{\w+\}", chinese)))
    words = re.findall("[A-Za-z][A-Za-z0-9]+", re.sub(r"\{\w+\}|[0-9][0-9T:+-]+", "", chinese))
    assert set(words) <= NAMES


@pytest.mark.parametrize(
    ("broken", "english", "chinese"),
    [
        (lambda: epcis.decode(b'{"a": }'), "byte 6", "第 6 字节处有误"),
        (lambda: epcis.decode(b'{"a": '), "truncated", "不完整"),
        (lambda: epcis.decode(b"[" * 100_000), "recursion|depth", "嵌套过深"),
        (
            lambda: epcis.xml_to_document(b"<EPCISDocument>\n<b></c></EPCISDocument>"),
            "mismatched tag",
            "第 2 行第 6 列有误",
        ),
        (lambda: epcis.xml_to_document(b'<?xml version="1.0" encoding="nonsense"?><a/>'), "encoding", "有误|编码"),
        (lambda: epcis.xml_to_document(b"<!DOCTYPE a><a/>"), "document type", "文档类型声明"),
        (lambda: epcis.read_schedule({"hour": "99"}), "from 0 to 23", "0 至 23"),
    ],
)
def test_what_cannot_be_read_is_told_in_both_languages(broken, english, chinese):
    with pytest.raises(epcis.EpcisError) as caught:
        broken()
    (first,) = caught.value.problems
    assert re.search(english, first.rule)
    assert re.search(chinese, first.zh)
    assert not re.search(english, first.zh)


def test_a_wrong_gs1_key_is_told_with_its_reason_in_both_languages():
    event = {
        "type": "ObjectEvent", "eventTime": "2026-10-01T00:00:00Z", "eventTimeZoneOffset": "+00:00", "action": "ADD",
        "epcList": ["https://id.gs1.org/01/09506000134353/21/1", "urn:epc:id:sgtin:950600.0134353.1.2.3"],
    }  # fmt: skip
    with pytest.raises(epcis.EpcisError) as caught:
        epcis.parse_event(event)
    told = {p.path: (p.rule, p.zh) for p in caught.value.problems}
    rule, chinese = told["/epcList/0"]
    assert "INCORRECT_CHECK_DIGIT: (01) the check digit is wrong" in rule
    assert chinese == "须为正确的 GS1 标识(INCORRECT_CHECK_DIGIT: (01) 校验位错误)"


def test_a_value_with_braces_is_told_as_it_is():
    found = Problems()
    found.add("/x", "must be one of {names}", "{0} {most}", names="{a}")
    assert found.found[0][:3] == ("/x", "must be one of {a}", "'{0} {most}'")
    with pytest.raises(KeyError):
        problem("", "must be anything else", "")
