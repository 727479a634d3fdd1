"""Vectors that nobody here wrote: the W3C suite of VC-JOSE-COSE, the examples of SD-JWT and SD-JWT VC, JCS."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
import rfc8785
import yaml
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from guomen.core.credentials import jose, keys, sdjwt, vc
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.sdjwt import Hide
from guomen.core.credentials.strict import base64url

pytestmark = pytest.mark.conformance


def suite(shared_data: Path) -> Path:
    return shared_data / "credentials" / "vc-jose-cose-test-suite" / "tests" / "input"


def envelope(path: Path) -> str | bytes:
    text = path.read_text().strip()
    if "cose" not in path.name:
        return text
    return bytes.fromhex(text) if "not-base64" in path.name else base64.b64decode(text + "=" * (-len(text) % 4))


def known(folder: Path) -> list[keys.PublicKey]:
    return [keys.from_jwk(json.loads(path.read_text())["publicKeyJwk"]) for path in sorted(folder.glob("vm-*.json"))]


GOOD = {
    "credential-cose-minimal.txt": 0,
    "credential-cose-minimal-not-base64.txt": 0,
    "credential-issuer-match-signed.txt": 0,
    "credential-jose-minimal.txt": 0,
    "credential-jose-unknown-extensions.txt": 0,
    "credential-sdjwt-nested.txt": 0,
    "credential-sdjwt-selective.txt": 0,
    "presentation-jose-multiple.txt": 3,
    "presentation-sdjwt-selective.txt": 1,
}
BAD = {
    "credential-cose-bad-media-type.txt": "type",
    "credential-cose-bad-signature.txt": "signature",
    "credential-jose-bad-media-type.txt": "type",
    "credential-jose-bad-signature.txt": "signature",
    "credential-jose-vc-vp-claims.txt": "model",
    "credential-sdjwt-bad-media-type.txt": "type",
    "credential-sdjwt-bad-signature.txt": "signature",
    "presentation-cose-bad-credential.txt": "credential",
    "presentation-cose-bad-media-type.txt": "type",
    "presentation-jose-bad-credential.txt": "credential",
    "presentation-jose-bad-media-type.txt": "type",
    # Its header has the bad media type, too, which is found first.
    "presentation-sdjwt-bad-credential.txt": "type",
    "presentation-sdjwt-bad-media-type.txt": "type",
}
CLOSED = "presentation-cose-single.txt"
"""The credential in it is dots, to be read by people: the envelope is right and cannot be opened."""


@pytest.mark.parametrize("name", GOOD)
def test_what_is_good_verifies(shared_data, name):
    folder = suite(shared_data)
    check = vc.verify if name.startswith("credential") else vc.verify_presentation
    found = check(envelope(folder / name), known(folder))
    assert len(found.inside) == GOOD[name]
    named = found.inside[0] if found.inside else found
    assert named.issuer == "https://example.issuer/vc-jose-cose"


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_fails_for_its_reason(shared_data, name):
    folder = suite(shared_data)
    check = vc.verify if name.startswith("credential") else vc.verify_presentation
    with pytest.raises(CredentialError) as caught:
        check(envelope(folder / name), known(folder))
    assert caught.value.reason == BAD[name]


def test_a_presentation_verifies_although_what_is_inside_cannot_be_opened(shared_data):
    folder = suite(shared_data)
    content = envelope(folder / CLOSED)
    assert vc.verify_presentation(content, known(folder), open_inside=False).claims["verifiableCredential"]
    with pytest.raises(CredentialError) as caught:
        vc.verify_presentation(content, known(folder))
    assert caught.value.reason == "credential"


def test_no_vector_is_left_out(shared_data):
    folder = suite(shared_data)
    assert {path.name for path in folder.glob("*.txt")} == GOOD.keys() | BAD.keys() | {CLOSED}
    for path in folder.glob("*.json"):
        if path.name.startswith("credential"):
            vc.require_credential(json.loads(path.read_text()))
        elif path.name.startswith("presentation"):
            vc.require_presentation(json.loads(path.read_text()))


class Ecdsa:
    """Signs with the private key of a vector. Ours is Ed25519 alone, so the tests bring their own."""

    def __init__(self, jwk: dict[str, str]) -> None:
        number = int.from_bytes(base64.urlsafe_b64decode(jwk["d"] + "=="))
        self.private = ec.derive_private_key(number, ec.SECP256R1())
        self.public = keys.from_public(self.private.public_key())

    def jws(self, payload: dict[str, Any], header: dict[str, Any]) -> str:
        parts = [base64url(json.dumps(one).encode()) for one in ({"alg": "ES256"} | header, payload)]
        text = ".".join(parts)
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{base64url(r.to_bytes(32) + s.to_bytes(32))}"


class Loader(yaml.SafeLoader):
    """Reads `!sd` of the specifications as our mark."""


def _hide(loader: Loader, node: yaml.Node) -> Hide:
    if isinstance(node, yaml.MappingNode):
        return Hide(loader.construct_mapping(node, deep=True))
    if isinstance(node, yaml.SequenceNode):
        return Hide(loader.construct_sequence(node, deep=True))
    # A scalar keeps its type: the tag only marks it.
    tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, node.style is not None))
    return Hide(loader.construct_object(yaml.ScalarNode(tag, node.value), deep=True))


Loader.add_constructor("!sd", _hide)


def specifications(shared_data: Path) -> list[Path]:
    found = sorted((shared_data / "credentials" / "sd-jwt-python").rglob("specification.yml"))
    return found + sorted((shared_data / "credentials" / "oauth-sd-jwt-vc").rglob("specification.yml"))


def plain(value: Any) -> Any:
    if isinstance(value, Hide):
        return plain(value.value)
    if isinstance(value, dict):
        return {plain(name): plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def wanted(claims: Any, choice: Any, under: bool = False) -> list[int]:
    """The ids of the hidden things that a specification's ``holder_disclosed_claims`` chooses."""
    found: list[int] = []
    if isinstance(claims, dict):
        for name, inner in claims.items():
            picked = choice.get(plain(name), False) if isinstance(choice, dict) else choice is True and under
            if isinstance(name, Hide) and picked:
                found.append(id(name))
            if picked:
                found += wanted(inner, picked, under)
    elif isinstance(claims, list):
        rows = choice if isinstance(choice, list) else [choice is True and under] * len(claims)
        for inner, picked in zip(claims, rows, strict=False):
            if isinstance(inner, Hide) and picked:
                found.append(id(inner))
            if picked:
                found += wanted(inner.value if isinstance(inner, Hide) else inner, picked, under)
    return found


