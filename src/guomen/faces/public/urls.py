from django.urls import path

from guomen.faces.public import developers, views

urlpatterns = [
    path("recalls", views.recalls, name="public-recalls"),
    path("privacy", views.privacy, name="public-privacy"),
    path("developers", developers.developers, name="public-developers"),
]
