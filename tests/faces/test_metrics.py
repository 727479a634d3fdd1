"""What a monitoring system reads of the ledger, and who may."""

import pytest
from typer.testing import CliRunner

from guomen.cli import app
from guomen.ledger import follow
from guomen.ledger.models import Cursor
from tests.trace.goods import robot

pytestmark = pytest.mark.django_db


def test_lag_and_failures_of_each_follower_are_there(people, door):
    follow.catch_up()
    Cursor.objects.filter(name="trace.sight").update(position=0, failures=3, paused=True)
    text = door("bo").get("/metrics").content.decode()
    size = follow.size()
    assert f"guomen_ledger_signed_entries {size}.0" in text
    assert f"guomen_ledger_public_entries {size}.0" in text
    assert f'guomen_follower_lag{{follower="trace.sight"}} {size}.0' in text
    assert 'guomen_follower_failures{follower="trace.sight"} 3.0' in text
    assert 'guomen_follower_paused{follower="trace.sight"} 1.0' in text
    assert all(f'guomen_follower_lag{{follower="{name}"}}' in text for name in follow.all_followers())


def test_only_the_authority_reads_them(people, door):
    codes = {name: door(name).get("/metrics").status_code for name in ("bo", "cy", "gao", "eve", "")}
    assert codes == {"bo": 200, "cy": 404, "gao": 404, "eve": 404, "": 401}
    assert robot(people.bo, "read").get("/metrics").status_code == 200
    assert robot(people.cy, "read").get("/metrics").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_follower_is_replayed_only_where_that_does_no_harm():
    Cursor.objects.update_or_create(name="edge.ranges", defaults={"position": 7})
    run = CliRunner().invoke
    assert "reads again from 1" in run(app, ["followers", "replay", "edge.ranges", "--from", "1"]).output
    assert Cursor.objects.get(name="edge.ranges").position == 1
    assert run(app, ["followers", "replay", "cases.recall"]).exit_code == 1
    assert run(app, ["followers", "replay", "nobody"]).exit_code == 1
