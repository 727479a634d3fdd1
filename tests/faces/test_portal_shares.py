"""The page by which a firm shows others its events about goods, and stops."""

import pytest

from guomen.ledger.models import Entry
from guomen.trace import services, sharing
from guomen.trace.models import EventReader, Share
from tests.faces.portal_form import key, named, text
from tests.faces.test_resolver import HTML
from tests.trace.goods import BATCH, GTIN, ITEM, ITEM_WITH_LOT, seen

pytestmark = pytest.mark.django_db
HERE = "/portal/shares/"
BRACKETS = f"(01){GTIN}(10)L7"


@pytest.fixture
def goods(people):
    services.record(people.cy.actor, [seen(0, "commissioning", ITEM_WITH_LOT), seen(1, "shipping", ITEM)])


def form(people, thing: str = BRACKETS, who: str = "sam") -> dict[str, str]:
    return key() | {"thing": thing, "with": getattr(people, who).organisation.code}


def test_a_firm_shares_a_batch_and_stops(door, people, goods):
    cy, sam = door("cy"), door("sam")
    assert "You share nothing." in text(cy.get(HERE))
    assert HERE in text(cy.get("/portal/"))
    assert cy.post(HERE, form(people))["Location"] == HERE
    share = Share.objects.get()
    assert (share.about, share.taker) == (BATCH, people.sam.organisation)
    mine, theirs = text(cy.get(HERE)), text(sam.get(HERE))
    assert "Batch L7" in mine
    assert "with Corner Shop since" in mine
    assert "Shared with you" not in mine
    assert "by Harbour Imports since" in theirs
    assert f"/trace/01/{GTIN}/10/L7" in theirs
    assert f'value="{share.id}"' not in theirs
    assert EventReader.objects.filter(organisation_id=people.sam.organisation.id).exists()
    assert cy.post(HERE, key() | {"end": share.id})["Location"] == HERE
    assert not EventReader.objects.exists()
    assert "No longer shared by you" in text(cy.get(HERE))
    assert "Shared with you" not in text(sam.get(HERE))
    kinds = Entry.objects.filter(kind__contains="shared").values_list("kind", flat=True)
    assert sorted(kinds) == ["event.shared", "event.unshared"]


def test_wrong_fields_are_named_and_kept_in_both_languages(door, people):
    cy = door("cy")
    answer = cy.post(HERE, form(people, "(01)09506000134353(10)L7"))
    assert answer.status_code == 422
    assert set(named(answer)) == {"thing"}
    assert "(01)09506000134353(10)L7" in text(answer)
    own = cy.post(f"/zh{HERE}", form(people, who="cy"))
    assert named(own) == {"with": "这不是其他组织的登记代码。"}
    assert set(named(cy.post(HERE, key() | {"thing": BRACKETS, "with": ""}))) == {"with"}
    assert set(named(cy.post(HERE, key()))) == {"thing"}
    assert not Share.objects.exists()


def test_a_form_that_is_sent_twice_shares_once(door, people, goods):
    sent = form(people)
    for _ in range(2):
        door("cy").post(HERE, sent)
    assert Share.objects.count() == 1


def test_only_traders_share_and_each_ends_its_own(door, people, goods):
    share = sharing.share_thing(people.cy.actor, BATCH, people.sam.organisation.code)
    for name in ("ana", "bo", "di", "gao"):
        assert door(name).get(HERE).status_code == 403, name
        assert door(name).post(HERE, form(people) | {"end": share.id}).status_code == 403, name
    assert door().get(HERE, headers=HTML)["Location"].startswith("/accounts/login/")
    for name in ("eve", "sam", "kai"):
        assert door(name).get(HERE).status_code == 200, name
        assert door(name).post(HERE, key() | {"end": share.id}).status_code == 404, name
    assert "Batch L7" not in text(door("eve").get(HERE))
    assert door("cy").post(HERE, key() | {"end": "nonsense"}).status_code == 404
    assert Share.objects.get().revoked_at is None
    assert "Batch L7" in text(door("cal").get(HERE))
    door("cal").post(HERE, key() | {"end": share.id})
    assert Share.objects.get().revoked_at


def test_events_shared_by_a_query_are_listed_with_it(door, people, goods):
    sharing.share_query(people.cy.actor, {"EQ_bizStep": ["shipping"]}, people.sam.organisation.code)
    for name in ("cy", "sam"):
        page = text(door(name).get(HERE))
        assert "EQ_bizStep=shipping" in page
        assert "Events chosen by a query" in page
