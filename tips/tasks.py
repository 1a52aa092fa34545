"""What Celery calls: one line each into the stages."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from tips import retention
from tips.intake import (
    attachments,
    inspection,  # noqa: F401  (registers 'attachment.inspect')
)
from tips.matching import (  # noqa: F401  (register 'match', 'match.pictures' and 'mean')
    claims,
    pictures,
    proposals,
)
from tips.routing import deliver, route  # noqa: F401  (register 'route' and 'deliver')
from tips.triage import evidence  # noqa: F401  (registers 'attachment.alert')


@shared_task
def route_waiting() -> int:
    """Try again to find an officer for referrals that have none."""
    return route.route_waiting()


@shared_task
def forget_contacts() -> int:
    """Forget contact details after their time."""
    return retention.forget_contacts(timezone.now())


@shared_task
def forget_unclaimed() -> int:
    """Remove pictures of forms that were never sent."""
    return attachments.forget_unclaimed(timezone.now())


@shared_task
def clear_sessions() -> None:
    """Remove sessions of staff that have ended."""
    call_command("clearsessions")
