"""Where codes are checked: a firm sees its own goods, the authority all, others nothing; alarms and their undoing."""

import csv
from datetime import timedelta

import pytest

from guomen.kit.clock import now
from guomen.ledger.queries import history
from guomen.parties.services import issue_token
from guomen.tags import services
from guomen.tags.models import Alarm, Range, Seen, Traffic
from guomen.tags.services.digesting import digest
from tests.tags.conftest import lodged, made  # noqa: F401  # fixtures
from tests.tags.goods import BATCH, GTIN, LINE
from tests.tags.looking import crowd, look

NOT_TRADERS = ("sam", "kai", "di", "gao")


@pytest.fixture
def scanned(people, made):  # noqa: F811
    services.activate(people.ana.actor, subject=LINE, at=now() - timedelta(days=30))
    crowd(made, 0, phones=12, place="CNURC")
    look(made, 0, 99, place="CNSHA")
    for day in range(3):
        look(made, 1 + day, 5, place="CNSHA", at=now() - timedelta(days=day))
    look(made, 1, 6, channel="retailer", place="CNSHA")
    digest()
    return made


@pytest.fixture
def alarm(scanned) -> Alarm:
    return Alarm.objects.get()


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("who", ["cy", "cal", "bo", "ana"])
def test_its_firm_and_the_authority_see_scans_on_a_map_over_time_and_by_batch(door, scanned, who):
    answer = door(who).get("/scans/")
    assert answer.status_code == 200
    seen = text(answer)
    assert "checked these codes 16 times" in seen
    assert seen.count("<circle") == 2
    assert "Urumqi: 12" in seen
    assert seen.count('class="bar-of"') == 30
    assert "Suspicious clusters" in seen
    assert BATCH in seen
    chinese = text(door(who).get("/zh/scans/"))
    assert "乌鲁木齐" in chinese
    assert "可疑聚集" in chinese


def test_another_firm_sees_nothing_of_it(door, scanned, alarm):
    seen = text(door("eve").get("/scans/"))
    assert "checked these codes 0 times" in seen
    assert "<circle" not in seen
    assert BATCH not in seen
    assert b"".join(door("eve").get("/scans/scans.csv").streaming_content).count(b"\n") == 1
    assert BATCH not in text(door("eve").get("/scans/alarms/"))
    assert door("eve").get(f"/scans/alarms/{alarm.id}/").status_code == 404
    assert door("eve").post(f"/scans/alarms/{alarm.id}/", {"why": "x"}).status_code == 404
    assert door("eve").get(f"/scans/alarms/?order={scanned.code}").status_code == 404


@pytest.mark.parametrize("who", ["", *NOT_TRADERS])
def test_who_trades_no_goods_has_no_such_page(door, scanned, alarm, who):
    for path in ("/scans/", "/scans/scans.csv", "/scans/alarms/", f"/scans/alarms/{alarm.id}/"):
        answer = door(who).get(path, headers={"Accept": "text/html"})
        assert answer.status_code == (403 if who else 302), path
    assert door(who).get("/api/tags/scans").status_code == (403 if who else 401)


def test_scans_are_chosen_by_product_batch_and_time(door, scanned):
    cy = door("cy")
    assert "checked these codes 16 times" in text(cy.get(f"/scans/?gtin={GTIN}&batch={BATCH}&days=7"))
    assert "checked these codes 0 times" in text(cy.get("/scans/?batch=OTHER"))
    assert "checked these codes 0 times" in text(cy.get("/scans/?gtin=12"))
    for odd in ("days=x", "days=9999999999999", "gtin=%F0%9F%98%80", "batch=%27%3B--", "days=-1", "gtin=" + "9" * 99):
        assert cy.get(f"/scans/?{odd}").status_code == 200


