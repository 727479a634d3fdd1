"""The keystore: encrypted at rest, opened unattended, old files taken over, wrong keys refused with a sentence."""

import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from guomen.kit.keystore import KeyMissingError, KeystoreError, Secret
from guomen.kit.keystore.interface import Keystore
from guomen.kit.keystore.sealed import SealedFolder, check_of
from guomen.kit.keystore.unlock import new_folder, open_folder, opened, seal_with_passphrase


def at(home: Path, unlock: str = "") -> SealedFolder:
    """The keystore of a home, opened anew as another process would."""
    return SealedFolder(home / "keys", opened(home / "keys", home, unlock))


def test_a_key_is_made_once_is_encrypted_on_disk_and_opens_again(tmp_path):
    store: Keystore = at(tmp_path)
    made = store.secret("tags-mac")
    assert len(made) == 32
    assert store.secret("draw") != made
    assert at(tmp_path).secret("tags-mac") == made
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert made not in file.read_bytes()
            assert file.stat().st_mode & 0o077 == 0
    assert store.names() == {"tags-mac", "draw"}


def test_plain_files_of_older_versions_are_encrypted_when_the_store_is_opened(tmp_path):
    (tmp_path / "keys").mkdir()
    old = {"log": os.urandom(32), "tags-mac": os.urandom(32)}
    for name, key in old.items():
        (tmp_path / "keys" / name).write_bytes(key)
    store = at(tmp_path)
    assert all(key not in (tmp_path / "keys" / name).read_bytes() for name, key in old.items())
    assert {name: bytes(store.secret(name)) for name in old} == old
    assert at(tmp_path).secret("log") == old["log"]


def test_processes_that_start_at_once_get_the_same_keys(tmp_path):
    program = (
        "import sys; from pathlib import Path; from guomen.kit.keystore import keystore\n"
        "print(keystore(Path(sys.argv[1])).describe('log').check if keystore(Path(sys.argv[1])).secret('log') else '')"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    told = [process.communicate() for process in started]
    assert all(process.returncode == 0 for process in started), told
    assert {out for out, _ in told} == {at(tmp_path).describe("log").check.encode() + b"\n"}


def test_without_the_passphrase_nothing_opens(tmp_path):
    at(tmp_path).secret("log")
    phrase = (tmp_path / "unlock").read_bytes()
    (tmp_path / "unlock").write_text("another passphrase altogether")
    with pytest.raises(KeystoreError, match="does not open the keys"):
        at(tmp_path)
    (tmp_path / "unlock").unlink()
    with pytest.raises(KeystoreError, match="is not there"):
        at(tmp_path)
    assert not (tmp_path / "unlock").exists()
    (tmp_path / "unlock").write_text("short")
    with pytest.raises(KeystoreError, match="at least 12 characters"):
        at(tmp_path)
    (tmp_path / "elsewhere").write_bytes(b"\n" + phrase + b"\n")
    assert at(tmp_path, str(tmp_path / "elsewhere")).secret("log")


def test_the_passphrase_may_come_as_a_credential_of_systemd(tmp_path, monkeypatch):
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "guomen-keys").write_text("a passphrase from the service manager")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    home = tmp_path / "home"
    made = at(home).secret("log")
    assert not (home / "unlock").exists()
    assert at(home, str(tmp_path / "credentials" / "guomen-keys")).secret("log") == made


def test_a_passphrase_is_changed_without_touching_the_keys(tmp_path):
    store = at(tmp_path)
    before = store.secret("log")
    file = (tmp_path / "keys" / "log").read_bytes()
    store.reseal(lambda folder, key: seal_with_passphrase(folder, key, Secret(b"the new passphrase")))
    (tmp_path / "new").write_text("the new passphrase")
    assert at(tmp_path, str(tmp_path / "new")).secret("log") == before
    assert (tmp_path / "keys" / "log").read_bytes() == file
    with pytest.raises(KeystoreError, match="does not open"):
        at(tmp_path)


def test_files_that_were_changed_swapped_or_come_from_elsewhere_are_refused(tmp_path):
    store, other = at(tmp_path), at(tmp_path / "other")
    for one in (store, other):
        one.secret("log")
        one.secret("web")
    keys = tmp_path / "keys"
    good = (keys / "log").read_bytes()
    flipped = good[:-1] + bytes([good[-1] ^ 1])
    foreign = (tmp_path / "other" / "keys" / "log").read_bytes()
    for content in (flipped, foreign, (keys / "web").read_bytes(), b"", b"x" * 31, good[:40]):
        (keys / "log").write_bytes(content)
        with pytest.raises(KeystoreError, match="damaged or belongs to another"):
            at(tmp_path).secret("log")
    (keys / "log").write_bytes(good)
    assert at(tmp_path).secret("log") == store.secret("log")


@pytest.mark.parametrize(
    "change",
    [
        {"n": 1 << 40},
        {"n": 0},
        {"r": 10_000},
        {"salt": "é"},
        {"sealed": None},
        {"opened_by": "nobody", "sealed": 1},
    ],
)
def test_a_damaged_store_is_named_and_costs_no_memory(tmp_path, change):
    at(tmp_path)
    path = tmp_path / "keys" / "store.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(KeystoreError, match="is damaged"):
        at(tmp_path)


def test_names_cannot_leave_the_folder(tmp_path):
    store = at(tmp_path)
    for name in ("../log", "a/b", "", ".lock", "store.json", "Log", "log\n", "é", "a--b"):
        with pytest.raises(KeystoreError, match="small letters"):
            store.secret(name)


def test_a_key_that_must_exist_is_not_made_anew(tmp_path):
    store = at(tmp_path)
    with pytest.raises(KeyMissingError, match="bring it back from the backup"):
        store.secret("tags-mac-2", make=False)
    assert store.names() == set()


def test_a_copy_for_the_backup_opens_with_its_own_passphrase_alone(tmp_path):
    copied = new_folder(tmp_path / "copy", Secret(b"of the safe in room 3"))
    made = at(tmp_path).secret("log")
    copied.put("log", made)
    assert open_folder(tmp_path / "copy", Secret(b"of the safe in room 3")).secret("log") == made
    with pytest.raises(KeystoreError, match="This passphrase does not open"):
        open_folder(tmp_path / "copy", Secret(b"of the safe in room 4"))
    with pytest.raises(KeystoreError, match="holds no keys of Guomen"):
        open_folder(tmp_path, Secret(b"of the safe in room 3"))


def test_a_signature_is_made_with_the_key_of_its_name(tmp_path):
    signer = at(tmp_path).signer("log")
    signer.public_key().verify(signer.sign(b"checkpoint"), b"checkpoint")
    assert at(tmp_path).signer("log").public_key() == signer.public_key()


def test_a_secret_is_bytes_that_do_not_show_themselves():
    key = Secret(bytes(range(32)))
    assert key == bytes(range(32))
    shown = [repr(key), str(key), f"{key}", f"{key!r:>20}", repr([key]), repr(key[:16]), repr({"k": key})]
    assert all("\\x" not in text and "hidden" in text for text in shown)
    assert key[0] == 0
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(key, protocol)
    assert copy.copy(key) is key
    assert copy.deepcopy(key) is key
    assert check_of(key) != check_of(Secret(bytes(32)))
