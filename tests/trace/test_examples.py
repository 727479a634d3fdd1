"""The examples that people try first: they are valid, and the API takes them."""

import importlib.util
import json
from pathlib import Path

import pytest

from guomen.core import epcis
from guomen.parties.services import issue_token
from tests.clearance.conftest import example

ROOT = Path(__file__).resolve().parents[2]
STORY = ROOT / "examples" / "epcis" / "story.jsonld"


def test_the_storys_events_are_valid_and_are_what_the_tool_writes() -> None:
    events = epcis.parse_document(json.loads(STORY.read_text(encoding="utf-8")))
    assert [e.biz_step.rsplit("-")[-1].rsplit(":")[-1] for e in events] == ["commissioning", "packing", "departing"]
    spec = importlib.util.spec_from_file_location("make_examples", ROOT / "tools" / "make_examples.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.text() == STORY.read_text(encoding="utf-8")


@pytest.fixture
def program(people, door):
    """Cy's program, as the README's curl lines are."""
    token = issue_token("program", ["declare", "capture"], people.cy.actor)[1]

    def send(path: str, body: object):
        client = door()
        return client.post(
            path,
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        )

    return send


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(p.stem for p in (ROOT / "examples" / "declarations").glob("*.json")))
def test_each_declaration_lodges_over_the_api(program, name: str) -> None:
    answer = program("/api/declarations", example(name))
    assert answer.status_code == 201, answer.content
    assert answer.json()["lines"]


@pytest.mark.django_db
def test_the_storys_events_are_captured_over_the_api(program) -> None:
    answer = program("/epcis/v2/capture", json.loads(STORY.read_text(encoding="utf-8")))
    assert answer.status_code == 202, answer.content
    job = answer.headers["Location"]
    assert "/epcis/v2/capture/" in job
