from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "traceobject.crypto"
    label = "crypto"
    verbose_name = "Encryption"
