from django.urls import path

from guomen.faces.public import developers, views

urlpatterns = [
    path("recalls", views.recalls, name="public-recalls"),
    path("developers", developers.developers, name="public-developers"),
]
