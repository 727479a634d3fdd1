from django.apps import AppConfig


class AdoptionConfig(AppConfig):
    name = "guomen.adoption"
    verbose_name = "Adoption"
