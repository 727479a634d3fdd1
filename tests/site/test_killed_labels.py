"""The worker is killed while it makes label files: each label is made once, and the files are what they should be."""

import csv
import io
import os
import re
import signal

import httpx
import pytest

from tests.site.tree import until

pytestmark = pytest.mark.slow
LABELS = 30_000
ORDERED = f"""
from django.db import transaction
from guomen.kit.ids import Subject
from guomen.ledger.services import append
from guomen.parties import actors, services as parties
from guomen.parties.models import Person
from guomen.tags import services
cy = actors.of_person(Person.objects.get(email="cy@example.test"))
line = Subject.line("224820261000000017", 1)
with transaction.atomic():
    append("declaration.lodged", [Subject.declaration("224820261000000017"), line], {{}}, cy)
    append("line.screened", [line], {{"gtin": "08001234567897", "batch": "M-2291"}}, cy)
one = services.order(cy, gtin="08001234567897", batch="M-2291", count={LABELS}, subject=line)
print(json.dumps([one.code, parties.issue_token("robot", ["tags"], cy)[1]]))
"""
MADE = """
from guomen.ledger.models import Entry
from guomen.tags.models import LabelPart, Range
parts = list(LabelPart.objects.values_list("count", flat=True))
print(json.dumps([parts, Range.objects.get().printed, Entry.objects.filter(kind="tags.printed").count()]))
"""


FIRST_HALF = re.compile(r"\^XFR:GUOMEN\.ZPL\^FN2\^FD([^^]+)\^FS")


def finished(client: httpx.Client, job: str) -> bool:
    return client.get(f"/api/tags/labels/{job}").json()["state"] == "done"


def spaced(serial: str) -> str:
    """The first line of a serial on a label."""
    return f"{serial[:4]} {serial[4:8]} {serial[8:12]}"


def test_kill_9_of_the_worker_in_the_middle_of_label_files_makes_each_label_once(tree):
    tree.start()
    tree.add_people()
    code, token = tree.ask(ORDERED)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=tree.address, headers=headers, timeout=60) as client:
        asked = client.post(f"/api/tags/ranges/{code}/labels", json={"format": "zpl-graphic", "size": "50x30"})
        assert asked.status_code == 202, asked.text
        job = f"/api/tags/labels/{asked.json()['id']}"

        def done() -> int:
            return int(client.get(job).json()["done"])

        for _ in range(3):
            before = done()
            until(lambda before=before: done() > before, why="the worker makes labels")
            assert done() < LABELS, "killed too late to show anything"
            old = tree.pid("worker")
            os.kill(old, signal.SIGKILL)
            until(lambda old=old: tree.pid("worker") not in (0, old), why="the worker is started again")
        listed = client.post(f"/api/tags/ranges/{code}/labels", json={"format": "csv"}).json()
        until(lambda: finished(client, listed["id"]), why="the list", seconds=60)
        text = client.get(f"/api/tags/labels/{listed['id']}/file").text
        wanted = [spaced(row["serial"]) for row in csv.DictReader(io.StringIO(text))]
        until(lambda: finished(client, asked.json()["id"]), why="all labels are made", seconds=240)
        printed_lines = client.get(f"{job}/file").text.splitlines()
    assert [found[1] for line in printed_lines if (found := FIRST_HALF.search(line))] == wanted
    parts, printed, told = tree.ask(MADE)
    assert (printed, told) == (LABELS, 2)
    assert sum(parts) == 2 * LABELS
    assert tree.stop() == 0
