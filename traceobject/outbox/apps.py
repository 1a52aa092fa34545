from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "traceobject.outbox"
    label = "outbox"
    verbose_name = "Outbox"
