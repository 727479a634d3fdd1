"""An organisation shows another its own events, and takes that back."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection, transaction
from django.db.models import Q

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace import asked as asking
from guomen.trace.models import Event, EventReader, Share
from guomen.trace.services import may_capture
from guomen.trace.sight import scope
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import batch_of, key_of, lot_in, name_of, names_in

MOST_OF_A_QUERY = 10_000


class TooMuch(Refused):
    status = 413
    code = "too-many-events"
    words = W("More than {most} events match: ask for fewer.", "匹配的事件超过 {most} 个:请缩小范围。")


@transaction.atomic
def share_thing(by: Actor, uri: str, with_code: str) -> Share:
    """Show the organisation with this registration code all own events about a thing or batch, also future ones.

    A batch: those about its items too. Raises Invalid, GS1Error, Forbidden.
    """
    giver, taker = _giver(by), _taker(by, with_code)
    share = Share(giver=giver, taker=taker, thing=key_of(uri), about=name_of(uri), created_at=now())
    share.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_eventreader (organisation_id, event_id, why, share, things, given_at) "
            "SELECT DISTINCT %(taker)s::uuid, event_id, 'shared', %(share)s::uuid, '{}'::uuid[], %(at)s::timestamptz "
            "FROM trace_eventitem WHERE organisation_id = %(giver)s AND item = ANY(ARRAY(SELECT %(thing)s::uuid UNION "
            "SELECT child FROM trace_edgeout WHERE parent = %(thing)s AND kind = 'lot' AND organisation_id = %(giver)s"
            ")) ON CONFLICT DO NOTHING",
            {"taker": taker.id, "share": share.id, "at": share.created_at, "giver": giver.id, "thing": share.thing},
        )
    _tell("event.shared", share, by)
    return share


@transaction.atomic
def share_query(by: Actor, parameters: Mapping[str, list[str]], with_code: str) -> Share:
    """Show another organisation the own events that a query finds now. Raises Invalid, TooMuch, Forbidden."""
    giver, taker = _giver(by), _taker(by, with_code)
    query = asking.read(parameters)
    found = Event.objects.filter(*query.conditions, organisation=giver).values_list("event_id", flat=True)
    ids = list(found[: MOST_OF_A_QUERY + 1])
    if len(ids) > MOST_OF_A_QUERY:
        raise TooMuch(most=MOST_OF_A_QUERY)
    about = "&".join(f"{name}={','.join(values)}" for name, values in sorted(parameters.items()))
    share = Share(giver=giver, taker=taker, about=about, created_at=now())
    share.save(force_insert=True)
    _let_read(share, ids)
    _tell("event.shared", share, by)
    return share


@transaction.atomic
def unshare(by: Actor, id: uuid.UUID) -> None:
    """Take back what was shared; what the other sees for another reason it still sees. Raises NotFound, Forbidden."""
    giver = _giver(by)
    share = Share.objects.select_for_update().filter(id=id, giver=giver).first()
    if share is None:
        raise NotFound
    if share.revoked_at is None:
        share.revoked_at = now()
        share.save(update_fields=["revoked_at"])
        EventReader.objects.filter(organisation_id=share.taker_id, why="shared", share=share.id).delete()
        _tell("event.unshared", share, by)


def shares(by: Actor) -> list[Share]:
    """What the actor's organisation gives and gets, newest first; the authority sees all of it. At most 500."""
    party = scope(by)
    found = Share.objects.select_related("giver", "taker").order_by("-created_at", "-id")
    if party:
        found = found.filter(Q(giver=party) | Q(taker=party))
    return list(found[:500])


def follow(uris: Sequence[str], captor: uuid.UUID) -> None:
    """New events about things that their captor shares are for those too with whom it shares them."""
    # Locked: else a share that is being taken back at this moment would get readers once more.
    shares: dict[uuid.UUID, list[Share]] = defaultdict(list)
    for share in Share.objects.select_for_update().filter(giver=captor, revoked_at=None, thing__isnull=False):
        shares[share.thing].append(share)
    if not shares:
        return
    ids = [f(uri) for uri in uris for f in (event_id, error_id)]
    found: dict[Share, list[uuid.UUID]] = defaultdict(list)
    for event in Event.objects.filter(event_id__in=ids, organisation_id=captor):
        names = set(names_in(event.body))
        names |= {batch for uri in names if (batch := batch_of(uri, lot_in(event.body.get("ilmd", {}))))}
        for share in {s for uri in names for s in shares.get(key_of(uri), ())}:
            found[share].append(event.event_id)
    for share, events in found.items():
        _let_read(share, events)


def _let_read(share: Share, events: Sequence[uuid.UUID]) -> None:
    more = {"organisation_id": share.taker_id, "why": "shared", "share": share.id, "given_at": now()}
    rows = [EventReader(event_id=id, **more) for id in events]
    EventReader.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)


def _giver(by: Actor) -> Organisation:
    may_capture(by)
    assert by.organisation
    return by.organisation


def _taker(by: Actor, code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None or found.id == by.organisation_id:
        words = W("This is not the code of another organisation.", "这不是其他组织的登记代码。")
        raise Invalid([Problem("with", "unknown-organisation", words)])
    return found


def _tell(kind: str, share: Share, by: Actor) -> None:
    about = [Subject.of("party", share.giver_id), Subject.of("party", share.taker_id)]
    if share.thing:
        about.insert(0, share.about)
    append(kind, about, {"share": str(share.id), "about": share.about, "with": str(share.taker_id)}, by)
