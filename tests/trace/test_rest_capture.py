"""The capture side of the EPCIS 2.0 REST binding, as a firm's system meets it."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from guomen.core import epcis
from guomen.trace.models import CaptureJob, Event
from tests.trace.goods import ITEM, ITEM_WITH_LOT, document, robot, seen

CAPTURE, EVENTS = "/epcis/v2/capture", "/epcis/v2/events"
XML = "application/xml"
XML_EVENT = f"""<ObjectEvent><eventTime>2026-10-02T08:00:00Z</eventTime>
<eventTimeZoneOffset>+00:00</eventTimeZoneOffset><epcList><epc>{ITEM}</epc></epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep><ex:shelf>4</ex:shelf></ObjectEvent>"""


def xml(version: int, *events: str, head: str = "") -> str:
    return (
        f'{head}<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:{version}" xmlns:ex="https://example.test/" '
        f'schemaVersion="{version}.0" creationDate="2026-10-01T00:00:00Z"><EPCISBody><EventList>{"".join(events)}'
        "</EventList></EPCISBody></e:EPCISDocument>"
    )


def send(firm: Client, body, media_type: str = "application/ld+json", path: str = CAPTURE, **headers):
    body = body if isinstance(body, str) else json.dumps(body)
    return firm.post(path, body, media_type, headers={k.replace("_", "-"): v for k, v in headers.items()})


def job_of(firm: Client, answer) -> dict:
    assert answer.status_code == 202, answer.content
    return firm.get(answer.headers["Location"]).json()


def test_a_document_is_accepted_and_its_job_tells_how_it_ended(people):
    firm = robot(people.cy, "capture")
    events = [seen(n, "storing", ITEM_WITH_LOT) | {"ex:shelf": {"ex:weight": 1.25}} for n in range(3)]
    job = job_of(firm, send(firm, document(*events)))
    assert job["finishedAt"] >= job["createdAt"]
    told = {k: v for k, v in job.items() if k not in ("captureID", "createdAt", "finishedAt")}
    assert told == {
        "running": False, "success": True, "captureErrorBehaviour": "rollback", "events": 3,
        "processedEvents": 3, "newEvents": 3, "errors": [],
    }  # fmt: skip
    assert Event.objects.count() == 3
    again = job_of(firm, send(firm, document(*events), "application/json"))
    assert (again["success"], again["newEvents"], again["captureID"] != job["captureID"]) == (True, 0, True)


def test_the_same_request_repeated_under_one_key_makes_one_job(people):
    firm = robot(people.cy, "capture")
    first, again = (send(firm, document(seen(1, "storing", ITEM)), Idempotency_Key="k1") for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert CaptureJob.objects.count() == 1


@pytest.mark.parametrize("version", [1, 2])
def test_xml_of_both_versions_says_the_same_as_json(people, version):
    firm = robot(people.cy, "capture")
    assert job_of(firm, send(firm, xml(version, XML_EVENT), XML))["newEvents"] == 1
    same = seen(1, "storing", ITEM) | {"ex:shelf": "4"}
    assert job_of(firm, send(firm, document(same)))["newEvents"] == 0


def test_all_or_none_is_the_rule_and_a_broken_event_makes_no_job(people):
    firm = robot(people.cy, "capture")
    wrong = document(seen(1, "storing", ITEM), seen(1, "storing", ITEM) | {"bizStep": "teleporting"})
    answer = send(firm, wrong)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "epcisException:ValidationException"
    assert [e["field"] for e in answer.json()["errors"]] == ["epcisBody.eventList.1.bizStep"]
    assert (CaptureJob.objects.count(), Event.objects.count()) == (0, 0)


def test_an_event_id_known_with_other_content_makes_the_job_fail_and_leaves_nothing(people):
    firm = robot(people.cy, "capture")
    send(firm, document(seen(1, "storing", ITEM, event_id="urn:x:1")))
    job = job_of(firm, send(firm, document(seen(3, "storing", ITEM), seen(2, "storing", ITEM, event_id="urn:x:1"))))
    assert (job["success"], job["newEvents"], Event.objects.count()) == (False, 0, 1)
    assert job["errors"] == [
        {
            "type": "epcisException:ResourceAlreadyExistsException",
            "title": "Event urn:x:1 is known with different content.",
            "status": 409,
            "instance": "/epcisBody/eventList/1/eventID",
        }
    ]


def test_proceeding_captures_what_is_right_and_names_what_is_not(people):
    firm = robot(people.cy, "capture")
    send(firm, document(seen(1, "storing", ITEM, event_id="urn:x:1")))
    mixed = document(
        seen(2, "storing", ITEM) | {"bizStep": "teleporting"},
        seen(2, "storing", ITEM),
        seen(2, "storing", ITEM, event_id="urn:x:1"),
        "no event {at} all",
        seen(3, "storing", ITEM, event_id="urn:x:2"),
        seen(4, "storing", ITEM, event_id="urn:x:2"),
    )
    job = job_of(firm, send(firm, mixed, GS1_Capture_Error_Behaviour="proceed"))
    assert (job["success"], job["events"], job["newEvents"], job["captureErrorBehaviour"]) == (False, 6, 2, "proceed")
    assert [(e["instance"], e["status"]) for e in job["errors"]] == [
        ("/epcisBody/eventList/0/bizStep", 400),
        ("/epcisBody/eventList/3/type", 400),
        ("/epcisBody/eventList/5/eventID", 409),
        ("/epcisBody/eventList/2/eventID", 409),
    ]
    assert Event.objects.count() == 3
    assert send(firm, "{}", GS1_Capture_Error_Behaviour="proceed").status_code == 400
    assert send(firm, document(), GS1_Capture_Error_Behaviour="perhaps").status_code == 400


def test_limits_are_announced_and_kept(people):
    firm = robot(people.cy, "capture")
    told = Client().options(CAPTURE)
    assert (told.status_code, told.headers["Allow"]) == (204, "GET, POST, OPTIONS")
    assert told.headers["GS1-EPCIS-Capture-Limit"] == "2000"
    assert told.headers["GS1-EPCIS-Capture-File-Size-Limit"] == "8388608"
    assert told.headers["GS1-EPCIS-Version"] == told.headers["GS1-CBV-Version"] == "2.0.0"
    assert Client().options(f"{EVENTS}/urn:x:1").status_code == 204
    for body in (document(*[{}] * 2001), " " * (8 * 1024 * 1024 + 1)):
        answer = send(firm, body)
        assert (answer.status_code, answer.json()["type"]) == (413, "epcisException:CaptureLimitExceededException")


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 400),
        ("{}", "application/ld+json", 400),
        ('{"a": "\\u0000"}', "application/json", 400),
        ("<x/>", XML, 400),
        (xml(2, XML_EVENT, head='<!DOCTYPE e [<!ENTITY a "b">]>'), XML, 400),
        ("<a>" * 10_000, XML, 400),
        ("eventID;epc", "text/csv", 415),
    ],
)
def test_what_is_no_document_is_refused(people, body, media_type, status):
    answer = send(robot(people.cy, "capture"), body, media_type)
    assert answer.status_code == status
    name = {400: "ValidationException", 415: "UnsupportedMediaTypeException"}[status]
    assert answer.json()["type"] == f"epcisException:{name}"


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59.9-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z"])
def test_a_moment_that_is_in_no_year_of_utc_is_refused(people, moment):
    event = seen(1, "storing", ITEM) | {"eventTime": moment}
    assert send(robot(people.cy, "capture"), document(event)).status_code == 400


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("GS1-EPCIS-Version", "2.0.0", 202),
        ("GS1-EPCIS-Version", "3.0", 406),
        ("GS1-EPCIS-Version", "1.2", 406),
        ("GS1-EPCIS-Min", "2.0", 202),
        ("GS1-EPCIS-Min", "2.1", 406),
        ("GS1-EPCIS-Max", "1.2", 406),
        ("GS1-EPCIS-Max", "new", 400),
        ("GS1-CBV-Version", "1.2", 406),
        ("GS1-EPC-Format", "Never_Translates", 202),
        ("GS1-EPC-Format", "Always_EPC_URN", 202),
        ("GS1-CBV-Format", "Always_Web_URI", 202),
        ("GS1-CBV-Format", "Anything", 400),
        ("GS1-Extensions", "ex=https://example.test/", 202),
    ],
)
def test_each_header_of_the_standard_is_kept_or_refused_by_name(people, header, value, status):
    answer = send(robot(people.cy, "capture"), document(seen(1, "storing", ITEM)), **{header.replace("-", "_"): value})
    assert answer.status_code == status
    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    if status in (400, 406):
        assert header in answer.json()["title"]
        name = {400: "ValidationException", 406: "NotAcceptableException"}[status]
        assert answer.json()["type"] == f"epcisException:{name}"


@pytest.mark.parametrize("media_type", ["application/json", XML])
def test_one_event_is_captured_at_once_and_found_under_its_address(people, media_type):
    firm = robot(people.cy, "capture")
    body = json.dumps(seen(1, "storing", ITEM)) if media_type != XML else xml(2, XML_EVENT)
    answer = send(firm, body, media_type, EVENTS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (201, "application/ld+json")
    assert send(firm, body, media_type, EVENTS).status_code == 200
    again = firm.get(answer.headers["Location"])
    (event,) = epcis.parse_document(again.content)
    assert event == epcis.parse_event(answer.content)
    assert (event.epc_list, event.event_id[:14]) == ((ITEM,), "ni:///sha-256;")
    assert epcis.parse_document(firm.get(f"{EVENTS}/{event.event_id}").content) == [event]
    assert firm.get(f"{EVENTS}/urn:x:none").json()["type"] == "epcisException:NoSuchResourceException"
    assert firm.get(answer.headers["Location"], headers={"Accept": "image/png"}).status_code == 406


def test_an_event_in_error_is_given_with_its_declaration(people):
    firm, event = robot(people.cy, "capture"), seen(1, "storing", ITEM, event_id="urn:x:1") | {"ex:kg": 0.5}
    send(firm, document(event))
    wrong = event | {"errorDeclaration": {"declarationTime": "2026-10-09T00:00:00Z", "reason": "incorrect_data"}}
    assert job_of(firm, send(firm, document(wrong)))["newEvents"] == 1
    found = epcis.parse_document(firm.get(f"{EVENTS}/urn%3Ax%3A1").content)
    assert [e.error_declaration and e.error_declaration.reason for e in found] == [None, "incorrect_data"]
    assert [e.extensions for e in found] == [{"ex:kg": Decimal("0.5")}] * 2


def test_the_same_declaration_in_another_spelling_is_known_and_another_one_is_a_conflict(people):
    firm, event = robot(people.cy, "capture"), seen(1, "storing", ITEM, event_id="urn:x:1")
    said = {"declarationTime": "2026-10-09T00:00:00Z", "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:x:2", "urn:x:3"], "ex:by": {"ex:name": "Ana"}}  # fmt: skip
    assert job_of(firm, send(firm, document(event | {"errorDeclaration": said})))["newEvents"] == 1
    spelled = {"ns7:by": {"ns7:name": "Ana"}, "correctiveEventIDs": ["urn:x:3", "urn:x:2"],
               "reason": "https://ref.gs1.org/cbv/ER-incorrect_data",
               "declarationTime": "2026-10-09T08:00:00.000+08:00"}  # fmt: skip
    renamed = [epcis.CONTEXT, {"ns7": "https://example.test/"}]
    again = document(event | {"errorDeclaration": spelled}) | {"@context": renamed}
    job = job_of(firm, send(firm, again))
    assert (job["success"], job["newEvents"]) == (True, 0)
    in_xml = epcis.document_to_xml(epcis.decode(json.dumps(again))).decode()
    job = job_of(firm, send(firm, in_xml, XML))
    assert (job["success"], job["newEvents"]) == (True, 0)
    for change in ({"reason": "did_not_occur"}, {"correctiveEventIDs": ["urn:x:2"]}, {"ex:by": {"ex:name": "Bo"}},
                   {"declarationTime": "2026-10-09T00:00:01Z"}):  # fmt: skip
        job = job_of(firm, send(firm, document(event | {"errorDeclaration": said | change})))
        assert (job["success"], job["newEvents"]) == (False, 0)


@pytest.mark.parametrize("body", ["[]", "{}", '"x"', "1"])
def test_what_is_not_one_event_is_refused(people, body):
    assert send(robot(people.cy, "capture"), body, path=EVENTS).status_code == 400
    assert send(robot(people.eve, "capture"), xml(2, XML_EVENT, XML_EVENT), XML, EVENTS).status_code == 400


def test_jobs_are_listed_newest_first_page_by_page(people):
    firm = robot(people.cy, "capture")
    made = [send(firm, document(seen(n, "storing", ITEM))).headers["Location"] for n in range(3)]
    page = firm.get(CAPTURE, {"perPage": 2})
    assert 'rel="next"' in page.headers["Link"]
    rest = firm.get(page.headers["Link"].split(">")[0].strip("<"))
    found = [f"{CAPTURE}/{job['captureID']}" for job in [*page.json(), *rest.json()]]
    assert found == made[::-1]
    assert "Link" not in rest.headers
    assert firm.get(CAPTURE, {"perPage": "many"}).status_code == 400
    assert firm.get(CAPTURE, {"nextPageToken": "nonsense"}).status_code == 404


def test_a_job_and_an_event_are_for_their_firm_and_the_authority(people, door):
    firm = robot(people.cy, "capture")
    job = send(firm, document(seen(1, "storing", ITEM, event_id="urn:x:1"))).headers["Location"]
    allowed = {"cy": 200, "cal": 200, "bo": 200, "eve": 404, "gao": 404, "": 401}
    for path in (job, f"{EVENTS}/urn:x:1"):
        assert {name: door(name).get(path).status_code for name in allowed} == allowed
    listed = {name: len(door(name).get(CAPTURE).json()) for name in ("cy", "cal", "bo", "eve")}
    assert listed == {"cy": 1, "cal": 1, "bo": 1, "eve": 0}


def test_only_who_may_capture_does(people, door):
    for name, status in {"cy": 202, "cal": 202, "eve": 202, "gao": 403, "": 401}.items():
        assert send(door(name), document(seen(2, "storing", ITEM))).status_code == status, name
        one = send(door(name), seen(2, "storing", ITEM), path=EVENTS)
        assert one.status_code == (200 if status == 202 else status), name
    assert send(robot(people.cy, "tags"), document()).status_code == 403
    assert robot(people.cy, "seal").get(CAPTURE).status_code == 404
