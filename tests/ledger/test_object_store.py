"""The log in an object store alone: everybody reads and audits it there, and it remembers more than a lost database."""

from dataclasses import replace

import httpx
import pytest
from django.db import transaction

from guomen.client.audit import audit
from guomen.client.log import LogReader
from guomen.core.merkle import tile_path
from guomen.ledger import publishing, signing
from guomen.ledger.models import Head, Publication
from guomen.ledger.places import Bucket, PlaceError
from tests.ledger.objects import object_store
from tests.ledger.test_publishing import _lose, home, write  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with object_store(tmp_path_factory.mktemp("store")) as address:
        yield address


@pytest.fixture
def store(server, tmp_path, monkeypatch, settings):
    """Where the log is for its readers; this installation is told to write there."""
    values = {"ACCESS_KEY_ID": "AKLOG", "SECRET_ACCESS_KEY": "secret-of-the-log", "REGION": "us-east-1"}
    for name, value in (values | {"ENDPOINT_URL": server, "ALLOW_HTTP": "true"}).items():
        monkeypatch.setenv(f"AWS_{name}", value)
    settings.GUOMEN = replace(settings.GUOMEN, log_store=f"s3://public/{tmp_path.name}")
    return f"{server}/public/{tmp_path.name}"


def test_everybody_audits_the_log_from_the_store_alone_and_it_catches_up(home, server, store, monkeypatch, tmp_path):  # noqa: F811
    url, key = store, signing.log_vkey()
    write(200)
    assert publishing.run_once()
    assert publishing.store_once()
    assert not publishing.store_once()
    with LogReader(url, key) as reader:
        reader.refresh()
        # The store goes away: the log is public at its own door meanwhile.
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        write(400)
        assert publishing.run_once()
        assert not publishing.store_once()
        behind = Publication.objects.get()
        assert (behind.size, behind.stored) == (600, 200)
        assert "object store" in behind.store_problem
        assert "secret-of-the-log" not in behind.store_problem
        monkeypatch.setenv("AWS_ENDPOINT_URL", server)
        assert publishing.store_once()
        assert Publication.objects.get().store_problem == ""
        # Its partial tile is full by now; who has the older checkpoint finds the same in the full one.
        assert httpx.get(f"{url}/{tile_path(0, 0, 200)}").status_code in (403, 404)
        reader.prove(150)
    assert audit(url, key, tmp_path / "mirror").checkpoint.size == 600
    tile, note = httpx.get(f"{url}/{tile_path(0, 1)}"), httpx.get(f"{url}/checkpoint")
    assert tile.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert tile.headers["content-type"] == "application/octet-stream"
    assert (note.headers["cache-control"], note.headers["content-type"]) == ("no-cache", "text/plain; charset=utf-8")
    assert note.text == publishing.published().note
    # Restored from an older dump, in a home that remembers nothing.
    _lose(5)
    (home / "log.published").unlink()
    publishing.guard()
    assert "The object store shows our signature on 600 entries" in Head.objects.get().stopped


def test_a_file_that_cannot_be_written_leaves_the_checkpoint_of_before(home, store, monkeypatch):  # noqa: F811
    write(3)
    assert publishing.run_once()
    assert publishing.store_once()
    before = httpx.get(f"{store}/checkpoint").text
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with transaction.atomic():
        write(1)
    assert publishing.run_once()
    assert not publishing.store_once()
    assert httpx.get(f"{store}/checkpoint").text == before
    with pytest.raises(PlaceError, match="s3://"):
        Bucket("file:///tmp")
