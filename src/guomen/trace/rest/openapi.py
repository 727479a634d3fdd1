"""The description of the REST binding (/epcis/v2/openapi.json): what each operation takes and gives.

The views read and answer by themselves, so ninja sees neither. What is said here is held against every answer in
``tests/trace/test_described.py``.
"""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from guomen.core import epcis
from guomen.kit.described import REFUSALS, Described
from guomen.trace.rest.headers import ANNOUNCED

_TEXT: dict[str, Any] = {"type": "string"}
_URI: dict[str, Any] = {"type": "string", "minLength": 1}
_WHEN: dict[str, Any] = {"type": "string", "format": "date-time"}
_WHEN_EVER: dict[str, Any] = {"anyOf": [_WHEN, {"type": "null"}]}
_JSON, _LD, _XML = "application/json", "application/ld+json", "application/xml"


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_ONE_OR_MORE = {"anyOf": [_TEXT, {"type": "object"}, _list({"anyOf": [_TEXT, {"type": "object"}]})]}
SCHEMAS: dict[str, Any] = {
    "Event": {
        **_object(
            "type eventTime eventTimeZoneOffset",
            type={
                "enum": [
                    "ObjectEvent",
                    "AggregationEvent",
                    "TransactionEvent",
                    "TransformationEvent",
                    "AssociationEvent",
                ]
            },
            eventID=_URI,
            eventTime=_WHEN,
            eventTimeZoneOffset={"type": "string", "pattern": r"^[+-](0\d|1[0-4]):[0-5]\d$"},
            recordTime=_WHEN,
            action={"enum": ["ADD", "OBSERVE", "DELETE"]},
            bizStep=_URI,
            disposition=_URI,
            parentID=_URI,
            **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), _list(_URI)),
            **dict.fromkeys(
                ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"),
                _list(_object("epcClass", epcClass=_URI, quantity={"type": "number"}, uom=_TEXT)),
            ),
            **dict.fromkeys(("readPoint", "bizLocation"), _object("id", id=_URI)),
        ),
        "description": "An event of EPCIS 2.0 in JSON-LD; GS1's EPCIS-JSON-Schema.json has the whole.",
    },
    "EPCISDocument": _object(
        "@context type schemaVersion creationDate epcisBody",
        **{"@context": _ONE_OR_MORE},
        type={"const": "EPCISDocument"},
        schemaVersion=_TEXT,
        creationDate=_WHEN,
        epcisBody=_object("eventList", eventList={**_list(_ref("Event")), "maxItems": 2000}),
    ),
    "EPCISQueryDocument": _object(
        "@context type schemaVersion creationDate epcisBody",
        **{"@context": _ONE_OR_MORE},
        type={"const": "EPCISQueryDocument"},
        schemaVersion=_TEXT,
        creationDate=_WHEN,
        epcisBody=_object(
            "queryResults",
            queryResults=_object(
                "queryName resultsBody",
                queryName=_TEXT,
                resultsBody=_object("eventList", eventList=_list(_ref("Event"))),
            ),
        ),
    ),
    "Collection": _object("@context type member", **{"@context": _ONE_OR_MORE}, type=_TEXT, member=_list(_TEXT)),
    "CaptureJob": _object(
        "captureID createdAt running success captureErrorBehaviour errors",
        captureID={"type": "string", "format": "uuid"},
        createdAt=_WHEN,
        finishedAt={"anyOf": [_WHEN, {"type": "null"}]},
        running={"type": "boolean"},
        success={"type": "boolean"},
        captureErrorBehaviour={"enum": ["rollback", "proceed"]},
        events={"type": "integer"},
        processedEvents={"type": "integer"},
        newEvents={"type": "integer"},
        masterData={"type": "integer", "description": "elements of master data that were kept"},
        errors=_list(_object("type title status", type=_TEXT, title=_TEXT, status={"type": "integer"}, instance=_TEXT)),
        changes=_list(_object("path from to", path=_TEXT, **{"from": _TEXT}, to=_TEXT)),
    ),
    "SubscriptionTerms": _object(
        "dest",
        dest={**_URI, "description": "where deliveries are sent, https"},
        signatureToken={"type": "string", "description": "8 to 256 printable ASCII characters that sign deliveries"},
        initialRecordTime=_WHEN,
        reportIfEmpty={"type": "boolean"},
        stream={"type": "boolean"},
        schedule=_ref("Schedule"),
        trigger={"const": "urn:guomen:trigger:captured"},
    ),
    "Schedule": {
        **_object(**dict.fromkeys(("second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek"), _TEXT)),
        "description": "UTC; numbers, ranges [a-b], * and steps /n, separated by commas; dayOfWeek 1 is Monday",
    },
    "Subscription": _object(
        "subscriptionID queryName dest createdAt initialRecordTime reportIfEmpty delivery",
        subscriptionID={"type": "string", "format": "uuid"},
        queryName=_TEXT,
        dest=_URI,
        createdAt=_WHEN,
        initialRecordTime=_WHEN,
        reportIfEmpty={"type": "boolean"},
        stream={"const": True},
        schedule=_ref("Schedule"),
        trigger=_TEXT,
        delivery=_object(
            "signed waiting failures",
            signed={"type": "boolean"},
            mediaType=_TEXT,
            epcFormat=_TEXT,
            cbvFormat=_TEXT,
            waiting={"type": "integer", "minimum": 0},
            failures={"type": "integer", "minimum": 0},
            lastError={"type": ["string", "null"]},
            lastSuccess=_WHEN_EVER,
            lastFailure=_WHEN_EVER,
            nextTry=_WHEN_EVER,
            nextScheduled=_WHEN_EVER,
        ),
    ),
    "NamedQuery": _object("name query", name=_TEXT, query={"type": "object"}),
}
_NAMES = (
    "eventType GE_eventTime LT_eventTime GE_recordTime LT_recordTime EQ_action EQ_bizStep EQ_disposition "
    "EQ_persistentDisposition_set EQ_persistentDisposition_unset EQ_readPoint WD_readPoint EQ_bizLocation "
    "WD_bizLocation EQ_transformationID MATCH_epc MATCH_parentID MATCH_anyEPC MATCH_inputEPC MATCH_outputEPC "
    "MATCH_epcClass MATCH_anyEPCClass MATCH_inputEPCClass MATCH_outputEPCClass EQ_quantity GT_quantity GE_quantity "
    "LT_quantity LE_quantity EQ_eventID EXISTS_errorDeclaration GE_errorDeclarationTime LT_errorDeclarationTime "
    "EQ_errorReason EQ_correctiveEventID EQ_type EQ_deviceID EQ_dataProcessingMethod EQ_microorganism "
    "EQ_chemicalSubstance EQ_bizRules EQ_stringValue EQ_booleanValue EQ_hexBinaryValue EQ_uriValue EQ_deviceMetadata "
    "EQ_rawData EXISTS_sensorElementList GE_time LT_time GE_startTime LT_startTime GE_endTime LT_endTime GT_percRank "
    "GE_percRank LT_percRank LE_percRank orderBy orderDirection eventCountLimit maxEventCount"
)
FIXED_PARAMETERS = tuple(_NAMES.split())
"""Of the simple event query. The patterns (``EQ_source_…``, ``EQ_ILMD_…``, …) cannot be listed."""


