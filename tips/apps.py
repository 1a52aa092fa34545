from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "tips"
    verbose_name = "Tips"

    def ready(self) -> None:
        from tips import steps
        from tips.audit_sentences import SENTENCES
        from traceobject.audit.sentences import register

        register(SENTENCES)
        steps.register_steps()
        steps.connect()
