"""SD-JWT (RFC 9901): one signature over digests, so that the holder shows some facts and keeps the others.

What may be hidden is marked with :class:`Hide` around a key of an object or an element of an array. The result is a
text of parts between tildes: the signed JWT, the disclosures, and perhaps a proof that the holder shows it.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from guomen.core.credentials import jose, keys
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey, Signer
from guomen.core.credentials.strict import MAX_BYTES, base64url, from_base64url, read_json, read_object

TYPES = frozenset({"dc+sd-jwt", "vc+sd-jwt"})
"""Of SD-JWT VC, now and in its drafts before November 2024, which is also the one of VC-JOSE-COSE."""
NEVER_HIDDEN = frozenset({"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"})
"""Claims that must be seen by everybody (draft-ietf-oauth-sd-jwt-vc, section 3.2.2.2)."""
MAX_DISCLOSURES = 1000
_SD, _DOTS, _ALG = "_sd", "...", "_sd_alg"
_HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
_BINDING_TYPE = "kb+jwt"
_SLACK = 300
"""Seconds that two clocks may differ."""


@dataclass(frozen=True, slots=True)
class Hide:
    """A key of an object, or an element of an array, that the holder may keep to himself."""

    value: Any


class Disclosure(NamedTuple):
    """One hidden fact. name: the key, or None for an element of an array; text: as it stands between the tildes."""

    text: str
    name: str | None
    value: Any

    def digest(self, algorithm: str = "sha-256") -> str:
        return base64url(_HASHES[algorithm](self.text.encode()).digest())


class Shown(NamedTuple):
    """What a verified SD-JWT says. hidden: how many facts were kept back; bound: the holder proved the key."""

    header: Mapping[str, Any]
    claims: dict[str, Any]
    hidden: int
    bound: bool
    key: PublicKey


class Binding(NamedTuple):
    """What a proof of the holder must name: who asked, and the word that was given for this once."""

    audience: str
    nonce: str


def issue(
    claims: Mapping[Any, Any], key: Signer, header: Mapping[str, Any], salt: Callable[[], str] | None = None
) -> str:
    """Sign claims in which some are marked with :class:`Hide`: the text with all disclosures, for the holder.

    header: at least ``typ``. salt: for tests; by default 128 random bits (RFC 9901, section 9.3).
    """
    payload, disclosures = conceal(claims, salt or (lambda: secrets.token_urlsafe(16)))
    return "~".join([jose.sign(payload, key, header), *(d.text for d in disclosures), ""])


def conceal(claims: Mapping[Any, Any], salt: Callable[[], str]) -> tuple[dict[str, Any], list[Disclosure]]:
    """The payload with digests in place of what is marked, and the disclosures, inner ones first."""
    made: list[Disclosure] = []
    payload = _conceal(claims, salt, made)
    if made:
        payload[_ALG] = "sha-256"
    return payload, made


def _conceal(value: Any, salt: Callable[[], str], made: list[Disclosure]) -> Any:
    if isinstance(value, Mapping):
        plain: dict[str, Any] = {}
        digests = []
        for name, inner in value.items():
            kept = _conceal(inner, salt, made)
            if isinstance(name, Hide):
                digests.append(_disclose([salt(), name.value, kept], made).digest())
            else:
                plain[name] = kept
        if {_SD, _DOTS, _ALG} & plain.keys():
            raise ValueError("names of SD-JWT cannot be claims")
        # In the order of digests, which says nothing of the order of facts.
        return plain | ({_SD: sorted(digests)} if digests else {})
    if isinstance(value, list | tuple):
        elements = []
        for inner in value:
            if isinstance(inner, Hide):
                elements.append({_DOTS: _disclose([salt(), _conceal(inner.value, salt, made)], made).digest()})
            else:
                elements.append(_conceal(inner, salt, made))
        return elements
    return value


def _disclose(content: list[Any], made: list[Disclosure]) -> Disclosure:
    text = base64url(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
    one = Disclosure(text, content[1] if len(content) == 3 else None, content[-1])
    made.append(one)
    return one


def split(text: str) -> tuple[str, list[str], str]:
    """The signed JWT, the disclosures and the holder's proof (or empty)."""
    if len(text) > MAX_BYTES:
        raise CredentialError("too-large", f"more than {MAX_BYTES} characters")
    first, *rest = text.split("~")
    if not rest:
        raise CredentialError("form", "no SD-JWT")
    return first, rest[:-1], rest[-1]


