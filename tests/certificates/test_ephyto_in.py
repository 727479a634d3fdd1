"""An ePhyto that a broker brings: read, compared with the goods, and never called proven."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from guomen.certificates import checking
from guomen.certificates.foreign import Goods
from guomen.certificates.services import receiving
from guomen.core import ephyto
from guomen.core.ephyto import Measure, Party, PhytoCertificate, Plants
from tests.certificates.issuing import trusted
from tests.certificates.making import SUBJECT

pytestmark = pytest.mark.django_db
APPLES = Goods("NZ", "0808108000")
ONE = PhytoCertificate(
    number="NZ-2026-7",
    issued_at=datetime(2026, 11, 19, 19, 30, tzinfo=UTC),
    issuer="Plant Health Office",
    issued_in="Napier",
    exporter=Party("Orchard Exports"),
    consignee=Party("Harbour Imports"),
    export_country="NZ",
    import_country="CN",
    items=(Plants("Apples", "Malus domestica", "NZ", Measure(Decimal(20000), "KGM"), hs_code="080810"),),
)


def written(**changes: str) -> bytes:
    return ephyto.write(replace(ONE, **changes))


def checks(content: bytes, goods: Goods | None = APPLES) -> dict[str, str]:
    return {c.name: f"{c.result} {c.code}" for c in checking.check(content, goods).checks}


def test_an_ephyto_is_read_and_said_to_prove_nothing(people):
    assert checking.check(written()).verdict == "unknown-issuer"
    trusted(people, identifier="ephyto:NZ", kinds=["phytosanitary"])
    found = checking.check(written(), APPLES)
    assert (found.verdict, found.genuine, found.number) == ("unproven", False, "NZ-2026-7")
    assert checks(written()) == {
        "form": "passed readable",
        "signature": "open unsigned-form",
        "issuer": "passed trusted",
        "scope": "passed in-scope",
        "subject": "passed goods-match",
        "status": "open status-none",
        "time": "open no-end",
    }
    assert found.facts["goods"] == ["Apples · Malus domestica · 20000 KGM · 080810"]


def test_what_it_is_about_is_compared_with_the_goods(people):
    trusted(people, identifier="ephyto:NZ", kinds=["phytosanitary"], countries=[], headings=[])
    assert checks(written(), Goods("CL", "0808108000"))["subject"] == "failed other-country"
    assert checks(written(), Goods("NZ", "0809100000"))["subject"] == "failed about-other-goods"
    assert checks(written(kind="657"))["scope"] == "failed other-kind"


def test_a_withdrawn_one_and_a_draft_say_so(people):
    trusted(people, identifier="ephyto:NZ", kinds=["*"])
    assert checking.check(written(status="41"), APPLES).verdict == "revoked"
    assert checking.check(written(status="1"), APPLES).verdict == "early"


def test_it_is_kept_and_seen_when_it_comes_for_other_goods_too(people):
    kept, _ = receiving.receive(people.cy.actor, SUBJECT, written(), "a.xml", APPLES)
    assert kept.form == "xml"
    changed = written(additional="Free from quarantine pests")
    _, found = receiving.receive(people.eve.actor, "urn:guomen:line:1/1", changed, "b.xml", APPLES)
    assert {c.name: c.code for c in found.checks}["elsewhere"] == "elsewhere"


def test_what_is_no_ephyto_is_nothing(people):
    laughs = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    for bad in (b"<a/>", laughs, written()[:-9], b"<a>" * 5000, written(kind="380")):
        found = checking.check(bad, APPLES)
        assert (found.verdict, found.checks[0].code) == ("invalid", "unreadable")
