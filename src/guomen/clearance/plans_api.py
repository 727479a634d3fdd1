"""Sampling plans over HTTP, for officers: what to open of a lot, and what that lets through."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from guomen.clearance import plans
from guomen.kit.errors import Forbidden, NotFound
from guomen.kit.words import W
from guomen.parties.api import SIGNED_IN, actor

router = Router(tags=["sampling plans"], auth=SIGNED_IN)


@router.get("/sampling-plans/{kind}", summary="A sampling plan with its operating characteristic curve")
def plan(request: HttpRequest, kind: str) -> Any:
    """``kind``: single, double, ispm31, zero, points, variables, variables-points, csp, switching. Fields as
    the query; percents.

    ``curve``: pairs of the share of bad units and the chance that the lot passes, fractions.
    """
    if not actor(request).is_officer:
        raise Forbidden
    if kind not in plans.KINDS:
        raise NotFound
    found = plans.ask(kind, request.GET.dict())
    asked = {name: request.GET.get(name) or plans.FIELDS[name].first for name in plans.ASKED[kind]}
    return {
        "kind": kind,
        "asked": asked,
        "plan": {code: value.en if isinstance(value, W) else value for code, _words, value in found.says},
        "source": found.source.en,
        "note": found.note.en if found.note else "",
        "curve": found.curve,
    }
