"""Events of all five kinds, made up: right by the standard, and as odd as the standard allows."""

from typing import Any

from hypothesis import strategies as st

from guomen.core.epcis import BIZ_STEP, BIZ_TRANSACTION_TYPE, CONTEXT, DISPOSITION, SOURCE_DEST_TYPE
from guomen.core.gs1 import to_digital_link

PREFIXES = {"ex": "https://ns.example.com/", "other": "http://other.example/ns#"}
CONTEXTS = [CONTEXT, PREFIXES]

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12)
serials = st.text("ABCabc019-_.!/%", min_size=1, max_size=20)
GTINS = ("04012345111118", "09506000134352", "10614141073464")
items = st.one_of(
    st.builds(lambda gtin, s: to_digital_link((("01", gtin), ("21", s))), st.sampled_from(GTINS), serials),
    st.builds("urn:epc:id:sgtin:0614141.107346.{}".format, st.text("ABC019", min_size=1, max_size=9)),
    st.sampled_from(["https://id.gs1.org/00/340123451111111111", "https://brand.example/8003/09506000134369X1"]),
    st.builds("urn:uuid:{}".format, st.uuids()),
)
classes = st.builds(lambda gtin, lot: to_digital_link((("01", gtin), ("10", lot))), st.sampled_from(GTINS), serials)
places = st.sampled_from(
    ["https://id.gs1.org/414/4012345000054", "urn:epc:id:sgln:0614141.07346.1234", "https://place.example/7"]
)
numbers = st.one_of(
    st.integers(-(2**50), 2**50), st.decimals(-(10**6), 10**6, places=4).map(lambda d: float(d.normalize()))
)
times = st.datetimes().map(lambda moment: moment.replace(year=2000 + moment.year % 100).isoformat() + "Z")
scalars = st.one_of(texts, numbers, st.booleans())
top_keys = st.sampled_from(["ex:a", "ex:b", "other:c", "ex:名", "ex:a b", "ex:_x0041_", "ex:1"])
inner_keys = st.one_of(top_keys, st.sampled_from(["bare", "@id", "undeclared:x", "two words", "", "ex:"]))
values = st.recursive(
    scalars,
    lambda below: st.one_of(
        st.dictionaries(inner_keys.filter(bool), below, min_size=1, max_size=3),
        st.lists(
            st.one_of(scalars, st.dictionaries(top_keys, scalars, min_size=1, max_size=2)), min_size=2, max_size=3
        ),
    ),
    max_leaves=6,
)
extensions = st.dictionaries(top_keys, values, max_size=3)


def objects(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with these fields and extensions."""
    known = st.fixed_dictionaries(required, optional=optional or {})
    return st.builds(lambda fields, more: fields | more, known, extensions)


def some(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, min_size=1, max_size=3)


def words(vocabulary: Any) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(sorted(vocabulary.names)), st.sampled_from(["https://own.example/word", "ex:own"]))


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Objects where the standard has no extensions."""
    return st.fixed_dictionaries(required, optional=optional or {})


quantities = some(closed({"epcClass": classes}, {"quantity": numbers, "uom": st.just("KGM")}))
transactions = some(closed({"bizTransaction": items}, {"type": words(BIZ_TRANSACTION_TYPE)}))
uris = st.sampled_from(
    ["https://id.gs1.org/8004/4000001111", "urn:epc:id:giai:4000001.111", "https://x.example/?a=b&c"]
)
device = dict.fromkeys(["deviceID", "deviceMetadata", "rawData", "dataProcessingMethod"], uris)
reports = objects(
    {"type": st.sampled_from(["Temperature", "Speed", "ex:own"])},
    {**device, "value": numbers, "uom": st.just("CEL"), "booleanValue": st.booleans(), "component": st.just("x"),
     "stringValue": texts.filter(lambda t: t.strip() == t and t), "time": times, "sDev": numbers},
)  # fmt: skip
sensors = some(
    objects({"sensorReport": some(reports)}, {"sensorMetadata": objects({"time": times}, {**device, "bizRules": uris})})
)
dispositions = st.lists(words(DISPOSITION), min_size=1, max_size=2, unique=True)
common: dict[str, Any] = {
    "bizStep": words(BIZ_STEP),
    "disposition": words(DISPOSITION),
    "persistentDisposition": st.fixed_dictionaries({"set": dispositions}, optional={"unset": dispositions}),
    "readPoint": objects({"id": places}),
    "bizLocation": objects({"id": places}),
    "bizTransactionList": transactions,
    "sourceList": some(closed({"source": places, "type": words(SOURCE_DEST_TYPE)})),
    "destinationList": some(closed({"destination": places, "type": words(SOURCE_DEST_TYPE)})),
    "sensorElementList": sensors,
    "certificationInfo": st.lists(uris, min_size=1, max_size=2, unique=True),
    "errorDeclaration": objects(
        {"declarationTime": times}, {"reason": st.just("incorrect_data"), "correctiveEventIDs": some(uris)}
    ),
}


def kind(name: str, required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    head = {
        "type": st.just(name),
        "eventTime": times,
        "eventTimeZoneOffset": st.sampled_from(["+00:00", "+08:00", "-06:00"]),
        "eventID": st.builds("urn:uuid:{}".format, st.uuids()),
    }
    return objects(head | required, {k: v for k, v in (common | optional).items() if k not in required})


actions = {"action": st.sampled_from(["ADD", "OBSERVE", "DELETE"])}
ilmd = st.dictionaries(top_keys, values, min_size=1, max_size=3).map(lambda d: d | {"cbvmda:lotNumber": "L7"})
children = {"parentID": items, "childEPCs": some(items)}
events = st.one_of(
    kind("ObjectEvent", {"epcList": some(items), "action": st.just("ADD")}, quantityList=quantities, ilmd=ilmd),
    kind("AggregationEvent", actions | children, childQuantityList=quantities),
    kind("AssociationEvent", actions | children, childQuantityList=quantities),
    kind("TransactionEvent", actions | {"bizTransactionList": transactions, "epcList": some(items)}, parentID=items),
    kind(
        "TransformationEvent",
        {"inputEPCList": some(items), "outputQuantityList": quantities},
        transformationID=uris,
        inputQuantityList=quantities,
        outputEPCList=some(items),
        ilmd=ilmd,
    ),
)
"""Of all five kinds. Left out is what XML cannot tell apart: null, empty lists and objects, and lists of one."""


def document(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@context": CONTEXTS,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-03-01T12:00:00Z",
        "epcisBody": {"eventList": found},
    }
