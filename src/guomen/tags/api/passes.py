"""Passes for apps of retailers and inspectors over HTTP."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Schema

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden
from guomen.parties.api import actor
from guomen.tags import passes
from guomen.tags.api.router import router


class Pass(Schema):
    text: str = Field(alias="pass")
    header: str
    channel: str
    until: datetime


@router.post("/tags/passes", response=Pass, by_alias=True, summary="A pass for looking at codes at work")
def make_pass(request: HttpRequest) -> dict[str, object]:
    """For apps of retailers and inspectors: send ``pass`` in the header that ``header`` names with each look at a code
    or tap of a chip, and the look does not count against the item. It holds until ``until``; then ask for another.
    """
    channel, moment = passes.channel_for(actor(request)), now()
    if channel == passes.PUBLIC:
        raise Forbidden
    until = moment + passes.LIFE
    return {"pass": passes.issue(channel, moment), "header": passes.HEADER, "channel": channel, "until": until}
