from django.urls import path

from guomen.faces.scans import views

urlpatterns = [
    path("scans/", views.index, name="scans"),
    path("scans/scans.csv", views.listed, name="scans-csv"),
    path("scans/alarms/", views.alarms, name="scans-alarms"),
    path("scans/alarms/<uuid:alarm>/", views.alarm, name="scans-alarm"),
]
