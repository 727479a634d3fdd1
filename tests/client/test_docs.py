"""The examples of docs/client.md are run as they stand."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from guomen.certificates import formats, signing_keys
from guomen.kit.keys import signer
from guomen.parties.actors import SYSTEM
from guomen.tags import services
from guomen.tags.services import bundling
from tests.certificates.making import decided, draft, sign

DOCS = Path(__file__).resolve().parents[2] / "docs" / "client.md"


@pytest.mark.django_db
def test_every_example_of_the_page_runs(program, people, settings):
    settings.GUOMEN = replace(settings.GUOMEN, origin="https://guomen.example")
    examples = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(examples) >= 8
    code = "\n".join(examples)
    data = services.make_bundle(SYSTEM, audience="inspector", days=7)
    key = signer(bundling.SIGNER).public_key().public_bytes_raw().hex()
    decided("line.released")
    slip = formats.kept(sign(people, draft(people)).number).slip
    for shown, real in (
        ("'{\"keys\": []}'", "jwks"),
        ('"GC1:…"', "slip"),
        ('Client("https://guomen.example", "gm_…")', 'program("cy")'),
        ('OfflineChecker("harbour.bundle", ["4f1c…"])', "OfflineChecker(bundle, [key])"),
    ):
        assert code.count(shown) == 1
        code = code.replace(shown, real)
    more = {"slip": slip, "jwks": signing_keys.jwks()}
    exec(compile(code, str(DOCS), "exec"), {"program": program, "bundle": data, "key": key} | more)
