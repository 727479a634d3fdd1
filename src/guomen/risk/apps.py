from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "guomen.risk"
    verbose_name = "Risk"