def _query(name: str, schema: dict[str, Any] | None = None, text: str = "") -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema or _TEXT, **({"description": text} if text else {})}


_PAGE = [
    _query("perPage", {"type": "integer", "minimum": 1, "maximum": 500, "default": 30}),
    _query("nextPageToken", text="from the Link header of the page before"),
]
_FAMILIES = "EQ_bizTransaction_…, EQ_source_…, EQ_ILMD_…, EXISTS_… and the other parameter families of the standard"
_OTHERS: dict[str, Any] = {"type": "object", "additionalProperties": _TEXT}
_FORM = {"style": "form", "explode": True}
_ASK = [*(_query(name) for name in FIXED_PARAMETERS), _query("others", _OTHERS, _FAMILIES) | _FORM]
_ASK_MORE = [_query("others", _OTHERS, "all parameters that GET /events takes") | _FORM]
_HEADERS = [
    {"name": name, "in": "header", "schema": schema}
    for name, schema in (
        ("GS1-EPCIS-Version", {"type": "string", "pattern": r"^(2\.0(\.[01])?)?$"}),
        ("GS1-CBV-Version", {"type": "string", "pattern": r"^(2\.0(\.[01])?)?$"}),
        ("GS1-EPC-Format", {"enum": list(epcis.EPC_FORMATS)}),
        ("GS1-CBV-Format", {"enum": list(epcis.CBV_FORMATS)}),
        ("GS1-CBV-XML-Format", {"enum": list(epcis.CBV_FORMATS), "description": "as GS1-CBV-Format, of XML only"}),
        ("GS1-Extensions", {"type": "string", "description": "ex=https://example.com/,…: what prefixes mean"}),
    )
]
_CAPTURE_HEADERS = [
    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 100}},
    {"name": "GS1-Capture-Error-Behaviour", "in": "header", "schema": {"enum": ["rollback", "proceed"]}},
]
_PREFERENCES = {"type": "string", "examples": ["respond-async", "handling=lenient"]}
_PREFER = {"name": "Prefer", "in": "header", "schema": _PREFERENCES}
_SPOKEN = {name: {"schema": _TEXT} for name in ANNOUNCED}


