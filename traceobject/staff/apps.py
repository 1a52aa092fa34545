from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "traceobject.staff"
    label = "staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from traceobject.staff import checks, factor_keys, signals  # noqa: F401
        from traceobject.staff.steps import register_steps

        register_steps()
        factor_keys.register()
