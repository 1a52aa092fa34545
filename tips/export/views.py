"""The investigators' page: filter leads, see them, take them along as CSV."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_countries import countries

from tips.export import leads as export
from traceobject.staff.authority import user_of
from traceobject.staff.roles import requires

BYTE_ORDER_MARK = "\ufeff"  # without it a spreadsheet reads UTF-8 as something else


class Filter(forms.Form):
    """Which leads."""

    country = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "All countries"), *((c.code, c.name) for c in countries)],
    )
    since = forms.DateField(
        required=False,
        label="Vetted on or after",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Enter a date like 2024-05-31."},
    )


def _chosen(request: HttpRequest) -> tuple[Filter, str, date | None]:
    form = Filter(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    return form, values.get("country", ""), values.get("since")


@require_safe
@requires("tips.export_lead")
def leads(request: HttpRequest) -> HttpResponse:
    """List the chosen leads."""
    form, country, since = _chosen(request)
    page = Paginator(
        export.select_leads(country=country, since=since).order_by("-lead_id", "country"), 50
    )
    return render(
        request,
        "leads/leads.html",
        {
            "form": form,
            "page": page.get_page(request.GET.get("page")),
            "query": urlencode({"country": country, "since": since or ""}),
        },
        status=200 if form.is_valid() else 422,
    )


@require_safe
@requires("tips.export_lead")
def leads_csv(request: HttpRequest) -> HttpResponseBase:
    """Stream the chosen leads as CSV; the export is recorded first."""
    form, country, since = _chosen(request)
    if not form.is_valid():
        return leads(request)
    rows = export.export_leads(by=user_of(request), target="browser", country=country, since=since)
    response = StreamingHttpResponse(_with_mark(rows), content_type="text/csv; charset=utf-8")
    name = f"leads-{country or 'all'}-{timezone.localdate():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _with_mark(lines):
    yield BYTE_ORDER_MARK
    yield from lines
