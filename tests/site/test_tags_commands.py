"""``guomen tags`` as an operator runs it."""

import json
from collections.abc import Iterator

import pytest

from guomen.client import BundleError, OfflineChecker
from tests.site.test_commands import database
from tests.site.tree import Tree, open_folder

pytestmark = pytest.mark.slow

RANGE = """
from guomen.kit.clock import now
from guomen.parties.services import register_organisation
from guomen.tags import labels
from guomen.tags.models import Activation, Range
firm = register_organisation("trader", "Harbour Imports", "海港进口", "CN", "H-1")
one = Range.objects.create(
    number=7, gtin="08001234567897", batch="M-1", count=50, subject="urn:guomen:line:1/1", organisation=firm
)
Activation.objects.create(subject=one.subject, since=now())
print(json.dumps(labels.serials(one, 0, 1)[0]))
"""


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with open_folder() as folder:
        made = Tree(folder / "home")
        with database(made):
            yield made


def test_a_bundle_is_written_and_a_device_relies_on_it(tree, tmp_path):
    serial = tree.ask(RANGE)
    file = tmp_path / "inspectors.bundle"
    done = tree.run("tags", "bundle", str(file), "--for", "inspector", "--days", "3", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["ranges"], told["items"], told["bytes"]) == (1, 50, file.stat().st_size)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    found = OfflineChecker(file, [told["key"]]).check(serial)
    assert (found.state, found.proven) == ("fine", True)
    with pytest.raises(BundleError, match="key"):
        OfflineChecker(file, ["11" * 32])


def test_a_code_is_signed(tree):
    done = tree.run("tags", "sign", "https://id.gs1.org/00/080012345000000016", "--days", "30")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("GM1:")
    refused = tree.run("tags", "sign", "https://evil.example/00/080012345000000016")
    assert refused.returncode == 1
    assert "GS1 Digital Link" in refused.stderr


def test_a_wrong_wish_is_told_in_a_sentence(tree, tmp_path):
    done = tree.run("tags", "bundle", str(tmp_path / "x"), "--for", "everybody", "--days", "99")
    assert done.returncode == 1
    assert "for inspectors or for retailers" in done.stderr
    assert "1 to 31 days" in done.stderr
    assert not (tmp_path / "x").exists()
    nowhere = tree.run("tags", "bundle", str(tmp_path / "no" / "x"), "--for", "retailer")
    assert nowhere.returncode == 1
    assert "cannot be written" in nowhere.stderr
