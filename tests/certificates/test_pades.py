"""The signature within the PDF: checked by a validator, by tools of others, with keys in files and in an HSM."""

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from functools import cache
from io import BytesIO

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from guomen.certificates import chain, pades, paper_signature, queries, signing_keys
from guomen.certificates.models import IssuingKey
from guomen.core.credentials import jose
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.keystore import keystore
from tests.certificates.making import decided, draft, sign
from tests.certificates.test_papers import text_of, written
from tests.kit.softhsm import token_uri
from tests.pdfa import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(people) -> bytes:
    return signed_paper(written(people, "21"))


@cache
def signed_paper(plain: bytes) -> bytes:
    return pades.sign(plain, "21-2026-000007-QWERTY")


def checked(content: bytes, authority: bytes) -> PdfSignatureStatus:
    """What the library's validator says, trusting our authority alone and asking no network."""
    trust = ValidationContext(trust_roots=[asn1.Certificate.load(authority)], allow_fetching=False)
    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, trust)


def test_a_signed_certificate_carries_a_signature_over_all_of_its_file(people):
    decided("line.released")
    one = sign(people, draft(people))
    content = blobs.get(one.pdf)
    status = checked(content, chain.authority_der())
    assert status.bottom_line
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert status.modification_level == ModificationLevel.NONE
    assert status.signing_cert.subject.native["common_name"] == "Port authority certificates"
    assert queries.verify_paper(content).valid
    assert one.number in text_of(content)


def test_the_signed_file_is_still_an_archive_file(paper):
    assert faults(paper) == []
    signature = PdfFileReader(BytesIO(paper)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.value == 1
    # PAdES says the time in the file, and the certificate in a signed attribute (ETSI EN 319 142-1, 6.3).
    names = {a["type"].native for a in signature.signer_info["signed_attrs"]}
    assert "signing_certificate_v2" in names
    assert "signing_time" not in names
    assert signature.signer_info["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"


def test_a_changed_byte_is_noticed_by_the_validator(paper):
    at = paper.index(b"/Title")
    changed = paper[:at] + b"/Tixle" + paper[at + 6 :]
    status = checked(changed, chain.authority_der())
    assert not status.intact
    assert not status.bottom_line


def test_somebody_elses_authority_is_not_trusted(paper, tmp_path, settings):
    ours = chain.authority_der()
    assert checked(paper, ours).trusted
    # The same keys with another certificate would be trusted; other keys are not.
    other = keystore(tmp_path / "other")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "p256", other.p256)
        theirs = chain._authority(now()).public_bytes(Encoding.DER)
    assert not checked(paper, theirs).trusted


def test_openssl_agrees_on_the_signature_and_the_chain(paper, tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    start, length, again, rest = map(int, re.search(rb"/ByteRange ?\[(\d+) (\d+) (\d+) (\d+)", paper).groups())
    (tmp_path / "content").write_bytes(paper[start : start + length] + paper[again : again + rest])
    held = bytes.fromhex(paper[length + 1 : again - 1].decode())
    size = int.from_bytes(held[2:4]) + 4
    (tmp_path / "signature").write_bytes(held[:size])
    (tmp_path / "ca.pem").write_bytes(chain.chain()[1].public_bytes(Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature", "-content", "content"]
    command += ["-CAfile", "ca.pem", "-purpose", "any", "-out", os.devnull]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    (tmp_path / "content").write_bytes(b"another")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60).returncode != 0


def test_popplers_pdfsig_agrees_on_the_signature(paper, tmp_path):
    if shutil.which("pdfsig") is None:
        pytest.skip("pdfsig (poppler-utils) is not installed")
    (tmp_path / "a.pdf").write_bytes(paper)
    said = subprocess.run(["pdfsig", "-nocert", "a.pdf"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "Signature is Valid" in said.stdout
    assert "Total document signed" in said.stdout
    assert "ETSI.CAdES.detached" in said.stdout


def test_the_chain_is_made_once_and_anew_in_time(settings):
    leaf, authority = chain.chain()
    assert chain.chain() == (leaf, authority)
    leaf.verify_directly_issued_by(authority)
    assert leaf.not_valid_after_utc - now() > timedelta(days=10 * 365), "papers last up to ten years"
    assert authority.not_valid_after_utc > leaf.not_valid_after_utc
    path = chain.file_of(chain.SIGNER)
    early = chain._leaf(authority, now() - timedelta(days=3 * 365))
    path.write_bytes(b"".join(c.public_bytes(Encoding.PEM) for c in (early, authority)))
    newer, same = chain.chain()
    assert same == authority
    assert newer.serial_number != early.serial_number
    path.write_bytes(b"damaged")
    assert chain.chain()[0].public_key() == leaf.public_key()


def test_our_authoritys_certificate_is_public(door):
    answer = door().get("/certificates/authority.crt")
    assert answer.headers["Content-Type"] == "application/pkix-cert"
    assert answer.content == chain.authority_der()


PROGRAM = """
import sys, django
django.setup()
from pathlib import Path
from guomen.certificates import chain, pades, signing_keys
from guomen.core.credentials import jose
from guomen.kit.keys import signer, store
folder = Path(sys.argv[1])
for one in map(signing_keys.made, (1, 2)):
    assert {store().describe(n).where for n in (chain.AUTHORITY, one.name, one.paper_name)} == {"hsm"}
    (folder / f"{one.number}.pdf").write_bytes(pades.sign((folder / "plain.pdf").read_bytes(), "X", one.paper_name))
    (folder / f"{one.number}.jws").write_text(jose.sign({}, signer(one.name), {"typ": "x"}))
    (folder / f"{one.number}.key").write_text(f"{one.public} {one.paper}")
(folder / "ca.der").write_bytes(chain.authority_der())
"""


@pytest.mark.parametrize("moved", [False, True], ids=["made-in-the-token", "moved-into-the-token"])
def test_both_pairs_of_keys_stay_in_an_hsm_before_and_after_a_rotation(people, tmp_path, monkeypatch, moved):
    uri = token_uri(tmp_path, monkeypatch)
    home = tmp_path / "home"
    drop = {"GUOMEN_CONFIG", "DATABASE_URL"}
    environment = {k: v for k, v in os.environ.items() if k not in drop} | {"GUOMEN_HOME": str(home)}
    pairs, before = [IssuingKey(number=1), IssuingKey(number=2)], {}
    if moved:
        store = keystore(home)
        before = {n: store.signer(one.name).public_key().public_bytes_raw().hex() for n, one in enumerate(pairs, 1)}
        assert all(store.p256(one.paper_name) for one in pairs)
    for command in (
        ["-m", "guomen", "keys", "init-hsm", uri],
        ["-c", PROGRAM, str(tmp_path)],
    ):
        (tmp_path / "plain.pdf").write_bytes(written(people, "21"))
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        environment |= {"GUOMEN_KEYS_UNLOCK": uri, "DJANGO_SETTINGS_MODULE": "guomen.site.settings"}
    for one in pairs:
        one.public, one.paper = (tmp_path / f"{one.number}.key").read_text().split()
        status = checked((tmp_path / f"{one.number}.pdf").read_bytes(), (tmp_path / "ca.der").read_bytes())
        assert status.bottom_line
        assert paper_signature._point(status.signing_cert.public_key) == one.paper
        assert jose.read((tmp_path / f"{one.number}.jws").read_text()).verify([signing_keys.public(one)], {"x"})
        assert before.get(one.number, one.public) == one.public
        assert not {one.name, one.paper_name} & {p.name for p in (home / "keys").iterdir()}
