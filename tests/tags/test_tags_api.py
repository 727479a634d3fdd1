"""Tags over HTTP: what programs of a firm may ask, do, repeat and get wrong."""

import json

import pytest

from guomen.ledger.models import Entry
from guomen.tags import labels, services
from guomen.tags.models import LabelJob, Range
from guomen.tags.services import printing
from tests.tags.goods import BATCH, GTIN, LINE
from tests.trace.goods import robot

ORDER = {"gtin": GTIN, "batch": BATCH, "count": 30, "subject": LINE, "markets": ["CN"], "channel": "bonded"}


def post(client, path: str, body: object = None, **headers):
    content = body if isinstance(body, (str, bytes)) else json.dumps(body or {})
    return client.post(f"/api/tags/{path}", content, content_type="application/json", headers=headers)


@pytest.fixture
def cys(people):
    return robot(people.cy, "tags", "read")


@pytest.fixture
def eves(people):
    return robot(people.eve, "tags", "read", "capture")


def test_a_program_orders_prints_reports_and_reads_the_balance(people, lodged, cys):
    made = post(cys, "ranges", ORDER).json()
    assert (made["state"], made["markets"], made["channel"]) == ("ordered", ["CN"], "bonded")
    code = made["range"]
    asked = post(cys, f"ranges/{code}/labels", {"format": "pdf", "size": "50x30", "first": 2, "count": 20})
    assert asked.status_code == 202
    job = asked.json()
    assert (job["state"], job["first"], job["download"]) == ("waiting", 2, None)
    assert cys.get(f"/api/tags/labels/{job['id']}/file").json()["code"] == "files-not-ready"
    while printing.work():
        pass
    done = cys.get(f"/api/tags/labels/{job['id']}").json()
    assert (done["state"], done["done"], done["files"]) == ("done", 20, 1)
    whole = b"".join(cys.get(done["download"]).streaming_content)
    assert whole.startswith(b"%PDF")
    assert cys.get(f"/api/tags/labels/{job['id']}/files/1").content == whole
    assert cys.get(f"/api/tags/labels/{job['id']}/files/2").status_code == 404
    changed = post(cys, f"ranges/{code}/state", {"to": "applied", "first": 2, "last": 11}).json()
    assert changed == {"changed": 10, "kept": 0}
    spoiled = [{"gtin": GTIN, "serial": s} for s in labels.serials(Range.objects.get(), 11, 2)]
    assert post(cys, "items/state", {"to": "spoiled", "items": spoiled}).json()["changed"] == 2
    found = cys.get(f"/api/tags/ranges/{code}").json()
    assert found["balance"] == {
        "ordered": 30,
        "made": 20,
        "printed": 10,
        "applied": 10,
        "spoiled": 2,
        "missing": 8,
    }
    assert found["stretches"][1] == {"first": 2, "last": 11, "state": "applied"}
    item = cys.get(f"/api/tags/items/{GTIN}/{spoiled[0]['serial']}").json()
    assert (item["number"], item["state"], item["kept"]) == (12, "spoiled", "spoiled")
    moved = post(cys, f"ranges/{code}/bonded", {"hall": "H-1", "kind": "in", "quantity": 4}).json()
    assert moved["left"] == 4
    assert cys.get(f"/api/tags/ranges/{code}/bonded").json()["stock"] == {"H-1": 4}


def test_a_request_that_is_sent_again_is_done_once(people, made, cys):
    for path, body, kind in (
        (f"ranges/{made.code}/state", {"to": "shipped"}, "tags.changed"),
        (f"ranges/{made.code}/labels", {"format": "csv"}, "labels.ordered"),
    ):
        answers = [post(cys, path, body, **{"Idempotency-Key": path}) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert Entry.objects.filter(kind=kind).count() == 1


def test_strangers_find_nothing_and_officers_only_look(people, made, door, cys, eves):
    services.order_labels(people.cy.actor, made.code, format="csv")
    job = LabelJob.objects.get().id
    serial = labels.serials(made, 0, 1)[0]
    looks = [f"ranges/{made.code}", f"items/{GTIN}/{serial}", f"ranges/{made.code}/bonded"]
    files = [f"labels/{job}", f"labels/{job}/file", f"labels/{job}/files/1"]
    for path in (*looks, *files):
        assert door().get(f"/api/tags/{path}").status_code == 401
        assert eves.get(f"/api/tags/{path}").status_code == 404
    for path in looks:
        assert door("ana").get(f"/api/tags/{path}").status_code == 200
    for path in files:
        assert door("ana").get(f"/api/tags/{path}").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        '"x"',
        "{",
        '{"to": 5}',
        '{"to": "shipped", "first": "²"}',
        '{"to": "shipped", "first": 1e99}',
        '{"to": "shipped", "first": -9223372036854775809}',
        '{"to": "shipped", "last": 99999999999999999999999}',
        '{"to": "shipped", "place": "\\u0000"}',
        '{"to": ["shipped"]}',
    ],
)
def test_what_is_no_change_is_answered_as_a_problem(people, made, cys, body):
    answer = post(cys, f"ranges/{made.code}/state", body)
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"
    assert not Entry.objects.filter(kind="tags.changed").exists()


@pytest.mark.parametrize(
    "path",
    [
        "ranges/%00",
        "ranges/ZZZZ",
        "ranges/" + "A" * 3000,
        "items/1/2",
        "items/%C3%A9/%00",
        "labels/00000000-0000-4000-8000-000000000000",
        "labels/not-an-id",
        "labels/00000000-0000-4000-8000-000000000000/files/99999999999999999999",
    ],
)
def test_names_of_nothing_are_not_found(cys, path):
    assert cys.get(f"/api/tags/{path}").status_code in {404, 422}


def test_a_list_of_items_that_is_too_long_is_refused_before_it_costs(made, cys):
    many = [{"gtin": GTIN, "serial": "0" * 20}] * 5000
    answer = post(cys, "items/state", {"to": "shipped", "items": many})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "items")


def test_parcels_are_packed_and_erased_by_programs(people, lodged, cys, eves):
    code = post(cys, "ranges", ORDER | {"channel": "cross-border"}).json()["range"]
    one = Range.objects.get(number=services.order_labels(people.cy.actor, code, format="csv").range_number)
    items = [{"gtin": GTIN, "serial": s} for s in labels.serials(one, 0, 2)]
    body = {"parcel": "LP0012345CN", "order": "O-17", "items": items}
    assert post(eves, "parcels", body).status_code == 404
    packed = post(cys, "parcels", body).json()
    assert cys.get("/api/tags/parcels?order=O-17").json()["parcels"] == [packed]
    assert eves.get("/api/tags/parcels?order=O-17").json() == {"parcels": []}
    assert post(eves, f"parcels/{packed['id']}/erase").status_code == 404
    assert post(cys, f"parcels/{packed['id']}/erase").json() == {"erased": True}
    assert cys.get("/api/tags/parcels").json()["parcels"][0]["parcel"] == ""
