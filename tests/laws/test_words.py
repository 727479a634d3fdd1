"""Nothing without words: kinds, reasons, states, settings and vendored files are documented."""

import hashlib
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from guomen.kit.words import vocabulary
from guomen.site.config import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
WORDS = runpy.run_path(str(ROOT / "tools" / "words.py"))
VENDOR = ROOT / "src/guomen/faces/static/vendor"


def test_the_words_file_is_what_the_code_says():
    assert (ROOT / "docs/words.md").read_text(encoding="utf-8") == WORDS["text"](), "run `make docs`"


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
