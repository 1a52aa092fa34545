from django.apps import AppConfig


class TipsConfig(AppConfig):
    name = "tips"
    verbose_name = "Tips"

    def ready(self) -> None:
        from tips import steps
        from tips.actions import ACTIONS
        from tips.audit_sentences import HOUR_ONLY, SENTENCES
        from tips.intake import salt  # noqa: F401  (a system check)
        from tips.intake.uploads import keys
        from tips.models import Attachment, Tip
        from traceobject import actions
        from traceobject.audit.sentences import register
        from traceobject.crypto import rotation

        actions.register(ACTIONS)
        register(SENTENCES, hour_only=HOUR_ONLY)
        steps.register_steps()
        steps.connect()
        rotation.register_column("contact details", Tip, "contact")
        rotation.register_column("places of photos", Attachment, "taken")
        rotation.register(keys.FILES)
