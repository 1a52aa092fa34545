from django.apps import AppConfig


def _open_table(**_: object) -> None:
    """Open the reader's table before a worker's processes start, so that no step waits for it.

    Where it is absent, that builds it, which takes longer than a step may. The processes share it.
    """
    from tips.reading import table

    table.load()


class TipsConfig(AppConfig):
    name = "tips"
    verbose_name = "Tips"

    def ready(self) -> None:
        from celery.signals import worker_init

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
        worker_init.connect(_open_table)
        steps.register_steps()
        steps.connect()
        rotation.register_column("contact details", Tip, "contact")
        rotation.register_column("places of photos", Attachment, "taken")
        rotation.register(keys.FILES)