def _gives(*schemas: tuple[str, str | dict[str, Any]], text: str = "OK", headers: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"description": text}
    if schemas:
        found["content"] = {m: {"schema": _ref(s) if isinstance(s, str) else s} for m, s in schemas}
    found["headers"] = _SPOKEN | {name: {"schema": _TEXT, "required": True} for name in headers.split()}
    return found


_MADE = _gives(text="Made; Location is its address", headers="Location")
_NOTHING = _gives(text="Done")
_EVENTS = _gives((_LD, "EPCISQueryDocument"), (_JSON, "EPCISQueryDocument"), (_XML, _TEXT), ("text/xml", _TEXT))
_EVENT_FORMS: tuple[tuple[str, str | dict[str, Any]], ...] = (
    (_LD, "Event"),
    (_JSON, "Event"),
    (_XML, _TEXT),
    ("text/xml", _TEXT),
)
RESPONSES: dict[str, dict[str, dict[str, Any]]] = {
    "POST /capture": {"202": _gives(text="Taken; Location is the capture job", headers="Location")},
    "GET /capture": {"200": _gives((_JSON, _list(_ref("CaptureJob"))))},
    "GET /capture/{job}": {"200": _gives((_JSON, "CaptureJob"))},
    "POST /events": {
        "200": _gives(*_EVENT_FORMS, text="It was known already", headers="Location"),
        "201": _gives(*_EVENT_FORMS, text="Captured", headers="Location"),
    },
    "GET /events/{event}": {"200": _EVENTS},
    "GET /queries": {"200": _gives((_JSON, _list(_ref("NamedQuery"))))},
    "GET /queries/{name}": {"200": _gives((_JSON, "NamedQuery"))},
    "GET /queries/{name}/subscriptions": {"200": _gives((_JSON, _list(_ref("Subscription"))))},
    "POST /queries/{name}/subscriptions": {
        "201": _gives((_JSON, "Subscription"), text="Made; Location is its address", headers="Location")
    },
    "GET /queries/{name}/subscriptions/{id}": {"200": _gives((_JSON, "Subscription"))},
}
BODIES: dict[str, dict[str, str | dict[str, Any]]] = {
    "POST /capture": {_LD: "EPCISDocument", _JSON: "EPCISDocument", _XML: _TEXT},
    "POST /events": {_LD: "Event", _JSON: "Event", _XML: _TEXT},
    "POST /queries": {_JSON: "NamedQuery"},
    "POST /queries/{name}/subscriptions": {_JSON: "SubscriptionTerms"},
}
_PAGED = frozenset({"/capture", "/queries", "/queries/{name}/subscriptions"})


class Binding(Described):
    """The REST binding with its description completed from the tables of this module."""

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**more)
        schema["components"]["schemas"].update(SCHEMAS)
        root = self.get_root_path({})
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _describe(method.upper(), "/" + path.removeprefix(root).strip("/"), operation)
        return schema


def _describe(method: str, path: str, operation: dict[str, Any]) -> None:
    name = f"{method} {path}"
    lists_events = method == "GET" and path.endswith("/events")
    operation["tags"] = ["EPCIS 2.0"]
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["name"] == "job":
            parameter["schema"] = {"type": "string", "format": "uuid"}
        else:
            parameter["schema"] = {"type": "string", "minLength": 1}
    if method != "OPTIONS":
        parameters += _HEADERS
    if name in ("POST /capture", "POST /events"):
        parameters += [*_CAPTURE_HEADERS, _PREFER]
    if lists_events:
        parameters += _ASK if path == "/events" else _ASK_MORE
    if method == "GET" and (lists_events or path in _PAGED or ("{" not in path and path != "/")):
        parameters += _PAGE
    if name in BODIES:
        operation["requestBody"] = {
            "required": True,
            "content": {m: {"schema": _ref(s) if isinstance(s, str) else s} for m, s in BODIES[name].items()},
        }
    operation["responses"] = {
        **(RESPONSES.get(name) or _usual(method, lists_events)),
        **REFUSALS,
    }


def _usual(method: str, lists_events: bool) -> dict[str, dict[str, Any]]:
    if method == "OPTIONS":
        return {"204": _gives(text="What it answers to, and what this repository speaks", headers="Allow")}
    if method == "DELETE":
        return {"204": _NOTHING}
    if method == "POST":
        return {"201": _MADE}
    return {"200": _EVENTS if lists_events else _gives((_LD, "Collection"))}
