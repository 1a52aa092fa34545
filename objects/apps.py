from django.apps import AppConfig


class ObjectsConfig(AppConfig):
    name = "objects"
    verbose_name = "Objects"

    def ready(self) -> None:
        from objects.actions import ACTIONS
        from objects.audit_sentences import SENTENCES
        from objects.steps import register_steps
        from traceobject import actions
        from traceobject.audit.sentences import register

        register_steps()
        actions.register(ACTIONS)
        register(SENTENCES)
