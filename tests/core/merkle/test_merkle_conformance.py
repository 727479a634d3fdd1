"""The RFC 6962 reference tree and the proof cases of transparency-dev/merkle (Apache-2.0)."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from guomen.core.merkle import ProofError, leaf_hash, node_hash, root, verify_consistency, verify_inclusion

SHARED = Path(os.environ.get("GUOMEN_SHARED_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
LOG = SHARED / "log"
pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not LOG.is_dir(), reason="The shared log test data is not on this machine."),
]


def cases(kind: str) -> list[Any]:
    found = sorted((LOG / "merkle/testdata" / kind).rglob("*.json"))
    return [pytest.param(path, id=str(path.relative_to(LOG))) for path in found]


def blob(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_it_builds_the_reference_tree_at_every_size() -> None:
    tree = json.loads((LOG / "rfc6962-reference-tree.json").read_text())
    inputs = [bytes.fromhex(text) for text in tree["leaf_inputs_hex"]]
    for size, expected in enumerate(tree["root_hashes_hex_by_size"]):
        assert root(inputs[:size]).hex() == expected
    level = [leaf_hash(data) for data in inputs]
    for expected_level in tree["node_hashes_hex"]:
        assert [value.hex() for value in level] == expected_level
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)]


@pytest.mark.parametrize("path", cases("inclusion"))
def test_inclusion_is_judged_as_the_reference_judges_it(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [blob(text) for text in case["proof"] or []]

    def judge() -> None:
        verify_inclusion(case["leafIdx"], case["treeSize"], blob(case["leafHash"]), proof, blob(case["root"]))

    if case["wantErr"]:
        with pytest.raises(ProofError):
            judge()
    else:
        judge()


@pytest.mark.parametrize("path", cases("consistency"))
def test_consistency_is_judged_as_the_reference_judges_it(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [blob(text) for text in case["proof"] or []]

    def judge() -> None:
        verify_consistency(case["size1"], case["size2"], proof, blob(case["root1"]), blob(case["root2"]))

    if case["wantErr"]:
        with pytest.raises(ProofError):
            judge()
    else:
        judge()
