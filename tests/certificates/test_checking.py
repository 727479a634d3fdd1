"""One door for whoever shows a certificate of ours: number, file, text, slip, picture."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from base45 import b45encode
from PIL import Image

from guomen.certificates import checking, credential, formats, pades, paper, services, signing_keys
from guomen.core.credentials import jose, slip
from guomen.kit import blobs
from tests.certificates import issuing
from tests.certificates.test_certificates import drafted as drafted
from tests.certificates.test_certificates import signed as signed

pytestmark = pytest.mark.django_db


def picture(text: str, form: str = "PNG") -> bytes:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=4))
    out = BytesIO()
    image.convert("RGB").save(out, form)
    return out.getvalue()


def photographed(paper: bytes) -> bytes:
    """The first page of a paper as a picture: both of its codes are on it, and the signed one counts."""
    out = BytesIO()
    with pypdfium2.PdfDocument(paper) as pages:
        pages[0].render(scale=3, grayscale=True).to_pil().save(out, "JPEG")
    return out.getvalue()


def shown(one) -> dict[str, bytes]:
    """All ways to show one certificate."""
    forms, where = formats.kept(one.number), credential.address(one.number)
    return {
        "number": one.number.encode(),
        "small": f" {one.number.lower()}\n".encode(),
        "address": where.encode(),
        "other address": f"{where}.pdf?x=1".encode(),
        "paper": blobs.get(one.pdf),
        "credential": one.jws.encode(),
        "sd-jwt": forms.sd_jwt.encode(),
        "facts kept back": formats.shown(forms, {"goods"}).encode(),
        "slip": forms.slip.encode(),
        "picture of the slip": picture(forms.slip),
        "picture of the code": picture(where, "JPEG"),
        "picture of the paper": photographed(blobs.get(one.pdf)),
    }


def test_every_way_to_show_a_certificate_leads_to_the_same_answer(people, signed):
    ways = shown(signed)
    assert {way: checking.check(content).verdict for way, content in ways.items()} == dict.fromkeys(ways, "valid")
    for state, act in {
        "suspended": lambda: services.suspend(people.amy.actor, signed.number, "Looking into it"),
        "revoked": lambda: services.revoke(people.amy.actor, signed.number, "Wrong quantity"),
    }.items():
        act()
        assert {way: checking.check(content).verdict for way, content in ways.items()} == dict.fromkeys(ways, state)


def test_a_number_alone_proves_nothing_and_says_so(signed):
    found = checking.by_number(signed.number)
    assert {c.name: c.code for c in found.checks}["signature"] == "number-only"
    assert not found.genuine
    assert checking.check(signed.jws.encode()).genuine
    assert checking.check(photographed(blobs.get(signed.pdf))).genuine


def test_what_the_holder_keeps_back_stays_back(signed):
    found = checking.check(formats.shown(formats.kept(signed.number), {"goods"}).encode())
    assert found.verdict == "valid"
    assert found.number == found.subject == ""
    assert found.hidden > 3
    assert signed.number not in str(found)
    assert set(found.facts) == {"kind", "goods", "decision"}


def test_what_is_not_ours_or_was_changed(signed, drafted):
    forms = formats.kept(signed.number)
    other_key = jose.sign(jose.read(signed.jws).claims(), issuing.EVE, {"typ": "vc+jwt"})
    nul = credential.document(signed) | {"credentialSubject": {"id": "x", "certificateNumber": "\0"}}
    longer = credential.document(signed) | {"validUntil": "2099-01-01T00:00:00Z"}
    reissued = credential.secure(longer, signing_keys.signing())
    for content, code in {
        other_key.encode(): "forged",
        jose.sign(nul, issuing.EVE, {"typ": "vc+jwt"}).encode(): "forged",
        jose.sign(nul, signing_keys.signing(), {"typ": "vc+jwt"}).encode(): "other-content",
        reissued.encode(): "other-content",
        changed_slip(forms.slip): "forged",
        b"21-2026-999999-AAAAAA": "unknown-number",
        b"hello": "unreadable",
        b"": "unreadable",
        picture("https://elsewhere.example/"): "unreadable",
        b"\x89PNG\r\n\x1a\n" + bytes(100): "no-code",
        bomb(): "no-code",
        bytes(5 << 20): "too-large",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>": "unreadable",
    }.items():
        found = checking.check(content)
        assert found.verdict == "invalid"
        assert [c.code for c in found.checks if c.result == "failed"] == [code]


def test_a_paper_is_judged_by_the_register_and_by_the_signature_within_it(people, signed):
    """As signed; with something added by a viewer; saved anew, so that the signature breaks or is gone; and signed with
    our key but unknown to the register."""
    content = blobs.get(signed.pdf)
    at = content.index(b"/Title")
    broken = content[:at] + b"/Tixle" + content[at + 6 :]
    plain = paper.render(signed, "0" * 64, "GC1:A", "k")
    for shown, wanted in (
        (content, ("valid", "passed same-paper", "passed inside-holds")),
        (content + b"\n%more\n", ("invalid", "failed added-paper", "failed inside-added")),
        (broken, ("invalid", "failed changed-paper", "failed paper-changed")),
        (plain, ("invalid", "failed changed-paper", "open paper-unsigned")),
        (pades.sign(plain, "X"), ("invalid", "failed unregistered-paper", None)),
    ):
        found = checking.check(shown)
        said = {c.name: f"{c.result} {c.code}" for c in found.checks}
        assert (found.verdict, said["signature"], said.get("inside")) == wanted
        assert found.number == (signed.number if shown.startswith(content) else "")


def changed_slip(text: str) -> bytes:
    raw = bytearray(slip.open_text(text))
    raw[-1] ^= 1
    return b"GC1:" + b45encode(bytes(raw))


def bomb() -> bytes:
    """A picture of 400 million points in 400 kilobytes."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()
