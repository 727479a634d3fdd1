from django.urls import path

from guomen.faces.log import metrics, views

urlpatterns = [
    path("metrics", metrics.metrics, name="metrics"),
    path("log", views.about, name="log"),
    path("log/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/<path:tile>", views.tile, name="log-tile"),
]
