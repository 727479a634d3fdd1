"""Named queries: an organisation keeps a query under a name, to ask it again and to subscribe to its results."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.trace import asked, written
from guomen.trace.ending import end_all
from guomen.trace.models import NamedQuery
from guomen.trace.queries import scope

MOST_QUERIES = 500
"""Of one organisation."""
RESERVED = "SimpleEventQuery"
"""What the standard calls the query that has no name of its own."""
_NAME = re.compile(r"[\w~-][\w.~:-]{0,99}")


class NameTaken(Refused):
    code = "name-taken"
    words = W("There is a query of this name already.", "已有同名查询。")


class TooManyQueries(Refused):
    code = "too-many-queries"
    words = W("An organisation keeps at most {most} named queries.", "每个机构最多保存 {most} 个命名查询。")


class NoSuchQuery(NotFound):
    code = "no-such-query"
    words = W("There is no query of this name.", "没有此名称的查询。")


@transaction.atomic
def define(by: Actor, name: Any, query: Any, extensions: Mapping[str, str] | None = None) -> NamedQuery:
    """Keep ``query`` (a query object of the standard) under ``name`` for the actor's organisation.

    ``extensions``: prefix -> namespace, beside those of the query's own ``@context``. Raises Invalid for a name or
    query that is none, NameTaken, TooManyQueries, Forbidden.
    """
    organisation = _organisation(by)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        words = W(
            "A name has 1 to 100 letters, digits and . _ ~ : - and does not begin with a dot.",
            "名称为 1 至 100 个字母、数字或 . _ ~ : -，且不以点开头。",
        )
        raise Invalid([Problem("name", "query-name", words)])
    parameters, prefixes = written.of_json(query)
    prefixes = {**(extensions or {}), **prefixes}
    asked.read(parameters, prefixes)
    if NamedQuery.objects.filter(organisation_id=organisation).count() >= MOST_QUERIES:
        raise TooManyQueries(most=MOST_QUERIES)
    one = NamedQuery(
        organisation_id=organisation, name=name, parameters=parameters, extensions=prefixes, created_at=now()
    )
    made = name != RESERVED and NamedQuery.objects.bulk_create([one], ignore_conflicts=True)
    # Whose row it is tells who came first: the database does not say which rows it left out.
    if not made or find(by, name).id != one.id:
        raise NameTaken
    append("query.named", [Subject.of("party", organisation)], {"query": str(one.id)}, by)
    return one


@transaction.atomic
def forget(by: Actor, name: str) -> None:
    """Delete a named query of the actor's organisation. Raises NoSuchQuery, Forbidden."""
    organisation = _organisation(by)
    one = NamedQuery.objects.select_for_update().filter(organisation_id=organisation, name=name).first()
    if one is None:
        raise NoSuchQuery
    end_all(one, by)
    one.delete()
    append("query.forgotten", [Subject.of("party", organisation)], {"query": str(one.id)}, by)


def find(by: Actor, name: str) -> NamedQuery:
    """The actor's organisation's query of this name. Raises NoSuchQuery, also for another organisation's."""
    one = NamedQuery.objects.filter(organisation_id=_organisation(by), name=name).first()
    if one is None:
        raise NoSuchQuery
    return one


@dataclass(frozen=True, slots=True)
class Queries:
    """Some named queries and where to go on; ``next`` is empty on the last page."""

    queries: list[NamedQuery]
    next: str


def listed(by: Actor, *, per_page: int = 30, after: str = "") -> Queries:
    """The named queries of the actor's organisation, by name."""
    found = NamedQuery.objects.filter(organisation_id=_organisation(by), name__gt=after)
    page = list(found.order_by("name")[: per_page + 1])
    return Queries(page[:per_page], page[per_page - 1].name if len(page) > per_page else "")


def asked_by(query: NamedQuery, more: Mapping[str, list[str]] | None = None) -> asked.Asked:
    """What a named query asks for; ``more``: parameters that must hold as well."""
    return asked.read(query.parameters, query.extensions, more or {}, reader=query.organisation_id)


def _organisation(by: Actor) -> uuid.UUID:
    """Who may ask for events may keep queries, for the own organisation."""
    scope(by)
    if by.organisation_id is None:
        raise Forbidden
    return by.organisation_id
