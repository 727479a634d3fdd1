"""Auditing a log from outside, over real HTTP: all fits, or the planted change is found."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from guomen.cli import app
from guomen.client.audit import AuditError, audit
from guomen.core.merkle import NoteError, ProofError, parse_policy, vkey
from guomen.kit.keys import signer
from guomen.ledger import publishing, queries, sequencer, signing
from guomen.ledger.models import Entry, Head, Sequenced, Tile
from guomen.ledger.proofs import ProofFileError, check_file, qr_svg, qr_text, read_proof
from guomen.ledger.services import append_alone
from guomen.ledger.tree import tiles
from guomen.parties.actors import SYSTEM
from tests.ledger.test_publishing import home, write  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def log(live_server, home) -> str:  # noqa: F811
    write(600)
    publishing.run_once()
    return f"{live_server.url}/log"


def test_a_whole_log_is_mirrored_and_fits_and_an_audit_goes_on_where_it_was(log, tmp_path):
    seen = []
    report = audit(log, signing.log_vkey(), tmp_path / "m", progress=lambda n, of: seen.append((n, of)))
    assert (report.checkpoint.size, report.fetched, seen[-1]) == (600, 7, (600, 600))
    write(100)
    publishing.run_once()
    report = audit(log, signing.log_vkey(), tmp_path / "m")
    assert (report.checkpoint.size, report.fetched) == (700, 2)


def test_one_changed_fact_is_found(log, tmp_path):
    entry = Sequenced.objects.get(position=417).entry_id
    Entry.objects.filter(id=entry).update(facts={"n": "changed"})
    with pytest.raises(AuditError, match="entry 417 "):
        audit(log, signing.log_vkey(), tmp_path)
    answer = CliRunner().invoke(app, ["log", "audit", log, "--vkey", signing.log_vkey(), "--folder", str(tmp_path)])
    assert answer.exit_code == 1


def test_an_entry_that_is_gone_and_a_hash_that_was_changed_are_found(log, tmp_path):
    Entry.objects.filter(id=Sequenced.objects.get(position=3).entry_id).delete()
    with pytest.raises(AuditError, match="entry 3 "):
        audit(log, signing.log_vkey(), tmp_path / "a")
    tile = Tile.objects.get(level=0, index=1)
    Tile.objects.filter(level=0, index=1).update(hashes=bytes(tile.hashes)[:-1] + b"x")
    with pytest.raises(AuditError):
        audit(log, signing.log_vkey(), tmp_path / "b")


def test_a_history_that_was_written_anew_is_found_by_who_has_the_old_one(log, tmp_path):
    audit(log, signing.log_vkey(), tmp_path)
    for path in (tmp_path / "tile").rglob("*"):
        if path.is_file():
            path.unlink()
    first, second = (Sequenced.objects.get(position=n) for n in (10, 11))
    row = Tile.objects.get(level=0, index=0)
    hashes = bytes(row.hashes)
    Tile.objects.filter(level=0, index=0).update(hashes=hashes[:320] + hashes[352:384] + hashes[320:352] + hashes[384:])
    Sequenced.objects.filter(position=10).update(entry_id=second.entry_id)
    Sequenced.objects.filter(position=11).update(entry_id=first.entry_id)
    from guomen.core.merkle import Tiles, root_of_hashes

    leaves = b"".join(bytes(t.hashes) for t in Tile.objects.filter(level=0).order_by("index"))
    above = bytes(Tile.objects.get(level=1, index=0).hashes)
    first = root_of_hashes([leaves[i : i + 32] for i in range(0, 256 * 32, 32)])
    Tile.objects.filter(level=1, index=0).update(hashes=first + above[32:])
    tree = root_of_hashes([leaves[i : i + 32] for i in range(0, len(leaves), 32)])
    assert isinstance(tiles(), Tiles)
    Head.objects.update(root=tree, note=signing.sign(600, tree))
    publishing.published().delete()
    publishing.run_once()
    assert audit(log, signing.log_vkey(), tmp_path / "new").checkpoint.root == tree
    with pytest.raises(AuditError, match="first 600 entries"):
        audit(log, signing.log_vkey(), tmp_path)


def test_another_key_and_too_few_witnesses_are_refused(log, tmp_path):
    other = vkey("guomen.local/log", signer("other").public_key())
    with pytest.raises(NoteError):
        audit(log, other, tmp_path)
    from guomen.core.merkle import witness_vkey

    policy = parse_policy(f"witness w {witness_vkey('w', signer('other').public_key())}\nquorum w\n")
    with pytest.raises(AuditError, match="witnesses"):
        audit(log, signing.log_vkey(), tmp_path, policy=policy)


def test_a_proof_is_a_file_and_a_code_that_are_checked_without_us(home):  # noqa: F811
    [id] = write()
    publishing.run_once()
    proof = queries.prove(Entry.objects.get(id=id))
    from dataclasses import asdict

    for text in (json.dumps(asdict(proof)), qr_text(proof), qr_text(proof) + "\n"):
        assert check_file(read_proof(text), signing.log_vkey()) == []
    assert qr_svg(proof).startswith("<svg")
    changed = asdict(proof) | {"content": proof.content | {"kind": "party.changed"}}
    with pytest.raises(ProofError):
        check_file(read_proof(json.dumps(changed)), signing.log_vkey())


@pytest.mark.parametrize("text", ["", "{}", "GMP1:", "GMP1:%%%", "GMP1:7WE QE", "[1]", '{"content":1}', "x" * 9999])
def test_what_is_no_proof_is_refused_with_a_sentence(text):
    with pytest.raises(ProofFileError, match="no proof"):
        read_proof(text)


def test_the_commands_prove_and_verify(home, tmp_path):  # noqa: F811
    [id] = write()
    publishing.run_once()
    file, code = tmp_path / "p.json", tmp_path / "p.svg"
    run = CliRunner().invoke
    assert run(app, ["log", "prove", str(id), "--out", str(file), "--qr", str(code)]).exit_code == 0
    assert b"<svg" in code.read_bytes()
    good = run(app, ["log", "verify", str(file), "--vkey", signing.log_vkey(), "--json"])
    assert json.loads(good.stdout)["position"] == 0
    file.write_text(file.read_text().replace("party.registered", "party.changed"))
    assert run(app, ["log", "verify", str(file)]).exit_code == 1
    assert run(app, ["log", "verify", str(tmp_path / "none")]).exit_code == 1
    assert run(app, ["log", "prove", "x"]).exit_code == 1
    assert json.loads(run(app, ["log", "state"]).stdout)["public"] == 1


def test_verify_needs_no_installation(home, tmp_path):  # noqa: F811
    [id] = write()
    publishing.run_once()
    (tmp_path / "proof.txt").write_text(qr_text(queries.prove(Entry.objects.get(id=id))))
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GUOMEN_HOME": str(tmp_path / "none")}
    command = [sys.executable, "-m", "guomen", "log", "verify", "proof.txt", "--vkey", signing.log_vkey()]
    done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Entry 0 of 1 is in the log" in done.stdout
    assert not (tmp_path / "none").exists()


def test_a_proof_that_cannot_be_written_gets_a_sentence(home, tmp_path):  # noqa: F811
    big = append_alone("party.registered", [f"urn:x:{os.urandom(9).hex()}" for _ in range(400)], {}, SYSTEM)
    sequencer.run_once()
    publishing.run_once()
    run = CliRunner().invoke
    for option in (["--qr", str(tmp_path / "q.svg")], ["--out", str(tmp_path / "no" / "p.json")]):
        done = run(app, ["log", "prove", str(big), *option])
        assert done.exit_code == 1
        assert "The proof cannot be written" in done.output
        assert not isinstance(done.exception, ValueError | OSError)
