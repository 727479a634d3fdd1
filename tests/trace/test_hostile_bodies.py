"""Bodies of an attacker or of a broken program: whole documents, and every field of an event."""

import gzip
import json
from collections.abc import Iterator

import pytest

from guomen.trace.models import CaptureJob
from tests.trace.goods import BATCH, ITEM, document
from tests.trace.hostile import EVENT, JSON, LD, WHOLE, XML, listed, send, unchanged

__all__ = ["send", "unchanged"]
pytestmark = pytest.mark.django_db
DEEP = "[" * 20_000
BODIES: list[tuple[bytes | str, str]] = [
    *(
        (text, JSON)
        for text in (
            "",
            " ",
            "{",
            "}",
            "null",
            "true",
            "1",
            '"x"',
            "[]",
            "[{}]",
            "{}",
            DEEP,
            '{"a":' * 20_000,
            WHOLE[:-2],
            WHOLE + "x",
        )
    ),
    *(
        (text, JSON)
        for text in ("\ufeff" + WHOLE, WHOLE.replace("storing", "\x00"), WHOLE.replace("storing", "\\u0000"))
    ),
    *((text, JSON) for text in (WHOLE.replace("storing", "\\ud800"), WHOLE.replace("storing", "a" * 7_000_000))),
    (WHOLE.replace("storing", "NaN").replace('"NaN"', "NaN"), JSON),
    (WHOLE.encode("utf-16"), JSON),
    (WHOLE.encode("utf-32"), LD),
    (WHOLE.encode().replace(b"storing", b"\xff\xfe"), LD),
    (WHOLE.encode().replace(b"storing", b"\xed\xa0\x80"), LD),
    (gzip.compress(WHOLE.encode()), JSON),
    (gzip.compress(WHOLE.encode())[:-9], LD),
    (b" " * (8 * 1024 * 1024 + 1), JSON),
    (WHOLE, "text/plain"),
    (WHOLE, "application/x-www-form-urlencoded"),
    (WHOLE, "multipart/form-data; boundary=x"),
    (WHOLE, "a" * 3000),
    (WHOLE, XML),
    ("<a/>", LD),
    *(
        (text, XML)
        for text in ("", "<", "<a", "<a/>", "<a>" * 20_000, "<a " + "".join(f"b{n}='' " for n in range(50_000)) + "/>")
    ),
    *(
        (text, XML)
        for text in (
            "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
            "<a>&#0;</a>",
            "<a>&#xD800;</a>",
            "<?xml version='1.0' encoding='x'?><a/>",
        )
    ),
    ("<e:EPCISDocument xmlns:e='urn:epcglobal:epcis:xsd:2'><EPCISBody/></e:EPCISDocument>", XML),
]


@pytest.mark.parametrize(
    "path",
    [
        "/epcis/v2/capture",
        "/epcis/v2/events",
        "/epcis/v2/queries",
        "/epcis/v2/queries/x/subscriptions",
        "/api/trace-shares",
    ],
)
def test_no_body_breaks_a_write_or_leaves_anything_behind(send, unchanged, path):
    for body, media_type in BODIES:
        for behaviour in ("rollback", "proceed"):
            answer = send("POST", path, body, media_type, GS1_Capture_Error_Behaviour=behaviour)
            # Broken for one event only, it may go on past that event: then it takes nothing.
            if answer.status_code == 202:
                job = send("GET", answer.headers["Location"]).json()
                assert (job["newEvents"], job["success"]) == (0, False), (body[:80], body[-80:], media_type)
                CaptureJob.objects.filter(id=job["captureID"]).delete()
            else:
                assert answer.status_code >= 400, (answer.status_code, body[:80], media_type)


def hostile_values() -> list:
    deep: dict = {}
    for _ in range(400):
        deep = {"x:a": deep}
    return [
        None,
        True,
        0,
        -1,
        10**30,
        1e308,
        "",
        " ",
        "\u202e",
        "a" * 5000,
        "\ud800",
        [],
        {},
        [None],
        [[]],
        [{}],
        {"": ""},
        {"type": "x"},
        [1] * 50,
        ["x"] * 300,
        deep,
        "9999-12-31T23:59:59.999999999Z",
        "0000-00-00",
        "+99:99",
        "https://id.gs1.org/01/1",
        "urn:epc:id:sgtin:a.b.c",
    ]


