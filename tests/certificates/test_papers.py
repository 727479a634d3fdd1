"""The paper of every kind: PDF/A, in both languages, with the code that leads to its page."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from base45 import b45encode
from pypdf import PdfReader

from guomen.catalogue.codes import table
from guomen.certificates import credential, kinds, paper
from guomen.certificates.models import Certificate
from guomen.core.credentials import slip
from guomen.ledger.services import plain
from tests.certificates.kinds import WHOLE
from tests.codes import codes_in_pdf
from tests.pdfa import faults

pytestmark = pytest.mark.django_db
ISSUED = [code for code, one in kinds.KINDS.items() if one.ended is None]
AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
SLIP = slip.PREFIX + b45encode(bytes(range(256)) * 2 + bytes(48)).decode()
"""As large as a slip can be: the claims, and a hundred bytes of headers and signature."""


def written(people, code: str, **more: str) -> bytes:
    kept, problems = kinds.read(kinds.kind(code), WHOLE[code])
    assert not problems
    one = Certificate(
        number=f"{code}-2026-000007-QWERTY",
        kind=code,
        subject="urn:guomen:line:224820261000000017/1",
        holder=people.cy.organisation,
        facts=plain(kept),
        valid_days=60,
        office=people.cy.organisation if code == "CD" else people.bo.organisation,
        signed_at=AT,
        valid_until=AT + timedelta(days=60),
        **more,
    )
    return paper.render(one, "0" * 64, SLIP, "key")


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


@pytest.mark.parametrize("code", ISSUED)
def test_the_paper_of_each_kind_is_an_archive_file_that_says_everything_twice(people, code):
    content = written(people, code)
    assert faults(content) == []
    text = "".join(text_of(content).split())
    title = table("certificate_kind").words[code]
    for words in (title.en, title.zh, "HarbourImports", "海港进口有限公司", f"{code}-2026-000007-QWERTY"):
        assert "".join(words.split()) in text
    one = kinds.kind(code)
    for name in one.needs:
        label = kinds.FIELDS[name].label
        if name not in {"decision", "tests"}:
            assert "".join(label.en.split()) in text, name
            assert "".join(label.zh.split()) in text, name
    assert sorted(codes_in_pdf(content)) == [SLIP, credential.address(f"{code}-2026-000007-QWERTY")]
    assert ("Validuntil" in text) is not one.lasting


def test_a_firms_declaration_does_not_look_like_the_authoritys_word(people):
    text = text_of(written(people, "CD"))
    for words in (
        "The firm makes this declaration itself",
        "企业自行作出并承担责任",
        "Declared by",
        "声明企业",
        "Received on",
    ):
        assert words in text
    assert "Issued by" not in text


def test_the_paper_names_the_certificate_that_it_replaces(people):
    assert "21-2026-000003-ABCDEF" in text_of(written(people, "21", replaces="21-2026-000003-ABCDEF"))


def test_the_archive_check_finds_what_is_wrong():
    from guomen.kit.paper import pdf

    plainly = pdf(paper.TEMPLATE.parent / "certificate.typ", _data(), AT, archival=False)
    assert "6.6.4: identification" in faults(plainly)


_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def _data() -> dict[str, object]:
    pair = {"en": "a", "zh": "b"}
    return {
        "title": pair, "number": "1", "replaces": "", "own_word": False, "lasting": False, "basis": None,
        "holder": pair | {"code": "1"}, "office": pair, "authority": pair, "sections": [], "site": [], "tests": [],
        "decision": None, "signed": pair, "until": pair, "address": "x", "digest": "", "key": "",
        "qr": _EMPTY, "slip": _EMPTY,
    }  # fmt: skip