def from_json(document: Mapping[str, Any]) -> str:
    """The compact text of an SD-JWT in the JSON form (RFC 9901, section 8), flattened or with several signatures.

    Of several the first is taken: it alone carries the disclosures.
    """
    rows = document.get("signatures", [document])
    try:
        first = rows[0]
        header = first["header"]
        disclosures = header.get("disclosures", [])
        if any("disclosures" in row.get("header", {}) or "kb_jwt" in row.get("header", {}) for row in rows[1:]):
            raise CredentialError("form", "disclosures of another signature")
        signed = ".".join([first["protected"], document["payload"], first["signature"]])
        return "~".join([signed, *disclosures, header.get("kb_jwt", "")])
    except (KeyError, IndexError, TypeError, AttributeError):
        raise CredentialError("form", "no SD-JWT in JSON") from None


def disclosures(text: str) -> list[Disclosure]:
    """What the holder of a text could show, in the order of the text."""
    return [_read_disclosure(part) for part in split(text)[1]]


def present(text: str, shown: Callable[[Disclosure], bool], proof: Callable[[str], str] | None = None) -> str:
    """The text with only what ``shown`` says yes to, and whatever that stands in, so that it can be seen.

    proof: makes the holder's proof (see :func:`bind`) for the text that is shown.
    """
    first, parts, _ = split(text)
    algorithm = _hash_of(jose.read(first).claims())
    every = [_read_disclosure(part) for part in parts]
    inside = {digest: one for one in every for digest in _digests(one.value)}
    kept: set[str] = set()
    for one in every:
        outer: Disclosure | None = one
        if not shown(one):
            continue
        while outer is not None and outer.text not in kept:
            kept.add(outer.text)
            outer = inside.get(outer.digest(algorithm))
    bare = "~".join([first, *(one.text for one in every if one.text in kept), ""])
    return bare + (proof(bare) if proof else "")


def bind(bare: str, key: Signer, asked: Binding, at: datetime) -> str:
    """The holder's proof for a text that ends with a tilde (RFC 9901, section 4.3)."""
    algorithm = _hash_of(jose.read(split(bare)[0]).claims())
    claims = {
        "iat": int(at.timestamp()),
        "aud": asked.audience,
        "nonce": asked.nonce,
        "sd_hash": _hashed(bare, algorithm),
    }
    return jose.sign(claims, key, {"typ": _BINDING_TYPE})


def verify(
    text: str,
    known: Iterable[PublicKey],
    types: Collection[str] = TYPES,
    *,
    at: datetime | None = None,
    asked: Binding | None = None,
) -> Shown:
    """Check an SD-JWT (RFC 9901, section 7) and put what is disclosed in its place. CredentialError otherwise.

    at: the moment of checking, for the holder's proof. asked: what that proof must name; without it a proof is left
    unlooked at and the answer says ``bound`` False. Whether dates and status allow reliance the caller judges.
    """
    first, parts, proof = split(text)
    signed = jose.read(first)
    key = signed.verify(known, types)
    payload = signed.claims()
    claims, hidden = reveal(payload, parts)
    if signed.type in TYPES and (lost := NEVER_HIDDEN & claims.keys() - payload.keys()):
        raise CredentialError("disclosure", f"must not be hidden: {', '.join(sorted(lost))}")
    if asked is not None:
        bare = text[: len(text) - len(proof)]
        _require_binding(bare, proof, payload, asked, at)
    return Shown(signed.header, claims, hidden, asked is not None, key)


def reveal(payload: dict[str, Any], parts: list[str]) -> tuple[dict[str, Any], int]:
    """The claims with the disclosures in their places, and how many digests stay closed."""
    if len(parts) > MAX_DISCLOSURES:
        raise CredentialError("too-large", f"more than {MAX_DISCLOSURES} disclosures")
    algorithm = _hash_of(payload)
    known: dict[str, Disclosure] = {}
    for part in parts:
        one = _read_disclosure(part)
        digest = one.digest(algorithm)
        if digest in known:
            raise CredentialError("disclosure", "stands twice")
        known[digest] = one
    opening = _Opening(known)
    claims = opening.object({name: value for name, value in payload.items() if name != _ALG}, 0)
    if opening.used != known.keys():
        raise CredentialError("disclosure", "belongs to nothing that was signed")
    return claims, len(opening.seen) - len(opening.used)


