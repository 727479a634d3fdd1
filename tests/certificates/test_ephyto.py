"""A phytosanitary certificate of ours goes out as the message, and its facts come back from it."""

import pytest

from guomen.certificates import ephyto, kinds
from guomen.core.ephyto import read
from tests.certificates.kinds import PLANT, TREATED, WHOLE
from tests.certificates.making import draft, sign

pytestmark = pytest.mark.django_db
PLACE = "urn:guomen:consignment:EC-2026-1"


@pytest.fixture
def signed(people):
    return sign(people, draft(people, PLACE, kind="18", facts=WHOLE["18"], valid_days=14))


def test_it_goes_out_with_all_that_the_standard_asks_for(signed, door):
    answer = door().get(f"/certificates/{signed.number}.xml")
    assert answer.headers["Content-Type"] == "application/xml"
    found = read(answer.content)
    assert (found.number, found.export_country, found.import_country) == (signed.number, "EC", "CN")
    assert (found.exporter.name, found.mode, found.status) == ("Green Fruit Co.", "1", "70")
    (item,) = found.items
    assert (item.produce, item.botanical, str(item.net.value)) == ("Bananas", PLANT["botanical"], "18400.5")
    assert "48 g/m³" in item.treatments[0].text
    assert found.page.endswith(signed.number)
    assert ephyto.of(signed) == found
    assert "SPS XML" in door().get(f"/certificates/{signed.number}").content.decode()


def test_facts_come_back_from_the_message(signed):
    kept, problems = kinds.read(kinds.kind("18"), ephyto.facts_of(read(ephyto.xml(signed))))
    assert problems == []
    assert kinds.missing(kinds.kind("18"), kept) == []
    for name in ("export_country", "import_country", "transport", "marks"):
        assert kept[name] == signed.facts[name], name
    ours, theirs = signed.facts["plants"][0], kept["plants"][0]
    assert {k: v for k, v in theirs.items() if k != "produce"} == {k: v for k, v in ours.items() if k != "produce"}
    assert kept["treatments"][0]["date"] == TREATED["date"]
    assert kept["treatments"][0]["duration"] == signed.facts["treatments"][0]["duration"]


def test_other_kinds_and_drafts_have_no_message(people, door):
    other = sign(people, draft(people, PLACE, kind="19", facts=WHOLE["19"]))
    unsigned = draft(people, PLACE, kind="18", facts=WHOLE["18"])
    for number in (other.number, unsigned.number, "18-2026-999999-AAAAAA"):
        assert door().get(f"/certificates/{number}.xml").status_code == 404