def marks(value: Any) -> list[Hide]:
    """Hidden things in the order in which they are concealed: inner ones first."""
    found: list[Hide] = []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += marks(inner)
            if isinstance(name, Hide):
                found.append(name)
    elif isinstance(value, list):
        for inner in value:
            found += marks(inner.value if isinstance(inner, Hide) else inner)
            if isinstance(inner, Hide):
                found.append(inner)
    return found


def test_every_example_of_sd_jwt_is_issued_shown_and_verified(shared_data):
    """The specifications say what is hidden, what the holder shows, and what the verifier must then see."""
    settings = yaml.safe_load((shared_data / "credentials/sd-jwt-python/tests/testcases/settings.yml").read_text())
    signer = Ecdsa(settings["key_settings"]["issuer_keys"][0])
    compared = 0
    for path in specifications(shared_data):
        spec = yaml.load(path.read_text(), Loader)  # a SafeLoader
        claims = spec["user_claims"]
        numbers = iter(range(10_000))
        payload, disclosures = sdjwt.conceal(claims, lambda numbers=numbers: f"salt-{next(numbers)}")
        header = {"typ": "example+sd-jwt"} | spec.get("extra_header_parameters", {}) | {"kid": signer.public.id}
        text = "~".join([signer.jws(payload, header), *(one.text for one in disclosures), ""])
        kind = jose.media_type(header["typ"])
        everything = sdjwt.verify(text, [signer.public], {kind})
        assert everything.claims == plain(claims), path
        assert everything.hidden == 0
        order = [id(mark) for mark in marks(claims)]
        assert len(order) == len(disclosures)
        chosen = set(wanted(claims, spec["holder_disclosed_claims"]))
        texts = {one.text for mark, one in zip(order, disclosures, strict=True) if mark in chosen}
        shown = sdjwt.verify(sdjwt.present(text, lambda one, texts=texts: one.text in texts), [signer.public], {kind})
        if "expect_verified_user_claims" in spec:
            assert shown.claims == spec["expect_verified_user_claims"], path
            compared += 1
        assert shown.hidden or len(texts) == len(disclosures)
    assert compared > 12


def test_numbers_and_texts_are_canonical_as_jcs_says(shared_data):
    folder = shared_data / "credentials" / "json-canonicalization" / "testdata"
    names = sorted(path.stem for path in (folder / "input").glob("*.json"))
    assert len(names) == 6
    for name in names:
        found = rfc8785.dumps(json.loads((folder / "input" / f"{name}.json").read_text("utf-8")))
        assert found == (folder / "output" / f"{name}.json").read_bytes().rstrip(b"\n"), name
        in_hex = re.sub(r"\s+", "", (folder / "outhex" / f"{name}.txt").read_text())
        assert found == bytes.fromhex(in_hex), name
