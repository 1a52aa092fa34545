"""Admin pages on which administrators create and deactivate members of staff. Nobody is deleted."""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401  (they register what is unregistered below)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.views.decorators.http import require_POST

from traceobject.errors import StepRefused
from traceobject.staff import accounts
from traceobject.staff.authority import user_of
from traceobject.staff.forms import AccountForm, CountriesFormSet, NewAccountForm
from traceobject.staff.models import OfficerCountry, User

# allauth's tables have pages of their own, for their owners.
admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


class CountriesInline(admin.TabularInline):
    """The countries of a case officer."""

    model = OfficerCountry
    formset = CountriesFormSet
    extra = 1


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Pages for creating and changing members of staff. Their owners set the passwords."""

    form = AccountForm
    add_form = NewAccountForm
    change_form_template = "admin/staff/account.html"
    add_form_template = "admin/staff/account.html"
    list_display = ["username", "email", "roles", "countries", "factors", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    inlines = [CountriesInline]
    fieldsets = [
        (None, {"fields": ["username", "is_active", "shown"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Roles", {"fields": ["groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Roles", {"fields": ["groups"]}),
    ]
    filter_horizontal = ()

    class Media:
        js = ["js/unsaved.js"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["label"] = "Roles"
            kwargs["help_text"] = (
                "The permissions of each role are fixed. The guide for operators lists them."
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["username"]

    def get_queryset(self, request):
        related = ("groups", "officer_countries", "authenticator_set")
        return super().get_queryset(request).prefetch_related(*related)

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description="countries")
    def countries(self, user: User) -> str:
        return ", ".join(sorted(str(row.country.code) for row in user.officer_countries.all()))

    @admin.display(description="second factor", boolean=True)
    def factors(self, user: User) -> bool:
        return bool(user.authenticator_set.all())  # type: ignore[attr-defined]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/invite/", view(require_POST(self.invite)), name="staff_user_invite"),
            path(
                "<int:pk>/reset-factors/",
                view(require_POST(self.reset_factors)),
                name="staff_user_reset_factors",
            ),
            path("<int:pk>/unlink/", view(require_POST(self.unlink)), name="staff_user_unlink"),
        ]
        others = [each for each in super().get_urls() if each.name != "auth_user_password_change"]
        return own + others

    def change_view(self, request, object_id, form_url="", extra_context=None):
        user = User.objects.filter(pk=object_id).first() if str(object_id).isdecimal() else None
        about: dict[str, Any] = {}
        if user is not None:
            about = {
                "is_own": user.pk == request.user.pk,
                "has_factors": user.authenticator_set.exists(),  # type: ignore[attr-defined]
                "is_linked": SocialAccount.objects.filter(user=user).exists(),
                "has_password": user.has_usable_password(),
                "subtitle": None,
            }
        return super().change_view(request, object_id, form_url, {**about, **(extra_context or {})})

    def invite(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mail somebody a link to set their password."""
        user = get_object_or_404(User, pk=pk)
        try:
            accounts.invite(user, by=user_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"A link has been sent to {user.email}.")
        return redirect("admin:staff_user_change", pk)

    def reset_factors(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reset a colleague's second factor. On an error, show the page again with the reason."""
        user = get_object_or_404(User, pk=pk)
        reason = request.POST.get("reason", "")
        try:
            accounts.reset_factors(user, by=user_of(request), reason=reason)
        except StepRefused as refusal:
            request.method = "GET"
            extra = {"reset_error": str(refusal), "reset_reason": reason}
            return self.change_view(request, str(pk), extra_context=extra)
        messages.success(request, f"{user} has no second factor now, and has been told by email.")
        return redirect("admin:staff_user_change", pk)

    def unlink(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Unlink an account from the sign-in provider."""
        user = get_object_or_404(User, pk=pk)
        try:
            accounts.unlink(user, by=user_of(request))
        except StepRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{user} is not linked any more.")
        return redirect("admin:staff_user_change", pk)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StepRefused as refusal:  # two administrators at once; the transaction is undone
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())

    def save_model(self, request, obj, form, change) -> None:
        request._account_before = None
        if change:  # keep what a colleague changed since the page was loaded
            User.objects.select_for_update(no_key=True).get(pk=obj.pk)
            request._account_before = accounts.snapshot(obj)
            columns = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=sorted(columns & set(form.changed_data)))
        else:
            super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change) -> None:
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            before = request._account_before
            if before is None:
                accounts.record_added(form.instance, by=user_of(request))
            else:
                accounts.record_changed(form.instance, before, by=user_of(request))

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(
            request,
            f"The account {obj} has been made. A link to set a password was sent to {obj.email}.",
        )
        return redirect("admin:staff_user_change", obj.pk)
