"""Air samples: declared by the importer, sent to a laboratory by an officer, judged by its report."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from guomen.adoption.models import AirSample
from guomen.adoption.reading import Reader
from guomen.adoption.services.evidence import numbered, open_evidence
from guomen.adoption.services.guards import importer
from guomen.adoption.services.standings import suspend
from guomen.catalogue import packs
from guomen.inspection import services as inspection
from guomen.inspection.models import Sample
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor

MODE = "AIR-SAMPLE"


@transaction.atomic
def declare_air_sample(by: Actor, sent: Mapping[str, Any]) -> AirSample:
    """Announce a sample by air: the lot with the quantity at sea, ``origin``, ``waybill``, ``arrives_on``.

    Raises Invalid naming each field; goods that no laboratory panel tests cannot be released this way.
    """
    own, reader = importer(by), Reader(sent)
    columns = reader.lot()
    origin, waybill = reader.code("origin", "country"), reader.text("waybill", 40)
    arrives = reader.day("arrives_on")
    panel = packs.current().profile(columns["hs_code"]).panel if columns["hs_code"] else ""
    if columns["hs_code"] and not panel:
        words = W("No laboratory panel tests these goods.", "该类货物无实验室检测项目。")
        reader.wrong("hs_code", "no-panel", words)
    reader.done()
    made = AirSample.objects.create(
        number=numbered("A"), importer=own, origin=origin, waybill=waybill, arrives_on=arrives, panel=panel, **columns
    )
    facts = {"lot": made.lot, "quantity": made.quantity, "unit": made.unit, "origin": origin, "panel": panel}
    append("air-sample.declared", [made.subject, Subject.of("party", own.id)], facts, by)
    return made


def _locked(number: str) -> AirSample:
    rows = AirSample.objects.select_for_update(of=("self",)).select_related("importer")
    found = rows.filter(number=number[:14]).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def forward_air_sample(by: Actor, number: str, sent: Mapping[str, Any]) -> AirSample:
    """An inspector seals the sample and sends it to a laboratory: laboratory, quantity, unit, seal_number.

    Raises Refused when that was done already, Invalid naming each field.
    """
    by.require_officer("inspector")
    row = _locked(number)
    if row.state != "declared":
        raise Refused(W("This sample is at a laboratory already.", "该样品已送实验室。"), code="already-sent")
    sample = inspection.draw_outside(
        by,
        subject=row.subject,
        goods=W(row.goods, row.goods),
        panel=row.panel,
        laboratory_code=str(sent.get("laboratory") or ""),
        quantity=str(sent.get("quantity") or ""),
        unit=str(sent.get("unit") or ""),
        seal_number=str(sent.get("seal_number") or ""),
    )
    row.state, row.sample = "tested", sample.number
    row.save(update_fields=["state", "sample"])
    append("air-sample.forwarded", [row.subject, Subject.of("sample", sample.number)], {"sample": sample.number}, by)
    return row


@transaction.atomic
def judge_air_sample(by: Actor, sample_number: str) -> AirSample | None:
    """The laboratory has reported: a pass opens the mode for this lot, a failure suspends the importer from it.

    Called by a follower. None for a sample of something else; judging twice changes nothing.
    """
    if by != SYSTEM:
        raise Forbidden
    sample = Sample.objects.filter(number=sample_number, state="reported").first()
    if sample is None or sample.reported_at is None or not sample.subject.startswith(Subject.of("air-sample", "")):
        return None
    row = _locked(sample.subject.rpartition(":")[2])
    if row.state != "tested":
        return row
    row.state, row.judged_at = "passed" if sample.verdict == "pass" else "failed", now()
    row.save(update_fields=["state", "judged_at"])
    append("air-sample.judged", [row.subject], {"verdict": sample.verdict, "lot": row.lot}, by)
    open_evidence(by, MODE, row, verdict=sample.verdict, source=row.subject, tested_on=sample.reported_at.date())
    if row.state == "failed":
        suspend(SYSTEM, row.importer_id, MODE, "SAMPLE-FAILED", sample=row.number)
    return row
