"""The examples of docs/client.md are run as they stand."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs" / "client.md"


@pytest.mark.django_db
def test_every_example_of_the_page_runs(program):
    examples = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(examples) >= 8
    code = "\n".join(examples)
    opened = 'Client("https://guomen.example", "gm_…")'
    assert code.count(opened) == 1
    exec(compile(code.replace(opened, 'program("cy")'), str(DOCS), "exec"), {"program": program})
