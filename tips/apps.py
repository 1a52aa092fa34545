from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "tips"
    verbose_name = "Tips"

    def ready(self) -> None:
        from tips import steps

        steps.register_steps()
        steps.connect()
