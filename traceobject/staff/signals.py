"""Record sign-ins and failed sign-ins in the audit trail."""

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from traceobject.audit import trail
from traceobject.staff.authority import System
from traceobject.staff.models import User


@receiver(user_logged_in)
def signed_in(sender: object, user: User, **_: object) -> None:
    """Record a sign-in."""
    with transaction.atomic():
        trail.record("staff.signed_in", user, by=user)


@receiver(user_login_failed)
def failed(sender: object, credentials: dict[str, str], **_: object) -> None:
    """Record a failure for an existing account only, because any other name may be a password."""
    name = credentials.get("username", "")
    if name and get_user_model().objects.filter(username=name).exists():
        with transaction.atomic():
            trail.record("staff.sign_in_failed", name, by=System.SIGN_IN)
