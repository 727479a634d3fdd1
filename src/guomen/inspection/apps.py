from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "guomen.inspection"
    verbose_name = "Inspection"
