"""The page on which somebody sees and ends their own sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from traceobject.audit import trail
from traceobject.staff.authority import user_of
from traceobject.staff.sessions import IDLE, end_sessions, hash_key, sessions_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List one's own sessions. A POST ends one of them, or all but this one."""
    user = user_of(request)
    own_key = request.session.session_key or ""
    if request.method == "POST":
        with transaction.atomic():
            if chosen := request.POST.get("session", ""):
                count = sessions_of(user).filter(session_key=chosen).delete()[0]
            else:
                count = end_sessions(user, but=own_key)
            if count:
                trail.record("staff.sessions_ended", user, by=user, count=count)
        ended = "1 session has" if count == 1 else f"{count} sessions have"
        messages.success(request, f"{ended} been ended.")
        return redirect("staff_sessions")
    shown = [
        {
            "key": each.session_key,
            "started_at": each.started_at,
            "seen_at": min(each.expire_date - IDLE, timezone.now()),
            "is_own": each.session_key == hash_key(own_key),
        }
        for each in sessions_of(user)
    ]
    return render(request, "staff/sessions.html", {"shown": shown})
