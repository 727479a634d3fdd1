from django.urls import path

from guomen.faces.trace import views

urlpatterns = [
    path("trace/", views.search, name="trace"),
    path("trace/<path:uri>", views.thing, name="trace-thing"),
]
