"""All addresses: the API, sign-in, and the urls of every face."""

from pathlib import Path

from allauth.account import views as accounts
from django.urls import include, path
from django.views.generic import RedirectView

from guomen.site.api import api

_FACES = sorted(p.parent.name for p in (Path(__file__).parent.parent / "faces").glob("*/urls.py"))

urlpatterns = [
    path("api/", api.urls),
    path("accounts/login/", accounts.login, name="account_login"),
    path("accounts/logout/", accounts.logout, name="account_logout"),
    path("accounts/closed/", accounts.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", accounts.password_change, name="account_change_password"),
    path("accounts/passkeys/", RedirectView.as_view(pattern_name="account")),
    path("accounts/passkeys/webauthn/", RedirectView.as_view(pattern_name="account")),
    path("accounts/passkeys/", include("allauth.mfa.urls")),
    *[path("", include(f"guomen.faces.{name}.urls")) for name in _FACES],
]
handler404 = "guomen.faces.home.views.not_found"
handler500 = "guomen.faces.home.views.broken"
