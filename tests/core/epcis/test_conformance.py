"""Reference vectors of the CBV event hash, and documents that another project calls valid or invalid."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from guomen.core.epcis import (
    EpcisError,
    decode,
    document_hashes,
    document_to_xml,
    event_hash,
    event_objects,
    event_to_dict,
    parse_document,
    parse_event,
    parse_xml_document,
    xml_to_document,
)

pytestmark = pytest.mark.conformance

DOCUMENTS = "epcis/openepcis-test-resources/core/src/main/resources/2.0/EPCIS/JSON"


def existing(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"conformance material is not at {folder}")
    return folder


def test_it_reproduces_every_json_reference_hash(shared_data: Path) -> None:
    wrong, right = [], 0
    for path in sorted(existing(shared_data / "epcis/event-hash-vectors/tests/examples").glob("*.jsonld")):
        wanted = path.with_suffix(".hashes").read_text(encoding="utf-8").split()
        got = document_hashes(decode(path.read_bytes()))
        right += got == wanted
        if got != wanted:
            wrong.append(path.name)
    assert (wrong, right) == ([], 22)


def test_it_reproduces_every_xml_reference_hash(shared_data: Path) -> None:
    wrong, right = [], 0
    for path in sorted(existing(shared_data / "epcis/event-hash-vectors/tests/examples").glob("*.xml")):
        wanted = path.with_suffix(".hashes").read_text(encoding="utf-8").split()
        got = document_hashes(xml_to_document(path.read_bytes()))
        right += got == wanted
        if got != wanted:
            wrong.append(path.name)
    assert (wrong, right) == ([], 17)


@pytest.mark.parametrize("version", ["CBV2.0", "CBV2.1"])
def test_events_that_should_be_equal_hash_alike(shared_data: Path, version: str) -> None:
    folder = existing(shared_data / "epcis/event-hash-vectors/tests/expected_equal")
    checked = 0
    for path in folder.iterdir():
        data = path.read_bytes()
        hashes = document_hashes(json.loads(data) if path.suffix == ".json" else xml_to_document(data), version)
        assert len(hashes) > 1
        assert len(set(hashes)) == 1
        checked += 1
    assert checked == 11


# What the reference implementation publishes for the draft of CBV 2.1, for documents that both releases hold.
DRAFT_HASHES = {
    "ReferenceEventHashAlgorithm": "6ae96341e0acc6d7a261364751f60e68278a81cdf51da0abb6b4e617014e39d7",
    "ReferenceEventHashAlgorithm2": "f6bf8e2fb50f26f5baba52f722211eefdb0f427a3903c61ab015db6d1f93c3da",
    "ReferenceEventHashAlgorithm3": "e9273954ba78387caf181fe74038871990dbc97568d068123d0a8774b843e383",
    "epcisDocWithSensorComponent": "a756b8ee6edf24c77a24948e061a0377652a9aaf3a77bfe3da9dadc29ade4c83",
    "epcisDocWithAllGS1Keys": "40744f32beff53a4bf5bb5956d465cb52de5bbcc9f131409d8efb903b04d9351",
    "ralfsChaosExample": "962b81a19a5d2652b43016c17c1a85acfa667155c53523086d22a0b566e7ee04",
    "epcisDocWithTransformationEventWithMultipleExtensions": (
        "dbb241915fe2b61d9a56a3ebff0ac557214a61bc135ddc51c9ebc428b40f9363"
    ),
    "epcisEventWithCURIEs": "65f196f1b17e2525de2b6f45f5d31d74fa3fdf1e689863484f8e9660cc36f69f",
}


def test_it_reproduces_the_published_hashes_of_the_draft_of_cbv_2_1(shared_data: Path) -> None:
    folder = existing(shared_data / "epcis/event-hash-vectors/tests/examples")
    checked = 0
    for name, digest in DRAFT_HASHES.items():
        for path in (folder / f"{name}.jsonld", folder / f"{name}.xml"):
            if path.exists():
                data = path.read_bytes()
                document = decode(data) if path.suffix == ".jsonld" else xml_to_document(data)
                assert document_hashes(document, "CBV2.1") == [f"ni:///sha-256;{digest}?ver=CBV2.1"], path.name
                checked += 1
    assert checked == 13


def read(path: Path, *, check_keys: bool) -> int:
    document = decode(path.read_bytes())
    if "epcisBody" in document:
        return len(parse_document(document, check_keys=check_keys))
    parse_event(document, check_keys=check_keys)
    return 1


def rejected(folder: Path, names: tuple[str, ...], *, check_keys: bool) -> tuple[set[str], int]:
    out, seen = set(), 0
    for path in (path for name in names for path in sorted((folder / name).glob("*.json*"))):
        seen += 1
        try:
            read(path, check_keys=check_keys)
        except EpcisError as error:
            out.add(f"{path.parent.name}/{path.name}: {error.problems[0].rule}")
    return out, seen


def test_it_accepts_the_valid_documents(shared_data: Path) -> None:
    folder = existing(shared_data / DOCUMENTS)
    names = ("Capture/Documents", "Capture/Events", "Query")
    assert rejected(folder, names, check_keys=False) == (set(), 52)
    # With GS1's own rules on keys, five of them hold a GRAI that is none.
    strictly, _ = rejected(folder, names, check_keys=True)
    assert len(strictly) == 5
    assert all("must be a right GS1 key" in why for why in strictly)


def test_it_refuses_the_invalid_documents(shared_data: Path) -> None:
    folder = existing(shared_data / DOCUMENTS)
    refused, seen = rejected(folder, ("Capture/Invalid", "Query/Invalid"), check_keys=False)
    assert (len(refused), seen) == (17, 17)


def test_reading_and_writing_changes_no_event_in_the_valid_documents(shared_data: Path) -> None:
    checked = 0
    for path in sorted((existing(shared_data / DOCUMENTS) / "Capture/Documents").glob("*.json")):
        document = decode(path.read_bytes())
        found = event_objects(document)
        assert found is not None
        for event, item in zip(parse_document(document, check_keys=False), found[1], strict=True):
            assert event_hash(event_to_dict(event), context=event.context) == event_hash(item, context=event.context)
            checked += 1
    assert checked == 68


def published(shared_data: Path) -> list[Path]:
    resources = existing(shared_data / DOCUMENTS).parents[2]
    return sorted((resources / "2.0/EPCIS/XML/Capture/Documents").glob("*.xml"))


def order_of(event: ElementTree.Element) -> list[str]:
    """The standard's elements of an event that say something, in order; extensions are told as one."""
    names = ["extension" if child.tag.startswith("{") else child.tag for child in event if len(child) or child.text]
    return list(dict.fromkeys(names))


