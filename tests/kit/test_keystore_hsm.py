"""An HSM opens the keys and keeps those that sign.

What touches the token runs in processes of its own: a PKCS#11 module is loaded once in each.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guomen.kit.keystore import keystore
from tests.kit.softhsm import PIN, token_uri


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with keys that have been in use."""
    store = keystore(tmp_path / "home")
    for name in ("log", "certificates", "tags-mac", "web", "postgres"):
        store.secret(name)
    return tmp_path / "home"


def python(program: str, *arguments: object, **more: str) -> str:
    """What a program in a new process prints."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def guomen(home: Path, *arguments: str, unlock: str = "", stdin: str = "") -> subprocess.CompletedProcess[str]:
    drop = {"GUOMEN_CONFIG", "DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    environment = {k: v for k, v in os.environ.items() if k not in drop}
    environment |= {"GUOMEN_HOME": str(home), "GUOMEN_KEYS_UNLOCK": unlock}
    command = [sys.executable, "-m", "guomen", "keys", *arguments]
    return subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, timeout=60)


STORE = "import sys; from pathlib import Path; from guomen.kit.keystore import keystore\n"
STORE += "s = keystore(Path(sys.argv[1]), sys.argv[2])\n"
PUBLIC = STORE + "print(s.signer('log').public_key().public_bytes_raw().hex())"


IN_IT = {"log", "certificates", "certificates-ca", "certificates-pdf"}


def test_keys_move_under_an_hsm_and_are_the_same_as_before(home, tmp_path, monkeypatch):
    uri = token_uri(tmp_path, monkeypatch)
    before, public = keystore(home).secret("tags-mac"), keystore(home).signer("log").public_key()
    done = guomen(home, "init-hsm", uri)
    assert done.returncode == 0, done.stderr
    assert "In it: log, certificates, certificates-ca, certificates-pdf." in done.stdout.replace("\n", " ")
    assert not (home / "keys" / "log").exists()
    assert python(STORE + "print(s.secret('tags-mac').hex())", home, uri) == before.hex()
    signature = python(STORE + "print(s.signer('log').sign(b'checkpoint').hex())", home, uri)
    public.verify(bytes.fromhex(signature), b"checkpoint")
    listed = {k["name"]: k["where"] for k in json.loads(guomen(home, "list", "--json", unlock=uri).stdout)}
    assert {name for name, where in listed.items() if where == "hsm"} == IN_IT
    assert {"tags-mac", "web", "postgres"} <= listed.keys()
    # The passphrase of before opens nothing any more, and the operator is told what does.
    done = guomen(home, "list")
    assert done.returncode == 1
    assert "opened by an HSM: set GUOMEN_KEYS_UNLOCK" in done.stderr.replace("\n", " ")


def test_a_signing_key_is_made_in_the_token_once_also_by_two_processes(home, tmp_path, monkeypatch):
    uri = token_uri(tmp_path, monkeypatch)
    assert guomen(home, "init-hsm", uri).returncode == 0
    program = STORE + "print(s.signer('witness').public_key().public_bytes_raw().hex())"
    command = [sys.executable, "-c", program, str(home), uri]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = {process.communicate(timeout=60)[0] for process in started}
    assert len(told) == 1
    assert python(program, home, uri) + "\n" in told
    assert not (home / "keys" / "witness").exists()


def test_forked_children_sign_with_a_session_of_their_own(home, tmp_path, monkeypatch):
    uri = token_uri(tmp_path, monkeypatch)
    assert guomen(home, "init-hsm", uri).returncode == 0
    program = STORE + (
        "import os\nsigner = s.signer('log'); signer.sign(b'parent')\npid = os.fork()\n"
        "if not pid:\n"
        "    signer.public_key().verify(signer.sign(b'child'), b'child'); os._exit(0)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
        "signer.public_key().verify(signer.sign(b'again'), b'again')"
    )
    assert python(program, home, uri) == "0"


def test_keys_in_the_token_cannot_be_read_out(home, tmp_path, monkeypatch):
    uri = token_uri(tmp_path, monkeypatch)
    assert guomen(home, "init-hsm", uri).returncode == 0
    program = STORE + (
        "import pkcs11\nfrom pkcs11 import Attribute, ObjectClass\n"
        "for kind in (ObjectClass.PRIVATE_KEY, ObjectClass.SECRET_KEY):\n"
        "    for key in s._token._open().get_objects({Attribute.CLASS: kind}):\n"
        "        try: print('READ', key[Attribute.VALUE])\n"
        "        except pkcs11.exceptions.AttributeSensitive: print('hidden')"
    )
    assert python(program, home, uri).split() == ["hidden"] * 5


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("pin-source=file:", "pin-value="), "never the PIN itself"),
        (("port%20key", "other"), "does not open"),
        (("pin-source=file:", "pin-source=file:/no/such"), "cannot be read"),
        (("token=port%20key", ""), "Name the HSM as pkcs11:"),
        (("libsofthsm2", "nothing"), "does not open"),
    ],
)
def test_an_hsm_that_cannot_be_reached_is_named_in_one_sentence(home, tmp_path, monkeypatch, change, sentence):
    uri = token_uri(tmp_path, monkeypatch)
    done = guomen(home, "init-hsm", uri.replace(*change))
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert PIN not in done.stderr + done.stdout
    assert keystore(home).secret("log")


def test_a_wrong_pin_and_a_wrong_token_open_nothing(home, tmp_path, monkeypatch):
    uri = token_uri(tmp_path, monkeypatch)
    assert guomen(home, "init-hsm", uri).returncode == 0
    (tmp_path / "pin").write_text("0000000")
    done = guomen(home, "list", unlock=uri)
    assert done.returncode == 1
    assert "PinIncorrect" in done.stderr
    assert "0000000" not in done.stderr
    other = token_uri(tmp_path / "other", monkeypatch)
    done = guomen(home, "list", unlock=other)
    assert "holds no root key" in done.stderr


def test_one_may_leave_the_hsm_again_but_the_signing_keys_stay(home, tmp_path, monkeypatch):
    uri = token_uri(tmp_path, monkeypatch)
    assert guomen(home, "export", str(tmp_path / "copy"), stdin="of the safe in room 3\n").returncode == 0
    public = python(PUBLIC, home, "")
    assert guomen(home, "init-hsm", uri).returncode == 0
    assert "back it up by its own means: certificates, certificates-ca, certificates-pdf, log" in guomen(
        home, "export", str(tmp_path / "later"), unlock=uri, stdin="of the safe in room 3\n"
    ).stdout.replace("\n", "")
    told = guomen(home, "passphrase", str(home / "unlock"), unlock=uri).stdout.replace("\n", "")
    assert "stay in the HSM and are missing without it: certificates, certificates-ca, certificates-pdf, log" in told
    done = guomen(home, "import", str(tmp_path / "copy"), stdin="of the safe in room 3\n")
    assert done.returncode == 0, done.stderr
    assert python(PUBLIC, home, "") == public


def test_nothing_imports_pkcs11_unless_a_token_is_named(home):
    program = STORE + "import guomen.cli\nprint('pkcs11' in sys.modules)"
    assert python(program, home, "") == "False"
