from django.apps import AppConfig


class TagsConfig(AppConfig):
    name = "guomen.tags"
    verbose_name = "Tags"
