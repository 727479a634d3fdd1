"""What an entry holds and what it does not: commitments, small and canonical; no personal data; the rule pack."""

import hashlib
import json
import uuid
from dataclasses import asdict

import pytest
import rfc8785
from django.db import connection
from django.test import Client

from guomen.client.audit import audit
from guomen.core.merkle import leaf_hash
from guomen.ledger import publishing, queries, sequencer, signing
from guomen.ledger.canonical import commitment
from guomen.ledger.models import Entry, Position, Tile
from guomen.ledger.proofs import check_file, read_proof
from guomen.ledger.services import entry_content, known_kinds
from guomen.warning.intake import erase
from guomen.warning.models import Told
from tests.ledger.test_publishing import home  # noqa: F401
from tests.safety.world import build
from tests.warning.test_signals import injury

DECIDED = ("line.screened", "line.selected", "line.released", "line.held", "inspection.concluded", "sample.reported")


def test_a_commitment_of_any_kind_has_at_most_200_bytes():
    assert max(len(kind) for kind in known_kinds()) <= 60
    for kind in known_kinds() | {"x" * 60}:
        content = {"id": str(uuid.uuid4()), "kind": kind, "subjects": ["s" * 5000], "facts": {"f": "x" * 5000}}
        assert len(commitment(content)) <= 200


@pytest.mark.django_db
def test_every_entry_of_a_whole_world_is_committed_to_by_its_canonical_form(people, home):  # noqa: F811
    build(people)
    while sequencer.run_once():
        pass
    publishing.run_once()
    leaves = b"".join(bytes(t.hashes) for t in Tile.objects.filter(level=0).order_by("index"))
    places = dict(Position.objects.values_list("entry_id", "position"))
    entries = list(Entry.objects.all())
    assert len(entries) == len(places) > 30
    for entry in entries:
        said = rfc8785.dumps(entry_content(entry))
        told = f"guomen.entry.v1\n{entry.kind}\n{entry.id}\n{hashlib.sha256(said).hexdigest()}\n".encode()
        at = 32 * places[entry.id]
        assert leaf_hash(told) == leaves[at : at + 32], entry.kind
        assert len(told) <= 200
    decided = [e for e in entries if e.kind in DECIDED]
    assert {e.kind for e in decided} == set(DECIDED)
    assert all(e.facts["rule_pack"] for e in decided)


@pytest.mark.django_db(transaction=True)
def test_erasing_personal_data_leaves_every_proof_as_good_as_before(people, home, live_server, tmp_path):  # noqa: F811
    signal = injury("r1", text="My son Max bled", contact="max@family.example")
    told = Told.objects.get(signal_id=signal.id)
    opened = hashlib.sha256("\x1f".join([told.salt, told.text, told.contact, told.place, told.photo]).encode())
    sequencer.run_once()
    publishing.run_once()
    entry = Entry.objects.get(kind="signal.received")
    assert entry.facts["commitment"] == opened.hexdigest()
    before = json.dumps(asdict(queries.prove(entry)))
    erase(people.bo.actor, signal.id)
    sequencer.run_once()
    publishing.run_once()
    after = json.dumps(asdict(queries.prove(Entry.objects.get(id=entry.id))))
    for text in (before, after):
        check_file(read_proof(text), signing.log_vkey())
        assert "holds" in Client(headers={"accept-language": "en"}).post("/log/check", {"text": text}).content.decode()
    size = Entry.objects.count()
    assert audit(f"{live_server.url}/log", signing.log_vkey(), tmp_path / "m").checkpoint.size == size
    # Neither the words nor the salt with which a guess could be tried are anywhere in the database any more.
    for secret in ("My son Max", "max@family", told.salt):
        assert tables_that_hold(secret) == []


def tables_that_hold(text: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}" t WHERE position(%s IN t::text) > 0', [text])
            if cursor.fetchone()[0]:
                found.append(name)
    return found
