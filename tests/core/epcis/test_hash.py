"""The CBV event hash: what it heeds and what not, and how its two versions differ."""

from typing import Any

import pytest

from guomen.core.epcis import document_hashes, event_hash, event_prehash
from tests.core.epcis.test_events import LOT, MILK, PORT, shipping


def test_the_hash_does_not_depend_on_spelling_order_or_record_keeping() -> None:
    context = [{"ex": "https://ns.example.com/"}, {"other": "https://ns.example.com/"}]
    epc = "urn:epc:id:sgtin:4012345.011111."
    one = shipping(epcList=[epc + "1", epc + "2"])
    two = dict(
        reversed(
            shipping(
                eventTime="2026-03-01T04:00:00Z",
                epcList=[MILK + "2", "https://brand.example/x/01/04012345111118/10/L/21/1?17=260101"],
                bizStep="https://ref.gs1.org/cbv/BizStep-shipping",
                recordTime="2026-03-01T05:00:00Z",
                eventID="urn:uuid:1",
                **{"ex:temperature": None, "other:temperature": {"other:celsius": ["5.5", "4.0"]}},
            ).items()
        )
    )
    assert event_prehash(one, context=context) == event_prehash(two, context=context)
    assert event_hash(one, context=context) == event_hash(two, context=context)


@pytest.mark.parametrize(
    "changes",
    [{"action": "DELETE"}, {"bizStep": "receiving"}, {"epcList": [MILK + "2"]}, {"ex:temperature": 4}],
)
def test_the_hash_changes_with_what_the_event_says(changes: dict[str, Any]) -> None:
    assert event_hash(shipping()) != event_hash(shipping(**changes))


def test_it_hashes_only_by_versions_that_it_has() -> None:
    assert event_hash(shipping()).endswith("?ver=CBV2.0")
    assert event_hash(shipping(), "CBV2.1").endswith("?ver=CBV2.1")
    with pytest.raises(ValueError, match=r"CBV2\.2"):
        event_hash(shipping(), "CBV2.2")
    assert document_hashes({"epcisBody": {}}) == []


def test_the_draft_of_2_1_differs_in_these_points_only() -> None:
    def both(**changes: Any) -> list[str]:
        head = len(event_prehash(shipping(bizStep=None, readPoint=None)).partition("action=")[0])
        texts = [event_prehash(shipping(**changes), version) for version in ("CBV2.0", "CBV2.1")]
        return [text[head:].partition("ex:temperature")[0] for text in texts]

    plain = both()
    assert plain[0] == plain[1]
    # Certificates are no longer hashed.
    certified = both(certificationInfo=["https://a.example/1"])
    assert "https://a.example/1" in event_prehash(shipping(certificationInfo=["https://a.example/1"]))
    assert certified[1] == plain[1]
    # Business transactions, sources and destinations have a place in the order and are no longer sorted among others.
    trade = {
        "sourceList": [{"type": "location", "source": PORT}],
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}],
        "aa:first": "1",
        "ex:temperature": None,
        "readPoint": {"id": PORT},
    }
    old, new = both(**trade)
    assert old.endswith(f"id={PORT}aa:first=1bizTransactionListtype=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:1"
                        f"sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource={PORT}")  # fmt: skip
    assert new.endswith(f"id={PORT}bizTransactionListtype=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:x:1"
                        f"sourceListtype=https://ref.gs1.org/cbv/SDT-locationsource={PORT}aa:first=1")  # fmt: skip
    # The GS1 Web Vocabulary has moved, and numbers keep all of their digits.
    sensors = [{"sensorReport": [{"type": "Temperature", "value": 12345678901234567890}]}]
    old, new = both(sensorElementList=sensors)
    assert "sensorElementListsensorElementsensorReporttype=https://gs1.org/voc/Temperaturevalue=" in old
    wanted = "sensorElementListsensorElementsensorReporttype=https://ref.gs1.org/voc/Temperaturevalue="
    assert f"{wanted}12345678901234567890" in new


def test_the_draft_of_2_1_spells_master_data_without_the_words_of_rdf() -> None:
    told = {"@id": LOT, "@type": "gs1:Product", "regulatoryAct": "EU 2023/1115"}
    text = event_prehash(shipping(**{"gs1:masterDataAvailableFor": [told], "ex:temperature": None}), "CBV2.1")
    assert text.endswith(
        "{https://ref.gs1.org/voc/}masterDataAvailableFor"
        f"id={LOT}regulatoryAct=EU 2023/1115type=https://ref.gs1.org/voc/Product"
    )


@pytest.mark.parametrize(("written", "hashed"), [("0.10", "0.1"), ("1e1", "10"), ("1e999999", "1e999999"), ("+5", "5")])
def test_numbers_lose_their_needless_zeros_and_never_grow_long(written: str, hashed: str) -> None:
    text = event_prehash(shipping(**{"ex:temperature": None, "ex:n": written}), "CBV2.1")
    assert text.endswith(f"ex:n={hashed}")


def test_a_list_hashes_alike_whether_read_at_once_or_one_by_one() -> None:
    links = [MILK + "b", "http://shop.example/01/04012345111118/21/a", "https://id.gs1.org/00/340123451111111111"]
    urns = [
        "urn:epc:id:sgtin:4012345.011111.b",
        "urn:epc:id:sgtin:4012345.011111.a",
        "urn:epc:id:sscc:4012345.3111111111",
    ]
    at_once, by_name, one_by_one = (event_hash(shipping(epcList=e)) for e in (links, urns, [*links[:2], urns[2]]))
    assert at_once == by_name == one_by_one
    # A line feed inside of one name does not make it two names.
    assert event_hash(shipping(epcList=["\n".join(links)])) != at_once


def test_json_and_xml_agree_on_master_data_whose_prefix_nobody_declared() -> None:
    born = shipping(action="ADD", ilmd={"cbvmda:lotNumber": "L7"})
    declared = [{"cbvmda": "urn:epcglobal:cbv:mda"}]
    assert event_hash(born) == event_hash(born, context=declared)
