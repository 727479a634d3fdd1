from django.apps import AppConfig


class WarningConfig(AppConfig):
    name = "guomen.warning"
    verbose_name = "Warning"
