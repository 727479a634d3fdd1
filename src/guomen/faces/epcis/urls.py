"""The EPCIS 2.0 REST binding has an address of its own, as the standard's clients expect it."""

from django.urls import path

from guomen.trace.rest import ROOT, api

urlpatterns = [path(f"{ROOT.strip('/')}/", api.urls)]
