"""Email the safeguarding role that a file has been locked; the email says nothing about the file."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from tips.models import Alert, Attachment
from tips.steps import TipStep
from traceobject import mail
from traceobject.audit import trail
from traceobject.outbox import queue
from traceobject.outbox.failures import StepFailed
from traceobject.staff.authority import System
from traceobject.staff.models import User
from traceobject.staff.roles import Role


def alert_safeguarding(attachment_pk: int) -> None:
    """Queue an email for each person who may open locked files; repeating it adds nobody twice.

    Raises:
        StepFailed: nobody has been emailed, and nobody in the role has an address; the alert waits.
    """
    people = _recipients()
    with transaction.atomic():
        attachment = Attachment.objects.select_for_update().get(pk=attachment_pk)
        known = set(attachment.alerts.values_list("person", flat=True))
        new = Alert.objects.bulk_create(
            Alert(attachment=attachment, person=person)
            for person in people.order_by("pk")
            if person.pk not in known
        )
        on_its_way = attachment.alerts.filter(person__in=people)
        if not on_its_way.exists() and not attachment.alerts.filter(sent_at__isnull=False).exists():
            raise StepFailed("Nobody with the role 'safeguarding' has an email address.")
        queue.put(TipStep.SEND_ALERT, *(each.pk for each in new))


def _recipients() -> QuerySet[User]:
    safeguarding = User.objects.filter(groups__name=Role.SAFEGUARDING, is_active=True)
    return safeguarding.exclude(email="").distinct()


def send(alert_pk: int) -> None:
    """Send an alert, unless it has been sent.

    A person who has left the role is not emailed; the alert goes to whoever has it now.

    Raises:
        Unreachable, GiveUp, StepFailed: see :func:`traceobject.mail.send`.
    """
    found = Alert.objects.select_related("person", "attachment").get(pk=alert_pk)
    if found.sent_at is not None:
        return
    if not found.person.has_perm("tips.view_locked"):
        with transaction.atomic():
            queue.put(TipStep.ALERT, found.attachment_id)
        return
    mail.send(
        to=found.person.email,
        subject=f"{settings.SITE_NAME}: a file has been locked",
        body=(
            "A file that came with a tip is on a hash list. It has been locked and encrypted.\n\n"
            f"Sign in to deal with it: {settings.SITE_URL}{reverse('locked')}\n"
        ),
        name=f"attachment-{found.attachment_id}-alert-{found.pk}",
    )
    with transaction.atomic():
        if Alert.objects.filter(pk=alert_pk, sent_at=None).update(sent_at=timezone.now()):
            trail.record(
                "attachment.alert_sent",
                found.attachment,
                by=System.ALERTS,
                to=found.person.get_username(),
            )


def describe(numbers: list[int]) -> dict[int, str]:
    """Return the recipient of each alert, by its primary key, for staff."""
    found = Alert.objects.filter(pk__in=numbers).values_list("pk", "person__username")
    return {number: f"to {name}" for number, name in found}
