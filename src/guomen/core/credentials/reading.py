"""One door for everything that somebody may hold: what form it has, who it says it is from, and whether that is so."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from guomen.core.credentials import cosesign, jose, sdjwt, slip, status, vc
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey
from guomen.core.credentials.strict import MAX_BYTES, read_cbor, read_object

Form = Literal["vc+jwt", "vc+cose", "vc+sd-jwt", "dc+sd-jwt", "cwt", "pdf", "xml"]
_CWT_TYPES = frozenset({"", "cwt", slip.TYPE})
_ISS, _SUB, _EXP, _NBF, _IAT, _CTI = 1, 2, 4, 5, 6, 7


class Credential(NamedTuple):
    """What a credential says. From :func:`peek` it is a claim, from :func:`verify` the word of the key's owner.

    id: what the issuer calls it, or empty. subject: what it is about, or empty. begins, ends: aware, or None.
    names: its types, most special last. hidden: facts kept back. key: who signed, from :func:`verify` alone.
    """

    form: Form
    issuer: str
    id: str
    subject: str
    begins: datetime | None
    ends: datetime | None
    names: tuple[str, ...]
    states: tuple[status.Reference, ...]
    claims: Mapping[Any, Any]
    hidden: int = 0
    key: PublicKey | None = None


def recognise(data: bytes) -> tuple[Form, str | bytes]:
    """The form of a file or a pasted text, and the text (JOSE) or bytes (all others) that it is.

    COSE may come as base64 or hexadecimal text, a slip as what its code says, an SD-JWT as JSON. Nothing is believed.
    Raises CredentialError.
    """
    if data.startswith(b"%PDF-"):
        return "pdf", data
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "xml", data
    if len(data) > MAX_BYTES:
        raise CredentialError("too-large", f"more than {MAX_BYTES} bytes")
    if data[:1] in (b"\xd2", b"\xd8"):
        return _of_cose(data), data
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise CredentialError("form", "neither text nor a known file") from None
    if text.startswith(slip.PREFIX):
        return "cwt", slip.open_text(text)
    if text.startswith("{"):
        text = _of_json(read_object(text))
    if "~" in text:
        return ("vc+sd-jwt" if _is_vc(text.partition("~")[0]) else "dc+sd-jwt"), text
    if text.count(".") == 2:
        return "vc+jwt", text
    cose = _from_text(text)
    return _of_cose(cose), cose


def peek(form: Form, body: str | bytes) -> Credential:
    """What a credential claims, nothing of it checked: to find whose keys to check it with. Raises CredentialError."""
    if isinstance(body, bytes):
        cose = cosesign.read(body)
        claims = read_cbor(cose.payload) if form == "cwt" else read_object(cose.payload)
        hidden = 0
    else:
        first, parts, _ = sdjwt.split(body) if "~" in body else (body, [], "")
        claims, hidden = (
            sdjwt.reveal(jose.read(first).claims(), parts) if "~" in body else (jose.read(body).claims(), 0)
        )
    return _credential(form, claims, hidden, None)


def verify(form: Form, body: str | bytes, known: Iterable[PublicKey]) -> Credential:
    """What a credential says, when one of the known keys signed it in this form. Raises CredentialError."""
    if form == "cwt":
        if not isinstance(body, bytes):
            raise CredentialError("form", "not a CWT")
        cose = cosesign.read(body)
        key = cose.verify(known, _CWT_TYPES)
        return _in_use(_credential(form, read_cbor(cose.payload), 0, key))
    if form == "dc+sd-jwt":
        shown = sdjwt.verify(str(body), known, sdjwt.TYPES)
        return _in_use(_credential(form, shown.claims, shown.hidden, shown.key))
    found = vc.verify(body, known)
    return _credential(form, found.claims, found.hidden, found.key)


def _in_use(found: Credential) -> Credential:
    if found.key is not None:
        found.key.require_in_use(found.begins)
    return found


def _credential(form: Form, claims: Any, hidden: int, key: PublicKey | None) -> Credential:
    if not isinstance(claims, dict):
        raise CredentialError("model", "no claims")
    if form in ("cwt", "dc+sd-jwt"):
        return _of_token(form, claims, hidden, key)
    vc.require_credential(claims)
    subjects = claims["credentialSubject"]
    first = subjects[0] if isinstance(subjects, list) else subjects
    types = claims["type"] if isinstance(claims["type"], list) else [claims["type"]]
    return Credential(
        form,
        vc.issuer_of(claims),
        _text(claims.get("id")),
        _text(first.get("id")),
        vc.moment(claims.get("validFrom")),
        vc.moment(claims.get("validUntil")),
        tuple(str(one) for one in types if one != "VerifiableCredential"),
        tuple(status.references(claims)),
        claims,
        hidden,
        key,
    )


def _of_token(form: Form, claims: Mapping[Any, Any], hidden: int, key: PublicKey | None) -> Credential:
    numbered = form == "cwt"
    issuer = claims.get(_ISS if numbered else "iss")
    if not isinstance(issuer, str) or not issuer:
        raise CredentialError("issuer", "none")
    kind = claims.get("vct")
    if not numbered and not isinstance(kind, str):
        raise CredentialError("model", "vct")
    begins = _seconds(claims.get(_NBF if numbered else "nbf", claims.get(_IAT if numbered else "iat")))
    subject = _text(claims.get(_SUB if numbered else "sub"))
    name = claims.get(_CTI) if numbered else claims.get("jti")
    identity = name.hex() if isinstance(name, bytes) else _text(name)
    return Credential(
        form,
        issuer,
        identity or (subject if numbered else ""),
        subject,
        begins,
        _seconds(claims.get(_EXP if numbered else "exp")),
        (str(kind),) if kind else (),
        tuple(status.references(claims)),
        claims,
        hidden,
        key,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):  # a CWT may tag its numbers
        return value if value.tzinfo else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CredentialError("model", "a moment is a number")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise CredentialError("model", "no such moment") from None


def _is_vc(first: str) -> bool:
    return jose.read(first).type == "vc+sd-jwt" and "@context" in jose.read(first).claims()


def _of_json(document: Mapping[str, Any]) -> str:
    if "payload" not in document:
        raise CredentialError("form", "JSON that nobody signed")
    return sdjwt.from_json(document)


def _of_cose(data: bytes) -> Form:
    signed = cosesign.read(data)
    return "vc+cose" if signed.type == "vc+cose" or signed.content == "vc" else "cwt"


def _from_text(text: str) -> bytes:
    body = "".join(text.split())
    try:
        if len(body) % 2 == 0 and body[:2].lower() in ("d2", "d8"):
            return bytes.fromhex(body)
    except ValueError:
        pass
    try:
        plain = body.rstrip("=").replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise CredentialError("form", "no credential of a known form") from None
