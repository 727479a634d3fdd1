"""The story's declaration as a person enters it: section by section, line by line."""

import re
import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from guomen.faces.portal.sections import Section, read, sections
from guomen.kit.ids import uuid7
from guomen.kit.words import W
from guomen.warning.models import Notice
from guomen.warning.services import order_recall
from tests.clearance.conftest import example
from tests.warning import story as warning

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def story() -> dict[str, Any]:
    """The three lines in the writing of the form: arrival as local time, documents left for the upload."""
    payload = example()
    arrives = datetime.fromisoformat(payload["arrives_at"]).astimezone(ZoneInfo("Asia/Shanghai"))
    return payload | {"arrives_at": f"{arrives:%Y-%m-%dT%H:%M}", "documents": []}


def answers(section: Section, data: dict[str, Any]) -> dict[str, Any]:
    return {f.name: read(data, f.name) or "" for f in section.fields}


def line_answers(data: dict[str, Any], index: int) -> dict[str, Any]:
    return {f"lines.{index}.{k}": [] if v == [] else v or "" for k, v in data["lines"][index].items()}


def key() -> dict[str, str]:
    return {"once": str(uuid.uuid4())}


def start(client: Client) -> str:
    """Press the button on the list; the address of the draft."""
    return client.post("/portal/declare/", key())["Location"]


def fill(client: Client, draft: str, data: dict[str, Any]) -> None:
    """Answer every section and line rightly."""
    for section in sections(data):
        sent = client.post(f"{draft}{section.key}/", answers(section, data))
        assert (sent.status_code, sent.get("Location")) == (302, draft), text(sent)
    for index in range(len(data["lines"])):
        sent = client.post(f"{draft}goods/{index}/", line_answers(data, index))
        assert (sent.status_code, sent.get("Location")) == (302, draft), text(sent)


def lodge(client: Client) -> str:
    """Declare the story from the first button to the last; the number of the declaration."""
    draft = start(client)
    fill(client, draft, story())
    return client.post(f"{draft}send", key())["Location"].rstrip("/").rsplit("/", 1)[-1]


def text(answer: Any) -> str:
    return answer.content.decode()


def named(answer: Any) -> dict[str, str]:
    """Field -> what is wrong with it, as the error summary says it."""
    summary = re.search(r'<div class="problems".*?</div>', text(answer), re.S)
    found = re.findall(r'<li><a href="#([^"]+)">([^<]*)</a>', summary.group(0)) if summary else []
    for field, _said in found:
        assert f'id="{field}"' in text(answer), f"the summary links to {field}, which is not on the page"
    return dict(found)


def a_notice(people: Any) -> Notice:
    """A recall of one batch, ordered by Bo, with a notice to Cy's firm as its importer."""
    alert = warning.an_assessed_alert(people.bo.actor)
    reason = W("Needles were found in the collar.", "领口内发现断针。")
    advice = [W("Stop the sale.", "停止销售。"), W("Set the goods aside.", "将货物单独存放。")]
    recall = order_recall(people.bo.actor, alert.number, batches=[warning.BATCH], reason=reason, advice=advice)
    why = [{"role": "importer", "units": "1200"}]
    return Notice.objects.create(id=uuid7(), recall=recall.number, organisation=people.cy.organisation, why=why)
