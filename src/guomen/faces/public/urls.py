from django.urls import path

from guomen.faces.public import views

urlpatterns = [path("recalls", views.recalls, name="public-recalls")]
