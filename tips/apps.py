from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "tips"
    verbose_name = "Tips"

    def ready(self) -> None:
        from tips import steps
        from tips.intake import salt  # noqa: F401  (a system check)

        steps.register_steps()
        steps.connect()
