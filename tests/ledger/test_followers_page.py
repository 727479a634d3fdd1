"""The examples of docs/followers.md are run as they stand, and what the page says of metrics is there."""

import re
from pathlib import Path

import pytest
from django.db import connection

from guomen.ledger import follow
from guomen.ledger.models import Cursor

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "followers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def stores():
    """The table of the example's capability; its follower is gone afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stores_sold (product text PRIMARY KEY, items int)")
    yield
    follow._registry.pop("stores.sold", None)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE stores_sold")


def sold() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT product, items FROM stores_sold")
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_the_example_counts_what_is_sold_once(stores, people, door):
    code = compile("\n".join(BLOCKS), "docs/followers.md", "exec")
    exec(code, {})
    assert sold() == {"09506000134352": 1}
    exec(compile(BLOCKS[1], "docs/followers.md", "exec"), {})
    assert sold() == {"09506000134352": 2}
    assert Cursor.objects.get(name="stores.sold").position == follow.size()
    text = door("bo").get("/metrics").content.decode()
    told = re.findall(r"guomen_(?:follower|ledger)_\w+", PAGE)
    assert len(told) >= 6
    assert all(f"# TYPE {name} gauge" in text for name in told)


def test_the_commands_of_the_page_are_there():
    from typer.testing import CliRunner

    from guomen.cli import app

    for words in re.findall(r"^guomen followers (\w+)", PAGE, re.MULTILINE):
        assert CliRunner().invoke(app, ["followers", words, "--help"]).exit_code == 0
