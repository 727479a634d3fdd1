"""The account page and what one does on it."""

import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guomen.faces.forms import answer_once
from guomen.kit.errors import Invalid, Problem
from guomen.kit.web import page, wants_json
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.parties.models import ApiToken
from guomen.parties.services import issue_token, revoke_token
from guomen.parties.words import ROLES, SCOPES

MAX_NAME = 100


def _context(request: HttpRequest, by: Actor) -> dict[str, Any]:
    tokens = ApiToken.objects.filter(organisation=by.organisation).order_by("-created_at") if by.has("admin") else []
    passkeys = Authenticator.objects.filter(user_id=by.person_id, type=Authenticator.Type.WEBAUTHN)
    return {
        "person": request.user,
        "organisation": by.organisation,
        "roles": [ROLES[r] for r in sorted(by.roles)],
        "passkeys": [{"id": p.pk, "name": p.wrap().name, "used": p.last_used_at} for p in passkeys.order_by("pk")],
        "is_admin": by.has("admin"),
        "tokens": tokens,
        "scopes": SCOPES,
        "problems": [],
        "typed": {},
    }


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Who I am here, my passkeys and, for an administrator, the organisation's tokens."""
    return page(request, "account/overview.html", _context(request, of_request(request)))


@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a token. The secret is in this answer only: a repeated request is told so instead."""
    by = of_request(request)
    name, scopes = request.POST.get("name", "").strip(), request.POST.getlist("scopes")
    secrets: list[str] = []

    def do() -> dict[str, str]:
        if not name or len(name) > MAX_NAME:
            words = W("Give the token a name of up to 100 characters.", "请为令牌填写名称（不超过 100 个字符）。")
            raise Invalid([Problem("name", "missing", words)])
        token, secret = issue_token(name, scopes, by)
        secrets.append(secret)
        return {"id": str(token.id)}

    try:
        made, _is_new = answer_once(request, by, do)
    except Invalid as error:
        if wants_json(request):
            raise
        context = _context(request, by) | {"problems": error.problems, "typed": {"name": name, "scopes": scopes}}
        return page(request, "account/overview.html", context, status=error.status)
    context = {"id": made["id"], "name": name, "secret": secrets[0] if secrets else ""}
    response = page(request, "account/token.html", context, status=201)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Revoke a token of my organisation."""
    revoke_token(str(id), of_request(request))
    messages.success(request, _("The token is revoked. Programs that use it are refused from now on."))
    return redirect("account")
