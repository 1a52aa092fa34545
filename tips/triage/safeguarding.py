"""The safeguarding role's page: files that are on a hash list, kept as evidence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from tips.models import Attachment
from tips.triage import evidence
from traceobject.staff.authority import user_of
from traceobject.staff.roles import requires


@require_safe
@requires("tips.view_locked")
def locked(request: HttpRequest) -> HttpResponse:
    """List locked files, newest first; no picture is shown."""
    held = Attachment.objects.filter(state=Attachment.State.LOCKED).select_related("tip__object")
    return render(request, "triage/locked.html", {"held": held.order_by("-id")[:200]})


@require_POST
@requires("tips.view_locked")
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Download a locked file as it was sent; the access is recorded."""
    attachment = get_object_or_404(Attachment, pk=pk)
    data = evidence.take_original(attachment, by=user_of(request))
    return as_download(data, f"evidence-{attachment.pk}.bin")


def as_download(data: bytes, name: str) -> HttpResponse:
    """Return bytes as a download that no browser displays."""
    return HttpResponse(
        data,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store, private",
        },
    )
