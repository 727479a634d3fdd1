"""SD-JWT: what the holder shows, and every way in which a shown text can be wrong."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guomen.core.credentials import CredentialError, jose, keys, sdjwt
from guomen.core.credentials.sdjwt import Binding, Hide
from guomen.core.credentials.strict import base64url

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HOLDER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = [keys.from_public(KEY.public_key())]
AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
HEADER = {"typ": "dc+sd-jwt"}
CLAIMS = {
    "iss": "https://gate.example",
    "vct": "https://gate.example/certificate",
    Hide("goods"): "cotton shirts",
    Hide("holder"): {"name": "Harbour Imports", Hide("code"): "91310115MA1K4NAB5L"},
    "tests": [Hide({"test": "pH", Hide("found"): "6.2"}), {"test": "odour"}],
}


def reason(*args, **kwargs) -> str:
    with pytest.raises(CredentialError) as caught:
        sdjwt.verify(*args, **kwargs)
    return caught.value.reason


def signed(payload: dict, *disclosures: list) -> str:
    texts = [one if isinstance(one, str) else part(one) for one in disclosures]
    return "~".join([jose.sign(payload, KEY, HEADER), *texts, ""])


def part(content: list) -> str:
    return base64url(json.dumps(content).encode())


def digest(content: list) -> str:
    return sdjwt.Disclosure(part(content), None, None).digest()


def test_the_holder_shows_some_facts_and_the_rest_stays_unknown():
    text = sdjwt.issue(CLAIMS, KEY, HEADER)
    assert "cotton" not in sdjwt.split(text)[0]
    full = sdjwt.verify(text, PUBLIC)
    assert full.hidden == 0
    assert full.claims["holder"] == {"name": "Harbour Imports", "code": "91310115MA1K4NAB5L"}
    assert full.claims["tests"] == [{"test": "pH", "found": "6.2"}, {"test": "odour"}]
    shown = sdjwt.verify(sdjwt.present(text, lambda one: one.name == "goods"), PUBLIC)
    assert shown.claims == {
        "iss": "https://gate.example",
        "vct": "https://gate.example/certificate",
        "goods": "cotton shirts",
        "tests": [{"test": "odour"}],
    }
    assert shown.hidden == 2
    # What stands inside something hidden brings that along.
    inner = sdjwt.verify(sdjwt.present(text, lambda one: one.name == "found"), PUBLIC)
    assert inner.claims["tests"][0] == {"test": "pH", "found": "6.2"}
    assert "goods" not in inner.claims


def test_two_texts_of_the_same_facts_have_no_digest_in_common():
    one, two = (jose.read(sdjwt.split(sdjwt.issue(CLAIMS, KEY, HEADER))[0]).claims() for _ in range(2))
    assert not set(one["_sd"]) & set(two["_sd"])
    assert one["_sd"] == sorted(one["_sd"])


def test_disclosures_that_do_not_belong_are_refused():
    text = sdjwt.issue(CLAIMS, KEY, HEADER)
    first, parts, _ = sdjwt.split(text)
    assert reason("~".join([first, *parts, parts[0], ""]), PUBLIC) == "disclosure"
    assert reason("~".join([first, *parts, part(["salt", "goods", "gold"]), ""]), PUBLIC) == "disclosure"
    changed = part([*json.loads(base64_of(parts[0]))[:-1], "silk"])
    assert reason("~".join([first, changed, *parts[1:], ""]), PUBLIC) == "disclosure"
    assert reason("~".join([first, "", ""]), PUBLIC) == "form"
    assert reason("~".join([first, "e30", ""]), PUBLIC) == "disclosure"
    other = sdjwt.split(sdjwt.issue(CLAIMS, KEY, HEADER))[1]
    assert reason("~".join([first, *other, ""]), PUBLIC) == "disclosure"


def base64_of(text: str) -> bytes:
    from guomen.core.credentials.strict import from_base64url

    return from_base64url(text)


BASE = {"iss": "https://gate.example", "vct": "x"}
ROW = ["salt", "goods", "shirts"]


@pytest.mark.parametrize(
    ("payload", "disclosures", "expected"),
    [
        ({"_sd": [digest(ROW), digest(ROW)]}, [ROW], "disclosure"),
        ({"_sd": [digest(ROW)], "a": {"_sd": [digest(ROW)]}}, [ROW], "disclosure"),
        ({"_sd": [digest(ROW)], "goods": "gold"}, [ROW], "disclosure"),
        ({"_sd": digest(ROW)}, [ROW], "disclosure"),
        ({"_sd": [1]}, [], "disclosure"),
        ({"_sd": [digest(["s", "_sd", []])]}, [["s", "_sd", []]], "disclosure"),
        ({"_sd": [digest(["s", "...", 1])]}, [["s", "...", 1]], "disclosure"),
        ({"_sd": [digest(["s", 1])]}, [["s", 1]], "disclosure"),
        ({"a": [{"...": digest(ROW)}]}, [ROW], "disclosure"),
        ({"a": [{"...": digest(ROW), "b": 1}]}, [ROW], "disclosure"),
        ({"a": {"...": digest(ROW)}}, [ROW], "disclosure"),
        ({"_sd": [digest(["s", "exp", 9])]}, [["s", "exp", 9]], "disclosure"),
        ({"_sd": [digest(["s", "status", {}])]}, [["s", "status", {}]], "disclosure"),
        ({"_sd_alg": "md5"}, [], "algorithm"),
        ({"_sd_alg": 5}, [], "algorithm"),
        ({"_sd": [digest([1, 2, 3, 4])]}, [[1, 2, 3, 4]], "disclosure"),
    ],
    ids=lambda value: None,
)
def test_what_an_issuer_may_not_sign(payload, disclosures, expected):
    assert reason(signed(BASE | payload, *disclosures), PUBLIC) == expected


def test_a_disclosure_that_holds_its_own_digest_cannot_be_made_but_depth_is_bounded():
    content: list = ["s", "deep", 1]
    chain = [part(content)]
    for _ in range(200):
        content = ["s", "deep", {"_sd": [sdjwt.Disclosure(chain[-1], None, None).digest()]}]
        chain.append(part(content))
    payload = BASE | {"_sd": [sdjwt.Disclosure(chain[-1], None, None).digest()]}
    assert reason(signed(payload, *chain), PUBLIC) == "disclosure"
    assert reason(signed(BASE, *["WyJhIiwiYiIsMV0"] * 1001), PUBLIC) == "too-large"


def test_it_is_no_other_kind_of_token():
    text = sdjwt.issue(CLAIMS, KEY, {"typ": "vc+jwt"})
    assert reason(text, PUBLIC) == "type"
    assert reason(sdjwt.split(sdjwt.issue(CLAIMS, KEY, HEADER))[0], PUBLIC) == "form"
    stranger = Ed25519PrivateKey.generate()
    assert reason(sdjwt.issue(CLAIMS, stranger, HEADER), PUBLIC) == "key"
    forged = sdjwt.issue(CLAIMS, stranger, HEADER | {"kid": PUBLIC[0].id})
    assert reason(forged, PUBLIC) == "signature"


ASKED = Binding("https://shop.example", "n-1")


def bound(**changes) -> str:
    holder = {name: value for name, value in keys.from_public(HOLDER.public_key()).jwk.items() if name != "kid"}
    text = sdjwt.issue(CLAIMS | {"cnf": {"jwk": holder}}, KEY, HEADER)
    asked = Binding(changes.get("audience", ASKED.audience), changes.get("nonce", ASKED.nonce))
    signer, at = changes.get("signer", HOLDER), changes.get("at", AT)
    return sdjwt.present(text, lambda one: one.name == "goods", lambda bare: sdjwt.bind(bare, signer, asked, at))


def test_the_holder_proves_the_key_to_who_asked():
    shown = sdjwt.verify(bound(), PUBLIC, at=AT, asked=ASKED)
    assert shown.bound
    assert not sdjwt.verify(bound(), PUBLIC).bound


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": "https://other.example"},
        {"nonce": "n-0"},
        {"signer": KEY},
        {"at": AT - timedelta(hours=1)},
        {"at": AT + timedelta(hours=1)},
    ],
    ids=["audience", "nonce", "signer", "old", "early"],
)
def test_a_proof_for_another_time_place_or_person_is_refused(changes):
    assert reason(bound(**changes), PUBLIC, at=AT, asked=ASKED) == "binding"


def test_a_proof_belongs_to_what_is_shown():
    first, parts, proof = sdjwt.split(bound())
    assert reason("~".join([first, proof]), PUBLIC, at=AT, asked=ASKED) == "binding"
    assert reason("~".join([first, *parts, ""]), PUBLIC, at=AT, asked=ASKED) == "binding"
    assert reason(sdjwt.issue(CLAIMS, KEY, HEADER), PUBLIC, at=AT, asked=ASKED) == "binding"


def test_the_json_form_is_the_same_text():
    first, parts, _ = sdjwt.split(sdjwt.issue(CLAIMS, KEY, HEADER))
    protected, payload, signature = first.split(".")
    header = {"disclosures": parts}
    flat = {"payload": payload, "protected": protected, "signature": signature, "header": header}
    many = {"payload": payload, "signatures": [{k: flat[k] for k in ("protected", "signature", "header")}]}
    for document in (flat, many):
        assert sdjwt.verify(sdjwt.from_json(document), PUBLIC).claims["goods"] == "cotton shirts"
    many["signatures"].append(many["signatures"][0])
    for bad in (many, {}, {"payload": payload, "signatures": []}, {"payload": payload, "signatures": 5}):
        with pytest.raises(CredentialError):
            sdjwt.from_json(bad)