class _Opening:
    def __init__(self, known: Mapping[str, Disclosure]) -> None:
        self.known = known
        self.seen: set[str] = set()
        self.used: set[str] = set()

    def take(self, digest: object) -> Disclosure | None:
        if not isinstance(digest, str):
            raise CredentialError("disclosure", "a digest is text")
        if digest in self.seen:
            raise CredentialError("disclosure", "a digest stands twice")
        self.seen.add(digest)
        found = self.known.get(digest)
        if found is not None:
            self.used.add(digest)
        return found

    def any(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return self.object(value, depth)
        return self.array(value, depth) if isinstance(value, list) else value

    def object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        if depth > 2 * 32:
            raise CredentialError("disclosure", "nested too deep")
        if _DOTS in value:
            raise CredentialError("disclosure", "a digest of an array outside of one")
        made = {name: self.any(inner, depth + 1) for name, inner in value.items() if name != _SD}
        digests = value.get(_SD, [])
        if not isinstance(digests, list):
            raise CredentialError("disclosure", "digests are an array")
        for digest in digests:
            one = self.take(digest)
            if one is None:
                continue
            if one.name is None:
                raise CredentialError("disclosure", "an element stands where a key belongs")
            if one.name in made:
                raise CredentialError("disclosure", "a claim stands twice")
            made[one.name] = self.any(one.value, depth + 1)
        return made

    def array(self, value: list[Any], depth: int) -> list[Any]:
        made = []
        for inner in value:
            if isinstance(inner, dict) and _DOTS in inner:
                if len(inner) != 1:
                    raise CredentialError("disclosure", "something stands beside a digest")
                one = self.take(inner[_DOTS])
                if one is None:
                    continue
                if one.name is not None:
                    raise CredentialError("disclosure", "a key stands where an element belongs")
                inner = one.value
            made.append(self.any(inner, depth + 1))
        return made


def _read_disclosure(text: str) -> Disclosure:
    match read_json(from_base64url(text)):
        case [str(), str() as name, value] if name not in (_SD, _DOTS):
            return Disclosure(text, name, value)
        case [str(), value]:
            return Disclosure(text, None, value)
    raise CredentialError("disclosure", "neither salt, name and value nor salt and value")


def _digests(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        yield from (d for d in value.get(_SD, []) if isinstance(d, str))
        if isinstance(value.get(_DOTS), str):
            yield value[_DOTS]
        for inner in value.values():
            yield from _digests(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _digests(inner)


def _hash_of(payload: Mapping[str, Any]) -> str:
    name = payload.get(_ALG, "sha-256")
    if not isinstance(name, str) or name not in _HASHES:
        raise CredentialError("algorithm", f"digests with {name!r}"[:60])
    return name


def _hashed(text: str, algorithm: str) -> str:
    return base64url(_HASHES[algorithm](text.encode()).digest())


def _require_binding(bare: str, proof: str, payload: Mapping[str, Any], asked: Binding, at: datetime | None) -> None:
    holder = payload.get("cnf")
    if not proof or not isinstance(holder, dict) or not isinstance(holder.get("jwk"), dict):
        raise CredentialError("binding", "no proof, or no key to prove")
    one = jose.read(proof)
    try:
        one.verify([keys.from_jwk({**holder["jwk"], "kid": one.header.get("kid")})], {_BINDING_TYPE})
    except CredentialError as error:
        raise CredentialError("binding", str(error)) from None
    claims = read_object(one.payload)
    if claims.get("aud") != asked.audience or claims.get("nonce") != asked.nonce:
        raise CredentialError("binding", "made for somebody else, or before")
    if claims.get("sd_hash") != _hashed(bare, _hash_of(payload)):
        raise CredentialError("binding", "made for another text")
    made = claims.get("iat")
    if not isinstance(made, int | float) or isinstance(made, bool):
        raise CredentialError("binding", "without a moment")
    if at is not None and abs(at.timestamp() - made) > _SLACK:
        raise CredentialError("binding", "not made now")
