"""What docs/credentials.md tells outsiders to do, done with the libraries that it names and none of our code."""

import base64
import json
import re
from pathlib import Path

import pytest
from django.test import Client

from guomen.certificates import credential, formats, services, signing_keys
from tests.certificates.test_certificates import drafted as drafted
from tests.certificates.test_certificates import signed as signed

pytestmark = [
    pytest.mark.django_db,
    # The library's advice to issuers: decision 13 says why the older name stays.
    pytest.mark.filterwarnings("ignore:EdDSA is deprecated"),
]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "credentials.md"


def fetched(address: str) -> bytes:
    return Client().get("/" + address.split("/", 3)[3]).content


def test_every_example_verifies_a_certificate(people, signed, settings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = DOCS.read_text(encoding="utf-8")
    credential_, slip, state = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert all("guomen." not in code.replace("guomen.example", "") for code in (credential_, slip, state))
    keys = Client().get("/.well-known/jwks.json").content
    Path("keys.json").write_bytes(keys)
    Path("certificate.jwt").write_text(signed.jws)
    Path("slip.txt").write_text(formats.kept(signed.number).slip)
    space: dict = {"base64": base64}
    exec(credential_.replace("https://guomen.example", settings.GUOMEN.origin), space)
    exec(slip, space)
    assert space["claims"][2] == credential.address(signed.number)
    named = space["claims"][65535]["status_list"]
    code = state.replace("12345", str(named["idx"]))
    for act, expected in {
        "": 0,
        "suspend": 2,
        "revoke": 1,
    }.items():
        if act:
            getattr(services, act)(people.amy.actor, signed.number, "Because")
        Path("list.jwt").write_bytes(fetched(named["uri"]))
        exec(code, space)
        assert space["state"] == expected
    assert json.loads(keys)["keys"][0]["crv"] == "Ed25519"


def test_a_changed_credential_fails_the_same_example(signed, settings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[0]
    Path("keys.json").write_text(json.dumps(signing_keys.jwks()))
    Path("certificate.jwt").write_text(signed.jws[:-8] + "AAAAAAAA")
    with pytest.raises(Exception, match=r"(?i)signature"):
        exec(code.replace("https://guomen.example", settings.GUOMEN.origin), {})
