"""Admin pages on which administrators create and deactivate members of staff. Nobody is deleted."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction

from traceobject.audit import trail
from traceobject.staff.authority import user_of
from traceobject.staff.models import OfficerCountry, User

admin.site.unregister(Group)


class CountriesInline(admin.TabularInline):
    """The countries of a case officer."""

    model = OfficerCountry
    extra = 0


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Pages for creating and changing members of staff."""

    list_display = ["username", "email", "roles", "countries", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "email", "last_name"]
    inlines = [CountriesInline]
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Roles", {"fields": ["groups"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": [
                    "username",
                    "email",
                    "usable_password",
                    "password1",
                    "password2",
                    "groups",
                ]
            },
        )
    ]
    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["help_text"] = (
                "The permissions of each role are fixed. The guide for operators lists them."
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups", "officer_countries")

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description="countries")
    def countries(self, user: User) -> str:
        return ", ".join(sorted(str(row.country.code) for row in user.officer_countries.all()))

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def user_change_password(self, request, id, form_url=""):
        """Change a password as Django does, and record it, because it allows to sign in as a colleague."""
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                trail.record(
                    "staff.password_set", self.get_object(request, id), by=user_of(request)
                )
        return response

    def save_model(self, request, obj, form, change) -> None:
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change) -> None:
        with transaction.atomic():
            super().save_related(request, form, formsets, change)
            user = form.instance
            trail.record(
                "staff.changed" if change else "staff.added",
                user,
                by=user_of(request),
                active=user.is_active,
                roles=sorted(user.groups.values_list("name", flat=True)),
                countries=sorted(user.officer_countries.values_list("country", flat=True)),
            )
