"""The laws of the house that an import contract cannot say, read from the source itself."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "guomen"
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# Generated tables of facts, and migrations, which Django writes.
EXEMPT = {SOURCE / "core/gs1/ai_table.py"}
FILES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts and p not in EXEMPT)
OURS = [m for m in apps.get_models() if m.__module__.startswith("guomen.")]


def name(path: Path) -> str:
    return str(path.relative_to(SOURCE if path.is_relative_to(SOURCE) else ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def test_rules_import_only_the_core_and_the_standard_library():
    wrong = {}
    for path in [*SOURCE.glob("*/rules.py"), *SOURCE.glob("*/rules/*.py")]:
        capability = path.relative_to(SOURCE).parts[0]
        # Words are values (pairs of sentences); a rule may name the reason it gives.
        fine = ("guomen.core", "guomen.kit.words", f"guomen.{capability}.words", f"guomen.{capability}.rules")
        foreign = [
            m for m in imports(path) if m.split(".")[0] not in sys.stdlib_module_names and not m.startswith(fine)
        ]
        if foreign:
            wrong[name(path)] = foreign
    assert wrong == {}


def test_no_clock_but_the_aware_one():
    naive = {"utcnow", "today", "utcfromtimestamp"}
    wrong = []
    for path in [*FILES, *TESTS]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                bare_now = node.func.attr == "now" and not node.args and not node.keywords
                owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                if node.func.attr in naive or (bare_now and owner in {"datetime", "dt"}):
                    wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


def test_the_core_and_the_rules_have_no_clock_at_all():
    pure = [p for p in FILES if p.is_relative_to(SOURCE / "core") or "rules" in (p.stem, p.parent.name)]
    wrong = []
    for path in pure:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "time_ns", "monotonic"}:
                wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


def test_no_floats_where_money_or_limits_are_decided():
    decides = [p for p in FILES if {"rules", "models", "services"} & {p.stem, p.parent.name}]
    wrong = []
    for path in decides:
        for node in ast.walk(tree(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            field = isinstance(node, ast.Attribute) and node.attr == "FloatField"
            if literal or made or field:
                wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_every_table_can_be_distributed(model):
    """Citus: a distribution column in each primary key and unique constraint, no foreign key across."""
    how = getattr(model, "distribution", None)
    assert how, "say how this table is distributed: a column, reference or local"
    if how in {"reference", "local"}:
        return
    column = model._meta.get_field(how)
    primary = model._meta.pk
    parts = list(primary) if isinstance(primary, models.CompositePrimaryKey) else [primary]
    assert column.name in {p.name for p in parts}
    for field in model._meta.local_fields:
        if field.unique and not field.primary_key:
            assert field.name == column.name, f"{field.name} is unique without {column.name}"
        if field.remote_field:
            assert field.remote_field.model.distribution == "reference", f"{field.name} points across"
    unique = [c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    for fields in [*unique, *model._meta.unique_together]:
        assert column.name in fields


def test_no_trigger_and_no_recursive_query_in_any_sql():
    forbidden = re.compile(r"CREATE\s+(OR\s+REPLACE\s+)?TRIGGER|WITH\s+RECURSIVE", re.IGNORECASE)
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and forbidden.search(node.value):
                wrong.append(f"{name(path)}:{node.lineno}")
    assert wrong == []


def test_no_file_grows_past_400_lines():
    text = [*FILES, *TESTS, *SOURCE.rglob("*.html"), *(SOURCE / "faces/static").glob("*.*")]
    assert {name(p): n for p in text if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400} == {}


def calls(function: ast.FunctionDef) -> set[str]:
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            func = node.func
            called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            # list.append is not the ledger's.
            if called == "append" and isinstance(func, ast.Attribute) and "ledger" not in ast.unparse(func.value):
                continue
            found.add(called)
    return found


def is_transaction(function: ast.FunctionDef) -> bool:
    return any("transaction.atomic" in ast.unparse(d) for d in function.decorator_list)


# Use cases that leave nothing in the ledger, each with its reason.
SILENT = {
    "clearance.save_draft": "a draft is the writer's own note until it is lodged",
    "clearance.change_draft": "a draft is the writer's own note until it is lodged",
    "clearance.discard_draft": "a draft is the writer's own note until it is lodged",
    "clearance.attach": "a file that no declaration names yet is nothing but bytes",
}


def silent_use_cases() -> list[str]:
    """Public service functions with a transaction that reach no ledger append through functions of the package."""
    functions: dict[str, list[ast.FunctionDef]] = {}
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, []).append(node)
    tells = {"append", "append_alone", "append_many"}
    while True:
        more = {n for n, defs in functions.items() if n not in tells and any(calls(d) & tells for d in defs)}
        if not more:
            break
        tells |= more
    silent = []
    for path in [*SOURCE.glob("*/services.py"), *SOURCE.glob("*/services/*.py")]:
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and is_transaction(node):
                use_case = f"{path.relative_to(SOURCE).parts[0]}.{node.name}"
                if not calls(node) & tells and use_case not in SILENT:
                    silent.append(use_case)
    return silent


def test_every_use_case_writes_to_the_ledger():
    assert silent_use_cases() == []


def test_every_static_file_that_a_page_names_exists():
    named = re.compile(r"""static\(['"]([^'"]+)['"]\)""")
    allauth = {"mfa/js/webauthn-json.js"}
    wrong = []
    for page in SOURCE.rglob("*.html"):
        for file in named.findall(page.read_text(encoding="utf-8")):
            if file not in allauth and not (SOURCE / "faces/static" / file).exists():
                wrong.append(f"{name(page)}: {file}")
    assert wrong == []


def test_no_page_has_inline_script_or_style():
    wrong = [
        name(page)
        for page in SOURCE.rglob("*.html")
        if re.search(r"<script>|<style|\sstyle=|\son(click|load|submit|change)=", page.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_capability_explains_itself():
    wrong = [
        c.name
        for c in apps.get_app_configs()
        if c.name.startswith("guomen.") and not Path(c.path, "README.md").exists()
    ]
    assert wrong == []


def test_every_test_is_a_sentence_and_mocks_none_of_our_own_parts():
    wrong = []
    for path in TESTS:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name.count("_") < 3:
                wrong.append(f"{name(path)}:{node.lineno} {node.name}")
        if any(m.startswith("unittest.mock") for m in imports(path)):
            wrong.append(f"{name(path)} imports mocks")
    assert wrong == []
