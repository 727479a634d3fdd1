"""The buyer's claim: with the code from inside the pack, once, without an account."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.ledger.models import Entry
from guomen.tags import labels, queries, services
from guomen.tags.limits import limits
from guomen.tags.models import Alarm, Claim, Range, Seen
from guomen.tags.rules.copies import claimed_again
from guomen.tags.scheme import item_uri
from guomen.tags.services import claiming
from guomen.tags.services.alarms import undo
from guomen.trace.models import Event
from tests.tags.goods import GTIN, LINE

FEN, EVE = b"fens-pho", b"eves-pho"


def pack(one: Range, index: int = 0) -> tuple[str, str, str]:
    """GTIN, serial and inner code of an item."""
    label = next(labels.run_of(one, index, 1, inside=True))
    return GTIN, label.serial, label.inner


@pytest.fixture
def active(people, made) -> Range:
    services.activate(people.ana.actor, subject=LINE, at=now())
    return made


def test_a_buyer_claims_an_item_and_proves_it_later(active):
    gtin, serial, inner = pack(active)
    claimed = services.claim(gtin, serial, inner, FEN)
    assert queries.item(gtin, serial).state == "claimed"
    assert services.is_mine(gtin, serial, claimed.secret)
    assert not services.is_mine(gtin, serial, claimed.secret[:-1])
    assert not services.is_mine(*pack(active, 1)[:2], claimed.secret)
    entry = Entry.objects.get(kind="item.claimed")
    assert entry.actor == {"via": "public"}
    assert claimed.secret not in f"{entry.facts}"
    assert claimed.secret.encode() not in bytes(Claim.objects.get().digest)


def test_the_history_of_the_item_tells_of_its_claim_and_of_its_end_and_names_nobody(people, active):
    gtin, serial, inner = pack(active)
    before = Event.objects.count()
    mine = services.claim(gtin, serial, inner, FEN)
    services.claim(gtin, serial, inner, FEN)
    assert not services.is_mine(gtin, serial, mine.secret)
    told = Event.objects.order_by("-recorded_at").first()
    assert Event.objects.count() == before + 1
    assert told.body["epcList"] == [item_uri(gtin, serial)]
    assert (told.body["disposition"], told.body["guomen:state"]) == ("retail_sold", "claimed")
    assert told.organisation == people.ana.organisation
    again = services.claim(gtin, serial, inner, FEN)
    services.unclaim(gtin, serial, again.secret)
    last = Event.objects.order_by("-happened_at", "-recorded_at").first()
    assert last.body["guomen:state"] == "sold"
    assert {"fens-pho", again.secret}.isdisjoint(str(last.body))
    with pytest.raises(Forbidden):
        services.claim(gtin, serial, "00000000", EVE)
    assert Event.objects.count() == before + 2


def test_the_code_is_read_as_people_type_it(active):
    gtin, serial, inner = pack(active)
    assert services.claim(gtin, serial.lower(), f" {inner[:4]}-{inner[4:]} ".lower(), FEN).secret


def test_somebody_elses_claim_is_refused_and_told_to_the_ledger(active):
    gtin, serial, inner = pack(active)
    mine = services.claim(gtin, serial, inner, FEN)
    for times in (1, 2):
        with pytest.raises(Refused) as caught:
            services.claim(gtin, serial, inner, EVE)
        assert caught.value.code == "already-claimed"
        assert Entry.objects.filter(kind="item.claim-refused").count() == times
    assert Claim.objects.get().refused == 2
    assert services.is_mine(gtin, serial, mine.secret)


def test_a_refused_claim_puts_the_item_in_doubt_until_the_control_room_undoes_it(people, active):
    gtin, serial, inner = pack(active)
    services.claim(gtin, serial, inner, FEN)
    assert not Alarm.objects.exists()
    for _ in (1, 2):
        with pytest.raises(Refused):
            services.claim(gtin, serial, inner, EVE)
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.kind, alarm.facts["times"]) == ("TAG-CLAIMED-AGAIN", "copy", 1)
    assert alarm.limits == limits().version
    assert Seen.objects.get().alarms == ["TAG-CLAIMED-AGAIN"]
    with pytest.raises(Forbidden):
        undo(people.cy.actor, [alarm.id], "data", "it was a mistake")
    assert undo(people.bo.actor, [alarm.id], "other", "two phones of one family") == 1
    assert Seen.objects.get().alarms == []


def test_how_many_refused_claims_are_too_many_stands_in_the_rule_pack():
    few, many = replace(limits(), claims_refused=1), replace(limits(), claims_refused=3)
    assert claimed_again(0, few) is None
    assert claimed_again(1, few) == {"times": 1, "most": 1}
    assert claimed_again(2, many) is None
    assert claimed_again(3, many) == {"times": 3, "most": 3}


def test_a_phone_that_lost_the_answer_asks_again_for_half_an_hour(active):
    gtin, serial, inner = pack(active)
    first = services.claim(gtin, serial, inner, FEN)
    again = services.claim(gtin, serial, inner, FEN)
    assert again.at == first.at
    assert services.is_mine(gtin, serial, again.secret)
    assert not services.is_mine(gtin, serial, first.secret)
    assert Entry.objects.filter(kind="item.claimed").count() == 1
    Claim.objects.update(at=now() - timedelta(minutes=31))
    with pytest.raises(Refused):
        services.claim(gtin, serial, inner, FEN)


def test_a_claim_can_be_given_up_by_its_owner_for_the_next_one(active):
    gtin, serial, inner = pack(active)
    mine = services.claim(gtin, serial, inner, FEN)
    with pytest.raises(NotFound):
        services.unclaim(gtin, serial, "guess")
    services.unclaim(gtin, serial, mine.secret)
    with pytest.raises(NotFound):
        services.unclaim(gtin, serial, mine.secret)
    assert queries.item(gtin, serial).kept == "sold"
    assert services.claim(gtin, serial, inner, EVE).secret


@pytest.mark.parametrize("code", ["", "0" * 8, "A" * 5000, "\0" * 8, "é", "ZZZZZZZ1"])
def test_a_wrong_code_claims_nothing(active, code):
    gtin, serial, _ = pack(active)
    with pytest.raises(Forbidden):
        services.claim(gtin, serial, code, EVE)
    assert not Claim.objects.exists()


def test_the_code_of_another_pack_does_not_fit(active):
    gtin, serial, _ = pack(active)
    with pytest.raises(Forbidden):
        services.claim(gtin, serial, pack(active, 1)[2], EVE)


def test_guessing_ends_soon_for_who_guesses_and_for_nobody_else(active):
    gtin, serial, inner = pack(active)
    for _ in range(claiming.TRIES_IN_A_DAY):
        with pytest.raises(Forbidden):
            services.claim(gtin, serial, "00000000", EVE)
    with pytest.raises(claiming.TooManyTries):
        services.claim(gtin, serial, inner, EVE)
    assert services.claim(gtin, serial, inner, FEN).secret


@pytest.mark.parametrize("what", ["unknown", "not-released", "recalled", "stolen"])
def test_what_nobody_should_own_is_not_claimed(people, made, what):
    gtin, serial, inner = pack(made)
    if what != "not-released":
        services.activate(people.ana.actor, subject=LINE, at=now())
    if what == "unknown":
        with pytest.raises(NotFound):
            services.claim(gtin, "0" * 20, inner, FEN)
        return
    if what == "recalled":
        services.recall(people.bo.actor, gtin=GTIN, batches=None, recall="R-1")
    if what == "stolen":
        services.change_stretch(people.cy.actor, made.code, "stolen")
    with pytest.raises(Refused) as caught:
        services.claim(gtin, serial, inner, FEN)
    expected = {"not-released": "claim-not-released", "recalled": "claim-recalled", "stolen": "claim-wrong-state"}
    assert caught.value.code == expected[what]
    assert not Claim.objects.exists()


def test_a_claimed_item_is_not_sold_over_the_counter(people, active):
    gtin, serial, inner = pack(active)
    services.claim(gtin, serial, inner, FEN)
    with pytest.raises(Refused) as caught:
        services.sell(people.sam.actor, gtin, serial)
    assert caught.value.code == "item-claimed"


def test_claims_need_no_account_over_http(door, active):
    gtin, serial, inner = pack(active)
    json = {"content_type": "application/json"}
    body = {"gtin": gtin, "serial": serial, "code": inner}
    claimed = door().post("/api/tags/claims", body, **json)
    assert claimed.status_code == 200
    owner = {"gtin": gtin, "serial": serial, "secret": claimed.json()["secret"]}
    assert door().post("/api/tags/claims/check", owner, **json).json() == {"mine": True}
    stranger = door().post("/api/tags/claims", body, HTTP_USER_AGENT="Another", **json)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "already-claimed")
    assert stranger["Content-Type"] == "application/problem+json"
    assert door().post("/api/tags/claims/end", owner, **json).json() == {"ended": True}
    assert door().post("/api/tags/claims/check", owner, **json).json() == {"mine": False}
    wrong = door().post("/api/tags/claims", body | {"code": "x"}, **json)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong-inner-code")
