from django.urls import path

from guomen.faces.desk import certificates, warnings

urlpatterns = [
    path("desk/warnings/", warnings.index, name="desk-warnings"),
    path("desk/warnings/<str:number>", warnings.one, name="desk-warning"),
    path("desk/certificates/", certificates.desk, name="desk-certificates"),
]