# One says so in its name, the other puts the standard's own fields into namespaces.
NOT_BY_THE_XSD = {"JumbledFieldsOrder.xml", "Namespace_document.xml"}


def test_it_writes_the_elements_of_published_xml_in_their_order(shared_data: Path) -> None:
    checked = 0
    for path in published(shared_data):
        source = ElementTree.parse(path).getroot()
        written = ElementTree.fromstring(document_to_xml(xml_to_document(path.read_bytes())))
        pairs = zip(source.iterfind(".//EventList/*"), written.iterfind(".//EventList/*"), strict=True)
        for theirs, ours in pairs if path.name not in NOT_BY_THE_XSD else ():
            assert order_of(ours) == order_of(theirs), path.name
            checked += 1
    assert checked > 40


def test_xml_and_json_of_all_documents_tell_the_same(shared_data: Path) -> None:
    vectors = existing(shared_data / "epcis/event-hash-vectors/tests/examples")
    paths = [*published(shared_data), *vectors.glob("*.xml"), *vectors.glob("*.jsonld")]
    paths += (shared_data / DOCUMENTS / "Capture/Documents").glob("*.json")
    checked = 0
    for path in paths:
        # What a document says to ignore is said beside its events, and no part of them.
        if "IgnoreFields" not in path.name:
            data = path.read_bytes()
            document = xml_to_document(data) if path.suffix == ".xml" else decode(data)
            assert document_hashes(xml_to_document(document_to_xml(document))) == document_hashes(document), path.name
            checked += 1
    assert checked > 100


def test_it_reads_the_valid_xml_documents(shared_data: Path) -> None:
    root = existing(shared_data / DOCUMENTS).parents[2]
    refused = {}
    seen = 0
    for folder in ("2.0/EPCIS/XML/Capture/Documents", "2.0/EPCIS/XML/Query", "1.2/EPCIS/XML/Capture/Documents"):
        for path in sorted((root / folder).glob("*.xml")):
            seen += 1
            try:
                parse_xml_document(path.read_bytes(), check_keys=False)
            except EpcisError as error:
                refused[f"{folder[:3]} {path.name}"] = error.problems[0].value
    assert seen == 65
    # Not read: times without seconds, a certificate that is no URI, and events without a document around them.
    assert refused == {
        "2.0 ObjectEventWithAllPossibleFields.xml": "'2006-11-07T13:00Z'",
        "2.0 TransformationEvent_with_error_declaration.xml": "'2020-01-14T23:00Z'",
        "1.2 ObjectEvent_all_possible_fields.xml": "'test certification'",
        "1.2 Single_event.xml": "TransactionEvent",
        "1.2 Single_event_with_namespace.xml": "ObjectEvent",
        "1.2 TransactionEvent_all_possible_fields.xml": "'2006-11-07T13:00Z'",
    }
