from django.apps import AppConfig


class ClearanceConfig(AppConfig):
    name = "guomen.clearance"
    verbose_name = "Clearance"