_FIELDS = (
    "type eventTime eventTimeZoneOffset recordTime eventID action bizStep disposition "
    "persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList "
    "sensorElementList errorDeclaration certificationInfo ilmd epcList quantityList parentID childEPCs "
    "childQuantityList inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID "
    "@context x:own https://x.test/y eventList"
)
FIELDS = tuple(_FIELDS.split())
INSIDE = {
    "quantityList": ("epcClass", "quantity", "uom"),
    "readPoint": ("id",),
    "bizTransactionList": ("type", "bizTransaction"),
    "sourceList": ("type", "source"),
    "errorDeclaration": ("declarationTime", "reason", "correctiveEventIDs"),
    "persistentDisposition": ("set", "unset"),
    "sensorElementList": ("sensorMetadata", "sensorReport"),
}


def mutants() -> Iterator[dict]:
    for field in FIELDS:
        for value in hostile_values():
            yield EVENT | {field: value}
    for field, inner in INSIDE.items():
        for name in inner:
            for value in hostile_values():
                good = {
                    "epcClass": BATCH,
                    "id": "https://id.gs1.org/414/9506000134369",
                    "type": "po",
                    "bizTransaction": "urn:x:1",
                }
                one = {key: good[key] for key in inner if key in good} | {name: value}
                yield EVENT | {field: [one] if field.endswith("List") else one}


@pytest.mark.parametrize("kind", ["ObjectEvent", "AggregationEvent", "TransformationEvent"])
def test_no_value_of_any_field_breaks_capture_query_or_history(send, kind):
    """In one document that goes on past what is wrong; what was taken can be read and exported again."""
    texts = [
        json.dumps(mutant | ({"type": kind} if mutant.get("type") == EVENT["type"] else {})) for mutant in mutants()
    ]
    taken = 0
    for text in (t for t in texts if "\\ud800" in t):
        send(
            "POST",
            "/epcis/v2/capture",
            json.dumps(document())[:-3] + text + "]}}",
            LD,
            GS1_Capture_Error_Behaviour="proceed",
        )
    texts = [t for t in texts if "\\ud800" not in t]
    for start in range(0, len(texts), 400):
        some = texts[start : start + 400]
        body = json.dumps(document())[:-3] + ",".join(some) + "]}}"
        answer = send("POST", "/epcis/v2/capture", body, LD, GS1_Capture_Error_Behaviour="proceed")
        assert answer.status_code == 202, answer.content[:300]
        job = send("GET", answer.headers["Location"]).json()
        assert job["events"] == len(some)
        taken += job["newEvents"]
    assert send("GET", "/epcis/v2/events?perPage=500").status_code == 200
    assert send("GET", "/epcis/v2/events?perPage=500", Accept=LD).status_code == 200
    assert send("GET", "/epcis/v2/events?perPage=500", Accept=XML).status_code in (200, 406)
    assert send("GET", f"/api/trace/{ITEM}").status_code in (200, 404)


def test_the_last_of_two_equal_names_counts_for_every_reader_alike(send):
    text = WHOLE.replace('"bizStep"', '"bizStep": "packing", "bizStep"')
    assert send("POST", "/epcis/v2/capture", text, LD).status_code == 202
    assert [e["bizStep"] for e in listed(send)] == ["storing"]


def test_numbers_beyond_every_machine_are_kept_exactly_or_refused(send):
    for number in (
        "1e400",
        "-0",
        "0.1000000000000000055511151231257827",
        "123456789012345678901234567890",
        "1e-9999",
        "9" * 3000,
    ):
        text = WHOLE.replace('"bizStep"', f'"ex:n": {number}, "eventID": "urn:x:{len(number)}", "bizStep"')
        answer = send("POST", "/epcis/v2/capture", text, LD)
        assert answer.status_code in (202, 400), number
        send("GET", "/epcis/v2/events")
        send("GET", "/epcis/v2/events?EQ_ex:n=" + number, GS1_Extensions="ex=https://example.test/")
