"""The log for people: what it is, one entry, and a proof that somebody brings; and for programs without tiles."""

import json
from dataclasses import asdict

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guomen.client.log import LogReader
from guomen.core.merkle import NoteError, ProofError, TileError, leaf_hash, parse_tlog_proof, vkey
from guomen.kit.keys import signer
from guomen.ledger import proofs, publishing, queries, rotation, sequencer, signing
from guomen.ledger.models import Entry, Sequenced, Tile
from guomen.ledger.proofs import qr_text
from guomen.parties.actors import SYSTEM
from tests.ledger.test_publishing import home, write  # noqa: F401

pytestmark = pytest.mark.django_db

EN, ZH = {"accept-language": "en"}, {"accept-language": "zh-CN"}


@pytest.fixture
def entries(home) -> list:  # noqa: F811
    ids = write(300)
    publishing.run_once()
    return ids


def seen(path: str, status: int = 200, headers: dict = EN) -> str:
    answer = Client(headers=headers).get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def brought(text: str, status: int, headers: dict = EN) -> str:
    answer = Client(headers=headers).post("/log/check", {"text": text})
    assert answer.status_code == status
    return answer.content.decode()


def proof_of(id) -> proofs.Proof:
    return queries.prove(Entry.objects.get(id=id))


def test_the_page_says_how_large_the_log_is_and_leads_to_an_entry(entries):
    assert "300" in seen("/log")
    assert signing.log_vkey().split("+")[1] in seen("/log")
    answer = Client().get("/log", {"number": "299"})
    assert answer["Location"] == "/log/entries/299"
    for wrong in ("300", "-1", "x", "٣", "9" * 19, "1.5", "0x1"):
        answer = Client(headers=EN).get("/log", {"number": wrong})
        assert answer.status_code == 404
        assert "no entry of this number" in answer.content.decode()


def test_an_empty_log_has_a_page_too(home):  # noqa: F811
    assert "Nothing is published yet" in seen("/log")
    seen("/log/entries/0", 404)
    seen("/log/proofs/0", 404)


def test_an_entry_shows_its_fingerprint_and_not_what_it_says(entries):
    text = seen("/log/entries/7")
    found = queries.place(7)
    assert found.digest in text
    assert found.id in text
    assert "is the one that was sealed" in text
    assert "Organisation registered" in text
    assert "urn:x" not in text
    for beyond in (300, 10**30):
        seen(f"/log/entries/{beyond}", 404)


def test_an_entry_that_was_changed_or_removed_says_so(entries):
    Entry.objects.filter(id=entries[7]).update(facts={"n": "changed"})
    Entry.objects.filter(id=entries[8]).delete()
    for position in (7, 8):
        assert "changed or removed afterwards" in seen(f"/log/entries/{position}")
        assert "事后被更改或删除" in seen(f"/log/entries/{position}", headers=ZH)


def test_what_the_log_says_of_its_own_keys_is_open(entries):
    rotation.rotate(SYSTEM, reason="yearly <b>")
    sequencer.run_once()
    publishing.run_once()
    text = seen("/log/entries/300")
    assert "yearly &lt;b&gt;" in text
    assert signing.log_vkey().split("+")[1] in text
    both = seen("/log")
    assert all(one.vkey.split("+")[1] in both for one in signing.every_key())
    assert "/log/entries/300" in both


def test_a_proof_without_tiles_is_one_that_holds(entries):
    answer = Client().get("/log/proofs/42")
    proof = parse_tlog_proof(answer.content.decode())
    proof.verify(queries.place(42).leaf, signing.log_vkey())
    assert answer["Cache-Control"] == "public, no-cache"
    assert "Vary" not in answer.headers


def test_a_proof_is_explained_in_each_of_its_forms(entries):
    proof = proof_of(entries[5])
    place = queries.place(5).proof.text()
    for text in (json.dumps(asdict(proof)), qr_text(proof), f"  {qr_text(proof)}\n", place):
        page = brought(text, 200)
        assert "This proof holds." in page
        assert "has the same entry at this place" in page
    assert "party.registered" in brought(qr_text(proof), 200)
    assert "该证明有效" in brought(place, 200, ZH)
    file = SimpleUploadedFile("proof.json", json.dumps(asdict(proof)).encode())
    assert "This proof holds." in Client(headers=EN).post("/log/check", {"file": file}).content.decode()


def test_a_proof_whose_entry_the_log_has_lost_says_so(entries):
    proof = proof_of(entries[5])
    hashes = bytes(Tile.objects.get(level=0, index=0).hashes)
    Tile.objects.filter(level=0, index=0).update(hashes=hashes[:160] + hashes[:32] + hashes[192:])
    page = brought(qr_text(proof), 200)
    assert "does not have this entry at this place" in page


def test_a_proof_that_does_not_hold_is_told_why(entries):
    proof = asdict(proof_of(entries[5]))
    changed = proof | {"content": proof["content"] | {"kind": "party.changed"}}
    assert "something in it was changed" in brought(json.dumps(changed), 422)
    assert "something in it was changed" in brought(json.dumps(proof | {"size": 299}), 422)
    assert "something in it was changed" in brought(json.dumps(proof | {"position": 6}), 422)
    other = proof["checkpoint"].replace("guomen.local/log", "other.example/log")
    assert "not signed with a key of this log" in brought(json.dumps(proof | {"checkpoint": other}), 422)
    assert "其中有内容被更改" in brought(json.dumps(changed), 422, ZH)


@pytest.mark.parametrize(
    "text",
    ["{}", "x", "GMP1:%%", "c2sp.org/tlog-proof@v1", "[" * 100_000, '{"content":' * 5_000, "\x00", "<script>",
     '{"content":{},"position":0,"size":1,"path":["zz"],"root":"","checkpoint":"","vkey":""}',
     '{"content":{"kind":"a","id":"b","x":1e400},"position":0,"size":1,"path":[],"root":"","checkpoint":"","vkey":""}',
     '{"content":{"kind":"a","id":"b"},"position":-1,"size":1,"path":[],"root":"","checkpoint":"a","vkey":""}'],
)  # fmt: skip
def test_what_is_no_proof_gets_a_sentence(entries, text):
    page = brought(text, 422)
    assert "no proof that we can read" in page or "not signed" in page
    assert "<script>" not in page


def test_nothing_brought_is_asked_for(entries):
    assert "Paste a proof or choose a file." in brought(" ", 422)
    assert Client().put("/log/check").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_a_reader_works_proofs_out_from_tiles_and_sees_that_the_log_only_grows(live_server, home):  # noqa: F811
    write(600)
    publishing.run_once()
    with LogReader(f"{live_server.url}/log", signing.log_vkey()) as reader:
        for position in (0, 255, 256, 599):
            leaf, proof = reader.prove(position)
            assert leaf == queries.place(position).leaf
            assert proof.path == queries.place(position).proof.path
        with pytest.raises(TileError):
            reader.prove(600)
        write(50)
        publishing.run_once()
        assert reader.prove(620)[1].index == 620
        hashes = bytes(Tile.objects.get(level=0, index=2).hashes)
        Tile.objects.filter(level=0, index=2).update(hashes=leaf_hash(b"x") + hashes[32:])
        write(300)
        publishing.run_once()
        with pytest.raises(ProofError):
            reader.prove(700)
    other = vkey("guomen.local/log", signer("other").public_key())
    with LogReader(f"{live_server.url}/log", other) as stranger, pytest.raises(NoteError):
        stranger.prove(0)
    assert Sequenced.objects.count() == 950
