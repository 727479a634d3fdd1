"""Papers of others: a PDF signed by somebody whose certificate is on the trust list, and all that is not that."""

import zlib
from datetime import UTC, datetime

import pytest

from guomen.certificates import chain, checking, pades, paper_in, paper_signature
from guomen.certificates.foreign import Goods
from guomen.certificates.services import receiving
from guomen.kit import paper
from guomen.kit.keystore import keystore
from tests.certificates.issuing import trusted
from tests.certificates.making import SUBJECT

pytestmark = pytest.mark.django_db
GOODS = Goods("NZ", "0808108000")


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> bytes:
    template = tmp_path_factory.mktemp("papers") / "a.typ"
    template.write_text("Apples")
    return paper.pdf(template, {}, datetime(2026, 11, 26, tzinfo=UTC), archival=False)


@pytest.fixture(scope="module")
def abroad(plain, tmp_path_factory) -> tuple[bytes, str]:
    """The paper as an office abroad signed it, with keys and an authority of its own; and that authority (PEM)."""
    home = tmp_path_factory.mktemp("abroad")
    with pytest.MonkeyPatch.context() as patch:
        for module in (chain, pades):
            patch.setattr(module, "p256", keystore(home).p256)
        patch.setattr(chain, "file_of", lambda key: home / f"{key}.pem")
        return pades.sign(plain, "NZ-1"), chain.authority_pem()


@pytest.fixture
def signed(abroad) -> bytes:
    return abroad[0]


def checks(content: bytes, goods: Goods | None = GOODS) -> dict[str, str]:
    return {c.name: f"{c.result} {c.code}" for c in checking.check(content, goods).checks}


def test_a_paper_signed_by_a_trusted_office_is_genuine(people, signed, abroad):
    assert checks(signed)["signature"] == "open paper-untrusted"
    assert checking.check(signed, GOODS).verdict == "unproven"
    trusted(people, identifier="urn:office:papers", kinds=["paper"], roots=abroad[1])
    found = checking.check(signed, GOODS)
    assert (found.verdict, found.genuine, found.issuer) == ("valid", True, "urn:office:papers")
    assert checking.check(signed).genuine


def test_a_paper_that_was_changed_or_never_signed_is_not(people, signed, plain, abroad):
    trusted(people, identifier="urn:office:papers", kinds=["paper"], roots=abroad[1])
    assert checks(plain)["signature"] == "open paper-unsigned"
    at = len(plain) // 2
    altered = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert checks(altered)["signature"] in ("failed paper-changed", "open paper-unreadable")
    assert not checking.check(altered, GOODS).genuine
    assert not checking.check(signed + b"\n%more\n", GOODS).genuine
    # Who only holds it up to us is told that it is none of ours.
    assert checks(plain, None)["signature"] == "failed changed-paper"


def test_no_more_papers_are_read_at_once_than_there_is_room_for(people, signed, monkeypatch):
    monkeypatch.setattr(paper_in, "WAIT", 0)
    taken = [paper_in._ROOM.acquire(blocking=False) for _ in range(paper_in.AT_ONCE)]
    try:
        with pytest.raises(paper_in.BusyError):
            checking.check(signed)
    finally:
        for _ in taken:
            paper_in._ROOM.release()
    assert checking.check(signed).form == "pdf"


def test_a_paper_without_proof_is_kept_and_said_to_have_none(people, plain):
    kept, found = receiving.receive(people.cy.actor, SUBJECT, plain, "a.pdf", GOODS)
    assert (kept.form, found.verdict) == ("pdf", "unproven")


def test_what_reads_papers_has_little_memory_and_no_hold_on_us():
    bomb = zlib.compress(bytes(200 << 20), 9)
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n%b\nendstream" % (
        len(bomb),
        bomb,
    )
    for hostile in (
        b"%PDF-1.7\n/ByteRange",
        b"%PDF-1.7\n1 0 obj\n" + stream + b"\nendobj\n/ByteRange\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 200_000 + b"/ByteRange",
    ):
        assert paper_signature.check(hostile, [""]).found in ("unreadable", "none")
