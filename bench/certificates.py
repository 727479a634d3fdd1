"""Certificates by processor time of one core: made and verified, each form beside the bare operation it is made of.

    python bench/certificates.py

No server and no database: the figures are of the forms themselves. Saving a certificate and its ledger entry costs the
same for all of them (bench/ledger.py). Each figure is the best of several rounds, since others on the machine only ever
slow a round down.
"""

# ruff: noqa: E402  # Django is set up, in a home of its own, before our modules are read

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from machine import show

HOME = tempfile.TemporaryDirectory(prefix="guomen-bench-")
os.environ |= {"GUOMEN_HOME": HOME.name, "DJANGO_SETTINGS_MODULE": "guomen.site.settings", "GUOMEN_LOG_LEVEL": "ERROR"}

import django

django.setup()

import typst
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from guomen.certificates import credential, formats, paper, statuses
from guomen.certificates.models import Certificate, IssuedForms
from guomen.core.credentials import bitstring, keys, recognise, sdjwt, slip, status, statuslist, vc, verify
from guomen.core.credentials.status import Reference
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.core.credentials.strict import base64url
from guomen.kit.keys import signer
from guomen.parties.models import Organisation

ROUNDS = 5
KEY = "certificates"
AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
FACTS = {
    "goods": {"en": "Infant formula, stage 1, 800 g", "zh": "婴儿配方奶粉 1 段 800 克"},
    "gtin": "09420100000129",
    "batch": "NZ26-0412",
    "hs_code": "1901101010",
    "quantity": "12,000 tins",
    "origin": {"en": "New Zealand", "zh": "新西兰"},
    "maker": "Southern Dairy Ltd",
    "declaration": "224820261000000017",
    "container": "CSQU3054383",
    "place": {"en": "Yangshan port", "zh": "洋山港"},
    "inspected_on": "2026-11-24",
    "decision": {"en": "The goods meet the requirements.", "zh": "上述货物经检验合格。"},
    "tests": [
        {
            "test": {"en": f"Analyte {n}", "zh": f"项目 {n}"},
            "found": "< 0.01 mg/kg",
            "limit": "0.05 mg/kg",
            "within": True,
            "standard": "GB 2762-2022",
        }
        for n in range(12)
    ],
}


def per_second(work: Callable[[], object], times: int) -> float:
    """Calls per second of this process's processor time."""
    best = 0.0
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            work()
        best = max(best, times / (time.process_time() - started))
    return best


def certificate() -> tuple[Certificate, IssuedForms]:
    """A certificate with twelve tests, as it is when it is signed; nothing is stored."""
    firm = Organisation(kind="trader", name_en="Harbour Imports", name_zh="海港进口有限公司", code="91310115MA1K4NAB5L")
    office = Organisation(kind="authority", name_en="Yangshan Port Authority", name_zh="洋山口岸局", code="AUTH-2248")
    one = Certificate(number="21-2026-000001-ABCDEF", kind="21", subject="urn:guomen:line:1/1", facts=FACTS)
    one.holder, one.office, one.signed_at, one.valid_until = firm, office, AT, AT + timedelta(days=365)
    return one, IssuedForms(number=one.number, list=0, position=statuses.place(0, 7))


def empty_page() -> object:
    """A page with one word, with the same font: what the compiler costs before it does anything of ours."""
    compiler = typst.Compiler(b'#set page(paper: "a4")\nHello', font_paths=paper.paper._fonts())
    return compiler.compile(format="pdf")


def yardsticks() -> dict[str, float]:
    """Bare operations, in the same minute."""
    message = os.urandom(2000)
    ed = Ed25519PrivateKey.generate()
    ed_public, ed_signature = ed.public_key(), ed.sign(message)
    p256 = ec.generate_private_key(ec.SECP256R1())
    p256_public, algorithm = p256.public_key(), ec.ECDSA(hashes.SHA256())
    p256_signature = p256.sign(message, algorithm)
    return {
        "Ed25519 sign": per_second(lambda: ed.sign(message), 1000),
        "Ed25519 verify": per_second(lambda: ed_public.verify(ed_signature, message), 500),
        "ECDSA P-256 sign": per_second(lambda: p256.sign(message, algorithm), 500),
        "ECDSA P-256 verify": per_second(lambda: p256_public.verify(p256_signature, message, algorithm), 500),
        "typst, one empty page": per_second(empty_page, 10),
    }


