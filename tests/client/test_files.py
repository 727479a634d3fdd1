"""Events out of files: every form that firms have, cut at every place, and files that are none."""

import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.client import Unreadable, files, read_events
from guomen.client.capturing import encode
from guomen.core import epcis
from tests.trace.goods import ITEM, document, seen

EVENTS = [seen(n, "storing", ITEM, event_id=f"urn:x:{n}") for n in range(1, 4)]
CONTEXT = (epcis.CONTEXT, {"ex": "https://example.test/"})


def read(data: bytes | str, **more) -> list:
    data = data.encode() if isinstance(data, str) else data
    return list(read_events(lambda: io.BytesIO(data), **more))


def events(data: bytes | str, **more) -> list[dict]:
    return [json.loads(sent.event) for sent in read(data, **more)]


def xml(version: int, *parts: str, body: str = "", declaration: str = "") -> str:
    found = "".join(
        f"<ObjectEvent><eventTime>2026-10-0{n}T08:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>"
        f"<epcList><epc>{ITEM}</epc></epcList><action>OBSERVE</action><ex:note a='1&gt;2'>{n} > {n}</ex:note>"
        "</ObjectEvent>"
        for n in (1, 2, 3)
    )
    return (
        f'{declaration}<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:{version}" xmlns:ex="https://example.test/" '
        f'schemaVersion="{version}.0" creationDate="2026-10-01T00:00:00Z">{"".join(parts)}<EPCISBody>'
        f"<EventList>{body or found}</EventList></EPCISBody></e:EPCISDocument>"
    )


def reordered(whole: dict, *names: str) -> str:
    return json.dumps({name: whole[name] for name in names})


@pytest.mark.parametrize(
    ("data", "context"),
    [
        (json.dumps(document(*EVENTS)), CONTEXT),
        (json.dumps(document(*EVENTS), indent=4), CONTEXT),
        ("\ufeff" + json.dumps(document(*EVENTS)), CONTEXT),
        (gzip.compress(json.dumps(document(*EVENTS)).encode()), CONTEXT),
        (reordered(document(*EVENTS), "epcisBody", "type", "schemaVersion", "creationDate", "@context"), CONTEXT),
        (json.dumps(document() | {"epcisBody": {"queryResults": {"resultsBody": {"eventList": EVENTS}}}}), CONTEXT),
        ("\n".join(map(json.dumps, EVENTS)), ()),
        ("\r\n\r\n".join(map(json.dumps, EVENTS)) + "\r\n", ()),
        (json.dumps(EVENTS), ()),
        ("\n".join(json.dumps(document(event)) for event in EVENTS), CONTEXT),
    ],
)  # fmt: skip
def test_events_are_found_in_every_form_of_json(data, context):
    assert events(data) == EVENTS
    assert [sent.context for sent in read(data)] == [context] * 3
    assert [sent.origin for sent in read(data, name="f")] == [("f", 0), ("f", 1), ("f", 2)]


def test_one_event_alone_and_a_document_with_one_event_are_read():
    assert events(json.dumps(EVENTS[0])) == EVENTS[:1]
    assert events(json.dumps(document() | {"epcisBody": {"event": EVENTS[0]}})) == EVENTS[:1]
    assert events(json.dumps(document())) == events("") == events(" \n") == []


def test_an_event_is_passed_on_as_it_was_written():
    odd = b'{"a": 1.10, "a": 1e400, "b": 123456789012345678901234567890, "c": "\\ud800 \\u4e2d \xe4\xb8\xad"}'
    assert [sent.event for sent in read(b'{"epcisBody": {"eventList": [' + odd + b"]}}")] == [odd]


def test_each_document_of_a_file_has_its_own_context_wherever_it_stands():
    first, second = document(EVENTS[0]), document(EVENTS[1])
    second["@context"] = [epcis.CONTEXT, {"ex": "https://other.test/"}]
    late = reordered(second, "epcisBody", "@context")
    found = read(json.dumps(first) + "[" + json.dumps(EVENTS[2]) + "]" + late)
    assert [sent.context[1]["ex"] for sent in found if sent.context] == ["https://example.test/", "https://other.test/"]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff"])
def test_xml_is_cut_into_its_events(version, declaration):
    data = xml(version, "<EPCISHeader><x>&lt;EventList&gt;</x></EPCISHeader>", declaration=declaration)
    found = read(data)
    assert [json.loads(s.event)["ex:note"] for s in found] == [{"a": "1>2", "#text": f"{n} > {n}"} for n in (1, 2, 3)]
    assert [s.context for s in found] == [CONTEXT] * 3
    assert [epcis.parse_event(s.event, s.context).epc_list for s in found] == [(ITEM,)] * 3
    whole = epcis.xml_to_document(data.encode())["epcisBody"]["eventList"]
    assert [json.loads(s.event) for s in found] == whole


