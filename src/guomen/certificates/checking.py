"""The one door for whoever shows us a certificate: a number, a text, a file, or a picture of a code."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import zxingcpp
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from guomen.certificates import (
    chain,
    ephyto_in,
    foreign,
    kinds,
    paper,
    paper_in,
    paper_signature,
    queries,
    signing_keys,
    statuses,
)
from guomen.certificates.checks import Check, Finding, verdict
from guomen.certificates.foreign import Goods
from guomen.certificates.models import Certificate, IssuedForms
from guomen.certificates.titles import title
from guomen.core.credentials import Credential, CredentialError, Form, peek, recognise, slip, verify
from guomen.kit.errors import NotFound
from guomen.kit.pictures import image_kind

MAX_FILE = 4 << 20
MAX_PIXELS = 40_000_000
"""A phone's camera has 12 to 50 million; a bomb has thousands of millions in a few kilobytes."""
_STATE = {"suspended": "suspended", "revoked": "revoked", "replaced": "replaced"}
_TIME = {"expired": ("failed", "expired"), "early": ("failed", "early")}
_ADDRESS = "/certificates/"


def check(content: bytes, goods: Goods | None = None) -> Finding:
    """What a file or a pasted text is, and how far it may be relied on. Never raises for what it holds."""
    if len(content) > MAX_FILE:
        return Finding("unknown", "invalid", (Check("form", "failed", "too-large"),))
    if image_kind(content):
        text = code_in(content)
        return _nothing("no-code") if text is None else check(text.encode(), goods)
    number = _number(content)
    if number:
        return by_number(number)
    try:
        form, body = recognise(content)
    except CredentialError as error:
        return foreign.unreadable("unknown", error)
    if form == "pdf":
        return _paper(content, goods)
    if form == "xml":
        return ephyto_in.check(content, goods)
    try:
        claimed = peek(form, body)
    except CredentialError as error:
        return foreign.unreadable(form, error)
    if claimed.issuer == settings.GUOMEN.origin:
        return _ours(form, body, claimed)
    return foreign.check(form, body, goods)


