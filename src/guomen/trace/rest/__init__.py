"""The EPCIS 2.0 REST binding, below /epcis/v2/."""

from django.http import HttpRequest, HttpResponse

from guomen.kit.errors import NotFound
from guomen.trace.rest import capture, events, queries, resources, subscriptions
from guomen.trace.rest.base import ROOT, api

__all__ = ["ROOT", "api", "capture", "events", "queries", "resources", "subscriptions"]


# After all others: what is below the root and is nothing there is answered by the standard's name too.
@api.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", auth=None, include_in_schema=False)
def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    raise NotFound
