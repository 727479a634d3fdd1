"""Somebody else's certificates as tests need them: an office for plants abroad, with keys and lists of its own."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guomen.certificates.models import TrustedIssuer
from guomen.certificates.services import trusting
from guomen.core import cose
from guomen.core.credentials import jose, keys, sdjwt, statuslist
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.kit.clock import now

ISSUER = "https://plants.example"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
EVE = Ed25519PrivateKey.from_private_bytes(bytes(range(9, 41)))
LIST = "https://plants.example/status/1"


def jwks(key: Ed25519PrivateKey = KEY) -> str:
    return json.dumps({"keys": [dict(keys.from_public(key.public_key()).jwk)]})


def entry(**changes: Any) -> dict[str, Any]:
    """What a keeper types to propose the office."""
    return {
        "identifier": ISSUER,
        "name_en": "Plant Health Office",
        "name_zh": "植物卫生局",
        "country": "NZ",
        "kinds": ["PhytosanitaryCertificate", "urn:plants:phyto"],
        "countries": ["NZ"],
        "headings": ["0808"],
        "status_addresses": ["https://plants.example/status/"],
        "keys": jwks(),
        "roots": "",
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        "valid_until": datetime(2036, 1, 1, tzinfo=UTC),
    } | changes


def trusted(people: Any, **changes: Any) -> TrustedIssuer:
    """Bo proposes and Amy confirms."""
    return trusting.confirm(people.amy.actor, trusting.propose(people.bo.actor, entry(**changes)).id)


def claims(**changes: Any) -> dict[str, Any]:
    """A credential of the office about apples."""
    at = now()
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:plants:NZ-1",
        "type": ["VerifiableCredential", "PhytosanitaryCertificate"],
        "issuer": {"id": ISSUER, "name": "Plant Health Office"},
        "validFrom": (at - timedelta(days=1)).isoformat(timespec="seconds"),
        "validUntil": (at + timedelta(days=30)).isoformat(timespec="seconds"),
        "credentialSubject": {"id": "urn:lot:7", "commodity": "Apples", "quantity": "20 t"},
    } | changes


def as_jose(key: Ed25519PrivateKey = KEY, **changes: Any) -> bytes:
    return jose.sign(claims(**changes), key, {"typ": "vc+jwt", "cty": "vc"}).encode()


def as_cose(key: Ed25519PrivateKey = KEY, **changes: Any) -> bytes:
    return cose.sign(json.dumps(claims(**changes)).encode(), key, "application/vc+cose")


def as_sd_jwt(key: Ed25519PrivateKey = KEY, index: int = 3, uri: str = LIST, **changes: Any) -> bytes:
    at = int(now().timestamp())
    payload = {
        "iss": ISSUER,
        "vct": "urn:plants:phyto",
        "nbf": at - 60,
        "exp": at + 86400,
        "status": {"status_list": {"idx": index, "uri": uri}},
        "commodity": "Apples",
        sdjwt.Hide("grower"): "Fen's orchard",
    } | changes
    return sdjwt.issue(payload, key, {"typ": "dc+sd-jwt"}).encode()


def listed(
    states: dict[int, int], key: Ed25519PrivateKey = KEY, uri: str = LIST, made: datetime | None = None
) -> bytes:
    """The office's list of states, as a JWT."""
    seconds = int((made or now()).timestamp())
    signed = SignedList(uri, seconds, StatusList(2, 1024, states), seconds + 86400, 600)
    return statuslist.as_jwt(signed, key).encode()


INVALID, SUSPENDED = statuslist.INVALID, statuslist.SUSPENDED
