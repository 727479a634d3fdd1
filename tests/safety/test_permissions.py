"""Who is let in at each door of clearance, adoption, release and inspection: one table, tried by everybody."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from guomen.parties.services import add_person, issue_token, register_organisation
from tests.release.conftest import bulk, shirts, story
from tests.safety.hostile import undone
from tests.safety.test_hostile import doors, stage

__all__ = ["bulk", "shirts", "stage", "story"]
pytestmark = pytest.mark.django_db
PEOPLE = ("ana", "bo", "amy", "cal", "di", "kai", "gao")
TOKENS = {"cy": ("declare", "read"), "bo": ("read", "seal"), "kai": ("seal",)}
CONTROL, FIRM = {"bo", "ora"}, {"cal", "cy+declare"}
OFFICERS = CONTROL | {"ana", "amy"}
SEE = OFFICERS | FIRM | {"cy+read", "bo+read"}
LET_IN: dict[str, set[str]] = {
    "POST /api/declarations": FIRM,
    "PUT /api/declarations/{own}": FIRM,
    "POST /api/declarations/{own}/withdraw": FIRM | CONTROL,
    "POST /api/declarations/{own}/split": FIRM,
    "POST /api/declaration-mergers": FIRM,
    "POST /api/declarations/{own}/arrival": FIRM | CONTROL | {"ana"},
    "POST /api/declarations/{own}/lines/1/reinspection": FIRM | CONTROL,
    "POST /api/declarations/{own}/lines/1/port-check": CONTROL | {"ana"},
    "POST /api/declarations/{own}/gate": CONTROL | {"ana", "bo+seal"},
    "POST /api/licences": CONTROL | {"amy"},
    "POST /api/rule-packs": CONTROL,
    "POST /api/rule-packs/2026.2/simulation": CONTROL,
    "POST /api/rule-packs/2026.2/cut-over": CONTROL,
    "POST /api/rule-packs/2026.2/undo": CONTROL,
    "POST /api/rule-packs/2026.2/withdrawal": CONTROL,
    "POST /api/inspection-bodies": CONTROL,
    "POST /api/inspection-bodies/{body}/suspend": CONTROL,
    "POST /api/reports": FIRM,
    "POST /api/reports/{report}/delay": FIRM,
    "POST /api/reports/{report}/void": CONTROL,
    "POST /api/air-samples": FIRM,
    "POST /api/air-samples/{air}/forward": {"ana"},
    "POST /api/standings": FIRM,
    "POST /api/standings/admit": CONTROL,
    "POST /api/instructions/{instruction}/receipt": {"kai", "kai+seal"},
    "POST /api/receivers": CONTROL,
    "DELETE /api/receivers/{receiver}": CONTROL,
    "POST /api/declarations/{bulk}/lines/1/unloading": {"ana"},
    "POST /api/declarations/{bulk}/lines/1/unloading/resume": CONTROL,
    "POST /api/declarations/{bulk}/lines/1/unloading/finish": {"ana"},
    "POST /api/declarations/{bulk}/lines/1/parts": CONTROL | {"ana"},
    "POST /api/declarations/{bulk}/lines/1/parts/1/examination": {"ana"},
    "POST /api/declarations/{bulk}/lines/1/parts/1/outcome": CONTROL,
    "POST /api/declarations/{bulk}/lines/1/balance": CONTROL | {"ana"},
    "POST /api/declarations/{own}/lines/1/override": CONTROL,
    "POST /api/declarations/{own}/lines/1/override/decision": CONTROL,
    "POST /api/declarations/{own}/lines/1/debts/1": CONTROL | FIRM | {"ana"},
    "POST /api/declarations/{own}/slips/MSKU1234565": OFFICERS | FIRM,
    "POST /api/gate/slips": CONTROL | {"ana", "bo+seal", "kai", "kai+seal"},
    "POST /api/inspections/{order}/answers": {"ana"},
    "POST /api/products": FIRM,
    "GET /api/declarations/{own}": SEE,
    "GET /api/declarations/{own}/versions/1": SEE,
    "GET /api/declarations/{own}/matches": OFFICERS,
    "GET /api/performance": CONTROL,
    "GET /api/rule-packs": CONTROL,
    "GET /api/risk/models": CONTROL,
    "GET /api/requirements": OFFICERS | {"bo+read"},
    "GET /api/instructions": OFFICERS | {"bo+read", "kai", "kai+seal"},
    "GET /api/debts": SEE,
}
"""Everybody else is answered 401, 403 or 404. ``cal`` is a colleague of Cy, who lodged; ``ora`` of another office."""
NOTHING_THERE = ("/rule-packs/2026.2/", "/override/decision", "/debts/1")
"""Who is let in there finds nothing: only that others are told 401 or 403 shows the door."""


def callers(people: Any) -> Iterator[tuple[str, Client]]:
    """People, programs by their scopes, and an officer of another office. Strangers and nobody: see test_doors."""
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    other = register_organisation("authority", "Waigaoqiao Port Authority", "外高桥口岸局", "CN", "AUTH-2220")
    ora = add_person(other, "ora@example.test", "Ora", "correct-horse-battery", ["controller"])
    for name, person in [("ora", ora), *((n, getattr(people, n).person) for n in PEOPLE)]:
        client = Client()
        client.force_login(person, backend=backend)
        yield name, client
    for name, scopes in TOKENS.items():
        admin = dataclasses.replace(getattr(people, name).actor, roles=frozenset({"admin"}))
        for scope in scopes:
            secret = issue_token("t", [scope], admin)[1]
            yield f"{name}+{scope}", Client(HTTP_AUTHORIZATION=f"Bearer {secret}")


def test_each_door_lets_in_whom_it_is_for_and_nobody_else(people, stage, story):
    bodies = {f"{method} {path}": body for _who, method, path, body in doors(stage, story)}
    wanted = {door.format(**stage): let_in for door, let_in in LET_IN.items()}
    assert set(bodies) <= set(wanted), "say who is let in there"
    everyone, wrong = list(callers(people)), []
    for door, let_in in wanted.items():
        method, path = door.split(" ")
        content = json.dumps(bodies[door]).encode() if door in bodies else b""
        shut = {401, 403} if any(part in path for part in NOTHING_THERE) else {401, 403, 404}
        for who, client in everyone:
            status = undone(client, method, path, content).status_code
            if (status in shut) == (who in let_in) or status >= 500:
                wrong.append(f"{who} {door}: {status}")
    assert not wrong, "\n".join(wrong)
