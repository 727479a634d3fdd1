from django.urls import path

from guomen.faces.log import metrics, pages, views

urlpatterns = [
    path("metrics", metrics.metrics, name="metrics"),
    path("log", pages.about, name="log"),
    path("log/check", pages.check, name="log-check"),
    path("log/entries/<int:position>", pages.entry, name="log-entry"),
    path("log/proofs/<int:position>", views.proof, name="log-proof"),
    path("log/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/<path:tile>", views.tile, name="log-tile"),
]
