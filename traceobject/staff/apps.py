from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "traceobject.staff"
    label = "staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from traceobject.staff import factor_keys, signals  # noqa: F401

        factor_keys.register()
