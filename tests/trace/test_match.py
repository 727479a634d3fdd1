"""MATCH_…: every EPC scheme has patterns, for items and for classes."""

import pytest

from guomen.core import epcis
from guomen.trace import services
from tests.trace.goods import GTIN, day, robot, seen
from tests.trace.test_rest_query import EVENTS, ids, sent

THINGS = {
    "asset": "urn:epc:id:grai:9506000.13435.A1",
    "own": "urn:epc:id:giai:9506000.AB12",
    "guest": "urn:epc:id:gsrn:9506000.1234567890",
    "staff": "urn:epc:id:gsrnp:9506000.1234567890",
    "paper": "urn:epc:id:gdti:9506000.13435.A1",
    "part": "urn:epc:id:cpi:9506000.5PQ7%2FZ43.12",
    "coupon": "urn:epc:id:sgcn:9506000.13435.04711",
    "piece": "urn:epc:id:itip:9506000.013435.01.02.S1",
    "pack": "urn:epc:id:upui:9506000.013435.S1",
    "place": "urn:epc:id:sgln:9506000.13435.D1",
    "party": "urn:epc:id:pgln:9506000.13435",
    "trip": "urn:epc:id:ginc:9506000.xyz33",
    "load": "urn:epc:id:gsin:9506000.123456789",
    "general": "urn:epc:id:gid:95100000.12345.400",
    "box": "urn:epc:id:bic:CSQU3054383",
}
CLASSES = {
    "assets": ("urn:epc:idpat:grai:9506000.13435.*", "urn:epc:idpat:grai:9506000.*.*"),
    "papers": ("urn:epc:idpat:gdti:9506000.13435.*", "urn:epc:idpat:gdti:*.*.*"),
    "parts": ("urn:epc:idpat:cpi:9506000.5PQ7%2FZ43.*", "urn:epc:idpat:cpi:9506000.*.*"),
    "pieces": ("urn:epc:idpat:itip:9506000.013435.01.02.*", "urn:epc:idpat:itip:9506000.013435.*.*.*"),
    "goods": (f"https://id.gs1.org/01/{GTIN}", "urn:epc:idpat:sgtin:9506000.*.*"),
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"MATCH_epc": "urn:epc:idpat:grai:9506000.13435.*"}, "asset"),
        ({"MATCH_epc": "urn:epc:idpat:grai:9506000.*.*"}, "asset"),
        ({"MATCH_epc": "https://id.gs1.org/8003/09506000134352"}, "asset"),
        ({"MATCH_epc": "urn:epc:idpat:giai:9506000.*"}, "own"),
        ({"MATCH_epc": "urn:epc:idpat:gsrn:9506000.*,urn:epc:idpat:gsrnp:*.*"}, "guest staff"),
        ({"MATCH_epc": "urn:epc:idpat:gdti:9506000.13435.*"}, "paper"),
        ({"MATCH_epc": "urn:epc:idpat:cpi:9506000.5PQ7%2FZ43.*"}, "part"),
        ({"MATCH_epc": "urn:epc:idpat:cpi:9506000.*.*"}, "part"),
        ({"MATCH_epc": "urn:epc:idpat:sgcn:9506000.13435.*"}, "coupon"),
        ({"MATCH_epc": "urn:epc:idpat:itip:9506000.013435.01.02.*"}, "piece"),
        ({"MATCH_epc": "urn:epc:idpat:itip:9506000.013435.01.*.*"}, "piece"),
        ({"MATCH_epc": "urn:epc:idpat:itip:9506000.013435.02.*.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:upui:9506000.*.*"}, "pack"),
        ({"MATCH_epc": "urn:epc:idpat:sgtin:9506000.*.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:sgln:9506000.13435.*"}, "place"),
        ({"MATCH_epc": "urn:epc:idpat:pgln:9506000.*"}, "party"),
        ({"MATCH_epc": "urn:epc:idpat:ginc:9506000.*"}, "trip"),
        ({"MATCH_epc": "urn:epc:idpat:gsin:9506000.*"}, "load"),
        ({"MATCH_epc": "urn:epc:idpat:gid:95100000.*.*"}, "general"),
        ({"MATCH_epc": "urn:epc:idpat:gid:95100000.12346.*"}, ""),
        ({"MATCH_epc": "urn:epc:idpat:bic:*"}, "box"),
        ({"MATCH_epcClass": "urn:epc:idpat:bic:*"}, ""),
        *(({"MATCH_epcClass": pattern}, name) for name, patterns in CLASSES.items() for pattern in patterns),
    ],
)  # fmt: skip
def test_every_scheme_has_patterns(people, query, expected):
    events = [seen(n, "storing", urn, event_id=f"urn:e:{name}") for n, (name, urn) in enumerate(THINGS.items())]
    events += [
        sent(epcis.object_event(day(n), "OBSERVE", classes=[(names[0], 10, None)], event_id=f"urn:e:{name}"))
        for n, (name, names) in enumerate(CLASSES.items())
    ]
    services.record(people.cy.actor, events)
    assert ids(robot(people.cy, "read").get(EVENTS, query)) == expected.split()
