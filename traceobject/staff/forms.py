"""Forms on which administrators create and change accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import Group
from django.forms.models import BaseInlineFormSet

from traceobject.staff.accounts import LAST_ADMINISTRATOR, is_last_administrator, snapshot
from traceobject.staff.models import User
from traceobject.staff.roles import Role
from traceobject.staff.shown import ShownMixin, plain, shown_field

NO_ROLE = "Choose a role. Without one, this person can sign in and do nothing."


class AccountForm(ShownMixin, forms.ModelForm):
    """An account without its password, which its owner sets."""

    shown = shown_field()

    class Meta:
        model = User
        fields: ClassVar[list[str]] = [
            *("username", "first_name", "last_name", "email", "groups", "is_active")
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = "Only active members of staff can sign in."

    def clean_username(self) -> str:
        return self._unused("username", self.cleaned_data["username"])

    def clean_email(self) -> str:
        return self._unused("email", self.cleaned_data["email"].lower())

    def _unused(self, name: str, value: str) -> str:
        """Return a value that no other account has, whatever the case. Refuse it at its field."""
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(**{f"{name}__iexact": value}).exists():
            label = "username" if name == "username" else "email address"
            raise forms.ValidationError(f"There is a member of staff with this {label}.")
        return value

    def stored_values(self) -> dict[str, str]:
        """Return also the countries, which have forms of their own."""
        found = snapshot(self.instance)
        return {
            **super().stored_values(),
            **{name: plain(found[name]) for name in ("roles", "countries")},
        }

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        self.refuse_if_changed()
        is_active = self.cleaned_data.get("is_active", True)
        roles = {group.name for group in self.cleaned_data.get("groups") or ()}
        if is_active and not roles and "groups" not in self.errors:
            self.add_error("groups", NO_ROLE)
        is_administrator = Role.ADMINISTRATOR in roles
        if self.instance.pk and is_last_administrator(self.instance):
            if not is_active:
                self.add_error("is_active", LAST_ADMINISTRATOR)
            elif not is_administrator:
                self.add_error("groups", LAST_ADMINISTRATOR)
        return self.cleaned_data


class NewAccountForm(AccountForm):
    """A new account. Its owner gets a link to set a password."""

    shown = None  # type: ignore[assignment]

    class Meta(AccountForm.Meta):
        fields: ClassVar[list[str]] = ["username", "first_name", "last_name", "email", "groups"]

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        user.is_staff = True
        user.set_unusable_password()
        if commit:
            user.save()
            self.save_m2m()
        return user


class CountriesFormSet(BaseInlineFormSet):
    """The countries of a case officer, of which there is at least one."""

    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if form.cleaned_data.get("country") and not form.cleaned_data.get("DELETE")
        ]
        groups = Group.objects.filter(pk__in=self._chosen_groups())
        is_officer = groups.filter(name=Role.CASE_OFFICER).exists()
        if is_officer and not kept:
            raise forms.ValidationError(
                "Choose at least one country. A case officer without one gets no referrals."
            )
        if kept and not is_officer:
            raise forms.ValidationError(
                "Only case officers have countries. Choose that role, or remove the countries."
            )

    def _chosen_groups(self) -> list[str]:
        chosen = self.data.getlist("groups") if hasattr(self.data, "getlist") else []
        return [each for each in chosen if each.isdecimal()]
