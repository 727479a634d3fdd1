from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "guomen.parties"
    verbose_name = "Parties"
