"""All addresses: the API, sign-in, and the urls of every face."""

from pathlib import Path

from django.urls import include, path

from guomen.site.api import api

_FACES = sorted(p.parent.name for p in (Path(__file__).parent.parent / "faces").glob("*/urls.py"))

urlpatterns = [
    path("api/", api.urls),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/passkeys/", include("allauth.mfa.urls")),
    *[path("", include(f"guomen.faces.{name}.urls")) for name in _FACES],
]
handler404 = "guomen.faces.home.views.not_found"
handler500 = "guomen.faces.home.views.broken"
