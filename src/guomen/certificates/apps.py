from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "guomen.certificates"
    verbose_name = "Certificates"
