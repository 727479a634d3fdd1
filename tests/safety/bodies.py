"""What each operation that takes a body would be sent by somebody who knows everything."""

import json
from typing import Any

from tests.safety.world import World

CONFORMS = {"goods": "x", "standard": "x", "statement": "x"}


def bodies(world: World) -> dict[str, Any]:
    """What each operation that takes a body would be sent by somebody who knows everything."""
    w = world.names
    return {
        "POST api/products": {
            "gtin": w["gtin"], "name_en": "a", "name_zh": "b", "hs_code": "6205200090", "maker_name": "c",
            "maker_country": "IT",
        },
        "POST api/links": {
            "thing": f"01/{w['gtin']}", "link_type": "pip", "href": "https://evil.example/", "title": "x",
        },
        "PUT api/links/{id}": {"link_type": "pip", "href": "https://evil.example/", "title": "x", "version": 1},
        "DELETE api/links/{id}": None,
        "POST api/rule-packs": {"title_en": "a", "title_zh": "b", "why": "c", "rows": []},
        "POST api/rule-packs/{version}/simulation": {},
        "POST api/rule-packs/{version}/approval": None,
        "POST api/rule-packs/{version}/cut-over": {"share": 100, "urgent": "now"},
        "POST api/rule-packs/{version}/undo": {"why": "I say so"},
        "POST api/rule-packs/{version}/withdrawal": {"why": "I say so"},
        "POST api/trace-shares": {"with": "91310115MA1K4NAB5L", "thing": w["container"]},
        "DELETE api/trace-shares/{id}": None,
        "POST api/tags/ranges": {"gtin": w["gtin"], "batch": w["batch"], "count": 5, "subject": w["subject"]},
        "POST api/tags/ranges/{code}/labels": {"format": "csv"},
        "POST api/tags/ranges/{code}/chips": None,
        "POST api/tags/ranges/{code}/chips/provisioning.csv": {"count": 1},
        "POST api/tags/ranges/{code}/chips/keys.jwe": None,
        "PUT api/tags/ranges/{code}/encoding-house": {"house": "HOUSE-1"},
        "POST api/tags/encoding-houses": {"house": "HOUSE-1", "key": "{}"},
        "POST api/tags/encoding-houses/{house}/withdraw": {"reason": "I say so"},
        "PUT api/tags/dealers/{code}": None,
        "DELETE api/tags/dealers/{code}": None,
        "POST api/tags/codes": {"subject": w["subject"]},
        "POST api/tags/codes/{number}/revoke": {"why": "I say so"},
        "POST api/tags/passes": None,
        "POST api/tags/labels/{job}/cancel": None,
        "POST api/tags/ranges/{code}/decision": {"approve": True},
        "POST api/tags/ranges/{code}/cancel": {},
        "POST api/tags/ranges/{code}/state": {"to": "stolen"},
        "POST api/tags/ranges/{code}/bonded": {"hall": "H-1", "kind": "in", "quantity": 1},
        "POST api/tags/items/state": {"to": "stolen", "items": [{"gtin": w["gtin"], "serial": w["serial"]}]},
        "POST api/tags/consignments/state": {"to": "stolen", "subject": w["subject"]},
        "POST api/tags/parcels": {
            "parcel": "EVE-1", "order": "EVE-1", "items": [{"gtin": w["gtin"], "serial": w["serial"]}],
        },
        "POST api/tags/parcels/{parcel}/erase": None,
        "POST api/tags/alarms/undo": {"alarms": [w["alarm"]], "cause": "data", "why": "I say so"},
        "POST api/tags/sales": {"gtin": w["gtin"], "serial": w["serial"]},
        "POST api/seals": {"seal": "EVE1234", "container": w["container"], "place": "here"},
        "POST api/seals/{seal}/readings": {"readings": [{"at": "2026-11-01T00:00:00Z", "sealed": True, "counter": 1}]},
        "POST api/inspections/{order_id}/answers": {"item": w["item"], "choice": "conforms"},
        "POST api/samples/{number}/receive": None,
        "POST api/samples/{number}/results": [{"analyte": "lead", "value": "0", "unit": "mg/kg"}],
        "POST api/samples/{number}/report": None,
        "POST api/declarations": {"lines": []},
        "PUT api/declarations/{number}": {"declaration": json.loads(w["lodge"]), "reason": "I say so"},
        "POST api/declarations/{number}/withdraw": {"reason": "I say so"},
        "POST api/declarations/{number}/split": {
            "lines": [1], "packages": 1, "gross_weight_kg": "1", "reason": "I say so",
        },
        "POST api/declaration-files": None,
        "POST api/declaration-messages": None,
        "POST api/declaration-mergers": {"numbers": [w["declaration"], "224820261000000001"], "reason": "I say so"},
        "POST api/declarations/{number}/arrival": {"at": "2026-11-01T00:00:00Z"},
        "POST api/declarations/{number}/lines/{line}/reinspection": {"reason": "I say so"},
        "POST api/declarations/{number}/lines/{line}/port-check": {"agrees": True},
        "POST api/licences": {
            "kind": "101030", "number": "EVE-1", "holder": "91310000MA1FL0007C", "quantity": "1", "unit": "KGM",
            "valid_from": "2026-01-01", "valid_until": "2027-01-01",
        },
        "POST api/certificates": {"kind": "21", "subject": w["subject"], "holder": "91310000MA1FL0007C"},
        "PUT api/certificates/{number}": {"facts": {"goods": "x"}},
        "POST api/certificates/requests": {"kind": "21", "subject": w["subject"]},
        "POST api/certificates/requests/{request_id}/decline": {"reason": "I say so"},
        "POST api/certificates/declarations": {"subject": w["subject"], "facts": CONFORMS},
        "POST api/certificates/{number}/review": None,
        "POST api/certificates/{number}/send-back": {"reason": "I say so"},
        "POST api/certificates/{number}/sign": None,
        "POST api/certificates/{number}/suspend": {"reason": "I say so"},
        "POST api/certificates/{number}/resume": None,
        "POST api/certificates/{number}/revoke": {"reason": "I say so"},
        "POST api/notices/{notice}/acknowledge": {"units_recovered": 3},
        "POST api/documents": None,
        "POST api/declarations/{number}/lines/{line}/certificates": None,
        "POST api/declarations/{number}/gate": {
            "container": w["container"], "seal_read": w["seal"], "intact": True, "gate": "1",
        },
    }  # fmt: skip
