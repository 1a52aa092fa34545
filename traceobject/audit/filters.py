"""The filters of the audit trail's page: one form with person, target, action and days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from traceobject.audit import sentences
from traceobject.audit.models import Entry


def _people() -> list[tuple[str, str]]:
    people = get_user_model().objects.order_by("username").values_list("pk", "username")
    return [("", "Anybody"), *((str(pk), f"{name} (no. {pk})") for pk, name in people)]


def _actions() -> list[tuple[str, Any]]:
    grouped = groupby(sentences.actions(), key=lambda action: action.partition(".")[0])
    groups = [
        (area.replace("_", " "), [(action, sentences.label(action)) for action in found])
        for area, found in grouped
    ]
    return [("", "Anything"), *groups]


class FilterForm(forms.Form):
    """What to show of the trail. Without a value, a field filters nothing."""

    person = forms.ChoiceField(
        label="By or about", required=False, help_text="The account's number counts."
    )
    action = forms.ChoiceField(required=False)
    target = forms.CharField(
        required=False, max_length=100, help_text="Like claim 12. 'claim' alone finds all."
    )
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = _people()  # type: ignore[attr-defined]
        self.fields["action"].choices = _actions()  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def select(entries: QuerySet[Entry], wanted: dict[str, Any]) -> QuerySet[Entry]:
    """Return the entries that the cleaned values of :class:`FilterForm` describe."""
    if number := wanted.get("person"):
        entries = entries.filter(Q(actor_id=number) | Q(target_user_id=number))
    if action := wanted.get("action"):
        entries = entries.filter(action=action)
    if target := (wanted.get("target") or "").strip():
        entries = entries.filter(Q(target__iexact=target) | Q(target__istartswith=f"{target} "))
    if since := wanted.get("since"):
        entries = entries.filter(at__gte=_midnight(since))
    if (until := wanted.get("until")) and until < date.max:
        entries = entries.filter(at__lt=_midnight(until + timedelta(days=1)))
    return entries


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class TrailFilter(admin.ListFilter):
    """The form as a filter of the admin. Nothing else in the address filters the trail."""

    title = "entries"
    parameters = tuple(FilterForm.base_fields)

    def __init__(self, request: HttpRequest, params: dict[str, Any], *rest: Any) -> None:
        super().__init__(request, params, *rest)
        given = {
            name: params.pop(name)[-1] for name in self.expected_parameters() if name in params
        }
        self.form = FilterForm(given or None)

    def expected_parameters(self) -> list[str | None]:
        return list(FilterForm.base_fields)

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        return iter(())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        if not self.form.is_bound:
            return queryset
        self.form.is_valid()  # a value that is wrong is named beside its field, and filters nothing
        return select(queryset, self.form.cleaned_data)
