"""Everything that belongs to somebody: one of each kind of thing, so that a stranger can be sent to all of it."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guomen.cases.models import Case
from guomen.catalogue.rules import Target
from guomen.catalogue.services import add_link
from guomen.certificates import services as certificates
from guomen.clearance import services as clearance
from guomen.clearance.models import Document
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.follow import catch_up
from guomen.ledger.models import Entry
from guomen.parties.services import add_person, issue_token
from guomen.seals import services as seals
from guomen.tags import services as tags
from guomen.tags.labels import serials
from guomen.tags.models import Alarm, Parcel, Range
from guomen.tags.services import printing
from guomen.tags.services.digesting import digest
from guomen.trace.sharing import share_thing
from guomen.warning.models import Alert, Notice, Signal, Told
from tests.clearance.conftest import example
from tests.faces import story
from tests.faces.portal_form import PDF, PNG
from tests.tags.looking import crowd

CONTAINER, SEAL = "MSKU3456784", "MSK558201"
EPCIS = {
    "type": "ObjectEvent",
    "eventTime": "2026-11-01T08:00:00Z",
    "eventTimeZoneOffset": "+00:00",
    "epcList": ["https://id.gs1.org/01/09506000134352/21/S1"],
    "action": "OBSERVE",
    "bizStep": "shipping",
}


@dataclass
class World:
    """Names of things, as they stand in addresses."""

    names: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        try:
            return self.names[name]
        except KeyError:
            raise AttributeError(name) from None


def build(people: Any) -> World:
    """Cy's consignments, Kai's seal, Di's sample, Ana's tasks, Bo's alert, Gao's case, and what hangs on them."""
    for name in ("ana", "amy", "bo", "cy", "di", "kai", "gao", "sam"):
        getattr(people, name)
    cy = people.cy.actor
    paper = clearance.attach(cy, PDF, "invoice.pdf", "101001", "INV-1")
    whole = example() | {"documents": [paper]}
    recalled, waiting = story.lodged(people, 2), clearance.lodge(cy, whole)
    draft = clearance.save_draft(cy, {"lines": [{"name": "Secret goods"}], "documents": [paper], "containers": []})
    formula = story.inspect(people, recalled)
    story.analyse(people, recalled)
    other = Order.objects.filter(declaration=waiting.number).order_by("number").first()
    inspection.take(people.ana.actor, other.id)
    photo = inspection.add_photo(people.ana.actor, other.id, _photo_item(other), PNG)
    cert = certificates.draft(
        people.ana.actor,
        kind="21",
        subject=formula.subject,
        holder=people.cy.organisation,
        facts={"goods": W("a", "b")},
    )
    seals.arm(people.kai.actor, seal=SEAL, container=whole["containers"][0]["number"], place="Genoa")
    token, _secret = issue_token("till", ["read"], cy)
    labels = tags.order_labels(cy, recalled.range.code, format="csv")
    while printing.work():
        pass
    parcel = packed(cy, recalled.range)
    story.recalled(people, recalled)
    target = Target("pip", "https://harbour.example/goods", "About the goods")
    link = add_link(cy, f"01/{recalled.range.gtin}", target)
    share = share_thing(cy, f"https://id.gs1.org/01/{recalled.range.gtin}", people.sam.organisation.code)
    signal = Signal.objects.order_by("id").first()
    Told.objects.filter(signal_id=signal.id).update(photo=blobs.put(PNG))
    crowd(recalled.range)
    digest()
    catch_up()
    notice = Notice.objects.filter(organisation=people.cy.organisation).first()
    return World(
        {
            "declaration": waiting.number,
            "line": "1",
            "document": Document.objects.get(declaration=waiting.number).sha256,
            "draft": str(draft.id),
            "range": recalled.range.code,
            "labels": str(labels.id),
            "parcel": str(parcel.id),
            "gtin": recalled.range.gtin,
            "batch": recalled.range.batch,
            "serial": recalled.serial(),
            "subject": recalled.subject,
            "order": str(other.id),
            "item": _photo_item(other),
            "photo": str(photo if isinstance(photo, str) else photo.sha256),
            "sample": Sample.objects.get().number,
            "certificate": cert.number,
            "seal": SEAL,
            "container": whole["containers"][0]["number"],
            "alert": Alert.objects.exclude(hazard="counterfeit").get().number,
            "alarm": str(Alarm.objects.get(rule="TAG-MANY-DEVICES").id),
            "notice": str(notice.id),
            "signal": str(signal.id),
            "case": Case.objects.get().number,
            "token": str(token.id),
            "link": str(link.id),
            "share": str(share.id),
            "entry": str(Entry.objects.filter(kind="recall.ordered").get().id),
            "lodge": json.dumps(whole),
        }
    )


def packed(cy: Any, like: Range) -> Parcel:
    """A parcel with one item of a cross-border order."""
    named = {"gtin": like.gtin, "batch": like.batch, "subject": like.subject}
    one = tags.order(cy, **named, count=2, channel="cross-border")
    return tags.pack(cy, parcel="CN1234567890", order="2026-11-77", items=[(one.gtin, serials(one, 0, 1)[0])])


def _photo_item(order: Order) -> str:
    from guomen.inspection import packs

    return next(i.code for i in packs.items_of(order) if i.kind == "photo")


def nothing_to_say(people: Any) -> Client:
    """A colleague inside the authority who administers accounts and has no role at the port."""
    person = add_person(people.bo.organisation, "ada@example.test", "Ada", "correct-horse-battery", ["admin"])
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def file(content: bytes = PDF, name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def soon() -> str:
    return (now() + timedelta(hours=1)).isoformat()


__all__ = ["CONTAINER", "EPCIS", "PNG", "SEAL", "Subject", "World", "build", "file", "nothing_to_say", "soon"]