def test_xml_in_latin_1_with_wrappers_of_old_versions_is_read():
    inner = (
        "<extension><TransformationEvent><eventTime>2026-10-01T08:00:00Z</eventTime></TransformationEvent></extension>"
        "<ObjectEvent><eventTime>2026-10-02T08:00:00Z</eventTime><ex:place>Köln</ex:place></ObjectEvent>"
    )
    data = xml(1, body=inner, declaration='<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1")
    assert [(e["type"], e.get("ex:place")) for e in events(data)] == [
        ("TransformationEvent", None),
        ("ObjectEvent", "Köln"),
    ]


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(size=st.integers(1, 400), form=st.sampled_from(["json", "xml", "ndjson"]))
def test_it_does_not_matter_where_a_file_is_cut_while_it_is_read(size, form):
    data = {"json": json.dumps(document(*EVENTS)), "xml": xml(2), "ndjson": "\n".join(map(json.dumps, EVENTS))}[form]
    usual, files._CHUNK = files._CHUNK, size
    try:
        assert len(events(data)) == 3
    finally:
        files._CHUNK = usual


@pytest.mark.parametrize(
    ("data", "read_before", "why"),
    [
        ("eventID;epc", 0, "not JSON"),
        (json.dumps(document(*EVENTS))[:-3], 3, "not JSON"),
        (json.dumps(document(*EVENTS))[:-40], 2, "not JSON"),
        (json.dumps(EVENTS[0]) + "\n{nonsense}", 1, "not JSON"),
        ('{"a": NaN}', 0, "NaN"),
        ('{"a" 1}', 0, "expected"),
        ("[1 2]", 1, "expected"),
        ("[" * 100_000, 0, "nested"),
        (b"\xff\xfe{\x00", 0, "UTF-16"),
        (b'{"a": "\xff"}', 0, "UTF-8"),
        (gzip.compress(json.dumps(document(*EVENTS)).encode())[:-12], 0, "read|JSON"),
        (b"\x1f\x8b not gzip", 0, "cannot be read"),
        (xml(2)[:-100], 2, "not XML"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml(2), 0, "document type"),
        (xml(2, declaration='<?xml version="1.0" encoding="UTF-16"?>'), 0, "UTF-16|not XML"),
        (xml(2, body="<a>" * 100 + "</a>" * 100), 0, "nested"),
        ("<html><EventList><a/></EventList></html>", 0, "must be an EPCISDocument"),
    ],
)
def test_a_file_that_is_none_is_named_after_what_could_be_read(data, read_before, why):
    data = data.encode() if isinstance(data, str) else data
    got = []
    with pytest.raises(Unreadable, match=why):
        got.extend(read_events(lambda: io.BytesIO(data)))
    assert len(got) == read_before


def test_a_value_without_end_is_given_up():
    for endless in ('{"a": "' + "x" * 50_000, "<a><EventList><b>" + "x" * 50_000):
        with pytest.raises(Unreadable, match=r"longer|JSON|XML"):
            read(endless, largest=1000)


def test_standard_input_cannot_be_read_twice():
    data = reordered(document(*EVENTS), "epcisBody", "@context").encode()
    opened = iter([io.BytesIO(data)])

    def once():
        try:
            return next(opened)
        except StopIteration:
            raise Unreadable("once only") from None

    with pytest.raises(Unreadable, match="once only"):
        list(read_events(once))


@pytest.mark.parametrize("form", ["json", "xml", "ndjson"])
def test_memory_stays_flat_however_long_the_file_is(tmp_path: Path, form):
    pad = "x" * 4000
    one = json.dumps(EVENTS[0] | {"ex:pad": pad})
    if form == "xml":
        one = f"<ObjectEvent><action>ADD</action><ex:pad>{pad}</ex:pad></ObjectEvent>"
    head, between, tail = {
        "json": (json.dumps(document())[:-3], ",", "]}}"),
        "ndjson": ("", "\n", ""),
        "xml": (xml(2).split("<EventList>")[0] + "<EventList>", "", "</EventList></EPCISBody></e:EPCISDocument>"),
    }[form]
    big = tmp_path / "big"
    with big.open("w") as file:
        file.write(head)
        for n in range(4_000):
            file.write((between if n else "") + one)
        file.write(tail)
    tracemalloc.start()
    count = sum(1 for _ in read_events(lambda: big.open("rb", buffering=0)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 3 * 2**20 < big.stat().st_size / 5


@pytest.mark.conformance
def test_documents_of_others_are_cut_into_the_same_events_as_when_read_whole(shared_data):
    compared = 0
    for path in sorted((shared_data / "epcis").rglob("*")):
        if path.suffix not in (".json", ".jsonld", ".xml"):
            continue
        data = path.read_bytes()
        try:
            whole = epcis.xml_to_document(data) if path.suffix == ".xml" else epcis.decode(data)
            _, expected = epcis.event_objects(whole)
        except (epcis.EpcisError, TypeError, AttributeError):
            continue
        assert [epcis.decode(sent.event) for sent in read(data)] == epcis.decode(encode(expected)), path
        compared += 1
    assert compared > 100
