from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "guomen.faces.edge"
    label = "edge"
