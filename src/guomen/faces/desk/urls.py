from django.urls import path

from guomen.faces.desk import (
    certificate_forms,
    certificates,
    houses,
    lines,
    load,
    matches,
    performance,
    room,
    seals,
    signing,
    tag_orders,
    warnings,
)

urlpatterns = [
    path("desk/", room.room, name="desk"),
    path("desk/now", room.now_fragment, name="desk-now"),
    path("desk/declarations/<str:number>", lines.declaration, name="desk-declaration"),
    path("desk/declarations/<str:number>/matches", matches.desk, name="desk-matches"),
    path("desk/load/", load.desk, name="desk-load"),
    path("desk/load/now", load.fragment, name="desk-load-now"),
    path("desk/seals/<str:number>", seals.journey, name="desk-seal"),
    path("desk/lines/<str:declaration>/<int:line>", lines.line, name="desk-line"),
    path("desk/warnings/", warnings.index, name="desk-warnings"),
    path("desk/warnings/photos/<uuid:signal>", warnings.photo, name="desk-photo"),
    path("desk/warnings/<str:number>", warnings.one, name="desk-warning"),
    path("desk/tags/", tag_orders.desk, name="desk-tags"),
    path("desk/performance/", performance.desk, name="desk-performance"),
    path("desk/houses/", houses.desk, name="desk-houses"),
    path("desk/codes/", signing.desk, name="desk-codes"),
    path("desk/certificates/", certificates.desk, name="desk-certificates"),
    path("desk/certificates/new", certificate_forms.new, name="desk-certificate-new"),
    path("desk/certificates/<str:number>/change", certificate_forms.change, name="desk-certificate-change"),
    path("desk/certificates/<str:number>", certificates.one, name="desk-certificate"),
]
