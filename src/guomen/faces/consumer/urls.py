from django.urls import path, register_converter
from django.urls.converters import StringConverter

from guomen.faces.consumer import checking, claims, forms, papers, reports, status, views


class Digits(StringConverter):
    regex = "[0-9]{8,14}"


register_converter(Digits, "gtin")
_ABOUT = (
    "01/<gtin:gtin>",
    "01/<gtin:gtin>/10/<batch>",
    "01/<gtin:gtin>/21/<serial>",
    "01/<gtin:gtin>/10/<batch>/21/<serial>",
)
_ITEM = _ABOUT[2:]

urlpatterns = [
    path("verify", views.verify, name="consumer-verify"),
    path("verify/record/<uuid:entry>.json", views.record, name="consumer-record"),
    path("report/thanks/<kind>", reports.thanks, name="consumer-thanks"),
    path("report/thanks/<kind>/<uuid:number>", reports.thanks, name="consumer-thanks-numbered"),
    *[path(f"report/<kind>/{about}", reports.form) for about in _ABOUT],
    *[path(f"claim/mine/{about}", claims.mine) for about in _ITEM],
    *[path(f"claim/{about}", claims.claim) for about in _ITEM],
    path("tags/status/<str:name>", status.status_list, name="tag-status"),
    path("certificates/check", checking.check, name="certificate-check"),
    path("certificates/status/<int:number>", forms.status_list, name="status-list"),
    path("certificates/status/<int:number>/<purpose>", forms.status_credential, name="status-credential"),
    path("certificates/<number>.sd-jwt", forms.sd_jwt, name="certificate-sd-jwt"),
    path("certificates/<number>.slip", forms.slip, name="certificate-slip"),
    path("certificates/authority.crt", papers.authority, name="certificate-authority"),
    path("certificates/keys", papers.keys, name="certificate-keys"),
    path("certificates/<number>.xml", papers.sps, name="certificate-xml"),
    path("certificates/<number>.pdf", papers.pdf, name="certificate-pdf"),
    path("certificates/<number>.jwt", papers.jwt, name="certificate-jwt"),
    path("certificates/<number>", papers.certificate, name="certificate"),
    path(".well-known/jwt-vc-issuer", forms.issuer, name="jwt-vc-issuer"),
    path(".well-known/jwks.json", papers.jwks, name="jwks"),
    path(".well-known/did.json", papers.did, name="did"),
]