def es256(claims: dict[str, object]) -> tuple[str, keys.PublicKey]:
    """A credential signed with ECDSA, as most foreign issuers do."""
    key = ec.generate_private_key(ec.SECP256R1())
    parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "ES256", "typ": "vc+jwt"}, claims)]
    text = ".".join(parts)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{base64url(r.to_bytes(32) + s.to_bytes(32))}", keys.from_public(key.public_key())


def main() -> None:
    one, forms = certificate()
    document, key = credential.document(one, forms), signer(KEY)
    known = [keys.from_public(key.public_key())]
    bare = yardsticks()
    jws, sd = credential.secure(document, key), formats._sd_jwt(one, document, forms, key)
    code = formats._slip(one, forms, key)
    some = sdjwt.present(sd, lambda d: d.name in ("goods", "quantity"))
    foreign, other = es256(document)
    digest = hashlib.sha256(jws.encode()).hexdigest()
    pdf = paper.render(one, digest, code, known[0].id)
    spread = {statuses.place(0, n): statuslist.INVALID for n in range(1300)}
    listed = SignedList(statuses.address(0), int(AT.timestamp()), StatusList(2, statuses.SIZE, spread), None, 60)
    token = statuslist.as_jwt(listed, key)
    here = Reference(statuses.address(0), 5)
    made = {
        "PDF": (per_second(lambda: paper.render(one, digest, code, known[0].id), 4), "typst, one empty page"),
        "VC (JOSE)": (per_second(lambda: credential.secure(credential.document(one, forms), key), 300), "Ed25519 sign"),
        "SD-JWT, all facts hidden": (
            per_second(lambda: formats._sd_jwt(one, document, forms, key), 100),
            "Ed25519 sign",
        ),
        "CWT for a slip": (per_second(lambda: formats._slip(one, forms, key), 300), "Ed25519 sign"),
        "status list, 131,072 places": (per_second(lambda: statuslist.as_jwt(listed, key), 5), "Ed25519 sign"),
        "bitstring, 131,072 places": (per_second(lambda: bitstring.pack(spread), 5), "Ed25519 sign"),
    }
    verified = {
        "PDF by its digest": (per_second(lambda: hashlib.sha256(pdf).hexdigest(), 300), "Ed25519 verify"),
        "VC (JOSE)": (per_second(lambda: vc.verify(jws, known), 300), "Ed25519 verify"),
        "VC (JOSE) with ES256": (per_second(lambda: vc.verify(foreign, [other]), 300), "ECDSA P-256 verify"),
        "SD-JWT, all facts shown": (per_second(lambda: sdjwt.verify(sd, known), 100), "Ed25519 verify"),
        "SD-JWT, two facts shown": (per_second(lambda: sdjwt.verify(some, known), 200), "Ed25519 verify"),
        "CWT of a slip": (per_second(lambda: slip.read(code, known), 300), "Ed25519 verify"),
        "CWT by the one door": (per_second(lambda: verify(*recognise(code.encode()), known), 200), "Ed25519 verify"),
        "a state in a list": (per_second(lambda: status.state_in(token, here, known, AT), 20), "Ed25519 verify"),
    }
    rows = [(name, f"{rate:,.0f}/s") for name, rate in bare.items()]
    for title, group in (("made: ", made), ("verified: ", verified)):
        rows += [(title + n, f"{rate:,.0f}/s, {rate / bare[of]:.2f} of {of}") for n, (rate, of) in group.items()]
    rows.append(("sizes", f"PDF {len(pdf):,}, VC {len(jws):,}, SD-JWT {len(sd):,}, slip {len(code):,} characters"))
    show(
        "Certificates, by processor time of one core",
        rows,
        bare=bare,
        made={name: rate for name, (rate, _) in made.items()},
        verified={name: rate for name, (rate, _) in verified.items()},
    )


if __name__ == "__main__":
    main()
    HOME.cleanup()
