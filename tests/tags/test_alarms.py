"""Alarms about copies: who sees and undoes them, and what follows for the item's page, the ledger and the warning."""

from datetime import timedelta
from uuid import uuid4

import pytest

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound
from guomen.ledger.follow import catch_up
from guomen.ledger.queries import history
from guomen.tags import services
from guomen.tags.models import Alarm, Seen
from guomen.tags.services.alarms import undo
from guomen.tags.services.digesting import digest
from guomen.warning.models import Signal, Told
from tests.tags.goods import LINE
from tests.tags.looking import crowd, look


@pytest.fixture
def active(people, made):
    services.activate(people.ana.actor, subject=LINE, at=now() - timedelta(days=30))
    return made


@pytest.fixture
def copied(active) -> Alarm:
    crowd(active)
    digest()
    return Alarm.objects.get()


@pytest.fixture
def early(people, made) -> Alarm:
    """An alarm that its firm's own records may explain."""
    crowd(made, phones=3)
    digest()
    return Alarm.objects.get()


def test_a_controller_undoes_a_false_alarm_and_the_page_is_clear_again(people, copied):
    assert undo(people.bo.actor, [copied.id], "display", "It hangs in the window of the shop.") == 1
    assert undo(people.bo.actor, [copied.id], "display", "Again.") == 0
    copied.refresh_from_db()
    assert (copied.cause, copied.kind, copied.undone_why) == ("display", "copy", "It hangs in the window of the shop.")
    assert Seen.objects.get().alarms == []
    told = history(f"urn:guomen:range:{_code(copied)}", kinds=frozenset({"copy.cleared"}))
    assert [e.facts["cause"] for e in told] == ["display"]
    assert "window" not in str(told[0].facts), "what people write stays out of the ledger"


def _code(alarm: Alarm) -> str:
    from guomen.tags.models import Range

    return Range.objects.get(number=alarm.range_number).code


def test_an_undone_rule_stays_silent_about_its_item_and_others_still_speak(people, active, copied):
    undo(people.bo.actor, [copied.id], "published", "A newspaper printed it.")
    crowd(active, phones=200)
    digest()
    assert Alarm.objects.count() == 1
    assert Seen.objects.get().alarms == []
    for n, place in enumerate(["CNSHA", "CNURC", "CNSHA", "CNURC"]):
        look(active, 0, 900 + n, place=place, at=now() + timedelta(minutes=n))
    digest()
    assert Seen.objects.get().alarms == ["TAG-FAR-APART"]


def test_a_fault_of_records_becomes_a_data_problem(people, early):
    undo(people.cy.actor, [early.id], "data", "The release was recorded a day late.")
    early.refresh_from_db()
    assert (early.kind, early.cause) == ("data", "data")
    assert Seen.objects.get().alarms == []


def test_who_may_undo_what(people, copied):
    for stranger in (people.eve.actor, people.sam.actor, people.kai.actor, people.gao.actor):
        with pytest.raises(NotFound):
            undo(stranger, [copied.id], "data", "x")
    # The firm gains from silence about copies; an inspector is not who decides.
    for forbidden in (people.cy.actor, people.cal.actor, people.ana.actor, people.amy.actor):
        with pytest.raises(Forbidden):
            undo(forbidden, [copied.id], "data", "x")
    assert Alarm.objects.get().undone_at is None
    assert undo(people.bo.actor, [copied.id], "other", "x") == 1


def test_a_firm_may_only_say_that_its_records_were_wrong(people, early):
    with pytest.raises(NotFound):
        undo(people.eve.actor, [early.id], "data", "x")
    with pytest.raises(Forbidden):
        undo(people.cy.actor, [early.id], "display", "x")
    assert undo(people.cal.actor, [early.id], "data", "x") == 1


@pytest.mark.parametrize(
    ("cause", "why", "field"), [("bored", "x", "cause"), ("data", " ", "why"), ("data", "x" * 1001, "why")]
)
def test_an_alarm_is_undone_with_a_reason_only(people, copied, cause, why, field):
    with pytest.raises(Invalid) as caught:
        undo(people.bo.actor, [copied.id], cause, why)
    assert [p.field for p in caught.value.problems] == [field]


def test_one_that_is_not_there_spoils_the_whole_request(people, copied):
    with pytest.raises(NotFound):
        undo(people.bo.actor, [copied.id, uuid4()], "other", "x")
    assert Alarm.objects.get().undone_at is None


def test_an_alarm_becomes_a_signal_and_a_false_one_weighs_nothing(people, active, copied):
    catch_up()
    signal = Signal.objects.get()
    assert (signal.source, signal.hazard, signal.gtin) == ("scan", "counterfeit", active.gtin)
    assert signal.item.endswith("/21/" + services_serial(active))
    assert "11 different phones" in Told.objects.get().text
    undo(people.bo.actor, [copied.id], "test", "We tried it.")
    catch_up()
    signal.refresh_from_db()
    assert signal.withdrawn_at is not None
    assert "signal.withdrawn" in [e.kind for e in history(f"urn:guomen:signal:{signal.id}")]


def services_serial(one) -> str:
    from guomen.tags import labels

    return labels.serials(one, 0, 1)[0]


def test_many_alarms_of_one_order_on_one_day_are_one_reporter(people, active):
    for index in range(6):
        crowd(active, index)
    digest()
    catch_up()
    assert Signal.objects.count() == 6
    assert Signal.objects.values("reporter").distinct().count() == 1
    from guomen.warning.models import Alert

    assert not Alert.objects.exists(), "one order on one day weighs one point"
