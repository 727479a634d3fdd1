"""Write examples/epcis/story.jsonld: the goods flow behind examples/declarations/story.json, always the same bytes.

python tools/make_examples.py
"""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from guomen.core import epcis

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TARGET = EXAMPLES / "epcis" / "story.jsonld"
MADE, PACKED, SAILED, WRITTEN = (
    datetime.fromisoformat(t)
    for t in (
        "2026-09-02T16:00:00+02:00",
        "2026-10-16T10:20:00+02:00",
        "2026-10-18T21:05:00+02:00",
        "2026-10-18T21:30:00+02:00",
    )
)
GENOA = "geo:44.40,8.92"
"""CBV 2.0 names a place by URI; geo: is RFC 5870."""


def story() -> dict[str, Any]:
    """The shirts are made, packed into the container of the declaration, and leave Genoa."""
    declared = json.loads((EXAMPLES / "declarations" / "story.json").read_text(encoding="utf-8"))
    shirts, box = declared["lines"][0], declared["containers"][0]["number"]
    things = [(f"https://id.gs1.org/01/{shirts['gtin']}/10/{shirts['batch']}", Decimal(shirts["quantity"]), None)]
    container = f"urn:epc:id:bic:{box}"
    events = [
        epcis.object_event(MADE, "ADD", classes=things, biz_step="commissioning", disposition="active"),
        epcis.aggregation_event(PACKED, "ADD", container, classes=things, biz_step="packing", read_point=GENOA),
        epcis.object_event(
            SAILED,
            "OBSERVE",
            epcs=[container],
            biz_step="departing",
            disposition="in_transit",
            read_point=GENOA,
            biz_transactions=[("bol", f"urn:epcglobal:cbv:bt:8012345000005:{declared['bill_number']}")],
        ),
    ]
    return epcis.to_document(events, WRITTEN)


def text() -> str:
    """The file's content."""
    plain: dict[str, Any] = json.loads(json.dumps(story(), default=lambda v: int(v) if v == int(v) else str(v)))
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name}: {len(story()['epcisBody']['eventList'])} events, {TARGET.stat().st_size} bytes")
