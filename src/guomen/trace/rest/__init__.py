"""The EPCIS 2.0 REST binding, below /epcis/v2/."""

from guomen.trace.rest import capture, events, queries, resources, subscriptions
from guomen.trace.rest.base import ROOT, api

__all__ = ["ROOT", "api", "capture", "events", "queries", "resources", "subscriptions"]
