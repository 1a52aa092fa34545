"""Mails to staff about their account: links to set a password, and what has changed.

A mail is sent by a worker. So a page answers as fast for an address that nobody has as for a colleague's,
and works while the mail server does not. A link is made when its mail is sent, so the database holds none.
"""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from traceobject import mail
from traceobject.outbox import queue
from traceobject.staff.models import Notice, User
from traceobject.staff.steps import StaffStep

Kind = Notice.Kind
_LINKS = (Kind.INVITATION, Kind.PASSWORD_RESET)
SUBJECTS = {
    Kind.INVITATION: "your account",
    Kind.PASSWORD_RESET: "set a new password",
    Kind.PASSWORD_CHANGED: "your password has been changed",
    Kind.FACTOR_ADDED: "a second factor has been added to your account",
    Kind.FACTOR_REMOVED: "a second factor has been removed from your account",
    Kind.FACTORS_RESET: "your second factor has been reset",
    Kind.EMAIL_CHANGED: "the email address of your account has been changed",
}


def notify(user: User | None, kind: str, *, address: str = "") -> None:
    """Queue a mail in the caller's transaction.

    Args:
        user: the account that it is about; None queues a step that sends nothing.
        address: where it goes; '' takes the account's address of now.
    """
    with transaction.atomic():
        address = address or (user.email if user else "")
        notice = Notice.objects.create(user=user, kind=kind, address=address)
        queue.put(StaffStep.SEND_NOTICE, notice.pk)


def password_link(user: User) -> str:
    """Return the address of a page on which an account's password is set, once, within a day."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    parts = {"uidb36": user_pk_to_url_str(user), "key": token}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=parts)


def send(notice_pk: int) -> None:
    """Send a mail and delete its row. A mail with a link goes only to an active account.

    Raises:
        Unreachable, GiveUp, StepFailed: see :func:`traceobject.mail.send`.
    """
    notice = Notice.objects.select_related("user").filter(pk=notice_pk).first()
    if notice is None:
        return
    user, kind = notice.user, Kind(notice.kind)
    # A link goes to an account that is active, at the address that it still has.
    may_get_links = user is not None and user.is_active and notice.address == user.email
    if user is not None and (kind not in _LINKS or may_get_links):
        context = {
            "user": user,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "link": password_link(user) if kind in _LINKS else "",
        }
        mail.send(
            to=notice.address,
            subject=f"{settings.SITE_NAME}: {SUBJECTS[kind]}",
            body=render_to_string(f"staff/mail/{kind}.txt", context),
            name=f"account-notice-{notice.pk}",
        )
    notice.delete()


def describe(numbers: list[int]) -> dict[int, str]:
    """Return the kind and the account of each mail, by its primary key, for staff."""
    found = Notice.objects.filter(pk__in=numbers).values_list("pk", "kind", "user__username")
    return {
        number: f"{Kind(kind).label.lower()}, to {name}" if name else "to nobody"
        for number, kind, name in found
    }
