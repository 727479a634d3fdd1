"""What people can do with organisations, people and tokens."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.parties.models import ApiToken, Organisation, Person
from guomen.parties.words import ORGANISATION_KINDS, ROLES_OF_KIND, SCOPES

USE_IS_NOTED_EVERY = timedelta(minutes=1)
SCOPE_ROLES = {
    "declare": "declarant",
    "capture": "capture",
    "seal": "carrier",
    "results": "analyst",
    "tags": "tags",
    "read": "read",
}


@transaction.atomic
def register_organisation(
    kind: str, name_en: str, name_zh: str, country: str, code: str, *, by: Actor = SYSTEM, **more: str
) -> Organisation:
    """Register an organisation. Raises Invalid for an unknown kind or a code that is taken."""
    if kind not in ORGANISATION_KINDS:
        raise Invalid([Problem("kind", "unknown-kind", W("This kind does not exist.", "该类型不存在。"))])
    if Organisation.objects.filter(code=code).exists():
        raise Invalid([Problem("code", "taken", W("This code is already registered.", "该代码已登记。"))])
    organisation = Organisation.objects.create(
        kind=kind, name_en=name_en, name_zh=name_zh, country=country, code=code, **more
    )
    facts = {"kind": kind, "country": country, "code": code, "name": {"en": name_en, "zh": name_zh}}
    append("party.registered", [Subject.of("party", organisation.id)], facts, by)
    return organisation


@transaction.atomic
def add_person(
    organisation: Organisation, email: str, name: str, password: str, roles: list[str], *, by: Actor = SYSTEM
) -> Person:
    """Add a person with ``roles``. Raises Invalid for a weak password, a taken address or a role of another kind."""
    problems = []
    if set(roles) - ROLES_OF_KIND[organisation.kind]:
        words = W("This role does not belong to this kind of organisation.", "该角色不适用于此类组织。")
        problems.append(Problem("roles", "wrong-role", words))
    if Person.objects.filter(email=email.lower()).exists():
        problems.append(Problem("email", "taken", W("This address is already used.", "该邮箱已被使用。")))
    try:
        validate_password(password)
    except ValidationError:
        words = W("Use at least 10 characters that are hard to guess.", "请使用至少 10 个不易猜到的字符。")
        problems.append(Problem("password", "weak", words))
    if problems:
        raise Invalid(problems)
    person = Person.objects.create_user(email, password, name=name, organisation=organisation, roles=sorted(roles))
    append(
        "person.added", [Subject.of("party", organisation.id)], {"person": str(person.id), "roles": sorted(roles)}, by
    )
    return person


@transaction.atomic
def issue_token(name: str, scopes: list[str], by: Actor) -> tuple[ApiToken, str]:
    """Issue an API token for the actor's organisation; returns it with its secret, which is shown only now."""
    by.require("admin")
    if not scopes or set(scopes) - set(SCOPES):
        raise Invalid([Problem("scopes", "unknown-scope", W("Choose scopes from the list.", "请从列表中选择权限。"))])
    secret = f"gm_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        organisation=by.organisation,
        name=name,
        digest=hashlib.sha256(secret.encode()).digest(),
        scopes=sorted(scopes),
        created_by_id=by.person_id,
    )
    append(
        "token.issued",
        [Subject.of("party", by.organisation_id)],
        {"token": str(token.id), "scopes": sorted(scopes)},
        by,
    )
    return token, secret


@transaction.atomic
def revoke_token(token_id: str, by: Actor) -> None:
    """Revoke a token of the actor's organisation, at once and for good."""
    by.require("admin")
    token = ApiToken.objects.select_for_update().filter(id=token_id, organisation=by.organisation).first()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save()
        append("token.revoked", [Subject.of("party", by.organisation_id)], {"token": str(token.id)}, by)


def actor_of_token(secret: str) -> Actor:
    """The program behind a bearer token. Raises Forbidden for an unknown or revoked one."""
    digest = hashlib.sha256(secret.encode()).digest()
    token = ApiToken.objects.select_related("organisation").filter(digest=digest, revoked_at=None).first()
    if token is None:
        raise Forbidden(W("This token is unknown or revoked.", "该令牌无效或已吊销。"), code="bad-token")
    moment = now()
    # A write on every call would cost each of them a commit: a minute is near enough to see which tokens are in use.
    if token.last_used_at is None or moment - token.last_used_at >= USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(id=token.id).update(last_used_at=moment)
    roles = frozenset(SCOPE_ROLES[s] for s in token.scopes) | {"via-token"}
    return Actor("api", token.organisation, None, roles)
