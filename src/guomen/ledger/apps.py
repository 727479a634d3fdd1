from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "guomen.ledger"
    verbose_name = "Ledger"
