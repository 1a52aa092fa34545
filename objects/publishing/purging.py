"""Purge the caches in front of the site, by a signed webhook.

The message and its signature follow the Standard Webhooks specification 1.0: headers ``webhook-id``,
``webhook-timestamp`` and ``webhook-signature`` (``v1,`` and the Base64 of HMAC-SHA256 over
``id.timestamp.body``). The outbox sends it at least once, until the receiver answers 2xx. The id stays the
same.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import time
import urllib.error
import urllib.request
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from objects.gallery.feeds import list_paths
from objects.models import Purge, TraceObject
from objects.steps import ObjectStep
from objects.stores import rendition_names
from traceobject.errors import Unreachable
from traceobject.outbox import queue

SECONDS = 10


class PurgeFailed(Unreachable):
    """The receiver did not answer 2xx."""


def request_purge(trace_object: TraceObject, event: str) -> None:
    """Queue a purge of an object's URLs, in the caller's transaction.

    Args:
        event: ``published``, ``identified`` or ``withdrawn``.
    """
    if settings.PURGE_WEBHOOK_URL:
        purge = Purge.objects.create(
            object=trace_object, event=event, addresses=public_addresses(trace_object)
        )
        queue.put(ObjectStep.PURGE_CACHES, purge.pk)


def public_addresses(trace_object: TraceObject) -> list[str]:
    """Return all public URLs that show an object or one of its renditions."""
    paths = list_paths(trace_object)
    for language, _ in settings.LANGUAGES:
        with override(language):
            paths.append(trace_object.get_absolute_url())
    paths += [reverse("picture", args=[name]) for name in rendition_names(trace_object)]
    return [f"{settings.SITE_URL}{path}" for path in paths]


def send_purge(purge_pk: int) -> None:
    """Send a purge to the webhook.

    Raises:
        PurgeFailed: the webhook did not answer 2xx in time. The step is retried.
    """
    purge = Purge.objects.filter(pk=purge_pk, sent_at__isnull=True).first()
    if purge is None or not settings.PURGE_WEBHOOK_URL:
        return
    body = json.dumps({"type": f"object.{purge.event}", "urls": purge.addresses}).encode()
    request = urllib.request.Request(  # noqa: S310 (the settings take https alone)
        settings.PURGE_WEBHOOK_URL,
        data=body,
        headers={
            "content-type": "application/json",
            "user-agent": "trace-an-object",
            **signature_headers(f"purge-{purge.pk}", body, int(time.time())),
        },
    )
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        raise PurgeFailed(f"The purge webhook answered {error.code}.") from None
    except OSError as error:
        cause = getattr(error, "reason", error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = f"The purge webhook's certificate is not valid ({cause.verify_message})."
            raise PurgeFailed(why) from None
        raise PurgeFailed(f"The purge webhook does not answer ({type(cause).__name__}).") from None
    if not 200 <= status < 300:
        raise PurgeFailed(f"The purge webhook answered {status}.")
    _mark_sent(purge, timezone.now())


def describe(numbers: list[int]) -> dict[int, str]:
    """Return a description of each purge by primary key, for staff."""
    found = Purge.objects.filter(pk__in=numbers).values_list("pk", "object__reference", "event")
    return {number: f"{reference} was {event}" for number, reference, event in found}


def signature_headers(identity: str, body: bytes, timestamp: int) -> dict[str, str]:
    """Return the headers that sign a message with ``settings.PURGE_WEBHOOK_KEY``."""
    signed = f"{identity}.{timestamp}.".encode() + body
    digest = hmac.new(settings.PURGE_WEBHOOK_KEY.encode(), signed, hashlib.sha256).digest()
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _mark_sent(purge: Purge, now: datetime) -> None:
    purge.sent_at = now
    purge.save(update_fields=["sent_at"])


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None  # a redirect is an error: a purge has only one receiver


_opener = urllib.request.build_opener(_NoRedirects)
