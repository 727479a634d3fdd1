from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "guomen.cases"
    verbose_name = "Cases"
