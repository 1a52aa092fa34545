from django.apps import AppConfig


class ObjectsConfig(AppConfig):
    name = "objects"
    verbose_name = "Objects"

    def ready(self) -> None:
        from objects.steps import register_steps

        register_steps()