def code_in(picture: bytes) -> str | None:
    """The text of a QR code in a picture, rather of one that is signed; None when there is none, or no picture that we
    want to open."""
    try:
        with Image.open(BytesIO(picture)) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            found = zxingcpp.read_barcodes(image.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    texts = [code.text for code in found]
    # Paper carries two: the address, which proves nothing, and the slip.
    return next((text for text in texts if text.startswith(slip.PREFIX)), texts[0] if texts else None)


def by_number(number: str) -> Finding:
    """A certificate of ours by its number: what the register says; nothing proves that the paper says the same."""
    try:
        one = queries.certificate(number)
    except NotFound:
        return Finding("number", "invalid", (Check("form", "failed", "unknown-number"),), number=number)
    checks = [Check("signature", "open", "number-only"), Check("issuer", "passed", "we-issued"), *_register(one)]
    found = verdict(check for check in checks if check.name != "signature")
    return _shown("number", one, checks, found)


def _number(content: bytes) -> str:
    """The number in a short text: as typed, or in the address of a certificate on this host."""
    if len(content) > 300:
        return ""
    text = content.decode("utf-8", "replace").strip()
    if text.startswith(("http://", "https://")) and _ADDRESS in text:
        text = text.rsplit(_ADDRESS, 1)[1].partition("?")[0].partition("#")[0]
        for ending in (".pdf", ".jwt", ".sd-jwt", ".slip"):
            text = text.removesuffix(ending)
    text = text.upper()
    return text if 3 < len(text) <= 24 and text.replace("-", "").isalnum() and text.count("-") >= 2 else ""


def _nothing(code: str) -> Finding:
    return Finding("unknown", "invalid", (Check("form", "failed", code),))


def _paper(content: bytes, goods: Goods | None) -> Finding:
    one = _with_digest(content)
    if one is not None:
        checks = [
            Check("form", "passed", "readable"),
            Check("signature", "passed", "same-paper"),
            _inside(content),
            Check("issuer", "passed", "we-issued"),
            *_register(one),
        ]
        return _shown("pdf", one, checks, verdict(checks))
    first = _with_digest(paper_signature.first_signed(content))
    if first is not None:
        return _added(first)
    found = paper_in.check(content, goods)
    # Who only holds it up to us most likely took it for ours; who attaches it to goods did not.
    if found.ours or found.genuine or goods is not None:
        return found
    inside = next(check for check in found.checks if check.name == "signature")
    checks = [
        Check("form", "passed", "readable"),
        Check("signature", "failed", "changed-paper"),
        inside._replace(name="inside"),
    ]
    return Finding("pdf", "invalid", tuple(checks))


def _with_digest(content: bytes) -> Certificate | None:
    digest = hashlib.sha256(content).hexdigest()
    found = Certificate.objects.select_related("holder", "office").filter(pdf=digest).exclude(pdf="")
    return found.first() if content else None


def _inside(content: bytes) -> Check:
    """What the signature within a paper of ours says beside the register."""
    found = paper_signature.of_ours(content, chain.authority_pem())
    key = signing_keys.of_paper(found.key) if found.found == "trusted" else None
    if key is None:
        return Check("inside", "open", "inside-other")
    if key.leaked_at is not None:
        return Check("inside", "open", "inside-leaked", _day(key.leaked_at))
    return Check("inside", "passed", "inside-holds")


def _added(one: Certificate) -> Finding:
    """A paper of ours to which something was added after it was signed: a reader may show what nobody signed."""
    checks = (
        Check("form", "passed", "readable"),
        Check("signature", "failed", "added-paper"),
        Check("inside", "failed", "inside-added"),
    )
    return Finding("pdf", "invalid", checks, ours=True, issuer=settings.GUOMEN.origin, number=one.number)


def _ours(form: Form, body: str | bytes, claimed: Credential) -> Finding:
    checks, one = [Check("form", "passed", "readable")], None
    try:
        signer = verify(form, body, signing_keys.known()).key
        one, same = _registered(form, body, claimed)
        checks.append(_signed(signer.id if signer else "", same))
    except CredentialError:
        checks.append(Check("signature", "failed", "forged"))
    if one is None or checks[1].result == "failed":
        return Finding(form, verdict(checks), tuple(checks), ours=True, issuer=claimed.issuer)
    checks += [Check("issuer", "passed", "we-issued"), *_register(one)]
    if not _named(form, claimed):
        return _kept_back(form, claimed, checks)
    return _shown(form, one, checks, verdict(checks), claimed)


def _signed(id: str, same: bool) -> Check:
    """What a signature of ours that holds is worth: by its key, and by whether the register has the same."""
    key = signing_keys.of_id(id)
    if not same or key is None:
        leaked = key is not None and key.leaked_at is not None
        return Check("signature", "failed", "leaked-key" if leaked else "other-content")
    if key.leaked_at is not None:
        return Check("signature", "passed", "registered", _day(key.leaked_at))
    if key.until is not None:
        return Check("signature", "passed", "signed-before", _day(key.until))
    return Check("signature", "passed", "signed")


def _day(at: datetime) -> tuple[tuple[str, str], ...]:
    return (("day", f"{timezone.localtime(at):%Y-%m-%d}"),)


def _registered(form: Form, body: str | bytes, claimed: Credential) -> tuple[Certificate | None, bool]:
    """The certificate that something claims to be, and whether exactly this was signed under its number."""
    number = _named(form, claimed)
    places = Q()
    for reference in claimed.states:
        of_list = reference.address.rpartition("/")[2]
        if len(of_list) < 10 and of_list.isdecimal() and reference.address == statuses.address(int(of_list)):
            places |= Q(list=int(of_list), position=reference.position)
    # Also who has a key of ours that leaked may write anything here.
    wanted = Q(number=number) if number else places
    forms = IssuedForms.objects.filter(wanted).first() if wanted and "\0" not in number else None
    one = Certificate.objects.select_related("holder", "office").filter(number=forms.number).first() if forms else None
    if forms is None or one is None:
        return None, False
    match form:
        case "vc+jwt":
            return one, body == one.jws
        case "dc+sd-jwt":
            return one, str(body).partition("~")[0] == forms.sd_jwt.partition("~")[0]
        case "cwt":
            return one, body == slip.open_text(forms.slip)
    return one, False


def _named(form: Form, claimed: Credential) -> str:
    """The number that a credential of ours names, or empty when the holder keeps it back."""
    if form == "cwt":
        return claimed.subject.rpartition(_ADDRESS)[2]
    if form == "dc+sd-jwt":
        return str(claimed.claims.get("certificateNumber") or "")
    return str(foreign.facts(claimed).get("certificateNumber") or "")


def _kept_back(form: Form, claimed: Credential, checks: list[Check]) -> Finding:
    """An SD-JWT whose holder does not say which certificate it is: we know, and do not tell."""
    return Finding(
        form,
        verdict(checks),
        tuple(checks),
        ours=True,
        issuer=claimed.issuer,
        begins=claimed.begins,
        ends=claimed.ends,
        facts=_said(claimed),
        hidden=claimed.hidden,
        identity=foreign.identity(claimed),
    )


def _register(one: Certificate) -> list[Check]:
    """Validity and state as the register has them at this moment."""
    state = queries.state(one)
    result, code = _TIME.get(state, ("passed", "in-time"))
    time = Check("time", "failed" if result == "failed" else "passed", code)
    if state in _STATE:
        return [time, Check("status", "failed", _STATE[state])]
    return [time, Check("status", "passed", "holds")]


def _shown(form: str, one: Certificate, checks: list[Check], found: str, claimed: Credential | None = None) -> Finding:
    """The finding for a certificate of ours: the register's facts, or what the holder shows of them."""
    said = _said(claimed) if claimed and form == "dc+sd-jwt" else own_facts(one.kind, one.facts)
    return Finding(
        form,
        found,  # type: ignore[arg-type]  # what verdict() gave
        tuple(checks),
        ours=True,
        issuer=settings.GUOMEN.origin,
        number=one.number,
        subject=one.subject,
        begins=one.signed_at,
        ends=one.valid_until,
        facts=said,
        hidden=claimed.hidden if claimed else 0,
    )


def _said(claimed: Credential) -> dict[str, Any]:
    """What the holder of an SD-JWT of ours shows."""
    facts, kind = claimed.claims.get("facts"), claimed.claims.get("certificateKind")
    code = kind.get("code") if isinstance(kind, dict) else ""
    return own_facts(str(code), facts if isinstance(facts, dict) else {})


def own_facts(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a certificate of ours by their names in :data:`guomen.certificates.paper.ROWS`, rows as text."""
    if kind not in kinds.KINDS:
        return {}
    found: dict[str, Any] = {"kind": paper.vars_of(title(kind))}
    for field in kinds.fields_of(kinds.kind(kind)):
        if field.section and field.name in facts and field.name != "tests":
            found[field.name] = paper.stated(field, facts[field.name])
    site, tests = paper.checks(facts)
    lines = [{tongue: _test(test, tongue) for tongue in ("en", "zh")} for test in site + tests]
    return found | {name: facts[name] for name in ("decision",) if name in facts} | ({"tests": lines} if lines else {})


def _test(test: Mapping[str, Any], tongue: str) -> str:
    parts = [test[name][tongue] for name in ("test", "found", "limit", "result")]
    return " · ".join(dict.fromkeys(part for part in parts if part != "—"))
