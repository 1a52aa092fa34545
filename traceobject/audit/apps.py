from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "traceobject.audit"
    label = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        from traceobject import database_log  # noqa: F401  # registers its check
        from traceobject.audit.steps import register_steps

        register_steps()
