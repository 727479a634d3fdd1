from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "guomen.catalogue"
    verbose_name = "Catalogue"
