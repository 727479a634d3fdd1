"""Events in another spelling of the same identifiers and words: what GS1-EPC-Format and GS1-CBV-Format ask for.

What cannot be translated stays as it is: identifiers that are no GS1 keys or have no EPC scheme, keys whose company
prefix GS1's list does not know, and words of a user's own vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from guomen.core.epcis import vocabulary as voc
from guomen.core.epcis.hash_values import FIELD_VOCABULARY, LIST_TYPE_VOCABULARY
from guomen.core.gs1 import GS1Error, digital_link_to_epc, epc_to_digital_link
from guomen.core.memory import remembered

Spell = Callable[[str], str]


@remembered
def as_digital_link(uri: str) -> str:
    """The Digital Link for an EPC URN; anything else as it is."""
    if not uri.startswith("urn:epc:"):
        return uri
    try:
        return epc_to_digital_link(uri)
    except GS1Error:
        return uri


@remembered
def as_epc_urn(uri: str) -> str:
    """The EPC URN for a Digital Link, where GS1's list tells how long its company prefix is; anything else as it is."""
    if not uri.startswith(("https://", "http://")):
        return uri
    try:
        return digital_link_to_epc(uri, None)
    except GS1Error:
        return uri


EPC_FORMATS: Mapping[str, Spell | None] = {
    "No_Preference": None,
    "Never_Translates": None,
    "Always_GS1_Digital_Link": as_digital_link,
    "Always_EPC_URN": as_epc_urn,
}
CBV_FORMATS: Mapping[str, Callable[[voc.Vocabulary, str], str] | None] = {
    "No_Preference": None,
    "Never_Translates": None,
    "Always_Web_URI": voc.web_uri,
    "Always_URN": voc.urn,
}
_IDENTIFIER_LISTS = frozenset({"epcList", "childEPCs", "inputEPCList", "outputEPCList"})
_QUANTITY_LISTS = frozenset({"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
_PLACES = frozenset({"readPoint", "bizLocation"})
# Sensors name devices, procedures and data by GS1 keys as well.
_SENSOR_IDENTIFIERS = frozenset({"deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"})


def translate(event: Mapping[str, Any], epc_format: str = "No_Preference", cbv_format: str = "No_Preference") -> Any:
    """A JSON-LD event with its GS1 keys and CBV words in these formats; the event itself when nothing is asked for.

    KeyError for a format that the standard does not have.
    """
    epc, word = EPC_FORMATS[epc_format], CBV_FORMATS[cbv_format]
    if epc is None and word is None:
        return event
    spelled = _Translator(epc or str, word or (lambda _, value: value))
    return {key: spelled.field(key, value) for key, value in event.items()}


class _Translator:
    def __init__(self, epc: Spell, word: Callable[[voc.Vocabulary, str], str]) -> None:
        self.epc = epc
        self.word = word

    def field(self, key: str, value: Any) -> Any:
        if key == "parentID":
            return self.epc(value)
        if key in _IDENTIFIER_LISTS:
            # Two spellings of one thing become one: no list of the standard's JSON names a thing twice.
            return list(dict.fromkeys(map(self.epc, value)))
        if key in _QUANTITY_LISTS:
            return [item | {"epcClass": self.epc(item["epcClass"])} for item in value]
        if key in _PLACES:
            return value | {"id": self.epc(value["id"])}
        if key in LIST_TYPE_VOCABULARY:
            return [self.typed(key, item) for item in value]
        if key in FIELD_VOCABULARY:
            return self.word(FIELD_VOCABULARY[key], value)
        if key == "persistentDisposition":
            return {k: self.words(v) if k in ("set", "unset") else v for k, v in value.items()}
        if key == "errorDeclaration" and value.get("reason"):
            return value | {"reason": self.word(voc.ERROR_REASON, value["reason"])}
        if key == "sensorElementList":
            return [self.sensor_element(item) for item in value]
        return value

    def words(self, values: list[str]) -> list[str]:
        return [self.word(voc.DISPOSITION, value) for value in values]

    def typed(self, key: str, item: dict[str, Any]) -> dict[str, Any]:
        field = key.removesuffix("List")
        kind = {"type": self.word(LIST_TYPE_VOCABULARY[key], item["type"])} if item.get("type") else {}
        return item | kind | {field: self.epc(item[field])}

    def sensor_element(self, item: dict[str, Any]) -> dict[str, Any]:
        changed = dict(item)
        if item.get("sensorMetadata"):
            changed["sensorMetadata"] = self.sensor(item["sensorMetadata"])
        changed["sensorReport"] = [self.sensor(report) for report in item.get("sensorReport") or ()]
        return changed

    def sensor(self, item: dict[str, Any]) -> dict[str, Any]:
        changed = {k: self.epc(v) if k in _SENSOR_IDENTIFIERS else v for k, v in item.items()}
        if item.get("component"):
            changed["component"] = self.word(voc.SENSOR_COMPONENT, item["component"])
        return changed
