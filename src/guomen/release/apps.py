from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    name = "guomen.release"
    verbose_name = "Release"