def test_the_csv_is_streamed_and_harmless_in_a_spreadsheet(door, scanned):
    Range.objects.filter(number=scanned.number).update(batch="=1+1")
    answer = door("cy").get("/scans/scans.csv?days=30")
    assert answer.streaming
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))
    assert sum(int(r["scans"]) for r in rows) == 16
    assert sum(int(r["scans_at_work"]) for r in rows) == 1
    assert {r["batch"] for r in rows} == {"'=1+1"}
    assert {r["city"]: r["city_name"] for r in rows} == {"CNSHA": "Shanghai", "CNURC": "Urumqi"}
    assert "device" not in rows[0]


def test_an_alarm_is_explained_and_undone_by_a_controller(door, scanned, alarm):
    bo, path = door("bo"), f"/scans/alarms/{alarm.id}/"
    assert "different phones checked this code on one day" in text(bo.get("/scans/alarms/"))
    seen = text(bo.get(path))
    assert "The newest scans" in seen
    assert "Urumqi" in seen
    refused = bo.post(path, {"cause": "display", "why": " "})
    assert refused.status_code == 422
    assert "Say why this is no copy." in text(refused)
    done = bo.post(path, {"cause": "display", "why": "It hangs in the window.", "once": "k"}, follow=True)
    assert "It hangs in the window." in text(done)
    assert Seen.objects.exclude(alarms=[]).count() == 0
    assert "No such alarms." in text(bo.get("/scans/alarms/"))
    assert "different phones" in text(bo.get("/scans/alarms/?kind=undone"))
    assert bo.get("/scans/alarms/?kind=nonsense").status_code == 404


def test_the_firm_reads_why_and_cannot_silence_it(door, scanned, alarm):
    cy, path = door("cy"), f"/scans/alarms/{alarm.id}/"
    seen = text(cy.get(path))
    assert "Only the authority can undo this alarm" in seen
    assert "The newest scans" not in seen, "single scans are for officers"
    assert cy.post(path, {"cause": "data", "why": "x"}).status_code == 404
    assert door("ana").post(path, {"cause": "data", "why": "x"}).status_code == 403
    alarm.refresh_from_db()
    assert alarm.undone_at is None


def test_the_firm_undoes_what_its_records_explain(people, door, made):  # noqa: F811
    crowd(made, phones=3)
    digest()
    alarm = Alarm.objects.get()
    path = f"/scans/alarms/{alarm.id}/"
    assert "The records were wrong" in text(door("cy").get(path))
    door("cy").post(path, {"why": "The release was recorded late."})
    alarm.refresh_from_db()
    assert (alarm.cause, alarm.kind) == ("data", "data")
    assert "before its goods were released" in text(door("bo").get("/scans/alarms/?kind=data"))


def test_the_control_room_shows_alarms_until_they_are_undone(door, scanned, alarm):
    bo = door("bo")
    assert "1 alarm about a copied item code" in text(bo.get("/desk/"))
    bo.post(f"/scans/alarms/{alarm.id}/", {"cause": "test", "why": "We tried it."})
    assert "copied item code" not in text(bo.get("/desk/now"))


# ---- over HTTP


def bearer(actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token('system', ['tags'], actor)[1]}"}


def test_a_firms_system_reads_its_scans_and_alarms(people, door, scanned):
    mine = bearer(people.cy.actor)
    found = door().get("/api/tags/scans", headers=mine).json()
    assert [(o["gtin"], o["scans"], o["alarms"]) for o in found["orders"]] == [(GTIN, 16, 1)]
    assert found["cities"][0] == {"city": "CNURC", "scans": 12, "phones": 12}
    assert sum(d["scans"] for d in found["days"]) == 16
    assert found["clusters"][0]["rule"] == "TAG-MANY-DEVICES"
    told = door().get("/api/tags/alarms", headers=mine).json()["alarms"]
    assert (told[0]["rule"], told[0]["may_undo"]) == ("TAG-MANY-DEVICES", False)
    assert told[0]["words"]["zh"].startswith("一天内有")
    lines = b"".join(door().get("/api/tags/scans.csv", headers=mine).streaming_content)
    assert lines.count(b"\r\n") == Traffic.objects.count() + 1
    eve = bearer(people.eve.actor)
    assert door().get("/api/tags/scans", headers=eve).json()["orders"] == []
    assert door().get("/api/tags/alarms", headers=eve).json() == {"alarms": []}


