from django.urls import path

from guomen.faces.foreign import goods, issuers

urlpatterns = [
    path("foreign/issuers/", issuers.listing, name="issuers"),
    path("foreign/issuers/propose/", issuers.propose, name="issuer-propose"),
    path("foreign/issuers/<uuid:issuer>/", issuers.one, name="issuer"),
    path("foreign/<str:declaration>/<int:line>/", goods.line, name="foreign"),
    path("foreign/<str:declaration>/<int:line>/<uuid:certificate>", goods.original, name="foreign-original"),
]
