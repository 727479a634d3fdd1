from django.urls import path

from guomen.faces.home import views

urlpatterns = [
    path("", views.front, name="home"),
    path("health", views.health, name="health"),
]
