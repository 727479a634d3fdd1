"""The page of an order's chips: for its firm and its encoding house, and for nobody else."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from joserfc import jwe
from joserfc.jwk import ECKey

from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.tags import labels, services
from guomen.tags.models import Chip
from tests.faces.portal_form import key, named, text
from tests.faces.test_resolver import HTML
from tests.tags.conftest import lodged, made  # noqa: F401 - fixtures
from tests.tags.goods import BATCH, GTIN, LINE
from tests.tags.test_chips import rows, uid

pytestmark = pytest.mark.django_db
HOUSE_KEY = ECKey.generate_key("P-256")


@pytest.fixture
def chipped(people, lodged):  # noqa: F811
    services.approve_house(people.bo.actor, people.eve.organisation.code, json.dumps(HOUSE_KEY.as_dict(private=False)))
    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=300, subject=LINE, carrier="chip")


@pytest.fixture
def here(chipped) -> str:
    return f"/portal/tags/{chipped.code}/chips/"


def upload(content: str, **more: str) -> dict:
    file = SimpleUploadedFile("chips.csv", content.encode(), "text/csv")
    return {"do": "upload", "kind": "ntag424", "file": file} | more


def test_a_firm_registers_chips_and_reads_row_by_row_what_was_wrong(door, people, chipped, here):
    cy = door("cy")
    assert here in text(cy.get(f"/portal/tags/{chipped.code}/"))
    answer = cy.post(here, upload("".join([*rows(chipped, 120), "zz,zz\n"])))
    page = text(answer)
    assert answer.status_code == 200
    for words in ("What became of the file", "120", "14 hex digits", uid(0)):
        assert words in page, words
    assert Chip.objects.count() == 120
    first = text(cy.get(here))
    assert labels.serials(chipped, 0, 1)[0] in first
    assert "?after=50" in first
    assert uid(119) in text(cy.get(f"{here}?after=100"))
    assert cy.get(f"{here}?after=nonsense").status_code == 200
    again = text(cy.post(here, upload("".join(rows(chipped, 120)))))
    assert "Known already" in again
    chinese = text(cy.post(f"/zh{here}", upload("uid,serial\nzz,zz\n")))
    for words in ("登记芯片", "未接受的原因", "芯片号应为 14 位十六进制数字。"):
        assert words in chinese, words


def test_a_file_that_is_no_list_of_chips_is_named_at_its_field(door, people, chipped, here):
    cy = door("cy")
    assert set(named(cy.post(here, upload("nonsense")))) == {"file"}
    assert set(named(cy.post(here, upload("uid,serial", kind="x")))) == {"kind"}
    assert set(named(cy.post(here, {"do": "upload"}))) == {"file"}
    assert cy.post(here, {"do": "keys"}).status_code == 403


def test_the_house_that_a_firm_named_finds_the_order_writes_and_gets_keys(door, people, chipped, here):
    eve, cy, code = door("eve"), door("cy"), people.eve.organisation.code
    assert "No firm has named you" in text(eve.get("/portal/encoding/"))
    assert eve.get(here).status_code == 404
    assert set(named(cy.post(here, key() | {"do": "house", "house": "NOBODY"}))) == {"house"}
    assert cy.post(here, key() | {"do": "house", "house": code})["Location"] == here
    listed = text(eve.get("/portal/encoding/"))
    assert here in listed
    assert str(HOUSE_KEY.thumbprint()) in listed
    lines = b"".join(eve.post(here, {"do": "provisioning"}).streaming_content).decode().splitlines()
    assert len(lines) == 301
    eve.post(here, upload("".join(rows(chipped, 2))))
    (line,) = b"".join(eve.post(here, {"do": "keys"}).streaming_content).decode().splitlines()
    opened = jwe.decrypt_compact(line, HOUSE_KEY, algorithms=["ECDH-ES+A256KW", "A256GCM"])
    assert [c["uid"] for c in json.loads(opened.plaintext)["chips"]] == [uid(0), uid(1)]
    assert "Fetch the keys" in text(eve.get(here))
    assert "Fetch the keys" not in text(cy.get(here))
    assert eve.get(f"/portal/tags/{chipped.code}/").status_code == 404
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"encoding.assigned", "chips.provisioned", "chips.registered", "chip-keys.exported"} <= kinds


def test_strangers_find_no_chips_and_officers_only_look(door, people, chipped, here):
    for name in ("eve", "sam", "di", "kai", "gao"):
        for body in ({"do": "provisioning"}, {"do": "keys"}, upload("uid,serial"), {"do": "house", "house": "x"}):
            assert door(name).get(here).status_code in {403, 404}, name
            assert door(name).post(here, body).status_code in {403, 404}, name
    for name in ("ana", "bo"):
        assert door(name).post(here, {"do": "keys"}).status_code == 403
    assert door().get(here, headers=HTML)["Location"].startswith("/accounts/login/")
    assert door("cal").get(here).status_code == 200
    assert not Chip.objects.exists()


def test_an_order_whose_keys_were_retired_says_so(door, people, chipped, here):
    cy = door("cy")
    assert "were retired" not in text(cy.get(here))
    assert "version 1" in text(cy.get(f"/portal/tags/{chipped.code}/"))
    services.rotate_keys(SYSTEM, reason="Found on a forger's laptop")
    services.retire_keys(SYSTEM, 1, reason="Found on a forger's laptop")
    assert "were retired on" in text(cy.get(here))
    order = text(cy.get(f"/portal/tags/{chipped.code}/"))
    assert "Keys retired" in order
    assert "were retired on" in order
    assert "Make the files" not in order
    assert "the codes prove nothing any more" in text(cy.get(f"/portal/tags/{chipped.code}/"))
    assert "密钥已于" in text(cy.get(f"/zh{here}"))