def test_alarms_are_undone_over_http_once_and_by_the_right_people(people, door, scanned, alarm):
    body = {"alarms": [str(alarm.id)], "cause": "published", "why": "In the newspaper."}
    send = {"data": body, "content_type": "application/json"}
    path = "/api/tags/alarms/undo"
    assert door().post(path, **send).status_code == 401
    assert door().post(path, **send, headers=bearer(people.eve.actor)).status_code == 404
    assert door().post(path, **send, headers=bearer(people.cy.actor)).status_code == 403
    answers = [door("bo").post(path, **send, headers={"Idempotency-Key": "u1"}) for _ in range(2)]
    assert [a.json() for a in answers] == [{"undone": 1}, {"undone": 1}]
    entries = history(f"urn:guomen:range:{scanned.code}", kinds=frozenset({"copy.cleared"}))
    assert len(entries) == 1


@pytest.fixture
def several(made):  # noqa: F811
    """Six items that the public met before the release: as the firm's records explain."""
    for index in range(6):
        crowd(made, index, phones=3)
    digest()
    return list(Alarm.objects.filter(rule="TAG-BEFORE-RELEASE").order_by("at"))


def test_several_alarms_are_undone_together_with_one_reason(door, several):
    here, why = "/scans/alarms/", "The release was entered late."
    page = text(door("bo").get(here))
    assert page.count('name="alarm"') == 6
    chosen = {"alarm": [str(a.id) for a in several[:2]], "cause": "data", "why": why, "once": "1"}
    for _ in (1, 2):
        assert door("bo").post(here, chosen).status_code == 302
    assert Alarm.objects.filter(undone_at=None).count() == 4
    told = {"all": "1", "cause": "data", "why": why, "once": "2"}
    answer = door("cy").post(f"{here}?kind=copy", told)
    assert (answer.status_code, answer["Location"]) == (302, f"{here}?kind=copy&order=")
    assert not Alarm.objects.filter(undone_at=None).exists()
    assert 'name="alarm"' not in text(door("bo").get(f"{here}?kind=undone"))
    assert 'name="alarm"' not in text(door("bo").get(f"{here}?kind=data"))


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"cause": "data", "why": "late"}, 422),
        ({"all": "1", "cause": "data", "why": " "}, 422),
        ({"all": "1", "cause": "display", "why": "a shelf"}, 403),
        ({"alarm": ["x"], "cause": "data", "why": "late"}, 404),
        ({"alarm": ["00000000-0000-4000-8000-000000000000"], "cause": "data", "why": "late"}, 404),
    ],
)
def test_a_choice_that_cannot_be_undoes_nothing(door, several, sent, status):
    answer = door("cy").post("/scans/alarms/", sent | {"once": "1"})
    assert answer.status_code == status
    assert Alarm.objects.filter(undone_at=None).count() == 6
    if status == 422 and "why" in sent:
        assert sent["why"].strip() in text(answer)


def test_nobody_undoes_alarms_of_others_goods_together(door, several, alarms_of_copies):
    everything = [str(a.id) for a in Alarm.objects.all()]
    for who, status in (("eve", 404), ("ana", 403), ("sam", 403), ("di", 403)):
        sent = {"alarm": everything, "cause": "data", "why": "late", "once": "1"}
        assert door(who).post("/scans/alarms/", sent).status_code == status
    # Of their own goods, too, a firm undoes no alarm that speaks for copies: all or none.
    assert door("cy").post("/scans/alarms/", sent).status_code == 403
    assert Alarm.objects.filter(undone_at=None).count() == len(everything)


@pytest.fixture
def alarms_of_copies(several, made):  # noqa: F811
    crowd(made, 9, phones=12, place="CNURC")
    look(made, 9, 99, place="CNSHA")
    digest()
    assert Alarm.objects.filter(rule="TAG-MANY-DEVICES").count() == 1
