"""Who acts: a person, a program of an organisation, the system itself, or an unnamed member of the public."""

import uuid
from dataclasses import dataclass, field

from django.http import HttpRequest

from guomen.kit.errors import Forbidden, GuomenError
from guomen.kit.words import W
from guomen.parties.models import Organisation, Person


class NotSignedIn(GuomenError):
    status = 401
    code = "not-signed-in"
    words = W("Sign in or send a valid token.", "请登录或提供有效令牌。")


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting party. ``roles`` are the person's roles or what a token's scopes allow."""

    via: str
    organisation: Organisation | None = None
    person_id: uuid.UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    @property
    def organisation_id(self) -> uuid.UUID | None:
        return self.organisation.id if self.organisation else None

    @property
    def is_authority(self) -> bool:
        return self.organisation is not None and self.organisation.kind == "authority"

    @property
    def is_officer(self) -> bool:
        """Of the authority and at work with goods: who only administers its accounts sees nobody's goods."""
        return self.is_authority and self.has("inspector", "certifier", "controller", "read")

    @property
    def key(self) -> str:
        """Whose idempotency keys these are."""
        return str(self.person_id or self.organisation_id or self.via)

    def facts(self) -> dict[str, str]:
        """How the ledger names this actor: opaque ids only, no personal data."""
        named = {"organisation": self.organisation_id, "person": self.person_id}
        return {"via": self.via} | {k: str(v) for k, v in named.items() if v}

    def has(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))

    def require(self, *roles: str) -> None:
        """Raise Forbidden unless the actor has one of ``roles``."""
        if not self.has(*roles):
            raise Forbidden

    def require_officer(self, *roles: str) -> None:
        """Raise Forbidden unless the actor is of the authority and has one of ``roles``."""
        if not (self.is_authority and self.has(*roles)):
            raise Forbidden


SYSTEM = Actor("system")
PUBLIC = Actor("public")


def of_person(person: Person, via: str = "web") -> Actor:
    return Actor(via, person.organisation, person.id, frozenset(person.roles))


def of_request(request: HttpRequest) -> Actor:
    """The signed-in person behind a page request. Raises NotSignedIn."""
    if not request.user.is_authenticated:
        raise NotSignedIn
    return of_person(request.user)


def visitor(request: HttpRequest) -> Actor:
    """The signed-in person, or the public."""
    return of_person(request.user) if request.user.is_authenticated else PUBLIC
