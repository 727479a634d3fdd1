"""Nothing without words: kinds, reasons, states, settings and vendored files are documented."""

import hashlib
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from guomen.kit.words import vocabulary
from guomen.site.config import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
WORDS = runpy.run_path(str(ROOT / "tools" / "words.py"))
SOURCE = ROOT / "src/guomen"
VENDOR = ROOT / "src/guomen/faces/static/vendor"


def test_the_generated_pages_are_what_the_code_says():
    for name, content in WORDS["fresh"]().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == content, "run `make docs`"


@pytest.mark.parametrize("table", ["KINDS", "REASONS", "STATES"])
def test_every_code_has_words_in_both_languages(table):
    for code, words in vocabulary(table).items():
        assert words.en.strip(), code
        assert re.search(r"[\u4e00-\u9fff]", words.zh), code


def test_entry_kinds_are_noun_dot_verb_and_reasons_upper_kebab():
    assert [k for k in vocabulary("KINDS") if not re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", k)] == []
    assert [r for r in vocabulary("REASONS") if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", r)] == []


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_every_setting_stands_in_the_operations_guide(setting):
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"`{setting.variable}`" in text
    assert f"`{setting.name}`" in text


def test_vendored_files_are_those_that_were_published():
    listed = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]
    for entry in listed:
        assert hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest() == entry["sha256"], entry["file"]
        assert entry["licence"]
        assert entry["version"]
    assert {e["file"] for e in listed} == {p.name for p in VENDOR.iterdir()} - {"VENDOR.toml"}


def test_the_same_english_has_the_same_chinese_in_every_face():
    """Django merges all catalogues: of two, only the first would ever be shown."""
    found: dict[tuple[str | None, str], dict[str, set[str]]] = {}
    for path in sorted(SOURCE.rglob("django.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        for message in catalogue:
            english, chinese = str(message.id), str(message.string)
            if message.id:
                face = str(path.relative_to(SOURCE).parents[3])
                found.setdefault((message.context, english), {}).setdefault(chinese, set()).add(face)
    assert {english: said for english, said in found.items() if len(said) > 1} == {}
